"""What an indicator of “any” is made of: how many said yes to each of its questions, wave by wave."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from mirabal_toolkit.core.data import WAVE, PanelData
from mirabal_toolkit.core.instrument import Estimand, Scale
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.models.describe import Record, percent_record
from mirabal_toolkit.models.versions import not_comparable_waves


def endorsements(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> Iterator[Record]:
    """Yield, for every question behind a planned “any” indicator, the percent whose answer lies above the lowest.

    Answers count as under the indicator's headline estimand: where it says so, no contact stands for no.
    Questions whose codes are reversed are left out; so are waves at which nobody answered, and waves of an earlier
    version of the instrument at which the indicator cannot be compared with later ones.
    """
    for planned in plan.outcomes:
        outcome = panel.instrument.outcome(planned.outcome)
        if outcome.indicator != "any" or outcome.scale is None:
            continue
        scale, estimand = panel.instrument.scale_by_id[outcome.scale], planned.estimands_of(panel.instrument)[0]
        set_aside = not_comparable_waves(panel.bridges, outcome.id)
        for item in dict.fromkeys((*scale.items, *scale.severe)):
            if item not in scale.reversed:
                base = {"outcome": item, "indicator": outcome.id, "estimand": estimand, "population": plan.population}
                above = _above(panel, scale, item, estimand, people).drop(columns=list(set_aside), errors="ignore")
                yield from _by_wave(base, above, plan.confidence_level)


def _above(panel: PanelData, scale: Scale, item: str, estimand: Estimand, people: pd.Index) -> pd.DataFrame:
    """Return 1 where the answer lies above the lowest, 0 where not, NaN without one; people × waves."""
    answers = panel.answers.frame[item].astype(float)
    if estimand == "experienced" and scale.no_contact_is_zero:
        answers = answers.mask(panel.reasons.frame[item] == MissingReason.NO_CONTACT.value, scale.minimum)
    above = answers.gt(scale.minimum).astype(float).where(answers.notna())
    return above.unstack(WAVE).reindex(people)


def _by_wave(base: Record, above: pd.DataFrame, level: float) -> Iterator[Record]:
    for wave in above.columns:
        values = above[wave].dropna()
        if len(values):
            row = {**base, "analysis": "endorsement", "wave": int(wave)}
            yield percent_record(row, int(values.sum()), len(values), level)
