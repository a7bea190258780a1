"""From sums to a fitted linear mixed model: estimation, boundary, and whether to trust it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.design_checks import refuse_collinear
from mirabal_toolkit.mixed.linear_core import callers_deviance
from mirabal_toolkit.mixed.lmm_criterion import Factor, ProfiledDeviance, downhill, fit_factor
from mirabal_toolkit.mixed.lmm_fit import LinearMixedFit
from mirabal_toolkit.mixed.lmm_nested import NestedDeviance, SiteTerms, fit_nested, with_solution
from mirabal_toolkit.mixed.results import Trust

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.design import Design
    from mirabal_toolkit.mixed.linear_core import Solution
    from mirabal_toolkit.mixed.linear_fit import DfMethod
    from mirabal_toolkit.mixed.linear_newton import Minimum
    from mirabal_toolkit.mixed.lmm_statistics import LinearMixedStatistics

    FloatArray = NDArray[np.float64]

# A relative standard deviation below this is a variance on its boundary.
BOUNDARY = 1e-4
# Residual variance, as a share of the outcome's, below which nothing is left to estimate from.
NO_REST = 1e-12
# Curvature, as a share of the largest, that counts as none.
FLAT = 1e-8


def fit_statistics(
    statistics: LinearMixedStatistics, *, reml: bool, df: DfMethod, design: Design | None
) -> LinearMixedFit:
    """Estimate a linear mixed model from its sums.

    Parameters
    ----------
    statistics : LinearMixedStatistics
    reml : bool
    df : {"satterthwaite", "kenward-roger", "normal"}
    design : Design or None
        The rows, to be kept with the fit.

    Returns
    -------
    LinearMixedFit

    Raises
    ------
    ModelError
        Collinear columns, or an outcome that is explained without rest.
    """
    p = len(statistics.names)
    refuse_collinear(statistics.cross[:p, :p] / statistics.n_rows, statistics.names)
    estimated = _estimate(statistics, reml=reml)
    if estimated is None or estimated.minimum.state.scale < NO_REST:
        raise ModelError(
            "The terms explain the outcome without rest: there is no variance to estimate.",
            fix="Look whether a term repeats the outcome, or leave terms out.",
        )
    fit = _on_callers_scale(statistics, estimated, df, design)
    return replace(fit, covariance=fit.kenward_roger().adjusted) if df == "kenward-roger" else fit


@dataclass(frozen=True, slots=True)
class _Estimated:
    """Where the optimiser ended, in the basis of the statistics."""

    criterion: ProfiledDeviance
    minimum: Minimum[Solution]
    nested: NestedDeviance | None
    sites: SiteTerms | None


def _estimate(statistics: LinearMixedStatistics, *, reml: bool) -> _Estimated | None:
    sums, cross, n = statistics.sums, statistics.cross, statistics.n_rows
    factor = Factor(len(statistics.z_names))
    criterion = ProfiledDeviance(sums, cross, n, reml, factor)
    if statistics.outer is None:
        minimum = fit_factor(criterion)
        return None if minimum is None else _Estimated(criterion, minimum, None, None)
    nested = NestedDeviance(sums, cross, n, reml, factor, statistics.outer)
    found = fit_nested(nested)
    if found is None:
        return None
    return _Estimated(criterion, with_solution(found), nested, found.state[1])


def _on_callers_scale(
    statistics: LinearMixedStatistics, estimated: _Estimated, df: DfMethod, design: Design | None
) -> LinearMixedFit:
    minimum, q = estimated.minimum, len(statistics.z_names)
    solution = minimum.state
    right, left = statistics.basis.right, statistics.basis.left
    y_scale = 1.0 / right[-1, -1]
    T = right[:-1, :-1] * y_scale
    scale = solution.scale * y_scale**2
    theta = minimum.theta[: q * (q + 1) // 2]
    L = left @ estimated.criterion.factor.matrix(theta)
    trust = _trust(statistics, estimated)
    return LinearMixedFit(
        estimates=T @ solution.beta - right[:-1, -1] * y_scale,
        covariance=T @ (solution.inverse * solution.scale) @ T.T,
        names=statistics.names,
        llf=-callers_deviance(solution, right, reml=estimated.criterion.reml) / 2.0,
        n_parameters=len(statistics.names) + len(minimum.theta) + 1,
        nobs=round(statistics.n_rows),
        n_groups=round(statistics.n_groups),
        converged=trust.ok,
        singular=_singular(estimated),
        trust=trust,
        title=f"Linear mixed model of {statistics.design.outcome}",
        design=design,
        cov_re_values=L @ L.T * scale,
        scale=scale,
        reml=estimated.criterion.reml,
        df_method=df,
        statistics=statistics,
        criterion=estimated.criterion,
        minimum=minimum,
        nested=estimated.nested,
        sites=estimated.sites,
    )


def _singular(estimated: _Estimated) -> bool:
    """True when a combination of person-specific terms, or the site, has no variance."""
    q = estimated.criterion.factor.q
    theta = estimated.minimum.theta[: q * (q + 1) // 2]
    L = estimated.criterion.factor.matrix(theta)
    no_site = estimated.nested is not None and abs(float(estimated.minimum.theta[-1])) < BOUNDARY
    return bool(np.linalg.eigvalsh(L @ L.T)[0] < BOUNDARY**2) or no_site


def _trust(statistics: LinearMixedStatistics, estimated: _Estimated) -> Trust:
    minimum, singular = estimated.minimum, _singular(estimated)
    problems: list[str] = []
    notes: list[str] = []
    if not minimum.stationary:
        problems.append(f"The likelihood could still rise: the optimiser stopped {minimum.gain:.2g} short.")
    if estimated.nested is None and downhill(estimated.criterion, minimum):
        problems.append("A variance was left at zero although the likelihood rises with it.")
    if _flat(minimum):
        problems.append("The likelihood is flat: the variances cannot be told apart with these data.")
    if singular:
        terms = ", ".join(f"`{name}`" for name in statistics.z_names)
        notes.append(f"A variance or correlation of the terms between people ({terms}) is on its boundary.")
    if statistics.n_rows_dropped:
        notes.append(f"{statistics.n_rows_dropped} rows were left out because something was missing.")
    return Trust(tuple(problems), tuple(notes))


def _flat(minimum: Minimum[Solution]) -> bool:
    """True when the likelihood has no curvature along some variance that is not on its boundary."""
    moving = np.abs(minimum.theta) > 0
    if not moving.any():
        return False
    curvature = np.linalg.eigvalsh(minimum.hessian[np.ix_(moving, moving)])
    return bool(curvature[0] <= FLAT * max(float(curvature[-1]), 1.0))
