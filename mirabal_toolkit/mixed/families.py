"""Outcome families of the generalized linear mixed model, row by row.

A family knows one thing: the log density of an answer given its linear predictor ``eta``, and the derivatives of it.
Everything else (persons, nodes, gradients of the integral) is written once, in `quadrature`, for all families.

The derivatives of a family's extra parameters ("auxiliary": the dispersion of the negative binomial, the
thresholds of an ordinal model) come in *channels*, arrays of the shape of ``eta``; `RowFamily.collect` adds
channels up to one number per auxiliary parameter.
"""

# The protocol `RowFamily` documents the methods, and every family takes all of its arguments:
# ruff: noqa: D102, ARG002

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

FloatArray: TypeAlias = NDArray[np.float64]

#: Beyond this the exponential would overflow; the density is 0 to working precision long before.
LARGEST_LOGIT = 500.0
LARGEST_LOG_MEAN = 300.0
#: A dispersion theta of exp(25) is a Poisson to the last digit that can be computed.
LARGEST_LOG_DISPERSION = 25.0
#: From this theta on two terms of Stirling's series are exact to the last digit.
STIRLING_FROM = 1e4
#: From a theta of so many times the largest count on, the negative binomial is taken for a Poisson: its variance is
#: larger by less than a ten-thousandth.
POISSON_FROM = 1e4
#: erfcx(-t / sqrt 2) overflows beyond it, and log Phi(t) is 0 to working precision.
LARGEST_PROBIT = 37.0


class NodeTerms(NamedTuple):
    """What is needed at every quadrature node, each of the shape of ``eta``."""

    log_density: FloatArray
    slope: FloatArray
    aux_slopes: tuple[FloatArray, ...] = ()


class ModeTerms(NamedTuple):
    """What is needed at the mode: three derivatives in ``eta`` and, by channel, those in the auxiliaries."""

    log_density: FloatArray
    slope: FloatArray
    curvature: FloatArray
    third: FloatArray
    aux_slopes: tuple[FloatArray, ...] = ()
    aux_of_slope: tuple[FloatArray, ...] = ()
    aux_of_curvature: tuple[FloatArray, ...] = ()


class RowFamily(Protocol):
    """The log density of one answer given its linear predictor.

    Every family here is log-concave in ``eta``, which is what makes the mode of a person unique and damped
    Newton safe.
    """

    @property
    def n_aux(self) -> int:
        """Number of auxiliary parameters."""
        ...

    def feasible(self, aux: FloatArray) -> bool:
        """Whether the auxiliary parameters are possible ones."""
        ...

    def at_limit(self, aux: FloatArray, largest: float) -> bool:
        """Whether the auxiliary parameters have gone to a limit where nothing depends on them any more.

        `largest` is the largest answer in the data.
        """
        ...

    def node_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> NodeTerms:
        """Log density without `constant`, and its first derivatives."""
        ...

    def mode_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> ModeTerms:
        """Log density without `constant`, and its first three derivatives."""
        ...

    def constant(self, y: FloatArray, aux: FloatArray) -> FloatArray:
        """Part of the log density that does not depend on ``eta``."""
        ...

    def collect(self, channels: tuple[FloatArray, ...], y: FloatArray) -> FloatArray:
        """Add channels of the shape of `y` up to one number per auxiliary parameter."""
        ...

    def mean(self, eta: FloatArray) -> FloatArray:
        """Expected answer given ``eta``."""
        ...


class _NoAux:
    """What families without auxiliary parameters share."""

    n_aux = 0

    def feasible(self, aux: FloatArray) -> bool:
        return True

    def at_limit(self, aux: FloatArray, largest: float) -> bool:
        return False

    def constant(self, y: FloatArray, aux: FloatArray) -> FloatArray:
        return np.zeros_like(y)

    def collect(self, channels: tuple[FloatArray, ...], y: FloatArray) -> FloatArray:
        return np.zeros(0)


