"""Worked examples that travel with an instrument: answers, and the scores they must give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import INTERVIEWED, KEYS, AuditTrail, CleanedData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument, ScoringExample
from mirabal_toolkit.core.missing import REASON_DTYPE, MissingReason
from mirabal_toolkit.errors import Problem
from mirabal_toolkit.scoring.scores import score

#: Scores in instruments are written by hand; this is closer than any hand would write.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class ExampleScore:
    """One score of one worked example; None stands for missing."""

    example: str
    score: str
    expected: float | None
    computed: float | None

    @property
    def agrees(self) -> bool:
        """Whether the computed score is the expected one."""
        if self.expected is None or self.computed is None:
            return self.expected is self.computed
        return abs(self.expected - self.computed) <= TOLERANCE


def example_scores(instrument: Instrument) -> tuple[ExampleScore, ...]:
    """Score the worked examples of an instrument.

    Items that an example does not name count as not asked.
    """
    if not instrument.tests:
        return ()
    scores = score(_answered(instrument)).scores.frame
    return tuple(
        found for place, example in enumerate(instrument.tests) for found in _compared(example, scores.iloc[place])
    )


def example_problems(instrument: Instrument) -> list[Problem]:
    """Return what is wrong with the worked examples of an instrument; empty if all agree."""
    return [
        Problem(f"{one.score} should be {one.expected}, and is {one.computed}", where=f"example “{one.example}”")
        for one in example_scores(instrument)
        if not one.agrees
    ]


def _compared(example: ScoringExample, scores: pd.Series[float]) -> Iterator[ExampleScore]:
    for name, expected in example.expected.items():
        computed = float(scores[name])
        yield ExampleScore(
            example.title, name, None if expected is None else float(expected), None if np.isnan(computed) else computed
        )


def _answered(instrument: Instrument) -> CleanedData:
    """One interview for each example, with its answers."""
    n_rows = len(instrument.tests)
    people = [f"example {place:05d}" for place in range(n_rows)]
    index = pd.MultiIndex.from_product([people, [instrument.waves[0].number]], names=KEYS)
    answers: dict[str, pd.Series[Any]] = {}
    reasons: dict[str, pd.Categorical[str]] = {}
    for item in instrument.items:
        values, why = zip(*(_answer(item.id, example, instrument) for example in instrument.tests), strict=True)
        if item.is_numeric:
            answers[item.id] = pd.Series(values, dtype=float)
        else:
            empty = "datetime64[us]" if item.type == "date" else "str"
            answers[item.id] = pd.Series([None] * n_rows, dtype=empty)
        reasons[item.id] = pd.Categorical(why, dtype=REASON_DTYPE)
    return CleanedData(
        instrument,
        answers=SealedFrame(pd.DataFrame(answers).set_axis(index)),
        reasons=SealedFrame(pd.DataFrame(reasons).set_axis(index)),
        status=SealedFrame(pd.DataFrame({"status": [INTERVIEWED] * n_rows}, index=index)),
        trail=AuditTrail(),
    )


def _answer(item_id: str, example: ScoringExample, instrument: Instrument) -> tuple[float, str | None]:
    """The answer, or NaN and the reason why there is none."""
    written = example.answers.get(item_id, MissingReason.NOT_ASKED.value)
    options = {option.name: option for option in instrument.options(item_id)}
    by_code = {float(option.code): option for option in options.values()}
    option = options.get(written) if isinstance(written, str) else by_code.get(float(written))
    if option is not None:
        return (float(option.code), None) if option.kind == "valid" else (np.nan, option.kind)
    return (np.nan, written) if isinstance(written, str) else (float(written), None)
