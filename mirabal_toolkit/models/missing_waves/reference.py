"""Two arms: those lost in the treated arm imputed as if the programme had left them with the reference arm.

References
----------
Carpenter, Roger & Kenward (2013), Analysis of longitudinal trials with protocol deviation: a framework for relevant,
accessible assumptions, and inference via multiple imputation, Journal of Biopharmaceutical Statistics 23, 1352-1371.
Cro, Carpenter & Kenward (2019), Information-anchored sensitivity analysis, JRSS A 182, 623-645 (Rubin's variance).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from mirabal_toolkit.models.describe import Record
from mirabal_toolkit.models.missing_waves.completed import changes
from mirabal_toolkit.models.missing_waves.imputed import Filled
from mirabal_toolkit.models.missing_waves.rubin import pool

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rule = Literal["missing-at-random", "jump-to-reference", "copy-increments"]
RULES: tuple[Rule, ...] = ("missing-at-random", "jump-to-reference", "copy-increments")

#: Added to variances, relative to them, so that waves without a difference between women can be inverted.
RIDGE = 1e-6


class Arms(NamedTuple):
    """Means of both arms at each wave, (waves,), and the covariance of waves within arms."""

    treated: Floats
    reference: Floats
    covariance: Floats


def expected_at_the_end(arms: Arms, history: Floats, seen: int, rule: Rule) -> tuple[Floats, float]:
    """Return mean and variance of the last wave of treated women lost after their wave number `seen`.

    Parameters
    ----------
    arms : Arms
    history : ndarray, shape (n, seen)
        Their values up to the last wave at which they were seen.
    seen : int
        How many waves that is, at least 1.
    rule : {"jump-to-reference", "copy-increments"}
        From then on the mean of the reference arm itself; or its changes, from where the treated arm stood.

    Examples
    --------
    Waves without correlation: the mean of the reference arm at the end, or the treated arm's less what the reference
    arm lost.

    >>> arms = Arms(np.array([50.0, 70.0, 80.0]), np.array([50.0, 55.0, 60.0]), 100 * np.eye(3))
    >>> mean, variance = expected_at_the_end(arms, np.array([[45.0, 75.0]]), 2, "jump-to-reference")
    >>> mean.round(2).tolist(), round(variance)
    ([60.0], 100)
    >>> expected_at_the_end(arms, np.array([[45.0, 75.0]]), 2, "copy-increments")[0].round(2).tolist()
    [75.0]
    """
    before = arms.covariance[:seen, :seen]
    before = before + RIDGE * np.diag(np.maximum(np.diag(before), RIDGE))
    slopes = np.linalg.solve(before, arms.covariance[:seen, -1])
    last = arms.reference[-1]
    if rule == "copy-increments":
        last = last + arms.treated[seen - 1] - arms.reference[seen - 1]
    mean = last + (history - arms.treated[:seen]) @ slopes
    variance = arms.covariance[-1, -1] - slopes @ arms.covariance[:seen, -1]
    return np.asarray(mean, dtype=np.float64), float(max(variance, 0.0))


def drawn_arms(values: Floats, treated: Mask, stream: np.random.Generator) -> Arms:
    """Return means drawn around those of a completed table, (n, waves), with the covariance within its arms."""
    parts = [values[treated], values[~treated]]
    centred = np.concatenate([part - part.mean(axis=0) for part in parts])
    covariance = centred.T @ centred / max(len(values) - 2, 1)
    lower = np.linalg.cholesky(covariance + RIDGE * np.eye(len(covariance)) * max(float(np.trace(covariance)), RIDGE))
    means = [part.mean(axis=0) + lower @ stream.standard_normal(len(covariance)) / np.sqrt(len(part)) for part in parts]
    return Arms(means[0], means[1], covariance)


def last_waves(filled: Filled, treated: Mask, rule: Rule, seed: int) -> Floats:
    """Return the last wave of every imputation, (m, n), with treated women who were lost for good drawn by `rule`."""
    values, lost = filled.imputed.values, filled.layout.lost
    last = values[:, :, -1].copy()
    if rule == "missing-at-random":
        return last
    waves = values.shape[2]
    # How many waves up to the last at which she was not lost.
    reached = np.where(lost.all(axis=1), 0, waves - np.argmin(lost[:, ::-1], axis=1))
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence([seed, len(rule)]).spawn(len(values))]
    binary = filled.measured.outcome.kind == "binary"
    for number, (table, stream) in enumerate(zip(values, streams, strict=True)):
        arms = drawn_arms(table, treated, stream)
        for seen in range(1, waves):
            who = treated & (reached == seen)
            mean, variance = expected_at_the_end(arms, table[who, :seen], seen, rule)
            noise = stream.random(int(who.sum()))
            drawn = (noise < mean).astype(float) if binary else mean + np.sqrt(variance) * stats.norm.ppf(noise)
            last[number, who] = np.clip(drawn, *filled.layout.limits)
    return last


def reference_records(filled: Filled, treated: Mask) -> Iterator[Record]:
    """Yield the difference in change between the arms under each rule.

    Parameters
    ----------
    treated : ndarray of bool, shape (n,)
        Arm of each person of the layout.
    """
    measured, ends = filled.measured, filled.layout.ends
    base = measured.record("reference_change", contrast=measured.contrast, term="difference", scale=filled.scale)
    people = int(ends.any(axis=1).sum())
    base |= {"n_obs": people, "n_persons": people}
    for rule in RULES:
        last = last_waves(filled, treated, rule, measured.plan.seed)
        found = [changes(filled.imputed.values[:, arm, 0], last[:, arm], ends[arm]) for arm in (treated, ~treated)]
        difference = found[0].estimates - found[1].estimates
        pooled = pool(difference, found[0].variances + found[1].variances, people - 2)
        low, high = pooled.limits(measured.plan.confidence_level)
        yield {
            **base,
            "model": rule,
            "estimate": filled.factor * pooled.estimate,
            "std_error": filled.factor * pooled.std_error,
            "df": pooled.df,
            "p_value": pooled.p_value,
            "conf_low": filled.factor * low,
            "conf_high": filled.factor * high,
        }