@dataclass(frozen=True, slots=True)
class BinomialLogit(_NoAux):
    """Yes/no answers, logit link: P(y = 1) = 1 / (1 + exp(-eta))."""

    def node_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> NodeTerms:
        sign = 2.0 * y - 1.0
        odds_against = eta * -sign
        np.minimum(odds_against, LARGEST_LOGIT, out=odds_against)
        np.exp(odds_against, out=odds_against)
        slope = odds_against + 1.0
        log_density = np.log(slope)
        np.negative(log_density, out=log_density)
        np.divide(odds_against, slope, out=slope)
        slope *= sign
        return NodeTerms(log_density, slope)

    def mode_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> ModeTerms:
        log_density, slope, _ = self.node_terms(eta, y, aux)
        mean = y - slope
        curvature = -mean * (1.0 - mean)
        return ModeTerms(log_density, slope, curvature, curvature * (1.0 - 2.0 * mean))

    def mean(self, eta: FloatArray) -> FloatArray:
        return np.asarray(special.expit(eta))


@dataclass(frozen=True, slots=True)
class BinomialProbit(_NoAux):
    """Yes/no answers, probit link: P(y = 1) = Phi(eta)."""

    def _log_and_mills(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        scaled = special.erfcx(np.minimum(t, LARGEST_PROBIT) * -np.sqrt(0.5))
        log_density = np.log(scaled) - np.log(2.0) - 0.5 * np.minimum(t, LARGEST_PROBIT) ** 2
        return log_density, np.sqrt(2.0 / np.pi) / scaled

    def node_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> NodeTerms:
        sign = 2.0 * y - 1.0
        log_density, mills = self._log_and_mills(sign * eta)
        return NodeTerms(log_density, sign * mills)

    def mode_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> ModeTerms:
        sign = 2.0 * y - 1.0
        t = sign * eta
        log_density, mills = self._log_and_mills(t)
        curvature = -mills * (t + mills)
        third = -curvature * (t + mills) - mills * (1.0 + curvature)
        return ModeTerms(log_density, sign * mills, curvature, sign * third)

    def mean(self, eta: FloatArray) -> FloatArray:
        return np.asarray(special.ndtr(eta))


@dataclass(frozen=True, slots=True)
class BinomialCloglog(_NoAux):
    """Yes/no answers, complementary log-log link: P(y = 1) = 1 - exp(-exp(eta))."""

    def mode_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> ModeTerms:
        hazard = np.exp(np.minimum(eta, LARGEST_LOG_MEAN))
        # r = h / (e^h - 1); for a tiny hazard it is 1, for a huge one 0
        ratio = np.where(hazard > 0.0, hazard / np.expm1(np.clip(hazard, 1e-300, LARGEST_LOGIT)), 1.0)
        ratio = np.where(hazard > LARGEST_LOGIT, 0.0, ratio)
        yes = y > 0.5
        log_yes = np.log(-np.expm1(-np.maximum(hazard, 1e-300)))
        turn = 1.0 - hazard - ratio
        second = ratio * turn
        return ModeTerms(
            np.where(yes, log_yes, -hazard),
            np.where(yes, ratio, -hazard),
            np.where(yes, second, -hazard),
            np.where(yes, second * turn - ratio * (hazard + second), -hazard),
        )

    def node_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> NodeTerms:
        terms = self.mode_terms(eta, y, aux)
        return NodeTerms(terms.log_density, terms.slope)

    def mean(self, eta: FloatArray) -> FloatArray:
        return np.asarray(-np.expm1(-np.exp(np.minimum(eta, LARGEST_LOG_MEAN))))


@dataclass(frozen=True, slots=True)
class PoissonLog(_NoAux):
    """Counts, log link: y ~ Poisson(exp(eta))."""

    def node_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> NodeTerms:
        mean = self.mean(eta)
        return NodeTerms(y * eta - mean, y - mean)

    def mode_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> ModeTerms:
        mean = self.mean(eta)
        return ModeTerms(y * eta - mean, y - mean, -mean, -mean)

    def constant(self, y: FloatArray, aux: FloatArray) -> FloatArray:
        return np.asarray(-special.gammaln(y + 1.0))

    def mean(self, eta: FloatArray) -> FloatArray:
        return np.exp(np.minimum(eta, LARGEST_LOG_MEAN))


def _gammaln_gap(y: FloatArray, theta: float) -> FloatArray:
    """Return log Gamma(y + theta) - log Gamma(theta) - y log(theta).

    By Stirling's series where the first two nearly cancel.
    """
    if theta < STIRLING_FROM:
        return np.asarray(special.gammaln(y + theta) - special.gammaln(theta) - y * np.log(theta))
    rest = (1.0 / (y + theta) - 1.0 / theta) / 12.0
    return np.asarray((y + theta - 0.5) * np.log1p(y / theta) - y + rest)


def _digamma_gap(y: FloatArray, theta: float) -> FloatArray:
    """Return digamma(y + theta) - digamma(theta), as `_gammaln_gap`."""
    if theta < STIRLING_FROM:
        return np.asarray(special.digamma(y + theta) - special.digamma(theta))
    total = y + theta
    return np.asarray(
        np.log1p(y / theta) - 0.5 * (1.0 / total - 1.0 / theta) - (1.0 / total**2 - 1.0 / theta**2) / 12.0
    )


@dataclass(frozen=True, slots=True)
class NegativeBinomialLog:
    """Counts with overdispersion, log link: mean m = exp(eta), variance m + m²/theta; auxiliary: log(theta).

    References
    ----------
    Hilbe (2011), Negative Binomial Regression, 2nd ed., ch. 8 (NB2).
    """

    n_aux = 1

    def feasible(self, aux: FloatArray) -> bool:
        return bool(np.all(np.abs(aux) < LARGEST_LOG_DISPERSION))

    def at_limit(self, aux: FloatArray, largest: float) -> bool:
        return bool(aux[0] > np.log(POISSON_FROM * (1.0 + largest)))

    def _shares(self, eta: FloatArray, y: FloatArray, theta: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return log(1 + m / theta), the share m / (theta + m) and the total y + theta."""
        distance = eta - np.log(theta)
        return np.logaddexp(0.0, distance), special.expit(distance), y + theta

    def node_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> NodeTerms:
        theta = float(np.exp(aux[0]))
        grown, share, total = self._shares(eta, y, theta)
        by_aux = theta * _digamma_gap(y, theta) - y - theta * grown + total * share
        return NodeTerms(y * eta - total * grown, y - total * share, (by_aux,))

    def mode_terms(self, eta: FloatArray, y: FloatArray, aux: FloatArray) -> ModeTerms:
        theta = float(np.exp(aux[0]))
        log_density, slope, aux_slopes = self.node_terms(eta, y, aux)
        _, share, total = self._shares(eta, y, theta)
        rest = share * (1.0 - share)
        curvature = -total * rest
        # theta / (theta + m) = 1 - share turns d/d theta into d/d log(theta)
        of_slope = -theta * share + total * rest
        of_curvature = -theta * rest + total * (1.0 - 2.0 * share) * rest
        third = curvature * (1.0 - 2.0 * share)
        return ModeTerms(log_density, slope, curvature, third, aux_slopes, (of_slope,), (of_curvature,))

    def constant(self, y: FloatArray, aux: FloatArray) -> FloatArray:
        theta = float(np.exp(aux[0]))
        return np.asarray(_gammaln_gap(y, theta) - special.gammaln(y + 1.0))

    def collect(self, channels: tuple[FloatArray, ...], y: FloatArray) -> FloatArray:
        return np.array([channels[0].sum()])

    def mean(self, eta: FloatArray) -> FloatArray:
        return np.exp(np.minimum(eta, LARGEST_LOG_MEAN))
