"""Who started: the answers of everybody to what the plan knows of each person once."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from mirabal_toolkit.core.data import PanelData
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.models.background import NOT_KNOWN, choice_column, raw_column
from mirabal_toolkit.models.describe import Record, is_dominated, percent_record, small_sample_flags


def baseline(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> Iterator[Record]:
    """Yield, for each item, the percent of each answer of everybody who started, or mean and standard deviation.

    Where an answer is not known, that is an answer of its own; means are of those who answered. With two arms
    `balance` says it of each; nothing is said twice.
    """
    if plan.comparison is not None:
        return
    auxiliaries = () if plan.missing_data is None else plan.missing_data.auxiliaries
    named = (*([plan.cluster] if plan.cluster else []), *plan.covariates, *plan.subgroups, *auxiliaries)
    for item in dict.fromkeys(named):
        if item not in panel.people.frame or not panel.instrument.item(item).is_numeric:
            continue
        base = {"analysis": "baseline", "outcome": item, "estimand": "as_reported", "population": plan.population}
        if panel.instrument.item(item).type == "choice":
            yield from _shares(base, panel, people, plan.confidence_level)
        else:
            yield from _amounts(base, raw_column(panel, item, people).dropna())


def _shares(base: Record, panel: PanelData, people: pd.Index, level: float) -> Iterator[Record]:
    chosen = choice_column(panel, base["outcome"], people)
    valid = [option.name for option in panel.instrument.options(base["outcome"]) if option.kind == "valid"]
    counts = chosen.where(chosen.isin(valid), NOT_KNOWN).value_counts()
    for name in (*valid, NOT_KNOWN):
        if len(people):
            yield percent_record({**base, "term": name}, int(counts.get(name, 0)), len(people), level)


def _amounts(base: Record, values: pd.Series[float]) -> Iterator[Record]:
    n = len(values)
    base = {**base, "scale": "answer", "n_obs": n, "n_persons": n}
    if n < 2:
        yield {**base, "term": "mean", "flags": ("not_estimable",)}
        return
    flags = (*small_sample_flags(n), *(("dominated",) if is_dominated(values.to_numpy()) else ()))
    row = {**base, "count": int((values != 0).sum()), "flags": flags}
    yield {**row, "term": "mean", "estimate": float(values.mean())}
    yield {**row, "term": "sd", "estimate": float(values.std(ddof=1))}
