"""Covariance of the waves of a person: structures with their derivatives.

Every structure is a frozen object with `sigma`, `directions` (first derivatives), `curvature` (second
derivatives against a matrix) and `start`. Lags of AR(1) and Toeplitz count waves, not months.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.lmm_criterion import Factor

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

_STEP = 1e-5


class Structure(Protocol):
    """A covariance of d waves as a function of parameters."""

    @property
    def n_parameters(self) -> int:
        """Number of parameters."""

    def sigma(self, theta: FloatArray) -> FloatArray:
        """Covariance, shape (d, d)."""

    def directions(self, theta: FloatArray) -> FloatArray:
        """First derivatives, shape (J, d, d)."""

    def curvature(self, theta: FloatArray, along: FloatArray) -> FloatArray:
        """``tr(along d²sigma)`` for all pairs of parameters, shape (J, J)."""

    def start(self, sample: FloatArray) -> FloatArray:
        """Parameters near a positive definite sample covariance."""


@dataclass(frozen=True, slots=True)
class Unstructured:
    """Any covariance; the parameters are its Cholesky factor."""

    d: int

    @property
    def n_parameters(self) -> int:
        """Number of parameters."""
        return self.d * (self.d + 1) // 2

    def sigma(self, theta: FloatArray) -> FloatArray:
        """Covariance, shape (d, d)."""
        L = Factor(self.d).matrix(theta)
        return L @ L.T

    def directions(self, theta: FloatArray) -> FloatArray:
        """First derivatives, shape (J, d, d)."""
        factor = Factor(self.d)
        return factor.directions(factor.matrix(theta))

    def curvature(self, theta: FloatArray, along: FloatArray) -> FloatArray:  # noqa: ARG002 - quadratic in theta
        """Second derivatives, shape (J, J)."""
        return Factor(self.d).curvature(along)

    def start(self, sample: FloatArray) -> FloatArray:
        """Parameters of the sample covariance."""
        return Factor(self.d).theta(np.asarray(np.linalg.cholesky(sample), dtype=np.float64))


@dataclass(frozen=True, slots=True)
class Banded:
    """A sum of fixed matrices, each times a parameter: compound symmetry, Toeplitz.

    Parameters
    ----------
    parts : ndarray, shape (J, d, d)
        The fixed matrices: zeros and ones, without overlap.
    """

    parts: FloatArray

    @property
    def n_parameters(self) -> int:
        """Number of parameters."""
        return len(self.parts)

    def sigma(self, theta: FloatArray) -> FloatArray:
        """Covariance, shape (d, d)."""
        return np.asarray(np.tensordot(theta, self.parts, axes=1))

    def directions(self, theta: FloatArray) -> FloatArray:  # noqa: ARG002 - linear in theta
        """First derivatives, shape (J, d, d)."""
        return self.parts

    def curvature(self, theta: FloatArray, along: FloatArray) -> FloatArray:  # noqa: ARG002 - linear in theta
        """Second derivatives: none."""
        return np.zeros((len(theta), len(theta)))

    def start(self, sample: FloatArray) -> FloatArray:
        """Mean of the sample covariance over each part; without correlation when that is not a covariance."""
        theta = np.asarray((self.parts * sample).sum(axis=(1, 2)) / self.parts.sum(axis=(1, 2)))
        if np.linalg.eigvalsh(self.sigma(theta))[0] < 1e-3 * theta[0]:
            theta = np.where(np.arange(len(theta)) == 0, theta[0], 0.0)
        return theta


@dataclass(frozen=True, slots=True)
class Correlated:
    """Standard deviations times a correlation with one parameter: heterogeneous CS, AR(1).

    Parameters
    ----------
    lags : ndarray of int, shape (d, d)
        The correlation of two waves is the parameter to this power.
    owner : ndarray of int, shape (d,)
        Which standard deviation each wave has.
    """

    lags: FloatArray
    owner: NDArray[np.intp]

    @property
    def n_parameters(self) -> int:
        """Number of parameters: logarithms of standard deviations, and the correlation."""
        return int(self.owner.max()) + 2

    def sigma(self, theta: FloatArray) -> FloatArray:
        """Covariance, shape (d, d)."""
        sd = np.exp(theta[:-1])[self.owner]
        return np.asarray(np.outer(sd, sd) * theta[-1] ** self.lags)

    def directions(self, theta: FloatArray) -> FloatArray:
        """First derivatives, shape (J, d, d)."""
        sigma = self.sigma(theta)
        out = np.empty((self.n_parameters, *sigma.shape))
        for j in range(len(theta) - 1):
            mine = (self.owner == j).astype(float)
            out[j] = sigma * (mine[:, None] + mine[None, :])
        sd = np.exp(theta[:-1])[self.owner]
        out[-1] = np.outer(sd, sd) * self.lags * theta[-1] ** np.maximum(self.lags - 1.0, 0.0)
        return out

    def curvature(self, theta: FloatArray, along: FloatArray) -> FloatArray:
        """Second derivatives, shape (J, J), by central differences of the exact first ones."""
        out = np.empty((len(theta), len(theta)))
        for j in range(len(theta)):
            step = np.zeros(len(theta))
            step[j] = _STEP
            moved = self.directions(theta + step) - self.directions(theta - step)
            out[j] = np.tensordot(moved, along, axes=2) / (2.0 * _STEP)
        return (out + out.T) / 2.0

    def start(self, sample: FloatArray) -> FloatArray:
        """Variances of the sample, and its mean correlation at lag one."""
        variances = np.diag(sample)
        own = [np.log(variances[self.owner == j].mean()) / 2.0 for j in range(int(self.owner.max()) + 1)]
        correlation = sample / np.sqrt(np.outer(variances, variances))
        near = self.lags == 1
        rho = float(correlation[near].mean()) if near.any() else 0.0
        return np.array([*own, np.clip(rho, 0.01 - 1.0 / max(len(sample) - 1, 1), 0.95)])


@dataclass(frozen=True, slots=True)
class ByArm:
    """The same structure for each arm, with its own parameters; arms lie along the diagonal.

    Parameters
    ----------
    one : Structure
        Of one arm.
    d : int
        Waves.
    n_arms : int
    """

    one: Structure
    d: int
    n_arms: int

    @property
    def n_parameters(self) -> int:
        """Number of parameters of all arms."""
        return self.n_arms * self.one.n_parameters

    def _blocks(self, theta: FloatArray) -> list[tuple[slice, slice, FloatArray]]:
        k = self.one.n_parameters
        return [
            (slice(a * self.d, (a + 1) * self.d), slice(a * k, (a + 1) * k), theta[a * k : (a + 1) * k])
            for a in range(self.n_arms)
        ]

    def sigma(self, theta: FloatArray) -> FloatArray:
        """Covariance, shape (n_arms d, n_arms d)."""
        out = np.zeros((self.d * self.n_arms, self.d * self.n_arms))
        for waves, _, own in self._blocks(theta):
            out[waves, waves] = self.one.sigma(own)
        return out

    def directions(self, theta: FloatArray) -> FloatArray:
        """First derivatives, shape (J, n_arms d, n_arms d)."""
        out = np.zeros((len(theta), self.d * self.n_arms, self.d * self.n_arms))
        for waves, places, own in self._blocks(theta):
            out[places, waves, waves] = self.one.directions(own)
        return out

    def curvature(self, theta: FloatArray, along: FloatArray) -> FloatArray:
        """Second derivatives, shape (J, J)."""
        out = np.zeros((len(theta), len(theta)))
        for waves, places, own in self._blocks(theta):
            out[places, places] = self.one.curvature(own, along[waves, waves])
        return out

    def start(self, sample: FloatArray) -> FloatArray:
        """Parameters near the sample covariance of each arm."""
        starts = [
            self.one.start(sample[a * self.d : (a + 1) * self.d, a * self.d : (a + 1) * self.d])
            for a in range(self.n_arms)
        ]
        return np.concatenate(starts)


def structure(name: str, d: int) -> Structure:
    """Structure by name.

    Parameters
    ----------
    name : {"unstructured", "cs", "csh", "ar1", "toeplitz"}
    d : int
        Waves.

    Raises
    ------
    ModelError
        Another name.

    Examples
    --------
    >>> structure("ar1", 3).sigma(np.array([0.0, 0.5]))
    array([[1.  , 0.5 , 0.25],
           [0.5 , 1.  , 0.5 ],
           [0.25, 0.5 , 1.  ]])
    """
    lags = np.abs(np.subtract.outer(np.arange(d), np.arange(d)))
    apart = np.minimum(lags, 1)
    makers: dict[str, Callable[[], Structure]] = {
        "unstructured": lambda: Unstructured(d),
        "cs": lambda: Banded(np.array([apart == k for k in range(min(d, 2))], dtype=float)),
        "toeplitz": lambda: Banded(np.array([lags == k for k in range(d)], dtype=float)),
        "csh": lambda: Correlated(apart.astype(float), np.arange(d)),
        "ar1": lambda: Correlated(lags.astype(float), np.zeros(d, dtype=np.intp)),
    }
    if name not in makers:
        raise ModelError(f"There is no covariance structure `{name}`.", fix=f"Choose one of {', '.join(makers)}.")
    return makers[name]()
