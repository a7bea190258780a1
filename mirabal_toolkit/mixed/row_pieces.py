"""Sums over the rows of large matrices, piece by piece: no copy of a whole design is made in passing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

#: Rows handled at once.
PIECE = 8_192


def slices(n_rows: int, piece: int = PIECE) -> Iterator[slice]:
    """Cut rows into pieces."""
    for start in range(0, n_rows, piece):
        yield slice(start, start + piece)


def weighted_gram(X: FloatArray, weight: FloatArray) -> FloatArray:
    """X' diag(weight) X, shape (p, p)."""
    total = np.zeros((X.shape[1], X.shape[1]))
    for rows in slices(len(X)):
        total += (X[rows].T * weight[rows]) @ X[rows]
    return total


def standard_gram(X: FloatArray, means: FloatArray, scales: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """S' diag(weight) S with S = (X − means) / scales, shape (p, p).

    Parameters
    ----------
    X : ndarray, shape (n, p)
    means, scales : ndarray, shape (p,)
    weight : ndarray, shape (n,), optional
        Ones when left out.
    """
    total = np.zeros((X.shape[1], X.shape[1]))
    for rows in slices(len(X)):
        part = (X[rows] - means) / scales
        total += (part.T if weight is None else part.T * weight[rows]) @ part
    return total


def some_columns(X: FloatArray, columns: tuple[int, ...]) -> FloatArray:
    """Some columns of a matrix: a view where they stand side by side, a copy where not."""
    if columns and columns == tuple(range(columns[0], columns[-1] + 1)):
        return X[:, columns[0] : columns[-1] + 1]
    return X[:, list(columns)]
