"""Covariance of GEE estimates: model-based, robust, and three small-sample corrections.

All work with p columns instead of the m rows of a person. With M the inverse of the summed
information, ``H_i = D_i M D_i' V_i^-1`` the leverage and f a function of a matrix,

    D_i' V_i^-1 f(I - H_i) (y_i - mu_i)  =  G_i' f(I - G_i M G_i') e_i

where G_i and e_i are the whitened design and residuals. The symmetric matrix on the right has
eigenvalues in [0, 1), so that a power of it is safe: -1 gives Mancl & DeRouen, -1/2 Kauermann & Carroll.

References
----------
Liang, K.-Y. & Zeger, S. L. (1986). Biometrika 73, 13-22.
Mancl, L. A. & DeRouen, T. A. (2001). A covariance estimator for GEE with improved small-sample
properties. Biometrics 57, 126-134.
Kauermann, G. & Carroll, R. J. (2001). A note on the efficiency of sandwich covariance matrix
estimation. Journal of the American Statistical Association 96, 1387-1396.
Fay, M. P. & Graubard, B. I. (2001). Small-sample adjustments for Wald-type tests using sandwich
estimators. Biometrics 57, 1198-1206.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.mixed.gee_blocks import ClusterBlock
from mirabal_toolkit.mixed.gee_correlation import WorkingCorrelation
from mirabal_toolkit.mixed.gee_estimating import Family, whitened

Floats = NDArray[np.float64]
CovType = Literal["robust", "mancl-derouen", "kauermann-carroll", "fay-graubard", "naive"]

POWERS = {"mancl-derouen": -1.0, "kauermann-carroll": -0.5}
FAY_GRAUBARD_BOUND = 0.75
"""Largest leverage that is corrected in full (the constant b of Fay & Graubard 2001, section 2.2)."""
_SMALL_LEVERAGE = 0.9
"""Below this trace no eigenvalue is near 1, and the inverse needs no eigenvectors."""
_NO_ROOM = 1e-8
"""A direction of a person's data with less than this left after fitting carries no information on error."""


@dataclass(frozen=True, slots=True)
class Root:
    """The fitted equations that covariances and degrees of freedom are computed from.

    Attributes
    ----------
    blocks : tuple of ClusterBlock
    params : ndarray, shape (p,)
    corr : WorkingCorrelation
    family : Family
    bread : ndarray, shape (p, p)
        Inverse of the summed information, scale left out.
    scale : float
    """

    blocks: tuple[ClusterBlock, ...]
    params: Floats
    corr: WorkingCorrelation
    family: Family
    bread: Floats
    scale: float


class PersonScores(NamedTuple):
    """Corrected estimating functions of some people.

    Attributes
    ----------
    scores : ndarray, shape (n, p)
        U_i after the small-sample correction.
    counts : ndarray, shape (n,)
        Identical people each stands for.
    saturated : float
        People whose data are fitted perfectly in some direction (leverage one).
    """

    scores: Floats
    counts: Floats
    saturated: float


class Covariance(NamedTuple):
    """A covariance matrix of the estimates.

    Attributes
    ----------
    matrix : ndarray, shape (p, p)
    saturated : float
        See `PersonScores`; corrections leave such directions out.
    """

    matrix: Floats
    saturated: float


def covariance(root: Root, cov_type: CovType) -> Covariance:
    """Compute a covariance matrix of the GEE estimates.

    Parameters
    ----------
    root : Root
    cov_type : {"robust", "mancl-derouen", "kauermann-carroll", "fay-graubard", "naive"}

    Returns
    -------
    Covariance
    """
    if cov_type == "naive":
        return Covariance(root.scale * root.bread, 0.0)
    p = len(root.params)
    meat = np.zeros((p, p))
    saturated = 0.0
    for part in person_scores(root, cov_type):
        meat += part.scores.T @ (part.scores * part.counts[:, None])
        saturated += part.saturated
    return Covariance(root.bread @ meat @ root.bread, saturated)


def person_scores(root: Root, cov_type: CovType) -> Iterator[PersonScores]:
    """Yield the corrected estimating functions, chunk by chunk."""
    for G, e, counts in whitened_chunks(root):
        if cov_type in POWERS:
            yield _by_power(G, e, counts, root.bread, POWERS[cov_type])
            continue
        scores = plain_scores(G, e)
        if cov_type == "fay-graubard":
            scores = scores * fay_graubard_factors(G, root.bread)
        yield PersonScores(scores, counts, 0.0)


