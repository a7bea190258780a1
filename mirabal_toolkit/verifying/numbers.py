"""Numbers of a report beside those of the same analysis done again."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mirabal_toolkit.core.results import ESTIMATE_COLUMNS
from mirabal_toolkit.errors import Problem

#: Numbers that differ by less, relative to the larger of them and 1, are equal but for the arithmetic of the computer.
ROUNDING = 1e-6

#: Columns that say what an estimate is; all others are its numbers.
_NAMES = tuple(name for name, dtype in ESTIMATE_COLUMNS.items() if dtype == "str" or name == "wave")

Record = Mapping[str, Any]
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found.

    Parameters
    ----------
    identical : int
        Numbers that are the same to the last digit written.
    rounded : int
        Numbers that differ by no more than `ROUNDING`.
    problems : tuple of Problem
        Those that differ, one problem a kind of estimate or file.
    """

    identical: int = 0
    rounded: int = 0
    problems: tuple[Problem, ...] = ()

    def __add__(self, other: Compared) -> Compared:
        return Compared(
            self.identical + other.identical, self.rounded + other.rounded, (*self.problems, *other.problems)
        )


@dataclass(slots=True)
class _Count:
    identical: int = 0
    rounded: int = 0
    different: int = 0
    largest: float = 0.0

    def note(self, old: Any, new: Any) -> None:
        """Count one value of each side."""
        apart = _apart(old, new)
        if apart == 0:
            self.identical += 1
        elif apart <= ROUNDING:
            self.rounded += 1
        else:
            self.different += 1
            self.largest = max(self.largest, apart)


def _apart(old: Any, new: Any) -> float:
    """Return how far two values are apart, relative to the larger of them and 1; infinity if they are of two kinds."""
    if old == new:
        return 0.0
    if isinstance(old, bool | str) or isinstance(new, bool | str) or old is None or new is None:
        return math.inf
    if not isinstance(old, int | float) or not isinstance(new, int | float):
        return math.inf
    return abs(old - new) / max(1.0, abs(old), abs(new))


def compare_estimates(old: Sequence[Record], new: Sequence[Record]) -> Compared:
    """Compare the estimates of two ``results.json``, each with the one of the same name.

    Parameters
    ----------
    old, new : sequence of mappings
        Records with the columns of `ESTIMATE_COLUMNS`.
    """
    before, after = _by_name(old), _by_name(new)
    counts: dict[str, _Count] = defaultdict(_Count)
    alone: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name in dict.fromkeys((*before, *after)):
        first, second = before.get(name, []), after.get(name, [])
        for one, other in zip(first, second, strict=False):
            for column in one.keys() | other.keys():
                counts[name[0]].note(one.get(column), other.get(column))
        alone[name[0]][0] += max(0, len(first) - len(second))
        alone[name[0]][1] += max(0, len(second) - len(first))
    problems = [
        *(problem for analysis, count in counts.items() for problem in _differing(count, f" of “{analysis}”")),
        *(problem for analysis, (gone, come) in alone.items() for problem in _alone(analysis, gone, come)),
    ]
    identical = sum(count.identical for count in counts.values())
    return Compared(identical, sum(count.rounded for count in counts.values()), tuple(problems))


def _by_name(records: Sequence[Record]) -> dict[tuple[str, ...], list[Record]]:
    found: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for record in records:
        found[tuple(str(record.get(name)) for name in _NAMES)].append(record)
    return found


def _differing(count: _Count, of: str, where: str = "results.json") -> Iterator[Problem]:
    if count.different:
        by = "some are hidden or missing on one side" if math.isinf(count.largest) else f"by up to {count.largest:.2g}"
        yield Problem(f"{count.different} value(s){of} differ, {by}", where)


def _alone(analysis: str, gone: int, come: int) -> Iterator[Problem]:
    if gone:
        yield Problem(f"{gone} estimate(s) of “{analysis}” in the report did not come again", "results.json")
    if come:
        yield Problem(f"{come} estimate(s) of “{analysis}” came that are not in the report", "results.json")


def compare_file(old: Any, new: Any, where: str) -> Compared:
    """Compare two JSON documents value by value, such as ``flow.json``.

    Examples
    --------
    >>> compare_file({"waves": [1, 2]}, {"waves": [1, 3]}, "flow.json").problems[0].what
    '1 value(s) differ, by up to 0.33'
    """
    count = _Count()
    before, after = dict(_leaves(old)), dict(_leaves(new))
    for place in dict.fromkeys((*before, *after)):
        count.note(before.get(place, _ABSENT), after.get(place, _ABSENT))
    return Compared(count.identical, count.rounded, tuple(_differing(count, "", where)))


def _leaves(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _leaves(part, (*place, str(name)))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _leaves(part, (*place, str(number)))
    else:
        yield place, value
