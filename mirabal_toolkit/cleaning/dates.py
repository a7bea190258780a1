"""Dates of interviews: out of order, outside the window of their wave, looking back twice or not at all."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.cleaning.cells import Cells
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.instrument import Instrument

Days = NDArray[np.float64]

#: Mean length of a month in the Gregorian calendar.
DAYS_PER_MONTH = 365.2425 / 12

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_UNITS = {"day": 1 / DAYS_PER_MONTH, "week": 7 / DAYS_PER_MONTH, "month": 1.0, "year": 12.0}
_PERIOD = re.compile(r"\b(?:last|past)\s+(?:(\d+|[a-z]+)\s+)?(day|week|month|year)s?\b")


def check_dates(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Compare interview dates with each other and with the plan of waves; see `CHECK_DATES`."""
    date = instrument.roles.interview_date
    waves = np.unique(cells.wave)
    if date is None:
        return StepResult(cells, (step.counted("cells", 0, 0),))
    days = _days(cells, date).reshape(-1, len(waves))
    n_dates = int((~np.isnan(days)).sum())
    findings = [
        *_out_of_order(days, waves, date),
        *_outside_window(days, waves, instrument, step),
        *_far_off(days, waves, date, step),
        *_looking_back(days, waves, instrument, step),
    ]
    return StepResult(cells, (step.counted("cells", n_dates, n_dates),), tuple(findings))


def look_back_months(instrument: Instrument) -> float | None:
    """Return how many months an interview looks back, as the questionnaire says in English; None where it does not."""
    match = _PERIOD.search(instrument.reference_period.get("en", "").casefold())
    if match is None:
        return None
    written, unit = match[1] or "one", match[2]
    if not written.isdigit() and written not in _NUMBERS:
        return None
    return (int(written) if written.isdigit() else _NUMBERS.index(written) + 1) * _UNITS[unit]


def _days(cells: Cells, item_id: str) -> Days:
    column = cells.answers[item_id]
    days = column.to_numpy(dtype="datetime64[D]").astype(float)
    return np.where(column.isna().to_numpy(), np.nan, days)


def _out_of_order(days: Days, waves: NDArray[np.int64], date: str) -> list[Finding]:
    latest_before = np.fmax.accumulate(days, axis=1)[:, :-1]
    findings = []
    for place, wave in enumerate(waves[1:], start=1):
        count = int((days[:, place] < latest_before[:, place - 1]).sum())
        if count:
            text = f"{count} interview(s) are dated before an interview of an earlier wave"
            advice = "correct the dates, or the waves they were filed under"
            findings.append(Finding("warning", "dates_out_of_order", text, date, int(wave), count, advice))
    return findings


def _outside_window(days: Days, waves: NDArray[np.int64], instrument: Instrument, step: Step) -> list[Finding]:
    """Distance from the time planned for the wave, counted from the woman's own first interview."""
    start, date = instrument.wave(int(waves[0])), instrument.roles.interview_date or ""
    findings = []
    for place, number in enumerate(waves[1:], start=1):
        wave = instrument.wave(int(number))
        window = step.number("window_days") or wave.window_days
        planned = (wave.months - start.months) * DAYS_PER_MONTH
        late = np.abs(days[:, place] - days[:, 0] - planned) > window + 0.5
        count = int(late.sum())
        if count:
            text = f"{count} interview(s) lie more than {window:g} days from the planned time of the wave"
            advice = "they are used; say so in the report if they are many"
            findings.append(Finding("note", "outside_window", text, date, wave.number, count, advice))
    return findings


def _far_off(days: Days, waves: NDArray[np.int64], date: str, step: Step) -> list[Finding]:
    """Dates years away from the others of the wave: most often a slip in the year."""
    findings = []
    for place, wave in enumerate(waves):
        given = days[~np.isnan(days[:, place]), place]
        far = (
            int((np.abs(given - np.median(given)) > step.number("far_years") * 12 * DAYS_PER_MONTH).sum())
            if len(given)
            else 0
        )
        if far:
            text = f"{far} interview(s) are dated years away from the others of the wave"
            findings.append(Finding("warning", "date_far_off", text, date, int(wave), far, "look at the year"))
    return findings


def _looking_back(days: Days, waves: NDArray[np.int64], instrument: Instrument, step: Step) -> list[Finding]:
    """Times told about twice, and times nobody asked about, between neighbouring waves."""
    months = step.number("look_back_months") or look_back_months(instrument)
    if not months:
        return []
    length, slack = months * DAYS_PER_MONTH, step.number("slack_days")
    findings = []
    for place, number in enumerate(waves[1:], start=1):
        wave, before = instrument.wave(int(number)), instrument.wave(int(waves[place - 1]))
        between = days[:, place] - days[:, place - 1]
        planned = (wave.months - before.months) * DAYS_PER_MONTH
        twice = int(((between >= 0) & (between < min(length, planned) - slack)).sum())
        never = int((between > max(length, planned) + slack).sum())
        date = instrument.roles.interview_date or ""
        if twice:
            text = f"{twice} interview(s) look back over more than {slack:g} days that the interview before covers too"
            advice = "what happened then may be counted at both waves"
            findings.append(Finding("note", "look_back_overlaps", text, date, wave.number, twice, advice))
        if never:
            text = f"{never} interview(s) leave more than {slack:g} days since the interview before unasked"
            advice = "what happened then is not in the data"
            findings.append(Finding("note", "look_back_gap", text, date, wave.number, never, advice))
    return findings


CHECK_DATES = Step(
    "check_dates",
    what="interview dates compared",
    why="Each interview looks back over a fixed time; dates out of place overlap or leave gaps.",
    rule="Interview dates are compared with earlier waves, with the planned months and window (counted from the first "
    "interview), with the other dates of the wave, and with the interview before: together they should cover the time "
    "once. Nothing is changed.",
    run=check_dates,
    parameters={"window_days": 0, "far_years": 5, "look_back_months": 0, "slack_days": 21},
    explained={
        "window_days": "days from the planned time that are allowed; 0: as the questionnaire says for each wave",
        "far_years": "years from the middle date of the wave from which a date looks like a slip",
        "look_back_months": "months an interview looks back; 0: as the questionnaire says",
        "slack_days": "days of overlap or gap that are allowed",
    },
    after=("drop_impossible_values", "complete_grid"),
)
