"""How well the scales measure: reliability, items, floor and ceiling at every wave; items that work differently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from mirabal_toolkit.core.data import PERSON, WAVE, PanelData
from mirabal_toolkit.core.instrument import Scale
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.reliability import (
    alpha_without_each,
    average_inter_item_correlation,
    complete_rows,
    cronbach_alpha,
    item_rest_correlations,
    mcdonald_omega,
)
from mirabal_toolkit.models.describe import Record, percent_record, small_sample_flags
from mirabal_toolkit.models.item_functioning import FEWEST_IN_GROUP, ItemFunctioning, item_functioning

Array = NDArray[np.float64]

#: Factor models from fewer people find factors that are not there (MacCallum et al. 1999, Psychological Methods 4, 84).
FEWEST_FOR_FACTORS = 200
#: Fewest complete answers for a coefficient at all.
FEWEST_FOR_COEFFICIENTS = 10
RESAMPLES = 500


def measurement(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> Iterator[Record]:
    """Yield what `plan.measurement` asks for: every scale of two or more items, at every wave.

    Items count as they were answered: where there was no contact, or an item was refused, the person is left out of
    the coefficients of that scale and wave.
    """
    for scale in _scales(panel, plan):
        answers = _directed(panel, scale, people)
        for wave in panel.waves:
            at_wave = answers.xs(wave, level=WAVE).to_numpy(dtype=float)
            base = {"population": plan.population, "wave": int(wave)}
            yield from _reliability(base, scale, at_wave, plan)
            yield from _items(base, scale, at_wave, plan.confidence_level)
        yield from _functioning(panel, plan, scale, answers)


def _scales(panel: PanelData, plan: AnalysisPlan) -> list[Scale]:
    if plan.measurement == "none":
        return []
    asked = [scale for scale in panel.instrument.scales if len(scale.items) > 1]
    return asked if plan.measurement == "all" else [scale for scale in asked if scale.id in plan.measurement]


def _directed(panel: PanelData, scale: Scale, people: pd.Index) -> pd.DataFrame:
    """Return the answers to the items of a scale, all pointing the same way; index person_id, wave."""
    answers = panel.answers.frame[list(scale.items)].astype(float)
    answers = answers[answers.index.get_level_values(PERSON).isin(people)]
    turned = {item: scale.maximum + scale.minimum - answers[item] for item in scale.reversed}
    return answers.assign(**turned)


def _reliability(base: Record, scale: Scale, values: Array, plan: AnalysisPlan) -> Iterator[Record]:
    level, rows = plan.confidence_level, complete_rows(values)
    n = len(rows)
    base = {**base, "outcome": scale.id, "n_obs": n, "n_persons": n, "n_universe": _asked(values)}
    if n < FEWEST_FOR_COEFFICIENTS:
        yield {**base, "analysis": "reliability", "term": "alpha", "flags": ("not_estimable",)}
        return
    flags = small_sample_flags(n)
    alpha = cronbach_alpha(rows, level)
    row = {**base, "analysis": "reliability", "scale": "ratio", "count": n - _most_alike(rows), "flags": flags}
    yield {**row, "term": "alpha", "model": "feldt", **_interval(alpha.estimate, alpha.conf_low, alpha.conf_high)}
    low, high = _inter_item_interval(rows, level, plan.seed)
    inter_item = average_inter_item_correlation(rows)
    yield {**row, "term": "inter_item", "model": "bootstrap", **_interval(inter_item, low, high)}
    if n < FEWEST_FOR_FACTORS:
        yield {**row, "term": "omega", "flags": (*flags, "no_factor_model")}
    else:
        omega = mcdonald_omega(rows, level=level, resamples=RESAMPLES, seed=plan.seed)
        numbers = _interval(omega.estimate, omega.conf_low, omega.conf_high)
        yield {**row, "term": "omega", "model": "one-factor", **numbers}
    ends = (("floor", scale.minimum), ("ceiling", scale.maximum))
    for term, extreme in ends:
        count = int((rows == extreme).all(axis=1).sum())
        yield percent_record({**base, "analysis": "floor_ceiling", "term": term}, count, n, level)


def _most_alike(rows: Array) -> int:
    """Return how many gave the commonest set of answers: a coefficient rests on all the others."""
    return int(np.unique(rows, axis=0, return_counts=True)[1].max())


def _asked(values: Array) -> int:
    """Return how many answered any item."""
    return int((~np.isnan(values)).any(axis=1).sum())


def _interval(estimate: float, low: float, high: float) -> Record:
    found = {"estimate": estimate, "conf_low": low, "conf_high": high}
    return {name: value if np.isfinite(value) else None for name, value in found.items()}


def _inter_item_interval(rows: Array, level: float, seed: int) -> tuple[float, float]:
    """Return a bootstrap percentile interval, over persons, of the average correlation of two items."""
    n, k = rows.shape
    weights = np.random.default_rng([seed, n, k]).multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(float)
    means = weights @ rows / n
    squares = np.stack([weights @ (rows * rows[:, [item]]) for item in range(k)], axis=1) / n
    covariances = squares - means[:, :, None] * means[:, None, :]
    variances = np.einsum("rii->ri", covariances)
    varied = (variances > 1e-12).all(axis=1)
    if varied.mean() < 0.5 or k < 2:
        return float("nan"), float("nan")
    deviations = np.sqrt(variances[varied])
    correlations = covariances[varied] / (deviations[:, :, None] * deviations[:, None, :])
    average = (correlations.sum(axis=(1, 2)) - k) / (k * (k - 1))
    low, high = np.quantile(average, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _items(base: Record, scale: Scale, values: Array, level: float) -> Iterator[Record]:
    rows = complete_rows(values)
    n = len(rows)
    if n < FEWEST_FOR_COEFFICIENTS:
        return
    rest, without = item_rest_correlations(rows), alpha_without_each(rows)
    for place, item in enumerate(scale.items):
        row = {
            **base,
            "analysis": "item_statistic",
            "outcome": item,
            "indicator": scale.id,
            "scale": "ratio",
            "count": n - int(np.unique(rows[:, place], return_counts=True)[1].max()),
            "n_obs": n,
            "n_persons": n,
            "flags": small_sample_flags(n),
        }
        low, high = _fisher(rest[place], n, level)
        yield {**row, "term": "item_rest", "model": "pearson", **_interval(rest[place], low, high)}
        yield {**row, "term": "alpha_without", **_interval(without[place], float("nan"), float("nan"))}


def _fisher(correlation: float, n: int, level: float) -> tuple[float, float]:
    """Return Fisher's interval of a correlation."""
    if not abs(correlation) < 1 or n < 4:
        return float("nan"), float("nan")
    half = special.ndtri((1 + level) / 2) / np.sqrt(n - 3)
    low, high = np.tanh(np.arctanh(correlation) + np.array([-half, half]))
    return float(low), float(high)


