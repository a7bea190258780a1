"""What was seen at each wave: percentages, means, answers, and who was reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.stats.contingency_tables import cochrans_q

from mirabal_toolkit.core.data import INTERVIEWED, WAVE, PanelData
from mirabal_toolkit.core.missing import ROUTED_REASONS, WAVE_REASONS
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.mixed.counts import exact_interval, mean_interval, wilson
from mirabal_toolkit.models.measured import Measured

Record = dict[str, Any]
FEW_PEOPLE = 30
#: One answer dominates a mean where all others but the next are less than this share of it: whoever gave the next
#: highest could work it out that closely.
DOMINANCE = 0.1


def percent_record(base: Record, count: int, n: int, level: float) -> Record:
    """Return `base` with a percentage, its interval at `level` (0–1), its count and its n.

    The interval is Wilson's; a cell of nobody or everybody gets the exact one-sided one and the flag ``zero_cell``.
    """
    zero = count in (0, n)
    interval = exact_interval(count, n, level) if zero else wilson(count, n, level)
    return {
        **base,
        "model": "exact" if zero else "wilson",
        "scale": "percent",
        "estimate": 100 * interval.estimate,
        "conf_low": 100 * interval.low,
        "conf_high": 100 * interval.high,
        "count": count,
        "n_obs": n,
        "n_persons": n,
        "flags": (*(("zero_cell",) if zero else ()), *small_sample_flags(n)),
    }


def small_sample_flags(n: int) -> tuple[str, ...]:
    """Return the flag for intervals that rest on few people."""
    return ("few_people",) if n < FEW_PEOPLE else ()


def by_wave(measured: Measured) -> Iterator[Record]:
    """Yield the percentage or the mean of an outcome at every wave."""
    for wave in measured.values.columns:
        values = measured.values[wave].dropna().to_numpy()
        universe = int(measured.universe[wave].sum())
        analysis = "prevalence" if measured.outcome.kind == "binary" else "mean"
        base = measured.record(analysis, wave=int(wave), n_universe=universe)
        if analysis == "prevalence":
            yield _prevalence(base, values, measured.plan.confidence_level)
        else:
            yield from mean_records(base, values, measured)


def cochran_q(measured: Measured) -> Iterator[Record]:
    """Yield Cochran's Q over all waves (binary outcomes), with the number of people it leaves.

    References
    ----------
    Cochran (1950), Biometrika 37, 256-266.
    """
    complete = measured.values.dropna()
    if measured.outcome.kind != "binary" or len(complete) < 2:
        return
    answered = int(measured.values.notna().any(axis=1).sum())
    base = measured.record("cochran_q", model="cochran-q", n_obs=complete.size, n_persons=len(complete))
    if complete.eq(complete.iloc[:, 0], axis=0).all(axis=None):
        yield {**base, "n_universe": answered, "p_value": 1.0, "statistic": 0.0, "df": complete.shape[1] - 1}
        return
    test = cochrans_q(complete.to_numpy())
    yield {
        **base,
        "n_universe": answered,
        "statistic": float(test.statistic),
        "df": complete.shape[1] - 1,
        "p_value": float(test.pvalue),
        "flags": small_sample_flags(len(complete)),
    }


def score_scale(measured: Measured) -> str:
    """Return the unit of a score: points of its scale's range, items for a variety count, or the item's own values."""
    return {"variety": "items", "value": "answer"}.get(measured.outcome.indicator, "points")


def _prevalence(base: Record, values: Any, level: float) -> Record:
    if not values.size:
        return {**base, "scale": "percent", "n_obs": 0, "n_persons": 0, "flags": ("not_estimable",)}
    return percent_record(base, int(values.sum()), values.size, level)


def mean_records(base: Record, values: Any, measured: Measured) -> Iterator[Record]:
    """Yield the mean of an outcome, with its t interval, and the standard deviation; `values` has shape (n,)."""
    n = values.size
    base = {"term": "mean", **base, "model": "t", "scale": score_scale(measured), "n_obs": n, "n_persons": n}
    if n < 2:
        yield {**base, "flags": ("not_estimable",)}
        return
    interval = mean_interval(values, measured.plan.confidence_level)
    yield {
        **base,
        "estimate": interval.estimate,
        "std_error": float(values.std(ddof=1) / n**0.5),
        "df": n - 1,
        "conf_low": interval.low,
        "conf_high": interval.high,
        "count": int((values != 0).sum()),
        "flags": (*small_sample_flags(n), *(("dominated",) if is_dominated(values) else ())),
    }
    yield {**base, "term": "sd", "estimate": float(values.std(ddof=1))}


def is_dominated(values: Any) -> bool:
    """Say whether one answer makes up so much of a sum that who gave the second could work it out (the p % rule).

    Parameters
    ----------
    values : ndarray, shape (n,)
        Amounts; where some are below zero there is no sum to be dominated.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, section 4.2.2.

    Examples
    --------
    >>> import numpy as np
    >>> is_dominated(np.array([50.0, 2, 1, 1, 1, 1])), is_dominated(np.array([5.0, 2, 1, 1, 1, 1]))
    (True, False)
    """
    if values.size < 3 or values.min() < 0:
        return False
    highest, *rest = -np.sort(-values)
    return bool(highest > 0 and sum(rest[1:]) < DOMINANCE * highest)


def common_spread(one: Any, other: Any) -> float:
    """Return the standard deviation by which the means of two groups are held against each other.

    Parameters
    ----------
    one, other : ndarray, shape (n,) and (k,)
        Of answers yes and no the variance is that of a share, p (1 - p), whatever stands for yes.

    References
    ----------
    Austin (2009), Balance diagnostics for comparing the distribution of baseline covariates between treatment groups,
    Statistics in Medicine 28, 3083-3107.

    Examples
    --------
    >>> import numpy as np
    >>> one, other = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 1.0, 1.0])
    >>> round(common_spread(one, other), 4), round(common_spread(100 * one, 100 * other), 2)
    (0.4677, 46.77)
    """
    ddof = 0 if len(np.unique(np.concatenate([one, other]))) <= 2 else 1
    return float(np.sqrt((one.var(ddof=ddof) + other.var(ddof=ddof)) / 2))


def retention(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> Iterator[Record]:
    """Yield, wave by wave, how many of those who started were interviewed."""
    status = panel.status.frame["status"].unstack(WAVE).reindex(people)
    for wave in panel.waves:
        base = {"analysis": "retention", "population": plan.population, "wave": wave, "outcome": "interviewed"}
        yield percent_record(base, int((status[wave] == INTERVIEWED).sum()), len(people), plan.confidence_level)


def distributions(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> Iterator[Record]:
    """Yield the answers to each item the plan asks to show, wave by wave, with missing reasons."""
    for item in plan.distributions:
        answers = panel.answers.frame[item].unstack(WAVE).reindex(people)
        reasons = panel.reasons.frame[item].astype(object).unstack(WAVE).reindex(people)
        for wave in panel.waves:
            base = {
                "analysis": "distribution",
                "outcome": item,
                "estimand": "as_reported",
                "population": plan.population,
                "wave": wave,
            }
            yield from _answer_shares(base, panel, answers[wave].dropna(), plan.confidence_level)
            yield from _missing_counts(base, reasons[wave])


def _answer_shares(base: Record, panel: PanelData, answers: pd.Series[Any], level: float) -> Iterator[Record]:
    n = len(answers)
    for option in panel.instrument.options(base["outcome"]):
        if option.kind != "valid":
            continue
        row = {**base, "term": option.name}
        count = int((answers == option.code).sum())
        yield percent_record(row, count, n, level) if n else {**row, "n_obs": 0, "flags": ("not_estimable",)}


def _missing_counts(base: Record, reasons: pd.Series[Any]) -> Iterator[Record]:
    """Yield how many interviewed people gave no answer, by reason; reasons of the wave are in the flow."""
    apart = {reason.value for reason in (*WAVE_REASONS, *ROUTED_REASONS)}
    for reason, count in reasons[~reasons.isin(apart)].dropna().value_counts().sort_index().items():
        yield {**base, "term": str(reason), "scale": "people", "count": int(count), "estimate": float(count)}
