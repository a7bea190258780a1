"""Differences between predicted means: against the first wave, in pairs, wave by wave, between groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.mixed.adjust import Adjustment, adjust_p_values
from mirabal_toolkit.mixed.predictions_cells import Grid, Over, build_grid
from mirabal_toolkit.mixed.predictions_engines import Scale, Target
from mirabal_toolkit.mixed.predictions_table import (
    COLUMNS,
    Averages,
    Interval,
    average_predictions,
    contrast_df,
    refuse_unknown_choices,
    simulate,
    standard_errors,
)
from mirabal_toolkit.mixed.results import t_quantile, two_sided

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.results import Fit

    Floats = NDArray[np.float64]

Method = Literal["baseline", "pairwise", "consecutive", "first-last", "mean"]


class Weights(NamedTuple):
    """One contrast as weights on cells.

    Attributes
    ----------
    term : str
    weight : ndarray, shape (n_cells,)
    """

    term: str
    weight: Floats


def contrasts(  # noqa: PLR0913 - one keyword for each choice of estimand, interval and adjustment
    fit: Fit,
    by: str,
    method: Method = "baseline",
    *,
    within: str | None = None,
    between: str | None = None,
    scale: Scale = "response",
    target: Target = "population",
    over: Over = "people",
    at: Mapping[str, Any] | None = None,
    interval: Interval = "delta",
    adjust: Adjustment = "holm",
    level: float = 0.95,
    data: pd.DataFrame | None = None,
    grid: Grid | None = None,
) -> pd.DataFrame:
    """Compare predicted means between waves (or the values of any other column).

    Parameters
    ----------
    fit : Fit
        From `gee`, `lmm`, `mmrm`, `glmm` or `clmm`.
    by : str
        Column of the formula whose values are compared.
    method : {"baseline", "pairwise", "consecutive", "first-last", "mean"}
        Each value against the first; every pair; each against the one before; the last against the first;
        each against the mean of all.
    within : str, optional
        Compare within each value of this column (the change of each arm).
    between : str, optional
        Compare the comparisons between the values of this column, each against its first (the
        difference in differences: change in one arm minus change in the other).
    scale : {"response", "link"}
        Differences of percentages, means or counts, or of linear predictors (log odds ratios).
    target, over, at, interval, level, data, grid
        As in `predictions`.
    adjust : {"holm", "bh", "bonferroni", "none"}
        How ``p_adjusted`` allows for the number of comparisons in this table; intervals are not adjusted.

    Returns
    -------
    pandas.DataFrame
        One row a comparison, with columns term, estimate, std_error, statistic, df, p_value, p_adjusted,
        conf_low, conf_high, n_obs and n_persons (rows and people observed in the cells compared).
        ``attrs["trust"]`` says whether the fit can be relied upon.

    Raises
    ------
    UsageError
        An unknown choice or column; `by` with a single value; both `within` and `between`.

    Examples
    --------
    >>> from mirabal_toolkit.mixed.gee_model import gee
    >>> data = pd.DataFrame({"person_id": np.repeat(np.arange(30), 2), "wave": np.tile([1, 2], 30)})
    >>> data["hurt"] = ((data["person_id"] * data["wave"]) % 4 == 0).astype(int)
    >>> fit = gee("hurt ~ C(wave)", data, groups="person_id", family="binomial")
    >>> contrasts(fit, "wave")[["term", "estimate", "n_obs", "n_persons"]].round(3)
                  term  estimate  n_obs  n_persons
    0  wave=2 - wave=1     0.233     60         30
    """
    refuse_unknown_choices({"scale": scale, "target": target, "over": over, "interval": interval}, level)
    names = _columns(by, method, within, between)
    grid = grid or build_grid(fit, names, at, over, data)
    found = average_predictions(fit, names, grid, (scale, target))
    plan = _plan([cell.levels for cell in grid.cells], names, method, between=between is not None)
    terms, matrix = _with_categories(plan, found.engine.categories)
    inferred = _infer(fit, found, matrix, (interval, level))
    adjusted = adjust_p_values(inferred["p_value"], adjust)
    columns = {"term": terms, **inferred, "p_adjusted": adjusted, **_counts(found, matrix)}
    table = pd.DataFrame({name: columns[name] for name in COLUMNS})
    table.attrs["trust"] = str(fit.trust)
    return table


def _columns(by: str, method: Method, within: str | None, between: str | None) -> list[str]:
    if method not in get_args(Method):
        raise UsageError(f"There is no method {method!r}.", fix=f"Choose one of {', '.join(get_args(Method))}.")
    if within is not None and between is not None:
        raise UsageError("Choose `within` or `between`, not both.")
    other = within or between
    if other == by:
        raise UsageError(f"`{by}` cannot be compared within or between itself.")
    return [by] if other is None else [by, other]


def _plan(cells: Sequence[tuple[Any, ...]], names: Sequence[str], method: Method, *, between: bool) -> list[Weights]:
    """Contrasts as weights on the cells."""
    levels = list(dict.fromkeys(cell[0] for cell in cells))
    if len(levels) < 2:
        raise UsageError(f"`{names[0]}` has a single value; there is nothing to compare.")
    simple = _simple(names[0], levels, method)
    if len(names) == 1:
        return simple
    others = list(dict.fromkeys(cell[1] for cell in cells))
    place = {cell: k for k, cell in enumerate(cells)}
    each = [
        [_placed(weights, [place[level, other] for level in levels], len(cells)) for weights in simple]
        for other in others
    ]
    if not between:
        return [
            Weights(f"{weights.term} | {names[1]}={other}", weights.weight)
            for other, group in zip(others, each, strict=True)
            for weights in group
        ]
    if len(others) < 2:
        raise UsageError(f"`{names[1]}` has a single value; there is nothing to compare between.")
    return [
        Weights(f"{one.term}, {names[1]}={other} - {names[1]}={others[0]}", one.weight - zero.weight)
        for other, group in zip(others[1:], each[1:], strict=True)
        for one, zero in zip(group, each[0], strict=True)
    ]


def _placed(weights: Weights, places: Sequence[int], size: int) -> Weights:
    full = np.zeros(size)
    full[list(places)] = weights.weight
    return Weights(weights.term, full)


def _simple(name: str, levels: Sequence[Any], method: Method) -> list[Weights]:
    k = len(levels)
    if method == "mean":
        return [Weights(f"{name}={level} - mean", np.eye(k)[i] - 1.0 / k) for i, level in enumerate(levels)]
    pairs = {
        "baseline": [(i, 0) for i in range(1, k)],
        "pairwise": [(j, i) for i, j in combinations(range(k), 2)],
        "consecutive": [(i + 1, i) for i in range(k - 1)],
        "first-last": [(k - 1, 0)],
    }[method]
    return [Weights(f"{name}={levels[i]} - {name}={levels[j]}", np.eye(k)[i] - np.eye(k)[j]) for i, j in pairs]


def _with_categories(plan: Sequence[Weights], categories: tuple[object, ...]) -> tuple[list[str], Floats]:
    """Terms, and a matrix (contrasts, averages); one contrast for each answer category."""
    matrix = np.array([weights.weight for weights in plan])
    if not categories:
        return [weights.term for weights in plan], matrix
    terms = [f"{weights.term}: {category}" for weights in plan for category in categories]
    return terms, np.kron(matrix, np.eye(len(categories)))


def _infer(fit: Fit, found: Averages, matrix: Floats, choice: tuple[Interval, float]) -> dict[str, Floats]:
    interval, level = choice
    estimate, gradient = matrix @ found.values, matrix @ found.gradient
    std_error = standard_errors(found.engine, gradient)
    df = contrast_df(fit, found.engine, gradient)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = estimate / std_error
    if interval == "delta":
        half = t_quantile(0.5 + level / 2, df) * std_error
        low, high = estimate - half, estimate + half
    else:
        draws = simulate(fit, found) @ matrix.T
        low, high = np.quantile(draws, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return {
        "estimate": estimate,
        "std_error": std_error,
        "statistic": statistic,
        "df": df,
        "p_value": two_sided(statistic, df),
        "conf_low": low,
        "conf_high": high,
    }


def _counts(found: Averages, matrix: Floats) -> dict[str, list[int]]:
    """Rows and people observed in the cells that a contrast gives weight."""
    n_obs, n_persons = [], []
    for weights in matrix:
        inside = found.members[weights != 0.0].any(axis=0)
        n_obs.append(int(inside.sum()))
        n_persons.append(len(np.unique(found.grid.person[inside])))
    return {"n_obs": n_obs, "n_persons": n_persons}
