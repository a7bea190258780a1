"""From estimates to average predicted means, and their gradients, for each kind of fit.

An engine knows the parameters that predictions depend on (the population terms; for mixed models with a
link also the spread between people) with their covariance, and turns them into averages over a cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.mixed.clmm_results import ClmmFit
from mirabal_toolkit.mixed.families import BinomialLogit, BinomialProbit, RowFamily
from mirabal_toolkit.mixed.gee_fit import GeeFit
from mirabal_toolkit.mixed.glmm_results import GlmmFit, average_over_people

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.predictions_cells import Cell
    from mirabal_toolkit.mixed.quadrature_results import QuadratureModelFit
    from mirabal_toolkit.mixed.results import Fit

    Floats = NDArray[np.float64]

Scale = Literal["response", "link"]
Target = Literal["population", "typical"]
Bounds = Literal["none", "positive", "unit"]

_STEP = 1e-4
"""Step of central differences on the linear predictor; their error is of the order of its square."""


class Engine(Protocol):
    """What turns parameters into averages over a cell."""

    @property
    def theta(self) -> Floats:
        """Parameters, shape (k,); the population terms come first."""
        ...

    @property
    def covariance(self) -> Floats:
        """Their covariance, shape (k, k)."""
        ...

    @property
    def categories(self) -> tuple[object, ...]:
        """Answer categories with one average each; empty for a single average."""
        ...

    @property
    def bounds(self) -> Bounds:
        """Range of the averages."""
        ...

    def averages(self, cell: Cell, theta: Floats) -> Floats:
        """Averages over the cell, shape (c,)."""
        ...

    def gradient(self, cell: Cell) -> Floats:
        """Their derivatives in theta at the estimate, shape (c, k)."""
        ...


def engine_of(fit: Fit, scale: Scale, target: Target) -> Engine:
    """Choose the engine of a fit.

    Parameters
    ----------
    fit : Fit
    scale : {"response", "link"}
    target : {"population", "typical"}
        Averaged over the distribution of people, or for a person whose own terms are zero.

    Returns
    -------
    Engine

    Raises
    ------
    UsageError
        A typical person was asked of a population-averaged model.
    """
    if isinstance(fit, GeeFit):
        if target == "typical":
            raise UsageError(
                "A population-averaged model knows no typical person.",
                fix="Leave `target` out, or fit glmm() or clmm().",
            )
        return _gee_engine(fit, scale)
    if isinstance(fit, ClmmFit):
        return OrdinalEngine(fit, target) if scale == "response" else _latent_engine(fit)
    if isinstance(fit, GlmmFit):
        return MixedEngine(fit, target) if scale == "response" else _latent_engine(fit)
    return LinkEngine(fit.estimates, fit.covariance, _identity, np.ones_like, "none", tuple(range(len(fit.estimates))))


def _identity(eta: Floats) -> Floats:
    return eta


def _gee_engine(fit: GeeFit, scale: Scale) -> LinkEngine:
    family = fit.root.family
    every = tuple(range(len(fit.estimates)))
    if scale == "link":
        return LinkEngine(fit.estimates, fit.covariance, _identity, np.ones_like, "none", every)
    bounds: dict[str, Bounds] = {"binomial": "unit", "poisson": "positive"}

    def slope(eta: Floats) -> Floats:
        return family.variance(family.mean(eta))  # canonical links

    return LinkEngine(fit.estimates, fit.covariance, family.mean, slope, bounds.get(family.name, "none"), every)


def _latent_engine(fit: QuadratureModelFit) -> LinkEngine:
    columns = fit.columns if isinstance(fit, ClmmFit) else tuple(range(len(fit.estimates)))
    return LinkEngine(fit.core.beta, fit.covariance, _identity, np.ones_like, "none", tuple(columns))


@dataclass(frozen=True, slots=True)
class LinkEngine:
    """Averages of ``mean(X beta + offset)``.

    Attributes
    ----------
    theta, covariance : ndarray, shape (p,), (p, p)
    mean, slope : callable
        Inverse link and its derivative.
    bounds : {"none", "positive", "unit"}
    columns : tuple of int
        Columns of the design that have a term.
    """

    theta: Floats
    covariance: Floats
    mean: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    bounds: Bounds
    columns: tuple[int, ...]
    categories: tuple[object, ...] = ()

    def averages(self, cell: Cell, theta: Floats) -> Floats:
        """See `Engine`."""
        return np.array([cell.weight @ self.mean(self._eta(cell, theta))])

    def gradient(self, cell: Cell) -> Floats:
        """See `Engine`."""
        slopes = cell.weight * self.slope(self._eta(cell, self.theta))
        return np.asarray((slopes @ cell.X[:, list(self.columns)])[None, :])

    def _eta(self, cell: Cell, theta: Floats) -> Floats:
        return np.asarray(cell.X[:, list(self.columns)] @ theta + cell.offset)


@dataclass(frozen=True, slots=True)
class Spread:
    """How the standard deviation between people hangs on the parameters.

    Attributes
    ----------
    first : int
        Place of the triangle of the factor among the parameters.
    back : ndarray, shape (q, q)
        Factor on the user's scale = ``back @ Lambda``.
    """

    first: int
    back: Floats

    def factor(self, theta: Floats) -> Floats:
        """Lower triangular Lambda, shape (q, q)."""
        q = len(self.back)
        result = np.zeros((q, q))
        result[np.tril_indices(q)] = theta[self.first :]
        return result

    def sd(self, cell: Cell, theta: Floats) -> Floats:
        """Standard deviation of the person-specific part of each row, shape (u,)."""
        return np.asarray(np.sqrt((self._parts(cell, theta) ** 2).sum(axis=1)))

    def slope(self, cell: Cell, theta: Floats) -> Floats:
        """Derivative of `sd` in the triangle of Lambda, shape (u, q (q + 1) / 2)."""
        parts = self._parts(cell, theta)
        sd = np.maximum(np.sqrt((parts**2).sum(axis=1)), np.finfo(float).tiny)
        rows, columns = np.tril_indices(len(self.back))
        return np.asarray(self._scaled(cell)[:, rows] * parts[:, columns] / sd[:, None])

    def _scaled(self, cell: Cell) -> Floats:
        Z = np.ones((len(cell.X), 1)) if cell.Z is None else cell.Z
        return np.asarray(Z @ self.back)

    def _parts(self, cell: Cell, theta: Floats) -> Floats:
        return np.asarray(self._scaled(cell) @ self.factor(theta))


def _spread(fit: QuadratureModelFit) -> Spread:
    return Spread(len(fit.core.beta) + len(fit.core.aux), fit.core.back)


@dataclass(frozen=True, slots=True)
class MixedEngine:
    """Averages of a generalized linear mixed model.

    Attributes
    ----------
    fit : GlmmFit
    target : {"population", "typical"}
    """

    fit: GlmmFit
    target: Target
    categories: tuple[object, ...] = ()

    @property
    def theta(self) -> Floats:
        """See `Engine`."""
        return self.fit.joint_estimates

    @property
    def covariance(self) -> Floats:
        """See `Engine`."""
        return self.fit.joint_covariance

    @property
    def bounds(self) -> Bounds:
        """See `Engine`."""
        return "unit" if self.fit.family == "binomial" else "positive"

    def averages(self, cell: Cell, theta: Floats) -> Floats:
        """See `Engine`."""
        return np.array([cell.weight @ self._mean(self._eta(cell, theta), self._sd(cell, theta))])

    def gradient(self, cell: Cell) -> Floats:
        """See `Engine`."""
        theta, p = self.theta, len(self.fit.core.beta)
        eta, sd = self._eta(cell, theta), self._sd(cell, theta)
        by_eta = cell.weight * _central(lambda h: self._mean(eta + h, sd))
        result = np.zeros((1, len(theta)))
        result[0, :p] = by_eta @ cell.X
        if self.target == "population":
            by_sd = cell.weight * _central(lambda h: self._mean(eta, np.abs(sd + h)))
            spread = _spread(self.fit)
            result[0, spread.first :] = by_sd @ spread.slope(cell, theta)
        return result

    def _eta(self, cell: Cell, theta: Floats) -> Floats:
        return np.asarray(cell.X @ theta[: cell.X.shape[1]] + cell.offset)

    def _sd(self, cell: Cell, theta: Floats) -> Floats:
        return np.zeros(len(cell.X)) if self.target == "typical" else _spread(self.fit).sd(cell, theta)

    def _mean(self, eta: Floats, sd: Floats) -> Floats:
        if self.target == "typical":
            return self.fit.row_family.mean(eta)
        return average_over_people(self.fit.row_family, self.fit.link, eta, sd)


def _central(function: Callable[[float], Floats]) -> Floats:
    return (function(_STEP) - function(-_STEP)) / (2.0 * _STEP)


_CUMULATIVE: dict[str, RowFamily] = {"logit": BinomialLogit(), "probit": BinomialProbit()}


@dataclass(frozen=True, slots=True)
class OrdinalEngine:
    """Average probabilities of the answer categories of a cumulative link mixed model.

    Attributes
    ----------
    fit : ClmmFit
    target : {"population", "typical"}
    """

    fit: ClmmFit
    target: Target
    bounds: Bounds = "unit"

    @property
    def theta(self) -> Floats:
        """See `Engine`."""
        return self.fit.joint_estimates

    @property
    def covariance(self) -> Floats:
        """See `Engine`."""
        return self.fit.joint_covariance

    @property
    def categories(self) -> tuple[object, ...]:
        """See `Engine`."""
        return tuple(self.fit.levels)

    def averages(self, cell: Cell, theta: Floats) -> Floats:
        """See `Engine`."""
        eta, sd = self._eta(cell, theta), self._sd(cell, theta)
        below = [cell.weight @ self._below(alpha - eta, sd) for alpha in self._alphas(theta)]
        return np.diff(np.array([0.0, *below, 1.0]))

    def gradient(self, cell: Cell) -> Floats:
        """See `Engine`."""
        theta, p = self.theta, len(self.fit.core.beta)
        eta, sd = self._eta(cell, theta), self._sd(cell, theta)
        X, spread = cell.X[:, list(self.fit.columns)], _spread(self.fit)
        alphas = self._alphas(theta)
        below = np.zeros((len(alphas) + 2, len(theta)))
        for c, alpha in enumerate(alphas):
            by_place, by_sd = self._slopes(alpha - eta, sd)
            below[c + 1, :p] = -(cell.weight * by_place) @ X
            below[c + 1, p + c] = cell.weight @ by_place
            if self.target == "population":
                below[c + 1, spread.first :] = (cell.weight * by_sd) @ spread.slope(cell, theta)
        return np.diff(below, axis=0)

    def _slopes(self, place: Floats, sd: Floats) -> tuple[Floats, Floats]:
        """Derivatives of the cumulative probability in its argument and in the spread between people."""
        by_place = _central(lambda h: self._below(place + h, sd))
        return by_place, _central(lambda h: self._below(place, np.abs(sd + h)))

    def _alphas(self, theta: Floats) -> Floats:
        p = len(self.fit.core.beta)
        return theta[p : p + len(self.fit.core.aux)]

    def _eta(self, cell: Cell, theta: Floats) -> Floats:
        columns = list(self.fit.columns)
        return np.asarray(cell.X[:, columns] @ theta[: len(columns)] + cell.offset)

    def _sd(self, cell: Cell, theta: Floats) -> Floats:
        return np.zeros(len(cell.X)) if self.target == "typical" else _spread(self.fit).sd(cell, theta)

    def _below(self, place: Floats, sd: Floats) -> Floats:
        family = _CUMULATIVE[self.fit.link]
        return family.mean(place) if self.target == "typical" else average_over_people(family, self.fit.link, place, sd)
