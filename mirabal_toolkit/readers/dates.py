"""Dates as files hold them: SPSS counts seconds since 14 October 1582, people write text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from mirabal_toolkit.readers.raw import Variable

DateOrder = Literal["dmy", "mdy", "ymd"]

#: Formats in which SPSS shows a number of seconds as a day.
_DAY_FORMATS = ("DATE", "ADATE", "EDATE", "SDATE", "JDATE", "QYR", "MOYR", "WKYR", "DATETIME", "YMDHMS")

_EPOCH = np.datetime64("1582-10-14", "s")
_EARLIEST, _LATEST = np.datetime64("1900-01-01", "s"), np.datetime64("2101-01-01", "s")

_EXCEL_EPOCH = np.datetime64("1899-12-30", "s")
#: Years 1954 to 2064, roughly; smaller and larger numbers are something else.
_FIRST_DAY_NUMBER, _LAST_DAY_NUMBER = 20_000.0, 60_000.0
_DAY_NUMBER = re.compile(r"\s*[2-5]\d{4}(?:\.\d+)?\s*")
_TEXT_DATE = re.compile(r"^\s*(\d{1,4})[-./ ](\d{1,2})[-./ ](\d{1,4})(?:[T ][\d:.]+)?\s*$")


@dataclass(frozen=True)
class Dates:
    """Dates found in a column.

    Parameters
    ----------
    values : Series of datetime64[us]
        NaT where there is none.
    impossible : Series of bool
        Where something stood that is no date between 1900 and 2100.
    ambiguous : int
        How many text dates can be day-month or month-day, when nothing in the column decides;
        they count as impossible too.
    order : str
        How text dates were read; empty for others.
    day_numbers : int
        How many were numbers of days as Excel counts them, without a date format to say so.
    short_years : int
        How many have a year of two digits, which can be of any century; they count as impossible too.
    bare_numbers : int
        How many are numbers without a date format that are no days of Excel; they count as impossible too.
    """

    values: pd.Series
    impossible: pd.Series
    ambiguous: int = 0
    order: str = ""
    day_numbers: int = 0
    short_years: int = 0
    bare_numbers: int = 0


def is_date_format(print_format: str) -> bool:
    """Tell whether SPSS shows this number as a day.

    Examples
    --------
    >>> is_date_format("EDATE10"), is_date_format("DTIME20"), is_date_format("F8.2")
    (True, False, False)
    """
    return re.sub(r"[\d.]+$", "", print_format.upper()) in _DAY_FORMATS


def to_dates(values: pd.Series, variable: Variable, order: DateOrder | None = None) -> Dates:
    """Return the dates in a column.

    Parameters
    ----------
    values : Series
        Seconds since 1582-10-14 for a number, else text.
    variable : Variable
        Whose column it is.
    order : str, optional
        ``dmy``, ``mdy`` or ``ymd`` for dates in text; found from the column when not given.
    """
    if variable.kind == "text":
        return _from_text(values, order)
    if is_date_format(variable.print_format):
        return _from_seconds(values)
    none = pd.Series(np.full(len(values), np.datetime64("NaT"), dtype="datetime64[us]"), index=values.index)
    return Dates(none, values.notna(), bare_numbers=int(values.notna().sum()))


def _from_seconds(values: pd.Series) -> Dates:
    seconds = values.to_numpy(dtype=float, na_value=np.nan)
    usable = np.isfinite(seconds) & (np.abs(seconds) < 1e12)
    days = np.full(len(seconds), np.datetime64("NaT"), dtype="datetime64[s]")
    days[usable] = _EPOCH + seconds[usable].astype("timedelta64[s]")
    return _within_reason(days, values.notna())


def _within_reason(days: npt.NDArray[np.datetime64], given: pd.Series, *, ambiguous: int = 0, order: str = "") -> Dates:
    """Keep the days between 1900 and 2100; everything else that was given is impossible."""
    possible = (days >= _EARLIEST) & (days < _LATEST)  # False for NaT
    kept = np.where(possible, days.astype("datetime64[D]"), np.datetime64("NaT")).astype("datetime64[us]")
    return Dates(pd.Series(kept, index=given.index), given & ~possible, ambiguous, order)


def _from_day_numbers(numbers: npt.NDArray[np.float64], given: pd.Series) -> Dates:
    """Read numbers of days since 30 December 1899, as Excel counts from March 1900 on: 45355 is 4 March 2024."""
    usable = (numbers >= _FIRST_DAY_NUMBER) & (numbers <= _LAST_DAY_NUMBER)
    days = np.full(len(numbers), np.datetime64("NaT"), dtype="datetime64[s]")
    days[usable] = _EXCEL_EPOCH + np.floor(numbers[usable]).astype("timedelta64[D]")
    return replace(_within_reason(days, given), day_numbers=int(usable.sum()))


def _from_text(values: pd.Series, order: DateOrder | None) -> Dates:
    """Read each different text once; texts that are all numbers of days are read as Excel means them."""
    places, different = pd.factorize(values)
    texts = pd.Series(different, dtype="str")
    given = (texts.str.strip() != "").to_numpy(dtype=bool)
    if given.any() and texts[given].str.fullmatch(_DAY_NUMBER).all():
        numbers = pd.to_numeric(texts.str.strip(), errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        counted = np.append(numbers, np.nan)[places]
        return _from_day_numbers(counted, pd.Series(np.append(given, False)[places], index=values.index))
    parts = texts.str.extract(_TEXT_DATE).apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    year_first = parts[:, 0] > 99
    order_found = order or _order_of(parts[~year_first])
    day_place, month_place = (1, 0) if order_found == "mdy" else (0, 1)
    days = np.full(len(parts) + 1, np.datetime64("NaT"), dtype="datetime64[s]")
    days[:-1][year_first] = _compose(parts[year_first, 0], parts[year_first, 1], parts[year_first, 2])
    rest = ~year_first & (parts[:, 2] > 99)
    short = ~year_first & (parts[:, 2] <= 99)  # could be of any century: refused
    if order_found:
        days[:-1][rest] = _compose(parts[rest, 2], parts[rest, month_place], parts[rest, day_place])
    ambiguous = 0 if order_found else int(np.append(rest, False)[places].sum())
    stood = pd.Series(np.append(given, False)[places], index=values.index)
    found = _within_reason(days[places], stood, ambiguous=ambiguous, order=order_found if rest.any() else "")
    return replace(found, short_years=int(np.append(short, False)[places].sum()))


def _order_of(parts: npt.NDArray[np.float64]) -> str:
    """Return the order that the column itself proves: a first or second part above 12."""
    first, second = bool((parts[:, 0] > 12).any()), bool((parts[:, 1] > 12).any())
    if first != second:
        return "dmy" if first else "mdy"
    return ""


def _compose(
    years: npt.NDArray[np.float64], months: npt.NDArray[np.float64], days: npt.NDArray[np.float64]
) -> npt.NDArray[np.datetime64]:
    """Return days, NaT where there is no such day (31 February)."""
    frame = pd.DataFrame({"year": years, "month": months, "day": days})
    return pd.to_datetime(frame, errors="coerce").to_numpy().astype("datetime64[s]")
