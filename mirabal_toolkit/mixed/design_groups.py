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


def group_rows(
    data: pd.DataFrame, rows: IntArray, groups: str, time: str | None
) -> tuple[pd.DataFrame, Groups, IntArray]:
    """Sort rows so that a person's rows stand together, by time when there is one.

    Parameters
    ----------
    data : pandas.DataFrame
        Complete rows.
    rows : ndarray of int
        Their positions in the caller's frame.
    groups : str
        Person column, or `"site/person"`.
    time : str or None
        Time column.

    Returns
    -------
    frame : pandas.DataFrame
        The rows in their new order.
    groups : Groups
    rows : ndarray of int
        Positions in the caller's frame, in the new order.
    """
    outer, labels, codes = _person_codes(data, groups.split("/"))
    order = _order(codes, None if time is None else data[time].to_numpy())
    if order is not None:
        data, rows, codes = data.take(order), rows[order], codes[order]
    starts = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
    if outer is None:
        return data, Groups(codes, starts, labels), rows
    outer_codes, outer_labels = outer
    return data, Groups(codes, starts, labels, outer_codes, outer_labels), rows


def _order(codes: IntArray, times: NDArray[Any] | None) -> IntArray | None:
    """Order that sorts by person (and time), or None when rows stand right already."""
    steps = np.diff(codes)
    if times is None:
        return None if (steps >= 0).all() else np.argsort(codes, kind="stable")
    if (steps >= 0).all() and ((steps > 0) | (times[1:] >= times[:-1])).all():
        return None
    return np.lexsort((times, codes))


def _person_codes(
    data: pd.DataFrame, keys: list[str]
) -> tuple[tuple[IntArray, NDArray[np.generic]] | None, NDArray[np.generic], IntArray]:
    codes, labels = _codes(data[keys[-1]])
    if len(keys) == 1:
        return None, labels, codes
    outer, outer_labels = _codes(data[keys[0]])
    pairs, both = np.unique(outer * len(labels) + codes, return_inverse=True)
    site, person = np.divmod(pairs, len(labels))
    names = np.empty(len(pairs), dtype=object)
    names[:] = list(zip(outer_labels[site].tolist(), labels[person].tolist(), strict=True))
    return (site.astype(np.intp), outer_labels), names, both.astype(np.intp)


def _codes(column: pd.Series) -> tuple[IntArray, NDArray[np.generic]]:
    """Codes in the order of the sorted labels; quick when integers stand in order already."""
    values = column.to_numpy()
    if values.dtype.kind in "iu":
        rises = values[1:] > values[:-1]
        if (rises | (values[1:] == values[:-1])).all():
            codes = np.concatenate([[0], np.cumsum(rises)]).astype(np.intp)
            return codes, values[np.concatenate([[True], rises])]
    codes, labels = pd.factorize(values, sort=True)
    return codes.astype(np.intp), np.asarray(labels)
