"""Sufficient statistics of a linear mixed model: one pass over the rows, frozen, and additive.

References
----------
Luo et al. (2022), DLMM as a lossless one-shot algorithm for collaborative multi-site distributed linear
mixed models, Nature Communications 13, 1678: the same sums, there by person, here by pattern.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.design import Design, Roles, build_design
from mirabal_toolkit.mixed.design_checks import column_scales, constant_column
from mirabal_toolkit.mixed.linear_sums import (
    PatternSums,
    add_sums,
    plan_patterns,
    rotate_sums,
    sum_people,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.design_groups import Groups

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.intp]

# Rows standardised at a time: their columns stay in the processor's cache.
CHUNK_ROWS = 32_768


@dataclass(frozen=True, slots=True)
class Basis:
    """Columns in which sums are kept: centred and scaled, so that nothing is lost to cancellation.

    Parameters
    ----------
    right : ndarray, shape (m, m)
        ``[X y]`` of the caller times `right` are the standardised columns.
    left : ndarray, shape (q, q)
        Z of the caller times `left` are the standardised person-specific columns.
    """

    right: FloatArray
    left: FloatArray


@dataclass(frozen=True, slots=True)
class LinearMixedStatistics:
    """All that a linear mixed model needs to know of some people; parts with other people can be added.

    Parameters
    ----------
    cross : ndarray, shape (m, m)
        Sum of ``W'W`` with W = [X y] in the basis.
    sums : PatternSums
        Sums by pattern of Z'Z, in the basis.
    basis : Basis
        Columns in which the sums are kept.
    n_rows, n_groups : float
        Rows and people (sums of frequency weights).
    n_rows_dropped : int
        Rows left out because something was missing.
    names, z_names : tuple of str
        Population and person-specific terms.
    design : Design
        The design of the first part, without its rows: how columns are made from new data.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 2.0, 5.0, 4.0, 6.0, 1.0, 2.5], "w": [0, 1] * 4, "who": list("aabbccdd")})
    >>> first = LinearMixedStatistics.from_data("y ~ w", data[:4], groups="who", re_formula="~ 1")
    >>> whole = first + LinearMixedStatistics.from_data("y ~ w", data[4:], groups="who", like=first)
    >>> whole.n_rows, whole.n_groups
    (8.0, 4.0)
    """

    cross: FloatArray
    sums: PatternSums
    basis: Basis
    n_rows: float
    n_groups: float
    n_rows_dropped: int
    names: tuple[str, ...]
    z_names: tuple[str, ...]
    design: Design

    @classmethod
    def from_data(
        cls,
        formula: str,
        data: pd.DataFrame,
        *,
        groups: str,
        re_formula: str = "~ 1",
        weights: str | None = None,
        like: LinearMixedStatistics | None = None,
    ) -> LinearMixedStatistics:
        """Statistics of the people in `data`.

        Parameters
        ----------
        formula : str
            `"outcome ~ terms"`.
        data : pandas.DataFrame
            All rows of some people.
        groups : str
            Person column.
        re_formula : str
            Person-specific terms.
        weights : str, optional
            Frequency weights, the same in all rows of a person: the person counts that often.
        like : LinearMixedStatistics, optional
            Make the same columns as this part did (categories, splines); needed when a part may lack
            a category. `re_formula` and `weights` are then taken from it.

        Returns
        -------
        LinearMixedStatistics

        Raises
        ------
        ModelError
            See `build_design`; and weights that differ within a person.
        """
        first = None if like is None else like.design
        roles = Roles(groups, re_formula, weights=weights) if first is None else first.roles
        return statistics_of(build_design(formula, data, roles, check_rank=False, like=first))

    def __add__(self, other: LinearMixedStatistics) -> LinearMixedStatistics:
        """Statistics of both parts; nobody may be in both."""
        if (self.names, self.z_names) != (other.names, other.z_names):
            raise ModelError(
                "The two parts have different columns.",
                fix="Build the second with `like=` the first, so that categories and splines agree.",
            )
        cross, sums = _in_basis(other, self.basis)
        return replace(
            self,
            cross=self.cross + cross,
            sums=add_sums(self.sums, sums),
            n_rows=self.n_rows + other.n_rows,
            n_groups=self.n_groups + other.n_groups,
            n_rows_dropped=self.n_rows_dropped + other.n_rows_dropped,
        )


def _in_basis(part: LinearMixedStatistics, basis: Basis) -> tuple[FloatArray, PatternSums]:
    """Cross-products and sums of a part, in another basis."""
    if part.basis is basis:
        return part.cross, part.sums
    right = np.asarray(np.linalg.solve(part.basis.right, basis.right), dtype=np.float64)
    left = np.asarray(np.linalg.solve(part.basis.left, basis.left), dtype=np.float64)
    return right.T @ part.cross @ right, rotate_sums(part.sums, left, right)


def statistics_of(design: Design) -> LinearMixedStatistics:
    """Sum the rows of a design, in chunks of people.

    Parameters
    ----------
    design : Design
        With person-specific terms.

    Returns
    -------
    LinearMixedStatistics
    """
    Z = _person_columns(design)
    shifts, scales, constant = standards(design)
    left = _left_basis(Z)
    weights = person_weights(design)
    squares = person_squares(Z @ left, design.groups.starts)
    cross, sums = _pass(design, Z @ left, Standard(shifts, scales), squares, weights)
    return LinearMixedStatistics(
        cross,
        sums,
        Basis(right_basis(shifts, scales, constant), left),
        float(weights @ design.groups.sizes),
        float(weights.sum()),
        design.n_rows_dropped,
        design.names,
        design.z_names,
        without_rows(design),
    )


def without_rows(design: Design) -> Design:
    """The recipes of a design, with none of its rows: what may leave a country or a worker."""
    return replace(
        design,
        y=design.y[:0],
        X=design.X[:0],
        Z=None,
        groups=replace(
            design.groups,
            codes=design.groups.codes[:0],
            starts=design.groups.starts[:0],
            labels=design.groups.labels[:0],
            outer_codes=None,
            outer_labels=None,
        ),
        time_codes=None,
        offset=None,
        weights=None,
        rows=design.rows[:0],
        index=design.index[:0],
        also={},
    )


@dataclass(frozen=True, slots=True)
class Standard:
    """Shifts and scales of [X y].

    Parameters
    ----------
    shifts, scales : ndarray, shape (m,)
    """

    shifts: FloatArray
    scales: FloatArray

    def columns(self, design: Design, rows: slice) -> FloatArray:
        """Standardised [X y] of some rows, shape (rows, m)."""
        p = len(design.names)
        out = np.empty((rows.stop - rows.start, p + 1))
        out[:, :p] = design.X[rows]
        out[:, p] = design.y[rows]
        out -= self.shifts
        out /= self.scales
        return out


def _person_columns(design: Design) -> FloatArray:
    if design.Z is None or not design.Z.shape[1]:
        raise ModelError("A mixed model needs person-specific terms.", fix='Give `re_formula="~ 1"`.')
    return design.Z


def standards(design: Design) -> tuple[FloatArray, FloatArray, tuple[int, float] | None]:
    """Shifts and scales of [X y], and which column is constant with which value."""
    means, scales = column_scales(design.X)
    constant = constant_column(design.X)
    y_mean = float(design.y.mean()) if constant else 0.0
    y_scale = float(np.sqrt(np.mean((design.y - y_mean) ** 2))) or 1.0
    return np.append(means, y_mean), np.append(scales, y_scale), constant


def right_basis(shifts: FloatArray, scales: FloatArray, constant: tuple[int, float] | None) -> FloatArray:
    """Matrix that turns columns into standardised ones; shifts are taken from the constant column."""
    right = np.diag(1.0 / scales)
    if constant is not None:
        column, value = constant
        right[column] -= shifts / scales / value
    return right


def _left_basis(Z: FloatArray) -> FloatArray:
    """Scale the columns of Z, and centre them when one is constant."""
    means, scales = column_scales(Z)
    return right_basis(means, scales, constant_column(Z))


def person_weights(design: Design) -> FloatArray:
    """Frequency weight of each person, shape (G,); ones when there are none.

    Raises
    ------
    ModelError
        A person's rows have different weights.
    """
    starts = design.groups.starts
    if design.weights is None:
        return np.ones(len(starts))
    weights = design.weights[starts]
    if (design.weights != weights[design.groups.codes]).any():
        raise ModelError(
            f"The frequency weights `{design.roles.weights}` differ within a person.",
            fix="Here a weight says how many such people there are: give all rows of a person the same.",
        )
    return weights


def person_squares(Z: FloatArray, starts: IntArray) -> FloatArray:
    """``Z_i'Z_i`` of each person, shape (G, q, q)."""
    q = Z.shape[1]
    out = np.empty((len(starts), q, q))
    for a in range(q):
        for b in range(a + 1):
            out[:, a, b] = out[:, b, a] = np.add.reduceat(Z[:, a] * Z[:, b], starts)
    return out


