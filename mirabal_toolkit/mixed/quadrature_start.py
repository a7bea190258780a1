"""Where the search starts: the same model without person-specific terms, then the best of a few variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mirabal_toolkit.mixed.families import FloatArray, ModeTerms, RowFamily
from mirabal_toolkit.mixed.quadrature_groups import Layout
from mirabal_toolkit.mixed.quadrature_problem import Point, Problem, look
from mirabal_toolkit.mixed.quadrature_rule import Parameters
from mirabal_toolkit.mixed.quadrature_scaling import weighted_gram

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


class _Flat:
    """Objective, gradient and curvature of independent rows."""

    def __init__(self, layout: Layout, family: RowFamily) -> None:
        self.layout, self.family = layout, family

    def value(self, beta: FloatArray, aux: FloatArray) -> tuple[float, ModeTerms]:
        layout = self.layout
        terms = self.family.mode_terms(layout.X @ beta + layout.offset, layout.y, aux)
        return float(layout.weight @ (terms.log_density + self.family.constant(layout.y, aux))), terms

    def slope(self, terms: ModeTerms) -> FloatArray:
        weight = self.layout.weight
        channels = tuple(weight * channel for channel in terms.aux_slopes)
        by_aux = self.family.collect(channels, self.layout.y)
        return np.concatenate([self.layout.X.T @ (weight * terms.slope), by_aux])

    def curvature(self, beta: FloatArray, aux: FloatArray, terms: ModeTerms) -> FloatArray:
        X, p = self.layout.X, len(beta)
        full = np.zeros((p + len(aux), p + len(aux)))
        full[:p, :p] = -weighted_gram(X, self.layout.weight * terms.curvature)
        for place in range(len(aux)):
            step = np.zeros(len(aux))
            step[place] = 1e-5
            up = self.slope(self.value(beta, aux + step)[1])
            down = self.slope(self.value(beta, aux - step)[1])
            full[p + place] = full[:, p + place] = -(up - down) / 2e-5
        return full


def _ascend(flat: _Flat, beta: FloatArray, aux: FloatArray) -> tuple[FloatArray, FloatArray, float, bool]:
    """Newton's method with halved steps, ended early when the likelihood has no maximum."""
    value, terms = flat.value(beta, aux)
    for _ in range(MAX_STEPS):
        slope, curvature = flat.slope(terms), flat.curvature(beta, aux, terms)
        ridge = 1e-10 * np.diag(curvature).max() * np.eye(len(slope))
        step = np.linalg.solve(curvature + ridge, slope)
        if 0.0 <= float(slope @ step) < 2.0 * SMALLEST_GAIN:
            return beta, aux, value, True
        length = 1.0
        for _ in range(MAX_HALVINGS):
            move = length * step
            new_beta, new_aux = beta + move[: len(beta)], aux + move[len(beta) :]
            if flat.family.feasible(new_aux):
                new_value, new_terms = flat.value(new_beta, new_aux)
                if new_value >= value - 1e-12 * abs(value):
                    break
            length *= 0.5
        else:
            return beta, aux, value, False
        beta, aux, value, terms = new_beta, new_aux, new_value, new_terms
        if np.abs(flat.layout.X @ beta).max() > FAR_ETA:
            return beta, aux, value, False
    return beta, aux, value, False


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
    beta, aux, llf, converged = _ascend(_Flat(layout, family), beta, aux)
    terms = family.mode_terms(layout.X @ beta + layout.offset, layout.y, aux)
    sureness = -(terms.log_density + family.constant(layout.y, aux))[layout.weight > 0]
    return FlatFit(beta, aux, llf, converged, float(sureness.min()))


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