def _functioning(panel: PanelData, plan: AnalysisPlan, scale: Scale, answers: pd.DataFrame) -> Iterator[Record]:
    """Yield, for every grouping with enough people, how differently each item of a scale works in the groups."""
    complete = answers.dropna()
    for name, group in _groupings(panel, plan, complete):
        enough = group.map(group.value_counts()) >= FEWEST_IN_GROUP
        rows, codes = complete.loc[group.index][enough], pd.factorize(group[enough], sort=True)[0]
        for item in scale.items:
            base = {"analysis": "dif", "outcome": item, "indicator": scale.id, "population": plan.population}
            yield from _compared(base, item, name, rows, codes)


def _groupings(panel: PanelData, plan: AnalysisPlan, complete: pd.DataFrame) -> Iterator[tuple[str, pd.Series[Any]]]:
    """Yield the first and last wave as groups; then site, country or language at the first wave, one row a person."""
    waves = complete.index.get_level_values(WAVE)
    ends = complete.index[waves.isin([panel.waves[0], panel.waves[-1]])]
    if len(panel.waves) > 1:
        yield WAVE, pd.Series(ends.get_level_values(WAVE).to_numpy(), index=ends)
    first = complete.index[waves == panel.waves[0]]
    for item in dict.fromkeys(name for name in (plan.cluster, panel.instrument.roles.site, plan.group) if name):
        known = panel.people.frame if item in panel.people.columns else None
        if known is None:
            continue
        values = known[item].reindex(first.get_level_values(PERSON)).to_numpy()
        grouped = pd.Series(values, index=first).dropna()
        if len(grouped.unique()) > 1:
            yield item, grouped


def _compared(base: Record, item: str, name: str, rows: pd.DataFrame, codes: NDArray[Any]) -> Iterator[Record]:
    people = int(rows.index.get_level_values(PERSON).nunique())
    base = {**base, "scale": "ratio", "n_obs": len(rows), "n_persons": people}
    try:
        found = item_functioning(rows[item].to_numpy(), rows.mean(axis=1).to_numpy(), codes)
    except ModelError:
        yield {**base, "term": f"uniform {name}", "flags": ("not_estimable",)}
        return
    smallest = int(np.bincount(codes).min())
    for kind, one in zip(("uniform", "nonuniform"), found, strict=True):
        yield {**base, "term": f"{kind} {name}", "count": smallest, **_change(one)}


def _change(one: ItemFunctioning) -> Record:
    return {
        "model": "proportional-odds",
        "estimate": one.change,
        "statistic": one.statistic,
        "df": one.df,
        "p_value": one.p_value,
        "flags": ("works_differently",) if one.notable else (),
    }
