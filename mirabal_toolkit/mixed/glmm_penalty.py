"""Penalties that keep estimates finite where a category is never or always answered.

References
----------
Firth (1993), Bias reduction of maximum likelihood estimates, Biometrika 80, section 3.
Gelman, Jakulin, Pittau & Su (2008), A weakly informative default prior distribution for logistic and other regression
models, Annals of Applied Statistics 2, section 2.
Gelman (2006), Prior distributions for variance parameters in hierarchical models, Bayesian Analysis 1, section 4.3.
Kosmidis & Sterzinger (2023), Maximum softly-penalized likelihood for mixed effects logistic regression,
Statistics and Computing 33 (the Jeffreys penalty of the model without person-specific terms, used for the
mixed model).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mirabal_toolkit.mixed.families import FloatArray, RowFamily
from mirabal_toolkit.mixed.quadrature_groups import Layout
from mirabal_toolkit.mixed.quadrature_rule import Parameters

#: Scales of the Cauchy priors of Gelman et al. (2008): terms, intercept.
TERM_SCALE, INTERCEPT_SCALE = 2.5, 10.0
#: Scale of the half-Cauchy prior on the standard deviation of the person-specific terms, in logits: odds
#: ratios of exp(5) between two people of the same kind are already rare.
SD_SCALE = 5.0


@dataclass(frozen=True, slots=True)
class WeaklyInformative:
    """Independent Cauchy priors on the population terms, half-Cauchy on the size of Lambda.

    Parameters
    ----------
    contrasts : array, shape (m, p)
        ``contrasts @ gamma`` are the terms divided by their prior scales.
    """

    contrasts: FloatArray

    def value_and_slope(self, at: Parameters) -> tuple[float, FloatArray, FloatArray]:
        """Log prior density up to a constant, and its gradients."""
        t = self.contrasts @ at.beta
        size = float(np.sum(at.factor**2)) / SD_SCALE**2
        value = -float(np.log1p(t * t).sum()) - float(np.log1p(size))
        slope_beta = -self.contrasts.T @ (2.0 * t / (1.0 + t * t))
        return value, slope_beta, -2.0 * at.factor / SD_SCALE**2 / (1.0 + size)


@dataclass(frozen=True, slots=True)
class Jeffreys:
    """Half the log determinant of the information at u = 0, half-Cauchy on the size of Lambda.

    Parameters
    ----------
    layout : Layout
        With the standardised design.
    family : RowFamily
        Without auxiliary parameters.
    counts : bool
        Answers are counts, whose information is their mean; otherwise they are 0 or 1.
    """

    layout: Layout
    family: RowFamily
    counts: bool

    def _working_weights(self, eta: FloatArray) -> FloatArray:
        """Expected information of a row: mean over the answers of minus the curvature."""
        none = np.zeros(0)
        if self.counts:
            return np.asarray(self.family.mean(eta))
        p = self.family.mean(eta)
        yes = self.family.mode_terms(eta, np.ones_like(eta), none).curvature
        no = self.family.mode_terms(eta, np.zeros_like(eta), none).curvature
        return np.asarray(-(p * yes + (1.0 - p) * no))

    def value_and_slope(self, at: Parameters) -> tuple[float, FloatArray, FloatArray]:
        """Penalty and its gradients.

        The gradient is half the sum over rows of leverage times the relative change of the working weight
        (Firth 1993, eq. 3.1 for canonical links).
        """
        layout = self.layout
        eta, step = layout.X @ at.beta + layout.offset, 1e-4
        weight = self._working_weights(eta)
        change = (self._working_weights(eta + step) - self._working_weights(eta - step)) / (2.0 * step)
        factored = (layout.X.T * (layout.weight * weight)) @ layout.X
        sign, log_det = np.linalg.slogdet(factored)
        if sign <= 0.0:
            # So far out that some cell has no information left: as impossible as the penalty can say.
            return -np.inf, np.zeros_like(at.beta), np.zeros_like(at.factor)
        spread = np.einsum("np,pk,nk->n", layout.X, np.linalg.inv(factored), layout.X)
        size = float(np.sum(at.factor**2)) / SD_SCALE**2
        value = 0.5 * float(log_det) - float(np.log1p(size))
        slope_beta = 0.5 * layout.X.T @ (layout.weight * spread * change)
        return value, slope_beta, -2.0 * at.factor / SD_SCALE**2 / (1.0 + size)


def weakly_informative(layout: Layout, raw: FloatArray, transform: FloatArray) -> WeaklyInformative:
    """Scale the priors as Gelman et al. (2008) do.

    Two-valued columns are scaled by their range, others by two standard deviations.

    Parameters
    ----------
    layout : Layout
    raw : array, shape (n_kept_rows, p)
        The design on the user's scale.
    transform : array, shape (p, p)
        From standardised terms to the user's.

    Returns
    -------
    WeaklyInformative
    """
    share = layout.weight / layout.weight.sum()
    used = raw[layout.weight > 0]
    means = share @ raw
    spread = np.sqrt(share @ (raw - means) ** 2)
    low, high = used.min(axis=0), used.max(axis=0)
    two_valued = np.all((used == low) | (used == high), axis=0)
    scales = np.where(two_valued, high - low, 2.0 * spread)
    terms = np.flatnonzero(scales > 0.0)
    rows = [transform[k] * scales[k] / TERM_SCALE for k in terms]
    if len(terms) < raw.shape[1]:
        rows.append(means @ transform / INTERCEPT_SCALE)
    return WeaklyInformative(np.array(rows).reshape(-1, raw.shape[1]))
