"""One variable of a file becomes answers and missing reasons of one item."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.core.missing import REASON_DTYPE, MissingReason
from mirabal_toolkit.readers.codes import reasons_of
from mirabal_toolkit.readers.dates import to_dates
from mirabal_toolkit.readers.identifiers import to_text
from mirabal_toolkit.readers.mapping import VariableMatch
from mirabal_toolkit.readers.raw import TOLERANCE, Variable, special_number

Floats = npt.NDArray[np.float64]
ReasonCodes = npt.NDArray[np.int8]

NUMBER_OF = {MissingReason(name): place for place, name in enumerate(REASON_DTYPE.categories)}
_UNEXPLAINED = NUMBER_OF[MissingReason.UNEXPLAINED]
_NOT_ASKED = NUMBER_OF[MissingReason.NOT_ASKED]
#: “1-Feb”, “Feb-01” and the day itself, as spreadsheets of several languages write them.
_SPREADSHEET_DATE = re.compile(
    r"\s*(?:\d{1,2}[-. ][^\W\d_]{3,4}\.?|[^\W\d_]{3,4}\.?[-. ]\d{2}|\d{4}-\d\d-\d\d(?:[T ][\d:.]+)?)\s*"
)


@dataclass(frozen=True)
class Column:
    """Answers to one item and why some are missing.

    Parameters
    ----------
    answers : Series
        Floats, text, or datetime64[us].
    reasons : int8 array
        Position in the categories of `REASON_DTYPE`, -1 where nothing is said.
    counts : dict
        What could not be understood: name of a finding → number of cells.
    """

    answers: pd.Series
    reasons: ReasonCodes
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def given(self) -> npt.NDArray[np.bool_]:
        """Where there is an answer or a reason."""
        there: npt.NDArray[np.bool_] = ~pd.isna(self.answers.array)
        return there | (self.reasons >= 0)


def read_column(
    values: pd.Series, variable: Variable, match: VariableMatch, item: Item, instrument: Instrument
) -> Column:
    """Return what one variable says about an item.

    Parameters
    ----------
    values : Series
        The column of the file.
    variable : Variable
        What the file says about it.
    match : VariableMatch
        How its codes are to be read.
    item : Item
    instrument : Instrument
    """
    if item.type == "date":
        return _dates(values, variable, match)
    if item.type == "text":
        return _texts(values, variable, match)
    return _numbers(values, variable, match, reasons_of(item, instrument), item)


def _dates(values: pd.Series, variable: Variable, match: VariableMatch) -> Column:
    given = values.mask(variable.is_missing(values))
    dates = to_dates(given, variable, match.date_order)
    reasons = _reasons_of_codes(values, variable, match)
    reasons[dates.impossible.to_numpy() & (reasons < 0)] = _UNEXPLAINED
    counts = {
        "impossible_date": int(dates.impossible.sum()) - dates.ambiguous - dates.short_years - dates.bare_numbers,
        "ambiguous_date": dates.ambiguous,
        "two_digit_year": dates.short_years,
        "date_without_format": dates.bare_numbers,
        "day_number": dates.day_numbers,
    }
    return Column(dates.values.mask(pd.Series(reasons >= 0, index=values.index)), reasons, counts)


def _texts(values: pd.Series, variable: Variable, match: VariableMatch) -> Column:
    texts = to_text(values, variable)
    reasons = _reasons_of_codes(values, variable, match)
    return Column(texts.mask(pd.Series(reasons >= 0, index=values.index)), reasons)


def _reasons_of_codes(values: pd.Series, variable: Variable, match: VariableMatch) -> ReasonCodes:
    """Return reasons by the mapping, and unexplained for other codes that the file declares missing."""
    reasons = np.full(len(values), -1, dtype=np.int8)
    reasons[variable.is_missing(values).to_numpy()] = _UNEXPLAINED
    for code, reason in match.missing.items():
        reasons[_where(values, code)] = NUMBER_OF[reason]
    return reasons


def _where(values: pd.Series, code: Any) -> npt.NDArray[np.bool_]:
    """Return where a column holds a code, numbers with tolerance."""
    is_text = not pd.api.types.is_numeric_dtype(values.dtype)
    if is_text:
        wanted = code if isinstance(code, str) else f"{code:g}"
        found: npt.NDArray[np.bool_] = (values.str.strip() == wanted.strip()).fillna(value=False).to_numpy(dtype=bool)
        return found
    if isinstance(code, str):  # `.a` to `.z` in files of Stata and SAS; equal to nothing otherwise
        exactly: npt.NDArray[np.bool_] = values.to_numpy() == special_number(code)
        return exactly
    near: npt.NDArray[np.bool_] = np.abs(values.to_numpy() - code) < TOLERANCE
    return near


def _numbers(
    values: pd.Series, variable: Variable, match: VariableMatch, own: dict[int, MissingReason], item: Item
) -> Column:
    """Read codes and numbers: each different value once, since a million cells hold a handful of codes."""
    places, different = pd.factorize(values.array)
    level = _different_numbers(pd.Series(different), variable, match, own, item)
    often = np.bincount(places[places >= 0], minlength=len(different))
    answers = np.append(level.answers.to_numpy(dtype=float), np.nan)[places]  # place -1, an empty cell, is the last
    reasons = np.append(level.reasons, np.int8(-1))[places]
    counts = {name: int(often[marked].sum()) for name, marked in level.marks.items()}
    return Column(pd.Series(answers, index=values.index), reasons, counts)


@dataclass(frozen=True)
class _Level:
    """Answers and reasons for each different value of a column, and which of them are to be counted as what."""

    answers: pd.Series
    reasons: ReasonCodes
    marks: dict[str, npt.NDArray[np.bool_]]


def _different_numbers(
    values: pd.Series, variable: Variable, match: VariableMatch, own: dict[int, MissingReason], item: Item
) -> _Level:
    """Decide on each different value.

    What the mapping says goes before the instrument's own missing codes, and those before what the
    file declares missing without saying why. Numbers without a response set have missing codes only
    where the file declares them, since 98 can be an age.
    """
    numbers, unreadable = _as_floats(values, variable.decimal)
    answers = _near_whole(numbers)
    reasons = np.full(len(numbers), -1, dtype=np.int8)
    declared = variable.is_missing(values).to_numpy()
    handled = np.zeros(len(numbers), dtype=bool)
    for code, target in match.codes.items():
        here = _where(values, code)
        answers[here], handled = target, handled | here
    for code, reason in match.missing.items():
        here = _where(values, code) & ~handled
        reasons[here], handled = NUMBER_OF[reason], handled | here
    for own_code, reason in own.items():
        here = (answers == own_code) & ~handled & (reasons < 0)
        if item.response_set is None:
            here &= declared
        reasons[here] = NUMBER_OF[reason]
    undeclared = declared & ~handled & (reasons < 0)
    unreadable &= ~handled & ~declared
    infinite = np.isinf(numbers)
    reasons[undeclared | unreadable | infinite] = _UNEXPLAINED
    if item.per_person:  # asked once: an empty cell at other waves says nothing
        reasons[reasons == _NOT_ASKED] = -1
    answers[reasons >= 0] = np.nan
    turned = unreadable & _looks_like_date(values)
    marks = {
        "undeclared_missing_code": undeclared,
        "turned_into_date": turned,
        "not_a_number": unreadable & ~turned,
        "infinite": infinite,
    }
    return _Level(pd.Series(answers), reasons, marks)


def _looks_like_date(values: pd.Series) -> npt.NDArray[np.bool_]:
    """Find what spreadsheets make of an answer such as 1-2: 1-Feb, Feb-01, or a day."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return np.zeros(len(values), dtype=bool)
    # Only different values are looked at here: a handful of codes in most columns.
    found: npt.NDArray[np.bool_] = values.astype("str").str.fullmatch(_SPREADSHEET_DATE).to_numpy(dtype=bool)
    return found


