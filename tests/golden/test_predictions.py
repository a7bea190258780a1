"""Standardised predictions and contrasts against R: written out, and by emmeans (tests/golden/r/predictions.R)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed import adjust_p_values, contrasts, gee, glmm, lmm, predictions

HERE = Path(__file__).parent
VALUES = pd.read_csv(HERE / "values" / "predictions.csv")
DATA = pd.read_csv(HERE / "data" / "gee_waves.csv")

FORMULAS = {"binomial": "hurt ~ C(wave) + arm + age", "poisson": "visits ~ C(wave) + arm + age"}
FORMULAS["gaussian"] = "score ~ C(wave) + arm + age"
GEE_CASES = [f"gee_{name}-{kind}" for name in FORMULAS for kind in ("response-people", "response-rows", "link-rows")]
OTHERS = ["gee_did-response-people", "glmm-population-people", "glmm-typical-people", "lmm-response-rows"]


def reference(case):
    return VALUES[VALUES["case"] == case].set_index("term")


def together(*tables):
    return pd.concat([table[["term", "estimate", "std_error", "df"]] for table in tables]).set_index("term")


def compare(found, case, estimate, std_error):
    expected = reference(case)
    assert set(expected.index) <= set(found.index)
    found = found.loc[expected.index]
    np.testing.assert_allclose(found["estimate"], expected["estimate"], err_msg=case, **estimate)
    np.testing.assert_allclose(found["std_error"], expected["std_error"], rtol=std_error, err_msg=case)
    return found, expected


def test_every_registered_case_is_in_the_reference_and_no_other():
    assert set(VALUES["case"]) == {*GEE_CASES, *OTHERS}


@pytest.mark.parametrize("case", GEE_CASES)
def test_gee(case):
    name, scale, over = case.removeprefix("gee_").split("-")
    fit = gee(FORMULAS[name], DATA, groups="person_id", family=name, cov_type="robust", df="normal")
    options = {"scale": scale, "over": over}
    found = together(predictions(fit, "wave", **options), contrasts(fit, "wave", "pairwise", **options))
    # geepack's and our root agree to 1e-7; R's derivatives are differences
    compare(found, case, {"rtol": 1e-6, "atol": 1e-7}, 1e-5)


def test_difference_in_differences():
    fit = gee("hurt ~ C(wave) * arm + age", DATA, groups="person_id", family="binomial", cov_type="robust")
    found = together(contrasts(fit, "wave", between="arm"))
    compare(found, "gee_did-response-people", {"rtol": 1e-6, "atol": 1e-7}, 1e-5)


@pytest.mark.parametrize("target", ["population", "typical"])
def test_glmm_integrated_over_people_or_typical(target):
    fit = glmm("hurt ~ C(wave) + arm", DATA, groups="person_id", n_quad=25)
    options = {"target": target}
    found = together(predictions(fit, "wave", **options), contrasts(fit, "wave", **options))
    # glmer stops at 1e-6 or so, and its deviance was differenced twice for the covariance
    compare(found, f"glmm-{target}-people", {"rtol": 1e-4, "atol": 1e-5}, 1e-3)


def test_lmm_as_emmeans_with_satterthwaite():
    fit = lmm("score ~ C(wave) * arm + age", DATA, groups="person_id")
    options = {"over": "rows"}
    found = together(predictions(fit, "wave", **options), contrasts(fit, "wave", "consecutive", **options))
    found, expected = compare(found, "lmm-response-rows", {"rtol": 1e-5, "atol": 1e-6}, 1e-4)
    # lmerTest differentiates numerically
    np.testing.assert_allclose(found["df"], expected["df"], rtol=1e-3)


@pytest.mark.parametrize("method", ["holm", "bh", "bonferroni", "none"])
def test_adjustments_are_those_of_p_adjust(method):
    known = pd.read_csv(HERE / "values" / "adjust.csv")
    np.testing.assert_allclose(adjust_p_values(known["p"].to_numpy(), method), known[method], rtol=1e-14)
