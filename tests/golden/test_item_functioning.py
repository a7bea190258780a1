"""Ordinal regression and item functioning against MASS::polr (tests/golden/r/item_functioning.R)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.models.item_functioning import item_functioning
from mirabal_toolkit.models.ordinal_regression import fit_ordinal

HERE = Path(__file__).parent
VALUES = pd.read_csv(HERE / "values" / "item_functioning.csv").set_index(["item", "quantity"])["value"]
DATA = pd.read_csv(HERE / "data" / "item_functioning.csv")
ITEMS = [f"i{number}" for number in range(1, 6)]
SCORE = DATA[ITEMS].mean(axis=1).to_numpy()
QUANTITIES = {"llf1", "llf2", "llf3", "llf_null", "slope"} | {
    f"{kind} {part}" for kind in ("uniform", "non_uniform") for part in ("change", "statistic", "p_value")
}


@pytest.mark.parametrize("item", ITEMS)
def test_the_regression_on_the_score(item):
    z = ((SCORE - SCORE.mean()) / SCORE.std())[:, None]
    fit = fit_ordinal(DATA[item].to_numpy(float), z)
    # polr stops at a relative change of the likelihood of 1e-15: its slopes are right to five digits.
    np.testing.assert_allclose(fit.params[0], VALUES[item, "slope"], rtol=1e-4)
    np.testing.assert_allclose([fit.llf, fit.llf_null], [VALUES[item, "llf1"], VALUES[item, "llf_null"]], rtol=1e-8)


@pytest.mark.parametrize("item", ITEMS)
def test_uniform_and_non_uniform(item):
    group = pd.factorize(DATA["group"], sort=True)[0]
    found = item_functioning(DATA[item].to_numpy(float), SCORE, group)
    for kind, one in zip(("uniform", "non_uniform"), found, strict=True):
        np.testing.assert_allclose(one.change, VALUES[item, f"{kind} change"], atol=1e-7)
        np.testing.assert_allclose(one.statistic, VALUES[item, f"{kind} statistic"], atol=1e-4)
        np.testing.assert_allclose(one.p_value, VALUES[item, f"{kind} p_value"], rtol=1e-3)


def test_the_items_made_to_work_differently_are_found():
    group = pd.factorize(DATA["group"], sort=True)[0]
    found = {item: item_functioning(DATA[item].to_numpy(float), SCORE, group) for item in ITEMS}
    assert [item for item in ITEMS if found[item][0].notable] == ["i2"]
    assert [item for item in ITEMS if found[item][1].notable] == ["i4"]


def test_every_reference_value_is_tested():
    assert set(VALUES.index) == {(item, quantity) for item in ITEMS for quantity in QUANTITIES}
