"""Where people went from one wave to the next: every answer against every answer, those not known included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

import pandas as pd

from mirabal_toolkit.core.data import WAVE, PanelData
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.core.results import NOT_KNOWN, STATE_TO_STATE
from mirabal_toolkit.models.describe import Record
from mirabal_toolkit.models.measured import Measured

YES_NO: Mapping[float, str] = {1.0: "yes", 0.0: "no"}


def transitions(measured: Measured) -> Iterator[Record]:
    """Yield, for a headline yes-or-no outcome, how many went from yes or no to yes or no, wave to wave.

    Everybody who started is somewhere at every wave: whoever was not interviewed, not asked or did not
    answer is ``not_known``.
    """
    if measured.outcome.kind == "binary" and measured.planned.headline and measured.is_first_estimand:
        for ends in pairwise(_waves_with_answers(measured.values)):
            yield from _between(measured.record("transition"), measured.values, ends, YES_NO)


def item_transitions(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> Iterator[Record]:
    """Yield the same between the first and the last wave for the answers to each item the plan asks to show."""
    for item in plan.distributions:
        answers = panel.answers.frame[item].unstack(WAVE).reindex(people)
        states = {
            float(option.code): option.name for option in panel.instrument.options(item) if option.kind == "valid"
        }
        base = {
            "analysis": "transition",
            "outcome": item,
            "estimand": "as_reported",
            "population": plan.population,
        }
        waves = _waves_with_answers(answers)
        if len(waves) > 1:
            yield from _between(base, answers, (waves[0], waves[-1]), states)


def _waves_with_answers(values: pd.DataFrame) -> list[int]:
    return [int(wave) for wave in values.columns if values[wave].notna().any()]


def _between(
    base: Record, values: pd.DataFrame, ends: tuple[int, int], states: Mapping[float, str]
) -> Iterator[Record]:
    """Yield the counts of every answer at one wave against every answer at another."""
    earlier, later = ends
    names = [*states.values(), NOT_KNOWN]
    before, after = ([states.get(value, NOT_KNOWN) for value in values[wave].tolist()] for wave in ends)
    counts = Counter(zip(before, after, strict=True))
    for start in names:
        for end in names:
            count = counts[start, end]
            yield {
                **base,
                "wave": later,
                "contrast": f"w{later} - w{earlier}",
                "term": f"{start}{STATE_TO_STATE}{end}",
                "scale": "people",
                "count": count,
                "estimate": float(count),
                "n_obs": len(values),
                "n_persons": len(values),
            }
