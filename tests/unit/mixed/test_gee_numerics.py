"""Parts of GEE on plain arrays: correlations in continuous time, hash collisions, bounds."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.errors import ModelError, UsageError
from mirabal_toolkit.mixed import gee, gee_blocks, predictions
from mirabal_toolkit.mixed.gee_blocks import Observations, build_blocks
from mirabal_toolkit.mixed.gee_correlation import start_correlation, whiten
from mirabal_toolkit.mixed.gee_covariance import not_below_model
from mirabal_toolkit.mixed.gee_df import satterthwaite_df
from mirabal_toolkit.mixed.gee_estimating import FAMILIES, solve_information
from mirabal_toolkit.mixed.gee_solve import independence_start, solve_equations


def visits_on_any_day(n_people=60, seed=4):
    """People with visits on days of their own: more days than fit in a mask."""
    rng = np.random.default_rng(seed)
    frames = []
    for person in range(n_people):
        days = np.sort(rng.choice(np.arange(0, 700), size=rng.integers(1, 6), replace=False)).astype(float)
        distance = np.abs(days[:, None] - days[None, :])
        noise = np.linalg.cholesky(np.exp(-distance / 200.0)) @ rng.normal(size=len(days))
        frames.append(pd.DataFrame({"person_id": person, "day": days, "score": 5 - 0.002 * days + noise}))
    return pd.concat(frames, ignore_index=True)


class TestContinuousTime:
    DATA = visits_on_any_day()
    FIT = gee("score ~ day", DATA, groups="person_id", time="day", corr="ar1", cov_type="robust")

    def test_correlation_decays_with_distance(self):
        corr = self.FIT.root.corr
        assert len(self.FIT.design.time_levels) > gee_blocks.MAX_LEVELS
        assert 0 < corr.rho < 1
        assert corr.rho ** (200 / corr.unit) == pytest.approx(np.exp(-1), abs=0.15)
        table = self.FIT.working_correlation
        assert table.loc[table.index[0], table.index[5]] < table.loc[table.index[0], table.index[1]] < 1

    def test_estimates_solve_the_equations_with_dense_matrices(self):
        fit, corr = self.FIT, self.FIT.root.corr
        score, information = np.zeros(2), np.zeros((2, 2))
        for _, rows in self.DATA.groupby("person_id"):
            days = rows["day"].to_numpy()
            R = corr.rho ** (np.abs(days[:, None] - days[None, :]) / corr.unit)
            X = np.column_stack([np.ones(len(days)), days])
            score += X.T @ np.linalg.solve(R, rows["score"].to_numpy() - X @ fit.estimates)
            information += X.T @ np.linalg.solve(R, X)
        np.testing.assert_allclose(np.linalg.solve(information, score) / fit.bse, 0.0, atol=1e-7)
        np.testing.assert_allclose(fit.root.bread, np.linalg.inv(information), rtol=1e-7)

    def test_the_moment_equation_is_solved(self):
        corr, resid = self.FIT.root.corr, self.FIT.resid
        left = 0.0
        for _, rows in self.DATA.assign(r=resid / np.sqrt(self.FIT.scale)).groupby("person_id"):
            j, k = np.triu_indices(len(rows), 1)
            lag = (rows["day"].to_numpy()[k] - rows["day"].to_numpy()[j]) / corr.unit
            r = rows["r"].to_numpy()
            left += np.sum(lag * corr.rho ** (lag - 1) * (r[j] * r[k] - corr.rho**lag))
        assert left == pytest.approx(0.0, abs=1e-4)

    def test_unit_of_time(self):
        other = gee(
            "score ~ day",
            self.DATA.assign(year=self.DATA["day"] / 365.25),
            groups="person_id",
            time="year",
            corr="ar1",
            cov_type="robust",
        )
        np.testing.assert_allclose(other.params, self.FIT.params, rtol=1e-8)
        np.testing.assert_allclose(other.bse, self.FIT.bse, rtol=1e-8)


def test_a_negative_correlation_in_time():
    rng = np.random.default_rng(2)
    sign = np.tile([1.0, -1.0, 1.0, -1.0], 50)
    data = pd.DataFrame({"person_id": np.repeat(np.arange(50), 4), "wave": np.tile([1, 2, 3, 4], 50)})
    data["score"] = sign * np.repeat(rng.normal(size=50), 4) + rng.normal(0, 0.5, 200)
    fit = gee("score ~ 1", data, groups="person_id", time="wave", corr="ar1")
    assert -1 < fit.root.corr.rho < -0.5
    table = fit.working_correlation.to_numpy()
    assert table[0, 1] < 0 < table[0, 2]


def rows_of(n_people, seed=1, **more):
    rng = np.random.default_rng(seed)
    n = 3 * n_people
    X = np.column_stack([np.ones(n), np.tile([0.0, 1.0, 2.0], n_people)])
    y = rng.integers(0, 2, n).astype(float)
    return Observations(X, y, np.repeat(np.arange(n_people), 3), **more)


def test_people_whose_hashes_collide_are_kept_apart(monkeypatch):
    monkeypatch.setattr(gee_blocks, "_person_hashes", lambda index, hashes: np.zeros(index.shape[1], np.uint64))
    rows = rows_of(20)
    (block,) = build_blocks(rows)
    assert block.X.shape == (3, 20, 2)
    assert block.y.sum() == rows.y.sum()


@pytest.mark.parametrize("kind", ["exchangeable", "ar1", "unstructured"])
def test_the_root_squares_to_the_inverse_correlation(kind):
    rows = rows_of(10, level=np.tile(np.arange(3), 10))
    (block,) = build_blocks(rows, collapse=False)
    corr = start_correlation(kind, (block,), np.array([0.0, 1.0, 3.0]))
    matrix = np.array([[1.0, 0.4, 0.1], [0.4, 1.0, 0.2], [0.1, 0.2, 1.0]])
    corr = replace(corr, rho=0.4, matrix=matrix if kind == "unstructured" else corr.matrix)
    R = {"exchangeable": np.full((3, 3), 0.4), "ar1": 0.4 ** np.abs(np.subtract.outer([0, 1, 3], [0, 1, 3]))}.get(
        kind, matrix
    )
    np.fill_diagonal(R, 1.0)
    Z = np.random.default_rng(1).normal(size=(3, 10, 2))
    twice = whiten(corr, block, whiten(corr, block, Z), transpose=True)
    np.testing.assert_allclose(twice, np.einsum("ab,bnq->anq", np.linalg.inv(R), Z), atol=1e-12)


def test_unstructured_needs_shared_waves():
    (block,) = build_blocks(rows_of(10, time=np.tile([0.0, 1.0, 2.5], 10)), collapse=False)
    corr = start_correlation("unstructured", (block,), np.arange(3.0))
    with pytest.raises(ModelError, match="waves that people share"):
        whiten(corr, block, np.ones((3, 10, 1)))


@pytest.mark.parametrize("information", [np.zeros((2, 2)), np.ones((2, 2)), np.full((2, 2), np.nan)])
def test_singular_information_is_an_error(information):
    with pytest.raises(ModelError, match="singular"):
        solve_information(information, np.ones(2))


def test_too_few_iterations_are_not_called_convergence(monkeypatch):
    monkeypatch.setattr("mirabal_toolkit.mixed.gee_solve.MAX_ITERATIONS", 1)
    rows = rows_of(30)
    blocks = build_blocks(rows)
    corr = start_correlation("exchangeable", blocks, None)
    start = independence_start(blocks, FAMILIES["binomial"])
    assert not solve_equations(blocks, corr, FAMILIES["binomial"], start, penalised=False).converged
    data = pd.DataFrame({"y": rows.y, "x": rows.X[:, 1], "who": rows.person})
    fit = gee("y ~ x", data, groups="who", family="binomial")
    assert not fit.trust.ok
    assert "did not settle" in str(fit.trust)


def test_long_steps_are_shortened_and_a_perfect_fit_settles():
    # answers on the curve itself: nothing is left to measure a step by, and the fit still settles
    rows = rows_of(30)._replace(y=np.tile([1.0, 20.0, 400.0], 30))
    blocks = build_blocks(rows)
    corr = start_correlation("independence", blocks, None)
    start = independence_start(blocks, FAMILIES["poisson"])._replace(params=np.array([-9.0, 0.0]))
    found = solve_equations(blocks, corr, FAMILIES["poisson"], start, penalised=False)
    assert found.converged
    np.testing.assert_allclose(found.params, [0.0, np.log(20.0)], atol=1e-9)


def test_no_degrees_of_freedom_for_nothing():
    data = pd.DataFrame({"y": [0.0, 1.0, 2.0, 4.0], "who": [1, 2, 3, 4]})
    fit = gee("y ~ 1", data, groups="who")
    assert np.isinf(satterthwaite_df(fit.root, "robust", np.zeros((1, 1))))[0]


def test_not_below_model_leaves_a_larger_covariance_alone():
    model = np.diag([1.0, 2.0])
    np.testing.assert_allclose(not_below_model(3 * model, model), 3 * model)
    np.testing.assert_allclose(not_below_model(0.1 * model, model), model)
    mixed = not_below_model(np.diag([0.5, 5.0]), model)
    np.testing.assert_allclose(mixed, np.diag([1.0, 5.0]))


def test_fitted_means_near_their_bound_are_noted():
    data = pd.DataFrame({"x": np.r_[np.zeros(40), np.ones(40), 8.0], "who": np.r_[np.arange(80) % 40, 99]})
    data["y"] = np.r_[np.arange(40) < 8, np.arange(40) < 34, 1].astype(float)
    fit = gee("y ~ x", data, groups="who", family="binomial")
    assert "near their bound" in str(fit.trust)


def test_a_fit_without_its_rows_says_so():
    data = pd.DataFrame({"y": [0.0, 1.0, 2.0, 4.0], "wave": [1, 2, 1, 2], "who": [1, 2, 3, 4]})
    fit = gee("y ~ wave", data, groups="who")
    bare = replace(fit, design=None)
    with pytest.raises(ModelError, match="without its rows"):
        bare.predict()
    with pytest.raises(UsageError, match="made from rows"):
        predictions(bare, "wave")


def test_ar1_of_two_waves_is_exchangeable():
    rng = np.random.default_rng(8)
    data = pd.DataFrame({"person_id": np.repeat(np.arange(40), 2), "wave": np.tile([1, 2], 40)})
    data["score"] = np.repeat(rng.normal(size=40), 2) + rng.normal(size=80)
    one = gee("score ~ C(wave)", data, groups="person_id", time="wave", corr="ar1")
    other = gee("score ~ C(wave)", data, groups="person_id")
    np.testing.assert_allclose(one.bse, other.bse, rtol=1e-9)
    assert one.root.corr.rho == pytest.approx(other.root.corr.rho)


def test_pieces_give_what_the_whole_gives(monkeypatch):
    data = visits_on_any_day(200, seed=9)
    data["wave"] = data.groupby("person_id").cumcount()
    choices = {"groups": "person_id", "time": "wave", "df": "satterthwaite"}
    for corr, time in (("exchangeable", "wave"), ("unstructured", "wave"), ("ar1", "day")):
        whole = gee("score ~ day", data, corr=corr, **{**choices, "time": time})
        with monkeypatch.context() as patch:
            patch.setattr(gee_blocks, "_CHUNK_BYTES", 400)
            pieces = gee("score ~ day", data, corr=corr, **{**choices, "time": time})
        np.testing.assert_allclose(pieces.params, whole.params, rtol=1e-8)
        np.testing.assert_allclose(pieces.bse, whole.bse, rtol=1e-8)
        np.testing.assert_allclose(pieces.df, whole.df, rtol=1e-8)
