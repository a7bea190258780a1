"""Find out which instrument a file was collected with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.naming import NameBook, match_variables
from mirabal_toolkit.readers.raw import RawTable, plain_name

#: Less than this share of an instrument found in the files is no sign of it.
_LEAST_SHARE = 0.2
#: A file of whose names this share is an instrument's own was made with it.
_SPEAKS_FOR_ITSELF = 0.5
#: Two fits closer than this are equally likely.
_TIE = 0.03


@dataclass(frozen=True, slots=True)
class Fit:
    """How well an instrument fits; a likeness of labels counts less than the name of a variable.

    Parameters
    ----------
    instrument : Instrument
    items_found : float
        Share of its items that are in the files, 0–1.
    variables_explained : float
        Share of the variables in the files that are its items, 0–1.
    """

    instrument: Instrument
    items_found: float
    variables_explained: float

    @property
    def score(self) -> float:
        """Harmonic mean of both shares: a part of a longer questionnaire is not mistaken for the whole."""
        total = self.items_found + self.variables_explained
        return 2 * self.items_found * self.variables_explained / total if total else 0.0


def detect_instrument(tables: Sequence[RawTable], candidates: Sequence[Instrument]) -> Fit:
    """Return the instrument that fits best.

    Parameters
    ----------
    tables : sequence of RawTable
        The files, taken together.
    candidates : sequence of Instrument
        Newer versions of the same instrument win over older ones that fit as well.

    Raises
    ------
    InputError
        If none fits, or two fit equally well.
    """
    likely = _likely(tables, candidates)
    fits = sorted((_fit(tables, instrument) for instrument in likely), key=lambda fit: -fit.score)
    usable = [fit for fit in fits if fit.items_found >= _LEAST_SHARE and fit.score > 0]
    known = ", ".join(instrument.reference for instrument in candidates)
    if not usable:
        raise InputError(
            "no instrument is recognised from the names and labels of the variables",
            fix=f"name it: --instrument ID (known: {known}), or map the variables by hand with --mapping",
        )
    rivals = [fit for fit in usable if usable[0].score - fit.score < _TIE]
    if len({fit.instrument.id for fit in rivals}) > 1:
        named = " and ".join(dict.fromkeys(fit.instrument.reference for fit in rivals))
        raise InputError(
            f"two instruments fit equally well: {named}", fix=f"say which: --instrument {rivals[0].instrument.id}"
        )
    return max(rivals, key=lambda fit: (round(fit.score, 3), _as_numbers(fit.instrument.version)))


def _likely(tables: Sequence[RawTable], candidates: Sequence[Instrument]) -> Sequence[Instrument]:
    """Return the candidates whose own variable names fill the files, or all where none does.

    Names are compared in no time; labels, which are not, need then be read for these only.
    """
    names = {plain_name(variable.name) for table in tables for variable in table.variables}
    shares = [len(names & NameBook(instrument).own_plain.keys()) / max(1, len(names)) for instrument in candidates]
    best = max(shares, default=0.0)
    if best < _SPEAKS_FOR_ITSELF:
        return candidates
    return [instrument for instrument, share in zip(candidates, shares, strict=True) if share >= best - 2 * _TIE]


def _fit(tables: Sequence[RawTable], instrument: Instrument) -> Fit:
    items: dict[str, float] = {}
    explained, total = 0.0, 0
    for table in tables:
        try:
            matches = match_variables(table.variables, instrument)
        except InputError:  # names that can be read in two ways are told once the instrument is known
            matches = []
        for match in matches:
            items[match.item] = max(match.confidence, items.get(match.item, 0.0))
        explained += sum(match.confidence for match in matches)
        total += len(table.variables)
    return Fit(instrument, sum(items.values()) / max(1, len(instrument.items)), explained / max(1, total))


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))