def _as_floats(values: pd.Series, decimal: str = ".") -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return numbers, and where something stood that is none."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.to_numpy(dtype=float, na_value=np.nan).copy(), np.zeros(len(values), dtype=bool)
    texts = values.astype("str").str.strip()
    plain = texts.str.replace(",", ".", regex=False) if decimal == "," else texts
    numbers = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=float, na_value=np.nan).copy()
    given = (texts.notna() & (texts != "")).to_numpy(dtype=bool)
    return numbers, given & np.isnan(numbers)


def _near_whole(numbers: Floats) -> Floats:
    whole = np.round(numbers)
    with np.errstate(invalid="ignore"):
        near = np.abs(numbers - whole) < TOLERANCE
    return np.where(near, whole, numbers)


def empty_column(item: Item, rows: int) -> Column:
    """Return a column without answers, of the type the item has."""
    index = pd.RangeIndex(rows)
    reasons = np.full(rows, -1, dtype=np.int8)
    if item.type == "date":
        return Column(pd.Series(np.full(rows, np.datetime64("NaT"), dtype="datetime64[us]"), index=index), reasons)
    if item.type == "text":
        return Column(pd.Series(None, index=index, dtype="str"), reasons)
    return Column(pd.Series(np.nan, index=index, dtype=float), reasons)
