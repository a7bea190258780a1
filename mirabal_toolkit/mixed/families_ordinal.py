"""Cumulative link families: P(y <= c) = F(alpha_c - eta), with F logistic or normal.

The auxiliary parameters are the thresholds alpha_1 < ... < alpha_{C-1}; the two channels are the threshold
above the answer and the threshold below it.

References
----------
McCullagh (1980), Regression models for ordinal data, JRSS B 42, section 2.
Christensen (2018), Cumulative link models for ordinal regression with the R package ordinal, section 2.
"""

# The protocol `RowFamily` documents the methods, and every family takes all of its arguments:
# ruff: noqa: D102, ARG002

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from mirabal_toolkit.mixed.families import LARGEST_LOGIT, FloatArray, ModeTerms, NodeTerms

#: Stands for an infinite threshold; every density is 0 there and no product becomes NaN.
_FAR = 1e10
_SMALLEST_LOG = -1e3


@dataclass(frozen=True, slots=True)
class _Cumulative:
    """What both links share.

    Parameters
    ----------
    n_categories : int
        Number of answer categories, at least 2.
    """

    n_categories: int

    @property
    def n_aux(self) -> int:
        return self.n_categories - 1

    def padded(self, aux: FloatArray) -> FloatArray:
        """Thresholds between infinite ones: answer `y` lies between entries ``y`` and ``y + 1``."""
        return np.concatenate([[-np.inf], aux, [np.inf]])

    def feasible(self, aux: FloatArray) -> bool:
        """Whether the thresholds stand in order."""
        return bool(np.all(np.diff(aux) > 0.0))

    def at_limit(self, aux: FloatArray, largest: float) -> bool:
        return False

    def constant(self, y: FloatArray, aux: FloatArray) -> FloatArray:
        return np.zeros_like(y)

    def collect(self, channels: tuple[FloatArray, ...], y: FloatArray) -> FloatArray:
        code = y.astype(np.intp).ravel()
        size = self.n_categories
        above = np.bincount(code, weights=channels[0].ravel(), minlength=size)
        below = np.bincount(code, weights=channels[1].ravel(), minlength=size)
        return np.asarray(above[:-1] + below[1:])

    def mean(self, eta: FloatArray) -> FloatArray:
        """Latent mean: an ordinal answer has no mean of its own."""
        return eta


