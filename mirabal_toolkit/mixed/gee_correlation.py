"""Working correlations of generalized estimating equations: how they whiten, and how they are estimated.

The moment estimators are those of the R package geepack (Højsgaard, Halekoh & Yan 2006), which solve
second-order estimating equations with an independence weight: no correction for the number of
parameters, products of residuals divided by the estimated scale, a pair weighted by the product of
its two weights.

References
----------
Højsgaard, S., Halekoh, U. & Yan, J. (2006). The R package geepack for generalized estimating
equations. Journal of Statistical Software 15(2).
Liang, K.-Y. & Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models.
Biometrika 73, 13-22.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.gee_blocks import ClusterBlock

Floats = NDArray[np.float64]
Kind = Literal["independence", "exchangeable", "ar1", "unstructured"]

_LARGEST = 0.9999
"""Correlations are kept inside (-_LARGEST, _LARGEST), where the matrix can be inverted."""


@dataclass(frozen=True, slots=True)
class WorkingCorrelation:
    """A working correlation and its parameters.

    Attributes
    ----------
    kind : {"independence", "exchangeable", "ar1", "unstructured"}
    matrix : ndarray, shape (T, T)
        Unstructured: the correlations of the T waves; otherwise empty.
    rho : float
        Exchangeable: of any two rows of a person. AR(1): at one `unit` of time.
    unit : float
        AR(1): the smallest distance between two waves, in the user's unit of time.
    level_times : ndarray, shape (T,)
        AR(1): times of the waves, when all people share them; otherwise empty.
    largest : int
        Most rows a person has (bounds a negative exchangeable correlation).
    bounded : bool
        The moment estimate lay outside the admissible range and was moved to its edge.
    """

    kind: Kind
    matrix: Floats
    rho: float
    unit: float
    level_times: Floats
    largest: int
    bounded: bool = False


class PairMoments(NamedTuple):
    """Sums over pairs of rows of a person: products of weighted residuals, and of weights.

    For exchangeable, scalars in arrays of shape (1,); for waves that all people share, matrices
    (T, T); for AR(1) with real-valued times, one entry a pair, with its distance in `lag`.
    """

    product: Floats
    weight: Floats
    lag: Floats


def start_correlation(kind: Kind, blocks: Sequence[ClusterBlock], level_times: Floats | None) -> WorkingCorrelation:
    """Return the working correlation with no dependence, from which the iterations begin."""
    largest = max(block.y.shape[0] for block in blocks)
    times = np.empty(0) if level_times is None else level_times
    levels = len(times)
    unit = _smallest_step(blocks, times) if kind == "ar1" else 1.0
    matrix = np.eye(levels) if kind == "unstructured" else np.empty((0, 0))
    return WorkingCorrelation(kind, matrix, 0.0, unit, times, largest)


def _smallest_step(blocks: Sequence[ClusterBlock], level_times: Floats) -> float:
    if level_times.size > 1:
        return float(np.diff(np.sort(level_times)).min())
    known = [block.times for block in blocks if block.times is not None]
    steps = [float(np.diff(times, axis=0).min()) for times in known if len(times) > 1]
    return min(steps, default=1.0)


def whiten(corr: WorkingCorrelation, block: ClusterBlock, Z: Floats, *, transpose: bool = False) -> Floats:
    """Multiply each person's rows by a square root of the inverse working correlation.

    Parameters
    ----------
    corr : WorkingCorrelation
    block : ClusterBlock
        The people the rows belong to.
    Z : ndarray, shape (m, n, q)
    transpose : bool
        Use the transposed root; with W the root, ``W' W`` is the inverse correlation.

    Returns
    -------
    ndarray, shape (m, n, q)
    """
    m = Z.shape[0]
    if corr.kind == "independence" or m == 1:
        return Z
    if corr.kind == "exchangeable":
        return _whiten_exchangeable(corr.rho, Z)
    if corr.kind == "ar1":
        return _whiten_ar1(corr, block, Z, transpose=transpose)
    root = _inverse_cholesky(corr.matrix[np.ix_(_levels(block), _levels(block))])
    root = root.T if transpose else root
    return np.asarray((root @ Z.reshape(m, -1)).reshape(Z.shape))


def _levels(block: ClusterBlock) -> NDArray[np.int64]:
    if block.levels is None:
        raise ModelError("an unstructured working correlation needs waves that people share")
    return block.levels


def _whiten_exchangeable(rho: float, Z: Floats) -> Floats:
    """Symmetric root: 1/sqrt(1 - rho) beside the mean, 1/sqrt(1 + (m - 1) rho) along it."""
    m = Z.shape[0]
    across = 1.0 / np.sqrt(1.0 - rho)
    along = 1.0 / np.sqrt(1.0 + (m - 1) * rho)
    return np.asarray(across * Z + (along - across) * Z.mean(axis=0))


def _whiten_ar1(corr: WorkingCorrelation, block: ClusterBlock, Z: Floats, *, transpose: bool) -> Floats:
    """Innovations of a first-order Markov chain, scaled to variance one."""
    steps = np.diff(_times(corr, block), axis=0) / corr.unit
    carry = _power(corr.rho, steps)
    scale = 1.0 / np.sqrt(1.0 - carry**2)
    result = Z.copy()
    if transpose:
        result[1:] = scale[:, :, None] * Z[1:]
        result[:-1] -= (carry * scale)[:, :, None] * Z[1:]
    else:
        result[1:] = scale[:, :, None] * (Z[1:] - carry[:, :, None] * Z[:-1])
    return result


def _times(corr: WorkingCorrelation, block: ClusterBlock) -> Floats:
    if block.times is not None:
        return block.times
    return corr.level_times[_levels(block)][:, None]


def _power(rho: float, steps: Floats) -> Floats:
    """Raise rho to powers, for a negative rho only where the steps are whole numbers."""
    if rho >= 0:
        return np.asarray(np.power(rho, steps))
    return np.asarray(np.power(-rho, steps) * np.where(np.round(steps) % 2 == 1, -1.0, 1.0))


def _inverse_cholesky(matrix: Floats) -> Floats:
    try:
        lower = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        raise ModelError(
            "the unstructured working correlation is not positive definite: too few people were seen at the same waves",
            where="corr='unstructured'",
            fix="use corr='exchangeable' or corr='ar1'; the robust standard errors stay valid",
        ) from None
    return np.asarray(np.linalg.solve(lower, np.eye(len(matrix))))


def pair_moments(corr: WorkingCorrelation, block: ClusterBlock, residual: Floats, weight: Floats) -> PairMoments:
    """Sum products of Pearson residuals over the pairs of rows of each person.

    Parameters
    ----------
    corr : WorkingCorrelation
    block : ClusterBlock
    residual : ndarray, shape (m, n)
        Pearson residuals.
    weight : ndarray, shape (m, n)

    Returns
    -------
    PairMoments
    """
    weighted = weight * residual
    counts = block.counts
    if corr.kind == "independence":
        return PairMoments(np.zeros(1), np.zeros(1), np.zeros(0))
    if corr.kind == "exchangeable":
        return PairMoments(_pair_sum(weighted, counts), _pair_sum(weight, counts), np.zeros(0))
    if block.times is not None:
        return _listed_pairs(block.times / corr.unit, weighted, weight, counts)
    size = len(corr.level_times)
    where = np.ix_(_levels(block), _levels(block))
    product, total = np.zeros((size, size)), np.zeros((size, size))
    product[where] = (weighted * counts) @ weighted.T
    total[where] = (weight * counts) @ weight.T
    return PairMoments(product, total, np.zeros(0))


def _pair_sum(values: Floats, counts: Floats) -> Floats:
    """Sum of products over all pairs j < k, from the square of the sum."""
    pairs = values.sum(axis=0) ** 2 - (values**2).sum(axis=0)
    return np.array([0.5 * float(counts @ pairs)])


def _listed_pairs(times: Floats, weighted: Floats, weight: Floats, counts: Floats) -> PairMoments:
    m = times.shape[0]
    first, second = np.triu_indices(m, k=1)
    return PairMoments(
        (counts * weighted[first] * weighted[second]).ravel(),
        (counts * weight[first] * weight[second]).ravel(),
        (times[second] - times[first]).ravel(),
    )


def add_moments(parts: Sequence[PairMoments]) -> PairMoments:
    """Add the moments of several chunks."""
    lags = np.concatenate([part.lag for part in parts])
    if lags.size:
        product = np.concatenate([part.product for part in parts])
        return PairMoments(product, np.concatenate([part.weight for part in parts]), lags)
    return PairMoments(
        np.sum([part.product for part in parts], axis=0), np.sum([part.weight for part in parts], axis=0), lags
    )


def update_correlation(corr: WorkingCorrelation, moments: PairMoments, scale: float) -> WorkingCorrelation:
    """Return the working correlation that solves geepack's moment equations for these residuals."""
    if corr.kind == "independence" or corr.largest == 1 or not np.any(moments.weight > 0):
        return corr
    if corr.kind == "exchangeable":
        raw = float(moments.product[0] / moments.weight[0] / scale)
        lowest = -1.0 / (corr.largest - 1) * _LARGEST
        rho = float(np.clip(raw, lowest, _LARGEST))
        return replace(corr, rho=rho, bounded=rho != raw)
    if corr.kind == "unstructured":
        with np.errstate(invalid="ignore", divide="ignore"):
            raw_matrix = np.where(moments.weight > 0, moments.product / moments.weight / scale, 0.0)
        np.fill_diagonal(raw_matrix, 1.0)
        return replace(corr, matrix=raw_matrix)
    return _update_ar1(corr, moments, scale)


