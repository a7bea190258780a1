"""Newton's method for a smooth criterion with few parameters: safe far away, exact at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

MAX_STEPS = 60
# The deviance a further step would still gain; far below anything that can be seen in a likelihood.
ENOUGH = 1e-10
# A fit that could gain no more than this is at its optimum for every purpose: beside a variance of zero the
# criterion is so flat that the last digits come slowly.
STATIONARY = 1e-6
# Rounding of a deviance relative to its size.
ROUNDING = 1e-14
# Curvatures below this share of the largest count as flat.
FLAT = 1e-9
HALVINGS = 30

State = TypeVar("State")


class Criterion(Protocol[State]):
    """What is minimised."""

    def value(self, theta: FloatArray) -> tuple[float, State] | None:
        """Value and whatever was computed on the way; None where the criterion is not defined."""

    def derivatives(self, theta: FloatArray, state: State) -> tuple[FloatArray, FloatArray]:
        """Gradient, shape (J,), and Hessian, shape (J, J)."""


@dataclass(frozen=True, slots=True)
class Minimum(Generic[State]):
    """Where Newton's method ended.

    Parameters
    ----------
    theta : ndarray, shape (J,)
    value : float
    gradient : ndarray, shape (J,)
    hessian : ndarray, shape (J, J)
    state : object
        What the criterion computed there.
    gain : float
        How much a further step would still lower the criterion.
    n_steps : int
    """

    theta: FloatArray
    value: float
    gradient: FloatArray
    hessian: FloatArray
    state: State
    gain: float
    n_steps: int

    @property
    def stationary(self) -> bool:
        """True when nothing more can be gained."""
        return self.gain < max(STATIONARY, ROUNDING * 100 * abs(self.value))


def newton_step(gradient: FloatArray, hessian: FloatArray) -> tuple[FloatArray, float]:
    """Direction of descent and the gain it promises.

    Negative curvatures are turned round and flat ones lifted, so that the direction always descends.

    Parameters
    ----------
    gradient : ndarray, shape (J,)
    hessian : ndarray, shape (J, J)

    Returns
    -------
    step : ndarray, shape (J,)
    gain : float

    References
    ----------
    Nocedal & Wright (2006), Numerical Optimization, section 3.4 (eigenvalue modification).

    Examples
    --------
    >>> newton_step(np.array([2.0]), np.array([[4.0]]))
    (array([-0.5]), 0.5)
    """
    curvature, directions = np.linalg.eigh(hessian)
    size = np.maximum(np.abs(curvature), max(FLAT * float(np.abs(curvature).max(initial=0.0)), 1e-300))
    slope = directions.T @ gradient
    return -(directions @ (slope / size)), float(slope @ (slope / size)) / 2.0


def minimise(criterion: Criterion[State], start: FloatArray) -> Minimum[State] | None:
    """Minimise a criterion from a start.

    Parameters
    ----------
    criterion : Criterion
    start : ndarray, shape (J,)

    Returns
    -------
    Minimum or None
        None when the criterion is not defined at the start.
    """
    theta = start
    here = criterion.value(theta)
    if here is None:
        return None
    for n_steps in range(MAX_STEPS):
        value, state = here
        gradient, hessian = criterion.derivatives(theta, state)
        step, gain = newton_step(gradient, hessian)
        best = Minimum(theta, value, gradient, hessian, state, gain, n_steps)
        if gain < ENOUGH:
            return best
        moved = _search(criterion, best, _bounded(step, theta))
        if moved is None:
            return best
        theta, here = moved
    return best


def _bounded(step: FloatArray, theta: FloatArray) -> FloatArray:
    """A step not longer than the way so far allows."""
    longest = 2.0 * max(1.0, float(np.linalg.norm(theta)))
    length = float(np.linalg.norm(step))
    return step if length <= longest else step * (longest / length)


def _search(
    criterion: Criterion[State], at: Minimum[State], step: FloatArray
) -> tuple[FloatArray, tuple[float, State]] | None:
    """First of the step, its half, its quarter … that lowers the criterion enough."""
    slope = float(at.gradient @ step)
    slack = ROUNDING * abs(at.value)
    share = 1.0
    for _ in range(HALVINGS):
        theta = at.theta + share * step
        found = criterion.value(theta)
        if found is not None and found[0] <= at.value + 1e-4 * share * slope + slack:
            return theta, found
        share /= 2.0
    return None
