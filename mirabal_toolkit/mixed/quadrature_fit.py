"""From rows to a finished fit by quadrature, on arrays; `glmm` and `clmm` put names on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.families import FloatArray, RowFamily
from mirabal_toolkit.mixed.quadrature_groups import GroupedRows, Layout, lay_out
from mirabal_toolkit.mixed.quadrature_optimise import MANY_PEOPLE, Optimum, climb, is_positive, maximise
from mirabal_toolkit.mixed.quadrature_problem import Penalty, Point, Problem, information, look
from mirabal_toolkit.mixed.quadrature_rule import gauss_hermite
from mirabal_toolkit.mixed.quadrature_sample import sample_layout
from mirabal_toolkit.mixed.quadrature_scaling import Scaling, standardise, standardise_person_terms
from mirabal_toolkit.mixed.quadrature_start import (
    TRIED_FIRST,
    TRIED_IN_DOUBT,
    FlatFit,
    fit_flat,
    start_points,
)

#: A standard deviation of a person-specific term below it (linear predictor, columns with mean square 1) is zero.
ZERO_SD = 2e-3
#: One above it makes the fit doubtful: other starts are tried.
LARGE_SD = 4.0
MOST_NODES = 40
#: Every so-manieth person is in the sample on which a large search begins, unless that leaves too few.
SAMPLE_EVERY, SMALLEST_SAMPLE = 12, 1200

#: Makes the penalty once the standardised design is known: standardised layout, raw design, scaling.
PenaltyMaker = Callable[[Layout, FloatArray, Scaling], Penalty]


@dataclass(frozen=True, slots=True)
class Task:
    """What to fit.

    Parameters
    ----------
    family : RowFamily
    n_quad : int
        Nodes in each dimension.
    aux : array, shape (n_aux,)
        Start of the auxiliary parameters.
    guess : callable
        Rough linear predictor from answers.
    flattening : float
        See `quadrature_start.start_points`.
    thresholds : bool
        The family's auxiliary parameters are thresholds.
    penalty : callable, optional
    """

    family: RowFamily
    n_quad: int
    aux: FloatArray
    guess: Callable[[FloatArray], FloatArray]
    flattening: float = 0.0
    thresholds: bool = False
    penalty: PenaltyMaker | None = None


@dataclass(frozen=True, slots=True)
class QuadratureFit:
    """A finished fit on the user's scale.

    Parameters
    ----------
    beta : array, shape (p,)
    aux : array, shape (n_aux,)
    factor : array, shape (q, q)
        ``factor @ factor.T`` is the covariance of the person-specific terms.
    covariance : array, shape (m, m)
        Of beta, aux and the lower triangle of the search's factor, in this order; rows of a variance on its
        boundary are 0.
    back, search_factor : array, shape (q, q)
        ``factor = back @ search_factor``.
    llf, llf_flat : float
        Log-likelihood, and that of the model without person-specific terms.
    optimum : Optimum
    flat : FlatFit
    converged, singular : bool
    node_shift : float
        How far any parameter would move, in standard errors, with more nodes.
    modes : array, shape (n_groups, q)
        Conditional modes of the person-specific terms, on the user's scale.
    mode_covariance : array, shape (n_groups, q, q)
        Their conditional covariance.
    n_kept : int
        Distinct persons.
    """

    beta: FloatArray
    aux: FloatArray
    factor: FloatArray
    covariance: FloatArray
    back: FloatArray
    search_factor: FloatArray
    llf: float
    llf_flat: float
    optimum: Optimum
    flat: FlatFit
    converged: bool
    singular: bool
    node_shift: float
    modes: FloatArray
    mode_covariance: FloatArray
    n_kept: int


def _prepare(rows: GroupedRows, task: Task) -> tuple[Problem, FlatFit, Scaling, FloatArray]:
    Z, back = standardise_person_terms(rows.Z)
    rule = gauss_hermite(task.n_quad, Z.shape[1])
    raw = lay_out(replace(rows, Z=Z), len(rule.log_weights))
    layout, scaling = standardise(raw, thresholds=task.thresholds, overwrite=task.penalty is None)
    penalty = None if task.penalty is None else task.penalty(layout, raw.X, scaling)
    flat = fit_flat(layout, task.family, task.aux, task.guess(layout.y))
    return Problem(layout, task.family, rule, penalty), flat, scaling, back


def best_likelihood(rows: GroupedRows, task: Task) -> tuple[float, bool]:
    """Only the maximum of the log-likelihood, and whether the search settled.

    Parameters
    ----------
    rows : GroupedRows
    task : Task

    Returns
    -------
    llf : float
    converged : bool
    """
    problem, flat, _, _ = _prepare(rows, task)
    optimum = _best_of_starts(problem, flat, task)
    return optimum.point.evaluation.llf, optimum.converged


def fit_quadrature(rows: GroupedRows, task: Task) -> QuadratureFit:
    """Fit by maximum (penalised) marginal likelihood.

    Parameters
    ----------
    rows : GroupedRows
    task : Task

    Returns
    -------
    QuadratureFit
    """
    problem, flat, scaling, back = _prepare(rows, task)
    optimum = _with_positive_factor(problem, _best_of_starts(problem, flat, task))
    return _finish(problem, optimum, flat, scaling, back, task)


def _best_of_starts(problem: Problem, flat: FlatFit, task: Task) -> Optimum:
    """Climb from the most likely variance; from others too when the result is doubtful."""
    best = _climb_from_sample(problem, flat, task) or _climb_all(problem, flat, task)
    for point in start_points(problem, flat, _others_to_try(problem, best), flattening=task.flattening):
        other = maximise(problem, point)
        better = other.point.value > best.point.value + 1e-8 * abs(best.point.value)
        if better or (other.converged and not best.converged and other.point.value >= best.point.value - 1e-6):
            best = other
    return best


def _others_to_try(problem: Problem, best: Optimum) -> tuple[float, ...]:
    """Starts from which a doubtful result is looked for again; none when there is no doubt."""
    mask = _zero_directions(problem, best)
    auxiliary = slice(problem.n_beta, problem.n_beta + problem.family.n_aux)
    at_limit = bool(mask[auxiliary].any())
    mask[auxiliary] = False
    if not best.converged or mask.any() or _largest_sd(problem, best) >= LARGE_SD:
        return TRIED_IN_DOUBT
    # counts that vary like a Poisson's: the climb to that limit is long, and one more shows whether it is the only one
    return TRIED_IN_DOUBT[:1] if at_limit else ()


def _climb_all(problem: Problem, flat: FlatFit, task: Task) -> Optimum:
    points = start_points(problem, flat, TRIED_FIRST, flattening=task.flattening)
    if not points:
        raise ModelError(
            "The likelihood cannot be computed anywhere near the start of the search.",
            fix="Look for numbers of an impossible size in the outcome, the offset or the terms.",
        )
    return maximise(problem, points[0])


def _climb_from_sample(problem: Problem, flat: FlatFit, task: Task) -> Optimum | None:
    """Climb on a tenth of the people, then a few steps on all; None where a sample would not do.

    The sample ends a few standard errors from the maximum of all, with a curvature that only needs scaling.
    """
    layout = problem.layout
    if layout.n_kept < MANY_PEOPLE or problem.penalty is not None or flat.may_be_separated:
        return None
    every = min(SAMPLE_EVERY, layout.n_kept // SMALLEST_SAMPLE)
    part = sample_layout(layout, every, len(problem.rule.log_weights))
    sample = replace(problem, layout=part)
    point, _ = climb(sample, start_points(sample, flat, TRIED_FIRST, flattening=task.flattening)[0])
    curvature = information(sample, point, central=False) * (layout.weight.sum() / part.weight.sum())
    start = look(problem, point.vector, None)
    if start is None or not is_positive(curvature):
        return None
    return maximise(problem, start, curvature)


def _with_positive_factor(problem: Problem, optimum: Optimum) -> Optimum:
    """Turn the signs of columns of Lambda so that its diagonal is not negative; the likelihood is the same."""
    factor = problem.unpack(optimum.point.vector).factor
    signs = np.where(np.diag(factor) < 0.0, -1.0, 1.0)
    if np.all(signs > 0.0):
        return optimum
    _, columns = np.tril_indices(problem.n_terms)
    turn = np.ones(len(optimum.point.vector))
    turn[len(turn) - len(columns) :] = signs[columns]
    found = optimum.point.evaluation
    turned = replace(
        found,
        factor=found.factor * signs,
        modes=tuple(u * signs[:, None] for u in found.modes),
        spreads=tuple(spread * signs[:, None, None] for spread in found.spreads),
    )
    point = Point(turn * optimum.point.vector, optimum.point.value, turn * optimum.point.slope, turned)
    return replace(optimum, point=point, information=optimum.information * np.outer(turn, turn))


def _largest_sd(problem: Problem, optimum: Optimum) -> float:
    return float(np.linalg.norm(problem.unpack(optimum.point.vector).factor, ord=2))


def _zero_directions(problem: Problem, optimum: Optimum) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Entries of the vector that belong to a variance on its boundary: there the likelihood is flat in their sign."""
    at = problem.unpack(optimum.point.vector)
    factor = at.factor
    rows, columns = np.tril_indices(problem.n_terms)
    small = np.abs(np.diag(factor)) < ZERO_SD
    mask = np.zeros(len(optimum.point.vector), dtype=np.bool_)
    empty_column = np.array([small[b] and bool(np.all(np.abs(factor[:, b]) < ZERO_SD)) for b in columns])
    mask[len(mask) - len(columns) :] = empty_column & (rows >= columns)
    if problem.family.at_limit(at.aux, float(problem.layout.y.max())):
        mask[problem.n_beta : problem.n_beta + problem.family.n_aux] = True
    return mask