def _update_ar1(corr: WorkingCorrelation, moments: PairMoments, scale: float) -> WorkingCorrelation:
    product, weight, lag = _by_lag(corr, moments)
    product = product / scale
    whole = bool(np.all(np.abs(lag - np.round(lag)) < 1e-9))
    lowest = -_LARGEST if whole else 1e-6
    nearest = lag < lag.min() + 0.5
    raw = corr.rho or float(product[nearest].sum() / weight[nearest].sum())
    rho = float(np.clip(raw, lowest, _LARGEST))
    for _ in range(50):
        slope = lag * _power(rho, lag - 1.0)
        step = float(slope @ (product - weight * _power(rho, lag)) / (slope @ (weight * slope)))
        raw = rho + step
        rho, last = float(np.clip(raw, lowest, _LARGEST)), rho
        if abs(rho - last) < 1e-12:
            break
    return replace(corr, rho=rho, bounded=rho != raw)


def _by_lag(corr: WorkingCorrelation, moments: PairMoments) -> tuple[Floats, Floats, Floats]:
    """Products and weights of pairs, with their distance in steps of `unit`."""
    if moments.lag.size:
        return moments.product, moments.weight, moments.lag
    first, second = np.triu_indices(len(corr.level_times), k=1)
    lag = np.abs(corr.level_times[second] - corr.level_times[first]) / corr.unit
    weight = moments.weight[first, second]
    seen = weight > 0
    return moments.product[first, second][seen], weight[seen], lag[seen]


def correlation_matrix(corr: WorkingCorrelation, levels: NDArray[np.generic] | None) -> Floats:
    """Return the working correlation of all waves as a matrix.

    Parameters
    ----------
    corr : WorkingCorrelation
    levels : ndarray, shape (T,), or None
        The waves; None when the model knows no time (then as many rows as a person has at most).

    Returns
    -------
    ndarray, shape (T, T)
    """
    if corr.kind == "unstructured":
        return corr.matrix.copy()
    size = corr.largest if levels is None else len(levels)
    if corr.kind == "ar1" and levels is not None:
        times = np.asarray(levels, dtype=np.float64)
        return _power(corr.rho, np.abs(times[:, None] - times[None, :]) / corr.unit)
    matrix = np.full((size, size), corr.rho)
    np.fill_diagonal(matrix, 1.0)
    return matrix
