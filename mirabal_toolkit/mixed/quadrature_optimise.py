"""Maximise the objective: one true second derivative at the start, cheap updates after it, a true one at the end.

References
----------
Nocedal & Wright (2006), Numerical Optimization, 2nd ed., sections 3.1 (backtracking), 3.4 (modified Newton),
6.1 (BFGS).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mirabal_toolkit.mixed.families import FloatArray
from mirabal_toolkit.mixed.quadrature_problem import Point, Problem, information, look

#: Expected gain in log-likelihood, at which nothing is left to gain: estimates are then within 1e-5 of a
#: standard error.
SMALLEST_GAIN = 1e-10
#: The same with the exact curvature at the end; larger means "not converged".
LARGEST_FINAL_GAIN = 1e-6
LONGEST_MOVE = 3.0
MAX_ITERATIONS = 120
REFRESH_EVERY = 20
MAX_BACKTRACKS = 40
MAX_POLISH = 6
#: From so many distinct people on, the search begins on a sample of them.
MANY_PEOPLE = 5000
#: Share of the largest curvature below which a direction counts as flat.
FLAT = 1e-10


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where the search ended.

    Parameters
    ----------
    point : Point
    information : array, shape (n_parameters, n_parameters)
        Minus the exact second derivatives there.
    converged : bool
        Nothing left to gain, and the information positive definite.
    remaining_gain : float
        Log-likelihood one more Newton step would be expected to gain.
    iterations : int
    """

    point: Point
    information: FloatArray
    converged: bool
    remaining_gain: float
    iterations: int


def positive(curvature: FloatArray) -> FloatArray:
    """Nearest usable positive definite matrix: eigenvalues mirrored, and not too near 0."""
    values, vectors = np.linalg.eigh(curvature)
    floor = max(float(np.abs(values).max()) * 1e-8, 1e-12)
    return np.asarray((vectors * np.maximum(np.abs(values), floor)) @ vectors.T)


def is_positive(curvature: FloatArray) -> bool:
    """Whether every direction is curved, judged on a scale free of units."""
    diagonal = np.diag(curvature)
    if not np.all(np.isfinite(curvature)) or np.any(diagonal <= 0.0):
        return False
    scale = 1.0 / np.sqrt(diagonal)
    return bool(np.linalg.eigvalsh(curvature * np.outer(scale, scale))[0] > FLAT)


def _search(problem: Problem, point: Point, step: FloatArray) -> Point | None:
    """Shorten the step until the objective rises enough; None when it never does."""
    step = step * min(1.0, LONGEST_MOVE / max(float(np.abs(step).max()), LONGEST_MOVE))
    promise = float(point.slope @ step)
    length = 1.0
    for _ in range(MAX_BACKTRACKS):
        trial = look(problem, point.vector + length * step, point.evaluation.modes)
        # the last digits of the value are rounding: a step that loses no more than that is taken
        rounding = 1e-13 * abs(point.value)
        if trial is not None and trial.value >= point.value + 1e-4 * length * promise - rounding:
            return trial
        length *= 0.5
    return None


def _update(curvature: FloatArray, old: Point, new: Point) -> FloatArray:
    """BFGS update of the curvature of the negative objective."""
    moved, turned = new.vector - old.vector, old.slope - new.slope
    gain, bent = float(moved @ turned), curvature @ moved
    if gain <= 1e-12 * float(np.linalg.norm(moved) * np.linalg.norm(turned)):
        return curvature
    return np.asarray(curvature + np.outer(turned, turned) / gain - np.outer(bent, bent) / float(moved @ bent))


def climb(problem: Problem, start: Point, curvature: FloatArray | None = None) -> tuple[Point, int]:
    """Quasi-Newton ascent from `start`.

    Parameters
    ----------
    problem : Problem
    start : Point
    curvature : array, shape (n_parameters, n_parameters), optional
        Positive definite guess of minus the second derivatives; computed at `start` by default.

    Returns
    -------
    point : Point
    iterations : int
    """
    point = start
    if curvature is None:
        curvature = positive(information(problem, start, central=False))
    for iteration in range(1, MAX_ITERATIONS + 1):
        step = np.asarray(np.linalg.solve(curvature, point.slope))
        if float(point.slope @ step) < 2.0 * SMALLEST_GAIN:
            return point, iteration
        trial = _search(problem, point, step)
        if trial is None:
            return point, iteration
        curvature = _update(curvature, point, trial)
        if iteration % REFRESH_EVERY == 0:
            curvature = positive(information(problem, trial, central=False))
        point = trial
    return point, MAX_ITERATIONS


def maximise(problem: Problem, start: Point, curvature: FloatArray | None = None) -> Optimum:
    """Climb, then take exact Newton steps until nothing is left to gain.

    Parameters
    ----------
    problem : Problem
    start : Point
    curvature : array, shape (n_parameters, n_parameters), optional
        See `climb`.

    Returns
    -------
    Optimum
    """
    point, iterations = climb(problem, start, curvature)
    # with very many people forward differences are exact enough (1e-5 of the curvature) at half the cost
    central = problem.layout.n_kept < MANY_PEOPLE
    exact = information(problem, point, central=central)
    gain = np.inf
    for _ in range(MAX_POLISH):
        step = np.asarray(np.linalg.solve(positive(exact), point.slope))
        gain = 0.5 * float(point.slope @ step)
        if gain < SMALLEST_GAIN * 100.0:
            break
        trial = _search(problem, point, step)
        if trial is None:
            break
        point, iterations = trial, iterations + 1
        exact = information(problem, point, central=central)
    converged = gain < LARGEST_FINAL_GAIN and is_positive(exact)
    return Optimum(point, exact, converged, gain, iterations)
