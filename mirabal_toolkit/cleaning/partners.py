"""Reports belong to a woman and to the man she reports on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mirabal_toolkit.cleaning.cells import NO_REASON, Cells
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.instrument import Instrument


def check_partners(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Find reports on another man than before; see `CHECK_PARTNERS`."""
    item_id = instrument.roles.partner_id
    if item_id is None:
        return StepResult(cells, (step.counted("people", 0, 0),))
    waves = np.unique(cells.wave)
    partner = _partner_codes(cells.answers[item_id])
    if cells.status is not None:
        partner = np.where(cells.status == NO_REASON, partner, -1)
    table = partner.reshape(-1, len(waves))
    told = int((table >= 0).any(axis=1).sum())
    return StepResult(cells, (step.counted("people", told, told),), tuple(_findings(table, waves, item_id)))


def _partner_codes(values: pd.Series[Any]) -> NDArray[np.intp]:
    """Return a number for each man, -1 where none is named; spaces and case in ids do not count."""
    if not pd.api.types.is_numeric_dtype(values.dtype):
        values = values.astype("str").str.replace(r"\s", "", regex=True).str.casefold()
    codes: NDArray[np.intp] = pd.factorize(values)[0]
    return codes


def _findings(table: NDArray[np.intp], waves: NDArray[np.int64], item_id: str) -> Iterator[Finding]:
    first = np.full(len(table), -1, dtype=table.dtype)
    for place, wave in enumerate(waves):
        now = table[:, place]
        count = int(((first >= 0) & (now >= 0) & (now != first)).sum())
        first = np.where(first < 0, now, first)
        if count:
            text = f"{count} woman/women report on another man than at their first report"
            advice = "change over waves is then not his change: consider the population of those who report on one man"
            yield Finding("warning", "another_partner", text, item_id, int(wave), count, advice)


CHECK_PARTNERS = Step(
    "check_partners",
    what="reports compared by the man they are about",
    why="What another man does says nothing about the change of the first.",
    rule="Where the questionnaire records which man a report is about, reports on another man than in the woman's "
    "first report are counted, wave by wave. Nothing is changed.",
    run=check_partners,
    after=("complete_grid", "settle_status"),
)
