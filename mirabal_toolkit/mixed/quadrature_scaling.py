"""Standardise designs, so that income in millions and time in days cost no digits, and turn results back.

The search sees columns that are centred, scaled and uncorrelated; the person-specific columns are made
uncorrelated too. Both are linear changes of the parameters: the likelihood is the same, and estimates and
covariances are turned back exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mirabal_toolkit.mixed.families import FloatArray
from mirabal_toolkit.mixed.quadrature_groups import Layout
from mirabal_toolkit.mixed.row_pieces import slices, standard_gram


@dataclass(frozen=True, slots=True)
class Scaling:
    """A linear change of the population terms.

    Parameters
    ----------
    transform : array, shape (p, p)
        beta = transform @ gamma, where gamma are the standardised terms.
    threshold_shift : array, shape (p,)
        Thresholds on the user's scale are those of the search plus ``threshold_shift @ gamma``; zeros when an
        intercept in the design takes the centring up.
    """

    transform: FloatArray
    threshold_shift: FloatArray


def _constant_column(X: FloatArray) -> int | None:
    spread = X.max(axis=0) - X.min(axis=0)
    constant = np.flatnonzero((spread == 0.0) & (X[0] != 0.0))
    return int(constant[0]) if len(constant) else None


def standardise(layout: Layout, *, thresholds: bool, overwrite: bool = False) -> tuple[Layout, Scaling]:
    """Centre, scale and decorrelate the columns of the design.

    Parameters
    ----------
    layout : Layout
    thresholds : bool
        The family has thresholds, which take the centring up in place of an intercept.
    overwrite : bool
        Put the standardised design in the place of the old one, which nobody needs any more: with many people it is as
        large as the data.

    Returns
    -------
    layout : Layout
        With the standardised design.
    scaling : Scaling
    """
    X, share = layout.X, layout.weight / layout.weight.sum()
    p = X.shape[1]
    intercept = _constant_column(X) if p else None
    means = share @ X if thresholds or intercept is not None else np.zeros(p)
    level = 1.0 if intercept is None else X[0, intercept]
    if intercept is not None:
        means[intercept] = 0.0
    scales = np.sqrt(sum((share[rows] @ (X[rows] - means) ** 2 for rows in slices(len(X))), np.zeros(p)))
    gram = standard_gram(X, means, scales, share)
    inverse = np.linalg.solve(np.linalg.cholesky(gram), np.eye(p)).T if p else gram
    standard = X if overwrite else np.empty_like(X)
    for rows in slices(len(X)):
        standard[rows] = ((X[rows] - means) / scales) @ inverse
    transform = inverse / scales[:, None]
    shift = means @ transform
    if intercept is not None:
        transform[intercept] -= shift / level
        shift = np.zeros(p)
    return replace(layout, X=standard), Scaling(transform, shift)


def standardise_person_terms(Z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Make the person-specific columns uncorrelated with mean square 1.

    Parameters
    ----------
    Z : array, shape (n_rows, q)

    Returns
    -------
    Z : array, shape (n_rows, q)
    back : array, shape (q, q)
        The factor on the user's scale is ``back @ Lambda``.
    """
    if Z.shape[1] == 1 and np.all(Z == 1.0):
        return Z, np.eye(1)
    _, upper = np.linalg.qr(Z / np.sqrt(len(Z)))
    back = np.linalg.solve(upper, np.eye(len(upper)))
    return Z @ back, back
