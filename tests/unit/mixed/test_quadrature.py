"""The integral, its gradient and its curvature, against plain numerical integration and differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from mirabal_toolkit.mixed.families import (
    BinomialCloglog,
    BinomialLogit,
    BinomialProbit,
    NegativeBinomialLog,
    PoissonLog,
)
from mirabal_toolkit.mixed.families_ordinal import CumulativeLogit, CumulativeProbit, PartialLogit, PartialProbit
from mirabal_toolkit.mixed.glmm_penalty import Jeffreys, WeaklyInformative
from mirabal_toolkit.mixed.quadrature import evaluate
from mirabal_toolkit.mixed.quadrature_fit import Task, _node_shift, _with_positive_factor, fit_quadrature
from mirabal_toolkit.mixed.quadrature_groups import GroupedRows, lay_out
from mirabal_toolkit.mixed.quadrature_optimise import Optimum, maximise
from mirabal_toolkit.mixed.quadrature_problem import Problem, information, look
from mirabal_toolkit.mixed.quadrature_rule import Parameters, gauss_hermite
from mirabal_toolkit.mixed.quadrature_sample import sample_layout
from mirabal_toolkit.mixed.quadrature_start import fit_flat

TABLE = np.array([[0.0], [1.0]])
CASES = {
    "logit": (BinomialLogit(), "binary", []),
    "probit": (BinomialProbit(), "binary", []),
    "cloglog": (BinomialCloglog(), "binary", []),
    "poisson": (PoissonLog(), "counts", []),
    "negative binomial": (NegativeBinomialLog(), "counts", [0.3]),
    "cumulative logit": (CumulativeLogit(4), "ordinal", [-1.0, 0.2, 1.0]),
    "cumulative probit": (CumulativeProbit(4), "ordinal", [-1.0, 0.2, 1.0]),
    "partial logit": (PartialLogit(4, TABLE), "partial", [-1.0, 0.2, 1.0, 0.3, 0.1, -0.2]),
    "partial probit": (PartialProbit(4, TABLE), "partial", [-1.0, 0.2, 1.0, 0.3, 0.1, -0.2]),
}


def make_rows(kind: str, q: int, *, people: int = 25, largest: int = 5, seed: int = 1) -> GroupedRows:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, largest + 1, people)
    codes = np.repeat(np.arange(people), sizes)
    n = len(codes)
    time = np.concatenate([np.arange(size) for size in sizes]).astype(float)
    X = np.column_stack([np.ones(n), time, rng.normal(size=n)])
    Z = np.column_stack([np.ones(n), time])[:, :q]
    outcome = {
        "binary": rng.integers(0, 2, n),
        "counts": rng.poisson(2.0, n),
        "ordinal": rng.integers(0, 4, n),
        "partial": rng.integers(0, 4, n) + 5 * rng.integers(0, 2, n),
    }[kind]
    shuffle = rng.permutation(n)
    weight = rng.integers(1, 3, n).astype(float)
    offset = 0.1 * rng.normal(size=n)
    return GroupedRows(*(part[shuffle] for part in (X, Z, outcome.astype(float), offset, weight, codes)))


def make_problem(name: str, q: int, n_quad: int, **choices: int) -> tuple[Problem, np.ndarray]:
    family, kind, aux = CASES[name]
    rule = gauss_hermite(n_quad, q)
    layout = lay_out(make_rows(kind, q, **choices), len(rule.log_weights))
    factor = np.array([[0.9, 0.0], [0.3, 0.5]])[:q, :q]
    problem = Problem(layout, family, rule)
    return problem, problem.pack(Parameters(np.array([0.1, -0.2, 0.3]), np.array(aux), factor))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("q", "n_quad"), [(1, 1), (1, 7), (2, 1), (2, 5)])
def test_gradient_is_that_of_the_approximated_likelihood(name: str, q: int, n_quad: int) -> None:
    problem, vector = make_problem(name, q, n_quad)
    here = look(problem, vector, None)
    step = 1e-5
    for place, slope in enumerate(here.slope):
        shift = np.zeros_like(vector)
        shift[place] = step
        up, down = look(problem, vector + shift, None), look(problem, vector - shift, None)
        # the likelihood is known to about 1e-11, so its difference quotient to about 1e-6
        assert (up.value - down.value) / (2 * step) == pytest.approx(slope, rel=1e-6, abs=2e-6)


@pytest.mark.parametrize("name", ["logit", "negative binomial", "cumulative logit"])
@pytest.mark.parametrize(("q", "largest"), [(1, 2), (1, 5), (2, 5)])
def test_information_against_differences_of_the_gradient(name: str, q: int, largest: int) -> None:
    problem, vector = make_problem(name, q, 5, largest=largest)
    here = look(problem, vector, None)
    step = 1e-4
    numeric = np.empty((len(vector), len(vector)))
    for place in range(len(vector)):
        shift = np.zeros_like(vector)
        shift[place] = step
        numeric[place] = (look(problem, vector - shift, None).slope - look(problem, vector + shift, None).slope) / (
            2 * step
        )
    scale = np.abs(numeric).max()
    np.testing.assert_allclose(information(problem, here), numeric, atol=1e-5 * scale)
    np.testing.assert_allclose(information(problem, here, central=False), numeric, atol=1e-4 * scale)


@pytest.mark.parametrize("n_quad", [15, 25])
def test_likelihood_against_plain_integration(n_quad: int) -> None:
    rows = make_rows("binary", 1, people=6)
    at = Parameters(np.array([0.1, -0.2, 0.3]), np.zeros(0), np.array([[1.3]]))
    eta = rows.X @ at.beta + rows.offset
    total = 0.0
    for person in range(6):
        own = rows.codes == person
        sign = 2 * rows.y[own] - 1

        def density(u: float, own: np.ndarray = own, sign: np.ndarray = sign) -> float:
            logs = -np.log1p(np.exp(-sign * (eta[own] + 1.3 * u)))
            return float(np.exp(logs @ rows.weight[own]) * stats.norm.pdf(u))

        total += np.log(integrate.quad(density, -10, 10, epsabs=1e-13)[0])
    found = evaluate(lay_out(rows, n_quad), BinomialLogit(), gauss_hermite(n_quad), at)
    assert found.llf == pytest.approx(total, abs=1e-7)


def test_likelihood_in_two_dimensions_against_plain_integration() -> None:
    rows = make_rows("counts", 2, people=3)
    factor = np.array([[0.5, 0.0], [0.1, 0.2]])
    at = Parameters(np.array([0.1, -0.2, 0.3]), np.zeros(0), factor)
    eta = rows.X @ at.beta + rows.offset
    line = np.linspace(-8.0, 8.0, 321)
    u = np.array(np.meshgrid(line, line)).reshape(2, -1)
    total = 0.0
    for person in range(3):
        own = rows.codes == person
        mean = np.exp(eta[own][:, None] + rows.Z[own] @ factor @ u)
        logs = rows.weight[own] @ stats.poisson.logpmf(rows.y[own][:, None], mean)
        density = np.exp(logs - 0.5 * (u * u).sum(axis=0)) / (2 * np.pi)
        # the trapezoid rule is exact to rounding for what vanishes at both ends
        total += np.log(density.sum() * (line[1] - line[0]) ** 2)
    found = evaluate(lay_out(rows, 225), PoissonLog(), gauss_hermite(15, 2), at)
    assert found.llf == pytest.approx(total, abs=1e-7)


def test_start_of_the_modes_does_not_matter() -> None:
    problem, vector = make_problem("poisson", 1, 9)
    cold = look(problem, vector, None)
    elsewhere = look(problem, vector * 1.5, None)
    warm = look(problem, vector, elsewhere.evaluation.modes)
    assert warm.value == pytest.approx(cold.value, rel=1e-13)
    np.testing.assert_allclose(warm.slope, cold.slope, rtol=1e-8, atol=1e-9)


def test_a_mode_that_newton_overshoots_is_still_found() -> None:
    one = np.ones(1)
    rows = GroupedRows(one[:, None], one[:, None], 400.0 * one, 0 * one, one, np.zeros(1, dtype=np.intp))
    at = Parameters(np.array([-3.0]), np.zeros(0), np.array([[2.5]]))
    found = evaluate(lay_out(rows, 9), PoissonLog(), gauss_hermite(9), at)
    u = float(found.modes[0][0, 0])
    # at the mode 2.5 (y - mean) = u
    assert 2.5 * (400.0 - np.exp(-3.0 + 2.5 * u)) == pytest.approx(u, rel=1e-6)


def test_impossible_thresholds_are_refused() -> None:
    problem, vector = make_problem("cumulative logit", 1, 5)
    vector[3:6] = [1.0, 0.0, 2.0]
    assert look(problem, vector, None) is None
    problem, vector = make_problem("negative binomial", 1, 5)
    vector[3] = 40.0
    assert look(problem, vector, None) is None
    problem, vector = make_problem("partial logit", 1, 5)
    vector[6:9] = [0.0, 3.0, 0.0]
    assert look(problem, vector, None) is None


def test_not_a_number_is_refused() -> None:
    problem, vector = make_problem("logit", 1, 5)
    with np.errstate(invalid="ignore"):
        assert look(problem, vector * np.nan, None) is None


# ---- search ------------------------------------------------------------------------------------


def test_search_from_far_away_finds_the_same_maximum() -> None:
    problem, vector = make_problem("logit", 1, 9, people=60)
    near = maximise(problem, look(problem, vector, None))
    far = maximise(problem, look(problem, vector + np.array([4.0, -3.0, 3.0, 4.0]), None))
    assert near.converged
    assert far.converged
    assert far.point.value == pytest.approx(near.point.value, abs=1e-8)


# ---- penalties ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "counts"), [("logit", False), ("probit", False), ("cloglog", False), ("poisson", True)]
)
def test_gradient_of_the_jeffreys_penalty(name: str, counts: bool) -> None:
    problem, vector = make_problem(name, 1, 5)
    check_penalty(Jeffreys(problem.layout, problem.family, counts), problem, vector)


def test_gradient_of_the_weakly_informative_penalty() -> None:
    problem, vector = make_problem("logit", 2, 3)
    check_penalty(WeaklyInformative(np.array([[1.0, 0.2, 0.0], [0.0, 2.0, 1.0]])), problem, vector)


def check_penalty(penalty: Jeffreys | WeaklyInformative, problem: Problem, vector: np.ndarray) -> None:
    at = problem.unpack(vector)
    _, by_beta, by_factor = penalty.value_and_slope(at)
    slope = problem.pack(Parameters(by_beta, np.zeros(0), by_factor))
    for place in range(len(vector)):
        shift = np.zeros_like(vector)
        shift[place] = 1e-5
        up = penalty.value_and_slope(problem.unpack(vector + shift))[0]
        down = penalty.value_and_slope(problem.unpack(vector - shift))[0]
        assert (up - down) / 2e-5 == pytest.approx(slope[place], rel=1e-5, abs=1e-8)


# ---- many people --------------------------------------------------------------------------------------


@pytest.mark.parametrize("q", [1, 2])
def test_sample_of_people_is_made_of_whole_people(q: int) -> None:
    rows = make_rows("counts", q, people=400)
    layout = lay_out(rows, 225)
    sample = sample_layout(layout, 5, 9)
    at = Parameters(np.array([0.1, -0.2, 0.3]), np.zeros(0), np.array([[0.9, 0.0], [0.3, 0.5]])[:q, :q])
    rule = gauss_hermite(3, q)
    # each sampled person's share of the likelihood, found by leaving the others' counts out
    found = 0.0
    for block in layout.blocks:
        counts = np.zeros(block.shape[1])
        counts[::5] = block.counts[::5]
        only = replace(layout, blocks=(replace(block, counts=counts),))
        found += evaluate(only, PoissonLog(), rule, at).llf
    taken = evaluate(sample, PoissonLog(), rule, at)
    assert taken.llf == pytest.approx(found, rel=1e-12)
    assert sample.weight.sum() == sum((b.weight * b.counts).sum() for b in sample.blocks if b.weight is not None)
    eta = sample.X @ at.beta + sample.offset
    assert eta.shape == taken.row_slopes.shape


def test_search_that_begins_on_a_sample_ends_at_the_same_maximum(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(11)
    people = 700
    codes = np.repeat(np.arange(people), 3)
    n = len(codes)
    X = np.column_stack([np.ones(n), rng.normal(size=n)])
    latent = X @ [0.3, 0.5] + rng.normal(size=people)[codes] + rng.logistic(size=n)
    rows = GroupedRows(X, np.ones((n, 1)), (latent > 0).astype(float), np.zeros(n), np.ones(n), codes)
    task = Task(BinomialLogit(), 7, np.zeros(0), np.zeros_like, 0.346)
    whole = fit_quadrature(rows, task)
    monkeypatch.setattr("mirabal_toolkit.mixed.quadrature_fit.MANY_PEOPLE", 500)
    monkeypatch.setattr("mirabal_toolkit.mixed.quadrature_optimise.MANY_PEOPLE", 500)
    monkeypatch.setattr("mirabal_toolkit.mixed.quadrature_fit.SMALLEST_SAMPLE", 100)
    sampled = fit_quadrature(rows, task)
    assert sampled.converged
    assert sampled.llf == pytest.approx(whole.llf, rel=1e-11)
    np.testing.assert_allclose(sampled.beta, whole.beta, atol=1e-5)
    np.testing.assert_allclose(sampled.covariance, whole.covariance, rtol=1e-4, atol=1e-8)


def test_sample_without_a_rare_category_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(12)
    people = 700
    codes = np.repeat(np.arange(people), 3)
    n = len(codes)
    rare = (codes % 350 == 1).astype(float)
    latent = 0.2 + rng.normal(size=people)[codes] + rng.logistic(size=n) + 0.001 * rng.normal(size=n)
    X = np.column_stack([np.ones(n), rng.normal(size=n), rare])
    rows = GroupedRows(X, np.ones((n, 1)), (latent > 0).astype(float), np.zeros(n), np.ones(n), codes)
    monkeypatch.setattr("mirabal_toolkit.mixed.quadrature_fit.MANY_PEOPLE", 500)
    monkeypatch.setattr("mirabal_toolkit.mixed.quadrature_fit.SMALLEST_SAMPLE", 100)
    fit = fit_quadrature(rows, Task(BinomialLogit(), 7, np.zeros(0), np.zeros_like, 0.346))
    assert fit.converged


def test_signs_of_lambda_are_turned_without_changing_the_fit() -> None:
    problem, vector = make_problem("logit", 2, 5)
    vector[-3:] = [-0.9, -0.3, 0.5]
    point = look(problem, vector, None)
    before = Optimum(point, information(problem, point), True, 0.0, 1)
    after = _with_positive_factor(problem, before)
    assert problem.unpack(after.point.vector).factor[0, 0] == 0.9
    again = look(problem, after.point.vector, after.point.evaluation.modes)
    assert again.value == pytest.approx(point.value, rel=1e-13)
    np.testing.assert_allclose(again.slope, after.point.slope, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(information(problem, again), after.information, rtol=1e-6, atol=1e-6)
    for one, other in zip(again.evaluation.modes, after.point.evaluation.modes, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-8)


# ---- searches that are cut short ----------------------------------------------------------------------


def test_flat_fit_that_runs_out_of_steps_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, _ = make_problem("logit", 1, 5)
    assert fit_flat(problem.layout, problem.family, np.zeros(0), np.zeros_like(problem.layout.y)).converged
    monkeypatch.setattr("mirabal_toolkit.mixed.quadrature_start.MAX_STEPS", 1)
    assert not fit_flat(problem.layout, problem.family, np.zeros(0), np.zeros_like(problem.layout.y)).converged


def test_modes_survive_a_step_that_cannot_be_halved_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    one = np.ones(1)
    rows = GroupedRows(one[:, None], one[:, None], 400.0 * one, 0 * one, one, np.zeros(1, dtype=np.intp))
    at = Parameters(np.array([-3.0]), np.zeros(0), np.array([[2.5]]))
    layout, rule = lay_out(rows, 9), gauss_hermite(9)
    expected = evaluate(layout, PoissonLog(), rule, at).llf
    monkeypatch.setattr("mirabal_toolkit.mixed.quadrature_modes.MAX_HALVINGS", 1)
    assert evaluate(layout, PoissonLog(), rule, at).llf == pytest.approx(expected, rel=1e-9)


def test_more_nodes_that_cannot_be_computed_count_as_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, vector = make_problem("logit", 1, 5, people=60)
    optimum = maximise(problem, look(problem, vector, None))
    assert _node_shift(problem, optimum, 5) < 0.5
    monkeypatch.setattr("mirabal_toolkit.mixed.quadrature_fit.look", lambda *_: None)
    assert _node_shift(problem, optimum, 5) == np.inf
