"""How well the items of a scale go together: alpha, omega, item–rest correlations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

#: A one-factor fit has converged when no loading moves more than this.
_TOLERANCE = 1e-9
_MOST_SWEEPS = 1_000


@dataclass(frozen=True, slots=True)
class Reliability:
    """A coefficient with its interval.

    Parameters
    ----------
    estimate, conf_low, conf_high : float
        NaN where it cannot be had.
    n_persons, n_items : int
        Rows with all items answered; items.
    """

    estimate: float
    conf_low: float
    conf_high: float
    n_persons: int
    n_items: int


def complete_rows(values: Array) -> Array:
    """Return the rows in which every item is answered."""
    kept: Array = values[~np.isnan(values).any(axis=1)]
    return kept


def cronbach_alpha(values: Array, level: float = 0.95) -> Reliability:
    """Return coefficient alpha with Feldt's interval, from rows with all items answered.

    Parameters
    ----------
    values : ndarray, shape (n_persons, n_items)
        Scores of items that all point the same way; NaN missing.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Reliability
        NaN with fewer than two items or two rows, or without any variance.

    References
    ----------
    Cronbach 1951, Psychometrika 16, 297–334, formula 2. Feldt, Woodruff and Salih 1987, Applied Psychological
    Measurement 11, 93–103, equations 5 and 6.

    Examples
    --------
    >>> alpha = cronbach_alpha(np.array([[1.0, 2, 1], [2, 2, 3], [4, 3, 4], [3, 4, 4], [0, 1, 1]]))
    >>> round(alpha.estimate, 3), alpha.n_persons
    (0.945, 5)
    """
    rows = complete_rows(values)
    n, k = rows.shape
    estimate = float(_alpha(np.cov(rows, rowvar=False)[None])[0]) if n > 1 and k > 1 else float("nan")
    if np.isnan(estimate):
        return Reliability(estimate, float("nan"), float("nan"), n, k)
    tails = stats.f.ppf([(1 + level) / 2, (1 - level) / 2], n - 1, (n - 1) * (k - 1))
    low, high = (1 - (1 - estimate) * tails).tolist()
    return Reliability(estimate, low, high, n, k)


def _alpha(covariances: Array) -> Array:
    """Alpha of covariance matrices, shape (m, k, k) → (m,); NaN without variance."""
    k = covariances.shape[-1]
    total = covariances.sum(axis=(1, 2))
    trace = np.trace(covariances, axis1=1, axis2=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, k / (k - 1) * (1 - trace / total), np.nan)


def mcdonald_omega(values: Array, *, level: float = 0.95, resamples: int = 1000, seed: int = 0) -> Reliability:
    """Return omega of one factor, with a bootstrap percentile interval over persons.

    ``(Σλ)² / ((Σλ)² + Σψ)`` with the loadings of one factor fitted to the correlations by least squares
    (“minres”) and put back into the units of the items.

    Parameters
    ----------
    values : ndarray, shape (n_persons, n_items)
        As for `cronbach_alpha`.
    level : float
    resamples : int
        Bootstrap samples; 0 gives no interval.
    seed : int

    Returns
    -------
    Reliability
        NaN with fewer than three items or more items than rows, or where an item does not vary.

    References
    ----------
    McDonald 1999, Test Theory, chapter 6, equation 6.20. Harman and Jones 1966, Psychometrika 31, 351–368 (minres).
    """
    rows = complete_rows(values)
    n, k = rows.shape
    nothing = Reliability(float("nan"), float("nan"), float("nan"), n, k)
    if k < 3 or n <= k:
        return nothing
    estimate = float(_omega(np.cov(rows, rowvar=False)[None])[0])
    if np.isnan(estimate) or resamples == 0:
        return Reliability(estimate, float("nan"), float("nan"), n, k)
    drawn = np.random.default_rng(seed).integers(0, n, size=(resamples, n))
    weights = np.zeros((resamples, n))
    np.add.at(weights, (np.arange(resamples)[:, None], drawn), 1.0)
    means = weights @ rows / n
    squares = np.einsum("bi,ij,ik->bjk", weights, rows, rows, optimize=True)
    covariances = (squares - n * means[:, :, None] * means[:, None, :]) / (n - 1)
    found = _omega(covariances)
    found = found[~np.isnan(found)]
    if found.size < resamples / 2:
        return Reliability(estimate, float("nan"), float("nan"), n, k)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2]).tolist()
    return Reliability(estimate, low, high, n, k)


def _omega(covariances: Array) -> Array:
    """Omega of covariance matrices, shape (m, k, k) → (m,)."""
    deviations = np.sqrt(np.clip(np.einsum("mii->mi", covariances), 0, None))
    varies = (deviations > 0).all(axis=1)
    safe = np.where(deviations > 0, deviations, 1.0)
    correlations = covariances / (safe[:, :, None] * safe[:, None, :])
    loadings = one_factor(correlations) * safe
    common = loadings.sum(axis=1) ** 2
    unique = (safe**2 - loadings**2).sum(axis=1)
    return np.where(varies, common / (common + unique), np.nan)


def one_factor(correlations: Array) -> Array:
    """Return the loadings of one factor by least squares on the correlations off the diagonal.

    Parameters
    ----------
    correlations : ndarray, shape (m, k, k)

    Returns
    -------
    ndarray, shape (m, k)
        Between −1 and 1 (a communality over 1 is held at 1); their sum is not negative. NaN where the search did not
        come to rest.

    Examples
    --------
    >>> true = np.array([0.8, 0.7, 0.6, 0.5])
    >>> matrix = np.outer(true, true); np.fill_diagonal(matrix, 1)
    >>> one_factor(matrix[None]).round(4).tolist()
    [[0.8, 0.7, 0.6, 0.5]]
    """
    k = correlations.shape[-1]
    off = correlations * (1 - np.eye(k))
    values, vectors = np.linalg.eigh(correlations)
    loadings = vectors[:, :, -1] * np.sqrt(np.clip(values[:, -1:], 0, None))
    loadings = np.clip(loadings, -1, 1)
    moved = np.full(len(loadings), np.inf)
    for _ in range(_MOST_SWEEPS):
        before = loadings.copy()
        for item in range(k):
            others = (loadings**2).sum(axis=1) - loadings[:, item] ** 2
            pull = (off[:, item, :] * loadings).sum(axis=1)
            loadings[:, item] = np.clip(pull / np.maximum(others, 1e-12), -1, 1)
        moved = np.abs(loadings - before).max(axis=1)
        if (moved < _TOLERANCE).all():
            break
    signed = loadings * np.where(loadings.sum(axis=1) < 0, -1.0, 1.0)[:, None]
    return np.where(moved[:, None] < 1e-6, signed, np.nan)


def item_rest_correlations(values: Array) -> Array:
    """Return each item's correlation with the sum of the others, from rows with all items answered; shape (n_items,).

    NaN where an item or the rest does not vary, or with fewer than three rows.

    Examples
    --------
    >>> item_rest_correlations(np.array([[1.0, 2, 1], [2, 2, 3], [4, 3, 4], [3, 4, 4], [0, 1, 1]])).round(3).tolist()
    [0.93, 0.848, 0.936]
    """
    rows = complete_rows(values)
    n, k = rows.shape
    found = np.full(k, np.nan)
    if n < 3 or k < 2:
        return found
    total = rows.sum(axis=1)
    for item in range(k):
        rest = total - rows[:, item]
        if np.ptp(rest) > 0 and np.ptp(rows[:, item]) > 0:
            found[item] = np.corrcoef(rows[:, item], rest)[0, 1]
    return found


def alpha_without_each(values: Array) -> Array:
    """Return alpha of the other items, item by item; shape (n_items,). NaN with fewer than three items."""
    rows = complete_rows(values)
    n, k = rows.shape
    if k < 3 or n < 2:
        return np.full(k, np.nan)
    covariance = np.cov(rows, rowvar=False)
    kept = [np.delete(np.arange(k), item) for item in range(k)]
    return _alpha(np.stack([covariance[np.ix_(items, items)] for items in kept]))


def average_inter_item_correlation(values: Array) -> float:
    """Return the mean correlation of two items, from rows with all items answered; NaN where an item is constant."""
    rows = complete_rows(values)
    if len(rows) < 3 or rows.shape[1] < 2 or (np.ptp(rows, axis=0) == 0).any():
        return float("nan")
    correlations = np.atleast_2d(np.corrcoef(rows, rowvar=False))
    return float(correlations[np.triu_indices(rows.shape[1], 1)].mean())
