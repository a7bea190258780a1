"""The working state that cleaning steps take and return: cells, with why they are empty.

`WaveData` and `CleanedData` are sealed at both ends; in between, every step gets `Cells` and
gives back new `Cells`. Missing reasons are small integers here (one byte a cell), so that a
million person-waves fit and compare fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mirabal_toolkit.core.data import KEYS, PERSON, WAVE, WaveData
from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.core.missing import REASON_DTYPE, MissingReason
from mirabal_toolkit.errors import FindingsError

Mask = NDArray[np.bool_]
Codes = NDArray[np.int8]

#: Missing reason → the integer that stands for it in `Cells.reasons`.
REASON_CODE: dict[MissingReason, int] = {MissingReason(name): code for code, name in enumerate(REASON_DTYPE.categories)}

#: Stands where there is no missing reason, and in `Cells.status` for "interviewed".
NO_REASON = -1

#: A wave number that could not be read.
NO_WAVE = -1


@dataclass(frozen=True)
class Cells:
    """Person-waves under repair.

    Parameters
    ----------
    person : Series of str, shape (n_rows,)
        Person ids; missing where there is none.
    wave : ndarray of int, shape (n_rows,)
        Wave numbers; `NO_WAVE` where there is none.
    answers : DataFrame, shape (n_rows, n_items)
        One column for every item of the instrument, in its order; a plain row index.
    reasons : DataFrame of int8, same shape
        `REASON_CODE` of each empty cell, `NO_REASON` elsewhere or where nothing was said yet.
    status : ndarray of int8, shape (n_rows,), or None
        `NO_REASON` where the person was interviewed, else why not; None until it is known.
    """

    person: pd.Series[str]
    wave: NDArray[np.int64]
    answers: pd.DataFrame
    reasons: pd.DataFrame
    status: Codes | None = None

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def n_valid(self) -> int:
        """Number of valid answers."""
        return int(self.answers.count().sum())

    def answer(self, item_id: str) -> NDArray[np.float64]:
        """Answers to one item as floats, NaN missing; for text and dates 1.0 where there is one."""
        column = self.answers[item_id]
        if pd.api.types.is_float_dtype(column.dtype):
            return column.to_numpy(dtype=float)
        return np.where(column.notna().to_numpy(), 1.0, np.nan)

    def any_valid(self, item_ids: Iterable[str]) -> Mask:
        """True for rows with an answer to any of the items."""
        found: Mask = np.zeros(len(self), dtype=bool)
        for item_id in item_ids:
            found |= self.answers[item_id].notna().to_numpy()
        return found

    def reason(self, item_id: str) -> Codes:
        """Missing reasons of one item, as a copy."""
        return self.reasons[item_id].to_numpy(dtype=np.int8, copy=True)

    def keep(self, rows: Mask) -> Cells:
        """Return only the rows where `rows` is True."""
        if rows.all():
            return self
        return replace(
            self,
            person=self.person[rows].reset_index(drop=True),
            wave=self.wave[rows],
            answers=self.answers[rows].reset_index(drop=True),
            reasons=self.reasons[rows].reset_index(drop=True),
            status=None if self.status is None else self.status[rows],
        )

    def with_columns(self, answers: Mapping[str, Any], reasons: Mapping[str, Codes]) -> Cells:
        """Return the cells with some columns replaced."""
        return replace(self, answers=_replaced(self.answers, answers), reasons=_replaced(self.reasons, reasons))

    def emptied(self, where: Mapping[str, Mask], reason: MissingReason | Mapping[str, MissingReason]) -> Cells:
        """Return the cells with the answers at `where` (item → rows) taken out, for a reason."""
        answers: dict[str, Any] = {}
        reasons: dict[str, Codes] = {}
        for item_id, rows in where.items():
            why = reason if isinstance(reason, MissingReason) else reason[item_id]
            answers[item_id] = self.answers[item_id].mask(rows)
            reasons[item_id] = np.where(rows, np.int8(REASON_CODE[why]), self.reason(item_id))
        return self.with_columns(answers, reasons)


def _replaced(frame: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Build the frame anew from its columns: with copy on write nothing that stays is copied."""
    if not columns:
        return frame
    return pd.DataFrame({name: columns.get(name, frame[name]) for name in frame.columns}, index=frame.index, copy=False)


