"""The change if everybody who was lost were at one end, or the other, of what is possible.

References
----------
Manski (2003), Partial Identification of Probability Distributions, section 1.2; Horowitz & Manski (2000),
Nonparametric analysis of randomized experiments with missing covariate and outcome data, JASA 95, 77-84.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.models.describe import Record
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.missing_waves.imputed import unit_of
from mirabal_toolkit.models.missing_waves.layout import Layout

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def bounds_of_change(values: Floats, lost: Mask, counts: Mask, limits: tuple[float, float]) -> tuple[float, float]:
    """Return the lowest and highest possible change in the mean.

    Parameters
    ----------
    values : ndarray, shape (n, 2)
        First and last wave; NaN where there is no answer.
    lost, counts : ndarray of bool, shape (n, 2)
        Answers that were lost; cells that count.
    limits : tuple of float
        Lowest and highest value possible.

    Examples
    --------
    Four women hurt at the start; at the end one is not, one is, two are lost.

    >>> values = np.array([[1, 0], [1, 1], [1, np.nan], [1, np.nan]], dtype=float)
    >>> bounds_of_change(values, np.isnan(values), np.ones((4, 2), dtype=bool), (0.0, 1.0))
    (-0.75, -0.25)
    """
    ends = [
        [np.where(lost[:, place], limit, values[:, place])[counts[:, place]].mean() for limit in limits]
        for place in (0, 1)
    ]
    return float(ends[1][0] - ends[0][1]), float(ends[1][1] - ends[0][0])


def bound_records(measured: Measured, layout: Layout) -> Iterator[Record]:
    """Yield the lowest and the highest change that the answers allow."""
    places = [0, len(layout.waves) - 1]
    low, high = bounds_of_change(
        layout.values[:, places], layout.lost[:, places], layout.counts[:, places], layout.limits
    )
    scale, factor = unit_of(measured)
    people = int(layout.ends.any(axis=1).sum())
    for term, value in (("lowest", low), ("highest", high)):
        yield {
            **measured.record("bounds", contrast=measured.contrast, model="worst-case"),
            "term": term,
            "scale": scale,
            "estimate": factor * value,
            "n_obs": people,
            "n_persons": people,
        }
