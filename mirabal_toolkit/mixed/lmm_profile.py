"""Profile likelihood intervals of a linear mixed model: population terms, spreads and correlations.

References
----------
Bates et al. (2015), JSS 67, section 5.1: the signed root of the rise in deviance is compared with the normal
distribution; always by full maximum likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.linear_core import Solution, gradient_matrix, relative_weights, solve
from mirabal_toolkit.mixed.linear_newton import minimise
from mirabal_toolkit.mixed.linear_sums import rotate_sums
from mirabal_toolkit.mixed.lmm_criterion import ProfiledDeviance, fit_factor

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.linear_newton import Minimum
    from mirabal_toolkit.mixed.lmm_fit import LinearMixedFit

    FloatArray = NDArray[np.float64]

_STEP = 1e-5
_DOUBLINGS = 12


def profile_conf_int(fit: LinearMixedFit, alpha: float = 0.05) -> pd.DataFrame:
    """Profile likelihood intervals.

    Parameters
    ----------
    fit : LinearMixedFit
        Its likelihood may be the restricted one; profiles always use the full one, as in lme4.
    alpha : float
        One minus the coverage.

    Returns
    -------
    pandas.DataFrame
        `conf_low` and `conf_high` of every term, of each person-specific standard deviation ("sd …") and
        correlation ("cor … …"), and of the residual standard deviation ("sigma").

    Raises
    ------
    ModelError
        People within sites.
    """
    if fit.nested is not None:
        raise ModelError("Profile intervals are not available for people within sites.", fix="Use `conf_int`.")
    cutoff = float(norm.ppf(1.0 - alpha / 2.0))
    criterion = replace(fit.criterion, reml=False)
    best = fit_factor(criterion)
    if best is None:
        raise ModelError("The likelihood is not defined for this model.")
    rows = {name: _term_interval(fit, criterion, best, j, cutoff) for j, name in enumerate(fit.names)}
    rows |= _spread_intervals(fit, criterion, best.state, best.theta, cutoff)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["conf_low", "conf_high"])


def _term_interval(
    fit: LinearMixedFit, criterion: ProfiledDeviance, best: Minimum[Solution], j: int, cutoff: float
) -> tuple[float, float]:
    right, solution = fit.statistics.basis.right, best.state
    T = right[:-1, :-1] / right[-1, -1]
    centre = float(T[j] @ solution.beta - right[j, -1] / right[-1, -1])
    spread = float(np.sqrt(solution.scale * T[j] @ solution.inverse @ T[j]))

    def rise(value: float) -> float:
        found = minimise(_with_fixed_term(criterion, right, j, value), best.theta)
        return np.inf if found is None else max(found.value - best.value, 0.0)

    return _root(rise, centre, -spread, cutoff), _root(rise, centre, spread, cutoff)


def _with_fixed_term(criterion: ProfiledDeviance, right: FloatArray, j: int, value: float) -> ProfiledDeviance:
    """The criterion with one population term held at a value: its column goes to the outcome's side."""
    back = np.linalg.inv(right)
    m = len(right)
    others = [k for k in range(m - 1) if k != j]
    columns = np.eye(m)[:, others]
    # the outcome less the term, in the outcome's standard unit
    rest = (back[:, -1] - value * back[:, j]) * right[-1, -1]
    if not np.allclose(right[j, others], 0.0):
        # the term is the constant that the other columns were centred with: take them uncentred
        columns = back[:, others] * np.diag(right)[others]
    else:
        constant = [int(k) for k in np.flatnonzero(back[:, j])]
        rest = rest - _absorbed(rest, [k for k in constant if k not in (j, m - 1)], m)
    M = np.column_stack([columns, rest])
    sums = rotate_sums(criterion.sums, np.eye(criterion.factor.q), M)
    return replace(criterion, sums=sums, cross=M.T @ criterion.cross @ M)


def _absorbed(rest: FloatArray, free: list[int], m: int) -> FloatArray:
    """Part of the outcome along columns that stay in the model; taking it off changes nothing but rounding."""
    out = np.zeros(m)
    out[free] = rest[free]
    return out


def _root(rise: Callable[[float], float], centre: float, step: float, cutoff: float) -> float:
    """Where the signed root of the rise meets the cutoff, going from the centre by steps."""
    outer = centre + 1.2 * cutoff * step
    for _ in range(_DOUBLINGS):
        if rise(outer) > cutoff**2:
            break
        outer = centre + 2.0 * (outer - centre)
    else:
        return float(np.sign(step) * np.inf)
    return float(brentq(lambda value: _signed(rise(value), cutoff), centre, outer, xtol=1e-7 * abs(step)))


