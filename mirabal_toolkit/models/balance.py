"""How alike two arms were at the start, as found and after weighting."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mirabal_toolkit.models.arms import Arms, arms_of
from mirabal_toolkit.models.describe import Record, score_scale
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.propensity import balance, effective_size, indicators, overlap_weights


def baseline_balance(tasks: list[Measured]) -> Iterator[Record]:
    """Yield standardised differences of every covariate, then of the first values of the headline outcomes.

    Parameters
    ----------
    tasks : list of Measured
        All outcomes of the plan; the headline estimand of each comes first.
    """
    arms = arms_of(tasks[0]) if tasks else None
    if arms is None:
        return
    yield from _covariates(tasks[0], arms)
    done: set[str] = set()
    for task in tasks:
        if task.planned.headline and task.outcome.id not in done:
            done.add(task.outcome.id)
            yield from _first_values(task)


def _covariates(task: Measured, arms: Arms) -> Iterator[Record]:
    columns = indicators(task.background.propensity)
    weights = overlap_weights(arms.treated, task.background.propensity) if len(columns.columns) else None
    for name in columns:
        share = "=" in str(name)
        base = {**_base(task, str(name)), "scale": "percent" if share else "answer"}
        yield from _rows(base, 100 * columns[name] if share else columns[name], arms, weights)


def _first_values(task: Measured) -> Iterator[Record]:
    arms = arms_of(task)
    if arms is None:
        return
    binary = task.outcome.kind == "binary"
    values = task.values[task.first].dropna() * (100 if binary else 1)
    weights = overlap_weights(arms.treated, arms.propensity) if len(arms.propensity.columns) else None
    base = {**_base(task, task.outcome.id), "scale": "percent" if binary else score_scale(task)}
    yield from _rows({**base, "estimand": task.estimand, "wave": task.first}, values, arms, weights)


def _base(task: Measured, name: str) -> Record:
    return {"analysis": "balance", "outcome": name, "population": task.plan.population, "estimand": "as_reported"}


def _rows(base: Record, values: pd.Series[float], arms: Arms, weights: pd.Series[float] | None) -> Iterator[Record]:
    treated = np.asarray(arms.treated.reindex(values.index), dtype=np.float64)
    numbers = np.asarray(values, dtype=np.float64)
    sizes = [int((treated == code).sum()) for code in (0, 1)]
    base = {**base, "n_obs": len(values), "n_persons": len(values)}
    if min(sizes) < 2:
        yield {**base, "term": "difference", "flags": ("not_estimable",)}
        return
    plain = balance(numbers, treated)
    for term, mean, n in (("reference", plain.reference, sizes[0]), ("treated", plain.treated, sizes[1])):
        count = round(mean * n / 100) if base["scale"] == "percent" else None
        yield {**base, "term": term, "estimate": mean, "count": count, "n_obs": n, "n_persons": n}
    found: Record = {"estimate": plain.difference} if np.isfinite(plain.difference) else {"flags": ("not_estimable",)}
    yield {**base, "term": "difference", "scale": "standard_deviations", **found}
    if weights is not None and np.isfinite(plain.difference):
        used = np.asarray(weights.reindex(values.index), dtype=np.float64)
        weighted = balance(numbers, treated, used)
        row = {**base, "scale": "standard_deviations", "model": "overlap-weighted"}
        yield {**row, "term": "difference_weighted", "estimate": weighted.difference}
        for code, arm in enumerate(("reference", "treated")):
            effective = effective_size(used[treated == code])
            yield {**row, "term": f"effective_{arm}", "scale": "people", "estimate": effective, "n_obs": sizes[code]}
