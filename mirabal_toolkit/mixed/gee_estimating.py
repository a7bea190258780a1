"""The estimating equations: everything that one pass over the people computes.

With canonical links and the working covariance ``V_i = phi A_i^(1/2) R A_i^(1/2)``, weights w and
``S_i = diag(sqrt(w v))``, person i contributes

    U_i = X_i' S_i R^-1 e_i ,    Omega_i = X_i' S_i R^-1 S_i X_i ,    e_i = sqrt(w / v) (y_i - mu_i)

(both times phi). With ``W'W = R^-1`` and Z_i = W [S_i X_i, e_i], the sums over people are the blocks
of one product Z'Z. The Firth-type penalty adds ``1/2 d log|sum Omega_i| / d beta``.

References
----------
Liang, K.-Y. & Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models.
Biometrika 73, 13-22.
Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80, 27-38.
Mondol, M. H. & Rahman, M. S. (2019). Bias-reduced and separation-proof GEE with small or sparse
longitudinal binary data. Statistics in Medicine 38, 2544-2560 (equation 6).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.gee_blocks import ClusterBlock
from mirabal_toolkit.mixed.gee_correlation import (
    PairMoments,
    WorkingCorrelation,
    add_moments,
    pair_moments,
    whiten,
)

Floats = NDArray[np.float64]

_ETA_BOUND = 36.0
"""Linear predictors of logit models are kept in (-36, 36): beyond, 1 - mu is zero in doubles."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family of answers with its canonical link.

    Attributes
    ----------
    name : str
    mean, variance : callable
        Mean from the linear predictor; variance function of the mean.
    start : callable
        Linear predictor from the answers alone, to begin with.
    skew : callable
        ``d log v / d eta`` of the mean, which the Firth-type penalty needs.
    """

    name: str
    mean: Callable[[Floats], Floats]
    variance: Callable[[Floats], Floats]
    start: Callable[[Floats], Floats]
    skew: Callable[[Floats], Floats]


def _logistic(eta: Floats) -> Floats:
    return np.asarray(expit(np.clip(eta, -_ETA_BOUND, _ETA_BOUND)))


def _exponential(eta: Floats) -> Floats:
    return np.asarray(np.exp(np.clip(eta, -100.0, 100.0)))


FAMILIES = {
    "gaussian": Family("gaussian", lambda eta: eta, np.ones_like, lambda y: y, np.zeros_like),
    "binomial": Family(
        "binomial",
        _logistic,
        lambda mu: mu * (1.0 - mu),
        lambda y: np.asarray(logit((y + 0.5) / 2.0)),
        lambda mu: 1.0 - 2.0 * mu,
    ),
    "poisson": Family("poisson", _exponential, lambda mu: mu, lambda y: np.log(y + 0.5), np.ones_like),
}


class PassSums(NamedTuple):
    """What one pass over the people leaves behind.

    Attributes
    ----------
    information : ndarray, shape (p, p)
        Sum of Omega_i (times the scale).
    score : ndarray, shape (p,)
        Sum of U_i (times the scale).
    scale : float
        Weighted mean of squared Pearson residuals.
    moments : PairMoments
        What the working correlation is estimated from.
    """

    information: Floats
    score: Floats
    scale: float
    moments: PairMoments


class Whitened(NamedTuple):
    """One chunk, ready for the estimating equations.

    Attributes
    ----------
    Z : ndarray, shape (m, n, p + 1)
        ``W [S X, e]``: whitened design, and whitened weighted residuals in the last column.
    residual, mean, root : ndarray, shape (m, n)
        Unweighted Pearson residuals; means; ``sqrt(w v)``.
    weight : ndarray, shape (m, n)
    """

    Z: Floats
    residual: Floats
    mean: Floats
    root: Floats
    weight: Floats

    @property
    def G(self) -> Floats:  # noqa: N802 - a matrix
        """Whitened design, shape (m, n, p)."""
        return self.Z[:, :, :-1]

    @property
    def e(self) -> Floats:
        """Whitened weighted residuals, shape (m, n)."""
        return self.Z[:, :, -1]


def whitened(block: ClusterBlock, params: Floats, corr: WorkingCorrelation, family: Family) -> Whitened:
    """Compute the whitened design and residuals of one chunk of people."""
    mean = family.mean(block.eta(params))
    deviation = np.sqrt(family.variance(mean))
    residual = (block.y - mean) / deviation
    weight = np.ones_like(mean) if block.weight is None else block.weight
    root_weight = np.sqrt(weight)
    root = root_weight * deviation
    m, n, p = block.X.shape
    Z = np.empty((m, n, p + 1))
    np.multiply(block.X, root[:, :, None], out=Z[:, :, :p])
    Z[:, :, p] = root_weight * residual
    return Whitened(whiten(corr, block, Z), residual, mean, root, weight)


def one_pass(blocks: Sequence[ClusterBlock], params: Floats, corr: WorkingCorrelation, family: Family) -> PassSums:
    """Sum the estimating equations, their information and the moments of the residuals over people.

    Parameters
    ----------
    blocks : sequence of ClusterBlock
    params : ndarray, shape (p,)
    corr : WorkingCorrelation
    family : Family

    Returns
    -------
    PassSums
    """
    p = len(params)
    product = np.zeros((p + 1, p + 1))
    squares = total = 0.0
    moments = []
    for block in blocks:
        for chunk in block.chunks():
            part = whitened(chunk, params, corr, family)
            product += _weighted_gram(part.Z, chunk.counts)
            squares += float((part.weight * part.residual**2).sum(axis=0) @ chunk.counts)
            total += float(part.weight.sum(axis=0) @ chunk.counts)
            moments.append(pair_moments(corr, chunk, part.residual, part.weight))
    return PassSums(product[:p, :p], product[:p, p], squares / total, add_moments(moments))


def _weighted_gram(Z: Floats, counts: Floats) -> Floats:
    flat = Z.reshape(-1, Z.shape[-1])
    if np.all(counts == 1.0):
        return np.asarray(flat.T @ flat)
    flat = (Z * np.sqrt(counts)[None, :, None]).reshape(flat.shape)
    return np.asarray(flat.T @ flat)


def solve_information(information: Floats, right: Floats) -> Floats:
    """Solve ``information @ x = right`` with columns brought to one scale first.

    Raises
    ------
    ModelError
        When the information is singular.
    """
    size = np.sqrt(np.diag(information))
    if not np.all(np.isfinite(size)) or np.any(size <= 0):
        raise _singular()
    scaled = information / np.outer(size, size)
    try:
        lower = np.linalg.cholesky(scaled)
    except np.linalg.LinAlgError:
        raise _singular() from None
    shape = (-1,) + (1,) * (right.ndim - 1)
    half = np.linalg.solve(lower, right / size.reshape(shape))
    return np.asarray(np.linalg.solve(lower.T, half) / size.reshape(shape))


def _singular() -> ModelError:
    return ModelError(
        "the estimating equations are singular: some term cannot be told from the others",
        fix="remove collinear terms, or use penalty='firth' when an answer never varies in some cell",
    )


def firth_score(
    blocks: Sequence[ClusterBlock],
    params: Floats,
    corr: WorkingCorrelation,
    family: Family,
    covariance: Floats,
) -> Floats:
    """Gradient of half the log determinant of the information.

    Parameters
    ----------
    blocks, params, corr, family
        As in `one_pass`.
    covariance : ndarray, shape (p, p)
        Inverse of the sum of Omega_i.

    Returns
    -------
    ndarray, shape (p,)
        ``1/2 sum_j x_j (d log v_j / d eta) q_j`` with ``q = diag(S R^-1 S X M X')``.

    References
    ----------
    Mondol & Rahman (2019), equation 6; for independence it is Firth's (1993) logistic score.
    """
    total = np.zeros(len(params))
    for block in blocks:
        for chunk in block.chunks():
            part = whitened(chunk, params, corr, family)
            leverage = (whiten(corr, chunk, part.G, transpose=True) * (chunk.X @ covariance)).sum(axis=2)
            pull = 0.5 * part.root * leverage * family.skew(part.mean) * chunk.counts
            total += chunk.X.reshape(-1, len(params)).T @ pull.ravel()
    return total
