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

from collections.abc import Iterator
from dataclasses import dataclass

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
    totals = [_Sums(np.zeros(7), np.zeros((2 * len(meat), 2 * len(meat)))) for _ in contrasts]
    for part in _people(root, cov_type, contrasts):
        for j, total in enumerate(totals):
            totals[j] = total + _sums(part.a[:, :, j], part.b[:, :, j], part.share[:, j], part.counts, meat)
    return np.array([_matched(total, meat) for total in totals])


@dataclass(frozen=True, slots=True)
class _People:
    """Some people: a_i and b_i (n, p, k), shares of the information (n, k), counts (n,)."""

    a: Floats
    b: Floats
    share: Floats
    counts: Floats


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums over people that the two traces are made of; shares are divided by their total at the end.

    Attributes
    ----------
    scalars : ndarray, shape (7,)
        Of s, s o, q, s c, (s o)^2, s o q and s^2 o c, with s the share, o = a'Sa, q = b'Sb, c = a'Sb and
        S the summed meat.
    gram : ndarray, shape (2p, 2p)
        Of the rows [s S a, b].
    """

    scalars: Floats
    gram: Floats

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(self.scalars + other.scalars, self.gram + other.gram)


def _meat(root: Root, cov_type: CovType) -> Floats:
    total = np.zeros_like(root.bread)
    for part in person_scores(root, cov_type):
        total += part.scores.T @ (part.scores * part.counts[:, None])
    return total


def _people(root: Root, cov_type: CovType, contrasts: Floats) -> Iterator[_People]:
    information = np.asarray(np.linalg.inv(root.bread), dtype=np.float64)
    directions = root.bread @ contrasts.T
    plain = np.einsum("kp,pk->k", contrasts, directions)
    for G, _, counts in whitened_chunks(root):
        omega = np.moveaxis(G, 1, 2) @ G
        a = _corrected(G, omega, root.bread, directions, cov_type)
        b = root.bread @ (omega @ a)
        # how much each person lowers the model-based variance of the contrast
        without = np.linalg.solve(information - omega, np.broadcast_to(contrasts.T, (len(omega), *directions.shape)))
        share = np.maximum(np.einsum("kp,npk->nk", contrasts, without) - plain, 0.0)
        yield _People(a, b, share, counts)


def _corrected(G: Floats, omega: Floats, bread: Floats, directions: Floats, cov_type: CovType) -> Floats:
    """Transposed correction of each person times ``M c``, shape (n, p, k)."""
    if cov_type == "fay-graubard":
        return fay_graubard_factors(G, bread)[:, :, None] * directions
    if cov_type not in POWERS:
        return np.broadcast_to(directions, (len(G), *directions.shape))
    # (I - Omega M)^power' = L f(I - L' Omega L) L^-1 with M = L L'.
    lower = np.linalg.cholesky(bread)
    values, vectors = np.linalg.eigh(lower.T @ omega @ lower)
    left = 1.0 - values
    empty = left < _NO_ROOM
    factors = np.where(empty, 0.0, np.where(empty, 1.0, left) ** POWERS[cov_type])
    turned = (np.moveaxis(vectors, 1, 2) @ np.linalg.solve(lower, directions)) * factors[:, :, None]
    return np.asarray(lower @ (vectors @ turned))


def _sums(a: Floats, b: Floats, share: Floats, counts: Floats, meat: Floats) -> _Sums:
    meat_a = a @ meat
    own, cross, square = (meat_a * a).sum(axis=1), (meat_a * b).sum(axis=1), ((b @ meat) * b).sum(axis=1)
    own, cross = share * own, share * cross
    columns = (share, own, square, cross, own**2, own * square, own * cross)
    rows = np.hstack([share[:, None] * meat_a, b])
    return _Sums(np.array([counts @ column for column in columns]), rows.T @ (rows * counts[:, None]))


def _matched(total: _Sums, meat: Floats) -> float:
    """Squared trace over the trace of the square.

    Row i, column j of the Gram matrix is ``[i = j] own_i - s_i a_i'S b_j - s_j b_i'S a_j + b_i'S b_j``.
    """
    all_shares, own, square, cross, own_own, own_square, own_cross = total.scalars
    if all_shares <= 0.0:
        return float("inf")
    p = len(meat)
    scale = np.r_[np.full(p, 1.0 / all_shares), np.ones(p)]
    core = np.block([[np.zeros((p, p)), -np.eye(p)], [-np.eye(p), meat]])
    product = core @ (total.gram * np.outer(scale, scale))
    first = own / all_shares + square - 2.0 * cross / all_shares
    second = own_own / all_shares**2 + 2.0 * (own_square / all_shares - 2.0 * own_cross / all_shares**2)
    return float(first**2 / (second + np.sum(product * product.T)))
