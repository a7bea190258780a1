"""Intervals and exact tests for counts of people: one wave, and two waves of the same people."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from mirabal_toolkit.mixed.results import t_quantile


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its limits, on the scale it was asked for."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PairedCounts:
    """How many people were yes at both waves, only before, only after, at neither."""

    both: int
    stopped: int
    started: int
    neither: int

    @property
    def n(self) -> int:
        """People seen at both waves."""
        return self.both + self.stopped + self.started + self.neither

    @property
    def before(self) -> int:
        """People who were yes before."""
        return self.both + self.stopped

    @property
    def after(self) -> int:
        """People who were yes after."""
        return self.both + self.started


def wilson(count: int, n: int, level: float = 0.95) -> Interval:
    """Return a proportion (0 to 1) with Wilson's score interval.

    Parameters
    ----------
    count, n : int
        People counted, of how many; ``n > 0``.
    level : float
        Confidence level.

    References
    ----------
    Wilson (1927), JASA 22, 209-212.

    Examples
    --------
    >>> wilson(0, 50)
    Interval(estimate=0.0, low=0.0, high=0.0713...)
    """
    share, z = count / n, float(special.ndtri((1 + level) / 2))
    middle, half = share + z**2 / (2 * n), z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = ((middle + side * half) / (1 + z**2 / n) for side in (-1, 1))
    # Where nobody or everybody is counted one limit is known exactly.
    return Interval(share, 0.0 if count == 0 else low, 1.0 if count == n else high)


def exact_interval(count: int, n: int, level: float = 0.95) -> Interval:
    """Return a proportion with the exact (Clopper–Pearson) interval, for cells of nobody or everybody.

    For 0 of n (or n of n) the interval is one-sided at `level`, as its only open end is of interest.

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26, 404-413.

    Examples
    --------
    >>> round(exact_interval(0, 50).high, 4)
    0.0582
    """
    tail = 1 - level if count in (0, n) else (1 - level) / 2
    low = 0.0 if count == 0 else float(special.betaincinv(count, n - count + 1, tail))
    high = 1.0 if count == n else float(special.betaincinv(count + 1, n - count, 1 - tail))
    return Interval(count / n, low, high)


def newcombe_paired(counts: PairedCounts, level: float = 0.95) -> Interval:
    """Return the change in a proportion (after − before, −1 to 1) in the same people, with Newcombe's interval.

    Combines the Wilson limits of both ends by their correlation, corrected for continuity.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 2635-2650, method 10.

    Examples
    --------
    >>> newcombe_paired(PairedCounts(both=1, stopped=1, started=7, neither=12))
    Interval(estimate=0.285..., low=0.0255..., high=0.5069...)
    """
    before, after = wilson(counts.before, counts.n, level), wilson(counts.after, counts.n, level)
    phi = _paired_correlation(counts)
    change = after.estimate - before.estimate
    low = _joined(after.estimate - after.low, before.high - before.estimate, phi)
    high = _joined(after.high - after.estimate, before.estimate - before.low, phi)
    return Interval(change, max(change - low, -1.0), min(change + high, 1.0))


def _joined(a: float, b: float, phi: float) -> float:
    return float(np.sqrt(max(a * a - 2 * phi * a * b + b * b, 0.0)))


def _paired_correlation(counts: PairedCounts) -> float:
    margins = counts.before * (counts.n - counts.before) * counts.after * (counts.n - counts.after)
    if margins == 0:
        return 0.0
    product = counts.both * counts.neither - counts.stopped * counts.started
    corrected = max(product - counts.n / 2, 0.0) if product > 0 else float(product)
    return float(corrected / np.sqrt(float(margins)))


def tango_paired(counts: PairedCounts, level: float = 0.95) -> Interval:
    """Return the change in a proportion (after − before, −1 to 1) in the same people, with Tango's score interval.

    The limits are the changes at which a score test, with the nuisance parameter at its restricted maximum
    likelihood, just rejects.

    References
    ----------
    Tango (1998), Statistics in Medicine 17, 891-908.

    Examples
    --------
    >>> tango_paired(PairedCounts(both=1, stopped=1, started=7, neither=12))
    Interval(estimate=0.285..., low=0.0260..., high=0.517...)
    """
    n, stopped, started = counts.n, counts.stopped, counts.started
    change = (started - stopped) / n
    z = float(special.ndtri((1 + level) / 2))

    def score(delta: float) -> float:
        # Restricted estimate of the probability of stopping, the change being delta (Tango 1998, eq. 5).
        a, b, c = 2 * n, -started - stopped + (2 * n - started + stopped) * delta, -stopped * delta * (1 - delta)
        p = (np.sqrt(max(b * b - 4 * a * c, 0.0)) - b) / (2 * a)
        variance = n * (2 * p + delta * (1 - delta))
        away = started - stopped - n * delta
        if away == 0:
            return 0.0
        return float(away / np.sqrt(variance)) if variance > 0 else float(np.copysign(np.inf, away))

    return Interval(change, _crossing(score, -1.0, change, z), _crossing(score, change, 1.0, -z))


def _crossing(score: Callable[[float], float], low: float, high: float, target: float) -> float:
    """Return where a decreasing score crosses `target` between two ends, or the end it does not reach."""
    if score(low) <= target:
        return low
    if score(high) >= target:
        return high
    return float(optimize.brentq(lambda delta: score(delta) - target, low, high, xtol=1e-12))


def mcnemar_exact(stopped: int, started: int) -> float:
    """Return the two-sided exact p value of McNemar's test; 1 when nobody changed.

    References
    ----------
    McNemar (1947), Psychometrika 12, 153-157; exact form by the binomial distribution.

    Examples
    --------
    >>> mcnemar_exact(1, 7)
    0.0703125
    """
    changed = stopped + started
    return 1.0 if stopped == started else float(2 * special.bdtr(min(stopped, started), changed, 0.5))


def mean_interval(values: np.ndarray, level: float = 0.95) -> Interval:
    """Return the mean of `values`, shape (n,), n ≥ 2, with Student's t interval."""
    n = values.size
    half = float(t_quantile((1 + level) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n))
    mean = float(values.mean())
    return Interval(mean, mean - half, mean + half)
