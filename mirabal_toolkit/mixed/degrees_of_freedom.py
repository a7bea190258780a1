"""Degrees of freedom for t tests in linear models whose covariance was estimated.

References
----------
Satterthwaite (1946), An approximate distribution of estimates of variance components, Biometrics Bulletin 2.
Giesbrecht & Burns (1985), Two-stage analysis based on a mixed model, Biometrics 41 (the derivative form).
Kuznetsova, Brockhoff & Christensen (2017), lmerTest, JSS 82(13), section 2.
Kenward & Roger (1997), Small sample inference for fixed effects from restricted maximum likelihood,
Biometrics 53, equations 4-8 and appendix.
Halekoh & Hojsgaard (2014), A Kenward-Roger approximation: the R package pbkrtest, JSS 59(9).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

# Eigenvalues of a scaled information below this carry nothing (a variance on its boundary).
EMPTY = 1e-8


@dataclass(frozen=True, slots=True)
class VarianceInformation:
    """How the covariance of the estimates hangs on the variance parameters.

    Parameters
    ----------
    covariance : ndarray, shape (p, p)
        Of the estimates.
    derivatives : ndarray, shape (J, p, p)
        Of that covariance, along each variance parameter.
    hessian : ndarray, shape (J, J)
        Second derivatives of −2 log-likelihood in the variance parameters.
    """

    covariance: FloatArray
    derivatives: FloatArray
    hessian: FloatArray


@dataclass(frozen=True, slots=True)
class KenwardRoger:
    """Pieces of the Kenward-Roger approximation.

    Parameters
    ----------
    covariance : ndarray, shape (p, p)
        Unadjusted covariance Φ.
    adjusted : ndarray, shape (p, p)
        Adjusted covariance Φ_A.
    slopes : ndarray, shape (J, p, p)
        ``P_j = -X' V^-1 G_j V^-1 X``.
    variance : ndarray, shape (J, J)
        W, twice the inverse of the information on the variance parameters.
    """

    covariance: FloatArray
    adjusted: FloatArray
    slopes: FloatArray
    variance: FloatArray


def as_contrasts(contrasts: FloatArray | None, p: int) -> FloatArray:
    """Contrasts as a matrix, shape (r, p); the estimates themselves when there are none."""
    return np.eye(p) if contrasts is None else np.atleast_2d(np.asarray(contrasts, dtype=np.float64))


def pseudo_inverse(hessian: FloatArray) -> FloatArray:
    """Inverse on the directions that carry information, parameters scaled to equal curvature first.

    Parameters
    ----------
    hessian : ndarray, shape (J, J)
    """
    size = np.sqrt(np.abs(np.diag(hessian)))
    size = np.where(size > 0, size, 1.0)
    values, vectors = np.linalg.eigh(hessian / np.outer(size, size))
    keep = values > EMPTY
    inner = (vectors[:, keep] / values[keep]) @ vectors[:, keep].T
    return np.asarray(inner / np.outer(size, size))


def satterthwaite_df(information: VarianceInformation, contrasts: FloatArray | None = None) -> FloatArray:
    """Satterthwaite's degrees of freedom, one a contrast.

    Parameters
    ----------
    information : VarianceInformation
    contrasts : ndarray, shape (r, p), optional
        Rows are contrasts of the estimates.

    Returns
    -------
    ndarray, shape (r,)

    Examples
    --------
    A mean of ten numbers: variance v/10, and −2 log-likelihood has curvature 9/v² in v.

    >>> one = np.ones((1, 1))
    >>> satterthwaite_df(VarianceInformation(one / 10, one[None] / 10, 9 * one))
    array([9.])
    """
    L = as_contrasts(contrasts, len(information.covariance))
    variance = np.einsum("ra,ab,rb->r", L, information.covariance, L)
    slope = np.einsum("ra,jab,rb->rj", L, information.derivatives, L, optimize=True)
    spread = 2.0 * np.einsum("rj,jk,rk->r", slope, pseudo_inverse(information.hessian), slope)
    with np.errstate(divide="ignore"):
        return np.asarray(2.0 * variance**2 / spread)


def kenward_roger_df(parts: KenwardRoger, contrasts: FloatArray | None = None) -> FloatArray:
    """Kenward and Roger's degrees of freedom, one a contrast.

    Parameters
    ----------
    parts : KenwardRoger
    contrasts : ndarray, shape (r, p), optional

    Returns
    -------
    ndarray, shape (r,)

    Notes
    -----
    For one contrast A1 = A2 = A, the scale λ is one and m = 2 / A (Kenward & Roger 1997, section 3).
    """
    L = as_contrasts(contrasts, len(parts.covariance))
    turned = L @ parts.covariance
    variance = np.einsum("ra,ra->r", turned, L)
    slope = np.einsum("ra,jab,rb->rj", turned, parts.slopes, turned, optimize=True) / variance[:, None]
    return np.asarray(2.0 / np.einsum("rj,jk,rk->r", slope, parts.variance, slope))


@dataclass(frozen=True, slots=True)
class JointTest:
    """F test of several contrasts at once.

    Parameters
    ----------
    statistic : float
        F.
    df_numerator, df_denominator : float
    p_value : float
    """

    statistic: float
    df_numerator: float
    df_denominator: float
    p_value: float

    @classmethod
    def of(cls, statistic: float, r: int, df: float) -> JointTest:
        """Test with its p value; infinite `df` gives the chi-squared test."""
        p = stats.chi2.sf(statistic * r, r) if np.isinf(df) else stats.f.sf(statistic, r, df)
        return cls(statistic, float(r), df, float(p))


def kenward_roger_test(parts: KenwardRoger, estimates: FloatArray, contrasts: FloatArray) -> JointTest:
    """Kenward and Roger's scaled F test that all contrasts are zero.

    Parameters
    ----------
    parts : KenwardRoger
    estimates : ndarray, shape (p,)
    contrasts : ndarray, shape (r, p)
        Linearly independent rows.

    Returns
    -------
    JointTest
    """
    L = as_contrasts(contrasts, len(estimates))
    r = len(L)
    phi = parts.covariance
    theta = L.T @ np.linalg.solve(L @ phi @ L.T, L)
    moved = theta @ phi @ parts.slopes @ phi
    traces = np.trace(moved, axis1=1, axis2=2)
    a1 = float(traces @ parts.variance @ traces)
    a2 = float(np.einsum("jk,jab,kba->", parts.variance, moved, moved, optimize=True))
    scale, m = _scale_and_df(a1, a2, r)
    value = L @ estimates
    f = scale / r * float(value @ np.linalg.solve(L @ parts.adjusted @ L.T, value))
    return JointTest.of(f, r, m)


def _scale_and_df(a1: float, a2: float, r: int) -> tuple[float, float]:
    """λ and m of Kenward & Roger (1997), section 3.2."""
    b = (a1 + 6 * a2) / (2 * r)
    g = ((r + 1) * a1 - (r + 4) * a2) / ((r + 2) * a2)
    base = 3 * r + 2 * (1 - g)
    c1, c2, c3 = g / base, (r - g) / base, (r + 2 - g) / base
    expectation = 1.0 / (1.0 - a2 / r)
    variance = 2.0 / r * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
    rho = variance / (2.0 * expectation**2)
    m = 4 + (r + 2) / (r * rho - 1)
    return m / (expectation * (m - 2)), m


def satterthwaite_test(information: VarianceInformation, estimates: FloatArray, contrasts: FloatArray) -> JointTest:
    """F test with Satterthwaite's degrees of freedom that all contrasts are zero.

    Parameters
    ----------
    information : VarianceInformation
    estimates : ndarray, shape (p,)
    contrasts : ndarray, shape (r, p)
        Linearly independent rows.

    Returns
    -------
    JointTest

    References
    ----------
    Fai & Cornelius (1996), Approximate F-tests of multiple degree of freedom hypotheses, JSCS 54; as in
    lmerTest, `contestMD`.
    """
    L = as_contrasts(contrasts, len(estimates))
    values, vectors = np.linalg.eigh(L @ information.covariance @ L.T)
    own = vectors.T @ L
    t2 = (own @ estimates) ** 2 / values
    f, r = float(t2.mean()), len(L)
    df = satterthwaite_df(information, own)
    usable = df[df > 2]
    total = float((usable / (usable - 2)).sum())
    denominator = 2 * total / (total - r) if len(usable) == r else 2.0
    if r == 1 or np.ptp(df) < 1e-8 * df.max():
        denominator = float(df.mean())
    return JointTest.of(f, r, denominator)
