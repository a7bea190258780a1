"""Turn files and a mapping into person-waves: one row for each person and wave in which anything stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.core.missing import REASON_DTYPE, MissingReason
from mirabal_toolkit.errors import InputError, Problem
from mirabal_toolkit.readers.columns import NUMBER_OF, Column, ReasonCodes, empty_column, read_column
from mirabal_toolkit.readers.identifiers import to_identifiers
from mirabal_toolkit.readers.mapping import Mapping, VariableMatch
from mirabal_toolkit.readers.raw import TOLERANCE, RawTable
from mirabal_toolkit.readers.words import some_names

#: Two files with a larger share of people in both, at one wave, are no two sites.
_MOST_IN_BOTH = 0.2


@dataclass
class Tally:
    """What could not be understood: (finding, item, wave) → cells; and rows that could not be placed."""

    cells: Counter[tuple[str, str, int | None]] = field(default_factory=Counter)
    rows_without_wave: int = 0
    in_two_files: int = 0
    files_of_a_wave: dict[int, int] = field(default_factory=dict)

    def add(self, column: Column, match: VariableMatch) -> None:
        """Count the cells of one variable."""
        for name, count in column.counts.items():
            if count:
                self.cells[name, match.item, match.wave] += count


@dataclass(frozen=True)
class PersonWaves:
    """Rows of all files: answers with their keys, missing reasons, and what could not be understood."""

    answers: pd.DataFrame
    reasons: pd.DataFrame
    tally: Tally
    items: tuple[str, ...]


def apply_mapping(tables: Sequence[RawTable], mapping: Mapping, instrument: Instrument) -> PersonWaves:
    """Return the person-waves in the files.

    Parameters
    ----------
    tables : sequence of RawTable
    mapping : Mapping
        Used exactly as it stands.
    instrument : Instrument

    Raises
    ------
    InputError
        If the mapping names variables that no file has, a file has no id or no wave, or two files
        claim the same wave and are not of different people with the same variables.
    """
    mapping.check_against(instrument)
    _check_variables(tables, mapping)
    items = tuple(item.id for item in instrument.items if any(match.item == item.id for match in mapping.variables))
    tally = Tally()
    in_files = [
        _File(number, table, mapping, instrument, items).person_waves(tally)
        for number, table in enumerate(tables, start=1)
    ]
    if len(tables) > 1:
        claims = [(table.name, _people_by_wave(parts)) for table, parts in zip(tables, in_files, strict=True)]
        _refuse_double_claims(claims, mapping, [frozenset(table.variable_by_name) for table in tables])
        tally.in_two_files = _people_in_two_files(claims)
        tally.files_of_a_wave = _side_by_side(claims, mapping)
    parts = [part for parts in in_files for part in parts]
    answers, reasons = _stacked(parts, items)
    return PersonWaves(answers, reasons, tally, items)


def _check_variables(tables: Sequence[RawTable], mapping: Mapping) -> None:
    lacking = [
        match.variable
        for match in mapping.variables
        if not any(
            match.variable in table.variable_by_name
            for number, table in enumerate(tables, start=1)
            if match.stands_in(number)
        )
    ]
    if lacking:
        raise InputError(
            f"the mapping names {len(lacking)} variable(s) that are not in the data",
            where="mapping",
            problems=[Problem(f"there is no variable “{name}”") for name in lacking],
        )
    if mapping.file_waves and len(mapping.file_waves) != len(tables):
        raise InputError(
            f"the mapping is for {len(mapping.file_waves)} file(s), and {len(tables)} were given",
            where="mapping",
            fix="give the files in the order of `file_waves`",
        )


@dataclass(frozen=True)
class _File:
    """One file with the part of the mapping that holds for it."""

    number: int
    table: RawTable
    mapping: Mapping
    instrument: Instrument
    items: tuple[str, ...]

    def person_waves(self, tally: Tally) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
        """Return (answers, reasons) for each wave in the names, or for all rows at once."""
        frame = self.table.frame.frame.reset_index(drop=True)
        people = self._people(frame)
        columns: dict[tuple[str, int | None], Column] = {}
        for match in self._matches():
            variable = self.table.variable_by_name[match.variable]
            item = self.instrument.item(match.item)
            column = read_column(frame[match.variable], variable, match, item, self.instrument)
            tally.add(column, match)
            columns[match.item, match.wave] = column
        named = sorted({wave for _, wave in columns if wave is not None})
        if named:
            self._refuse_items_without_wave(item for item, wave in columns if wave is None)
            return self._by_names(people, columns, named)
        waves = self._wave_of_rows(frame)
        kept = people.notna().to_numpy() | _anywhere(columns.values(), len(frame))
        tally.rows_without_wave += int((waves.isna() & kept).sum())
        kept = kept & waves.notna().to_numpy()
        return [self._frames(people, waves, {item: column for (item, _), column in columns.items()}, kept)]

    def _matches(self) -> list[VariableMatch]:
        here = self.table.variable_by_name
        return [match for match in self.mapping.variables if match.stands_in(self.number) and match.variable in here]

    def _people(self, frame: pd.DataFrame) -> pd.Series:
        for name in self.mapping.id_columns:
            if name in self.table.variable_by_name:
                return to_identifiers(frame[name], self.table.variable_by_name[name])
        raise InputError(
            "the file has no variable with the id of a person",
            where=self.table.name,
            fix=f"names looked for: {', '.join(self.mapping.id_columns)}; correct `id` in the mapping",
        )

    def _refuse_items_without_wave(self, item_ids: Iterable[str]) -> None:
        lacking = [item_id for item_id in item_ids if not self.instrument.item(item_id).per_person]
        if lacking:
            raise InputError(
                f"{len(lacking)} item(s) asked at every wave have no wave, and others have: {some_names(lacking)}",
                where=self.table.name,
                fix="add the wave in the mapping, or list the variable under `ignored`",
            )

    def _wave_of_rows(self, frame: pd.DataFrame) -> pd.Series:
        """Return the wave of each row, missing where it is not known."""
        said = self.mapping.file_waves[self.number - 1] if self.mapping.file_waves else None
        if said is not None:
            return pd.Series(said, index=frame.index, dtype="Int64")
        if self.mapping.wave_column not in self.table.variable_by_name:
            raise InputError(
                "the wave of these answers is not known",
                where=self.table.name,
                fix="give `wave_column` or `file_waves` in the mapping, or --wave N",
            )
        values = frame[self.mapping.wave_column]
        waves = pd.Series(pd.NA, index=frame.index, dtype="Int64")
        for value, wave in self.mapping.wave_values.items():
            if isinstance(value, str):
                here = values.astype("str").str.strip() == value.strip()
            elif pd.api.types.is_numeric_dtype(values.dtype):
                here = (values - value).abs() < TOLERANCE
            else:
                here = values.str.strip() == f"{value:g}"
            waves = waves.mask(here.fillna(value=False), wave)
        return waves

    def _by_names(
        self, people: pd.Series, columns: dict[tuple[str, int | None], Column], waves: list[int]
    ) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
        """Split wide rows into waves; a wave in which nothing stands gives no row.

        A person for whom nothing stands anywhere keeps a row at the first wave, so that she still
        counts among those who were eligible.
        """
        present = {wave: _anywhere([c for (_, w), c in columns.items() if w == wave], len(people)) for wave in waves}
        nowhere = ~np.logical_or.reduce(list(present.values()))
        once = {item: column for (item, wave), column in columns.items() if wave is None}
        kept = people.notna().to_numpy() | ~nowhere | _anywhere(once.values(), len(people))
        parts = []
        for wave in waves:
            rows = present[wave] | nowhere if wave == waves[0] else present[wave]
            at_wave = {item: column for (item, w), column in columns.items() if w == wave}
            number = pd.Series(wave, index=people.index, dtype="Int64")
            parts.append(self._frames(people, number, once | at_wave, rows & kept))
        return parts

    def _frames(
        self, people: pd.Series, waves: pd.Series, columns: dict[str, Column], rows: npt.NDArray[np.bool_]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the chosen rows with a column for every item that any file has."""
        everything = bool(rows.all())
        chosen = slice(None) if everything else np.flatnonzero(rows)
        count = len(rows) if everything else int(rows.sum())
        answers: dict[str, Any] = {PERSON: people.array[chosen], WAVE: waves.array[chosen].astype("int64")}
        reasons: dict[str, pd.Categorical] = {}
        for item_id in self.items:
            column = columns.get(item_id)
            if column is None:
                column = empty_column(self.instrument.item(item_id), count)
                answers[item_id], codes = column.answers.array, _not_asked(self.instrument.item(item_id), count)
            else:
                answers[item_id], codes = column.answers.array[chosen], column.reasons[chosen]
            reasons[item_id] = pd.Categorical.from_codes(codes, dtype=REASON_DTYPE)
        index = pd.RangeIndex(count)
        # columns are used as they are: gathering them in one block would hold everything twice
        return pd.DataFrame(answers, index=index, copy=False), pd.DataFrame(reasons, index=index, copy=False)


