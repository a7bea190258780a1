"""Panel models and within–between models of the headline outcomes, as estimates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import KEYS, PanelData
from mirabal_toolkit.core.instrument import Estimand
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.models.describe import Record, score_scale
from mirabal_toolkit.models.measured import Measured, ground, measure_on
from mirabal_toolkit.models.panel_models import PanelFit, PanelModel, correlated_effects_test, fit_panel_model
from mirabal_toolkit.models.within_between import WithinBetween, indicators, within_between

#: Outcomes panel models are for: a count or an ordered answer has no linear model.
KINDS = ("binary", "score")
PANEL_MODELS: tuple[PanelModel, ...] = get_args(PanelModel)


def covariates_over_time(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> Iterator[Record]:
    """Yield the within–between models of the headline outcomes, where `plan.panel_models` asks for them."""
    covariates = time_varying(panel, plan) if "within_between" in plan.panel_models else pd.DataFrame()
    if covariates.empty:
        return
    laid = ground(panel, plan, people)
    for planned in plan.outcomes:
        if planned.headline and panel.instrument.outcome(planned.outcome).kind in KINDS:
            estimand = _estimand_beside(planned.estimands_of(panel.instrument), panel, plan)
            yield from within_between_records(measure_on(laid, planned, estimand), covariates)


def _estimand_beside(estimands: tuple[Estimand, ...], panel: PanelData, plan: AnalysisPlan) -> Estimand:
    """Return the estimand under which covariates are looked at.

    Where contact is a covariate and no contact counts as no harm, contact would explain the outcome by definition.
    """
    contact = panel.instrument.roles.contact in plan.time_varying
    return "while_in_contact" if contact and "while_in_contact" in estimands else estimands[0]


def panel_records(measured: Measured) -> Iterator[Record]:
    """Yield the changes from the first wave by every panel model asked for, and the test between two of them.

    Headline outcomes that are yes or no or a score have them, under their first estimand.
    """
    outcome, planned = measured.outcome, measured.planned
    asked = [model for model in PANEL_MODELS if model in measured.plan.panel_models]
    if not (
        planned.headline and outcome.kind in KINDS and measured.estimand == (planned.estimands or outcome.estimands)[0]
    ):
        return
    data = measured.long()
    for model in asked:
        base = measured.record("panel_model", model=f"panel-{model}", scale=_scale(measured))
        try:
            yield from _changes(base, fit_panel_model(model, data), measured)
        except ModelError:
            yield {**base, "contrast": measured.contrast, **_bases(data), "flags": ("not_estimable",)}
    if {"entity", "random_effects"} <= set(asked):
        yield from _test(measured, data)


def _changes(base: Record, fit: PanelFit, measured: Measured) -> Iterator[Record]:
    factor = 100.0 if measured.outcome.kind == "binary" else 1.0
    low, high = fit.interval(measured.plan.confidence_level)
    p_value = fit.p_value
    for place, wave in enumerate(fit.waves):
        yield {
            **base,
            "contrast": f"w{wave} - w{measured.first}",
            "estimate": factor * float(fit.estimate[place]),
            "std_error": factor * float(fit.std_error[place]),
            "conf_low": factor * float(low[place]),
            "conf_high": factor * float(high[place]),
            "df": fit.df,
            "statistic": float(fit.estimate[place] / fit.std_error[place]),
            "p_value": float(p_value[place]),
            "n_obs": fit.n_obs,
            "n_persons": fit.n_persons,
        }


def _test(measured: Measured, data: pd.DataFrame) -> Iterator[Record]:
    """Yield the robust Hausman test; nothing where everybody was seen at the same waves."""
    try:
        test = correlated_effects_test(data)
    except ModelError:
        return
    yield measured.record(
        "panel_test",
        model="panel-mundlak",
        term="own_levels",
        statistic=test.statistic,
        df=float(test.n_persons - 1),
        p_value=test.p_value,
        n_obs=test.n_obs,
        n_persons=test.n_persons,
    )


def time_varying(panel: PanelData, plan: AnalysisPlan) -> pd.DataFrame:
    """Return the time-varying covariates: numbers as they are, choices as indicators; index person_id, wave."""
    columns: dict[str, pd.Series[Any]] = {}
    for item in plan.time_varying:
        answers = panel.answers.frame[item]
        options = {float(option.code): option.name for option in panel.instrument.options(item) if _valid(option)}
        columns |= dict(indicators(item, answers, options)) if options else {item: answers.astype(float)}
    return pd.DataFrame(columns, index=panel.answers.frame.index)


def _valid(option: Any) -> bool:
    return bool(option.kind == "valid")


def within_between_records(measured: Measured, covariates: pd.DataFrame) -> Iterator[Record]:
    """Yield the within and between coefficients of every covariate; `term` is ``within B2=apart``."""
    binary = measured.outcome.kind == "binary"
    base = measured.record(
        "within_between",
        model="within-between-logit" if binary else "within-between-linear",
        scale="odds_ratio" if binary else score_scale(measured),
    )
    data = measured.long().join(covariates, on=KEYS)
    try:
        names = tuple(str(name) for name in covariates)
        found = within_between(data, names, binary=binary, level=measured.plan.confidence_level)
    except ModelError:
        yield {**base, **_bases(data), "flags": ("not_estimable",)}
        return
    for one in found:
        yield {**base, **_coefficient(one, ratio=binary)}


def _coefficient(one: WithinBetween, *, ratio: bool) -> Record:
    """Return a coefficient; where it is a logarithm of odds as a ratio, with the standard error of the logarithm."""
    numbers = {"estimate": one.estimate, "conf_low": one.conf_low, "conf_high": one.conf_high}
    return {
        **{name: float(np.exp(value)) if ratio else value for name, value in numbers.items()},
        "term": f"{one.part} {one.covariate}",
        "std_error": one.std_error,
        "df": one.df,
        "statistic": one.estimate / one.std_error,
        "p_value": one.p_value,
        "count": one.n_with,
        "n_obs": one.n_obs,
        "n_persons": one.n_persons,
        "flags": one.flags,
    }


def _scale(measured: Measured) -> str:
    return "percentage_points" if measured.outcome.kind == "binary" else score_scale(measured)


def _bases(data: pd.DataFrame) -> Record:
    return {"n_obs": len(data), "n_persons": int(data["person_id"].nunique())}
