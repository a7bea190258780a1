"""From formula, data and groups to the arrays that every estimator of this room takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import design_checks as checks
from mirabal_toolkit.mixed.design_columns import Recipe, Table, learn, parse, refuse_unknown, variables_of
from mirabal_toolkit.mixed.design_groups import Groups, group_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Roles:
    """Which columns of the data play which part beside the formula.

    Parameters
    ----------
    groups : str
        Column with the person; `"site/person_id"` for people within sites.
    re_formula : str, optional
        Columns of the person-specific terms, `"~ 1"` or `"~ months"`; None for models without.
    time : str, optional
        Column with the wave or the time; rows of a person are then kept in its order.
    offset, weights : str, optional
        Columns added to the linear predictor, and frequency weights (non-negative).
    also : tuple of str
        Further columns to keep beside the arrays.
    """

    groups: str
    re_formula: str | None = None
    time: str | None = None
    offset: str | None = None
    weights: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Design:
    """Arrays of a model: rows of a person stand together, people in the order of their labels.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Outcome; codes 0 … K−1 when the outcome is ordered categories.
    X : ndarray, shape (n, p)
        Population terms.
    Z : ndarray, shape (n, q), or None
        Person-specific terms.
    groups : Groups
        Codes, first rows and labels of the people.
    names, z_names : tuple of str
        Names of the columns of X and Z.
    outcome : str
        Left side of the formula.
    outcome_levels : tuple
        Categories of an ordered outcome, lowest first; empty for numbers.
    time_codes : ndarray of int, shape (n,), or None
        Position of each row's time among `time_levels`.
    time_levels : ndarray, shape (T,), or None
        The distinct times, in order.
    offset, weights : ndarray, shape (n,), or None
        See `Roles`.
    rows : ndarray of int, shape (n,)
        Positions of the rows in the caller's frame.
    index : pandas.Index
        Index of the caller's frame, all rows.
    n_rows_dropped, n_persons_dropped : int
        Rows, and people with all their rows, left out because something was missing.
    recipe, z_recipe : Recipe
        How X and Z were made; for new data.
    roles : Roles
        The columns used.
    also : mapping from str to ndarray, shape (n,)
        The further columns of `roles.also`.
    source : pandas.DataFrame or None
        The columns used, all rows in the caller's order, which predictions are standardised over; None
        for one part of a whole.
    """

    y: FloatArray
    X: FloatArray
    Z: FloatArray | None
    groups: Groups
    names: tuple[str, ...]
    z_names: tuple[str, ...]
    outcome: str
    outcome_levels: tuple[object, ...]
    time_codes: IntArray | None
    time_levels: NDArray[np.generic] | None
    offset: FloatArray | None
    weights: FloatArray | None
    rows: IntArray
    index: pd.Index
    n_rows_dropped: int
    n_persons_dropped: int
    recipe: Recipe
    z_recipe: Recipe | None
    roles: Roles
    also: Mapping[str, NDArray[np.generic]]
    source: pd.DataFrame | None = None

    @property
    def n_rows(self) -> int:
        """Number of rows used."""
        return int(self.y.shape[0])

    @property
    def n_groups(self) -> int:
        """Number of people used."""
        return self.groups.n_groups

    @property
    def formula(self) -> str:
        """The formula, both sides."""
        return f"{self.outcome} ~ {self.recipe.formula}"

    def matrix(self, data: pd.DataFrame) -> FloatArray:
        """Columns of X for new rows, shape (len(data), p)."""
        return self.recipe.matrix(data)

    def to_user(self, values: FloatArray, name: str) -> pd.Series[float]:
        """Put one value a row back into the caller's rows; rows left out are missing.

        Parameters
        ----------
        values : ndarray, shape (n,)
            In the order of this design.
        name : str
            Name of the series.
        """
        full = np.full(len(self.index), np.nan)
        full[self.rows] = values
        return pd.Series(full, index=self.index, name=name)


def build_design(
    formula: str,
    data: pd.DataFrame,
    roles: Roles,
    *,
    outcome: Literal["numeric", "ordered"] = "numeric",
    check_rank: bool = True,
    like: Design | Literal["itself"] | None = None,
) -> Design:
    """Turn formula, data and roles into a `Design`.

    Parameters
    ----------
    formula : str
        `"outcome ~ terms"`, read by formulaic.
    data : pandas.DataFrame
        One row a person and wave, in any order.
    roles : Roles
        Columns for people, person-specific terms, time, offset, weights.
    outcome : {"numeric", "ordered"}
        "ordered" turns the outcome into codes 0 … K−1 of its sorted categories.
    check_rank : bool
        Look for collinear columns here (estimators that see X'X anyway check it themselves).
    like : Design or "itself", optional
        Make the same columns as this design, or learn them: `data` is then one part of the whole, and
        what only the whole can break (people, outcome, collinearity) is not checked.

    Returns
    -------
    Design

    Raises
    ------
    ModelError
        An unknown column, ids missing in the groups column, a single person, fewer people than
        columns, no rows left, an outcome that never varies or is not a number, infinite or missing
        numbers, collinear columns. The message names the term.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 2.5, None, 4.0], "wave": [1, 2, 2, 1, 1], "who": list("bbaac")})
    >>> design = build_design("y ~ wave", data, Roles("who"))
    >>> design.rows, design.groups.labels, design.n_rows_dropped
    (array([2, 0, 1, 4]), array(['a', 'b', 'c'], dtype=object), 1)
    """
    left, terms = _sides(formula)
    used = _used_columns(formula, data, roles, left, terms)
    table, groups, rows, n_persons_dropped = _sorted_rows(data, used, roles)
    y, levels = _outcome(left, table, outcome)
    text = formula.split("~", 1)[1].strip()
    (recipe, X), (z_recipe, Z) = _matrices(terms, table, text, roles.re_formula, _other(like))
    time_codes, time_levels = _times(table, roles.time)
    design = Design(
        y=y,
        X=X,
        Z=Z,
        groups=groups,
        names=recipe.names,
        z_names=z_recipe.names if z_recipe else (),
        outcome=str(left[0]),
        outcome_levels=levels,
        time_codes=time_codes,
        time_levels=time_levels,
        offset=_column(table, roles.offset),
        weights=_column(table, roles.weights),
        rows=rows,
        index=data.index,
        n_rows_dropped=len(data) - len(rows),
        n_persons_dropped=n_persons_dropped,
        recipe=recipe,
        z_recipe=z_recipe,
        roles=roles,
        also={name: table[name].to_numpy() for name in roles.also},
        source=data.copy(deep=False) if like is None else None,
    )
    checks.refuse_not_finite(design)
    if like is None:
        checks.refuse_unfit(design, check_rank=check_rank)
    return design


def _other(like: Design | Literal["itself"] | None) -> Design | None:
    return like if isinstance(like, Design) else None


def _sides(formula: str) -> tuple[Any, Any]:
    parsed = parse(formula)
    left = getattr(parsed, "lhs", ())
    if len(left) != 1:
        raise ModelError(
            "The formula needs exactly one outcome on its left side.",
            where=f"formula `{formula}`",
            fix='Write it as in "score ~ C(wave) * arm + age".',
        )
    return left, parsed.rhs


def _used_columns(formula: str, data: pd.DataFrame, roles: Roles, left: Any, terms: Any) -> list[str]:
    """Every column that must be there and complete; the groups are checked on their own."""
    columns = frozenset(map(str, data.columns))
    used = dict.fromkeys(variables_of(left, columns, formula))
    used |= dict.fromkeys(variables_of(terms, columns, formula))
    if roles.re_formula is not None:
        used |= dict.fromkeys(variables_of(parse(roles.re_formula), columns, roles.re_formula))
    others = tuple(name for name in (roles.time, roles.offset, roles.weights) if name is not None)
    others += roles.also
    refuse_unknown(others + tuple(roles.groups.split("/")), columns)
    return list(used | dict.fromkeys(others))


def _sorted_rows(data: pd.DataFrame, used: list[str], roles: Roles) -> tuple[Table, Groups, IntArray, int]:
    """Complete rows in the order of people; their positions; and people left out altogether."""
    keys = roles.groups.split("/")
    table = {name: data[name] for name in dict.fromkeys([*used, *keys])}
    checks.refuse_missing_ids([table[key] for key in keys], roles.groups)
    rows = np.arange(len(data))
    n_persons_dropped = 0
    missing = [absent for name in used if (absent := checks.missing(table[name])) is not None]
    if missing:
        rows = rows[~np.logical_or.reduce(missing)]
        everyone = pd.DataFrame({key: table[key] for key in keys})
        n_persons_dropped = len(everyone.drop_duplicates()) - len(everyone.iloc[rows].drop_duplicates())
        table = {name: values.take(rows) for name, values in table.items()}
    checks.refuse_empty(rows)
    groups, order = group_rows(
        [table[key] for key in keys], None if roles.time is None else table[roles.time].to_numpy()
    )
    if order is not None:
        table = {name: values.take(order) for name, values in table.items()}
        rows = rows[order]
    return table, groups, rows, n_persons_dropped


def _outcome(left: Any, table: Table, kind: Literal["numeric", "ordered"]) -> tuple[FloatArray, tuple[object, ...]]:
    name = str(left[0])
    column = table.get(name)
    if kind == "ordered":
        if column is None:
            raise ModelError(f"The ordered outcome `{name}` must be a column.", fix="Compute it beforehand.")
        codes, levels = checks.ordered_codes(column)
        return codes.astype(np.float64), levels
    if column is None:
        _, matrix = learn(left, table, name)
        return matrix[:, 0], ()
    checks.refuse_text_outcome(column, name)
    return column.to_numpy(dtype=np.float64), ()


def _matrices(
    terms: Any, table: Table, text: str, re_formula: str | None, like: Design | None
) -> tuple[tuple[Recipe, FloatArray], tuple[Recipe | None, FloatArray | None]]:
    """Columns of X and Z, learnt from the columns or made as in another design."""
    if like is not None:
        z_like = like.z_recipe
        of_person = None if z_like is None else z_like.matrix_of(table)
        return (like.recipe, like.recipe.matrix_of(table)), (z_like, of_person)
    fixed = learn(terms, table, text)
    if re_formula is None:
        return fixed, (None, None)
    return fixed, learn(parse(re_formula), table, re_formula.lstrip("~ "))


def _times(table: Table, time: str | None) -> tuple[IntArray | None, NDArray[np.generic] | None]:
    if time is None:
        return None, None
    levels, codes = np.unique(table[time].to_numpy(), return_inverse=True)
    return codes.astype(np.intp), levels


def _column(table: Table, name: str | None) -> FloatArray | None:
    return None if name is None else table[name].to_numpy(dtype=np.float64)
