"""(Restricted) likelihood of a linear model with covariance by pattern, with exact first and second derivatives.

With relative covariance D, ``P = (I + A D)^-1``, ``S = D P``, ``R = P A`` the cross-products weighted by the
inverse covariance are ``Q = C - sum_i B_i' S B_i`` and the log-determinant is ``sum_i log|I + A D|``.
Along a direction E of D

    dQ = -sum_i (P B_i)' E (P B_i),     d logdet = sum_i tr(R E),     dP = -R E P,     dR = -R E R .

A model for the covariance of the waves themselves (MMRM) obeys the same rules with ``P = R = Sigma^-1`` and
``Q = sum_i B_i' P B_i``. Everything below is written once for both.

References
----------
Lindstrom & Bates (1988), Newton-Raphson and EM algorithms for linear mixed-effects models, JASA 83, section 3.
Bates, Maechler, Bolker & Walker (2015), Fitting linear mixed-effects models using lme4, JSS 67, section 3.4
(the profiled criterion, equations 35 and 41).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs

from mirabal_toolkit.mixed.linear_sums import PatternSums, contract, project

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

_LOG_2PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True, slots=True)
class Weighted:
    """Small matrices of the patterns at one value of the covariance.

    Parameters
    ----------
    P : ndarray, shape (K, d, d)
        ``Z'V^-1 W = P B``.
    R : ndarray, shape (K, d, d)
        ``Z'V^-1 Z``.
    Q : ndarray, shape (m, m)
        ``W'V^-1 W`` over all people.
    log_determinant : float
        ``log|V|`` over all people.
    """

    P: FloatArray
    R: FloatArray
    Q: FloatArray
    log_determinant: float


@dataclass(frozen=True, slots=True)
class Solution:
    """Criterion and estimates at one value of the covariance.

    Parameters
    ----------
    deviance : float
        −2 (restricted) log-likelihood, the residual variance profiled out or given.
    beta : ndarray, shape (p,)
    inverse : ndarray, shape (p, p)
        ``(X'V^-1 X)^-1``, to be multiplied by `scale`.
    rss : float
        Weighted residual sum of squares.
    scale : float
        Residual variance.
    dof : float
        n − p for the restricted, n for the full likelihood.
    weighted : Weighted
    """

    deviance: float
    beta: FloatArray
    inverse: FloatArray
    rss: float
    scale: float
    dof: float
    weighted: Weighted


def callers_deviance(solution: Solution, right: FloatArray, *, reml: bool) -> float:
    """Deviance for columns on the caller's scale.

    Parameters
    ----------
    solution : Solution
        Of columns scaled and turned to be alike.
    right : ndarray, shape (p + 1, p + 1)
        What the caller's columns, the outcome last, were multiplied by.
    reml : bool
        Whether the likelihood is the restricted one.
    """
    deviance = solution.deviance - 2.0 * solution.dof * np.log(right[-1, -1])
    if reml:
        # log|X'V^-1 X| moves with the scale of the columns
        deviance -= 2.0 * np.linalg.slogdet(right[:-1, :-1])[1]
    return float(deviance)


@dataclass(frozen=True, slots=True)
class Slopes:
    """Derivatives of the criterion along directions of D, the residual variance held at its value.

    Parameters
    ----------
    along : ndarray, shape (d, d)
        Derivative in D: the change of the deviance is ``tr(along dD)``.
    hessian : ndarray, shape (J, J)
        Second derivatives along the directions (without the curvature of D itself).
    d_rss : ndarray, shape (J,)
        Derivative of the weighted residual sum of squares.
    d_cross : ndarray, shape (J, m, m)
        Derivative of Q.
    """

    along: FloatArray
    hessian: FloatArray
    d_rss: FloatArray
    d_cross: FloatArray


def relative_weights(sums: PatternSums, cross: FloatArray, D: FloatArray) -> Weighted:
    """Small matrices of a mixed model.

    Parameters
    ----------
    sums : PatternSums
    cross : ndarray, shape (m, m)
        ``C = sum W'W``.
    D : ndarray, shape (d, d)
        Relative covariance of the person-specific terms.
    """
    d = D.shape[0]
    whole = np.eye(d) + sums.squares @ D
    P, determinant = _inverse(whole)
    R = P @ sums.squares
    Q = cross - contract(sums, (D @ P)[None])[0]
    positive = bool((determinant > 0).all())
    return Weighted(P, R, Q, float(sums.counts @ np.log(determinant)) if positive else np.inf)


def _inverse(matrices: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Inverses and determinants of many small matrices; written out for one and two columns."""
    d = matrices.shape[-1]
    if d == 1:
        return 1.0 / matrices, matrices[:, 0, 0]
    if d > 2:
        inverse = np.asarray(np.linalg.inv(matrices), dtype=np.float64)
        return inverse, np.asarray(np.linalg.det(matrices), dtype=np.float64)
    a, b, c, e = matrices[:, 0, 0], matrices[:, 0, 1], matrices[:, 1, 0], matrices[:, 1, 1]
    determinant = a * e - b * c
    inverse = np.empty_like(matrices)
    inverse[:, 0, 0], inverse[:, 1, 1] = e / determinant, a / determinant
    inverse[:, 0, 1], inverse[:, 1, 0] = -b / determinant, -c / determinant
    return inverse, determinant


def solve(weighted: Weighted, n: float, *, reml: bool, scale: float | None = None) -> Solution | None:
    """Estimates and criterion, or None when the cross-products are not positive definite.

    Parameters
    ----------
    weighted : Weighted
    n : float
        Rows.
    reml : bool
        Restricted likelihood.
    scale : float, optional
        Residual variance; estimated when not given.
    """
    Q = weighted.Q
    p = Q.shape[0] - 1
    # LAPACK at first hand: for a dozen columns the checks of the wrappers cost more than the work
    factor, failed = dpotrf(Q[:p, :p], lower=1) if p else (np.zeros((0, 0)), 0)
    if failed:
        return None
    beta = dpotrs(factor, Q[:p, p], lower=1)[0] if p else np.zeros(0)
    inverse = dpotrs(factor, np.eye(p), lower=1)[0] if p else factor
    rss = float(Q[p, p] - Q[:p, p] @ beta)
    dof = n - p if reml else n
    if not (rss > 0 and np.isfinite(weighted.log_determinant)):
        return None
    used = rss / dof if scale is None else scale
    deviance = weighted.log_determinant + dof * (_LOG_2PI + log(used)) + rss / used
    if reml:
        deviance += 2.0 * float(np.log(np.diag(factor)).sum())
    return Solution(deviance, beta, inverse, rss, used, dof, weighted)


def slopes(sums: PatternSums, solution: Solution, directions: FloatArray, *, reml: bool) -> Slopes:
    """First and second derivatives of the criterion at a solution.

    Parameters
    ----------
    sums : PatternSums
    solution : Solution
    directions : ndarray, shape (J, d, d)
        Symmetric directions of D.
    reml : bool

    Returns
    -------
    Slopes
    """
    P, R, n = solution.weighted.P, solution.weighted.R, sums.counts
    turned = P.transpose(0, 2, 1)
    middle = _middle(sums, solution, reml=reml)
    along = _summed(n, R) - middle.sum(axis=0)
    d_cross = -contract(sums, turned[None] @ directions[:, None] @ P[None])
    pairs = _pairs(n, R, middle, directions)
    v = np.append(-solution.beta, 1.0)
    pulled = d_cross @ v
    p = len(solution.beta)
    d_rss = pulled @ v
    hessian = pairs - 2.0 / solution.scale * pulled[:, :p] @ solution.inverse @ pulled[:, :p].T
    if reml:
        moved = solution.inverse @ d_cross[:, :p, :p]
        hessian -= moved.reshape(len(moved), -1) @ moved.transpose(0, 2, 1).reshape(len(moved), -1).T
    return Slopes(along, hessian, d_rss, d_cross)


def gradient_matrix(sums: PatternSums, solution: Solution, *, reml: bool) -> FloatArray:
    """Derivative of the criterion in D, shape (d, d): it changes by ``tr(gradient dD)``."""
    R = solution.weighted.R
    return np.asarray(_summed(sums.counts, R) - _middle(sums, solution, reml=reml).sum(axis=0))


def _summed(counts: FloatArray, matrices: FloatArray) -> FloatArray:
    """Sum of matrices, each as often as it counts."""
    return np.asarray(counts @ matrices.reshape(len(counts), -1)).reshape(matrices.shape[1:])


def _middle(sums: PatternSums, solution: Solution, *, reml: bool) -> FloatArray:
    """``P (sum_i B_i Omega B_i') P'`` of each pattern, shape (K, d, d)."""
    P = solution.weighted.P
    return np.asarray(P @ project(sums, information_weights(solution, reml=reml)) @ P.transpose(0, 2, 1))


def _pairs(n: FloatArray, R: FloatArray, middle: FloatArray, directions: FloatArray) -> FloatArray:
    """Sum over patterns of ``2 tr(M F R E) - n tr(R F R E)`` for all pairs of directions E, F."""
    n_patterns, d, _ = R.shape
    left = 2.0 * middle - n[:, None, None] * R
    # one product over patterns, then over the few directions
    joint = (left.reshape(n_patterns, -1).T @ R.reshape(n_patterns, -1)).reshape(d, d, d, d)
    n_directions = len(directions)
    flat = directions.reshape(n_directions, -1)
    half = flat @ joint.transpose(1, 2, 3, 0).reshape(d * d, d * d)
    pairs = half @ flat.T
    return np.asarray(pairs + pairs.T) / 2.0


def information_weights(solution: Solution, *, reml: bool) -> FloatArray:
    """Matrix Omega, shape (m, m), with ``d criterion = ... + tr(Omega dQ)``."""
    v = np.append(-solution.beta, 1.0)
    omega = np.outer(v, v) / solution.scale
    if reml:
        p = len(solution.beta)
        omega[:p, :p] += solution.inverse
    return omega
