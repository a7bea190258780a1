"""Every derivative of every family against central differences: a wrong one would make fits subtly wrong, not fail."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mirabal_toolkit.mixed.families import (
    BinomialCloglog,
    BinomialLogit,
    BinomialProbit,
    NegativeBinomialLog,
    PoissonLog,
    RowFamily,
)
from mirabal_toolkit.mixed.families_ordinal import CumulativeLogit, CumulativeProbit

ETA = np.linspace(-4.0, 4.0, 24)
BINARY = np.tile([0.0, 1.0], 12)
COUNTS = np.tile([0.0, 1.0, 7.0], 8)
ORDINAL = np.tile([0.0, 1.0, 2.0, 3.0], 6)
NONE = np.zeros(0)

CASES: dict[str, tuple[RowFamily, np.ndarray, np.ndarray]] = {
    "logit": (BinomialLogit(), BINARY, NONE),
    "probit": (BinomialProbit(), BINARY, NONE),
    "cloglog": (BinomialCloglog(), BINARY, NONE),
    "poisson": (PoissonLog(), COUNTS, NONE),
    "negative binomial": (NegativeBinomialLog(), COUNTS, np.array([0.4])),
    "negative binomial near Poisson": (NegativeBinomialLog(), COUNTS, np.array([12.0])),
    "cumulative logit": (CumulativeLogit(4), ORDINAL, np.array([-1.0, 0.3, 2.0])),
    "cumulative probit": (CumulativeProbit(4), ORDINAL, np.array([-1.0, 0.3, 2.0])),
}


@pytest.mark.parametrize("name", CASES)
def test_derivatives_in_eta(name: str) -> None:
    family, y, aux = CASES[name]
    step = 1e-5
    up, down = family.mode_terms(ETA + step, y, aux), family.mode_terms(ETA - step, y, aux)
    here = family.mode_terms(ETA, y, aux)
    for order in range(3):
        numeric = (up[order] - down[order]) / (2 * step)
        np.testing.assert_allclose(here[order + 1], numeric, rtol=2e-6, atol=2e-7)


@pytest.mark.parametrize("name", CASES)
def test_node_terms_agree_with_mode_terms(name: str) -> None:
    family, y, aux = CASES[name]
    node, mode = family.node_terms(ETA, y, aux), family.mode_terms(ETA, y, aux)
    np.testing.assert_allclose(node.log_density, mode.log_density)
    np.testing.assert_allclose(node.slope, mode.slope)
    for one, other in zip(node.aux_slopes, mode.aux_slopes, strict=True):
        np.testing.assert_allclose(one, other)


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name][0].n_aux])
def test_derivatives_in_the_auxiliaries(name: str) -> None:
    family, y, aux = CASES[name]
    step = 1e-5
    here = family.mode_terms(ETA, y, aux)
    for place in range(family.n_aux):
        shift = np.zeros(family.n_aux)
        shift[place] = step
        up, down = family.mode_terms(ETA, y, aux + shift), family.mode_terms(ETA, y, aux - shift)
        constant = family.constant(y, aux + shift) - family.constant(y, aux - shift)
        expected = ((up[0] - down[0] + constant).sum(), (up[1] - down[1]).sum(), (up[2] - down[2]).sum())
        got = (here.aux_slopes, here.aux_of_slope, here.aux_of_curvature)
        for channels, numeric in zip(got, expected, strict=True):
            np.testing.assert_allclose(family.collect(channels, y)[place], numeric / (2 * step), rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("name", CASES)
def test_far_tails_stay_finite(name: str) -> None:
    family, y, aux = CASES[name]
    for eta in (np.full(24, -60.0), np.full(24, 60.0)):
        terms = family.mode_terms(eta, y, aux)
        for part in (*terms[:4], *terms.aux_slopes):
            assert np.all(np.isfinite(part))
        assert np.all(terms.curvature <= 1e-12)


@pytest.mark.parametrize("family", [CumulativeLogit(4), CumulativeProbit(4)])
def test_disordered_thresholds_are_impossible(family: RowFamily) -> None:
    assert family.feasible(np.array([-1.0, 0.0, 2.0]))
    assert not family.feasible(np.array([0.0, -1.0, 2.0]))


@pytest.mark.parametrize("family", [CumulativeLogit(4), CumulativeProbit(4)])
def test_category_probabilities_add_up_to_one(family: RowFamily) -> None:
    aux = np.array([-1.0, 0.3, 2.0])
    total = sum(np.exp(family.node_terms(ETA, np.full(24, float(code)), aux).log_density) for code in range(4))
    np.testing.assert_allclose(total, 1.0, rtol=1e-12)


def test_negative_binomial_against_scipy_and_its_poisson_limit() -> None:
    for log_theta in (-1.0, 2.0, 9.0, 9.5, 15.0, 24.0):
        family, aux, theta = NegativeBinomialLog(), np.array([log_theta]), np.exp(log_theta)
        found = family.node_terms(ETA, COUNTS, aux).log_density + family.constant(COUNTS, aux)
        if log_theta < 10:
            expected = stats.nbinom.logpmf(COUNTS, theta, theta / (theta + np.exp(ETA)))
            np.testing.assert_allclose(found, expected, rtol=1e-9)
        else:
            np.testing.assert_allclose(found, stats.poisson.logpmf(COUNTS, np.exp(ETA)), atol=3e3 / theta)


def test_limits_of_the_auxiliaries() -> None:
    assert NegativeBinomialLog().at_limit(np.array([20.0]), 10.0)
    assert not NegativeBinomialLog().at_limit(np.array([5.0]), 10.0)
    assert not PoissonLog().at_limit(NONE, 10.0)
    assert not CumulativeLogit(4).at_limit(np.array([-1.0, 0.3, 2.0]), 3.0)


def test_means() -> None:
    np.testing.assert_allclose(BinomialProbit().mean(ETA), stats.norm.cdf(ETA))
    np.testing.assert_allclose(BinomialCloglog().mean(ETA), 1 - np.exp(-np.exp(ETA)))
    np.testing.assert_allclose(NegativeBinomialLog().mean(ETA), np.exp(ETA))
    np.testing.assert_allclose(CumulativeLogit(4).mean(ETA), ETA)
