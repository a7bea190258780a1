"""Find out which instrument a file was collected with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mirabal_toolkit.core.candidates import Candidate, as_candidates
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.naming import NameBook, match_variables
from mirabal_toolkit.readers.raw import RawTable, plain_name

#: Less than this share of an instrument found in the files is no sign of it.
_LEAST_SHARE = 0.2
#: A file of whose names this share is an instrument's own was made with it.
_SPEAKS_FOR_ITSELF = 0.5
#: Files that hold this share of the items are no part of an export: what a version asks beyond them was not asked.
_WHOLE = 0.8
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
    variables, own_names : int
        How many variables there are in the files, and how many of them are called as the instrument calls them.
    """

    instrument: Instrument
    items_found: float
    variables_explained: float
    variables: int
    own_names: int

    @property
    def score(self) -> float:
        """Harmonic mean of both shares: a part of a longer questionnaire is not mistaken for the whole."""
        total = self.items_found + self.variables_explained
        return 2 * self.items_found * self.variables_explained / total if total else 0.0


def detect_instrument(tables: Sequence[RawTable], candidates: Sequence[Instrument | Candidate]) -> Fit:
    """Return the instrument that fits best.

    Parameters
    ----------
    tables : sequence of RawTable
        The files, taken together.
    candidates : sequence of Instrument or Candidate
        Of versions of the same instrument, the one that explains most variables is taken; of those that
        explain as many, the one that asks nothing more, a stable one, the newest.

    Raises
    ------
    InputError
        If none fits, or two fit equally well.
    """
    known = as_candidates(candidates)
    likely = _likely(tables, known)
    usable = _usable(tables, _best_named(tables, likely)) or _usable(tables, likely)
    if not usable:
        raise InputError(
            "no instrument is recognised from the names and labels of the variables",
            fix=f"name it: --instrument ID (known: {', '.join(dict.fromkeys(one.id for one in known))}), or map the "
            "variables by hand with --mapping",
        )
    rivals = [fit for fit in usable if usable[0].score - fit.score < _TIE]
    if len({fit.instrument.id for fit in rivals}) > 1:
        named = " and ".join(dict.fromkeys(fit.instrument.reference for fit in rivals))
        raise InputError(
            f"two instruments fit equally well: {named}", fix=f"say which: --instrument {rivals[0].instrument.id}"
        )
    return max((fit for fit in usable if fit.instrument.id == rivals[0].instrument.id), key=_preference)


def detect_versions(tables: Sequence[RawTable], candidates: Sequence[Instrument | Candidate]) -> list[Fit]:
    """Return for each file the version of the instrument it was collected with.

    Of versions that explain as many variables, the one is taken that asks nothing more than a whole file holds;
    a part of a file goes with the other files.

    Parameters
    ----------
    tables : sequence of RawTable
        Files of one study.
    candidates : sequence of Instrument or Candidate

    Raises
    ------
    InputError
        As `detect_instrument`.
    """
    known = as_candidates(candidates)
    if len({candidate.id for candidate in known}) > 1:
        found = detect_instrument(tables, known)
        known = tuple(candidate for candidate in known if candidate.id == found.instrument.id)
        if len(known) == 1:
            return [found] * len(tables)
    versions = [candidate.load() for candidate in known]
    fits = [[_fit([table], instrument) for instrument in versions] for table in tables]
    best = [[fit for fit in row if _explained(fit) == max(map(_explained, row))] for row in fits]
    settled = {row[0].instrument.version for row in best if len(row) == 1}
    return [
        max(row, key=lambda fit: (_whole(fit), fit.instrument.version in settled, *_preference(fit))) for row in best
    ]


def _explained(fit: Fit) -> tuple[int, int]:
    """Variables that are called as in the instrument, and those it explains in whole ones."""
    return fit.own_names, round(fit.variables_explained * fit.variables)


def _whole(fit: Fit) -> float:
    """The share of items found, where the files hold nearly all; of a part it says nothing about the version."""
    return round(fit.items_found, 3) if fit.items_found >= _WHOLE else 0.0


def _preference(fit: Fit) -> tuple[tuple[int, int], float, bool, tuple[int, ...]]:
    return _explained(fit), _whole(fit), fit.instrument.status == "stable", _as_numbers(fit.instrument.version)


def _likely(tables: Sequence[RawTable], candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Return the candidates whose own variable names fill the files, or all where none does.

    Names are compared in no time; labels, which are not, need then be read for these only.
    """
    names = {plain_name(variable.name) for table in tables for variable in table.variables}
    own = [{plain_name(name) for name in candidate.names} for candidate in candidates]
    shares = [len(names & found) / max(1, len(names)) for found in own]
    best = max(shares, default=0.0)
    if best < _SPEAKS_FOR_ITSELF:
        return candidates
    return [candidate for candidate, share in zip(candidates, shares, strict=True) if share >= best - 2 * _TIE]


def _best_named(tables: Sequence[RawTable], candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Return of versions of one instrument those whose own names are met most often: one of them will be preferred.

    To read an instrument takes half a second, and all its versions are candidates.
    """
    if len({candidate.id for candidate in candidates}) > 1:
        return candidates
    met = [_called_so(tables, {plain_name(name) for name in candidate.names}) for candidate in candidates]
    return [candidate for candidate, often in zip(candidates, met, strict=True) if often == max(met)]


def _called_so(tables: Sequence[RawTable], names: Collection[str]) -> int:
    """Count the variables that bear one of some names."""
    return sum(plain_name(variable.name) in names for table in tables for variable in table.variables)


def _usable(tables: Sequence[RawTable], candidates: Sequence[Candidate]) -> list[Fit]:
    """Return how those fit that fit at all, the best first."""
    fits = sorted((_fit(tables, candidate.load()) for candidate in candidates), key=lambda fit: -fit.score)
    return [fit for fit in fits if fit.items_found >= _LEAST_SHARE and fit.score > 0]


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
    called_so = _called_so(tables, NameBook(instrument).own_plain)
    found = sum(items.values()) / max(1, len(instrument.items))
    return Fit(instrument, found, explained / max(1, total), total, called_so)


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))
