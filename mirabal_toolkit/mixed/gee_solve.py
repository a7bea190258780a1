"""The root of the estimating equations: a start that also finds separation, then Fisher scoring.

The start is the independence fit, which for binomial and Poisson answers is the maximum-likelihood
GLM. When the answer never varies in some cell, that likelihood has no maximum: a coefficient moves by about
one in every step, for ever. It is seen from the movement, whatever the covariates. (A working
correlation can hide it: the estimating equations may then have a finite root that means nothing.)

References
----------
Albert, A. & Anderson, J. A. (1984). On the existence of maximum likelihood estimates in logistic
regression models. Biometrika 71, 1-10.
Liang, K.-Y. & Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models.
Biometrika 73, 13-22.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.mixed.gee_blocks import ClusterBlock
from mirabal_toolkit.mixed.gee_correlation import WorkingCorrelation, start_correlation, update_correlation
from mirabal_toolkit.mixed.gee_estimating import Family, PassSums, firth_score, one_pass, solve_information

Floats = NDArray[np.float64]

MAX_ITERATIONS = 200
STEP_TOLERANCE = 1e-9
"""Largest admissible last step, in standard errors, and last change of a correlation."""
_START_ITERATIONS = 20
"""Enough for any likelihood with a maximum; a cell without one is then near 1e-9, and still has digits."""
_START_MOVEMENT = 1e-3
"""The start is good enough when no column moves the linear predictor by more than this."""
_SEPARATED_MOVEMENT = 0.1
"""A coefficient that still moves the linear predictor this much after all those steps has no estimate."""
_ROUNDING = 1e-13
"""A step this small beside the linear predictor is rounding."""
_LARGEST_STEP = 5.0
"""Largest change of the linear predictor by one column in one step (logit and log links)."""


class Start(NamedTuple):
    """Where the iterations begin.

    Attributes
    ----------
    params : ndarray, shape (p,)
        Independence estimate.
    separated : ndarray of bool, shape (p,)
        Coefficients whose maximum-likelihood estimate is infinite.
    rough : ndarray, shape (p,)
        Where the independence fit itself began.
    sizes : ndarray, shape (p,)
        Root mean square of each column.
    information : ndarray, shape (p, p)
    scale : float
    iterations : int
    """

    params: Floats
    separated: NDArray[np.bool_]
    rough: Floats
    sizes: Floats
    information: Floats
    scale: float
    iterations: int


class Estimate(NamedTuple):
    """The root of the estimating equations.

    Attributes
    ----------
    params : ndarray, shape (p,)
    corr : WorkingCorrelation
    scale : float
    information : ndarray, shape (p, p)
        Sum of Omega_i, scale left out.
    iterations : int
    last_step : float
        Length of the last step in standard errors.
    converged : bool
    """

    params: Floats
    corr: WorkingCorrelation
    scale: float
    information: Floats
    iterations: int
    last_step: float
    converged: bool


def independence_start(blocks: Sequence[ClusterBlock], family: Family) -> Start:
    """Fit the independence model, and see which coefficients run away.

    Parameters
    ----------
    blocks : sequence of ClusterBlock
        With columns of full rank.
    family : Family

    Returns
    -------
    Start
    """
    rough, sizes = least_squares_start(blocks, family)
    params = rough
    corr = start_correlation("independence", blocks, None)
    sums = one_pass(blocks, params, corr, family)
    movement = np.full(len(params), np.inf)
    iteration = 0
    while iteration < _START_ITERATIONS and movement.max() > _START_MOVEMENT:
        iteration += 1
        delta = _bounded(solve_information(sums.information, sums.score), sizes, family)
        movement = np.abs(delta) * sizes
        params = params + delta
        sums = one_pass(blocks, params, corr, family)
    separated = movement > _SEPARATED_MOVEMENT
    return Start(params, separated, rough, sizes, sums.information, sums.scale, iteration)


def least_squares_start(blocks: Sequence[ClusterBlock], family: Family) -> tuple[Floats, Floats]:
    """Weighted least squares from the answers themselves: the usual start of a GLM.

    Returns
    -------
    params : ndarray, shape (p,)
    sizes : ndarray, shape (p,)
        Root mean square of each column.
    """
    p = blocks[0].X.shape[2]
    information, right, squares, total = np.zeros((p, p)), np.zeros(p), np.zeros(p), 0.0
    for block in blocks:
        for chunk in block.chunks():
            eta = family.start(chunk.y)
            mean = family.mean(eta)
            slope = family.variance(mean)
            weight = chunk.counts * (np.ones_like(chunk.y) if chunk.weight is None else chunk.weight)
            flat = chunk.X.reshape(-1, p)
            scaled = flat * (weight * slope).reshape(-1, 1)
            information += flat.T @ scaled
            free = eta if chunk.offset is None else eta - chunk.offset
            right += scaled.T @ (free + (chunk.y - mean) / slope).ravel()
            squares += (flat**2).sum(axis=0)
            total += len(flat)
    return solve_information(information, right), np.sqrt(squares / total)


def solve_equations(
    blocks: Sequence[ClusterBlock], corr: WorkingCorrelation, family: Family, start: Start, *, penalised: bool
) -> Estimate:
    """Find the root by Fisher scoring, with scale and correlation updated in every pass.

    Parameters
    ----------
    blocks : sequence of ClusterBlock
    corr : WorkingCorrelation
        With no dependence yet.
    family : Family
    start : Start
        A penalised fit begins at its rough estimate, which is finite even where the answer never varies.
    penalised : bool
        Add the Firth-type penalty; the scale is then held at 1.

    Returns
    -------
    Estimate
        ``converged`` is False when the last step was still longer than 1e-9 standard errors.
    """
    params, sizes = start.rough if penalised else start.params, start.sizes
    step = change = np.inf
    iteration = 0
    while iteration < MAX_ITERATIONS and max(step, change) > STEP_TOLERANCE:
        iteration += 1
        sums = one_pass(blocks, params, corr, family)
        scale = 1.0 if penalised else sums.scale
        score = sums.score
        if penalised:
            covariance = solve_information(sums.information, np.eye(len(params)))
            score = score + firth_score(blocks, params, corr, family, covariance)
        delta = _bounded(solve_information(sums.information, score), sizes, family)
        step = _length(delta, params, sizes, sums)
        params = params + delta
        # Residuals far from the root say nothing about dependence.
        new = update_correlation(corr, sums.moments, scale) if step < 1.0 else corr
        change = _distance(corr, new) if step < 1.0 else np.inf
        corr = new
    return Estimate(params, corr, scale, sums.information, iteration, step, max(step, change) <= STEP_TOLERANCE)


def _length(delta: Floats, params: Floats, sizes: Floats, sums: PassSums) -> float:
    """Length of a step in standard errors; 0 when it is rounding (a perfect fit has no standard errors)."""
    if np.all(np.abs(delta) * sizes <= _ROUNDING * (1.0 + np.abs(params) * sizes)):
        return 0.0
    return float(np.sqrt(delta @ sums.information @ delta / max(sums.scale, 1e-300)))


def _bounded(delta: Floats, sizes: Floats, family: Family) -> Floats:
    """Shorten a step that would carry the linear predictor away."""
    longest = float((np.abs(delta) * sizes).max())
    if family.name == "gaussian" or longest <= _LARGEST_STEP:
        return delta
    return delta * (_LARGEST_STEP / longest)


def _distance(old: WorkingCorrelation, new: WorkingCorrelation) -> float:
    matrix = float(np.abs(old.matrix - new.matrix).max()) if old.matrix.size else 0.0
    return max(abs(old.rho - new.rho), matrix)