def _covariance(problem: Problem, optimum: Optimum, scaling: Scaling, fixed: FloatArray) -> tuple[FloatArray, bool]:
    """Covariance on the user's scale, and whether the information is positive definite."""
    free = np.flatnonzero(~fixed.astype(np.bool_))
    part = optimum.information[np.ix_(free, free)]
    sound = is_positive(part)
    size, p = len(optimum.point.vector), problem.n_beta
    inner = np.full((size, size), np.nan)
    if sound:
        inner = np.zeros((size, size))
        inner[np.ix_(free, free)] = np.linalg.inv(part)
    change = np.eye(size)
    change[:p, :p] = scaling.transform
    change[p : p + problem.family.n_aux, :p] = scaling.threshold_shift
    return change @ inner @ change.T, sound


def _finish(
    problem: Problem, optimum: Optimum, flat: FlatFit, scaling: Scaling, back: FloatArray, task: Task
) -> QuadratureFit:
    at = problem.unpack(optimum.point.vector)
    fixed = _zero_directions(problem, optimum)
    covariance, sound = _covariance(problem, optimum, scaling, fixed.astype(np.float64))
    singular = bool(np.linalg.svd(at.factor, compute_uv=False)[-1] < ZERO_SD)
    converged = sound and optimum.remaining_gain < 1e-6
    factor = back @ at.factor
    node_shift = _node_shift(problem, optimum, task.n_quad) if sound else np.inf
    modes, mode_covariance = _person_terms(problem, optimum, factor)
    shift = scaling.threshold_shift @ at.beta if task.thresholds else 0.0
    return QuadratureFit(
        beta=scaling.transform @ at.beta,
        aux=at.aux + shift,
        factor=factor,
        covariance=covariance,
        back=back,
        search_factor=at.factor,
        llf=optimum.point.evaluation.llf,
        llf_flat=flat.llf,
        optimum=optimum,
        flat=flat,
        converged=converged,
        singular=singular,
        node_shift=node_shift,
        modes=modes,
        mode_covariance=mode_covariance,
        n_kept=problem.layout.n_kept,
    )


def _person_terms(problem: Problem, optimum: Optimum, factor: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Modes and conditional covariances for every person of the data, twins included."""
    found = optimum.point.evaluation
    u, spread = np.hstack(found.modes), np.concatenate(found.spreads, axis=2)
    position = problem.layout.group_position
    turned = np.einsum("ab,bcg->acg", factor, spread)
    covariance = np.einsum("acg,bcg->gab", turned, turned)
    return (factor @ u).T[position], covariance[position]


def _node_shift(problem: Problem, optimum: Optimum, n_quad: int) -> float:
    """Newton step towards the maximum with more nodes, in standard errors."""
    more = min(2 * n_quad + 1 if problem.n_terms == 1 else n_quad + 4, MOST_NODES)
    finer = replace(problem, rule=gauss_hermite(more, problem.n_terms))
    there = look(finer, optimum.point.vector, optimum.point.evaluation.modes)
    if there is None:
        return np.inf
    free = ~_zero_directions(problem, optimum)
    inverse = np.linalg.inv(optimum.information[np.ix_(free, free)])
    step = inverse @ there.slope[free]
    return float(np.max(np.abs(step) / np.sqrt(np.diag(inverse))))