def _as_they_are(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Put columns beside each other without copying them into one block."""
    return pd.DataFrame(dict(columns), copy=False)


def open_cells(data: WaveData) -> Cells:
    """Open `WaveData` for repair: every item of the instrument a column, in the instrument's order.

    Items without a column in the data were not asked in this study; their cells say so.

    Raises
    ------
    FindingsError
        If there are no rows, or a missing reason is not one of `MissingReason`.
    """
    if len(data.answers) == 0:
        raise FindingsError("there is not one row to clean", fix="check that the file holds data, not only headings")
    answers, reasons = data.answers.frame.reset_index(drop=True), data.reasons.frame.reset_index(drop=True)
    items = data.instrument.items
    return Cells(
        person=answers[PERSON].astype("str"),
        wave=_wave_numbers(answers[WAVE]),
        # columns are shared with the data, and copied only by the step that changes one
        answers=_as_they_are({item.id: _typed(answers.get(item.id), item, len(answers)) for item in items}),
        reasons=_as_they_are({item.id: _reason_codes(reasons.get(item.id), len(answers)) for item in items}),
    )


def _wave_numbers(column: pd.Series[Any]) -> NDArray[np.int64]:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    whole = np.isfinite(numbers) & (numbers == np.floor(numbers))
    return np.where(whole, numbers, NO_WAVE).astype(np.int64)


def _typed(column: pd.Series[Any] | None, item: Item, n_rows: int) -> Any:
    """One column in the type of its item; what cannot be read in it is left for the step that counts it."""
    if column is None:
        empty = {"date": "datetime64[us]", "text": "str"}.get(item.type, "float64")
        return pd.Series(np.nan if empty == "float64" else None, index=range(n_rows), dtype=empty)
    if item.type == "text":
        text = column.astype("str")
        return text.mask(text.str.strip() == "")
    if item.type == "date":
        return _dates(column)
    if pd.api.types.is_float_dtype(column.dtype) and isinstance(column.dtype, np.dtype):
        return column.astype(float)
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    # Text in a column of numbers is no answer, but it must be counted: infinity is never an answer either.
    return np.where(column.notna().to_numpy() & np.isnan(numbers), np.inf, numbers)


def _dates(column: pd.Series[Any]) -> pd.Series[Any]:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.astype("datetime64[us]")
    dates = pd.to_datetime(column, errors="coerce", format="ISO8601").astype("datetime64[us]")
    # What is no date is handed on as one that cannot be, so that it is counted.
    return dates.mask(column.notna() & dates.isna(), pd.Timestamp("0001-01-01"))


def _reason_codes(column: pd.Series[Any] | None, n_rows: int) -> Codes:
    if column is None:
        return np.full(n_rows, REASON_CODE[MissingReason.NOT_ASKED], dtype=np.int8)
    if isinstance(column.dtype, pd.CategoricalDtype) and column.dtype == REASON_DTYPE:
        return np.array(column.cat.codes, dtype=np.int8)
    known = {reason.value: code for reason, code in REASON_CODE.items()}
    codes, names = pd.factorize(column)
    if not set(names) <= set(known):
        raise FindingsError("a missing reason is unknown", where=f"item {column.name}")
    lookup = np.array([*(known[name] for name in names), NO_REASON], dtype=np.int8)
    return lookup[codes]


def reason_frame(cells: Cells) -> pd.DataFrame:
    """Return the missing reasons as categories with readable names."""
    return pd.DataFrame(
        {
            item_id: pd.Categorical.from_codes(cells.reasons[item_id].to_numpy(dtype=np.int8), dtype=REASON_DTYPE)
            for item_id in cells.reasons.columns
        }
    )


def wave_items(instrument: Instrument) -> list[Item]:
    """Return the items asked at waves, without those that are asked once a person."""
    return [item for item in instrument.items if not item.per_person]


def substantive_items(instrument: Instrument) -> list[str]:
    """Return ids of the items whose answers show that she was interviewed.

    Left out are what the office writes down (how the wave ended, the date, the minutes), the safety gate, and
    what is asked once a person.
    """
    roles = instrument.roles
    office = {roles.wave_outcome, roles.interview_date, roles.site, roles.partner_id, roles.duration}
    gate = set(instrument.gate.items) if instrument.gate else set()
    return [item.id for item in wave_items(instrument) if item.id not in office | gate]


def has_answers(cells: Cells, instrument: Instrument) -> Mask:
    """True for rows of a wave of the questionnaire that hold an answer that was to be asked at it.

    What was written down about the wave and the safety gate count too. Later steps never take the
    last such answer out of a row.
    """
    found = np.zeros(len(cells), dtype=bool)
    for item in wave_items(instrument):
        here = np.isin(cells.wave, item.waves) if item.waves else True
        found |= cells.answers[item.id].notna().to_numpy() & here
    known: Mask = np.isin(cells.wave, [wave.number for wave in instrument.waves])
    return found & known


def key_frame(cells: Cells) -> pd.DataFrame:
    """Return person ids and waves as two columns."""
    return pd.DataFrame(dict(zip(KEYS, (cells.person, cells.wave), strict=True)))
