"""Dates of interviews: out of order, outside the window of their wave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.cleaning.cells import Cells
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.instrument import Instrument

#: Mean length of a month in the Gregorian calendar.
DAYS_PER_MONTH = 365.2425 / 12


def check_dates(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Compare interview dates with each other and with the plan of waves; see `CHECK_DATES`."""
    date = instrument.roles.interview_date
    waves = np.unique(cells.wave)
    if date is None or len(waves) < 2:
        return StepResult(cells, (step.counted("cells", 0, 0),))
    days = _days(cells, date).reshape(-1, len(waves))
    n_dates = int((~np.isnan(days)).sum())
    findings = [*_out_of_order(days, waves, date), *_outside_window(days, waves, instrument, date)]
    return StepResult(cells, (step.counted("cells", n_dates, n_dates),), tuple(findings))


def _days(cells: Cells, item_id: str) -> NDArray[np.float64]:
    column = cells.answers[item_id]
    days = column.to_numpy(dtype="datetime64[D]").astype(float)
    return np.where(column.isna().to_numpy(), np.nan, days)


def _out_of_order(days: NDArray[np.float64], waves: NDArray[np.int64], date: str) -> list[Finding]:
    latest_before = np.fmax.accumulate(days, axis=1)[:, :-1]
    findings = []
    for place, wave in enumerate(waves[1:], start=1):
        count = int((days[:, place] < latest_before[:, place - 1]).sum())
        if count:
            text = f"{count} interview(s) are dated before an interview of an earlier wave"
            advice = "correct the dates, or the waves they were filed under"
            findings.append(Finding("warning", "dates_out_of_order", text, date, int(wave), count, advice))
    return findings


def _outside_window(
    days: NDArray[np.float64], waves: NDArray[np.int64], instrument: Instrument, date: str
) -> list[Finding]:
    """Distance from the time planned for the wave, counted from the woman's own first interview."""
    start = instrument.wave(int(waves[0]))
    findings = []
    for place, number in enumerate(waves[1:], start=1):
        wave = instrument.wave(int(number))
        planned = (wave.months - start.months) * DAYS_PER_MONTH
        late = np.abs(days[:, place] - days[:, 0] - planned) > wave.window_days + 0.5
        count = int(late.sum())
        if count:
            text = f"{count} interview(s) lie more than {wave.window_days} days from the planned time of the wave"
            advice = "they are used; say so in the report if they are many"
            findings.append(Finding("note", "outside_window", text, date, wave.number, count, advice))
    return findings


CHECK_DATES = Step(
    "check_dates",
    what="interview dates compared",
    why="Each interview looks back over a fixed time; dates out of place overlap or leave gaps.",
    rule="Interview dates are compared with earlier waves and with the planned months and window, counted from the "
    "first interview. Nothing is changed.",
    run=check_dates,
)
