"""Two arms side by side: levels, the difference between their changes, and how it depends on the analysis.

The difference in differences stands on the scale people read (percentage points, points of a score): the
change in the treated arm minus the change in the reference arm, from a model with wave × arm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.core.plan import FIRST_WAVE, Comparison
from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import contrasts, gee
from mirabal_toolkit.models.background import ARM
from mirabal_toolkit.models.describe import Record, mean_records, percent_record
from mirabal_toolkit.models.e_value import e_value_of_odds_ratio, e_value_of_standardised
from mirabal_toolkit.models.fitting import Fitted, fit_model, has_empty_cell, wave_formula
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.over_waves import change_scale, scale_of, told
from mirabal_toolkit.models.propensity import overlap_weights

_WEIGHT = "weight"


@dataclass(frozen=True)
class Arms:
    """Who is in which arm.

    Parameters
    ----------
    comparison : Comparison
    treated : Series of int
        Index person_id; 1 in the treated arm, 0 in the reference arm.
    propensity : DataFrame
        Index person_id; columns of the propensity model.
    """

    comparison: Comparison
    treated: pd.Series[int]
    propensity: pd.DataFrame

    @property
    def names(self) -> tuple[str, str]:
        """Names of the reference and the treated arm."""
        return self.comparison.reference, self.comparison.treated

    @property
    def term(self) -> str:
        """Treated minus reference, as contrasts are written."""
        return f"{self.comparison.treated} - {self.comparison.reference}"


def arms_of(measured: Measured) -> Arms | None:
    """Return who is in which arm; None where the plan has no arms."""
    comparison, known = measured.plan.comparison, measured.background
    if comparison is None or known.treated is None:
        return None
    return Arms(comparison, known.treated, propensity_columns(measured, comparison))


def propensity_columns(measured: Measured, comparison: Comparison) -> pd.DataFrame:
    """Return the columns of the propensity model of one outcome, its own first value among them if asked for."""
    columns = measured.background.propensity.reindex(measured.values.index)
    if FIRST_WAVE not in comparison.propensity:
        return columns
    first = measured.values[measured.first]
    return columns.assign(**{FIRST_WAVE: first.fillna(first.mean()).fillna(0.0)})


def compare_arms(measured: Measured) -> Iterator[Record]:
    """Yield levels by wave and arm, and the differences between the changes, for one outcome."""
    arms = arms_of(measured)
    if arms is None:
        return
    yield from _levels(measured, arms)
    if measured.planned.model is None or measured.outcome.kind == "ordinal":
        return
    yield from _differences(measured, arms)
    if arms.comparison.weights == "overlap":
        yield from _weighted(measured, arms)
    seen = measured.values.dropna().index
    if len(seen) < len(measured.values):
        yield from _completers(measured, arms, seen)


def _levels(measured: Measured, arms: Arms) -> Iterator[Record]:
    """Yield the percentage or mean at every wave in each arm."""
    for code, name in enumerate(arms.names):
        values = measured.values[arms.treated.reindex(measured.values.index) == code]
        for wave in values.columns:
            seen = values[wave].dropna().to_numpy()
            base = measured.record("arm_level", term=name, wave=int(wave), n_obs=len(seen), n_persons=len(seen))
            if not len(seen):
                yield {**base, "flags": ("not_estimable",)}
            elif measured.outcome.kind == "binary":
                yield percent_record(base, int(seen.sum()), len(seen), measured.plan.confidence_level)
            else:
                yield next(mean_records(base, seen, measured))


def _long(measured: Measured, arms: Arms) -> pd.DataFrame:
    long = measured.long()
    return long.assign(**{ARM: long[PERSON].map(arms.treated).astype(int)})


def _differences(measured: Measured, arms: Arms) -> Iterator[Record]:
    """Yield the change within each arm and the difference between the two, from the main model."""
    data = _long(measured, arms)
    model = measured.planned.model
    formula = wave_formula(measured.background.terms, by=ARM)
    problem = _cannot(data, measured)
    if model is None or problem:
        yield _without(measured, arms, str(model), problem, data)
        return
    try:
        fitted = fit_model(model, measured.outcome.kind, data, formula)
    except ModelError:
        fitted = None
    if fitted is None or not fitted.fit.trust.ok:
        yield _without(measured, arms, model, "not_converged", data)
        return
    yield from _records(measured, arms, fitted)
    yield from _e_value(measured, fitted)


def _cannot(data: pd.DataFrame, measured: Measured) -> str:
    cells = data.groupby([WAVE, ARM])[PERSON].nunique()
    if len(cells) < 2 * len(measured.values.columns) or data["value"].nunique() < 2:
        return "not_estimable"
    return ""


def _without(measured: Measured, arms: Arms, model: str, flag: str, data: pd.DataFrame) -> Record:
    return measured.record(
        "arm_difference",
        term=arms.term,
        model=model,
        contrast=measured.contrast,
        scale=change_scale(measured)[0],
        n_obs=len(data),
        n_persons=int(data[PERSON].nunique()),
        flags=(flag,),
    )


def _records(measured: Measured, arms: Arms, fitted: Fitted) -> Iterator[Record]:
    level = measured.plan.confidence_level
    flags = (*fitted.flags, *(("covariate_filled",) if measured.background.filled else ()))
    base = measured.record("arm_change", model=fitted.name, n_persons=int(fitted.fit.n_groups), flags=flags)
    within = contrasts(fitted.fit, WAVE, within=ARM, adjust="none", level=level)
    later = [int(wave) for wave in measured.values.columns[1:]]
    places = [(name, wave) for name in arms.names for wave in later]
    for row, (name, wave) in zip(within.to_dict("records"), places, strict=True):
        yield _row(measured, {**base, "term": name}, row, wave)
    between = contrasts(fitted.fit, WAVE, between=ARM, adjust="none", level=level)
    for row, wave in zip(between.to_dict("records"), later, strict=True):
        yield _row(measured, {**base, "analysis": "arm_difference", "term": arms.term}, row, wave)


def _row(measured: Measured, base: Record, row: dict[Any, Any], wave: int) -> Record:
    scale = scale_of(measured)
    if base["analysis"] == "arm_difference":
        scale = replace(scale, most=2 * scale.most)
    return told(
        {
            **base,
            "contrast": f"w{wave} - w{measured.first}",
            "n_obs": int(row["n_obs"]),
            "n_persons": int(row["n_persons"]),
        },
        row,
        scale,
    )


def _weighted(measured: Measured, arms: Arms) -> Iterator[Record]:
    """Yield the difference among people weighted so that the arms are alike in what the plan names."""
    weights = overlap_weights(arms.treated, arms.propensity)
    data = _long(measured, arms)
    if weights is None or _cannot(data, measured):
        yield _without(measured, arms, "overlap-weighted", "not_estimable", data)
        return
    data = data.assign(**{_WEIGHT: data[PERSON].map(weights)})
    try:
        fitted = _fit_weighted(measured, data)
    except ModelError:
        fitted = None
    if fitted is None or not fitted.fit.trust.ok:
        yield _without(measured, arms, "overlap-weighted", "not_converged", data)
        return
    between = contrasts(fitted.fit, WAVE, between=ARM, adjust="none", level=measured.plan.confidence_level)
    base = measured.record("arm_difference", term=arms.term, model=fitted.name, flags=fitted.flags)
    for row, wave in zip(between.to_dict("records"), measured.values.columns[1:], strict=True):
        yield _row(measured, base, row, int(wave))


def _fit_weighted(measured: Measured, data: pd.DataFrame) -> Fitted:
    """Fit a weighted GEE with independent working correlation, so that weights balance as they should."""
    formula, binary = wave_formula(by=ARM), measured.outcome.kind == "binary"
    empty = binary and has_empty_cell(data, formula)
    fit = gee(
        formula,
        data,
        groups=PERSON,
        family="binomial" if binary else "gaussian",
        corr="independence",
        weights=_WEIGHT,
        penalty="firth" if empty else None,
    )
    return Fitted("overlap-weighted", fit, ("penalised",) if empty else (), {})


def _completers(measured: Measured, arms: Arms, seen: pd.Index) -> Iterator[Record]:
    """Yield the differences again for those seen at every wave; completing happens after the start."""
    part = replace(
        measured,
        values=measured.values.loc[seen],
        universe=measured.universe.loc[seen],
        background=measured.background.of(seen),
    )
    for record in _differences(part, arms):
        if record["analysis"] == "arm_difference":
            yield {**record, "population": "completers"}


def _e_value(measured: Measured, fitted: Fitted) -> Iterator[Record]:
    """Yield how strong something unmeasured would have to be to explain the difference at the last wave."""
    if measured.outcome.kind == "count":
        return
    link = contrasts(
        fitted.fit, WAVE, "first-last", between=ARM, scale="link", adjust="none", level=measured.plan.confidence_level
    )
    row = link.to_dict("records")[0]
    ends = tuple(float(row[name]) for name in ("estimate", "conf_low", "conf_high"))
    if measured.outcome.kind == "binary":
        common = 0.15 <= float(np.nanmean(measured.values[measured.last])) <= 0.85
        found = e_value_of_odds_ratio(*ends, common=common)
    else:
        found = e_value_of_standardised(*ends, spread=float(measured.values[measured.first].std(ddof=1)))
    base = measured.record("e_value", model=fitted.name, contrast=measured.contrast, scale="risk_ratio")
    n = int(fitted.fit.n_groups)
    for term, value in (("estimate", found.estimate), ("limit", found.limit)):
        yield {**base, "term": term, "estimate": value, "n_persons": n, "n_obs": n}
