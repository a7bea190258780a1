"""Where the search starts: the same model without person-specific terms, then the best of a few variances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mirabal_toolkit.mixed.families import FloatArray, RowFamily
from mirabal_toolkit.mixed.quadrature_groups import Layout
from mirabal_toolkit.mixed.quadrature_problem import Point, Problem, look
from mirabal_toolkit.mixed.quadrature_rule import Parameters
from mirabal_toolkit.mixed.row_pieces import slices, weighted_gram

MAX_STEPS = 60
MAX_HALVINGS = 30
SMALLEST_GAIN = 1e-10
#: A linear predictor beyond it has run away.
FAR_ETA = 36.0
#: An answer that is this sure (one minus its probability) may be determined by its terms: separation is looked for.
SUREST = 1e-5
#: Standard deviations of the person-specific terms that are tried, on the scale of the linear predictor.
TRIED_FIRST = (0.4, 1.0, 2.0)
TRIED_IN_DOUBT = (0.05, 1.0, 3.0, 6.0)
#: (16 sqrt(3) / 15 pi)²: how a person-specific intercept of variance s² flattens a population-averaged logit, by
#: sqrt(1 + c s²) (Zeger, Liang & Albert 1988, Biometrics 44, eq. 3.4).
LOGIT_FLATTENING = 0.346


@dataclass(frozen=True, slots=True)
class FlatFit:
    """The model without person-specific terms.

    Parameters
    ----------
    beta : array, shape (p,)
    aux : array, shape (n_aux,)
    llf : float
    converged : bool
    surest : float
        Smallest minus log probability of an answer; near 0 when the terms determine it.
    """

    beta: FloatArray
    aux: FloatArray
    llf: float
    converged: bool
    surest: float

    @property
    def may_be_separated(self) -> bool:
        """Whether some estimate may be infinite."""
        return not self.converged or self.surest < SUREST


class _Look(NamedTuple):
    """Objective of independent rows at one point; see `_look`."""

    value: float
    slope: FloatArray
    curvature: FloatArray
    farthest: float
    surest: float


def _look(layout: Layout, family: RowFamily, beta: FloatArray, aux: FloatArray) -> _Look:
    """Value, gradient, curvature in the population terms, largest linear predictor and surest answer.

    Rows are visited in pieces: an ordinal family makes two dozen numbers of each.
    """
    p = len(beta)
    value, slope, curvature = 0.0, np.zeros(p + len(aux)), np.zeros((p, p))
    farthest, surest = 0.0, np.inf
    for rows in slices(len(layout.y)):
        X, y, weight = layout.X[rows], layout.y[rows], layout.weight[rows]
        eta = X @ beta
        terms = family.mode_terms(eta + layout.offset[rows], y, aux)
        density = terms.log_density + family.constant(y, aux)
        value += float(weight @ density)
        slope[:p] += X.T @ (weight * terms.slope)
        slope[p:] += family.collect(tuple(weight * channel for channel in terms.aux_slopes), y)
        curvature -= (X.T * (weight * terms.curvature)) @ X
        farthest = max(farthest, float(np.abs(eta).max()))
        surest = min(surest, -float(density[weight > 0].max(initial=-np.inf)))
    return _Look(value, slope, curvature, farthest, surest)


def _curvature(layout: Layout, family: RowFamily, beta: FloatArray, aux: FloatArray, here: _Look) -> FloatArray:
    """Minus the second derivatives in all parameters; those in the auxiliary ones by differences."""
    p = len(beta)
    full = np.zeros((p + len(aux), p + len(aux)))
    full[:p, :p] = here.curvature
    for place in range(len(aux)):
        step = np.zeros(len(aux))
        step[place] = 1e-5
        up, down = (_look(layout, family, beta, aux + move).slope for move in (step, -step))
        full[p + place] = full[:, p + place] = -(up - down) / 2e-5
    return full


def _ascend(layout: Layout, family: RowFamily, beta: FloatArray, aux: FloatArray) -> FlatFit:
    """Newton's method with halved steps, ended early when the likelihood has no maximum."""
    here = _look(layout, family, beta, aux)
    converged = False
    for _ in range(MAX_STEPS):
        curvature = _curvature(layout, family, beta, aux, here)
        ridge = 1e-10 * np.diag(curvature).max() * np.eye(len(here.slope))
        step = np.linalg.solve(curvature + ridge, here.slope)
        if 0.0 <= float(here.slope @ step) < 2.0 * SMALLEST_GAIN:
            converged = True
            break
        length = 1.0
        for _ in range(MAX_HALVINGS):
            move = length * step
            new_beta, new_aux = beta + move[: len(beta)], aux + move[len(beta) :]
            if family.feasible(new_aux):
                new = _look(layout, family, new_beta, new_aux)
                if new.value >= here.value - 1e-12 * abs(here.value):
                    break
            length *= 0.5
        else:
            break
        beta, aux, here = new_beta, new_aux, new
        if here.farthest > FAR_ETA:
            break
    return FlatFit(beta, aux, here.value, converged, here.surest)


def fit_flat(layout: Layout, family: RowFamily, aux: FloatArray, guess: FloatArray) -> FlatFit:
    """Fit the model as if every row were another person.

    Parameters
    ----------
    layout : Layout
        With the standardised design.
    family : RowFamily
    aux : array, shape (n_aux,)
        Start of the auxiliary parameters.
    guess : array, shape (n_kept_rows,)
        Rough linear predictor of each row, without offset.

    Returns
    -------
    FlatFit
    """
    gram = weighted_gram(layout.X, layout.weight)
    beta = np.asarray(np.linalg.solve(gram, layout.X.T @ (layout.weight * guess)))
    return _ascend(layout, family, beta, aux)


def start_points(problem: Problem, flat: FlatFit, tried: tuple[float, ...], *, flattening: float) -> list[Point]:
    """Evaluate a few variances of the person-specific terms, best first.

    Parameters
    ----------
    problem : Problem
    flat : FlatFit
    tried : tuple of float
        Standard deviations of the first person-specific term; further ones start at half of it.
    flattening : float
        How a variance flattens the population-averaged curve, see `LOGIT_FLATTENING`; 0 when it does not.

    Returns
    -------
    list of Point
    """
    points = []
    for sd in tried:
        stretch = np.sqrt(1.0 + flattening * sd * sd)
        factor = np.diag([sd] + [0.5 * sd] * (problem.n_terms - 1))
        at = Parameters(flat.beta * stretch, flat.aux * stretch if flattening else flat.aux, factor)
        point = look(problem, problem.pack(at), None)
        if point is not None:
            points.append(point)
    return sorted(points, key=lambda point: -point.value)
