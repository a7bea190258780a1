"""Degrees of freedom for t tests with a sandwich covariance.

A contrast c'beta has the sandwich variance ``sum_i (a_i' U_i)^2``, a quadratic form in the estimating
functions. Matching its first two moments to a scaled chi-square gives

    d = tr(Psi B)^2 / tr(Psi B Psi B) ,    B = sum_i g_i g_i' ,    g_i = e_i (x) a_i - 1 (x) b_i ,

with ``b_i = M Omega_i a_i`` because the U_i are evaluated at the estimate. The Kp x Kp matrices are never
formed: the K x K Gram matrix g_i' Psi g_j is a diagonal plus a matrix of rank 2p.

References
----------
Fay, M. P. & Graubard, B. I. (2001). Small-sample adjustments for Wald-type tests using sandwich
estimators. Biometrics 57, 1198-1206 (section 2.3 and appendix A; the second estimator, d-tilde).
Pan, W. & Wall, M. M. (2002). Small-sample adjustments in using the sandwich variance estimator in
generalized estimating equations. Statistics in Medicine 21, 1429-1441.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.mixed.gee_covariance import (
    POWERS,
    CovType,
    Root,
    fay_graubard_factors,
    person_scores,
    whitened_chunks,
)

Floats = NDArray[np.float64]

_NO_ROOM = 1e-8


def satterthwaite_df(root: Root, cov_type: CovType, contrasts: Floats) -> Floats:
    """Compute Fay & Graubard's degrees of freedom, one for each contrast.

    Parameters
    ----------
    root : Root
    cov_type : {"robust", "mancl-derouen", "kauermann-carroll", "fay-graubard"}
        The correction enters through the a_i.
    contrasts : ndarray, shape (k, p)

    Returns
    -------
    ndarray, shape (k,)
        Infinite for a contrast of zeros.
    """
    meat = _meat(root, cov_type)
    return np.array([_one_df(root, cov_type, meat, contrast) for contrast in contrasts])


def _meat(root: Root, cov_type: CovType) -> Floats:
    total = np.zeros_like(root.bread)
    for part in person_scores(root, cov_type):
        total += part.scores.T @ (part.scores * part.counts[:, None])
    return total


def _one_df(root: Root, cov_type: CovType, meat: Floats, contrast: Floats) -> float:
    if not np.any(contrast):
        return float("inf")
    a, b, share, counts = _weights_of_people(root, cov_type, contrast)
    share = share / float(counts @ share)
    psi_a = share[:, None] * (a @ meat)
    own = (a * psi_a).sum(axis=1)
    # Row i, column j of the Gram matrix: [i = j] own_i - psi_a_i b_j - b_i psi_a_j + b_i meat b_j.
    cross = 2.0 * (psi_a * b).sum(axis=1)
    low = (b * (b @ meat)).sum(axis=1) - cross
    p = len(contrast)
    rows = np.hstack([psi_a, b])
    gram = rows.T @ (rows * counts[:, None])
    core = np.block([[np.zeros((p, p)), -np.eye(p)], [-np.eye(p), meat]])
    first = float(counts @ (own + low))
    product = core @ gram
    second = float(counts @ own**2) + 2.0 * float(counts @ (own * low)) + float(np.sum(product * product.T))
    return first**2 / second if second > 0 else float("inf")


def _weights_of_people(root: Root, cov_type: CovType, contrast: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """a_i and b_i (n, p), the share of each person in the information on the contrast, and counts."""
    information = np.asarray(np.linalg.inv(root.bread), dtype=np.float64)
    direction = root.bread @ contrast
    parts = []
    for G, _, counts in whitened_chunks(root):
        omega = np.moveaxis(G, 1, 2) @ G
        a = _corrected_direction(G, omega, root.bread, direction, cov_type)
        b = (omega @ a[:, :, None])[:, :, 0] @ root.bread
        parts.append((a, b, _information_share(omega, information, contrast, direction), counts))
    a, b, share, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
    return a, b, share, counts


def _corrected_direction(G: Floats, omega: Floats, bread: Floats, direction: Floats, cov_type: CovType) -> Floats:
    """Transposed correction of each person times ``M c``."""
    n, p = len(G), len(direction)
    if cov_type == "fay-graubard":
        return fay_graubard_factors(G, bread) * direction
    if cov_type not in POWERS:
        return np.broadcast_to(direction, (n, p))
    # (I - Omega M)^power' = L f(I - L' Omega L) L^-1 with M = L L'.
    lower = np.linalg.cholesky(bread)
    values, vectors = np.linalg.eigh(lower.T @ omega @ lower)
    left = 1.0 - values
    empty = left < _NO_ROOM
    factors = np.where(empty, 0.0, np.where(empty, 1.0, left) ** POWERS[cov_type])
    inner = np.linalg.solve(lower, direction)
    turned = (np.moveaxis(vectors, 1, 2) @ inner) * factors
    return np.asarray((vectors @ turned[:, :, None])[:, :, 0] @ lower.T)


def _information_share(omega: Floats, information: Floats, contrast: Floats, direction: Floats) -> Floats:
    """How much each person lowers the model-based variance of the contrast."""
    without = np.linalg.solve(
        information[None] - omega, np.broadcast_to(contrast[:, None], (len(omega), len(contrast), 1))
    )
    return np.maximum((without[:, :, 0] @ contrast) - float(direction @ contrast), 0.0)
