"""One survey in several countries: each with its own numbers, and the differences between them.

References
----------
Newcombe (1998). Interval estimation for the difference between independent proportions. Statistics in Medicine
17, 873-890, method 10.
Alexander & Govern (1994). A new and simpler approximation for ANOVA under variance heterogeneity. Journal of
Educational Statistics 19, 91-101.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from scipy import stats

from mirabal_toolkit.mixed.adjust import adjust_p_values
from mirabal_toolkit.mixed.counts import Interval, wilson
from mirabal_toolkit.models.background import NOT_KNOWN
from mirabal_toolkit.models.describe import Record, mean_records, percent_record, score_scale, small_sample_flags
from mirabal_toolkit.models.measured import Measured

Values = dict[str, np.ndarray]


def across_groups(measured: Measured) -> Iterator[Record]:
    """Yield the level in every group, one joint test, and the difference of every pair of groups."""
    groups = measured.background.group
    if groups is None:
        return
    values = {
        str(name): measured.values.loc[groups.index[groups == name], measured.first].dropna().to_numpy()
        for name in sorted(groups.unique())
        if name != NOT_KNOWN
    }
    yield from _levels(measured, values)
    seen = {name: answers for name, answers in values.items() if answers.size >= 2}
    if len(seen) < 2:
        return
    yield _joint_test(measured, seen)
    yield from _adjusted(list(_differences(measured, seen)), measured)


def _levels(measured: Measured, values: Values) -> Iterator[Record]:
    for name, answers in values.items():
        n = int(answers.size)
        base = measured.record("group_level", term=name, wave=measured.first, n_obs=n, n_persons=n)
        if not n:
            yield {**base, "flags": ("not_estimable",)}
        elif measured.outcome.kind == "binary":
            yield percent_record(base, int(answers.sum()), n, measured.plan.confidence_level)
        else:
            yield next(mean_records(base, answers, measured))


def _joint_test(measured: Measured, values: Values) -> Record:
    n = sum(answers.size for answers in values.values())
    base = measured.record("group_test", wave=measured.first, n_obs=n, n_persons=n, df=float(len(values) - 1))
    pooled = np.concatenate(list(values.values()))
    if measured.outcome.kind == "binary":
        if pooled.min() == pooled.max():
            return {**base, "model": "chi-square", "statistic": 0.0, "p_value": 1.0}
        counts = [[answers.sum(), answers.size - answers.sum()] for answers in values.values()]
        test = stats.chi2_contingency(np.array(counts), correction=False)
        return {**base, "model": "chi-square", "statistic": float(test.statistic), "p_value": float(test.pvalue)}
    if any(np.ptp(answers) == 0 for answers in values.values()):
        return {**base, "model": "alexander-govern", "flags": ("not_estimable",)}
    test = stats.alexandergovern(*values.values())
    return {**base, "model": "alexander-govern", "statistic": float(test.statistic), "p_value": float(test.pvalue)}


def _differences(measured: Measured, values: Values) -> Iterator[Record]:
    level = measured.plan.confidence_level
    for first, second in combinations(values, 2):
        a, b = values[first], values[second]
        n = int(a.size + b.size)
        base = measured.record(
            "group_difference", term=f"{second} - {first}", wave=measured.first, n_obs=n, n_persons=n
        )
        flags = small_sample_flags(int(min(a.size, b.size)))
        if measured.outcome.kind == "binary":
            found = difference_of_shares((int(b.sum()), b.size), (int(a.sum()), a.size), level)
            table = [[b.sum(), b.size - b.sum()], [a.sum(), a.size - a.sum()]]
            p_value = float(stats.fisher_exact(np.array(table)).pvalue)
            scaled = [100 * part for part in (found.estimate, found.low, found.high)]
            base |= {"model": "newcombe", "scale": "percentage_points", "p_value": p_value}
        else:
            welch = stats.ttest_ind(b, a, equal_var=False)
            interval = welch.confidence_interval(level)
            scaled = [float(b.mean() - a.mean()), float(interval.low), float(interval.high)]
            base |= {"model": "welch", "scale": score_scale(measured), "df": float(welch.df)}
            base |= {"p_value": float(welch.pvalue)}
        yield {**base, **dict(zip(("estimate", "conf_low", "conf_high"), scaled, strict=True)), "flags": flags}


def _adjusted(records: list[Record], measured: Measured) -> Iterator[Record]:
    """Adjust for the number of pairs of one outcome."""
    p_values = np.array([record["p_value"] for record in records])
    known = np.where(np.isnan(p_values), 1.0, p_values)
    for record, value in zip(records, adjust_p_values(known, measured.plan.multiplicity), strict=True):
        yield {**record, "p_adjusted": float(value)}


def difference_of_shares(one: tuple[int, int], other: tuple[int, int], level: float = 0.95) -> Interval:
    """Return the share in `one` minus that in `other`, both (count, n), with Newcombe's interval.

    Examples
    --------
    >>> difference_of_shares((56, 70), (48, 80))
    Interval(estimate=0.2..., low=0.052..., high=0.333...)
    """
    a, b = wilson(*one, level), wilson(*other, level)
    low = np.hypot(a.estimate - a.low, b.high - b.estimate)
    high = np.hypot(a.high - a.estimate, b.estimate - b.low)
    change = a.estimate - b.estimate
    return Interval(change, float(change - low), float(change + high))
