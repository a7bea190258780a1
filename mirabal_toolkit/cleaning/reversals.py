"""Items that were turned round twice, or not at all: they run against the rest of their scale."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.cleaning.cells import NO_REASON, Cells
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.instrument import Instrument, Scale

Floats = NDArray[np.float64]

#: Of the normal distribution: the interval of 99 % on both sides.
_Z_99 = 2.576


def check_reversals(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Find items that run against the rest of their scale; see `CHECK_REVERSALS`."""
    n_valid = cells.n_valid
    interviewed = np.ones(len(cells), dtype=bool) if cells.status is None else cells.status == NO_REASON
    rows = np.flatnonzero(interviewed)
    waves, place = np.unique(cells.wave[rows], return_inverse=True)
    findings: list[Finding] = []
    for scale in instrument.scales:
        if len(scale.items) > 2 and len(rows):
            values = {name: _as_scored(cells.answer(name)[rows], scale, name) for name in scale.items}
            findings += _of_scale(values, waves, place, scale, step)
    return StepResult(cells, (step.counted("cells", n_valid, n_valid),), tuple(findings))


def _as_scored(values: Floats, scale: Scale, name: str) -> Floats:
    return scale.minimum + scale.maximum - values if name in scale.reversed else values


def _of_scale(
    values: dict[str, Floats], waves: NDArray[np.int64], place: NDArray[np.intp], scale: Scale, step: Step
) -> Iterator[Finding]:
    total, count = np.zeros(len(place)), np.zeros(len(place), dtype=np.int16)
    for column in values.values():
        given = ~np.isnan(column)
        total += np.where(given, column, 0.0)
        count += given
    for name, column in values.items():
        usable = np.flatnonzero(~np.isnan(column) & (count > 2))
        rest = (total[usable] - column[usable]) / (count[usable] - 1)
        people = _against(column[usable], rest, place[usable], len(waves), step)
        against = np.flatnonzero(people)
        if len(against) > 1 and 2 * len(against) > len(waves):
            yield _finding(name, scale, int(people.max()), None)
        else:
            for at in against:
                yield _finding(name, scale, int(people[at]), int(waves[at]))


def _against(column: Floats, rest: Floats, place: NDArray[np.intp], n_waves: int, step: Step) -> NDArray[np.int64]:
    """Return wave by wave of how many people it is known that the item runs against the rest; 0 where it does not.

    Fisher's z of the correlation, with its interval of 99 % below zero.
    """
    people = np.bincount(place, minlength=n_waves)
    enough = people >= max(4, step.number("people"))
    if not enough.any():
        return np.zeros(n_waves, dtype=np.int64)
    one = column - (np.bincount(place, column, n_waves) / np.maximum(people, 1))[place]
    other = rest - (np.bincount(place, rest, n_waves) / np.maximum(people, 1))[place]
    spread = np.sqrt(np.bincount(place, one * one, n_waves) * np.bincount(place, other * other, n_waves))
    enough &= spread > 1e-9
    correlation = np.bincount(place, one * other, n_waves) / np.where(enough, spread, 1.0)
    z = np.arctanh(np.clip(correlation, -0.999999, 0.999999))
    against = enough & (z + _Z_99 / np.sqrt(np.maximum(people - 3, 1)) < 0)
    return np.where(against, people, 0)


def _finding(name: str, scale: Scale, people: int, wave: int | None) -> Finding:
    turned = "is turned round in scoring" if name in scale.reversed else "is not turned round in scoring"
    text = f"runs against the rest of the scale {scale.id}; it {turned}, and was perhaps turned round in the file"
    advice = (
        "compare the value labels in the file with the questionnaire; if they are reversed there, recode it in the "
        "mapping (codes). Nothing was changed"
    )
    return Finding("error", "runs_against_scale", text, item=name, wave=wave, count=people, advice=advice)


CHECK_REVERSALS = Step(
    "check_reversals",
    what="items compared with the rest of their scale",
    why="An item that was turned round in the file is turned round once more in scoring, and counts the wrong way.",
    rule="Each item, as it is scored, is correlated with the mean of the other items of its scale, wave by wave. Where "
    "at least so many people answered and the 99 % interval of the correlation lies below zero, it is reported. "
    "Nothing is recoded.",
    run=check_reversals,
    parameters={"people": 30},
    explained={"people": "at least so many people with the item and the rest at a wave"},
    after=("settle_status", "settle_routing"),
)
