"""Cumulative link mixed models by adaptive Gauss-Hermite quadrature."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from mirabal_toolkit.errors import ModelError, UsageError
from mirabal_toolkit.mixed.clmm_results import ClmmFit, ClmmLink, term_columns, threshold_names
from mirabal_toolkit.mixed.design import Design, Roles, build_design
from mirabal_toolkit.mixed.families_ordinal import CumulativeLogit, CumulativeProbit
from mirabal_toolkit.mixed.glmm_model import check_nodes, grouped_rows, penalty_maker
from mirabal_toolkit.mixed.quadrature_fit import QuadratureFit, Task, fit_quadrature
from mirabal_toolkit.mixed.quadrature_groups import GroupedRows
from mirabal_toolkit.mixed.quadrature_start import LOGIT_FLATTENING
from mirabal_toolkit.mixed.quadrature_trust import Findings, judge
from mirabal_toolkit.mixed.row_pieces import some_columns, standard_gram
from mirabal_toolkit.mixed.separation import ordinal_directions, separated_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    import pandas as pd

    from mirabal_toolkit.mixed.families import FloatArray, RowFamily

_FAMILIES: dict[str, Callable[[int], RowFamily]] = {"logit": CumulativeLogit, "probit": CumulativeProbit}
_FLATTENING = {"logit": LOGIT_FLATTENING, "probit": 1.0}


def clmm(  # noqa: PLR0913 - one keyword for each choice a user of mixed models expects to find
    formula: str,
    data: pd.DataFrame,
    *,
    groups: str,
    link: ClmmLink = "logit",
    n_quad: int = 10,
    re_formula: str = "~ 1",
    offset: str | None = None,
    frequency_weights: str | None = None,
    penalty: Literal["weakly_informative"] | None = None,
) -> ClmmFit:
    """Fit a cumulative link mixed model (mixed ordered logit or probit) by maximum likelihood.

    The model is P(answer <= c) = F(alpha_c - x'beta - z'u) with flexible thresholds alpha; a positive term means
    answers in higher categories, as in R's ``ordinal::clmm``.

    Parameters
    ----------
    formula : str
        ``"safety ~ C(wave)"``, read by formulaic; the thresholds take the place of the intercept. The outcome is an
        ordered categorical column, or numbers whose order is that of the categories.
    data : pandas.DataFrame
        One row a person and wave, in any order; rows with missing values are left out and counted.
    groups : str
        Column with the person.
    link : {"logit", "probit"}
        Proportional odds, or ordered probit.
    n_quad : int
        Nodes in each dimension, 1 (Laplace's approximation) to 25.
    re_formula : str
        Person-specific terms, ``"~ 1"`` for an intercept.
    offset : str, optional
        Column added to the linear predictor.
    frequency_weights : str, optional
        Column with the number of identical rows of the same person that a row stands for.
    penalty : {"weakly_informative"}, optional
        Cauchy priors of scale 2.5 on standardised terms and half-Cauchy of scale 5 on the person-specific standard
        deviation; the thresholds are free.

    Returns
    -------
    ClmmFit

    Raises
    ------
    ModelError
        One category only, a design that holds the intercept in disguise, or anything `build_design` refuses.
    UsageError
        A link, penalty or number of nodes that does not exist.

    References
    ----------
    Hedeker & Gibbons (1994), A random-effects ordinal regression model for multilevel analysis, Biometrics 50.
    Christensen (2018), Cumulative link models for ordinal regression with the R package ordinal.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"who": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5], "wave": [1, 2] * 5,
    ...                      "safe": [1, 2, 1, 3, 2, 3, 2, 2, 1, 1]})
    >>> fit = clmm("safe ~ C(wave)", data, groups="who")
    >>> list(fit.thresholds.index), bool(fit.params["C(wave)[T.2]"] > 0)
    (['1|2', '2|3'], True)
    """
    if link not in _FAMILIES:
        raise UsageError(f"There is no link `{link}` here.", fix="Choose logit or probit.")
    if penalty not in (None, "weakly_informative"):
        raise UsageError(f"There is no penalty `{penalty}` for ordered answers.", fix="Choose weakly_informative.")
    check_nodes(n_quad)
    roles = Roles(groups, re_formula, offset=offset, weights=frequency_weights)
    design = build_design(formula, data, roles, outcome="ordered")
    columns = term_columns(design)
    _refuse_hidden_intercept(design, columns)
    core = fit_quadrature(ordinal_rows(design, columns), ordinal_task(design, link, n_quad, penalty))
    return _wrap(design, core, (link, columns, n_quad, penalty))


def _refuse_hidden_intercept(design: Design, columns: tuple[int, ...]) -> None:
    X = some_columns(design.X, columns)
    scales = np.array([column.std() for column in X.T])
    if X.shape[1] and np.linalg.eigvalsh(standard_gram(X, X.mean(axis=0), scales) / len(X))[0] < 1e-9:
        raise ModelError(
            "The columns of the formula add up to a constant, whose place the thresholds take.",
            where=f"formula `{design.formula}`",
            fix="Leave `0 +` or `- 1` out of the formula.",
        )


def ordinal_rows(design: Design, columns: tuple[int, ...]) -> GroupedRows:
    """Arrays of a design without its intercept."""
    return replace(grouped_rows(design), X=some_columns(design.X, columns))


def ordinal_task(design: Design, link: str, n_quad: int, penalty: str | None) -> Task:
    """What to fit, with thresholds started at the proportions of the sample."""
    family = _FAMILIES[link](len(design.outcome_levels))
    weights = np.ones(design.n_rows) if design.weights is None else design.weights
    return Task(
        family=family,
        n_quad=n_quad,
        aux=_first_thresholds(design.y, weights, link),
        guess=np.zeros_like,
        flattening=_FLATTENING[link],
        thresholds=True,
        penalty=None if penalty is None else penalty_maker(penalty, family, counts=False),
    )


def _first_thresholds(y: FloatArray, weights: FloatArray, link: str) -> FloatArray:
    counts = np.bincount(y.astype(np.intp), weights=weights) + 0.5
    below = np.cumsum(counts)[:-1] / counts.sum()
    return np.asarray(special.logit(below) if link == "logit" else special.ndtri(below))


def _separated(design: Design, core: QuadratureFit, columns: tuple[int, ...]) -> tuple[str, ...]:
    if not core.flat.may_be_separated:
        return ()
    used = slice(None) if design.weights is None else design.weights > 0.0
    X, size = design.X[used][:, list(columns)], len(design.outcome_levels)
    names = (*threshold_names(design.outcome_levels), *(design.names[k] for k in columns))
    return tuple(names[k] for k in separated_columns(ordinal_directions(X, design.y[used], size)))


def _wrap(design: Design, core: QuadratureFit, chosen: tuple[ClmmLink, tuple[int, ...], int, str | None]) -> ClmmFit:
    link, columns, n_quad, penalty = chosen
    p, q = len(columns), len(core.factor)
    terms = tuple(design.names[k] for k in columns)
    separated = _separated(design, core, columns)
    names = (*terms, *threshold_names(design.outcome_levels), *("person-specific terms",) * (q * (q + 1) // 2))
    findings = Findings(separated, True, penalty, n_quad, names)
    return ClmmFit(
        estimates=core.beta,
        covariance=core.covariance[:p, :p].copy(),
        names=terms,
        llf=core.llf,
        n_parameters=len(names),
        nobs=design.n_rows if design.weights is None else round(float(design.weights.sum())),
        n_groups=design.n_groups,
        converged=core.converged,
        singular=core.singular,
        trust=judge(core, design, findings),
        title=f"Cumulative link mixed model, {link} link: {design.formula}",
        design=design,
        core=core,
        n_quad=n_quad,
        penalty=penalty,
        link=link,
        columns=columns,
        separated=separated,
    )
