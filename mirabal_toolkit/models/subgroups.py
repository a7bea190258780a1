"""Whether change differs between subgroups: one joint test of wave × subgroup, and estimates with bases.

Separate p values in each subgroup would answer another question: a change that is clear in one group and
unclear in a smaller one need not differ between them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import contrasts
from mirabal_toolkit.models.background import NOT_KNOWN
from mirabal_toolkit.models.describe import Record
from mirabal_toolkit.models.fitting import Fitted, fit_model, wave_formula
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.over_waves import scale_of, told

_COLUMN = "subgroup"


def change_by_subgroup(measured: Measured) -> Iterator[Record]:
    """Yield, for every subgroup item, the joint test and the change in each subgroup, from the main model."""
    if measured.planned.model is None or measured.outcome.kind == "ordinal":
        return
    for item in measured.background.subgroups:
        yield from _one_item(measured, str(item))


def _one_item(measured: Measured, item: str) -> Iterator[Record]:
    groups = measured.background.subgroups[item]
    data = measured.long()
    data = data.assign(**{_COLUMN: data[PERSON].map(groups)})
    data = data[data[_COLUMN] != NOT_KNOWN]
    fitted = _fit(measured, data, item)
    base = measured.record(
        "subgroup_test",
        term=item,
        model="" if fitted is None else fitted.name,
        contrast=measured.contrast,
        n_obs=len(data),
        n_persons=int(data[PERSON].nunique()),
    )
    if fitted is None:
        yield {**base, "flags": ("not_estimable",)}
        return
    yield {**base, **joint_test(fitted), "flags": fitted.flags}
    yield from _changes(measured, item, fitted, data)


def _fit(measured: Measured, data: pd.DataFrame, item: str) -> Fitted | None:
    """Fit wave × subgroup; None where a subgroup was not seen at some wave or the model cannot be trusted."""
    cells = data.groupby([WAVE, _COLUMN])[PERSON].nunique()
    levels = data[_COLUMN].nunique()
    if levels < 2 or len(cells) < levels * len(measured.values.columns) or data["value"].nunique() < 2:
        return None
    # A subgroup cannot be its own covariate.
    terms = [term for term in measured.background.terms if term != f"C(x_{item})"]
    model = measured.planned.model
    try:
        fitted = (
            None if model is None else fit_model(model, measured.outcome.kind, data, wave_formula(terms, by=_COLUMN))
        )
    except ModelError:
        return None
    return fitted if fitted is not None and fitted.fit.trust.ok else None


def joint_test(fitted: Fitted) -> Record:
    """Return the Wald test that no wave × group term differs from zero: F with its smallest residual df."""
    fit = fitted.fit
    names = list(fit.params.index)
    terms = [place for place, name in enumerate(names) if ":" in str(name)]
    estimates = fit.params.to_numpy()[terms]
    covariance = fit.cov_params().to_numpy()[np.ix_(terms, terms)]
    statistic = float(estimates @ np.linalg.solve(covariance, estimates)) / len(terms)
    residual = float(np.min(fit.df.to_numpy()[terms]))
    return {
        "statistic": statistic,
        "df": float(len(terms)),
        "p_value": float(stats.f.sf(statistic, len(terms), residual)),
    }


def _changes(measured: Measured, item: str, fitted: Fitted, data: pd.DataFrame) -> Iterator[Record]:
    table = contrasts(
        fitted.fit, WAVE, "first-last", within=_COLUMN, adjust="none", level=measured.plan.confidence_level
    )
    scale = scale_of(measured)
    ends = data[data[WAVE].isin([measured.first, measured.last])]
    for row, group in zip(table.to_dict("records"), sorted(data[_COLUMN].unique()), strict=True):
        base = measured.record("subgroup_change", term=f"{item}={group}", model=fitted.name, flags=fitted.flags)
        people = _base_of(ends[ends[_COLUMN] == group], measured)
        record = told({**base, "contrast": measured.contrast, **people}, row, scale)
        # No p value: whether subgroups differ is answered by the joint test alone.
        yield {name: value for name, value in record.items() if name not in ("statistic", "p_value")}


def _base_of(ends: pd.DataFrame, measured: Measured) -> Record:
    """Return the people of a subgroup: seen at either end, at the end with fewer, and the smallest count in a cell."""
    seen = ends.groupby(WAVE)[PERSON].nunique()
    bases = {"n_obs": int(seen.min()), "n_persons": int(ends[PERSON].nunique())}
    return bases | ({"count": smallest_cell(ends)} if measured.outcome.kind == "binary" else {})


def smallest_cell(ends: pd.DataFrame) -> int | None:
    """Return the smallest number of people, but nobody, who said yes or who said no at one wave."""
    counts = ends.groupby([WAVE, "value"])[PERSON].nunique()
    return int(counts[counts > 0].min()) if len(counts) else None
