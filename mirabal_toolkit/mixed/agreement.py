"""Two accounts of the same thing: how far they agree. They are set side by side and never pooled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.counts import PairedCounts, mcnemar_exact

Array = NDArray[np.float64]
#: Fewest pairs for limits of agreement and correlations.
FEWEST_PAIRS = 10


@dataclass(frozen=True, slots=True)
class Estimated:
    """A number with its interval; NaN where it cannot be had."""

    estimate: float
    conf_low: float = float("nan")
    conf_high: float = float("nan")
    std_error: float = float("nan")
    p_value: float = float("nan")


def cohen_kappa(counts: PairedCounts, level: float = 0.95) -> Estimated:
    """Return Cohen's kappa with its large-sample interval.

    Parameters
    ----------
    counts : PairedCounts
        ``both`` say yes, ``stopped``: only the first does, ``started``: only the second, ``neither``.
    level : float

    Returns
    -------
    Estimated
        NaN where both accounts give one answer only, so that agreement by chance is certain.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20, 37–46. Fleiss, Cohen and Everitt (1969), Psychological
    Bulletin 72, 323–327, equation 13.

    Examples
    --------
    >>> round(cohen_kappa(PairedCounts(both=30, stopped=12, started=9, neither=41)).estimate, 3)
    0.537
    """
    n = counts.n
    table = np.array([[counts.both, counts.stopped], [counts.started, counts.neither]], dtype=float) / max(n, 1)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    observed, chance = float(np.trace(table)), float(rows @ columns)
    if n == 0 or chance >= 1:
        return Estimated(float("nan"))
    kappa = (observed - chance) / (1 - chance)
    same = sum(table[i, i] * ((1 - chance) - (rows[i] + columns[i]) * (1 - observed)) ** 2 for i in range(2))
    apart = sum(table[i, 1 - i] * (columns[i] + rows[1 - i]) ** 2 for i in range(2)) * (1 - observed) ** 2
    remainder = (observed * chance - 2 * chance + observed) ** 2
    std_error = float(np.sqrt(max(same + apart - remainder, 0) / n)) / (1 - chance) ** 2
    half = float(stats.norm.ppf((1 + level) / 2)) * std_error
    return Estimated(kappa, max(kappa - half, -1.0), min(kappa + half, 1.0), std_error)


def prevalence_adjusted_kappa(counts: PairedCounts) -> float:
    """Return 2 × the share that agrees − 1: kappa as it were if yes and no were equally common in both accounts.

    References
    ----------
    Byrt, Bishop and Carlin (1993), Journal of Clinical Epidemiology 46, 423–429.
    """
    return 2 * (counts.both + counts.neither) / counts.n - 1 if counts.n else float("nan")


def one_sided_disagreement(counts: PairedCounts) -> float:
    """Return McNemar's exact p that one account says yes more often where the two disagree."""
    return mcnemar_exact(counts.stopped, counts.started)


@dataclass(frozen=True, slots=True)
class LimitsOfAgreement:
    """Bland and Altman's: mean difference (second − first), and the limits that hold about 95 % of differences."""

    bias: Estimated
    low: Estimated
    high: Estimated
    correlation: Estimated
    n: int


def limits_of_agreement(first: Array, second: Array, level: float = 0.95) -> LimitsOfAgreement:
    """Return limits of agreement between two scores, and their correlation.

    Parameters
    ----------
    first, second : ndarray, shape (n_pairs,)
        Without gaps.
    level : float
        Of the limits and of every interval.

    Raises
    ------
    ModelError
        With fewer than ten pairs.

    References
    ----------
    Bland and Altman (1999), Statistical Methods in Medical Research 8, 135–160, sections 2 and 2.1.
    """
    n = len(first)
    if n < FEWEST_PAIRS:
        raise ModelError("fewer than ten pairs of accounts")
    apart = second - first
    mean, sd = float(apart.mean()), float(apart.std(ddof=1))
    z, t = float(stats.norm.ppf((1 + level) / 2)), float(stats.t.ppf((1 + level) / 2, n - 1))
    of_mean, of_limit = sd / np.sqrt(n), sd * float(np.sqrt(1 / n + z**2 / (2 * (n - 1))))

    def around(value: float, error: float) -> Estimated:
        return Estimated(value, value - t * error, value + t * error, float(error))

    return LimitsOfAgreement(
        bias=around(mean, of_mean),
        low=around(mean - z * sd, of_limit),
        high=around(mean + z * sd, of_limit),
        correlation=_correlation(first, second, level),
        n=n,
    )


def _correlation(first: Array, second: Array, level: float) -> Estimated:
    """Return Pearson's correlation with Fisher's interval."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return Estimated(float("nan"))
    found = stats.pearsonr(first, second)
    low, high = found.confidence_interval(level)
    return Estimated(float(found.statistic), float(low), float(high), p_value=float(found.pvalue))


def correlation_within(first: Array, second: Array, couple: NDArray[np.int64], level: float = 0.95) -> Estimated:
    """Return the repeated-measures correlation: whether the two accounts of one couple move together over time.

    Parameters
    ----------
    first, second : ndarray, shape (n,)
        Scores of a couple at a wave.
    couple : ndarray, shape (n,)
        Numbers from 0.
    level : float

    Raises
    ------
    ModelError
        With fewer than ten couples seen twice, or accounts that never move.

    References
    ----------
    Bland and Altman (1995), BMJ 310, 446. Bakdash and Marusich (2017), Frontiers in Psychology 8, 456 (interval).
    """
    counts = np.bincount(couple, minlength=1)
    kept = counts[couple] > 1
    moves = [_around_mean(values, couple, counts)[kept] for values in (first, second)]
    couples = int((counts > 1).sum())
    size = float(np.sqrt((moves[0] ** 2).sum() * (moves[1] ** 2).sum()))
    df = int(kept.sum()) - couples - 1
    if couples < FEWEST_PAIRS or size <= 1e-12 or df < 2:
        raise ModelError("too few couples were asked twice, or their answers never move")
    r = float(np.clip((moves[0] * moves[1]).sum() / size, -1, 1))
    if abs(r) == 1:
        return Estimated(r)
    half = float(stats.norm.ppf((1 + level) / 2)) / np.sqrt(df - 1)
    low, high = np.tanh(np.arctanh(r) + np.array([-half, half])).tolist()
    p_value = float(2 * stats.t.sf(abs(r) * np.sqrt(df / (1 - r**2)), df))
    return Estimated(r, low, high, p_value=p_value)


def _around_mean(values: Array, couple: NDArray[np.int64], counts: NDArray[np.int64]) -> Array:
    means = np.bincount(couple, values, minlength=len(counts)) / np.maximum(counts, 1)
    return np.asarray(values - means[couple])
