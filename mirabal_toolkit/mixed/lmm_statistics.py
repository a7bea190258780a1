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

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.design import Design, Roles, build_design
from mirabal_toolkit.mixed.linear_sums import PatternSums, add_sums, rotate_sums
from mirabal_toolkit.mixed.lmm_pass import (
    OuterSums,
    Standard,
    left_basis,
    pass_over,
    person_columns,
    person_weights,
    right_basis,
    standards,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


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
    outer : OuterSums or None
        Sums by site, for people within sites; such statistics cannot be added.

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
    outer: OuterSums | None = None

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
        return statistics_of(build_design(formula, data, roles, like=first or "itself"))

    def __add__(self, other: LinearMixedStatistics) -> LinearMixedStatistics:
        """Statistics of both parts; nobody may be in both."""
        if (self.names, self.z_names) != (other.names, other.z_names):
            raise ModelError(
                "The two parts have different columns.",
                fix="Build the second with `like=` the first, so that categories and splines agree.",
            )
        if self.outer is not None or other.outer is not None:
            raise ModelError("Statistics of people within sites cannot be added.", fix="Fit all rows at once.")
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
    Z = person_columns(design)
    shifts, scales, constant = standards(design)
    left = left_basis(Z)
    weights = person_weights(design)
    passed = pass_over(design, Z @ left, Standard(shifts, scales), weights)
    return LinearMixedStatistics(
        passed.cross,
        passed.sums,
        Basis(right_basis(shifts, scales, constant), left),
        float(weights @ design.groups.sizes),
        float(weights.sum()),
        design.n_rows_dropped,
        design.names,
        design.z_names,
        without_rows(design),
        passed.outer,
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
        source=None,
    )
