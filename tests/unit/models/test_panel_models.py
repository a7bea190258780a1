"""Panel models beside those of linearmodels, which gets there by another way; and what both refuse."""

import numpy as np
import pandas as pd
import pytest
from linearmodels.panel import FirstDifferenceOLS, PanelOLS, PooledOLS, RandomEffects

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.models.panel_models import correlated_effects_test, fit_panel_model

ROBUST = {"cov_type": "clustered", "cluster_entity": True, "debiased": True, "group_debias": True}


def panel(seed, *, lost, shuffled=False):
    """Rows of forty people at four waves, `lost` the share of answers that are missing."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(40, 1)) + rng.normal(size=(40, 4)) + [0.0, 0.5, 0.4, 1.0]
    values[rng.random(values.shape) < lost] = np.nan
    person, wave = np.nonzero(~np.isnan(values))
    rows = pd.DataFrame({"person_id": [f"P{one:02d}" for one in person], "wave": wave + 1})
    rows["value"] = values[person, wave]
    return rows.sample(frac=1, random_state=seed, ignore_index=True) if shuffled else rows


def theirs(rows):
    """The outcome, wave indicators and a constant as linearmodels takes them."""
    table = rows.set_index(["person_id", "wave"]).sort_index()
    wave = table.index.get_level_values("wave")
    waves = pd.DataFrame({f"w{number}": (wave == number).astype(float) for number in (2, 3, 4)}, index=table.index)
    return table["value"], waves, waves.assign(constant=1.0)


def same_fit(fit, reference):
    names = ["w2", "w3", "w4"]
    np.testing.assert_allclose(fit.estimate, reference.params[names], rtol=1e-9)
    np.testing.assert_allclose(fit.std_error, reference.std_errors[names], rtol=1e-9)
    assert fit.n_obs == reference.nobs


@pytest.mark.parametrize("lost", [0.0, 0.3])
def test_the_same_changes_as_linearmodels(lost):
    rows = panel(1, lost=lost)
    often = rows[rows.groupby("person_id")["value"].transform("size") > 1]
    value, waves, _ = theirs(often)
    same_fit(fit_panel_model("entity", rows), PanelOLS(value, waves, entity_effects=True).fit(**ROBUST))
    same_fit(fit_panel_model("first_differences", rows), FirstDifferenceOLS(value, waves).fit(**ROBUST))
    value, _, design = theirs(rows)
    same_fit(fit_panel_model("random_effects", rows), RandomEffects(value, design).fit(small_sample=True, **ROBUST))


def test_the_same_test_of_own_levels_as_by_a_pooled_regression_of_linearmodels():
    rows = panel(2, lost=0.3)
    value, waves, design = theirs(rows)
    averages = waves.groupby(level=0).transform("mean").add_prefix("seen_")
    fit = PooledOLS(value, design.join(averages)).fit(**ROBUST)
    beta, spread = fit.params[list(averages)], fit.cov.loc[list(averages), list(averages)]
    found = correlated_effects_test(rows)
    assert found.df == 3
    assert found.statistic == pytest.approx(float(beta @ np.linalg.solve(spread, beta)) / 3, rel=1e-9)


def test_people_who_do_not_differ_have_no_levels_of_their_own():
    """The variance of levels comes out negative and counts as none: the plain averages of the waves are left."""
    rows = panel(3, lost=0.3)
    rows["value"] -= rows.groupby("person_id")["value"].transform("mean")
    seen = rows.groupby("wave")["value"].mean()
    assert fit_panel_model("random_effects", rows).estimate == pytest.approx((seen - seen[1]).iloc[1:])


@pytest.mark.parametrize("model", ["entity", "random_effects", "first_differences"])
def test_the_order_of_rows_does_not_matter(model):
    one, other = (fit_panel_model(model, panel(4, lost=0.3, shuffled=shuffled)) for shuffled in (False, True))
    np.testing.assert_allclose(one.estimate, other.estimate, rtol=1e-10)
    np.testing.assert_allclose(one.std_error, other.std_error, rtol=1e-10)


def test_waves_that_nobody_links_cannot_be_compared():
    rows = panel(5, lost=0.0)
    early = rows["person_id"] < "P20"
    apart = rows[(early & (rows["wave"] <= 2)) | (~early & (rows["wave"] > 2))]
    for model in ("entity", "first_differences"):
        with pytest.raises(ModelError, match="cannot be told apart"):
            fit_panel_model(model, apart)
