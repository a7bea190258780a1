"""Items that were turned round twice, or not at all: they run against the rest of their scale."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.cleaning.cells import NO_REASON, Cells, Mask
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.instrument import Instrument, Scale

#: Of the normal distribution: the interval of 99 % on both sides.
_Z_99 = 2.576


def check_reversals(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Find items that run against the rest of their scale; see `CHECK_REVERSALS`."""
    n_valid = cells.n_valid
    interviewed = np.ones(len(cells), dtype=bool) if cells.status is None else cells.status == NO_REASON
    findings: list[Finding] = []
    for scale in instrument.scales:
        if len(scale.items) > 2:
            findings += _of_scale(cells.keep(interviewed), scale, step)
    return StepResult(cells, (step.counted("cells", n_valid, n_valid),), tuple(findings))


def _of_scale(cells: Cells, scale: Scale, step: Step) -> Iterator[Finding]:
    values = [_as_scored(cells.answer(name), scale, name) for name in scale.items]
    total, count = np.zeros(len(cells)), np.zeros(len(cells))
    for column in values:
        given = ~np.isnan(column)
        total[given] += column[given]
        count += given
    waves = [(int(wave), cells.wave == wave) for wave in np.unique(cells.wave)]
    for name, column in zip(scale.items, values, strict=True):
        usable = ~np.isnan(column) & (count > 2)
        rest = np.zeros(len(cells))
        rest[usable] = (total[usable] - column[usable]) / (count[usable] - 1)
        against = [(wave, people) for wave, rows in waves if (people := _against(column, rest, usable & rows, step))]
        if len(against) > 1 and 2 * len(against) > len(waves):
            people = max(people for _, people in against)
            yield _finding(name, scale, people, None)
        else:
            for wave, people in against:
                yield _finding(name, scale, people, wave)


def _as_scored(values: NDArray[np.float64], scale: Scale, name: str) -> NDArray[np.float64]:
    return scale.minimum + scale.maximum - values if name in scale.reversed else values


def _against(column: NDArray[np.float64], rest: NDArray[np.float64], rows: Mask, step: Step) -> int:
    """Return of how many people it is known, at one wave, that the item runs against the rest; 0 where it does not.

    Fisher's z of the correlation, with its interval of 99 % below zero.
    """
    people = int(rows.sum())
    if people < max(4, step.number("people")):
        return 0
    one, other = column[rows] - column[rows].mean(), rest[rows] - rest[rows].mean()
    spread = float(np.sqrt((one @ one) * (other @ other)))
    if spread < 1e-9:
        return 0
    correlation = float(one @ other) / spread
    z = np.arctanh(np.clip(correlation, -0.999999, 0.999999))
    return people if z + _Z_99 / np.sqrt(people - 3) < 0 else 0


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