def _not_asked(item: Item, rows: int) -> ReasonCodes:
    """Return the reason where the version of a wave has no such question; what is asked once may stand elsewhere."""
    return np.full(rows, -1 if item.per_person else NUMBER_OF[MissingReason.NOT_ASKED], dtype=np.int8)


def _anywhere(columns: Iterable[Column], rows: int) -> npt.NDArray[np.bool_]:
    found = np.zeros(rows, dtype=bool)
    for column in columns:
        found |= column.given
    return found


def _stacked(
    parts: Sequence[tuple[pd.DataFrame, pd.DataFrame]], items: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if len(parts) == 1:
        return parts[0]
    answers = pd.concat([part[0] for part in parts], ignore_index=True)
    reasons = pd.concat([part[1] for part in parts], ignore_index=True)
    return answers, reasons.astype(dict.fromkeys(items, REASON_DTYPE))


def _people_by_wave(parts: Sequence[tuple[pd.DataFrame, pd.DataFrame]]) -> dict[int, pd.Series]:
    keys = pd.concat([answers[[PERSON, WAVE]] for answers, _ in parts])
    return {int(wave): keys.loc[keys[WAVE] == wave, PERSON] for wave in keys[WAVE].unique()}


def _overlap(people: pd.Series, others: pd.Series) -> float:
    """Return the share of the smaller group that is in the other too."""
    mine, theirs = ({str(name).casefold().strip() for name in group.dropna()} for group in (people, others))
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))


