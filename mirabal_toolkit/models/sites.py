"""Few sites: the change with sites as the clusters, site by site, and how much sites differ.

With 30 sites or fewer the usual sandwich is too small; CR2 and Fay & Graubard's correction with their own
degrees of freedom, and an analysis of one number a site, stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, stats

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import contrasts, gee
from mirabal_toolkit.mixed.counts import mean_interval
from mirabal_toolkit.models.background import NOT_KNOWN
from mirabal_toolkit.models.describe import Record
from mirabal_toolkit.models.fitting import has_empty_cell, wave_formula
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.over_waves import NO_ERROR, change_scale, scale_of, told
from mirabal_toolkit.models.sandwich import cr2

#: Up to so many sites; with more the person-level models need no other standard errors.
FEW_SITES = 30
#: Fewest people seen at both ends for an estimate of one site.
SITE_BASE = 10
_SITE = "site"


def change_across_sites(measured: Measured) -> Iterator[Record]:
    """Yield the change with sites as clusters, and how it differs between sites, under the headline estimand."""
    sites = measured.background.site
    if (
        sites is None
        or not measured.is_first_estimand
        or measured.planned.model is None
        or measured.outcome.kind == "ordinal"
    ):
        return
    data = measured.long()
    data = data.assign(**{_SITE: data[PERSON].map(sites)})
    data = data[~data[_SITE].str.endswith(NOT_KNOWN)]
    if not 1 < data[_SITE].nunique() <= FEW_SITES or data["value"].nunique() < 2:
        return
    yield from _clustered(measured, data)
    yield from _site_by_site(measured, sites)


def _clustered(measured: Measured, data: pd.DataFrame) -> Iterator[Record]:
    """Yield CR2 and Fay–Graubard tests of the change, from a model with independent working correlation."""
    base = measured.record("site_change", contrast=measured.contrast, scale=change_scale(measured)[0])
    base = {**base, "n_obs": int(data[_SITE].nunique()), "n_persons": int(data[PERSON].nunique())}
    binary = measured.outcome.kind == "binary"
    formula = wave_formula(measured.background.terms)
    options: dict[str, Any] = {"family": "binomial" if binary else "gaussian", "corr": "independence"}
    ends_seen = {measured.first, measured.last} <= set(data[WAVE])
    if not ends_seen or (binary and has_empty_cell(data, formula)):
        # The penalised model of people stands; sandwiches of empty cells mean nothing.
        yield {**base, "model": "cr2", "flags": ("not_estimable",)}
        return
    try:
        by_person = gee(formula, data, groups=PERSON, cov_type="robust", **options)
    except ModelError:
        yield {**base, "model": "cr2", "flags": ("not_converged",)}
        return
    yield told({**base, "model": "cr2"}, _cr2_row(by_person, data, measured), scale_of(measured))
    if data[_SITE].nunique() > len(by_person.params):
        yield _fay_graubard({**base, "model": "fay-graubard"}, data, measured, formula, options)


def _fay_graubard(
    base: Record, data: pd.DataFrame, measured: Measured, formula: str, options: dict[str, Any]
) -> Record:
    try:
        by_site = gee(formula, data, groups=_SITE, cov_type="fay-graubard", df="satterthwaite", **options)
    except ModelError:
        return {**base, "flags": ("not_converged",)}
    row = contrasts(by_site, WAVE, "first-last", over="rows", adjust="none", level=measured.plan.confidence_level)
    return told(base, row.to_dict("records")[0], scale_of(measured))


def _cr2_row(fit: Any, data: pd.DataFrame, measured: Measured) -> dict[str, float]:
    """Return the change with its CR2 standard error and Satterthwaite degrees of freedom; no error, no test."""
    X, mean = fit.design.X, fit.fittedvalues.to_numpy()
    variance = mean * (1 - mean) if fit.family == "binomial" else np.ones(len(mean))
    root = np.sqrt(variance)[:, None]
    # The design is sorted by person; its rows are those of `data`, which is sorted likewise.
    codes = pd.factorize(data[_SITE])[0]
    fitted = cr2(root * X, (fit.design.y - mean) / root[:, 0], codes)
    change, gradient = _change_and_gradient(fit, measured)
    test = fitted.test(gradient)
    if not test.std_error > NO_ERROR:
        return {"estimate": change, "std_error": 0.0}
    half = float(stats.t.ppf((1 + measured.plan.confidence_level) / 2, test.df)) * test.std_error
    statistic = change / test.std_error
    return {
        "estimate": change,
        "std_error": test.std_error,
        "conf_low": change - half,
        "conf_high": change + half,
        "df": test.df,
        "statistic": statistic,
        "p_value": float(2 * stats.t.sf(abs(statistic), test.df)),
    }


def _change_and_gradient(fit: Any, measured: Measured) -> tuple[float, np.ndarray]:
    """Return last minus first wave, everybody set to either (rows count alike), and its derivatives."""
    names = [str(name) for name in fit.params.index]
    X, beta = fit.design.X, fit.params.to_numpy()
    ends = []
    for wave in (measured.first, measured.last):
        moved = X.copy()
        for place, name in enumerate(names):
            if name.startswith(f"C({WAVE})"):
                moved[:, place] = float(name.endswith(f"[T.{wave}]"))
        linear = moved @ beta
        mean = 1 / (1 + np.exp(-linear)) if fit.family == "binomial" else linear
        slope = mean * (1 - mean) if fit.family == "binomial" else np.ones(len(mean))
        ends.append((float(mean.mean()), (moved * slope[:, None]).mean(axis=0)))
    return ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]


def _site_by_site(measured: Measured, sites: pd.Series[str]) -> Iterator[Record]:
    """Yield the mean of the sites' changes, their spread, and the change at each site with enough people."""
    ends = measured.values[[measured.first, measured.last]].dropna()
    scale, factor = change_scale(measured)
    change = factor * (ends[measured.last] - ends[measured.first])
    by_site = change.groupby(sites.reindex(change.index)).agg(["mean", "var", "count"])
    by_site = by_site[(by_site["count"] >= 2) & ~by_site.index.str.endswith(NOT_KNOWN)]
    if len(by_site) < 3:
        return
    base = {"contrast": measured.contrast, "scale": scale, "n_obs": len(by_site)}
    base = measured.record("site_change", **base, n_persons=int(by_site["count"].sum()))
    means: np.ndarray = by_site["mean"].to_numpy()
    yield told({**base, "model": "site-means"}, _mean_row(means, measured), replace(scale_of(measured), factor=1.0))
    pooled = float(np.average(by_site["var"], weights=by_site["count"] - 1))
    if pooled > NO_ERROR:
        few = _smallest_cells(ends, sites) if measured.outcome.kind == "binary" else {}
        within = pooled / by_site["count"].to_numpy(np.float64)
        most = scale_of(measured).most
        for record in _variation(base, by_site, within, measured.plan.confidence_level):
            # Changes from −100 to 100 points cannot have a standard deviation above 100.
            record |= {end: min(record[end], most) for end in ("conf_low", "conf_high") if end in record}
            yield {**record, "count": few.get(record["term"])}


