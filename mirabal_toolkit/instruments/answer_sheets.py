"""A plain table of answers, as a student has it in a spreadsheet, read by an instrument.

Every cell is read as text and turned into an answer by the item it belongs to: a code, the name or the
label of an option, or nothing. Study data in exports of survey programs are for the readers instead.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import PERSON, WAVE, Source, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.errors import FindingsError, InputError, Problem

MAX_BYTES = 50_000_000
MAX_COLUMNS = 5_000

_ID_NAMES = ("personid", "id", "pid", "participant", "participantid", "respondent", "respondentid", "code", "case")
_NOTHING = frozenset({"", ".", "na", "n/a", "nan", "null", "none", "-"})
_NUMBERED = re.compile(r"(?:q|item|i|v|question)?(\d{1,3})")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class AnswerSheet:
    """A table that was read.

    Parameters
    ----------
    waves : WaveData
        One row a person and wave; the missing codes of the form are still codes.
    numbered : bool
        Whether the table has no ids, so that people are called by the number of their row.
    ignored : tuple of str
        Columns that are no item of the instrument.
    """

    waves: WaveData
    numbered: bool
    ignored: tuple[str, ...]


def read_answer_sheet(path: Path, instrument: Instrument) -> AnswerSheet:
    """Read a CSV (comma, semicolon or tab) whose columns are named by items or variables of `instrument`.

    Columns may name the wave (``casr1_w2``), stand beside a column ``wave``, or do neither: then all is
    the first wave. If no column has such a name, ``item1``, ``q1`` or ``1`` mean the items in order.

    Raises
    ------
    InputError
        If it cannot be read as a table, or no column is recognised.
    FindingsError
        If cells cannot be read as answers, all counted by column; no cell is shown.
    """
    content = _bytes(path)
    header, rows = _table(content, path.name)
    columns = _Columns(instrument, header)
    if not columns.items:
        known = ", ".join(item.id for item in instrument.items[:3])
        raise InputError(
            f"no column is an item of {instrument.reference}",
            where=path.name,
            fix=f"name the columns {known} … or as `mirabal instruments show {instrument.id}` shows them",
        )
    frame, reasons = _Reader(instrument, columns, rows, path.name).frames()
    source = Source(_sha256(content), "csv", len(rows), len(header))
    waves = WaveData(instrument, SealedFrame(frame), SealedFrame(reasons), (source,))
    return AnswerSheet(waves, columns.person is None, columns.ignored)


@dataclass(frozen=True)
class _Columns:
    """What the columns of a table are."""

    instrument: Instrument
    header: Sequence[str]

    @cached_property
    def person(self) -> int | None:
        """Place of the column with ids."""
        wanted = dict.fromkeys([_plain(self.instrument.roles.person_id), *_ID_NAMES])
        places = {_plain(name): place for place, name in reversed(list(enumerate(self.header)))}
        return next((places[name] for name in wanted if name in places and places[name] not in self.items), None)

    @cached_property
    def wave(self) -> int | None:
        """Place of the column with the number of the wave."""
        return next((place for place, name in enumerate(self.header) if _plain(name) == WAVE), None)

    @cached_property
    def items(self) -> dict[int, tuple[str, int | None]]:
        """Place of a column → item and, if its name says so, wave."""
        names = dict(_names(self.instrument))
        found = {place: names[_plain(name)] for place, name in enumerate(self.header) if _plain(name) in names}
        return found or dict(_by_number(self.instrument, self.header))

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns that are none of these."""
        used = {*self.items, self.person, self.wave}
        return tuple(name for place, name in enumerate(self.header) if place not in used and name)


