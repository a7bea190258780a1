"""Linear mixed models: exact, in one pass over the data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict, Unpack

import numpy as np

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.design import Design, Roles, build_design
from mirabal_toolkit.mixed.design_checks import refuse_collinear
from mirabal_toolkit.mixed.linear_fit import DfMethod
from mirabal_toolkit.mixed.lmm_criterion import Factor, ProfiledDeviance, downhill, fit_factor
from mirabal_toolkit.mixed.lmm_fit import LinearMixedFit
from mirabal_toolkit.mixed.lmm_statistics import LinearMixedStatistics, statistics_of
from mirabal_toolkit.mixed.results import Trust

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.linear_core import Solution
    from mirabal_toolkit.mixed.linear_newton import Minimum

    FloatArray = NDArray[np.float64]

# A relative standard deviation below this is a variance on its boundary.
BOUNDARY = 1e-4
# Residual variance, as a share of the outcome's, below which nothing is left to estimate from.
NO_REST = 1e-12


class LmmOptions(TypedDict, total=False):
    """Further options of `lmm`.

    Parameters
    ----------
    df : {"satterthwaite", "kenward-roger", "normal"}
        Degrees of freedom of tests and intervals; "satterthwaite" when not given.
    weights : str
        Column of frequency weights, the same in all rows of a person.
    drop_singular : bool
        Leave out person-specific terms, the last first, until no variance lies on its boundary.
    """

    df: DfMethod
    weights: str
    drop_singular: bool


def lmm(
    formula: str,
    data: pd.DataFrame,
    *,
    groups: str,
    re_formula: str = "~ 1",
    reml: bool = True,
    **options: Unpack[LmmOptions],
) -> LinearMixedFit:
    """Fit a linear mixed model.

    Parameters
    ----------
    formula : str
        Population terms, `"score ~ C(wave) * arm + age"`.
    data : pandas.DataFrame
        One row a person and wave, in any order; rows with something missing are left out and counted.
    groups : str
        Person column.
    re_formula : str
        Person-specific terms: `"~ 1"` for an intercept, `"~ months"` for intercept and slope.
    reml : bool
        Restricted (True) or full maximum likelihood.
    **options
        See `LmmOptions`.

    Returns
    -------
    LinearMixedFit

    Raises
    ------
    ModelError
        The data cannot carry the model; the message names the term (see `build_design`).

    References
    ----------
    Bates, Maechler, Bolker & Walker (2015), Fitting linear mixed-effects models using lme4, JSS 67(1).

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({
    ...     "score": [9.0, 7.0, 5.5, 8.0, 7.5, 4.0, 6.0, 5.0, 4.5, 9.5, 6.5, 6.0],
    ...     "wave": [0, 1, 2] * 4,
    ...     "person_id": list("aaabbbcccddd"),
    ... })
    >>> fit = lmm("score ~ wave", data, groups="person_id")
    >>> print(fit.params.round(4).to_string())
    Intercept    8.1042
    wave        -1.5625
    >>> fit.trust.ok
    True
    """
    roles = Roles(groups, re_formula, weights=options.get("weights"))
    design = build_design(formula, data, roles, check_rank=False)
    return fit_design(design, reml=reml, options=options)


def fit_design(design: Design, *, reml: bool, options: LmmOptions) -> LinearMixedFit:
    """Fit a design; leave out person-specific terms at zero when asked to."""
    _refuse_single_rows(design)
    statistics = statistics_of(design)
    df = options.get("df", "satterthwaite")
    return _fit(statistics, reml=reml, df=df, design=design)


def fit_from_statistics(
    statistics: LinearMixedStatistics, *, reml: bool = True, df: DfMethod = "satterthwaite"
) -> LinearMixedFit:
    """Fit a linear mixed model from sums alone.

    Parameters
    ----------
    statistics : LinearMixedStatistics
        Of all people: the sum of the parts.
    reml : bool
        Restricted (True) or full maximum likelihood.
    df : {"satterthwaite", "kenward-roger", "normal"}
        Degrees of freedom of tests and intervals.

    Returns
    -------
    LinearMixedFit
        The same as `lmm` on all rows; it holds no rows, so nothing can be asked about single people.
    """
    if statistics.n_groups < len(statistics.names):
        raise ModelError(
            f"There are {statistics.n_groups:.0f} people for {len(statistics.names)} population terms.",
            fix="Leave terms out, or add further parts.",
        )
    return _fit(statistics, reml=reml, df=df, design=None)


def _fit(statistics: LinearMixedStatistics, *, reml: bool, df: DfMethod, design: Design | None) -> LinearMixedFit:
    p = len(statistics.names)
    refuse_collinear(statistics.cross[:p, :p] / statistics.n_rows, statistics.names)
    factor = Factor(len(statistics.z_names))
    criterion = ProfiledDeviance(statistics.sums, statistics.cross, statistics.n_rows, reml, factor)
    minimum = fit_factor(criterion)
    if minimum is None:
        raise ModelError(
            "The terms explain the outcome without rest: there is no variance to estimate.",
            fix="Look whether a term repeats the outcome, or leave terms out.",
        )
    return _on_callers_scale(statistics, criterion, minimum, df, design)


def _on_callers_scale(
    statistics: LinearMixedStatistics,
    criterion: ProfiledDeviance,
    minimum: Minimum[Solution],
    df: DfMethod,
    design: Design | None,
) -> LinearMixedFit:
    solution = minimum.state
    right, left = statistics.basis.right, statistics.basis.left
    y_scale = 1.0 / right[-1, -1]
    T = right[:-1, :-1] * y_scale
    scale = solution.scale * y_scale**2
    deviance = solution.deviance + 2.0 * solution.dof * np.log(y_scale)
    if criterion.reml:
        # log|X'V^-1 X| moves with the scale of the columns
        deviance -= 2.0 * np.linalg.slogdet(right[:-1, :-1])[1]
    L = left @ criterion.factor.matrix(minimum.theta)
    singular = singular_terms(criterion, minimum)
    trust = _trust(statistics, criterion, minimum, singular)
    q = len(statistics.z_names)
    fit = LinearMixedFit(
        estimates=T @ solution.beta - right[:-1, -1] * y_scale,
        covariance=T @ (solution.inverse * solution.scale) @ T.T,
        names=statistics.names,
        llf=-deviance / 2.0,
        n_parameters=len(statistics.names) + q * (q + 1) // 2 + 1,
        nobs=round(statistics.n_rows),
        n_groups=round(statistics.n_groups),
        converged=trust.ok,
        singular=singular,
        trust=trust,
        title=f"Linear mixed model of {statistics.design.outcome}",
        design=design,
        cov_re_values=L @ L.T * scale,
        scale=scale,
        reml=criterion.reml,
        df_method=df,
        statistics=statistics,
        criterion=criterion,
        minimum=minimum,
    )
    return replace(fit, covariance=fit.kenward_roger().adjusted) if df == "kenward-roger" else fit


def singular_terms(criterion: ProfiledDeviance, minimum: Minimum[Solution]) -> bool:
    """True when a combination of person-specific terms has no variance."""
    L = criterion.factor.matrix(minimum.theta)
    smallest = float(np.linalg.eigvalsh(L @ L.T)[0])
    return smallest < BOUNDARY**2


def _trust(
    statistics: LinearMixedStatistics,
    criterion: ProfiledDeviance,
    minimum: Minimum[Solution],
    singular: bool,
) -> Trust:
    problems: list[str] = []
    notes: list[str] = []
    if not minimum.stationary:
        problems.append(f"The likelihood could still rise: the optimiser stopped {minimum.gain:.2g} short.")
    if downhill(criterion, minimum):
        problems.append("A variance was left at zero although the likelihood rises with it.")
    moving = np.abs(minimum.theta) > 0 if singular else np.ones(len(minimum.theta), dtype=bool)
    curvature = np.linalg.eigvalsh(minimum.hessian[np.ix_(moving, moving)])
    if moving.any() and curvature[0] <= 1e-8 * max(float(curvature[-1]), 1.0):
        problems.append("The likelihood is flat: the variances cannot be told apart with these data.")
    if minimum.state.scale < NO_REST:
        problems.append("Almost no residual variance is left.")
    if singular:
        terms = ", ".join(f"`{name}`" for name in statistics.z_names)
        notes.append(f"A variance or correlation of the person-specific terms ({terms}) is on its boundary.")
    if statistics.n_rows_dropped:
        notes.append(f"{statistics.n_rows_dropped} rows were left out because something was missing.")
    return Trust(tuple(problems), tuple(notes))


def _refuse_single_rows(design: Design) -> None:
    if design.n_rows == design.n_groups:
        raise ModelError(
            f"Every person in `{design.roles.groups}` has one row only.",
            where=f"groups=`{design.roles.groups}`",
            fix="Nothing tells people from moments then: use an ordinary regression.",
        )
