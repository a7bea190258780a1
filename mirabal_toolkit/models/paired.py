"""First against last wave in the same people: change, who stopped, who started."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import stats

from mirabal_toolkit.mixed.counts import PairedCounts, mcnemar_exact, mean_interval, newcombe_paired, tango_paired
from mirabal_toolkit.models.describe import Record, percent_record, score_scale, small_sample_flags
from mirabal_toolkit.models.measured import Measured

#: Changes that agree to so many digits after the point are one change.
SAME_DIGITS = 8


def first_to_last(measured: Measured) -> Iterator[Record]:
    """Yield before, after and change in the people seen at both ends."""
    before, after = measured.pairs()
    if measured.outcome.kind == "binary":
        counts = count_pairs(before, after)
        yield from paired_change(measured.record("paired_change", contrast=measured.contrast), counts, measured)
        yield from _cessation(measured)
        yield _onset(measured, counts)
        yield _recurrence(measured)
    else:
        yield from _paired_mean_change(measured, before, after)


def count_pairs(before: np.ndarray, after: np.ndarray) -> PairedCounts:
    """Count the four kinds of pairs from two arrays of 0 and 1, shape (n_pairs,)."""
    yes, now = before == 1, after == 1
    return PairedCounts(
        both=int((yes & now).sum()),
        stopped=int((yes & ~now).sum()),
        started=int((~yes & now).sum()),
        neither=int((~yes & ~now).sum()),
    )


def paired_change(base: Record, counts: PairedCounts, measured: Measured) -> Iterator[Record]:
    """Yield the rows of a paired change in percentage points, with McNemar's exact p."""
    base = {**base, "n_obs": counts.n, "n_persons": counts.n}
    if counts.n == 0:
        yield {**base, "term": "change", "scale": "percentage_points", "flags": ("not_estimable",)}
        return
    level = measured.plan.confidence_level
    yield percent_record({**base, "term": "before", "wave": measured.first}, counts.before, counts.n, level)
    yield percent_record({**base, "term": "after", "wave": measured.last}, counts.after, counts.n, level)
    interval = measured.plan.paired_interval
    change = (tango_paired if interval == "tango" else newcombe_paired)(counts, level)
    yield {
        **base,
        "term": "change",
        "model": interval,
        "scale": "percentage_points",
        "estimate": 100 * change.estimate,
        "conf_low": 100 * change.low,
        "conf_high": 100 * change.high,
        "p_value": mcnemar_exact(counts.stopped, counts.started),
        "flags": small_sample_flags(counts.n),
    }
    for term, count in (("stopped", counts.stopped), ("started", counts.started)):
        yield {**base, "term": term, "scale": "people", "count": count, "estimate": float(count)}


def _cessation(measured: Measured) -> Iterator[Record]:
    """Yield the share of those exposed at the start who were not at their last two observed waves."""
    exposed = measured.values[measured.values[measured.first] == 1]
    later = exposed.drop(columns=measured.first)
    enough = later[later.notna().sum(axis=1) >= 2]
    base = measured.record("cessation", contrast=measured.contrast, n_universe=len(exposed))
    if enough.empty:
        yield {**base, "scale": "percent", "n_obs": 0, "n_persons": 0, "flags": ("not_estimable",)}
        return
    stopped = int((_last_two(enough.to_numpy()) == 0).all(axis=1).sum())
    yield percent_record(base, stopped, len(enough), measured.plan.confidence_level)


def _recurrence(measured: Measured) -> Record:
    """Return the share of those in whom it was present, then absent, in whom it was present again later."""
    stopped, again = 0, 0
    for row in measured.values.to_numpy():
        seen = row[~np.isnan(row)]
        present = np.flatnonzero(seen == 1)
        if not present.size:
            continue
        absent = np.flatnonzero((seen == 0) & (np.arange(seen.size) > present[0]))
        # Where its absence was seen at her very last wave, it could not be seen to come back.
        if absent.size and absent[0] < seen.size - 1:
            stopped += 1
            again += int((seen[absent[0] :] == 1).any())
    base = measured.record("recurrence", contrast=measured.contrast)
    if stopped == 0:
        return {**base, "scale": "percent", "n_obs": 0, "n_persons": 0, "flags": ("not_estimable",)}
    return percent_record(base, again, stopped, measured.plan.confidence_level)


