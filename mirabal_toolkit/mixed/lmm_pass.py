"""One pass over the rows of a design: standardise, cross, and sum by pattern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.design_checks import column_scales, constant_column
from mirabal_toolkit.mixed.linear_sums import PatternPlan, PatternSums, plan_patterns, sum_people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.design import Design
    from mirabal_toolkit.mixed.design_groups import Groups

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.intp]

# Rows standardised at a time: their columns stay in the processor's cache.
CHUNK_ROWS = 8_192


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


def person_columns(design: Design) -> FloatArray:
    """Z of a design that must have one, shape (n, q)."""
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


def left_basis(Z: FloatArray) -> FloatArray:
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


@dataclass(frozen=True, slots=True)
class OuterSums:
    """Sums by site and pattern, for people within sites.

    Parameters
    ----------
    site, pattern : ndarray of int, shape (L,)
        The pairs that occur.
    counts : ndarray, shape (L,)
        People of each pair.
    totals : ndarray, shape (L, d, m)
        Sum of B over them.
    n_sites : int
    """

    site: IntArray
    pattern: IntArray
    counts: FloatArray
    totals: FloatArray
    n_sites: int


@dataclass(frozen=True, slots=True)
class Passed:
    """What one pass over the rows gives.

    Parameters
    ----------
    cross : ndarray, shape (m, m)
        Sum of ``W'W``.
    sums : PatternSums
    outer : OuterSums or None
    """

    cross: FloatArray
    sums: PatternSums
    outer: OuterSums | None


def pass_over(design: Design, Z: FloatArray, standard: Standard, weights: FloatArray) -> Passed:
    """Go over the rows once.

    Parameters
    ----------
    design : Design
    Z : ndarray, shape (n, q)
        Standardised person-specific columns.
    standard : Standard
        Shifts and scales of [X y].
    weights : ndarray, shape (G,)
        Frequency weight of each person.

    Returns
    -------
    Passed
    """
    m = len(design.names) + 1
    cross = np.zeros((m, m))
    plan = plan_patterns(person_squares(Z, design.groups.starts), weights, m)
    outer, pair = _outer_pairs(design.groups, plan, weights, m)

    def crosses() -> Iterator[tuple[slice, FloatArray]]:
        for people, rows in chunks_of_people(design.groups):
            W = standard.columns(design, rows)
            weighted = W if design.weights is None else W * design.weights[rows, None]
            cross.__iadd__(weighted.T @ W)
            own = person_crosses(Z[rows], W, design.groups.starts[people] - rows.start)
            if outer is not None:
                np.add.at(outer.totals, pair[people], own * weights[people, None, None])
            yield people, own

    sums = sum_people(plan, weights, crosses())
    return Passed(cross, sums, outer)


def _outer_pairs(groups: Groups, plan: PatternPlan, weights: FloatArray, m: int) -> tuple[OuterSums | None, IntArray]:
    """Empty sums for the pairs of site and pattern, and the pair of each person."""
    if groups.outer_codes is None or groups.outer_labels is None:
        return None, plan.pattern
    n_patterns, d, _ = plan.squares.shape
    pairs, pair = np.unique(groups.outer_codes * n_patterns + plan.pattern, return_inverse=True)
    site, pattern = np.divmod(pairs, n_patterns)
    counts = np.bincount(pair, weights=weights).astype(np.float64)
    return OuterSums(site, pattern, counts, np.zeros((len(pairs), d, m)), len(groups.outer_labels)), pair


def chunks_of_people(groups: Groups) -> Iterator[tuple[slice, slice]]:
    """Slices of people, and of their rows, of at most about `CHUNK_ROWS` rows."""
    edges = np.append(groups.starts, len(groups.codes))
    person = 0
    while person < groups.n_groups:
        last = int(np.searchsorted(edges, edges[person] + CHUNK_ROWS, side="right")) - 1
        last = min(max(last, person + 1), groups.n_groups)
        yield slice(person, last), slice(int(edges[person]), int(edges[last]))
        person = last
