"""People within sites: a further variance component for the site.

With ``V_s = blockdiag(V_i) + w² 1 1'`` for the people of a site, Woodbury's formula once more gives

    W'V_s^-1 W = W'V_0^-1 W - h c c',   log|V_s| = log|V_0| + log(1 + w² g),   h = w² / (1 + w² g) ,

with ``c = 1'V_0^-1 W`` and ``g = 1'V_0^-1 1``, sums over the site's people. The first person-specific column
must be the intercept; then ``1'V_i^-1 W_i`` is the first row of ``P B_i`` and ``1'V_i^-1 1`` the corner of R.

References
----------
Bates et al. (2015), JSS 67, section 2 (nested grouping factors); Searle, Casella & McCulloch (1992), Variance
Components, appendix M (the inverse).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mirabal_toolkit.mixed.degrees_of_freedom import VarianceInformation
from mirabal_toolkit.mixed.linear_core import (
    Solution,
    Weighted,
    gradient_matrix,
    information_weights,
    relative_weights,
    solve,
)
from mirabal_toolkit.mixed.linear_newton import Minimum, minimise
from mirabal_toolkit.mixed.lmm_criterion import NEGLIGIBLE, SAME_DEVIANCE, Factor, ProfiledDeviance, moment_start

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.linear_sums import PatternSums
    from mirabal_toolkit.mixed.lmm_pass import OuterSums

    FloatArray = NDArray[np.float64]

_STEP = 1e-4


@dataclass(frozen=True, slots=True)
class SiteTerms:
    """Sums over the people of each site at one value of the covariance.

    Parameters
    ----------
    c : ndarray, shape (S, m)
    g : ndarray, shape (S,)
    """

    c: FloatArray
    g: FloatArray


@dataclass(frozen=True, slots=True)
class NestedDeviance:
    """−2 (restricted) log-likelihood with one more parameter: the relative standard deviation of sites, last.

    Parameters
    ----------
    sums : PatternSums
    cross : ndarray, shape (m, m)
    n : float
        Rows.
    reml : bool
    factor : Factor
        Of the people.
    outer : OuterSums
    """

    sums: PatternSums
    cross: FloatArray
    n: float
    reml: bool
    factor: Factor
    outer: OuterSums

    def site_terms(self, inner: Weighted) -> SiteTerms:
        """Sums c and g of every site."""
        rows = np.einsum("la,lam->lm", inner.P[self.outer.pattern, 0, :], self.outer.totals)
        corner = self.outer.counts * inner.R[self.outer.pattern, 0, 0]
        c = np.zeros((self.outer.n_sites, rows.shape[1]))
        np.add.at(c, self.outer.site, rows)
        return SiteTerms(c, np.bincount(self.outer.site, corner, self.outer.n_sites).astype(np.float64))

    def value(self, theta: FloatArray) -> tuple[float, tuple[Solution, SiteTerms]] | None:
        """Deviance; solution and sums of the sites."""
        L = self.factor.matrix(theta[:-1])
        inner = relative_weights(self.sums, self.cross, L @ L.T)
        sites = self.site_terms(inner)
        w2 = theta[-1] ** 2
        h = w2 / (1.0 + w2 * sites.g)
        whole = replace(
            inner,
            Q=inner.Q - (sites.c.T * h) @ sites.c,
            log_determinant=inner.log_determinant + float(np.log1p(w2 * sites.g).sum()),
        )
        solution = solve(whole, self.n, reml=self.reml)
        return None if solution is None else (solution.deviance, (solution, sites))

    def gradient(self, theta: FloatArray, state: tuple[Solution, SiteTerms]) -> FloatArray:
        """Exact gradient of the profiled deviance."""
        solution, sites = state
        L, w = self.factor.matrix(theta[:-1]), theta[-1]
        omega = information_weights(solution, reml=self.reml)
        along = gradient_matrix(self.sums, solution, reml=self.reml)
        grown = 1.0 + w**2 * sites.g
        h = w**2 / grown
        turned = sites.c @ omega
        a = np.einsum("sm,sm->s", turned, sites.c)
        r = solution.weighted.R[self.outer.pattern, :, 0]
        P = solution.weighted.P[self.outer.pattern]
        site = self.outer.site
        pulled = np.einsum("lab,lbm,lm->la", P, self.outer.totals, turned[site])
        along = along - np.einsum("l,la,lb->ab", (h + h**2 * a)[site] * self.outer.counts, r, r)
        mixed = np.einsum("l,la,lb->ab", h[site], r, pulled)
        along = along + mixed + mixed.T
        of_w = 2.0 * w * float((sites.g / grown - a / grown**2).sum())
        return np.append(np.tensordot(self.factor.directions(L), along, axes=2), of_w)

    def derivatives(self, theta: FloatArray, state: tuple[Solution, SiteTerms]) -> tuple[FloatArray, FloatArray]:
        """Gradient, and Hessian by central differences of exact gradients."""
        hessian = np.empty((len(theta), len(theta)))
        for j in range(len(theta)):
            step = np.zeros(len(theta))
            step[j] = _STEP
            up, down = self.value(theta + step), self.value(theta - step)
            if up is None or down is None:
                hessian[j] = np.eye(len(theta))[j]
                continue
            moved = self.gradient(theta + step, up[1]) - self.gradient(theta - step, down[1])
            hessian[j] = moved / (2.0 * _STEP)
        return self.gradient(theta, state), (hessian + hessian.T) / 2.0


def fit_nested(criterion: NestedDeviance) -> Minimum[tuple[Solution, SiteTerms]] | None:
    """Minimise the deviance from several relative spreads of the sites; the best wins."""
    alone = ProfiledDeviance(criterion.sums, criterion.cross, criterion.n, criterion.reml, criterion.factor)
    people = moment_start(alone)
    best: Minimum[tuple[Solution, SiteTerms]] | None = None
    for spread in (0.5, 2.0, 0.1):
        found = minimise(criterion, np.append(people, spread))
        if found is not None and (best is None or found.value < best.value):
            best = found
        if best is not None and best.stationary:
            break
    return None if best is None else _settled(criterion, best)


def _settled(
    criterion: NestedDeviance, found: Minimum[tuple[Solution, SiteTerms]]
) -> Minimum[tuple[Solution, SiteTerms]]:
    """Put standard deviations that are as good as zero at zero."""
    corners = [j for j, (a, b) in enumerate(criterion.factor.places) if a == b]
    small = np.zeros(len(found.theta), dtype=bool)
    small[[*corners, len(found.theta) - 1]] = True
    small &= np.abs(found.theta) < NEGLIGIBLE * max(1.0, float(np.abs(found.theta).max()))
    theta = np.where(small, 0.0, found.theta)
    there = criterion.value(theta) if small.any() else None
    if there is None or there[0] > found.value + SAME_DEVIANCE:
        return found
    gradient, hessian = criterion.derivatives(theta, there[1])
    return replace(found, theta=theta, value=there[0], gradient=gradient, hessian=hessian, state=there[1])


def with_solution(found: Minimum[tuple[Solution, SiteTerms]]) -> Minimum[Solution]:
    """The same minimum with the solution as its only state."""
    return Minimum(found.theta, found.value, found.gradient, found.hessian, found.state[0], found.gain, found.n_steps)


def nested_information(
    criterion: NestedDeviance, minimum: Minimum[Solution], to_caller: FloatArray
) -> VarianceInformation:
    """How the covariance of the estimates hangs on the variance parameters, by central differences."""
    solution, J = minimum.state, len(minimum.theta)
    p, scale = len(solution.beta), solution.scale
    derivatives = np.zeros((J + 1, p, p))
    d_rss = np.zeros(J)
    for j in range(J):
        step = np.zeros(J)
        step[j] = _STEP
        up, down = criterion.value(minimum.theta + step), criterion.value(minimum.theta - step)
        if up is not None and down is not None:
            derivatives[j] = scale * (up[1][0].inverse - down[1][0].inverse) / (2.0 * _STEP)
            d_rss[j] = (up[1][0].rss - down[1][0].rss) / (2.0 * _STEP)
    derivatives[J] = solution.inverse
    hessian = np.empty((J + 1, J + 1))
    hessian[:J, :J] = minimum.hessian + solution.dof / solution.rss**2 * np.outer(d_rss, d_rss)
    hessian[J, :J] = hessian[:J, J] = -d_rss / scale**2
    hessian[J, J] = solution.dof / scale**2
    T = to_caller
    return VarianceInformation(T @ (solution.inverse * scale) @ T.T, T @ derivatives @ T.T, hessian)
