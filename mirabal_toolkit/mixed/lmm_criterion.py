"""The profiled deviance of a linear mixed model as a function of the relative Cholesky factor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mirabal_toolkit.mixed.linear_core import Solution, gradient_matrix, relative_weights, slopes, solve
from mirabal_toolkit.mixed.linear_newton import Minimum, minimise
from mirabal_toolkit.mixed.linear_sums import project

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.linear_sums import PatternSums

    FloatArray = NDArray[np.float64]

# Standard deviations below this share of the residual one are set to zero when that costs nothing.
NEGLIGIBLE = 1e-4
SAME_DEVIANCE = 1e-7
# A slope of the deviance along a variance that is zero; below minus this the zero is not the optimum.
DOWNHILL = 1e-6


@dataclass(frozen=True, slots=True)
class Factor:
    """Lower triangle of the relative Cholesky factor, row by row, as parameters.

    Parameters
    ----------
    q : int
        Number of person-specific terms.
    """

    q: int
    places: tuple[tuple[int, int], ...] = field(init=False)
    rows: NDArray[np.intp] = field(init=False)
    columns: NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        rows, columns = np.tril_indices(self.q)
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "places", tuple(zip(rows.tolist(), columns.tolist(), strict=True)))

    def matrix(self, theta: FloatArray) -> FloatArray:
        """Lower triangular factor, shape (q, q)."""
        out = np.zeros((self.q, self.q))
        out[self.rows, self.columns] = theta
        return out

    def theta(self, matrix: FloatArray) -> FloatArray:
        """Parameters of a lower triangular factor."""
        return matrix[self.rows, self.columns]

    def directions(self, factor: FloatArray) -> FloatArray:
        """Derivative of D = factor factor' along each parameter, shape (J, q, q)."""
        half = np.zeros((len(self.places), self.q, self.q))
        half[np.arange(len(self.places)), self.rows] = factor.T[self.columns]
        return half + half.transpose(0, 2, 1)

    def curvature(self, along: FloatArray) -> FloatArray:
        """``tr(along d²D)`` for each pair of parameters, shape (J, J)."""
        same = self.columns[:, None] == self.columns[None, :]
        return np.asarray(2.0 * along[self.rows[:, None], self.rows[None, :]] * same)


@dataclass(frozen=True, slots=True)
class ProfiledDeviance:
    """−2 (restricted) log-likelihood with the population terms and the residual variance profiled out.

    Parameters
    ----------
    sums : PatternSums
    cross : ndarray, shape (m, m)
    n : float
        Rows.
    reml : bool
    factor : Factor
    """

    sums: PatternSums
    cross: FloatArray
    n: float
    reml: bool
    factor: Factor

    def value(self, theta: FloatArray) -> tuple[float, Solution] | None:
        """Deviance and solution."""
        L = self.factor.matrix(theta)
        solution = solve(relative_weights(self.sums, self.cross, L @ L.T), self.n, reml=self.reml)
        return None if solution is None else (solution.deviance, solution)

    def derivatives(self, theta: FloatArray, state: Solution) -> tuple[FloatArray, FloatArray]:
        """Gradient and Hessian of the profiled deviance."""
        directions = self.factor.directions(self.factor.matrix(theta))
        at = slopes(self.sums, state, directions, reml=self.reml)
        gradient = directions.reshape(len(directions), -1) @ at.along.reshape(-1)
        hessian = at.hessian + self.factor.curvature(at.along)
        hessian -= state.dof / state.rss**2 * np.outer(at.d_rss, at.d_rss)
        return gradient, hessian


