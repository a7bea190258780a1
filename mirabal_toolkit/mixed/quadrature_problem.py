"""The function that is maximised: marginal log-likelihood plus penalty, in one vector of parameters; and its curvature.

The vector holds, in this order: the population terms on the standardised scale, the auxiliary parameters of
the family, and the lower triangle of Lambda, row by row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np

from mirabal_toolkit.mixed.families import FloatArray, RowFamily
from mirabal_toolkit.mixed.quadrature import Evaluation, evaluate
from mirabal_toolkit.mixed.quadrature_block import BlockEvaluation, evaluate_block
from mirabal_toolkit.mixed.quadrature_groups import Block, Layout
from mirabal_toolkit.mixed.quadrature_rule import Parameters, Rule

#: Step of the differences of the exact gradient, in linear predictors and factors of order 1: the error of
#: central differences is about 1e-7 of the curvature, from both truncation and rounding.
CENTRAL_STEP = 1e-3
#: Thresholds can stand close together; their step is shorter.
AUX_STEP = 1e-4
FORWARD_STEP = 1e-5


class Penalty(Protocol):
    """A smooth function of population terms and Lambda that is added to the log-likelihood."""

    def value_and_slope(self, at: Parameters) -> tuple[float, FloatArray, FloatArray]:
        """Value, gradient in the standardised population terms and gradient in Lambda."""
        ...


@dataclass(frozen=True, slots=True)
class Problem:
    """What is maximised.

    Parameters
    ----------
    layout : Layout
        With the standardised design.
    family : RowFamily
    rule : Rule
    penalty : Penalty, optional
    """

    layout: Layout
    family: RowFamily
    rule: Rule
    penalty: Penalty | None = None

    @property
    def n_beta(self) -> int:
        """Number of population terms."""
        return int(self.layout.X.shape[1])

    @property
    def n_terms(self) -> int:
        """Number of person-specific terms."""
        return len(self.rule.nodes)

    def unpack(self, vector: FloatArray) -> Parameters:
        """Split the vector of parameters."""
        split = np.split(vector, [self.n_beta, self.n_beta + self.family.n_aux])
        factor = np.zeros((self.n_terms, self.n_terms))
        factor[np.tril_indices(self.n_terms)] = split[2]
        return Parameters(split[0], split[1], factor)

    def pack(self, at: Parameters) -> FloatArray:
        """Join parameters to a vector."""
        return np.concatenate([at.beta, at.aux, at.factor[np.tril_indices(self.n_terms)]])


class Point(NamedTuple):
    """The objective and its gradient at one vector; the evaluation comes without its row slopes."""

    vector: FloatArray
    value: float
    slope: FloatArray
    evaluation: Evaluation


def look(problem: Problem, vector: FloatArray, modes: tuple[FloatArray, ...] | None) -> Point | None:
    """Evaluate objective and gradient; None where the parameters are impossible.

    Parameters
    ----------
    problem : Problem
    vector : array, shape (n_parameters,)
    modes : tuple of arrays, optional
        Start for the modes.

    Returns
    -------
    Point or None
    """
    at = problem.unpack(vector)
    if not problem.family.feasible(at.aux):
        return None
    found = evaluate(problem.layout, problem.family, problem.rule, at, modes)
    if not np.isfinite(found.llf):
        return None
    triangle = found.factor[np.tril_indices(problem.n_terms)]
    slope = np.concatenate([problem.layout.X.T @ found.row_slopes, found.aux, triangle])
    value = found.llf
    if problem.penalty is not None:
        extra, extra_slope = penalise(problem, problem.penalty, at)
        if not np.isfinite(extra):
            return None
        value, slope = value + extra, slope + extra_slope
    # nobody asks for the slopes of single rows again, and several points live at once
    return Point(vector, value, slope, replace(found, row_slopes=np.empty(0)))


def penalise(problem: Problem, penalty: Penalty, at: Parameters) -> tuple[float, FloatArray]:
    """Value of the penalty and its gradient in the vector of parameters."""
    value, beta, factor = penalty.value_and_slope(at)
    return value, problem.pack(Parameters(beta, np.zeros_like(at.aux), factor))


class _Differences:
    """Differences of the exact gradient of one block.

    The likelihood of a person depends on the population terms only through its n linear predictors. Its n by n
    curvature in them takes n differences, for all persons of the block at once, whatever the number of
    parameters; the design turns it into the curvature in the parameters.
    """

    def __init__(self, problem: Problem, block: Block, point: Point, number: int, central: bool) -> None:
        self.problem, self.block, self.central = problem, block, central
        self.at = problem.unpack(point.vector)
        rows = slice(block.start, block.stop)
        self.X = problem.layout.X[rows]
        self.eta = (self.X @ self.at.beta + problem.layout.offset[rows]).reshape(block.shape)
        self.modes = point.evaluation.modes[number]
        self.here = None if central else self._evaluate(self.eta, self.at)

    def _evaluate(self, eta: FloatArray, at: Parameters) -> BlockEvaluation:
        return evaluate_block(self.block, self.problem.family, self.problem.rule, at, eta, self.modes)

    def _slope(self, found: BlockEvaluation) -> tuple[FloatArray, FloatArray]:
        """Row slopes and slopes of aux and factor."""
        triangle = found.factor[np.tril_indices(self.problem.n_terms)]
        return found.row_slopes, np.concatenate([found.aux, triangle])

    def along_rows(self, direction: FloatArray) -> FloatArray:
        """How the row slopes change when linear predictors move along `direction`, shape (n, G)."""
        step = CENTRAL_STEP if self.central else FORWARD_STEP
        up = self._evaluate(self.eta + step * direction, self.at).row_slopes
        if self.here is not None:
            return (up - self.here.row_slopes) / step
        return (up - self._evaluate(self.eta - step * direction, self.at).row_slopes) / (2.0 * step)

    def along_other(self, place: int) -> tuple[FloatArray, FloatArray]:
        """How all slopes change when auxiliary or factor parameter `place` moves."""
        size = AUX_STEP if place < self.problem.family.n_aux else CENTRAL_STEP
        step = size if self.central else FORWARD_STEP
        rows, other = self._slope(self._evaluate(self.eta, self._moved(place, step)))
        if self.here is not None:
            rows_0, other_0 = self._slope(self.here)
            return (rows - rows_0) / step, (other - other_0) / step
        rows_0, other_0 = self._slope(self._evaluate(self.eta, self._moved(place, -step)))
        return (rows - rows_0) / (2.0 * step), (other - other_0) / (2.0 * step)

    def _moved(self, place: int, step: float) -> Parameters:
        vector = self.problem.pack(self.at)
        vector[self.problem.n_beta + place] += step
        return self.problem.unpack(vector)

    def population_curvature(self) -> FloatArray:
        """Second derivatives in the population terms, shape (p, p)."""
        n_slots, n_groups = self.block.shape
        p = self.problem.n_beta
        curvature = np.zeros((p, p))
        if n_slots >= p:
            for k in range(p):
                curvature[k] = self.X.T @ self.along_rows(self.X[:, k].reshape(n_slots, n_groups)).ravel()
            return curvature
        X = self.X.reshape(n_slots, n_groups, p)
        for slot in range(n_slots):
            direction = np.zeros((n_slots, n_groups))
            direction[slot] = 1.0
            change = self.along_rows(direction)
            curvature += X[slot].T @ np.einsum("ng,ngp->gp", change, X)
        return curvature

    def curvature(self) -> FloatArray:
        """Second derivatives in all parameters."""
        p = self.problem.n_beta
        n_other = len(self.problem.pack(self.at)) - p
        full = np.zeros((p + n_other, p + n_other))
        full[:p, :p] = self.population_curvature()
        for place in range(n_other):
            rows, other = self.along_other(place)
            full[p + place, :p] = full[:p, p + place] = self.X.T @ rows.ravel()
            full[p + place, p:] = other
        return full


def information(problem: Problem, point: Point, *, central: bool = True) -> FloatArray:
    """Minus the second derivatives of the objective: the observed information when there is no penalty.

    Parameters
    ----------
    problem : Problem
    point : Point
    central : bool
        Central differences of the gradient; otherwise forward ones, at half the cost and with less precision,
        good enough for a step.

    Returns
    -------
    array, shape (n_parameters, n_parameters)
    """
    size = len(point.vector)
    total = np.zeros((size, size))
    for number, block in enumerate(problem.layout.blocks):
        total += _Differences(problem, block, point, number, central).curvature()
    if problem.penalty is not None:
        total += _penalty_curvature(problem, problem.penalty, point.vector)
    return -0.5 * (total + total.T)


def _penalty_curvature(problem: Problem, penalty: Penalty, vector: FloatArray) -> FloatArray:
    columns = []
    for shift in np.eye(len(vector)) * CENTRAL_STEP:
        up = penalise(problem, penalty, problem.unpack(vector + shift))[1]
        down = penalise(problem, penalty, problem.unpack(vector - shift))[1]
        columns.append((up - down) / (2.0 * CENTRAL_STEP))
    return np.array(columns)
