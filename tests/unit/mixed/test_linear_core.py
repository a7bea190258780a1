"""The criterion equals the normal density, and its derivatives are those of differences."""

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed.linear_core import relative_weights, slopes, solve
from mirabal_toolkit.mixed.linear_newton import minimise, newton_step
from mirabal_toolkit.mixed.lmm_criterion import Factor, ProfiledDeviance
from mirabal_toolkit.mixed.lmm_nested import NestedDeviance
from mirabal_toolkit.mixed.lmm_statistics import LinearMixedStatistics
from mirabal_toolkit.mixed.mmrm_covariance import ByArm, structure
from mirabal_toolkit.mixed.mmrm_criterion import WaveDeviance


def data(n=14, seed=5):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"who": np.repeat(np.arange(n), 4), "t": np.tile([0.0, 1.0, 2.0, 4.0], n)})
    frame["x"] = random.normal(size=len(frame))
    frame["site"] = frame["who"] % 4
    frame["y"] = 1 + 0.5 * frame["t"] + random.normal(size=n)[frame["who"]] + random.normal(size=len(frame))
    return frame[random.random(len(frame)) > 0.2]


def criterion(reml, groups="who"):
    frame = data()
    s = LinearMixedStatistics.from_data("y ~ t + x", frame, groups=groups, re_formula="~ t")
    return s, ProfiledDeviance(s.sums, s.cross, s.n_rows, reml, Factor(2)), frame


def numeric_gradient(function, theta, step=1e-5):
    steps = np.eye(len(theta)) * step
    return np.array([(function(theta + e) - function(theta - e)) / (2 * step) for e in steps])


THETA = np.array([0.8, 0.1, 0.4])


@pytest.mark.parametrize("reml", [True, False])
def test_deviance_is_that_of_the_normal_density(reml):
    s, c, frame = criterion(reml)
    value, _ = c.value(THETA)
    L = s.basis.left @ c.factor.matrix(THETA)
    X = np.column_stack([np.ones(len(frame)), frame["t"], frame["x"]])
    same = frame["who"].to_numpy()[:, None] == frame["who"].to_numpy()[None, :]
    Z = X[:, :2]
    V = np.eye(len(frame)) + (Z @ L @ L.T @ Z.T) * same
    inverse = np.linalg.inv(V)
    beta = np.linalg.solve(X.T @ inverse @ X, X.T @ inverse @ frame["y"])
    rest = frame["y"] - X @ beta
    n, dof = len(frame), len(frame) - 3 * reml
    rss = rest @ inverse @ rest
    direct = np.linalg.slogdet(V)[1] + dof * (1 + np.log(2 * np.pi * rss / dof))
    y_scale = 1 / s.basis.right[-1, -1]
    ours = value + 2 * dof * np.log(y_scale)
    if reml:
        direct += np.linalg.slogdet(X.T @ inverse @ X)[1]
        ours -= 2 * np.linalg.slogdet(s.basis.right[:-1, :-1])[1]
    assert n == s.n_rows
    assert ours == pytest.approx(direct, rel=1e-11)


@pytest.mark.parametrize("reml", [True, False])
def test_derivatives_are_exact(reml):
    _, c, _ = criterion(reml)
    gradient, hessian = c.derivatives(THETA, c.value(THETA)[1])
    np.testing.assert_allclose(gradient, numeric_gradient(lambda t: c.value(t)[0], THETA), rtol=1e-6, atol=1e-6)
    direct = numeric_gradient(lambda t: c.derivatives(t, c.value(t)[1])[0], THETA)
    np.testing.assert_allclose(hessian, direct, rtol=1e-6, atol=1e-5)


