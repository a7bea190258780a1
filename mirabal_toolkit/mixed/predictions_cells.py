"""Counterfactual cells: everyone set to one wave (or wave and arm), all other covariates as observed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from mirabal_toolkit.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.design import Design
    from mirabal_toolkit.mixed.results import Fit

    Floats = NDArray[np.float64]

Over = Literal["people", "rows"]

MAX_LEVELS = 30
"""More distinct values than this are a measurement, not a set of waves."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Everyone, with the `by` columns set to one value each.

    Attributes
    ----------
    levels : tuple
        One value for each `by` column.
    X : ndarray, shape (u, p)
        Population terms of the distinct covariate rows.
    Z : ndarray, shape (u, q) or None
        Person-specific terms.
    offset : ndarray, shape (u,)
    weight : ndarray, shape (u,)
        Share of each distinct row in the average; sums to 1.
    n_obs, n_persons : int
        Rows and people in fact observed in this cell.
    """

    levels: tuple[Any, ...]
    X: Floats
    Z: Floats | None
    offset: Floats
    weight: Floats
    n_obs: int
    n_persons: int


@dataclass(frozen=True, slots=True)
class Grid:
    """All cells of a table, and who was observed in which.

    Attributes
    ----------
    by : tuple of str
        Columns that are set.
    cells : tuple of Cell
    members : ndarray of bool, shape (n_cells, n)
        Which rows of the fit were in fact observed in the cell.
    person : ndarray of int, shape (n,)
        Code of the person of each row.
    """

    by: tuple[str, ...]
    cells: tuple[Cell, ...]
    members: NDArray[np.bool_]
    person: NDArray[np.intp]


def build_grid(
    fit: Fit,
    by: Sequence[str],
    at: Mapping[str, Any] | None = None,
    over: Over = "people",
    data: pd.DataFrame | None = None,
) -> Grid:
    """Set everyone to each combination of levels of the `by` columns.

    Parameters
    ----------
    fit : Fit
        A fit made from a formula.
    by : sequence of str
        Columns of the formula; the average is taken in each combination of their values.
    at : mapping, optional
        Columns set to a value for everyone; for a `by` column, the values to show.
    over : {"people", "rows"}
        Whether each person, or each row, counts once in the average.
    data : pandas.DataFrame, optional
        The data of the fit, for fits that do not keep them.

    Returns
    -------
    Grid

    Raises
    ------
    UsageError
        A column that is not in the formula; too many values of a `by` column; data of another length.
    """
    at = at or {}
    design = _design(fit)
    frame = _frame(design, data)
    _refuse_unknown([*by, *at], frame)
    person = design.groups.codes
    weight = 1.0 / np.bincount(person)[person] if over == "people" else np.ones(len(frame))
    fixed = {name: value for name, value in at.items() if name not in by}
    distinct, shares = _distinct_rows(_with_values(frame, fixed), by, weight)
    combinations = list(product(*[_levels(frame[name], at.get(name)) for name in by]))
    members = np.array([_observed(frame, by, levels) for levels in combinations])
    everyone = [_with_values(distinct, dict(zip(by, levels, strict=True))) for levels in combinations]
    matrices = _matrices(design, pd.concat(everyone, ignore_index=True), len(distinct))
    cells = tuple(
        Cell(levels, *parts, shares, int(inside.sum()), len(np.unique(person[inside])))
        for levels, parts, inside in zip(combinations, matrices, members, strict=True)
    )
    return Grid(tuple(by), cells, members, person)


def _matrices(design: Design, frame: pd.DataFrame, rows: int) -> Iterator[tuple[Floats, Floats | None, Floats]]:
    """Yield X, Z and offset of each cell: the formula is read once for all, then cut into pieces of `rows`."""
    X = design.matrix(frame)
    Z = None if design.z_recipe is None else design.z_recipe.matrix(frame)
    name = design.roles.offset
    offset = np.zeros(len(frame)) if name is None else frame[name].to_numpy(dtype=np.float64)
    for first in range(0, len(frame), rows):
        piece = slice(first, first + rows)
        yield X[piece], None if Z is None else Z[piece], offset[piece]


def _design(fit: Fit) -> Design:
    if fit.design is None:
        raise UsageError("Predictions need a fit made from rows.", fix="Fit it from a data frame.")
    return fit.design


def _frame(design: Design, data: pd.DataFrame | None) -> pd.DataFrame:
    """Columns of the formula, in the order of the design."""
    data = design.source if data is None else data
    if data is None:
        raise UsageError("This fit does not keep its data.", fix="Give them again: data=...")
    if len(data) != len(design.index):
        raise UsageError(
            f"The model was fitted to {len(design.index)} rows; data has {len(data)}.",
            fix="Give the data the model was fitted to.",
        )
    return data[_needed(design)].iloc[design.rows].reset_index(drop=True)


def _needed(design: Design) -> list[str]:
    names = list(design.recipe.variables)
    names += [] if design.z_recipe is None else list(design.z_recipe.variables)
    names += [] if design.roles.offset is None else [design.roles.offset]
    return list(dict.fromkeys(names))


def _refuse_unknown(names: Sequence[str], frame: pd.DataFrame) -> None:
    unknown = [name for name in names if name not in frame.columns]
    if unknown:
        listed = ", ".join(f"`{name}`" for name in unknown)
        raise UsageError(
            f"The formula of the fit does not hold {listed}, so predictions cannot depend on it.",
            fix=f"Choose among {', '.join(f'`{name}`' for name in frame.columns)}.",
        )


def _levels(column: pd.Series[Any], wanted: Any) -> list[Any]:
    if wanted is not None:
        return list(wanted) if isinstance(wanted, list | tuple | np.ndarray) else [wanted]
    if isinstance(column.dtype, pd.CategoricalDtype):
        seen = set(column.unique())
        return [level for level in column.cat.categories if level in seen]
    levels = sorted(column.unique().tolist())
    if len(levels) > MAX_LEVELS:
        raise UsageError(
            f"`{column.name}` has {len(levels)} distinct values.",
            fix=f'Name the ones to show: at={{"{column.name}": [...]}}.',
        )
    return levels


def _with_values(frame: pd.DataFrame, values: Mapping[str, Any]) -> pd.DataFrame:
    """Set columns to one value each, keeping their type (categories stay categories)."""
    new = {}
    for name, value in values.items():
        dtype = frame[name].dtype
        kept = isinstance(dtype, pd.CategoricalDtype)
        new[name] = pd.Series([value] * len(frame), index=frame.index, dtype=dtype) if kept else value
    return frame.assign(**new)


def _distinct_rows(frame: pd.DataFrame, by: Sequence[str], weight: Floats) -> tuple[pd.DataFrame, Floats]:
    """Distinct values of the columns that are not set, and their share of the total weight."""
    others = [name for name in frame.columns if name not in by]
    if not others:
        return frame.iloc[:1], np.ones(1)
    codes = frame.groupby(others, sort=False, observed=True).ngroup().to_numpy()
    totals = np.bincount(codes, weights=weight)
    _, first = np.unique(codes, return_index=True)
    return frame.iloc[first].reset_index(drop=True), totals / totals.sum()


def _observed(frame: pd.DataFrame, by: Sequence[str], levels: tuple[Any, ...]) -> NDArray[np.bool_]:
    inside = np.ones(len(frame), dtype=bool)
    for name, level in zip(by, levels, strict=True):
        inside &= (frame[name] == level).to_numpy()
    return inside
