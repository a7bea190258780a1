"""Overlap weights and balance: how alike two arms are at the start, before and after weighting.

References
----------
Li, Morgan & Zaslavsky (2018). Balancing covariates via propensity score weighting. JASA 113, 390-400.
Austin (2009). Statistics in Medicine 28, 3083-3107 (standardised differences).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from mirabal_toolkit.models.describe import common_spread

Floats = NDArray[np.float64]

_STEPS, _CLOSE = 100, 1e-10


def propensity_scores(treated: Floats, X: Floats) -> Floats | None:
    """Return the probability of being treated, from a logistic model by maximum likelihood.

    Parameters
    ----------
    treated : ndarray of 0 and 1, shape (n,)
    X : ndarray, shape (n, k)
        Covariates, without a constant.

    Returns
    -------
    ndarray, shape (n,), or None
        None where the covariates tell the arms apart (no estimate exists), or repeat each other.
    """
    spread = X.std(axis=0)
    Z = np.column_stack([np.ones(len(X)), (X - X.mean(axis=0))[:, spread > 0] / spread[spread > 0]])
    if np.linalg.matrix_rank(Z) < Z.shape[1]:
        return None
    beta = np.zeros(Z.shape[1])
    for _ in range(_STEPS):
        p = expit(Z @ beta)
        information = (Z * (p * (1 - p))[:, None]).T @ Z
        if np.linalg.cond(information) > 1 / _CLOSE:
            return None
        step = np.linalg.solve(information, Z.T @ (treated - p))
        beta = beta + step
        if float(np.abs(step).max()) < _CLOSE:
            return np.asarray(expit(Z @ beta))
    return None


def overlap_weights(treated: pd.Series[int], columns: pd.DataFrame) -> pd.Series[float] | None:
    """Return overlap weights: 1 − e in the treated arm, e in the reference arm; e is the propensity score.

    Means of every column of a logistic propensity model are then exactly equal in the two arms.

    Parameters
    ----------
    treated : Series of 0 and 1, index person_id
    columns : DataFrame, same index; choices as text

    Returns
    -------
    Series or None
        Scaled to a mean of 1 in each arm; None where there is no propensity model.
    """
    arm = np.asarray(treated.reindex(columns.index), dtype=np.float64)
    scores = propensity_scores(arm, np.asarray(indicators(columns), dtype=np.float64))
    if scores is None:
        return None
    weights = np.where(arm == 1, 1 - scores, scores)
    for code in (0.0, 1.0):
        weights[arm == code] /= weights[arm == code].mean()
    return pd.Series(weights, index=columns.index)


def indicators(columns: pd.DataFrame) -> pd.DataFrame:
    """Return numbers as they are and choices as 0 and 1 for each answer but the first (``item=answer``)."""
    parts = [
        column.to_frame()
        if pd.api.types.is_numeric_dtype(column)
        else pd.get_dummies(column, prefix=str(name), prefix_sep="=", dtype=float).iloc[:, 1:]
        for name, column in columns.items()
    ]
    return pd.concat(parts, axis=1) if parts else pd.DataFrame(index=columns.index)


@dataclass(frozen=True, slots=True)
class Balance:
    """Means in the two arms and their standardised difference (treated minus reference).

    The difference is 0 where everybody is alike, and missing where each arm is alike within itself but not the other:
    no yardstick is left, and nothing could be less balanced.
    """

    reference: float
    treated: float
    difference: float


def balance(values: Floats, treated: Floats, weights: Floats | None = None) -> Balance:
    """Return how far apart two arms are in one covariate.

    Parameters
    ----------
    values, treated, weights : ndarray, shape (n,)
        Values must be known. The standard deviation is that of the unweighted arms, so that weighting
        cannot hide a difference by changing the yardstick.
    """
    used = np.ones(len(values)) if weights is None else weights
    means = [float(np.average(values[treated == code], weights=used[treated == code])) for code in (0, 1)]
    spread = common_spread(values[treated == 0], values[treated == 1])
    difference = means[1] - means[0]
    alike = 0.0 if difference == 0 else np.nan
    return Balance(means[0], means[1], float(difference / spread) if spread > 0 else alike)


def effective_size(weights: Floats) -> float:
    """Return Kish's effective sample size of weights."""
    return float(weights.sum() ** 2 / (weights**2).sum())