def test_derivative_of_the_cross_products():
    _, c, _ = criterion(reml=True)
    directions = c.factor.directions(c.factor.matrix(THETA))
    at = slopes(c.sums, c.value(THETA)[1], directions, reml=True)
    D = c.factor.matrix(THETA) @ c.factor.matrix(THETA).T
    for j, E in enumerate(directions):
        up, down = (relative_weights(c.sums, c.cross, D + way * 1e-6 * E).Q for way in (1, -1))
        np.testing.assert_allclose(at.d_cross[j], (up - down) / 2e-6, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("reml", [True, False])
def test_nested_gradient_is_exact(reml):
    s, c, _ = criterion(reml, groups="site/who")
    nested = NestedDeviance(s.sums, s.cross, s.n_rows, reml, Factor(2), s.outer)
    theta = np.append(THETA, 0.6)
    gradient = nested.gradient(theta, nested.value(theta)[1])
    np.testing.assert_allclose(gradient, numeric_gradient(lambda t: nested.value(t)[0], theta), rtol=1e-6, atol=1e-6)
    assert nested.value(np.append(THETA, 0.0))[0] == pytest.approx(c.value(THETA)[0], rel=1e-12)


STRUCTURES = {
    "unstructured": [1.1, 0.3, 0.9, 0.2, 0.1, 0.8],
    "cs": [1.2, 0.4],
    "csh": [0.1, 0.2, -0.1, 0.3],
    "ar1": [0.2, 0.5],
    "toeplitz": [1.2, 0.4, 0.1],
}


def wave_criterion(name, arms):
    from mirabal_toolkit.mixed.design import Roles, build_design
    from mirabal_toolkit.mixed.lmm_pass import Standard, standards
    from mirabal_toolkit.mixed.mmrm_sums import wave_sums

    frame = data()[lambda d: d["t"] < 4]
    design = build_design("y ~ t + x", frame, Roles("who", time="t"))
    shifts, scales, _ = standards(design)
    slots = design.time_codes + 3 * (design.groups.codes % 2) * (arms == 2)
    sums = wave_sums(design, slots, 3 * arms, Standard(shifts, scales))
    one = structure(name, 3)
    return WaveDeviance(sums, float(len(frame)), True, ByArm(one, 3, 2) if arms == 2 else one)


@pytest.mark.parametrize("name", STRUCTURES)
@pytest.mark.parametrize("arms", [1, 2])
def test_wave_derivatives_are_exact(name, arms):
    c = wave_criterion(name, arms)
    theta = np.array(STRUCTURES[name] * arms)
    gradient, hessian = c.derivatives(theta, c.value(theta)[1])
    np.testing.assert_allclose(gradient, numeric_gradient(lambda t: c.value(t)[0], theta), rtol=1e-6, atol=1e-6)
    direct = numeric_gradient(lambda t: c.derivatives(t, c.value(t)[1])[0], theta)
    np.testing.assert_allclose(hessian, direct, rtol=1e-5, atol=1e-4)


def test_a_matrix_that_is_no_covariance_has_no_deviance():
    assert wave_criterion("cs", 1).value(np.array([1.0, 1.5])) is None


def test_solve_refuses_what_is_not_positive_definite():
    s, c, _ = criterion(reml=True)
    weighted = relative_weights(c.sums, -c.cross, np.eye(2))
    assert solve(weighted, s.n_rows, reml=True) is None


def test_newton_step_descends_from_a_saddle():
    step, gain = newton_step(np.array([1.0, 1.0]), np.diag([2.0, -2.0]))
    assert step @ [1.0, 1.0] < 0
    assert gain > 0


class Quartic:
    """A criterion that is not defined beyond 3."""

    def value(self, theta):
        return None if abs(theta[0]) > 3 else (float((theta[0] ** 2 - 1) ** 2), None)

    def derivatives(self, theta, state):
        x = theta[0]
        return np.array([4 * x * (x**2 - 1)]), np.array([[12 * x**2 - 4]])


@pytest.mark.parametrize("start", [0.1, 0.5, 2.9, -2.0])
def test_minimise_finds_a_minimum(start):
    found = minimise(Quartic(), np.array([start]))
    assert abs(found.theta[0]) == pytest.approx(1.0, abs=1e-5)
    assert found.stationary


def test_minimise_gives_up_where_nothing_is_defined():
    assert minimise(Quartic(), np.array([5.0])) is None