def whitened_chunks(root: Root) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Yield whitened design (n, m, p), whitened residuals (n, m) and counts (n,) of each chunk."""
    for block in root.blocks:
        for chunk in block.chunks():
            part = whitened(chunk, root.params, root.corr, root.family)
            yield np.moveaxis(part.G, 0, 1), part.e.T, chunk.counts


def plain_scores(G: Floats, e: Floats) -> Floats:
    """U_i of each person, shape (n, p)."""
    return np.asarray((G * e[:, :, None]).sum(axis=1))


def fay_graubard_factors(G: Floats, bread: Floats) -> Floats:
    """Diagonal of H_i: one over the root of one minus the bounded diagonal of Omega_i M.

    Parameters
    ----------
    G : ndarray, shape (n, m, p)
    bread : ndarray, shape (p, p)

    Returns
    -------
    ndarray, shape (n, p)

    References
    ----------
    Fay & Graubard (2001), section 2.2.
    """
    diagonal = (G * (G @ bread)).sum(axis=1)
    return np.asarray(1.0 / np.sqrt(1.0 - np.minimum(FAY_GRAUBARD_BOUND, diagonal)))


def _by_power(G: Floats, e: Floats, counts: Floats, bread: Floats, power: float) -> PersonScores:
    """Scores with (I - leverage) to a power, in whichever of the m or p dimensions is smaller."""
    if G.shape[1] <= G.shape[2]:
        leverage = G @ bread @ np.moveaxis(G, 1, 2)
        if power == -1.0 and np.einsum("nmm->nm", leverage).sum(axis=1).max() < _SMALL_LEVERAGE:
            inverted = np.asarray(np.linalg.solve(np.eye(G.shape[1]) - leverage, e[:, :, None])[:, :, 0])
            return PersonScores(plain_scores(G, inverted.astype(np.float64, copy=False)), counts, 0.0)
        vectors, factors, saturated = _complement(leverage, power)
        turned = (np.moveaxis(vectors, 1, 2) @ e[:, :, None]) * factors[:, :, None]
        return PersonScores(plain_scores(G, (vectors @ turned)[:, :, 0]), counts, float(counts @ saturated))
    lower = np.linalg.cholesky(bread)
    narrow = G @ lower
    vectors, factors, saturated = _complement(np.moveaxis(narrow, 1, 2) @ narrow, power)
    inner = plain_scores(narrow, e)
    turned = (np.moveaxis(vectors, 1, 2) @ inner[:, :, None]) * factors[:, :, None]
    scores = np.linalg.solve(lower.T, (vectors @ turned)[:, :, 0].T).T
    return PersonScores(scores, counts, float(counts @ saturated))


def _complement(leverage: Floats, power: float) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Eigenvectors, (1 - eigenvalues) ** power, and who has a leverage of one."""
    values, vectors = np.linalg.eigh(leverage)
    left = 1.0 - values
    empty = left < _NO_ROOM
    factors = np.where(empty, 0.0, np.where(empty, 1.0, left) ** power)
    return vectors, factors, np.any(empty, axis=1)


def not_below_model(matrix: Floats, model: Floats) -> Floats:
    """Raise a covariance matrix until no direction has less variance than the model-based one.

    In a wave × arm cell where nobody (or everybody) says yes, residuals hardly vary and a robust
    variance tends to zero although nothing is known about how rare the answer is; the model-based
    variance of a penalised fit stays honest there.

    Parameters
    ----------
    matrix, model : ndarray, shape (p, p)
        Positive semi-definite; `model` positive definite.

    Returns
    -------
    ndarray, shape (p, p)
        The smallest change, in the metric of `model`, that makes ``result - model`` positive
        semi-definite.
    """
    lower = np.linalg.cholesky(model)
    inner = np.linalg.solve(lower, np.linalg.solve(lower, matrix).T)
    values, vectors = np.linalg.eigh(0.5 * (inner + inner.T))
    turned = lower @ vectors
    return np.asarray((turned * np.maximum(values, 1.0)) @ turned.T)
