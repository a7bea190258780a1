"""Change in tables without gaps, many at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Changes(NamedTuple):
    """Change of each completed table.

    Attributes
    ----------
    estimates, variances : ndarray, shape (m,)
    people : int
        Who counts at the first or the last wave.
    """

    estimates: Floats
    variances: Floats
    people: int


def means(values: Floats, counts: Mask) -> tuple[Floats, Floats]:
    """Return the mean of each wave and its variance, both (m, waves).

    Parameters
    ----------
    values : ndarray, shape (m, n, waves)
    counts : ndarray of bool, shape (n, waves)
        Whose value counts at a wave (the outcome applied to her, and she was alive).
    """
    n = counts.sum(axis=0)
    mean = (values * counts).sum(axis=1) / n
    spread = (counts * (values - mean[:, None, :]) ** 2).sum(axis=1)
    return mean, spread / np.maximum(n - 1, 1) / n


def changes(before: Floats, after: Floats, counts: Mask) -> Changes:
    """Return the change in the mean, with its variance when the same people stand at both ends.

    It is the change of a population-averaged model with a mean for each wave, and its variance is the
    Kauermann–Carroll one; where everybody counts at both waves that is the paired difference and its variance.

    Parameters
    ----------
    before, after : ndarray, shape (m, n) or (n,)
    counts : ndarray of bool, shape (n, 2)

    References
    ----------
    Liang & Zeger (1986), Biometrika 73, 13-22; Kauermann & Carroll (2001), JASA 96, 1387-1396.

    Examples
    --------
    >>> before, after = np.array([[1.0, 1.0, 0.0, 1.0]]), np.array([[0.0, 1.0, 0.0, 0.0]])
    >>> found = changes(before, after, np.ones((4, 2), dtype=bool))
    >>> float(found.estimates[0]), round(float(found.variances[0]), 4)
    (-0.5, 0.0833)
    """
    n_before, n_after = counts.sum(axis=0)
    mean_before = (before * counts[:, 0]).sum(axis=-1) / n_before
    mean_after = (after * counts[:, 1]).sum(axis=-1) / n_after
    pull_before = counts[:, 0] * (before - mean_before[..., None]) / np.sqrt(n_before * max(n_before - 1, 1))
    pull_after = counts[:, 1] * (after - mean_after[..., None]) / np.sqrt(n_after * max(n_after - 1, 1))
    variance = ((pull_after - pull_before) ** 2).sum(axis=-1)
    people = int(counts.any(axis=1).sum())
    return Changes(np.atleast_1d(mean_after - mean_before), np.atleast_1d(variance), people)
