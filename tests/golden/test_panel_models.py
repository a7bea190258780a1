"""Panel models against plm, sandwich and lme4 (tests/golden/r/panel_models.R)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.models.panel_models import correlated_effects_test, fit_panel_model
from mirabal_toolkit.models.within_between import within_between

HERE = Path(__file__).parent
VALUES = pd.read_csv(HERE / "values" / "panel_models.csv", keep_default_na=False, dtype={"value": float})
OUTCOMES = ("score", "hurt")
MODELS = ("entity", "random_effects", "first_differences")

# Closed formulas on both sides: they agree to rounding of the reference.
CLOSED = {"rtol": 1e-9}


def panel(outcome):
    data = pd.read_csv(HERE / "data" / "panel_waves.csv", dtype={"person_id": str})
    return data.assign(value=data[outcome].astype(float))[["person_id", "wave", "value", "apart"]]


def reference(case, quantity):
    rows = VALUES[(VALUES["case"] == case) & (VALUES["quantity"] == quantity)]
    assert len(rows)
    return rows["value"].to_numpy()


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("model", MODELS)
def test_changes_and_their_standard_errors(outcome, model):
    fit = fit_panel_model(model, panel(outcome)[["person_id", "wave", "value"]])
    assert fit.waves == (2, 3, 4, 5)
    np.testing.assert_allclose(fit.estimate, reference(f"{outcome} {model}", "estimate"), **CLOSED)
    np.testing.assert_allclose(fit.std_error, reference(f"{outcome} {model}", "std_error"), **CLOSED)
    assert fit.n_obs == reference(f"{outcome} {model}", "n_obs")[0]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_robust_hausman_test(outcome):
    test = correlated_effects_test(panel(outcome))
    assert test.df == 4
    np.testing.assert_allclose(test.statistic, reference(f"{outcome} mundlak", "statistic"), rtol=1e-7)
    np.testing.assert_allclose(test.p_value, reference(f"{outcome} mundlak", "p_value"), rtol=1e-7)


def test_every_reference_value_is_tested():
    panels = {f"{outcome} {model}" for outcome in OUTCOMES for model in MODELS}
    others = {f"{outcome} {name}" for outcome in OUTCOMES for name in ("mundlak", "within_between")}
    assert set(VALUES["case"]) == panels | others


# lme4 stops its search a little short of the optimum; glmer's is the coarser one.
@pytest.mark.parametrize(("outcome", "tolerance"), [("score", 1e-6), ("hurt", 2e-4)])
def test_within_and_between_against_lme4(outcome, tolerance):
    found = within_between(panel(outcome), ("apart",), binary=outcome == "hurt")
    assert [one.part for one in found] == ["within", "between"]
    for quantity in ("estimate", "std_error"):
        ours = [getattr(one, quantity) for one in found]
        np.testing.assert_allclose(ours, reference(f"{outcome} within_between", quantity), rtol=tolerance)
