"""Generalized estimating equations: population-averaged models of repeated answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np

from mirabal_toolkit.errors import ModelError, UsageError
from mirabal_toolkit.mixed.design import Design, Roles, build_design
from mirabal_toolkit.mixed.gee_blocks import MAX_LEVELS, ClusterBlock, Observations, build_blocks
from mirabal_toolkit.mixed.gee_correlation import Kind, WorkingCorrelation, start_correlation
from mirabal_toolkit.mixed.gee_covariance import CovType, Root, covariance, not_below_model
from mirabal_toolkit.mixed.gee_estimating import FAMILIES, solve_information
from mirabal_toolkit.mixed.gee_fit import DfMethod, GeeFit, degrees_of_freedom
from mirabal_toolkit.mixed.gee_solve import Estimate, Start, independence_start, solve_equations
from mirabal_toolkit.mixed.gee_trust import Flaws, judge

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

FamilyName = Literal["gaussian", "binomial", "poisson"]
Penalty = Literal["firth"]

_NEEDS_TIME = ("ar1", "unstructured")


class GeeOptions(NamedTuple):
    """Choices of a GEE fit, as in `gee`."""

    family: FamilyName
    corr: Kind
    cov_type: CovType
    df: DfMethod
    penalty: Penalty | None


def gee(  # noqa: PLR0913 - one keyword for each choice a user of GEE expects to find
    formula: str,
    data: pd.DataFrame,
    *,
    groups: str,
    time: str | None = None,
    family: FamilyName = "gaussian",
    corr: Kind = "exchangeable",
    cov_type: CovType = "kauermann-carroll",
    df: DfMethod = "clusters-minus-parameters",
    weights: str | None = None,
    offset: str | None = None,
    penalty: Penalty | None = None,
) -> GeeFit:
    """Fit a population-averaged model by generalized estimating equations.

    Parameters
    ----------
    formula : str
        ``"hurt ~ C(wave) * arm + age"``, read by formulaic. Links are canonical: identity, logit, log.
    data : pandas.DataFrame
        One row a person and wave, in any order; rows with missing values are left out and counted.
    groups : str
        Column with the person (the cluster).
    time : str, optional
        Column with the wave or time; needed for ``corr="ar1"`` (numbers, in any unit) and
        ``"unstructured"``.
    family : {"gaussian", "binomial", "poisson"}
        Binomial answers are 0 or 1; Poisson answers are not negative.
    corr : {"independence", "exchangeable", "ar1", "unstructured"}
        Working correlation within a person; estimates stay consistent when it is wrong.
    cov_type : {"robust", "mancl-derouen", "kauermann-carroll", "fay-graubard", "naive"}
        Covariance of the estimates. "robust" is the plain sandwich, too small with few people;
        "kauermann-carroll" with t is nearest to the nominal level in simulations (Li & Redden 2015, and
        ``docs/calibration.md``), "mancl-derouen" with t somewhat cautious.
    df : {"clusters-minus-parameters", "satterthwaite", "normal"}
        Degrees of freedom of t tests and intervals; "satterthwaite" is Fay & Graubard's d-tilde.
    weights : str, optional
        Column with the weight of each person-wave (inverse-probability weights).
    offset : str, optional
        Column added to the linear predictor, such as the log of the time at risk.
    penalty : {"firth"}, optional
        Firth-type penalty (binomial, Poisson), for answers that never vary in some cell. The scale is
        then 1, and where a cell is empty no variance falls below the model-based one.

    Returns
    -------
    GeeFit
        ``fit.trust`` says in words what is wrong. Where the answer never varies in some cell and no
        penalty is set, standard errors of the terms concerned are missing: no estimate exists.

    Raises
    ------
    UsageError
        An unknown choice, or a choice that does not go with the others.
    ModelError
        Data that cannot carry the model: see `build_design`; answers that do not suit the family;
        a person with two rows at one time; as many terms as people.

    Notes
    -----
    Scale and correlation are estimated as in geepack: without subtracting the number of parameters, and
    with the scale estimated for binomial and Poisson answers too. (statsmodels holds their scale at 1
    and corrects for parameters; estimates differ in the third digit, both are consistent.)

    References
    ----------
    Liang, K.-Y. & Zeger, S. L. (1986). Biometrika 73, 13-22.
    Mancl, L. A. & DeRouen, T. A. (2001). Biometrics 57, 126-134.
    Kauermann, G. & Carroll, R. J. (2001). JASA 96, 1387-1396.
    Fay, M. P. & Graubard, B. I. (2001). Biometrics 57, 1198-1206.
    Li, P. & Redden, D. T. (2015). Small sample performance of bias-corrected sandwich estimators for
    cluster-randomized trials with binary outcomes. Statistics in Medicine 34, 281-296.
    Mondol, M. H. & Rahman, M. S. (2019). Statistics in Medicine 38, 2544-2560.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"person_id": np.repeat(np.arange(40), 3), "wave": np.tile([1, 2, 3], 40)})
    >>> data["hurt"] = (rng.random(120) < 0.6 - 0.1 * data["wave"]).astype(int)
    >>> fit = gee("hurt ~ C(wave)", data, groups="person_id", family="binomial")
    >>> fit.trust.ok, fit.n_groups, list(fit.df)
    (True, 40, [37.0, 37.0, 37.0])
    """
    options = GeeOptions(family, corr, cov_type, df, penalty)
    _refuse_unknown_choices(options)
    design = build_design(formula, data, Roles(groups=groups, time=time, offset=offset, weights=weights))
    _refuse_unsuitable(design, options)
    blocks, level_times = _blocks(design, corr)
    start = start_correlation(corr, blocks, level_times)
    return _fit(design, blocks, start, options)


def _refuse_unknown_choices(options: GeeOptions) -> None:
    allowed = {
        "family": (options.family, get_args(FamilyName)),
        "corr": (options.corr, get_args(Kind)),
        "cov_type": (options.cov_type, get_args(CovType)),
        "df": (options.df, get_args(DfMethod)),
        "penalty": (options.penalty, (None, *get_args(Penalty))),
    }
    for name, (value, choices) in allowed.items():
        if value not in choices:
            listed = ", ".join(repr(choice) for choice in choices)
            raise UsageError(f"gee() does not know {name}={value!r}.", fix=f"Choose one of {listed}.")
    if options.penalty and options.family == "gaussian":
        raise UsageError("A Firth-type penalty does nothing for a gaussian outcome.", fix="Leave penalty out.")
    if options.df == "satterthwaite" and options.cov_type == "naive":
        raise UsageError(
            "Satterthwaite degrees of freedom belong to a sandwich covariance.",
            fix='Use cov_type="mancl-derouen", or df="clusters-minus-parameters".',
        )


def _refuse_unsuitable(design: Design, options: GeeOptions) -> None:
    y, where = design.y, f"outcome `{design.outcome}`"
    if options.family == "binomial" and not np.all((y == 0) | (y == 1)):
        raise ModelError(
            f"The outcome `{design.outcome}` holds values other than 0 and 1.",
            where=where,
            fix="Code yes as 1 and no as 0, or choose another family.",
        )
    if options.family == "poisson" and np.any(y < 0):
        raise ModelError(f"The outcome `{design.outcome}` holds negative counts.", where=where)
    if design.n_groups <= len(design.names):
        raise ModelError(
            f"There are {design.n_groups} people for {len(design.names)} terms: nothing is left to judge error by.",
            where=f"formula `{design.formula}`",
            fix="Leave terms out, or collect more people.",
        )
    if options.corr in _NEEDS_TIME:
        _refuse_repeated_times(design, options.corr)


def _refuse_repeated_times(design: Design, corr: Kind) -> None:
    codes, levels = _times(design)
    same = (np.diff(codes) == 0) & (np.diff(design.groups.codes) == 0)
    if same.any():
        raise ModelError(
            f"{int(same.sum())} rows repeat a time at which the same person was already seen.",
            where=f"time `{design.roles.time}`",
            fix="Keep one row for each person and time.",
        )
    if corr == "ar1" and levels.dtype.kind not in "iufb":
        raise ModelError(
            f"corr='ar1' needs the distance between times, and `{design.roles.time}` is not a number.",
            fix="Give the wave's number or its months.",
        )
    if corr == "unstructured" and len(levels) > MAX_LEVELS:
        raise ModelError(
            f"An unstructured correlation of {len(levels)} times cannot be estimated.",
            where=f"time `{design.roles.time}`",
            fix="Name the wave instead of the date, or use corr='ar1'.",
        )


def _times(design: Design) -> tuple[NDArray[np.intp], NDArray[np.generic]]:
    if design.time_codes is None or design.time_levels is None:
        raise UsageError(
            "This working correlation needs to know when each row was seen.", fix='Name the column: time="wave".'
        )
    return design.time_codes, design.time_levels


def _blocks(design: Design, corr: Kind) -> tuple[tuple[ClusterBlock, ...], FloatArray | None]:
    """People in blocks, and the times of the waves when people share them."""
    rows = Observations(X=design.X, y=design.y, person=design.groups.codes, weight=design.weights, offset=design.offset)
    if corr not in _NEEDS_TIME:
        return build_blocks(rows), None
    codes, levels = _times(design)
    if corr == "unstructured":
        return build_blocks(rows._replace(level=codes)), np.arange(len(levels), dtype=np.float64)
    times = levels.astype(np.float64)
    if len(levels) <= MAX_LEVELS:
        return build_blocks(rows._replace(level=codes)), times
    return build_blocks(rows._replace(time=times[codes])), None


def _fit(design: Design, blocks: tuple[ClusterBlock, ...], corr: WorkingCorrelation, options: GeeOptions) -> GeeFit:
    family = FAMILIES[options.family]
    start = independence_start(blocks, family)
    if options.penalty is not None:
        estimate = solve_equations(blocks, corr, family, start, penalised=True)
    elif start.separated.any():
        # No root means anything here; the independence estimates of the other terms still do.
        alone = replace(corr, kind="independence")
        estimate = Estimate(start.params, alone, start.scale, start.information, 0, np.inf, converged=False)
    else:
        estimate = solve_equations(blocks, corr, family, start, penalised=False)
    bread = solve_information(estimate.information, np.eye(len(design.names)))
    root = Root(blocks, estimate.params, estimate.corr, family, bread, estimate.scale)
    return _result(design, root, start, estimate, options)


def _result(design: Design, root: Root, start: Start, estimate: Estimate, options: GeeOptions) -> GeeFit:
    separated = tuple(name for name, infinite in zip(design.names, start.separated, strict=True) if infinite)
    matrix, saturated = covariance(root, options.cov_type)
    if separated and options.penalty:
        matrix = not_below_model(matrix, root.scale * root.bread)
    elif separated:
        matrix[start.separated] = np.nan
        matrix[:, start.separated] = np.nan
    trust = judge(root, estimate, options.cov_type, Flaws(separated, saturated, options.penalty is not None))
    return GeeFit(
        estimates=estimate.params,
        covariance=matrix,
        names=design.names,
        llf=float("nan"),
        n_parameters=len(design.names),
        nobs=design.n_rows,
        n_groups=design.n_groups,
        converged=estimate.converged,
        singular=False,
        trust=trust,
        title=f"Generalized estimating equations: {design.formula}",
        design=design,
        root=root,
        cov_type=options.cov_type,
        df_method=options.df,
        penalty=options.penalty,
        separated=separated,
        n_iterations=start.iterations + estimate.iterations,
        term_df=degrees_of_freedom(root, options.cov_type, options.df, np.eye(len(design.names))),
    )