def _last_two(values: np.ndarray) -> np.ndarray:
    """Return the last two observed values of each row; every row has at least two. Shape (n, 2)."""
    latest_first = values[:, ::-1]
    observed_first = np.argsort(np.isnan(latest_first), axis=1, kind="stable")
    return np.take_along_axis(latest_first, observed_first, axis=1)[:, :2]


def _onset(measured: Measured, counts: PairedCounts) -> Record:
    base = measured.record("onset", contrast=measured.contrast)
    unexposed = counts.started + counts.neither
    if unexposed == 0:
        return {**base, "scale": "percent", "n_obs": 0, "n_persons": 0, "flags": ("not_estimable",)}
    return percent_record(base, counts.started, unexposed, measured.plan.confidence_level)


def _paired_mean_change(measured: Measured, before: np.ndarray, after: np.ndarray) -> Iterator[Record]:
    n = before.size
    base = measured.record(
        "paired_mean_change",
        contrast=measured.contrast,
        scale=score_scale(measured),
        model="t",
        n_obs=n,
        n_persons=n,
        flags=small_sample_flags(n),
    )
    if n < 2:
        yield {**base, "term": "change", "flags": ("not_estimable",)}
        return
    level = measured.plan.confidence_level
    for term, wave, values in (("before", measured.first, before), ("after", measured.last, after)):
        interval = mean_interval(values, level)
        yield {**base, "term": term, "wave": wave, **_limits(interval)}
    change = after - before
    if np.ptp(change.round(SAME_DIGITS)) == 0:
        # All changed alike: there is nothing to judge chance by, and an interval of no width would be a lie.
        yield {**base, "term": "change", "flags": (*base["flags"], "not_estimable")}
        return
    yield {
        **base,
        "term": "change",
        **_limits(mean_interval(change, level)),
        "std_error": float(change.std(ddof=1) / np.sqrt(n)),
        "df": n - 1,
        "p_value": wilcoxon_p(change),
    }
    yield from _standardised(base, before, after, level)


def _limits(interval: Any) -> Record:
    return {"estimate": interval.estimate, "conf_low": interval.low, "conf_high": interval.high}


def wilcoxon_p(change: np.ndarray) -> float:
    """Return the two-sided p of Wilcoxon's signed-rank test; zeros are left out, ties by the normal form.

    Follows R's ``wilcox.test``: exact without ties or zeros and n < 50, else normal with continuity correction.
    Scores of three or six items are thirds: equal changes are taken for equal although their last digits differ.

    Examples
    --------
    >>> change = np.array([100 / 3 - 0, 200 / 3 - 100 / 3, 100 - 200 / 3, -100 / 3, 0])
    >>> round(wilcoxon_p(change), 3), wilcoxon_p(change) == wilcoxon_p(change.round())
    (0.424, True)
    """
    change = change.round(SAME_DIGITS)
    moved = change[change != 0]
    if moved.size == 0:
        return 1.0
    ties = np.unique(np.abs(moved)).size < moved.size or moved.size < change.size
    method = "approx" if ties or moved.size >= 50 else "exact"
    return float(stats.wilcoxon(moved, correction=method == "approx", method=method).pvalue)


def _standardised(base: Record, before: np.ndarray, after: np.ndarray, level: float) -> Iterator[Record]:
    """Yield d_av: mean change over the average of the two SDs, with the interval of Bonett (2008, eq. 13)."""
    sd_before, sd_after = before.std(ddof=1), after.std(ddof=1)
    average = np.sqrt((sd_before**2 + sd_after**2) / 2)
    if average == 0:
        return
    n, d = before.size, float((after - before).mean() / average)
    r = float(np.corrcoef(before, after)[0, 1]) if sd_before and sd_after else 0.0
    ratio = (sd_before**4 + sd_after**4 + 2 * r**2 * sd_before**2 * sd_after**2) / (8 * (n - 1) * average**4)
    variance = d**2 * ratio + (sd_before**2 + sd_after**2 - 2 * r * sd_before * sd_after) / ((n - 1) * average**2)
    half = float(stats.norm.ppf((1 + level) / 2) * np.sqrt(variance))
    yield {
        **base,
        "term": "standardised",
        "model": "d_av",
        "scale": "ratio",
        "estimate": d,
        "std_error": float(np.sqrt(variance)),
        "conf_low": d - half,
        "conf_high": d + half,
    }