def _people_in_two_files(claims: Sequence[tuple[str, dict[int, pd.Series]]]) -> int:
    """Count the people who stand in two files at one wave."""
    seen: dict[int, set[str]] = {}
    twice: set[str] = set()
    for _, waves in claims:
        for wave, people in waves.items():
            here = set(people.dropna())
            twice |= here & seen.setdefault(wave, set())
            seen[wave] |= here
    return len(twice)


def _refuse_double_claims(
    claims: Sequence[tuple[str, dict[int, pd.Series]]], mapping: Mapping, variables: Sequence[frozenset[str]]
) -> None:
    """Refuse two files for one wave: one of them is an earlier export, or has the wrong wave.

    Files of different people (two sites) may stand side by side: where they hold several waves, also with a few
    women in both, who count once; where they are of one wave, only with the same variables and nobody in both.
    """
    for place, (name, waves) in enumerate(claims):
        for other, (other_name, other_waves) in enumerate(claims[:place]):
            for wave in sorted(waves.keys() & other_waves.keys()):
                alike = variables[place] == variables[other]
                most = (0.0 if alike else -1.0) if _of_one_wave(mapping, waves, other_waves) else _MOST_IN_BOTH
                if _overlap(waves[wave], other_waves[wave]) > most:
                    raise InputError(
                        f"two files claim wave {wave}",
                        where=f"{other_name} and {name}",
                        fix="leave one out, or say the wave of each with --wave; the files of two sites must have the "
                        "same variables, and ids of their own",
                    )


def _of_one_wave(mapping: Mapping, *files: dict[int, pd.Series]) -> bool:
    return bool(mapping.file_waves) or all(len(waves) == 1 for waves in files)


def _side_by_side(claims: Sequence[tuple[str, dict[int, pd.Series]]], mapping: Mapping) -> dict[int, int]:
    """Count the files of each wave, where a file is of one wave and a wave of several files."""
    alone = [waves for _, waves in claims if _of_one_wave(mapping, waves)]
    files = Counter(wave for waves in alone for wave in waves)
    return {wave: count for wave, count in sorted(files.items()) if count > 1}
