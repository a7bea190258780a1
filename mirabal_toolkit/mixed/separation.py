"""Separation: a combination of terms that predicts some answers without error, so that its estimate is infinite.

A direction delta of the parameters along which no row's probability falls and some row's rises makes the
likelihood grow for ever. Whether there is one is a linear programme. It is the same question for mixed models:
person-specific terms add the same number before and after, so the direction raises the conditional likelihood
whatever they are.

References
----------
Albert & Anderson (1984), On the existence of maximum likelihood estimates in logistic regression models, Biometrika 71.
Konis (2007), Linear programming algorithms for detecting separated data in binary logistic regression models,
DPhil thesis, Oxford, ch. 4.
Correia, Guimaraes & Zylkin (2019), Verifying the existence of maximum likelihood estimates for generalized linear
models, arXiv 1903.01633 (counts).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from mirabal_toolkit.mixed.families import FloatArray

#: A direction whose best total gain is below it is rounding of the linear programme.
SMALLEST_DIRECTION = 1e-7
#: Rows of the linear programme at its start, and added at a time.
MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Directions:
    """What a direction must satisfy.

    Parameters
    ----------
    rising : array, shape (m, p)
        ``rising @ delta >= 0``; a row that is positive raises the likelihood.
    fixed : array, shape (k, p)
        ``fixed @ delta == 0``.
    """

    rising: FloatArray
    fixed: FloatArray


def binary_directions(X: FloatArray, y: FloatArray) -> Directions:
    """Directions for yes/no answers.

    Parameters
    ----------
    X : array, shape (n, p)
    y : array, shape (n,)
        0 or 1.

    Returns
    -------
    Directions
    """
    return Directions(X * (2.0 * y - 1.0)[:, None], np.zeros((0, X.shape[1])))


def count_directions(X: FloatArray, y: FloatArray) -> Directions:
    """Directions for counts: only rows that count nothing can run away."""
    return Directions(-X[y == 0.0], X[y > 0.0])


def ordinal_directions(X: FloatArray, y: FloatArray, n_categories: int) -> Directions:
    """Directions for ordered categories; thresholds come before the terms."""
    code, eye = y.astype(np.intp), np.eye(n_categories - 1)
    has_upper, has_lower = code < n_categories - 1, code > 0
    upper = np.hstack([eye[code[has_upper]], -X[has_upper]])
    lower = np.hstack([-eye[code[has_lower] - 1], X[has_lower]])
    return Directions(np.vstack([upper, lower]), np.zeros((0, upper.shape[1])))


def separated_columns(directions: Directions) -> tuple[int, ...]:
    """Columns whose estimates run away; empty when all estimates are finite.

    Parameters
    ----------
    directions : Directions

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> X = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    >>> separated_columns(binary_directions(X, np.array([0.0, 1.0, 1.0, 1.0])))
    (1,)
    >>> separated_columns(binary_directions(X, np.array([0.0, 1.0, 0.0, 1.0])))
    ()
    """
    rising, fixed = directions.rising, directions.fixed
    if not len(rising):
        return ()
    # columns are made comparable, so that one box fits all
    scale = np.maximum(np.abs(np.vstack([rising, fixed])).max(axis=0), np.finfo(float).tiny)
    # as many equations as columns say the same as one for each row
    equations = np.asarray(np.linalg.qr(fixed / scale, mode="r")) if len(fixed) else fixed
    delta = _best_direction(rising / scale, equations)
    return tuple(int(k) for k in np.flatnonzero(np.abs(delta) > SMALLEST_DIRECTION))


def _best_direction(rising: FloatArray, fixed: FloatArray) -> FloatArray:
    """Direction with the largest total rise, zero when there is none.

    Rows are added to the programme as they turn out to be violated, so that a million rows cost no more than the few
    that matter.
    """
    gain = rising.mean(axis=0)
    used = np.unique(np.linspace(0, len(rising) - 1, MOST_ROWS).astype(np.intp))
    while True:
        found = optimize.linprog(
            -gain,
            A_ub=-rising[used],
            b_ub=np.zeros(len(used)),
            A_eq=fixed if len(fixed) else None,
            b_eq=np.zeros(len(fixed)) if len(fixed) else None,
            bounds=(-1.0, 1.0),
            method="highs",
        )
        if not found.success or -found.fun < SMALLEST_DIRECTION:
            return np.zeros(rising.shape[1])
        depth = rising @ found.x
        violated = np.flatnonzero(depth < -SMALLEST_DIRECTION)
        new = np.setdiff1d(violated[np.argsort(depth[violated])][:MOST_ROWS], used)
        if not len(new):
            return np.asarray(found.x)
        used = np.concatenate([used, new])
