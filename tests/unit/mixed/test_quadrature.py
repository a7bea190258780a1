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
from mirabal_toolkit.mixed.quadrature_modes import cholesky, lower_inverse
from mirabal_toolkit.mixed.quadrature_optimise import Optimum, is_positive, maximise, positive
from mirabal_toolkit.mixed.quadrature_problem import Problem, information, look
from mirabal_toolkit.mixed.quadrature_rule import Parameters, gauss_hermite
from mirabal_toolkit.mixed.quadrature_sample import sample_layout
from mirabal_toolkit.mixed.quadrature_scaling import standardise, standardise_person_terms
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


# ---- people side by side -----------------------------------------------------------------------------


def twin_rows(copies: int) -> GroupedRows:
    """Three kinds of people, each `copies` times, with their rows in other orders."""
    rng = np.random.default_rng(3)
    kinds = [
        (np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([0.0, 1.0])),
        (np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([1.0, 1.0])),
        (np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([0.0, 1.0, 1.0])),
    ]
    X, y, codes = [], [], []
    for person in range(3 * copies):
        design, answers = kinds[person % 3]
        order = rng.permutation(len(answers))
        X.append(design[order])
        y.append(answers[order])
        codes += [person] * len(answers)
    n = len(codes)
    return GroupedRows(np.vstack(X), np.ones((n, 1)), np.concatenate(y), np.zeros(n), np.ones(n), np.array(codes))


def test_twins_are_joined_and_change_nothing() -> None:
    rows = twin_rows(20)
    joined, apart = lay_out(rows, 9), lay_out(rows, 9, join_twins=False)
    assert (joined.n_kept, apart.n_kept) == (3, 60)
    assert sorted(np.concatenate([block.counts for block in joined.blocks])) == [20, 20, 20]
    at = Parameters(np.array([0.2, 0.4]), np.zeros(0), np.array([[1.1]]))
    one, other = (evaluate(layout, BinomialLogit(), gauss_hermite(9), at) for layout in (joined, apart))
    assert one.llf == pytest.approx(other.llf, rel=1e-13)
    np.testing.assert_allclose(joined.X.T @ one.row_slopes, apart.X.T @ other.row_slopes, rtol=1e-11)
    for found, layout in ((one, joined), (other, apart)):
        modes = np.hstack(found.modes)[0][layout.group_position]
        np.testing.assert_allclose(modes, np.tile(modes[:3], 20), rtol=1e-9)


