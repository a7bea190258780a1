"""Likelihood-ratio tests, with the mixture that a variance at its boundary calls for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.linear_sums import rotate_sums
from mirabal_toolkit.mixed.lmm_build import fit_statistics
from mirabal_toolkit.mixed.lmm_fit import LinearMixedFit
from mirabal_toolkit.mixed.lmm_statistics import Basis

if TYPE_CHECKING:
    from mirabal_toolkit.mixed.linear_fit import LinearFit


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """A likelihood-ratio test.

    Parameters
    ----------
    statistic : float
        Twice the difference of the log-likelihoods.
    df : tuple of int
        Degrees of freedom of the chi-squared distributions mixed in equal parts; one number when
        nothing is mixed.
    p_value : float
    """

    statistic: float
    df: tuple[int, ...]
    p_value: float


def likelihood_ratio_test(smaller: LinearFit, larger: LinearFit) -> LikelihoodRatio:
    """Compare two fits to the same rows, one a special case of the other.

    Parameters
    ----------
    smaller, larger : LinearMixedFit or MmrmFit
        Fits with different population terms must be by full maximum likelihood.

    Returns
    -------
    LikelihoodRatio
        When the larger has one person-specific term more, whose variance the smaller puts at zero, the
        distribution is half chi-squared with q and half with q + 1 degrees of freedom.

    Raises
    ------
    ModelError
        The fits cannot be compared.

    References
    ----------
    Self & Liang (1987), JASA 82, case 5; Stram & Lee (1994), Variance components testing in the
    longitudinal mixed effects model, Biometrics 50.
    """
    _refuse_incomparable(smaller, larger)
    statistic = max(2.0 * (larger.llf - smaller.llf), 0.0)
    difference = larger.n_parameters - smaller.n_parameters
    if isinstance(smaller, LinearMixedFit) and isinstance(larger, LinearMixedFit):
        q0, q1 = len(smaller.statistics.z_names), len(larger.statistics.z_names)
        if q1 == q0 + 1 and smaller.names == larger.names:
            return _mixture(statistic, (q0, q0 + 1))
    return _mixture(statistic, (difference,))


def variance_test(fit: LinearMixedFit) -> LikelihoodRatio:
    """Test that the last person-specific term has no variance.

    Parameters
    ----------
    fit : LinearMixedFit
        Of people without sites above them.

    Returns
    -------
    LikelihoodRatio
        By the likelihood (restricted or full) of the fit.
    """
    if fit.nested is not None:
        raise ModelError("This test is not available for people within sites.")
    q = len(fit.statistics.z_names)
    if q == 1:
        none = fit.criterion.value(np.zeros(1))
        lower = np.inf if none is None else none[0]
        return _mixture(max(lower - fit.minimum.value, 0.0), (0, 1))
    statistics, basis = fit.statistics, fit.statistics.basis
    keep = np.eye(q)[:, :-1]
    smaller = replace(
        statistics,
        sums=rotate_sums(statistics.sums, keep, np.eye(len(basis.right))),
        basis=Basis(basis.right, basis.left[:-1, :-1]),
        z_names=statistics.z_names[:-1],
    )
    return likelihood_ratio_test(fit_statistics(smaller, reml=fit.reml, df="normal", design=None), fit)


def _mixture(statistic: float, df: tuple[int, ...]) -> LikelihoodRatio:
    # chi-squared with no degrees of freedom is a lump at zero
    tails = [float(stats.chi2.sf(statistic, k)) if k else float(statistic <= 0) for k in df]
    return LikelihoodRatio(statistic, df, sum(tails) / len(tails))


def _refuse_incomparable(smaller: LinearFit, larger: LinearFit) -> None:
    if (smaller.nobs, smaller.reml) != (larger.nobs, larger.reml):
        raise ModelError(
            "The two fits were made from different rows, or by different likelihoods.",
            fix="Leave out the same rows in both, and give both the same `reml`.",
        )
    if smaller.names != larger.names and larger.reml:
        raise ModelError(
            "Restricted likelihoods of models with different population terms cannot be compared.",
            fix="Fit both with `reml=False`.",
        )
    if larger.n_parameters <= smaller.n_parameters:
        raise ModelError("The second fit must be the larger one.", fix="Swap them.")
