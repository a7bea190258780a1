"""Reliability coefficients against R's psych (tests/golden/r/reliability.R)."""

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed.reliability import (
    alpha_without_each,
    average_inter_item_correlation,
    cronbach_alpha,
    item_rest_correlations,
    mcdonald_omega,
    one_factor,
)

SCALES = ("even", "mixed", "short")
SINGLE = ("alpha", "alpha_low", "alpha_high", "average_r", "omega")
BY_ITEM = ("item_rest", "alpha_without", "loading")


@pytest.fixture(scope="module")
def expected(golden_values):
    return pd.read_csv(golden_values / "reliability.csv", keep_default_na=False)


def of(expected, scale, what):
    return expected.query("scale == @scale and what == @what")["value"].to_numpy(float)


@pytest.fixture(params=SCALES)
def scale(request, golden_values):
    data = pd.read_csv(golden_values / f"reliability_data_{request.param}.csv").to_numpy(float)
    return request.param, data


def test_every_golden_value_is_compared(expected):
    items = {"even": 5, "mixed": 8, "short": 3}
    cells = {(scale, what, "") for scale in SCALES for what in SINGLE}
    cells |= {(s, what, f"i{k}") for s in SCALES for what in BY_ITEM for k in range(1, items[s] + 1)}
    assert set(expected[["scale", "what", "item"]].itertuples(index=False, name=None)) == cells


def test_alpha_and_its_interval(expected, scale):
    name, data = scale
    alpha = cronbach_alpha(data)
    found = [alpha.estimate, alpha.conf_low, alpha.conf_high]
    wanted = [of(expected, name, what)[0] for what in ("alpha", "alpha_low", "alpha_high")]
    assert found == pytest.approx(wanted, rel=1e-9)  # closed forms on both sides


def test_items_against_the_rest(expected, scale):
    name, data = scale
    assert item_rest_correlations(data) == pytest.approx(of(expected, name, "item_rest"), rel=1e-9)
    assert alpha_without_each(data) == pytest.approx(of(expected, name, "alpha_without"), rel=1e-9)
    assert average_inter_item_correlation(data) == pytest.approx(of(expected, name, "average_r")[0], rel=1e-9)


def test_one_factor_and_omega(expected, scale):
    name, data = scale
    loadings = one_factor(np.corrcoef(data, rowvar=False)[None])[0]
    # psych minimises with optim(L-BFGS-B), whose own tolerance leaves about four digits.
    assert loadings == pytest.approx(of(expected, name, "loading"), abs=2e-4)
    assert mcdonald_omega(data, resamples=0).estimate == pytest.approx(of(expected, name, "omega")[0], abs=1e-4)
