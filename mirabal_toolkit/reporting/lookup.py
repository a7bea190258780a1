"""Finding released estimates by what they are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from mirabal_toolkit.core.results import ReleasableResults

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One released estimate; None where a number is hidden or does not exist."""

    analysis: str
    outcome: str
    estimand: str
    population: str
    model: str
    term: str
    wave: int | None
    contrast: str
    scale: str
    estimate: float | None
    std_error: float | None
    df: float | None
    statistic: float | None
    p_value: float | None
    p_adjusted: float | None
    conf_low: float | None
    conf_high: float | None
    count: float | None
    n_universe: float | None
    n_obs: float | None
    n_persons: float | None
    flags: tuple[str, ...]

    @property
    def hidden(self) -> bool:
        """Whether it was hidden to protect the people counted."""
        return "suppressed" in self.flags

    @property
    def waves(self) -> tuple[int, int] | None:
        """The waves (later, earlier) of a contrast like ``w5 - w1``; None if it is none."""
        parts = self.contrast.replace("w", "").split(" - ")
        if len(parts) != 2 or not all(part.strip().isdigit() for part in parts):
            return None
        return int(parts[0]), int(parts[1])


class Lookup:
    """Released estimates, found by analysis, outcome and estimand.

    Parameters
    ----------
    released : ReleasableResults
    """

    __slots__ = ("_by_key",)

    def __init__(self, released: ReleasableResults) -> None:
        by_key: dict[Key, list[Estimate]] = {}
        for estimate in _estimates(released.estimates.frame):
            by_key.setdefault((estimate.analysis, estimate.outcome, estimate.estimand), []).append(estimate)
        self._by_key: Mapping[Key, tuple[Estimate, ...]] = {key: tuple(rows) for key, rows in by_key.items()}

    def rows(self, analysis: str, outcome: str = "", estimand: str = "") -> tuple[Estimate, ...]:
        """Return the estimates of an analysis for an outcome under an estimand, in their order."""
        return self._by_key.get((analysis, outcome, estimand), ())

    def term(self, analysis: str, outcome: str, estimand: str, term: str) -> Estimate | None:
        """Return the first estimate of that term, or None."""
        return next((row for row in self.rows(analysis, outcome, estimand) if row.term == term), None)

    def by_wave(self, analysis: str, outcome: str, estimand: str = "", *, term: str = "") -> dict[int, Estimate]:
        """Return wave → estimate; with `term`, only rows of that term."""
        found: dict[int, Estimate] = {}
        for row in self.rows(analysis, outcome, estimand):
            if row.wave is not None and term in ("", row.term):
                found.setdefault(row.wave, row)
        return found

    def every(self, analysis: str) -> tuple[Estimate, ...]:
        """Return all estimates of an analysis, outcome after outcome."""
        return tuple(row for (found, _, _), rows in self._by_key.items() if found == analysis for row in rows)

    def outcomes(self, analysis: str) -> tuple[str, ...]:
        """Return the outcomes an analysis has estimates for, in their order."""
        return tuple(dict.fromkeys(outcome for found, outcome, _ in self._by_key if found == analysis))


def _estimates(frame: pd.DataFrame) -> Iterator[Estimate]:
    columns = [_values(frame[field.name]) for field in fields(Estimate)]
    return (Estimate(*values) for values in zip(*columns, strict=True))


def _values(column: pd.Series[Any]) -> list[Any]:
    if column.name == "flags":
        return [tuple(flags) for flags in column]
    if column.dtype == "str":
        return column.tolist()
    kind = int if column.name == "wave" else float
    return [None if math.isnan(number) else kind(number) for number in column.astype("float64").tolist()]
