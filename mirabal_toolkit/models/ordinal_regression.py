"""Proportional-odds regression of one ordered answer: small, exact, for the many fits of item analyses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from mirabal_toolkit.errors import ModelError

Array = NDArray[np.float64]
_MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class OrdinalFit:
    """A fitted proportional-odds model: logit P(answer > c) = x'β − cut_c.

    Parameters
    ----------
    params : ndarray, shape (n_columns,)
    llf, llf_null : float
        Log-likelihood of the model, and of cut points alone.
    n_obs : int
    """

    params: Array
    llf: float
    llf_null: float
    n_obs: int

    @property
    def mcfadden(self) -> float:
        """McFadden's R²: 1 − llf / llf_null."""
        return 1 - self.llf / self.llf_null


def fit_ordinal(answers: Array, design: Array) -> OrdinalFit:
    """Fit a proportional-odds model by Fisher scoring with step halving.

    Parameters
    ----------
    answers : ndarray, shape (n,)
        Codes; only their order matters.
    design : ndarray, shape (n, p)
        Regressors without a constant, of full rank.

    Raises
    ------
    ModelError
        If there is one answer only, or the likelihood has no maximum (answers perfectly told by the regressors).

    References
    ----------
    McCullagh (1980), Journal of the Royal Statistical Society B 42, 109–142.

    Examples
    --------
    >>> fit = fit_ordinal(np.array([0.0, 1, 0, 2, 1, 2, 2, 0]), np.array([[0.0], [1], [1], [2], [0], [3], [1], [2]]))
    >>> fit.params.round(2).tolist()
    [0.97]
    """
    codes, level = np.unique(answers, return_inverse=True)
    counts = np.bincount(level)
    if len(codes) < 2:
        raise ModelError("everybody gave the same answer")
    share = counts / counts.sum()
    null = float((counts * np.log(share)).sum())
    scale = np.maximum(np.abs(design).max(axis=0), 1e-12) if design.size else np.ones(design.shape[1])
    cuts = np.log(np.cumsum(share)[:-1] / (1 - np.cumsum(share)[:-1]))
    theta = np.concatenate([cuts, np.zeros(design.shape[1])])
    theta, llf = _maximise(theta, level, design / scale, len(codes))
    return OrdinalFit(theta[len(codes) - 1 :] / scale, llf, null, len(answers))


def _maximise(theta: Array, level: NDArray[np.intp], design: Array, n_codes: int) -> tuple[Array, float]:
    llf, gradient, information = _derivatives(theta, level, design, n_codes)
    for _ in range(_MOST_STEPS):
        step = _solve(information, gradient)
        if float(gradient @ step) < 1e-10:
            return theta, llf
        size = 1.0
        while (tried := _derivatives(theta + size * step, level, design, n_codes))[0] < llf:
            size /= 2
            if size < 1e-8:
                raise ModelError("the ordinal regression does not converge")
        theta, (llf, gradient, information) = theta + size * step, tried
        if np.abs(theta[n_codes - 1 :]).max(initial=0.0) > 60:
            raise ModelError("the answers are perfectly told by the regressors")
    raise ModelError("the ordinal regression does not converge")


def _solve(information: Array, gradient: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(information, gradient))
    except np.linalg.LinAlgError:
        raise ModelError("the regressors of the ordinal regression are not of full rank") from None


def _derivatives(theta: Array, level: NDArray[np.intp], design: Array, n_codes: int) -> tuple[float, Array, Array]:
    """Return log-likelihood, gradient and expected information at (cuts, β); −inf where cuts are out of order."""
    cuts, beta = theta[: n_codes - 1], theta[n_codes - 1 :]
    size = len(theta)
    if (np.diff(cuts) <= 0).any():
        return -np.inf, np.zeros(size), np.eye(size)
    # Cumulative chance of each answer or a lower one, with 0 before the first and 1 at the last.
    cumulative = np.zeros((len(level), n_codes + 1))
    cumulative[:, 1:-1] = expit(cuts[None, :] - (design @ beta)[:, None])
    cumulative[:, -1] = 1.0
    slope = cumulative * (1 - cumulative)
    chance = np.maximum(np.diff(cumulative, axis=1), 1e-300)
    jacobian = _jacobian(slope, design, n_codes)
    rows = np.arange(len(level))
    gradient = (jacobian[rows, level] / chance[rows, level][:, None]).sum(axis=0)
    flat = jacobian.reshape(-1, size)
    information = flat.T @ (flat / chance.reshape(-1, 1))
    return float(np.log(chance[rows, level]).sum()), gradient, information


def _jacobian(slope: Array, design: Array, n_codes: int) -> Array:
    """Return the derivatives of every answer's chance by the parameters, shape (n, n_codes, n_parameters)."""
    n, p = design.shape
    found = np.zeros((n, n_codes, n_codes - 1 + p))
    for cut in range(n_codes - 1):
        found[:, cut, cut] = slope[:, cut + 1]
        found[:, cut + 1, cut] = -slope[:, cut + 1]
    found[:, :, n_codes - 1 :] = -np.diff(slope, axis=1)[:, :, None] * design[:, None, :]
    return found
