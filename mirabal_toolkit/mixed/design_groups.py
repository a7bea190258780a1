"""People: their codes, their first rows, and rows that stand together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Groups:
    """Which row belongs to whom, for rows sorted by person.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        0 … G−1, never falling.
    starts : ndarray of int, shape (G,)
        First row of each person; what `np.add.reduceat` takes.
    labels : ndarray, shape (G,)
        The person's id, as in the data (for people within sites a tuple).
    outer_codes : ndarray of int, shape (G,), or None
        The site of each person.
    outer_labels : ndarray, shape (S,), or None
        The sites.
    """

    codes: IntArray
    starts: IntArray
    labels: NDArray[np.generic]
    outer_codes: IntArray | None = None
    outer_labels: NDArray[np.generic] | None = None

    @property
    def n_groups(self) -> int:
        """Number of people."""
        return int(self.starts.shape[0])

    @property
    def sizes(self) -> IntArray:
        """Rows of each person, shape (G,)."""
        return np.diff(np.append(self.starts, self.codes.shape[0]))


def group_rows(keys: list[pd.Series[Any]], times: NDArray[Any] | None) -> tuple[Groups, IntArray | None]:
    """Find the order in which a person's rows stand together, by time when there is one.

    Parameters
    ----------
    keys : list of pandas.Series
        Ids of the people; of sites and people.
    times : ndarray or None

    Returns
    -------
    groups : Groups
        For rows in the new order.
    order : ndarray of int or None
        None when the rows stand right already.
    """
    outer, labels, codes = _person_codes(keys)
    order = _order(codes, times)
    if order is not None:
        codes = codes[order]
    starts = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
    if outer is None:
        return Groups(codes, starts, labels), order
    outer_codes, outer_labels = outer
    return Groups(codes, starts, labels, outer_codes, outer_labels), order


def _order(codes: IntArray, times: NDArray[Any] | None) -> IntArray | None:
    """Order that sorts by person (and time), or None when rows stand right already."""
    steps = np.diff(codes)
    if times is None:
        return None if (steps >= 0).all() else np.argsort(codes, kind="stable")
    if (steps >= 0).all() and ((steps > 0) | (times[1:] >= times[:-1])).all():
        return None
    return np.lexsort((times, codes))


def _person_codes(
    keys: list[pd.Series[Any]],
) -> tuple[tuple[IntArray, NDArray[np.generic]] | None, NDArray[np.generic], IntArray]:
    codes, labels = _codes(keys[-1])
    if len(keys) == 1:
        return None, labels, codes
    outer, outer_labels = _codes(keys[0])
    pairs, both = np.unique(outer * len(labels) + codes, return_inverse=True)
    site, person = np.divmod(pairs, len(labels))
    names = np.empty(len(pairs), dtype=object)
    names[:] = list(zip(outer_labels[site].tolist(), labels[person].tolist(), strict=True))
    return (site.astype(np.intp), outer_labels), names, both.astype(np.intp)


def _codes(column: pd.Series[Any]) -> tuple[IntArray, NDArray[np.generic]]:
    """Codes in the order of the sorted labels; quick when integers stand in order already."""
    values = column.to_numpy()
    if values.dtype.kind in "iu":
        rises = values[1:] > values[:-1]
        if (rises | (values[1:] == values[:-1])).all():
            codes = np.concatenate([[0], np.cumsum(rises)]).astype(np.intp)
            return codes, values[np.concatenate([[True], rises])]
    codes, labels = pd.factorize(values, sort=True)
    return codes.astype(np.intp), np.asarray(labels)