@dataclass(frozen=True, slots=True)
class CumulativeLogit(_Cumulative):
    """Proportional odds.

    With logistic F the probability of a category factors, F(a) - F(b) = F(a) F(-b) (1 - exp(b - a)), so no
    difference of nearly equal numbers is ever taken.
    """

    def _odds(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> tuple[FloatArray, ...]:
        """Odds of lying above and below the category, and what depends on its thresholds only.

        With above = exp(eta - upper) and below = exp(lower - eta), the probability of the category is
        (1 - overlap) / total, where overlap = above * below and total = (1 + above)(1 + below).
        """
        code = y.astype(np.intp)
        padded = self.padded(aux)
        width = np.maximum(np.diff(padded), 0.0)
        odds = np.exp(np.clip(eta, -LARGEST_LOGIT, LARGEST_LOGIT))
        above = odds * np.exp(-padded[1:])[code]
        below = np.exp(padded[:-1])[code] / odds
        overlap = np.exp(-width)[code]
        total = above + below
        total += 1.0 + overlap
        with np.errstate(over="ignore", divide="ignore"):
            gap = (1.0 / np.expm1(width))[code]
        return above, below, overlap, total, gap

    def node_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> NodeTerms:
        above, below, overlap, total, gap = self._odds(eta, y, aux)
        log_density = np.log1p(-overlap) - np.log(total)
        np.reciprocal(total, out=total)
        slope = below - above
        slope *= total
        above += overlap
        above *= total
        below += overlap
        below *= total
        above += gap
        below += gap
        np.negative(below, out=below)
        return NodeTerms(log_density, slope, (above, below))

    def mode_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> ModeTerms:
        above, below, overlap, total, gap = self._odds(eta, y, aux)
        # 1 - F(a) and F(b): probabilities of answers above and below the category
        share_above, share_below = (above + overlap) / total, (below + overlap) / total
        log_density, slope = np.log1p(-overlap) - np.log(total), share_below - share_above
        # f = F(1 - F) and f' = f(1 - 2F) at the two thresholds
        f_a, f_b = share_above * (1.0 - share_above), share_below * (1.0 - share_below)
        df_a, df_b = f_a * (2.0 * share_above - 1.0), f_b * (1.0 - 2.0 * share_below)
        channels = (share_above + gap, -share_below - gap)
        return ModeTerms(log_density, slope, -f_a - f_b, df_a + df_b, channels, (f_a, f_b), (-df_a, -df_b))


@dataclass(frozen=True, slots=True)
class CumulativeProbit(_Cumulative):
    """Ordered probit."""

    def _ratios(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> tuple[FloatArray, ...]:
        """Log probability, phi(a)/P, phi(b)/P, a, b."""
        code, padded = y.astype(np.intp), np.clip(self.padded(aux), -_FAR, _FAR)
        a, b = padded[code + 1] - eta, padded[code] - eta
        # both thresholds above the middle: mirror, so that small tails are subtracted instead of numbers near 1
        mirror = a + b > 0.0
        high = special.log_ndtr(np.where(mirror, -b, a))
        low = special.log_ndtr(np.where(mirror, -a, b))
        log_p = high + np.log(-np.expm1(np.minimum(low - high, -1e-300)))
        log_p = np.maximum(log_p, _SMALLEST_LOG)
        shift = 0.5 * np.log(2.0 * np.pi) + log_p
        at_a = np.exp(np.minimum(-0.5 * a * a - shift, 300.0))
        at_b = np.exp(np.minimum(-0.5 * b * b - shift, 300.0))
        return log_p, at_a, at_b, a, b

    def node_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> NodeTerms:
        log_p, at_a, at_b, _, _ = self._ratios(eta, y, aux)
        return NodeTerms(log_p, at_b - at_a, (at_a, -at_b))

    def mode_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> ModeTerms:
        log_p, at_a, at_b, a, b = self._ratios(eta, y, aux)
        slope = at_b - at_a
        first_a, first_b = -a * at_a, -b * at_b
        second_a, second_b = (a * a - 1.0) * at_a, (b * b - 1.0) * at_b
        p2, p3 = first_a - first_b, second_b - second_a
        curvature = p2 - slope**2
        third = p3 - 3.0 * slope * p2 + 2.0 * slope**3
        slope_a, slope_b = -first_a - slope * at_a, first_b + slope * at_b
        curve_a = second_a - p2 * at_a - 2.0 * slope * slope_a
        curve_b = -second_b + p2 * at_b - 2.0 * slope * slope_b
        return ModeTerms(log_p, slope, curvature, third, (at_a, -at_b), (slope_a, slope_b), (curve_a, curve_b))


class _PartialMixin:
    """Thresholds that depend on a term: P(y <= c) = F(alpha_c - t'gamma_c - eta).

    An answer is coded as its category plus (number of categories + 1) times its row of `table`.
    """

    __slots__ = ()
    n_categories: int
    table: FloatArray

    @property
    def n_aux(self) -> int:
        return (self.n_categories - 1) * (1 + int(self.table.shape[1]))

    def _thresholds(self, aux: FloatArray) -> FloatArray:
        """One row of thresholds for each row of `table`."""
        alpha, gamma = np.split(aux.reshape(-1, self.n_categories - 1), [1])
        return np.asarray(alpha - self.table @ gamma)

    def padded(self, aux: FloatArray) -> FloatArray:
        edge = np.full((len(self.table), 1), np.inf)
        return np.hstack([-edge, self._thresholds(aux), edge]).ravel()

    def feasible(self, aux: FloatArray) -> bool:
        return bool(np.all(np.diff(self._thresholds(aux), axis=1) > 0.0))

    def collect(self, channels: tuple[FloatArray, ...], y: FloatArray) -> FloatArray:
        code, size = y.astype(np.intp).ravel(), self.n_categories + 1
        sums = [
            np.bincount(code, weights=channel.ravel(), minlength=len(self.table) * size).reshape(-1, size)
            for channel in channels
        ]
        by_threshold = sums[0][:, : size - 2] + sums[1][:, 1 : size - 1]
        return np.concatenate([by_threshold.sum(axis=0), -(self.table.T @ by_threshold).ravel()])


@dataclass(frozen=True, slots=True)
class PartialLogit(_PartialMixin, CumulativeLogit):
    """Odds that are proportional except for one term.

    Parameters
    ----------
    n_categories : int
    table : array, shape (n_patterns, m)
        The distinct rows of the term's columns.
    """

    table: FloatArray


@dataclass(frozen=True, slots=True)
class PartialProbit(_PartialMixin, CumulativeProbit):
    """Ordered probit with thresholds that depend on one term; see `PartialLogit`."""

    table: FloatArray