def test_rows_that_only_look_alike_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A collision of hashes must never join different people."""
    rows = twin_rows(4)
    monkeypatch.setattr(
        "mirabal_toolkit.mixed.quadrature_groups._hash_rows", lambda rows: np.zeros(len(rows.y), dtype=np.uint64)
    )
    assert lay_out(rows, 9).n_kept == 12


def test_people_whose_hashes_collide_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = twin_rows(4)
    monkeypatch.setattr(
        "mirabal_toolkit.mixed.quadrature_groups._hash_people",
        lambda row_id, starts, sizes: np.zeros(len(sizes), dtype=np.uint64),
    )
    assert lay_out(rows, 9).n_kept == 12


def test_minus_zero_is_zero() -> None:
    one = np.ones(4)
    X = np.array([[0.0], [1.0], [-0.0], [1.0]])
    rows = GroupedRows(X, one[:, None], np.array([0.0, 1.0, 0.0, 1.0]), 0 * one, one, np.array([0, 0, 1, 1]))
    assert lay_out(rows, 9).n_kept == 1


def test_large_groups_are_padded_without_weight() -> None:
    rng = np.random.default_rng(5)
    sizes = np.array([3, 30, 31, 200])
    codes = np.repeat(np.arange(4), sizes)
    n = len(codes)
    X = np.column_stack([np.ones(n), rng.normal(size=n)])
    rows = GroupedRows(X, np.ones((n, 1)), rng.integers(0, 2, n).astype(float), np.zeros(n), np.ones(n), codes)
    layout = lay_out(rows, 9)
    # few people: all are padded to the largest size, in one block
    assert [block.shape for block in layout.blocks] == [(208, 4)]
    assert layout.weight.sum() == n
    # with many nodes they do not fit into one, but 3, 30 and 31 rows still do
    assert [block.shape[0] for block in lay_out(rows, 225).blocks] == [32, 208]
    at = Parameters(np.array([0.2, 0.4]), np.zeros(0), np.array([[1.1]]))
    whole = evaluate(layout, BinomialLogit(), gauss_hermite(9), at)
    parts = 0.0
    for person in range(4):
        own = codes == person
        one = np.ones(own.sum())
        single = GroupedRows(X[own], one[:, None], rows.y[own], 0 * one, one, np.zeros(own.sum(), dtype=np.intp))
        parts += evaluate(lay_out(single, 9), BinomialLogit(), gauss_hermite(9), at).llf
    assert whole.llf == pytest.approx(parts, rel=1e-12)


# ---- small matrices, scaling, search ------------------------------------------------------------------


def test_small_factors_against_numpy() -> None:
    rng = np.random.default_rng(1)
    root = rng.normal(size=(5, 3, 3))
    H = root @ root.transpose(0, 2, 1) + np.eye(3)
    L = cholesky(H.transpose(1, 2, 0))
    np.testing.assert_allclose(L.transpose(2, 0, 1), np.linalg.cholesky(H))
    np.testing.assert_allclose(lower_inverse(L).transpose(2, 0, 1), np.linalg.inv(np.linalg.cholesky(H)), atol=1e-12)


@pytest.mark.parametrize("thresholds", [False, True])
def test_standardised_design_says_the_same(thresholds: bool) -> None:
    rng = np.random.default_rng(1)
    n = 200
    columns = [1e6 * rng.random(n), 19000 + rng.random(n)]
    X = np.column_stack(columns if thresholds else [np.ones(n), *columns])
    one = np.ones(n)
    rows = GroupedRows(X, one[:, None], one, 0 * one, one, np.arange(n) // 4)
    layout = lay_out(rows, 9)
    scaled, scaling = standardise(layout, thresholds=thresholds)
    gamma = rng.normal(size=X.shape[1])
    eta = layout.X @ (scaling.transform @ gamma) - scaling.threshold_shift @ gamma
    np.testing.assert_allclose(scaled.X @ gamma, eta, rtol=1e-6)
    np.testing.assert_allclose(scaled.X.T @ scaled.X / n, np.eye(X.shape[1]), atol=1e-8)
    again, _ = standardise(layout, thresholds=thresholds, overwrite=True)
    assert again.X is layout.X
    np.testing.assert_array_equal(again.X, scaled.X)


def test_a_design_without_intercept_is_not_centred() -> None:
    rng = np.random.default_rng(1)
    one = np.ones(40)
    rows = GroupedRows(5 + rng.random((40, 1)), one[:, None], one, 0 * one, one, np.arange(40) // 4)
    layout = lay_out(rows, 9)
    scaled, scaling = standardise(layout, thresholds=False)
    np.testing.assert_allclose(scaled.X, layout.X * scaling.transform[0, 0])


def test_person_terms_are_decorrelated() -> None:
    day = 19000 + np.arange(50.0)
    Z = np.column_stack([np.ones(50), day])
    new, back = standardise_person_terms(Z)
    np.testing.assert_allclose(new.T @ new / 50, np.eye(2), atol=1e-10)
    np.testing.assert_allclose(Z @ back, new, rtol=1e-6, atol=1e-6)


def test_positive_mirrors_negative_curvature() -> None:
    crooked = np.diag([2.0, -3.0, 0.0])
    fixed = positive(crooked)
    np.testing.assert_allclose(np.diag(fixed)[:2], [2.0, 3.0])
    assert is_positive(np.eye(2))
    assert not is_positive(crooked)
    assert not is_positive(np.array([[1.0, 1.0], [1.0, 1.0]]))
    assert not is_positive(np.full((2, 2), np.nan))


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