def moment_start(criterion: ProfiledDeviance) -> FloatArray:
    """Start from the spread of the people's own least-squares lines around the common one.

    Parameters
    ----------
    criterion : ProfiledDeviance

    Returns
    -------
    ndarray, shape (J,)
    """
    sums, q = criterion.sums, criterion.factor.q
    at_zero = criterion.value(np.zeros(len(criterion.factor.places)))
    if at_zero is None:
        return criterion.factor.theta(np.eye(q))
    v = np.append(-at_zero[1].beta, 1.0)
    spread = project(sums, np.outer(v, v))
    weak = np.linalg.eigvalsh(sums.squares)[:, 0]
    usable = weak > 1e-6 * np.trace(sums.squares, axis1=1, axis2=2)
    people = float(sums.counts[usable].sum())
    rows = np.trace(sums.squares[usable], axis1=1, axis2=2) @ sums.counts[usable] / max(people, 1.0)
    if people < 2 or rows <= 0:
        return criterion.factor.theta(np.eye(q))
    inverse = np.linalg.inv(sums.squares[usable])
    lines = inverse @ spread[usable] @ inverse
    within = _within_variance(criterion, spread, at_zero[1].rss)
    D = lines.sum(axis=0) / people / within - np.tensordot(sums.counts[usable], inverse, axes=1) / people
    return criterion.factor.theta(_positive_factor(D))


def _within_variance(criterion: ProfiledDeviance, spread: FloatArray, rss: float) -> float:
    """Residual variance from what the people's own lines leave."""
    squares, counts = criterion.sums.squares, criterion.sums.counts
    values, vectors = np.linalg.eigh(squares)
    used = values > 1e-9 * values[:, -1:]
    explained = np.einsum("kab,kac,kcb->kb", vectors, spread, vectors)
    left = rss - float((explained[used] / values[used]).sum())
    dof = criterion.n - float(counts @ used.sum(axis=1))
    floor = 1e-6 * rss / criterion.n
    return max(left / dof, floor) if dof > 0 else rss / criterion.n / 2.0


def _positive_factor(D: FloatArray) -> FloatArray:
    """Cholesky factor of the nearest matrix with eigenvalues well above zero."""
    values, vectors = np.linalg.eigh((D + D.T) / 2.0)
    floor = max(0.01 * float(values.max(initial=0.0)), 0.01)
    lifted = np.clip(values, floor, 1e8)
    return np.asarray(np.linalg.cholesky((vectors * lifted) @ vectors.T))


def fit_factor(criterion: ProfiledDeviance) -> Minimum[Solution] | None:
    """Minimise the deviance: moment start first, others when that ends badly; the best wins.

    Parameters
    ----------
    criterion : ProfiledDeviance

    Returns
    -------
    Minimum or None
        None when the criterion is nowhere defined: the outcome is explained without rest.
    """
    identity = criterion.factor.theta(np.eye(criterion.factor.q))
    best: Minimum[Solution] | None = None
    for start in (moment_start(criterion), identity, 0.1 * identity, 10.0 * identity):
        found = minimise(criterion, start)
        found = None if found is None else settle_at_zero(criterion, found)
        if found is not None and (best is None or found.value < best.value):
            best = found
        if best is not None and best.stationary and not downhill(criterion, best):
            break
    return best


def settle_at_zero(criterion: ProfiledDeviance, found: Minimum[Solution]) -> Minimum[Solution]:
    """Put standard deviations that are as good as zero at zero, when the deviance does not mind."""
    L = criterion.factor.matrix(found.theta)
    small = np.abs(np.diag(L)) < NEGLIGIBLE * max(1.0, float(np.abs(L).max()))
    if not small.any():
        return found
    for a in np.flatnonzero(small):
        # a column below a zero on the diagonal adds to the rows under it: move it where it belongs
        L[a, a] = 0.0
    theta = criterion.factor.theta(L)
    there = criterion.value(theta)
    if there is None or there[0] > found.value + SAME_DEVIANCE:
        return found
    gradient, hessian = criterion.derivatives(theta, there[1])
    return Minimum(theta, there[0], gradient, hessian, there[1], found.gain, found.n_steps)


def downhill(criterion: ProfiledDeviance, found: Minimum[Solution]) -> bool:
    """True when a variance at zero would lower the deviance by growing (so the end is a saddle)."""
    L = criterion.factor.matrix(found.theta)
    values, vectors = np.linalg.eigh(L @ L.T)
    empty = vectors[:, values < NEGLIGIBLE**2]
    if not empty.shape[1]:
        return False
    along = gradient_matrix(criterion.sums, found.state, reml=criterion.reml)
    lowest = float(np.linalg.eigvalsh(empty.T @ along @ empty)[0])
    return lowest < -DOWNHILL * max(1.0, criterion.n)
