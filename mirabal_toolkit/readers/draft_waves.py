"""Waves in files for which there is no questionnaire yet: in names that repeat, in a column, or one file each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from mirabal_toolkit.readers.raw import Code, RawTable, Variable, plain_name
from mirabal_toolkit.readers.waves import PATTERNS, WavePattern, find_wave_column

#: So many names at least must repeat from wave to wave.
_FEWEST = 2


@dataclass(frozen=True)
class DraftWaves:
    """The waves of the files, and where each variable belongs.

    Parameters
    ----------
    months : tuple of int or None
        Months of each wave, in order; None where the files do not say.
    labels : tuple of str
        What each wave is called.
    stems : mapping
        Variable that stands at a wave → the name its item has at all waves.
    patterns : mapping
        Stem → pattern of its variable names, with ``{wave}``.
    column : str
        Variable that says the wave of a row; empty when there is none.
    wave_of : mapping
        Variable → number of its wave, where names say it.
    """

    months: tuple[int | None, ...]
    labels: tuple[str, ...]
    stems: Mapping[str, str] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
    column: str = ""
    wave_of: Mapping[str, int] = field(default_factory=dict)


def find_draft_waves(tables: Sequence[RawTable]) -> DraftWaves:
    """Return the waves that the files seem to have; one where nothing says otherwise."""
    names = list(dict.fromkeys(variable.name for table in tables for variable in table.variables))
    pattern, readings = max(((pattern, _readings(pattern, names)) for pattern in PATTERNS), key=lambda one: len(one[1]))
    if len(readings) >= _FEWEST:
        return _from_names(pattern, readings, names)
    column = find_wave_column(tables[0].variables)
    if column:
        return _from_column(tables, column)
    count = len(tables)
    return DraftWaves((None,) * count, tuple(f"Wave {number}" for number in range(1, count + 1)))


def _readings(pattern: WavePattern, names: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return name → (stem, number), for stems that occur with two numbers at least."""
    split = {name: parts for name in names if (parts := pattern.split(name)) is not None}
    numbers: dict[str, set[int]] = {}
    for stem, number in split.values():
        numbers.setdefault(stem, set()).add(number)
    return {name: parts for name, parts in split.items() if len(numbers[parts[0]]) > 1}


def _from_names(pattern: WavePattern, readings: Mapping[str, tuple[str, int]], names: Sequence[str]) -> DraftWaves:
    numbers = sorted({number for _, number in readings.values()})
    # A question of one wave only is written like the others.
    every = {name: parts for name in names if (parts := pattern.split(name)) is not None and parts[1] in numbers}
    split = dict(readings) if pattern.unit == "letter" else every
    wave_of = {name: numbers.index(number) + 1 for name, (_, number) in split.items()}
    as_months = pattern.unit == "months" or (pattern.unit == "follow_up" and numbers != list(range(len(numbers))))
    labels = tuple(_called(number, pattern, months=as_months) for number in numbers)
    months = tuple(number if as_months else None for number in numbers)
    plain_numbers = pattern.unit == "number" and numbers == list(range(1, len(numbers) + 1))
    patterns: dict[str, str] = {}
    for name, (stem, number) in split.items():
        patterns.setdefault(stem, _own_pattern(name, stem, number) if plain_numbers else f"{stem}_w{{wave}}")
    return DraftWaves(months, labels, {name: stem for name, (stem, _) in split.items()}, patterns, wave_of=wave_of)


def _own_pattern(name: str, stem: str, number: int) -> str:
    """Return the name with its wave left open; the usual pattern where that would not give the name back."""
    place = plain_name(name).find(stem)
    before, kept, after = name[:place], name[place : place + len(stem)], name[place + len(stem) :]
    in_wave = re.compile(rf"(?<!\d){number}(?!\d)")
    if in_wave.search(after):
        return before + kept + in_wave.sub("{wave}", after, count=1)
    if in_wave.search(before):
        return in_wave.sub("{wave}", before, count=1) + kept + after
    return f"{stem}_w{{wave}}"


def _called(number: int, pattern: WavePattern, *, months: bool) -> str:
    if months:
        return "Start" if number == 0 else f"{number} months"
    if pattern.unit == "follow_up":
        return "Baseline" if number == 0 else f"Follow-up {number}"
    return f"Wave {number}"


def _from_column(tables: Sequence[RawTable], column: str) -> DraftWaves:
    values: dict[Code, str] = {}
    for table in tables:
        variable = table.variable_by_name.get(column, Variable(column))
        for value in pd.unique(table.frame.frame[column].dropna()) if column in table.variable_by_name else ():
            code: Code = value if isinstance(value, str) else float(value)
            values.setdefault(code, variable.value_labels.get(code, ""))
    numeric = all(not isinstance(value, str) for value in values)
    ordered = sorted(values, key=float) if numeric else list(values)
    labels = tuple(values[value] or (f"Wave {value:g}" if not isinstance(value, str) else value) for value in ordered)
    return DraftWaves((None,) * len(ordered), labels, column=column)
