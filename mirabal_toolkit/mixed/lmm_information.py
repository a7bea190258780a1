"""What degrees of freedom need to know of a linear mixed fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mirabal_toolkit.mixed.degrees_of_freedom import KenwardRoger, VarianceInformation
from mirabal_toolkit.mixed.linear_core import slopes
from mirabal_toolkit.mixed.linear_sums import contract

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.lmm_fit import LinearMixedFit

    FloatArray = NDArray[np.float64]


def to_user(fit: LinearMixedFit) -> FloatArray:
    """Matrix that takes standardised estimates to the caller's scale, without the outcome's shift."""
    right = fit.statistics.basis.right
    return np.asarray(right[:-1, :-1] / right[-1, -1])


def variance_information(fit: LinearMixedFit) -> VarianceInformation:
    """Derivatives of the covariance of the estimates, and curvature of the likelihood.

    The parameters are the relative Cholesky factor and the residual variance; the result for degrees of
    freedom does not hang on that choice, because the gradient is zero.
    """
    solution, criterion = fit.minimum.state, fit.criterion
    directions = criterion.factor.directions(criterion.factor.matrix(fit.minimum.theta))
    at = slopes(criterion.sums, solution, directions, reml=fit.reml)
    p, J, scale = len(solution.beta), len(directions), solution.scale
    hessian = np.empty((J + 1, J + 1))
    hessian[:J, :J] = at.hessian + criterion.factor.curvature(at.along)
    hessian[J, :J] = hessian[:J, J] = -at.d_rss / scale**2
    hessian[J, J] = solution.dof / scale**2
    derivatives = np.empty((J + 1, p, p))
    derivatives[:J] = -scale * solution.inverse @ at.d_cross[:, :p, :p] @ solution.inverse
    derivatives[J] = solution.inverse
    T = to_user(fit)
    return VarianceInformation(T @ (solution.inverse * scale) @ T.T, T @ derivatives @ T.T, hessian)


def kenward_roger_parts(fit: LinearMixedFit) -> KenwardRoger:
    """Kenward-Roger adjustment with the entries of the covariance as parameters.

    V is linear in the entries of the person-specific covariance and the residual variance, so the term
    with second derivatives of V vanishes.

    References
    ----------
    Kenward & Roger (1997), Biometrics 53, equations 4-6; expected information as in pbkrtest.
    """
    solution, sums = fit.minimum.state, fit.criterion.sums
    P, R = solution.weighted.P, solution.weighted.R
    p, scale = len(solution.beta), solution.scale
    E = entry_directions(fit.criterion.factor.q)
    L = fit.factor
    D = L @ L.T
    A = sums.squares
    turned = P.transpose(0, 2, 1)
    J = len(E)
    first = np.empty((J + 1, p, p))
    first[:J] = -_part(contract(sums, turned[None] @ E[:, None] @ P[None]), p)
    S = D @ P
    twice = 2.0 * S - S @ A @ S
    first[J] = -(fit.criterion.cross - contract(sums, twice[None])[0])[:p, :p]
    second = np.empty((J + 1, J + 1, p, p))
    for i in range(J):
        second[i, :J] = _part(contract(sums, turned[None] @ E[i] @ R[None] @ E[:, None] @ P[None]), p)
    mixed = (turned @ turned)[None] @ E[:, None] @ P[None]
    second[J, :J] = _part(contract(sums, mixed), p)
    second[:J, J] = second[J, :J].transpose(0, 2, 1)
    thrice = 3.0 * S - 3.0 * S @ A @ S + S @ A @ S @ A @ S
    second[J, J] = (fit.criterion.cross - contract(sums, thrice[None])[0])[:p, :p]
    traces = _traces(sums.counts, R, P, E)
    lost = np.einsum("kab,kba->k", S, A) * 2.0 - np.einsum("kab,kba->k", S @ A, S @ A)
    traces[J, J] = fit.criterion.n - float(sums.counts @ lost)
    # everything is relative to the residual variance; in its units the covariance is `inverse * scale`
    return assemble(solution.inverse * scale, first / scale**2, second / scale**3, traces / scale**2, to_user(fit))


def assemble(
    phi: FloatArray, first: FloatArray, second: FloatArray, traces: FloatArray, to_caller: FloatArray
) -> KenwardRoger:
    """Put the pieces of Kenward and Roger together.

    Parameters
    ----------
    phi : ndarray, shape (p, p)
        Covariance of the estimates.
    first : ndarray, shape (J, p, p)
        ``P_j = -X' V^-1 G_j V^-1 X``.
    second : ndarray, shape (J, J, p, p)
        ``Q_jk = X' V^-1 G_j V^-1 G_k V^-1 X``.
    traces : ndarray, shape (J, J)
        ``tr(V^-1 G_j V^-1 G_k)``.
    to_caller : ndarray, shape (p, p)
        Takes estimates to the caller's scale.
    """
    moved = phi @ first
    information = traces - 2.0 * np.einsum("ab,jkba->jk", phi, second)
    information += np.einsum("jab,kba->jk", moved, moved)
    size = np.sqrt(np.abs(np.diag(information)))
    W = 2.0 * np.linalg.inv(information / np.outer(size, size)) / np.outer(size, size)
    inner = np.einsum("jk,jkab->ab", W, second) - np.einsum("jk,jab,kbc->ac", W, first, moved, optimize=True)
    adjusted = phi + 2.0 * phi @ inner @ phi
    back = np.linalg.inv(to_caller)
    return KenwardRoger(
        to_caller @ phi @ to_caller.T,
        to_caller @ (adjusted + adjusted.T) / 2.0 @ to_caller.T,
        back.T @ first @ back,
        (W + W.T) / 2.0,
    )


def entry_directions(d: int) -> FloatArray:
    """Symmetric unit directions of a covariance, shape (d (d + 1) / 2, d, d)."""
    places = [(a, b) for a in range(d) for b in range(a + 1)]
    out = np.zeros((len(places), d, d))
    for j, (a, b) in enumerate(places):
        out[j, a, b] = out[j, b, a] = 1.0
    return out


def _part(values: FloatArray, p: int) -> FloatArray:
    return values[:, :p, :p]


def _traces(counts: FloatArray, R: FloatArray, P: FloatArray, E: FloatArray) -> FloatArray:
    """Traces of pairs of directions, with the residual variance last (its own entry left zero)."""
    J = len(E)
    out = np.zeros((J + 1, J + 1))
    RE = R[:, None] @ E[None]
    out[:J, :J] = np.einsum("k,kjab,kiba->ji", counts, RE, RE, optimize=True)
    out[J, :J] = out[:J, J] = np.einsum("k,kab,jba->j", counts, P @ R, E, optimize=True)
    return out