@dataclass(frozen=True, slots=True)
class SpreadDeviance:
    """Full deviance as a function of standard deviations, correlations and the residual one, one of them held.

    Parameters
    ----------
    criterion : ProfiledDeviance
    left : ndarray, shape (q, q)
        Basis of the person-specific terms, ones on its diagonal: standard deviations are in standard units.
    held : int
        Which parameter is held; −1 for none.
    value_held : float
    """

    criterion: ProfiledDeviance
    left: FloatArray
    held: int = -1
    value_held: float = 0.0

    def whole(self, free: FloatArray) -> FloatArray:
        """All parameters: sds, correlations (row by row), sigma."""
        return free if self.held < 0 else np.insert(free, self.held, self.value_held)

    def relative(self, phi: FloatArray) -> tuple[FloatArray, float] | None:
        """Relative covariance in the basis, and residual variance in standard units; None outside."""
        q, sigma = self.criterion.factor.q, float(phi[-1])
        sd = phi[:q]
        correlation = np.eye(q)
        rows, columns = np.tril_indices(q, -1)
        correlation[rows, columns] = correlation[columns, rows] = phi[q:-1]
        if sigma <= 0 or (sd < 0).any() or np.linalg.eigvalsh(correlation)[0] < 0:
            return None
        inner = np.linalg.solve(self.left, np.diag(sd)) / sigma
        return inner @ correlation @ inner.T, sigma**2

    def value(self, theta: FloatArray) -> tuple[float, Solution] | None:
        """Deviance and solution."""
        place = self.relative(self.whole(theta))
        if place is None:
            return None
        c = self.criterion
        solution = solve(relative_weights(c.sums, c.cross, place[0]), c.n, reml=False, scale=place[1])
        return None if solution is None else (solution.deviance, solution)

    def gradient(self, theta: FloatArray, state: Solution) -> FloatArray:
        """Gradient: exact in the covariance, whose own derivative is taken by differences."""
        along = gradient_matrix(self.criterion.sums, state, reml=False)
        of_scale = (state.dof - state.rss / state.scale) / state.scale
        out = np.zeros(len(theta))
        for j in range(len(theta)):
            step = np.zeros(len(theta))
            step[j] = _STEP * max(abs(float(theta[j])), 0.1)
            up, down = (self.relative(self.whole(theta + way * step)) for way in (1.0, -1.0))
            if up is not None and down is not None:
                moved = np.sum(along * (up[0] - down[0])) + of_scale * (up[1] - down[1])
                out[j] = float(moved) / (2.0 * step[j])
        return out

    def derivatives(self, theta: FloatArray, state: Solution) -> tuple[FloatArray, FloatArray]:
        """Gradient, and Hessian by differences of gradients."""
        J = len(theta)
        hessian = np.eye(J)
        for j in range(J):
            step = np.zeros(J)
            step[j] = 1e-4 * max(abs(float(theta[j])), 0.1)
            up, down = self.value(theta + step), self.value(theta - step)
            if up is not None and down is not None:
                moved = self.gradient(theta + step, up[1]) - self.gradient(theta - step, down[1])
                hessian[j] = moved / (2.0 * step[j])
        return self.gradient(theta, state), (hessian + hessian.T) / 2.0


def _spread_intervals(
    fit: LinearMixedFit, criterion: ProfiledDeviance, solution: Solution, theta: FloatArray, cutoff: float
) -> dict[str, tuple[float, float]]:
    y_scale, z_scale = 1.0 / float(fit.statistics.basis.right[-1, -1]), np.diag(fit.statistics.basis.left)
    left = fit.statistics.basis.left / z_scale[:, None]
    q, z_names = criterion.factor.q, fit.statistics.z_names
    L = left @ criterion.factor.matrix(theta)
    sigma = np.sqrt(solution.scale)
    sd = np.sqrt(np.diag(L @ L.T)) * sigma
    rows, columns = np.tril_indices(q, -1)
    size = np.where(sd > 0, sd / sigma, 1.0)
    correlations = np.clip((L @ L.T / np.outer(size, size))[rows, columns], -0.999999, 0.999999)
    phi = np.concatenate([sd, correlations, [sigma]])
    names = [f"sd {name}" for name in z_names]
    names += [f"cor {z_names[b]} {z_names[a]}" for a, b in zip(rows, columns, strict=True)]
    bounds = [(0.0, np.inf)] * q + [(-1.0, 1.0)] * len(rows) + [(0.0, np.inf)]
    units = np.concatenate([z_scale * y_scale, np.ones(len(rows)), [y_scale]])
    whole = SpreadDeviance(criterion, left)
    found: dict[str, tuple[float, float]] = {}
    for j, name in enumerate([*names, "sigma"]):
        low, high = _spread_interval(whole, phi, j, bounds[j], cutoff)
        found[name] = (low * float(units[j]), high * float(units[j]))
    return found


def _spread_interval(
    whole: SpreadDeviance, phi: FloatArray, j: int, bounds: tuple[float, float], cutoff: float
) -> tuple[float, float]:
    lowest = whole.value(phi)
    last = [np.delete(phi, j)]

    def rise(value: float) -> float:
        if not bounds[0] <= value <= bounds[1] or lowest is None:
            return np.inf
        found = minimise(replace(whole, held=j, value_held=value), last[0])
        if found is None:
            return np.inf
        last[0] = found.theta
        return max(found.value - lowest[0], 0.0)

    def end(side: int) -> float:
        edge, step = bounds[side], 0.25 * max(abs(float(phi[j])), 0.1)
        # nothing on the way to the edge is unlikely enough: the interval reaches it
        if np.isfinite(edge) and rise(edge) < cutoff**2:
            return float(edge)
        last[0] = np.delete(phi, j)
        outer = _bracket(rise, float(phi[j]), (step if side else -step), edge, cutoff)
        return float(brentq(lambda value: _signed(rise(value), cutoff), phi[j], outer, xtol=1e-7 * step))

    return end(0), end(1)


def _bracket(rise: Callable[[float], float], centre: float, step: float, edge: float, cutoff: float) -> float:
    """A value beyond the cutoff, not beyond the edge."""
    outer = centre + step
    for _ in range(_DOUBLINGS):
        if not np.isinf(edge) and (outer - edge) * step >= 0:
            return edge
        if rise(outer) > cutoff**2:
            return outer
        outer += step
        step *= 2.0
    return outer


def _signed(rise: float, cutoff: float) -> float:
    return float(min(np.sqrt(rise), 1e6)) - cutoff
