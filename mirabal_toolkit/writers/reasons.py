"""Which code stands for which missing reason in a file, so that no reason is lost and no answer is taken for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from mirabal_toolkit.core.instrument import Instrument, Item, in_language
from mirabal_toolkit.core.missing import REASON_DTYPE, MissingReason

#: Last digit of the code of a reason, after one or more nines: 97, −97, 997 …
DIGITS: Mapping[MissingReason, int] = {
    MissingReason.DIED: 0,
    MissingReason.NO_CONTACT: 1,
    MissingReason.NOT_ASKED: 2,
    MissingReason.UNEXPLAINED: 3,
    MissingReason.WAVE_MISSED: 4,
    MissingReason.UNSAFE_TO_CONTACT: 5,
    MissingReason.WITHDRAWN: 6,
    MissingReason.NOT_APPLICABLE: 7,
    MissingReason.DONT_KNOW: 8,
    MissingReason.REFUSED: 9,
}

#: Labels of codes that the instrument has no answer for; readers know them again by their first words.
LABELS: Mapping[MissingReason, str] = {
    MissingReason.REFUSED: "Refused",
    MissingReason.DONT_KNOW: "Don’t know",
    MissingReason.NOT_APPLICABLE: "Not applicable",
    MissingReason.NO_CONTACT: "Missing: no contact with him",
    MissingReason.NOT_ASKED: "Missing: not asked",
    MissingReason.UNEXPLAINED: "Missing: left empty",
    MissingReason.WAVE_MISSED: "Missing: wave missed",
    MissingReason.UNSAFE_TO_CONTACT: "Missing: unsafe to contact",
    MissingReason.WITHDRAWN: "Missing: withdrawn",
    MissingReason.DIED: "Missing: died",
}
_ORDERS = (90, -90, 990, -990, 9990, -9990, 99990, -99990, 999990, -999990)


def reason_codes(
    item: Item, instrument: Instrument, met: Sequence[MissingReason], span: tuple[float, float]
) -> dict[MissingReason, float]:
    """Return the code of each reason.

    Parameters
    ----------
    item : Item
    instrument : Instrument
    met : sequence of MissingReason
        Those that stand in the data.
    span : (float, float)
        Lowest and highest answer in the data.

    Returns
    -------
    dict
        The instrument's own codes first; others where no answer can stand, all on one side of the
        answers where that is possible.
    """
    options = instrument.options(item.id)
    own = {MissingReason(option.kind): float(option.code) for option in reversed(options) if option.kind != "valid"}
    taken = {float(option.code) for option in options}
    answers = [float(option.code) for option in options if option.kind == "valid"]
    limits = [limit for limit in (*answers, item.minimum, item.maximum, *span) if limit is not None]
    finite = [limit for limit in limits if np.isfinite(limit)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    lacking = [reason for reason in met if reason not in own]
    sides = {code > high for code in own.values()}
    for found in _tried(lacking, high_allowed=item.maximum is not None or bool(options)):
        codes = set(found.values())
        clear = all(code < low or code > high for code in codes) and not codes & taken
        if clear and (len(sides) != 1 or {code > high for code in codes} <= sides):
            return {**own, **found}
    return own


def _tried(lacking: Sequence[MissingReason], *, high_allowed: bool) -> Iterator[dict[MissingReason, float]]:
    for order in _ORDERS:
        if order > 0 and not high_allowed:
            continue
        sign = 1 if order > 0 else -1
        yield {reason: float(order + sign * DIGITS[reason]) for reason in lacking}


def label_of(code: float, reason: MissingReason, item: Item, instrument: Instrument, language: str) -> str:
    """Return how a missing code is labelled: as the instrument says, or by `LABELS`."""
    for option in instrument.options(item.id):
        if option.code == code:
            return in_language(option.label, language)
    return LABELS[reason]


def met_reasons(codes: npt.NDArray[np.int8]) -> list[MissingReason]:
    """Return the reasons that stand in a column of positions in `REASON_DTYPE` (-1: none)."""
    return [MissingReason(REASON_DTYPE.categories[place]) for place in np.unique(codes) if place >= 0]


def written_in(
    answers: npt.NDArray[np.float64], reasons: npt.NDArray[np.int8], codes: Mapping[MissingReason, float]
) -> npt.NDArray[np.float64]:
    """Return answers with the codes of their missing reasons in the gaps; NaN where a reason has no code."""
    by_place = np.array([codes.get(MissingReason(name), np.nan) for name in REASON_DTYPE.categories] + [np.nan])
    return np.where(np.isnan(answers), by_place[reasons], answers)