def _smallest_cells(ends: pd.DataFrame, sites: pd.Series[str]) -> dict[str, int]:
    """Return, site by site, the smallest number of people, but nobody, who said yes or no at either end."""
    grouped = ends.groupby(sites.reindex(ends.index))
    yes, n = grouped.sum(), grouped.size()
    both = pd.concat([yes, yes.rsub(n, axis=0)], axis=1)
    smallest = both.where(both > 0).min(axis=1).dropna().astype(int)
    return {str(site): int(count) for site, count in smallest.items()}


def _mean_row(means: np.ndarray, measured: Measured) -> dict[str, float]:
    """Return the mean of the sites' changes with its t interval and test; without an error, no test."""
    interval = mean_interval(means, measured.plan.confidence_level)
    row = {"estimate": interval.estimate, "conf_low": interval.low, "conf_high": interval.high}
    row["std_error"], row["df"] = float(means.std(ddof=1) / np.sqrt(len(means))), float(len(means) - 1)
    if not row["std_error"] > NO_ERROR:
        return row
    test = stats.ttest_1samp(means, 0.0)
    return {**row, "statistic": float(test.statistic), "p_value": float(test.pvalue)}


def _variation(base: Record, by_site: pd.DataFrame, within: np.ndarray, level: float) -> Iterator[Record]:
    """Yield the spread between sites (Paule–Mandel, interval by Q profile) and shrunken site estimates.

    References
    ----------
    Viechtbauer (2007). Confidence intervals for the amount of heterogeneity. Statistics in Medicine 26, 37-52.
    """
    means = by_site["mean"].to_numpy(np.float64)
    df = len(means) - 1
    between = between_variance(means, within, float(df))
    low, high = (
        between_variance(means, within, float(stats.chi2.ppf(share, df)))
        for share in ((1 + level) / 2, (1 - level) / 2)
    )
    q = _q(0.0, means, within)
    yield {
        **base,
        "analysis": "site_variation",
        "term": "sd",
        "estimate": float(np.sqrt(between)),
        "conf_low": float(np.sqrt(low)),
        "conf_high": float(np.sqrt(high)),
        "statistic": q,
        "df": df,
        "p_value": float(stats.chi2.sf(q, df)),
    }
    weights = 1 / (within + between)
    overall = float((weights * means).sum() / weights.sum())
    shrink = between / (between + within)
    for place, (site, row) in enumerate(by_site.iterrows()):
        n = int(row["count"])
        if n >= SITE_BASE:
            value = overall + shrink[place] * (means[place] - overall)
            yield {
                **base,
                "analysis": "site_estimate",
                "term": str(site),
                "estimate": value,
                "n_obs": n,
                "n_persons": n,
            }


def between_variance(means: np.ndarray, within: np.ndarray, target: float) -> float:
    """Return the variance between sites at which Cochran's Q equals `target`; 0 where Q is smaller already.

    Parameters
    ----------
    means, within : ndarray, shape (k,)
        Estimates of the sites and their squared standard errors.
    target : float
        k − 1 for the estimate (Paule & Mandel 1982), quantiles of chi-square for the ends of an interval.
    """
    if _q(0.0, means, within) <= target:
        return 0.0
    top = float(within.max()) + float(means.var())
    while _q(top, means, within) > target:
        top *= 2
    return float(optimize.brentq(lambda between: _q(between, means, within) - target, 0.0, top))


def _q(between: float, means: np.ndarray, within: np.ndarray) -> float:
    weights = 1 / (within + between)
    overall = (weights * means).sum() / weights.sum()
    return float((weights * (means - overall) ** 2).sum())
