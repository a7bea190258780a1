"""Models over all waves: percentages or means per wave, and changes from the first wave.

Wave is a category, so no shape of change is imposed; the person is the unit. Everybody with at least
one answer takes part, so answers lost at some waves are handled as missing at random.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import contrasts, gee, lmm, predictions
from mirabal_toolkit.models.describe import Record, score_scale
from mirabal_toolkit.models.measured import Measured

MODELS = {"gee": "gee-logit", "lmm": "lmm-random-intercept"}
FORMULA = f"value ~ C({WAVE})"


@dataclass(frozen=True, slots=True)
class Scale:
    """Units a model's numbers are reported in, and the factor that brings them there."""

    prediction: str
    change: str
    factor: float


def model_over_waves(measured: Measured) -> list[Record]:
    """Fit the planned model to one outcome.

    Parameters
    ----------
    measured : Measured
        ``measured.planned.model`` is ``gee`` or ``lmm``.

    Returns
    -------
    list of dict
        Predictions per wave, changes from the first wave, and the model's parameters. A model that could
        not be fitted or trusted is one row with a flag and no numbers.
    """
    data = measured.long()
    waves = np.sort(data[WAVE].unique())
    varies = data["value"].min() < data["value"].max()
    if len(waves) < 2 or waves[0] != measured.first or not varies or data[PERSON].nunique() <= len(waves):
        return [_without_numbers(measured, "not_estimable", data)]
    try:
        return FITTERS[str(measured.planned.model)](measured, data, [int(wave) for wave in waves])
    except ModelError:
        return [_without_numbers(measured, "not_converged", data)]


def _without_numbers(measured: Measured, flag: str, data: pd.DataFrame) -> Record:
    model = MODELS[str(measured.planned.model)]
    people = int(data[PERSON].nunique())
    return measured.record(
        "model_contrast",
        model=model,
        contrast=measured.contrast,
        scale="percentage_points" if measured.outcome.kind == "binary" else score_scale(measured),
        n_obs=len(data),
        n_persons=people,
        flags=(flag,),
    )


def _gee(measured: Measured, data: pd.DataFrame, waves: list[int]) -> list[Record]:
    """Population-averaged logit model; where a wave has nobody or everybody, a penalised one."""
    share = data.groupby(WAVE)["value"].mean()
    empty = bool(share.isin([0.0, 1.0]).any())
    fit = gee(FORMULA, data, groups=PERSON, time=WAVE, family="binomial", penalty="firth" if empty else None)
    if not fit.trust.ok:
        return [_without_numbers(measured, "not_converged", data)]
    flags = ("penalised",) if empty else ()
    scale = Scale("percent", "percentage_points", 100.0)
    base = _base(measured, fit, flags)
    level = measured.plan.confidence_level
    return [
        *_predictions(base, predictions(fit, WAVE, level=level), scale),
        *_changes(base, contrasts(fit, WAVE, adjust="none", level=level), scale, waves),
        *_odds_ratios(base, contrasts(fit, WAVE, scale="link", adjust="none", level=level), waves),
        {**base, "analysis": "model_parameters", "term": "working_correlation", "estimate": _exchangeable(fit)},
    ]


def _exchangeable(fit: Any) -> float:
    return float(fit.working_correlation.to_numpy()[0, 1])


def _lmm(measured: Measured, data: pd.DataFrame, waves: list[int]) -> list[Record]:
    """Linear mixed model with a random intercept, REML, Satterthwaite degrees of freedom."""
    fit = lmm(FORMULA, data, groups=PERSON, reml=True)
    if not fit.trust.ok:
        return [_without_numbers(measured, "not_converged", data)]
    unit = score_scale(measured)
    scale = Scale(unit, unit, 1.0)
    base = _base(measured, fit, ("boundary",) if fit.singular else ())
    level = measured.plan.confidence_level
    between, within = float(fit.cov_re.to_numpy()[0, 0]), float(fit.scale)
    parameters = {"variance_between": between, "variance_within": within, "icc": between / (between + within)}
    return [
        *_predictions(base, predictions(fit, WAVE, level=level), scale),
        *_changes(base, contrasts(fit, WAVE, adjust="none", level=level), scale, waves),
        *({**base, "analysis": "model_parameters", "term": term, "estimate": v} for term, v in parameters.items()),
    ]


def _base(measured: Measured, fit: Any, flags: tuple[str, ...]) -> Record:
    return measured.record(
        "model_prediction",
        model=MODELS[str(measured.planned.model)],
        n_obs=int(fit.nobs),
        n_persons=int(fit.n_groups),
        flags=flags,
    )


FITTERS = {"gee": _gee, "lmm": _lmm}

#: Columns of an estimator's table that go into a record as they are.
INFERENCE = ("df", "statistic", "p_value")
#: … and those that carry the unit.
MEASURED = ("estimate", "std_error", "conf_low", "conf_high")


def _predictions(base: Record, table: pd.DataFrame, scale: Scale) -> list[Record]:
    return [
        {
            **base,
            "wave": int(row[WAVE]),
            "scale": scale.prediction,
            **{name: scale.factor * float(row[name]) for name in MEASURED},
            "df": float(row["df"]),
            "n_obs": int(row["n_obs"]),
        }
        for row in table.to_dict("records")
    ]


def _changes(base: Record, table: pd.DataFrame, scale: Scale, waves: list[int]) -> list[Record]:
    return [
        {
            **base,
            "analysis": "model_contrast",
            "contrast": f"w{wave} - w{waves[0]}",
            "scale": scale.change,
            **{name: scale.factor * float(row[name]) for name in MEASURED},
            **{name: float(row[name]) for name in INFERENCE},
            "n_obs": int(row["n_obs"]),
        }
        for wave, row in zip(waves[1:], table.to_dict("records"), strict=True)
    ]


def _odds_ratios(base: Record, table: pd.DataFrame, waves: list[int]) -> list[Record]:
    """Return the changes as odds ratios; the standard error stays that of the log odds ratio."""
    rows = _changes(base, table, Scale("logit", "odds_ratio", 1.0), waves)
    for row in rows:
        row.update({name: float(np.exp(row[name])) for name in ("estimate", "conf_low", "conf_high")})
    return rows