class _Reader:
    """Turns rows of text into answers, and keeps count of what cannot be read."""

    def __init__(self, instrument: Instrument, columns: _Columns, rows: Sequence[Sequence[str]], file: str) -> None:
        self.instrument, self.columns, self.rows, self.file = instrument, columns, rows, file
        self.problems: list[Problem] = []

    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return answers with keys, and reasons; FindingsError if anything could not be read."""
        self._check_doubles()
        people, row_waves = self._people(), self._waves()
        named = sorted({wave for _, wave in self.columns.items.values() if wave is not None})
        parts, whys = [], []
        numbers: list[int | None] = [*named] or [None]
        for wave in numbers:
            answers, reasons = self._of_wave(wave)
            keys = {PERSON: people, WAVE: row_waves if wave is None else np.full(len(self.rows), wave)}
            parts.append(pd.DataFrame({**keys, **answers}))
            whys.append(pd.DataFrame(reasons))
        if self.problems:
            count = len(self.problems)
            raise FindingsError(f"{self.file} has {count} column(s) to mend", problems=self.problems)
        return pd.concat(parts, ignore_index=True), pd.concat(whys, ignore_index=True)

    def _of_wave(self, wave: int | None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Answers and reasons by item; columns that name no wave belong to all."""
        answers: dict[str, Any] = {}
        reasons: dict[str, Any] = {}
        places = {item: place for place, (item, number) in self.columns.items.items() if number in (None, wave)}
        for item in self.instrument.items:
            if any(item.id == known for known, _ in self.columns.items.values()):
                place = places.get(item.id)
                cells = [""] * len(self.rows) if place is None else [row[place].strip() for row in self.rows]
                answers[item.id], reasons[item.id] = self._answers(item, cells, place)
        return answers, reasons

    def _answers(self, item: Item, cells: Sequence[str], place: int | None) -> tuple[Any, Any]:
        if item.is_numeric:
            read = [_answer(cell, _meanings(item, self.instrument)) for cell in cells]
            values: Any = pd.Series([value for value, _ in read], dtype=float)
            unread = sum(np.isinf(value) for value, _ in read)
        elif item.type == "date":
            text = pd.Series([None if _is_nothing(cell) else cell for cell in cells], dtype="str")
            values = pd.to_datetime(text, errors="coerce", format="ISO8601").astype("datetime64[us]")
            read, unread = [], int((text.notna() & values.isna()).sum())
        else:
            values = pd.Series([cell or None for cell in cells], dtype="str")
            read, unread = [], 0
        if unread:
            fix = "write the code or the words of the answer, or leave the cell empty"
            where = f"{self.file}, column {self.columns.header[place]}" if place is not None else self.file
            self.problems.append(Problem(f"{unread} cell(s) cannot be read as an answer to {item.id}", where, fix))
        return values, pd.Series([why for _, why in read] or [None] * len(cells), dtype="str")

    def _people(self) -> pd.Series[Any]:
        place = self.columns.person
        if place is None:
            width = len(str(len(self.rows)))
            return pd.Series([f"{number:0{width}d}" for number in range(1, len(self.rows) + 1)], dtype="str")
        return pd.Series([row[place].strip() or None for row in self.rows], dtype="str")

    def _waves(self) -> Any:
        numbers = [wave.number for wave in self.instrument.waves]
        place = self.columns.wave
        if place is None:
            return np.full(len(self.rows), numbers[0])
        texts = [row[place].strip() for row in self.rows]
        unknown = sum(text not in {str(number) for number in numbers} for text in texts)
        if unknown:
            fix = f"use one of: {', '.join(map(str, numbers))}"
            where = f"{self.file}, column {self.columns.header[place]}"
            self.problems.append(Problem(f"{unknown} row(s) have no wave of the instrument", where, fix))
        return np.array([int(text) if text.isdigit() else numbers[0] for text in texts])

    def _check_doubles(self) -> None:
        seen: dict[tuple[str, int | None], str] = {}
        for place, meaning in self.columns.items.items():
            name = self.columns.header[place]
            if meaning in seen:
                what = f"the columns {seen[meaning]} and {name} are both {meaning[0]}"
                self.problems.append(Problem(what, self.file, "keep one of them"))
            seen[meaning] = name


def _answer(cell: str, meanings: Mapping[str, float]) -> tuple[float, str | None]:
    """A number and perhaps a missing reason; infinity stands for what cannot be read."""
    plain = cell.casefold()
    if plain in meanings:
        return meanings[plain], None
    if _is_nothing(cell):
        return np.nan, None
    if _NUMBER.fullmatch(cell):
        return float(cell.replace(",", ".")), None
    if plain in {reason.value for reason in MissingReason}:
        return np.nan, plain
    return np.inf, None


def _is_nothing(cell: str) -> bool:
    return cell.casefold() in _NOTHING


def _meanings(item: Item, instrument: Instrument) -> dict[str, float]:
    """Names and labels of the answers to an item, in every language → code."""
    found: dict[str, float] = {}
    for option in instrument.options(item.id):
        for words in (option.name, *option.label.values()):
            found.setdefault(words.casefold(), float(option.code))
    return found


def _names(instrument: Instrument) -> Iterator[tuple[str, tuple[str, int | None]]]:
    """Plain names of columns → item and wave: the item id, and its variable with and without a wave."""
    for item in instrument.items:
        yield _plain(item.id), (item.id, None)
        yield _plain(re.sub(r"_?w?\{wave\}", "", item.variable)), (item.id, None)
        for wave in () if item.per_person else instrument.waves:
            yield _plain(item.variable.replace("{wave}", str(wave.number))), (item.id, wave.number)
            yield _plain(f"{item.id}_w{wave.number}"), (item.id, wave.number)


def _by_number(instrument: Instrument, header: Sequence[str]) -> Iterator[tuple[int, tuple[str, int | None]]]:
    for place, name in enumerate(header):
        match = _NUMBERED.fullmatch(_plain(name))
        if match and 1 <= int(match[1]) <= len(instrument.items):
            yield place, (instrument.items[int(match[1]) - 1].id, None)


def _plain(name: str) -> str:
    return re.sub(r"[\s_.\-]", "", name).casefold()


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                f"is larger than {MAX_BYTES // 1_000_000} MB",
                where=path.name,
                fix="keep only the columns of the questionnaire",
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"the answers cannot be read: {error.strerror}", where=path.name, fix="look at the spelling and the folder"
        ) from None


def _table(content: bytes, file: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows, all of the same length."""
    try:
        text = content.decode("utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", where=file, fix="save it as CSV UTF-8") from None
    except csv.Error:
        raise InputError("is not a table of text", where=file, fix="save it as CSV UTF-8") from None
    if len(rows) < 2:
        raise InputError("holds no answers", where=file, fix="the first row names the columns, answers stand below")
    header = [name.strip() for name in rows[0]]
    if len(header) > MAX_COLUMNS:
        raise InputError(
            f"has more than {MAX_COLUMNS} columns", where=file, fix="keep only the columns of the questionnaire"
        )
    longer = sum(len(row) > len(header) for row in rows[1:])
    if longer:
        raise InputError(
            f"{longer} row(s) have more cells than the first row", where=file, fix="name every column in the first row"
        )
    return header, [row + [""] * (len(header) - len(row)) for row in rows[1:]]


def _sha256(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()
