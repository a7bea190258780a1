"""Models over all waves: percentages or means per wave, and changes from the first wave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.core.frames import rows_of
from mirabal_toolkit.core.plan import WaveModel
from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import contrasts, predictions
from mirabal_toolkit.mixed.predictions_cells import build_grid
from mirabal_toolkit.models.describe import Record, score_scale
from mirabal_toolkit.models.fitting import Fitted, fit_model, wave_formula
from mirabal_toolkit.models.measured import Measured

#: Columns of an estimator's table that go into a record as they are.
INFERENCE = ("df", "statistic", "p_value")
#: … and those that carry the unit.
MEASURED = ("estimate", "std_error", "conf_low", "conf_high")

#: Models whose link is a logarithm or a logit: what their terms are when raised to e.
RATIOS = {
    "gee-logit": "odds_ratio",
    "glmm-logit": "odds_ratio",
    "clmm-logit": "odds_ratio",
    "glmm-negative-binomial": "rate_ratio",
}


RATIO_SCALES = frozenset(RATIOS.values())

#: A standard error below this is rounding: nobody differed from anybody, and no interval means anything.
NO_ERROR = 1e-9
#: Odds ratios whose logarithm lies beyond this have more digits than the world has people; their data say nothing.
LARGEST_LOGARITHM = 50.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Units a model's numbers are reported in, the factor that brings them there, and the largest change possible."""

    prediction: str
    change: str
    factor: float
    most: float = np.inf


def model_over_waves(measured: Measured) -> list[Record]:
    """Fit every planned model to one outcome, the main one first.

    Parameters
    ----------
    measured : Measured
        ``measured.planned.models`` says which.

    Returns
    -------
    list of dict
        Predictions per wave, changes from the first wave, ratios, and the model's parameters. A model that could
        not be fitted or trusted is one row with a flag and no numbers.
    """
    data = measured.long()
    waves = [int(wave) for wave in np.sort(data[WAVE].unique())]
    return [record for model in measured.planned.models for record in _one_model(measured, model, data, waves)]


def among_completers(measured: Measured) -> list[Record]:
    """Return the change from first to last wave by the main model, among those seen at every wave."""
    seen = measured.values.dropna().index
    model = measured.planned.model
    if not measured.plan.completers or not measured.planned.headline or model is None or len(seen) < 2:
        return []
    part = replace(
        measured,
        planned=replace(measured.planned, beside=()),
        values=measured.values.loc[seen],
        universe=measured.universe.loc[seen],
        background=measured.background.of(seen),
    )
    count = _smallest_cell(part.values) if measured.outcome.kind == "binary" else None
    return [
        {**row, "analysis": "completers_change", "population": "completers", "count": count}
        for row in model_over_waves(part)
        if row["analysis"] == "model_contrast"
        and row["contrast"] == measured.contrast
        and row["scale"] not in RATIO_SCALES
    ]


def _smallest_cell(values: pd.DataFrame) -> int:
    """Return the smallest number of people, but nobody, who said yes or who said no at either end."""
    yes = values.iloc[:, [0, -1]].sum().to_numpy()
    counts = np.concatenate([yes, len(values) - yes])
    return int(counts[counts > 0].min())


def _one_model(measured: Measured, model: WaveModel, data: pd.DataFrame, waves: list[int]) -> list[Record]:
    varies = data["value"].min() < data["value"].max()
    if len(waves) < 2 or waves[0] != measured.first or not varies or data[PERSON].nunique() <= len(waves):
        return [_without_numbers(measured, model, "not_estimable", data)]
    try:
        fitted = fit_model(model, measured.outcome.kind, data, wave_formula(measured.background.terms))
    except ModelError:
        return [_without_numbers(measured, model, "not_converged", data)]
    if not fitted.fit.trust.ok:
        return [_without_numbers(measured, model, "not_converged", data)]
    return _records(measured, fitted, waves)


def _without_numbers(measured: Measured, model: WaveModel, flag: str, data: pd.DataFrame) -> Record:
    return measured.record(
        "model_contrast",
        model=model,
        contrast=measured.contrast,
        scale="percentage_points" if measured.outcome.kind == "binary" else score_scale(measured),
        n_obs=len(data),
        n_persons=int(data[PERSON].nunique()),
        flags=(flag,),
    )


