"""How much of the outcome's spread lies between people, and how much the terms explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.lmm_fit import LinearMixedFit

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Explained:
    """Shares of the outcome's variance.

    Parameters
    ----------
    marginal : float
        Marginal R²: explained by the population terms.
    conditional : float
        Conditional R²: by these and the person-specific terms.
    icc : float
        Intraclass correlation: between people, of what the population terms leave.
    """

    marginal: float
    conditional: float
    icc: float


def explained(fit: LinearMixedFit) -> Explained:
    """Marginal and conditional R², and the intraclass correlation.

    Parameters
    ----------
    fit : LinearMixedFit

    Returns
    -------
    Explained

    References
    ----------
    Nakagawa & Schielzeth (2013), Methods in Ecology and Evolution 4, equations 29-30; Johnson (2014),
    Methods in Ecology and Evolution 5, equation 10 (mean variance of random slopes).

    Notes
    -----
    The variance of the population part is taken with n in the denominator; MuMIn in R uses n − 1.
    """
    between = mean_person_variance(fit) + fit.outer_variance
    fixed = _population_variance(fit)
    total = fixed + between + fit.scale
    return Explained(float(fixed / total), float((fixed + between) / total), float(between / (between + fit.scale)))


def mean_person_variance(fit: LinearMixedFit) -> float:
    """Variance of the person-specific part, averaged over the rows."""
    sums = fit.statistics.sums
    L = fit.factor
    total = np.einsum("k,kab,ba->", sums.counts, sums.squares, L @ L.T)
    return float(total) / fit.statistics.n_rows * fit.scale


def _population_variance(fit: LinearMixedFit) -> float:
    """Variance of the population part over the rows."""
    beta, n = fit.minimum.state.beta, fit.statistics.n_rows
    cross = fit.statistics.cross
    p = len(beta)
    unit = 1.0 / float(fit.statistics.basis.right[-1, -1]) ** 2
    second = float(beta @ cross[:p, :p] @ beta) / n
    # sums of the columns stand in the row of the constant column, where there is one
    right = fit.statistics.basis.right
    ones = np.zeros(p)
    constant = np.flatnonzero(np.abs(np.triu(right, 1) + np.tril(right, -1)).sum(axis=1)[:p] > 0)
    if not len(constant):
        return second * unit
    ones[constant[0]] = 1.0 / cross[constant[0], constant[0]] ** 0.5 * n**0.5
    first = float(ones @ cross[:p, :p] @ beta) / n
    return (second - first**2) * unit
