"""The (restricted) deviance of a model for repeated measures as a function of the waves' covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mirabal_toolkit.mixed.linear_core import Solution, Weighted, slopes, solve
from mirabal_toolkit.mixed.linear_newton import Minimum, minimise
from mirabal_toolkit.mixed.linear_sums import PatternSums, contract, project

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.mmrm_covariance import Structure

    FloatArray = NDArray[np.float64]


def wave_weights(sums: PatternSums, sigma: FloatArray) -> Weighted | None:
    """Inverse covariance of the waves seen, by pattern; None when the covariance is not one.

    Parameters
    ----------
    sums : PatternSums
    sigma : ndarray, shape (d, d)

    Returns
    -------
    Weighted or None
        With P = R = the inverse, zero where a wave was not seen.
    """
    # waves not seen get a one on the diagonal: they change neither determinant nor the other entries
    unseen = np.eye(len(sigma)) - sums.squares
    seen = np.diagonal(sums.squares, axis1=1, axis2=2)
    filled = seen[:, :, None] * sigma * seen[:, None, :] + unseen
    try:
        factor = np.linalg.cholesky(filled)
    except np.linalg.LinAlgError:
        return None
    P = np.linalg.inv(filled) - unseen
    logdet = 2.0 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    return Weighted(P, P, contract(sums, P[None])[0], float(sums.counts @ logdet))


@dataclass(frozen=True, slots=True)
class WaveDeviance:
    """−2 (restricted) log-likelihood with the population terms profiled out.

    Parameters
    ----------
    sums : PatternSums
    n : float
        Rows.
    reml : bool
    structure : Structure
    """

    sums: PatternSums
    n: float
    reml: bool
    structure: Structure

    def value(self, theta: FloatArray) -> tuple[float, Solution] | None:
        """Deviance and solution."""
        weighted = wave_weights(self.sums, self.structure.sigma(theta))
        if weighted is None:
            return None
        solution = solve(weighted, self.n, reml=self.reml, scale=1.0)
        return None if solution is None else (solution.deviance, solution)

    def derivatives(self, theta: FloatArray, state: Solution) -> tuple[FloatArray, FloatArray]:
        """Gradient and Hessian of the deviance."""
        directions = self.structure.directions(theta)
        at = slopes(self.sums, state, directions, reml=self.reml)
        gradient = np.tensordot(directions, at.along, axes=2)
        return gradient, at.hessian + self.structure.curvature(theta, at.along)


def sample_covariance(sums: PatternSums, n: float) -> FloatArray:
    """Covariance of least-squares residuals over the people seen at both waves, made positive definite.

    Parameters
    ----------
    sums : PatternSums
    n : float
        Rows.

    Returns
    -------
    ndarray, shape (d, d)
    """
    d = sums.squares.shape[1]
    flat = wave_weights(sums, np.eye(d))
    solution = None if flat is None else solve(flat, n, reml=False)
    if solution is None:
        return np.eye(d)
    v = np.append(-solution.beta, 1.0)
    pairs = pair_counts(sums)
    raw = project(sums, np.outer(v, v)).sum(axis=0) / np.maximum(pairs, 1.0)
    values, vectors = np.linalg.eigh(raw)
    lifted = np.maximum(values, 0.05 * max(float(values.mean()), 1e-8))
    return np.asarray((vectors * lifted) @ vectors.T)


def pair_counts(sums: PatternSums) -> FloatArray:
    """People seen in each pair of slots, shape (d, d)."""
    seen = np.diagonal(sums.squares, axis1=1, axis2=2)
    return np.asarray((seen * sums.counts[:, None]).T @ seen)


def fit_waves(criterion: WaveDeviance) -> Minimum[Solution] | None:
    """Minimise the deviance from the sample covariance, then from less correlated starts; the best wins."""
    sample = sample_covariance(criterion.sums, criterion.n)
    best: Minimum[Solution] | None = None
    for share in (1.0, 0.5, 0.0):
        shrunk = share * sample + (1.0 - share) * np.diag(np.diag(sample))
        found = minimise(criterion, criterion.structure.start(shrunk))
        if found is not None and (best is None or found.value < best.value):
            best = found
        if best is not None and best.stationary:
            break
    return best