def _records(measured: Measured, fitted: Fitted, waves: list[int]) -> list[Record]:
    fit, level = fitted.fit, measured.plan.confidence_level
    base = measured.record(
        "model_prediction",
        model=fitted.name,
        n_obs=int(fit.nobs),
        n_persons=int(fit.n_groups),
        flags=(*fitted.flags, *(("covariate_filled",) if measured.background.filled else ())),
    )
    grid = build_grid(fit, [WAVE])
    table = predictions(fit, WAVE, level=level, grid=grid)
    if measured.outcome.kind == "ordinal":
        records = _shares(base, table)
    else:
        scale = scale_of(measured)
        records = [
            *_predictions(base, table, scale),
            *_changes(base, contrasts(fit, WAVE, adjust="none", level=level, grid=grid), scale, waves),
        ]
    if fitted.name in RATIOS:
        target: Literal["population", "typical"] = "population" if fitted.name == "gee-logit" else "typical"
        links = contrasts(fit, WAVE, scale="link", target=target, adjust="none", level=level, grid=grid)
        records += _ratios(base, links, RATIOS[fitted.name], waves)
    return [
        *records,
        *(
            {**base, "analysis": "model_parameters", "term": term, "estimate": value}
            for term, value in fitted.parameters.items()
        ),
    ]


def scale_of(measured: Measured) -> Scale:
    """Return the units of an outcome's levels and changes."""
    if measured.outcome.kind == "binary":
        return Scale("percent", "percentage_points", 100.0, 100.0)
    unit = score_scale(measured)
    return Scale(unit, unit, 1.0)


def told(base: Record, row: Mapping[Any, Any], scale: Scale) -> Record:
    """Return `base` with a change: its size, error, interval and test, the interval within what is possible.

    Without any differences between people there is no error, and so no interval: flagged, no numbers.

    Parameters
    ----------
    base : dict
    row : mapping
        Names of `MEASURED` and of `INFERENCE`, as estimators call them.
    scale : Scale
    """
    base = {**base, "scale": scale.change}
    if not float(row["std_error"]) > NO_ERROR:
        return {**base, "flags": (*base.get("flags", ()), "not_estimable")}
    limits = {
        end: float(np.clip(scale.factor * row[end], -scale.most, scale.most)) for end in ("conf_low", "conf_high")
    }
    numbers = {name: scale.factor * float(row[name]) for name in ("estimate", "std_error")}
    return {**base, **numbers, **limits, **{name: float(row[name]) for name in INFERENCE}}


def change_scale(measured: Measured) -> tuple[str, float]:
    """Return the unit of a change of this outcome, and the factor that brings a model's numbers there."""
    scale = scale_of(measured)
    return scale.change, scale.factor


def _measures(row: dict[str, Any], factor: float) -> Record:
    return {name: factor * float(row[name]) for name in MEASURED}


def _predictions(base: Record, table: pd.DataFrame, scale: Scale) -> list[Record]:
    return [
        {
            **base,
            "wave": int(row[WAVE]),
            "scale": scale.prediction,
            **_measures(row, scale.factor),
            "df": float(row["df"]),
            "n_obs": int(row["n_obs"]),
        }
        for row in rows_of(table)
    ]


def _shares(base: Record, table: pd.DataFrame) -> list[Record]:
    """Return the predicted percentage of every ordered answer at every wave; `term` is its code."""
    return [
        {
            **base,
            "analysis": "ordinal_prediction",
            "wave": int(row[WAVE]),
            "term": f"{float(row['category']):g}",
            "scale": "percent",
            **_measures(row, 100.0),
            "n_obs": int(row["n_obs"]),
        }
        for row in rows_of(table)
    ]


def _changes(base: Record, table: pd.DataFrame, scale: Scale, waves: list[int]) -> list[Record]:
    return [
        told(
            {**base, "analysis": "model_contrast", "contrast": f"w{wave} - w{waves[0]}", "n_obs": int(row["n_obs"])},
            row,
            scale,
        )
        for wave, row in zip(waves[1:], rows_of(table), strict=True)
    ]


def _ratios(base: Record, table: pd.DataFrame, name: str, waves: list[int]) -> list[Record]:
    """Return the changes as ratios; the standard error stays that of the logarithm."""
    rows = _changes(base, table, Scale("", name, 1.0), waves)
    return [_raised(row) for row in rows]


def _raised(row: Record) -> Record:
    """Return a change of logarithms as a ratio; a ratio that no number can hold is none."""
    logarithms = {part: row[part] for part in ("estimate", "conf_low", "conf_high") if part in row}
    if any(abs(value) > LARGEST_LOGARITHM for value in logarithms.values()):
        left = {name: value for name, value in row.items() if name not in (*MEASURED, *INFERENCE)}
        return {**left, "flags": (*row["flags"], "not_estimable")}
    return {**row, **{part: float(np.exp(value)) for part, value in logarithms.items()}}
