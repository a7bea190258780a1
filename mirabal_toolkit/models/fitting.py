"""The models a plan can ask for, fitted to one outcome over all waves.

Wave is a category, so no shape of change is imposed; the person is the unit. Everybody with at least one
answer takes part, so answers lost at some waves are handled as missing at random.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.core.plan import WaveModel
from mirabal_toolkit.mixed import clmm, gee, glmm, lmm, mmrm
from mirabal_toolkit.mixed.glmm_model import PenaltyName
from mirabal_toolkit.mixed.quadrature_trust import NOTABLE_SHIFT

USUAL_NODES, MOST_NODES = 9, 25


def wave_formula(terms: Iterable[str] = (), *, by: str | None = None) -> str:
    """Return the formula of a model of change: wave as a category, and the covariates.

    Parameters
    ----------
    terms : iterable of str
        Covariates, as formulas take them; made by `background`, never taken from a user's text.
    by : str, optional
        Column whose categories may change differently (an arm, a subgroup).

    Examples
    --------
    >>> wave_formula(["x_P2"], by="arm")
    'value ~ C(wave) * C(arm) + x_P2'
    """
    waves = f"C({WAVE})" if by is None else f"C({WAVE}) * C({by})"
    return " + ".join((f"value ~ {waves}", *terms))


FORMULA = wave_formula()


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fit with what the record of it needs.

    Parameters
    ----------
    name : str
        How results name the model.
    fit : object
        A fit of `mirabal_toolkit.mixed`.
    flags : tuple of str
        Flags that every record of it carries.
    parameters : mapping
        Variances and correlations by name.
    """

    name: str
    fit: Any
    flags: tuple[str, ...]
    parameters: dict[str, float]


def fit_model(model: WaveModel, kind: str, data: pd.DataFrame, formula: str = FORMULA) -> Fitted:
    """Fit one model.

    Parameters
    ----------
    model : str
        See `WaveModel`.
    kind : str
        Kind of the outcome: ``binary``, ``score``, ``count`` or ``ordinal``.
    data : DataFrame
        Columns person_id, wave, value, and what the formula names; one row an observed person-wave.
    formula : str
        From `wave_formula`.

    Raises
    ------
    ModelError
        If the data cannot carry the model.
    """
    return _FITTERS[model](kind, data, formula)


def _gee(_kind: str, data: pd.DataFrame, formula: str) -> Fitted:
    """Population-averaged logit model; where a wave has nobody or everybody, a penalised one.

    Kauermann–Carroll standard errors with t kept their promises at 60, 100 and 300 people (docs/calibration.md).
    """
    empty = has_empty_cell(data, formula)
    fit = gee(
        formula,
        data,
        groups=PERSON,
        time=WAVE,
        family="binomial",
        cov_type="kauermann-carroll",
        penalty="firth" if empty else None,
    )
    correlation = float(fit.working_correlation.to_numpy()[0, 1])
    return Fitted("gee-logit", fit, ("penalised",) if empty else (), {"working_correlation": correlation})


def has_empty_cell(data: pd.DataFrame, formula: str = FORMULA) -> bool:
    """Say whether nobody, or everybody, says yes in some category (or wave × arm cell) of the formula.

    There no finite estimate exists without a penalty.
    """
    cells = (re.findall(r"C\((\w+)\)", part) for part in formula.partition("~")[2].split("+"))
    return any(
        bool(data.groupby(names, observed=True)["value"].mean().isin([0.0, 1.0]).any()) for names in cells if names
    )


def _lmm(_kind: str, data: pd.DataFrame, formula: str) -> Fitted:
    """Linear mixed model with a random intercept: REML, Satterthwaite degrees of freedom."""
    fit = lmm(formula, data, groups=PERSON, reml=True)
    between, within = _first(fit.cov_re), float(fit.scale)
    parameters = {"variance_between": between, "variance_within": within, "icc": between / (between + within)}
    return Fitted("lmm-random-intercept", fit, _boundary(fit), parameters)


def _mmrm(_kind: str, data: pd.DataFrame, formula: str) -> Fitted:
    """Means per wave with any covariance between waves: REML, Kenward–Roger degrees of freedom."""
    return Fitted("mmrm-unstructured", mmrm(formula, data, groups=PERSON, time=WAVE, df="kenward-roger"), (), {})


def _glmm(kind: str, data: pd.DataFrame, formula: str) -> Fitted:
    """Person-specific logit model for yes or no, negative binomial for counts."""
    if kind == "count":
        fit = with_enough_nodes(
            lambda nodes: glmm(formula, data, groups=PERSON, family="negative_binomial", n_quad=nodes)
        )
        return Fitted("glmm-negative-binomial", fit, _boundary(fit), {"sd_person": _first(fit.cov_re) ** 0.5})
    empty = has_empty_cell(data, formula)
    penalty: PenaltyName | None = "weakly_informative" if empty else None
    fit = with_enough_nodes(
        lambda nodes: glmm(formula, data, groups=PERSON, family="binomial", penalty=penalty, n_quad=nodes)
    )
    flags = (("penalised",) if empty else ()) + _boundary(fit)
    return Fitted("glmm-logit", fit, flags, {"sd_person": _first(fit.cov_re) ** 0.5})


def _clmm(_kind: str, data: pd.DataFrame, formula: str) -> Fitted:
    """Person-specific cumulative logit model for ordered answers."""
    fit = with_enough_nodes(lambda nodes: clmm(formula, data, groups=PERSON, n_quad=nodes))
    return Fitted("clmm-logit", fit, _boundary(fit), {"sd_person": _first(fit.cov_re) ** 0.5})


def with_enough_nodes(fit_with: Callable[[int], Any]) -> Any:
    """Fit with the usual number of quadrature nodes, and with the most there are where that does not do.

    Nearly everybody answering alike (or women differing very much) needs more nodes: the fit says by how much its
    estimates would move.
    """
    fit = fit_with(USUAL_NODES)
    return fit if fit.trust.ok and fit.core.node_shift < NOTABLE_SHIFT else fit_with(MOST_NODES)


def _boundary(fit: Any) -> tuple[str, ...]:
    return ("boundary",) if fit.singular else ()


def _first(covariance: pd.DataFrame) -> float:
    return float(covariance.to_numpy()[0, 0])


_FITTERS: dict[WaveModel, Callable[[str, pd.DataFrame, str], Fitted]] = {
    "gee": _gee,
    "lmm": _lmm,
    "mmrm": _mmrm,
    "glmm": _glmm,
    "clmm": _clmm,
}