def person_crosses(Z: FloatArray, W: FloatArray, starts: IntArray) -> FloatArray:
    """``Z_i'W_i`` of each person, shape (G, q, m), as one sparse product."""
    n, q = Z.shape
    n_people = len(starts)
    sizes = np.diff(np.append(starts, n))
    if q == 1:
        pointers, rows, values = np.append(starts, n), np.arange(n), Z[:, 0]
    else:
        pointers = np.append(0, np.cumsum(np.repeat(sizes, q)))
        first = np.repeat(starts, q) - pointers[:-1]
        rows = np.arange(n * q) + np.repeat(first, np.repeat(sizes, q))
        column = np.repeat(np.tile(np.arange(q), n_people), np.repeat(sizes, q))
        values = Z[rows, column]
    matrix = csr_array((values, rows, pointers), shape=(n_people * q, n))
    return np.asarray(matrix @ W).reshape(n_people, q, W.shape[1])


def _pass(
    design: Design, Z: FloatArray, standard: Standard, squares: FloatArray, weights: FloatArray
) -> tuple[FloatArray, PatternSums]:
    """One pass over the rows: cross-products, and sums by pattern."""
    m = len(design.names) + 1
    cross = np.zeros((m, m))

    def crosses() -> Iterator[tuple[slice, FloatArray]]:
        for people, rows in chunks_of_people(design.groups):
            W = standard.columns(design, rows)
            weighted = W if design.weights is None else W * design.weights[rows, None]
            cross.__iadd__(weighted.T @ W)
            yield people, person_crosses(Z[rows], W, design.groups.starts[people] - rows.start)

    return cross, sum_people(plan_patterns(squares, weights, m), weights, crosses())


def chunks_of_people(groups: Groups) -> Iterator[tuple[slice, slice]]:
    """Slices of people, and of their rows, of at most about `CHUNK_ROWS` rows."""
    edges = np.append(groups.starts, len(groups.codes))
    person = 0
    while person < groups.n_groups:
        last = int(np.searchsorted(edges, edges[person] + CHUNK_ROWS, side="right")) - 1
        last = min(max(last, person + 1), groups.n_groups)
        yield slice(person, last), slice(int(edges[person]), int(edges[last]))
        person = last


def statistics_from_chunks(
    formula: str,
    chunks: Iterable[pd.DataFrame],
    *,
    groups: str,
    re_formula: str = "~ 1",
    weights: str | None = None,
    like: LinearMixedStatistics | None = None,
) -> LinearMixedStatistics:
    """Statistics of data that come in parts; never more than one part is held.

    Parameters
    ----------
    formula, groups, re_formula, weights
        See `LinearMixedStatistics.from_data`.
    chunks : iterable of pandas.DataFrame
        Rows sorted by person: a person may run over the end of one part into the next, but may not
        come back later.
    like : LinearMixedStatistics, optional
        Columns to be made; without it those of the first part, so every category must occur in it or
        be declared by a categorical dtype.

    Returns
    -------
    LinearMixedStatistics

    Raises
    ------
    ModelError
        Someone comes back after other people; or as in `from_data`.
    """
    total: LinearMixedStatistics | None = None
    seen: list[NDArray[np.uint64]] = []
    for part in _whole_people(chunks, groups):
        ids = pd.util.hash_array(part[groups].dropna().unique())
        seen.append(np.asarray(ids))
        own = LinearMixedStatistics.from_data(
            formula, part, groups=groups, re_formula=re_formula, weights=weights, like=total or like
        )
        total = own if total is None else total + own
    if total is None:
        raise ModelError("There are no rows to sum.", fix="Give at least one part with data.")
    everyone = np.concatenate(seen)
    if len(np.unique(everyone)) < len(everyone):
        raise ModelError(f"Someone in `{groups}` comes back after other people.", fix="Sort the data by person first.")
    return total


def _whole_people(chunks: Iterable[pd.DataFrame], groups: str) -> Iterator[pd.DataFrame]:
    """Parts that end where a person ends."""
    carried: pd.DataFrame | None = None
    for chunk in chunks:
        part = chunk if carried is None else pd.concat([carried, chunk], ignore_index=True)
        last = (part[groups] == part[groups].iloc[-1]).to_numpy()
        carried = part[last]
        if not last.all():
            yield part[~last]
    if carried is not None:
        yield carried
