"""GEE against geepack, and against R code written out from the papers (tests/golden/r/gee.R)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed.gee_model import gee

HERE = Path(__file__).parent
VALUES = pd.read_csv(HERE / "values" / "gee.csv", keep_default_na=False, dtype={"value": float})

FORMULAS = {
    ("waves", "binomial"): "hurt ~ C(wave) * arm + age",
    ("waves", "poisson"): "visits ~ C(wave) + arm + age",
    ("waves", "gaussian"): "score ~ C(wave) + arm + age",
    ("gaps", "binomial"): "hurt ~ C(wave) + arm",
    ("zero", "binomial"): "hurt ~ C(wave) + arm",
    ("ohio", "binomial"): "resp ~ age * smoke",
    ("respiratory", "binomial"): "outcome ~ second + active + male + age + baseline",
    ("dietox", "gaussian"): "weight ~ wave * copper",
    ("epil", "poisson"): "y ~ lbase * active + lage",
}
KINDS = ("independence", "exchangeable", "ar1", "unstructured")

# geepack and ours iterate to 1e-9 standard errors or closer; what is left is rounding.
ESTIMATE = {"rtol": 1e-6, "atol": 1e-8}
STD_ERROR = {"rtol": 1e-5}
# d-tilde inverts one matrix a person, in R through eigenvectors of unsymmetric matrices.
DF = {"rtol": 1e-4}


def registered() -> set[str]:
    """Every case the R script must have written."""
    plain = {f"{s}-{f}-{c}-plain" for s, f in FORMULAS for c in KINDS if s != "zero"}
    # geepack cannot fit an unstructured correlation to waves with gaps, nor ever saw 12 × 12 for dietox
    plain -= {"gaps-binomial-unstructured-plain", "dietox-gaussian-unstructured-plain"}
    weighted = {f"waves-{f}-{c}-ipw" for f in ("binomial", "poisson", "gaussian") for c in KINDS}
    firth = {f"{s}-{c}-firth" for s in ("zero-binomial", "waves-poisson") for c in KINDS[:2]}
    offset = {f"waves-poisson-{c}-offset" for c in ("exchangeable", "ar1")}
    return plain | weighted | firth | offset


def fit_case(case, **choices):
    data_name, family, corr, kind = case.split("-")
    data = pd.read_csv(HERE / "data" / f"gee_{data_name}.csv")
    formula = FORMULAS[data_name, family]
    if kind == "firth":
        formula = f"{formula.split(' ~ ')[0]} ~ C(wave) + arm"
        choices["penalty"] = "firth"
    if kind == "offset":
        data["log_time"] = np.log(data["ipw"])
        formula, choices["offset"] = "visits ~ C(wave) + arm", "log_time"
    if kind == "ipw":
        choices["weights"] = "ipw"
    # rows in another order must make no difference
    shuffled = data.sample(frac=1, random_state=1)
    return gee(formula, shuffled, groups="person_id", time="wave", family=family, corr=corr, **choices)


def reference(case, quantity):
    rows = VALUES[(VALUES["case"] == case) & (VALUES["quantity"] == quantity)]
    return rows.set_index("term")["value"]


def cases_with(quantity):
    return sorted(VALUES.loc[VALUES["quantity"] == quantity, "case"].unique())


def test_every_registered_case_is_in_the_reference_and_no_other():
    assert set(VALUES["case"]) == registered()
    assert set(cases_with("estimate")) == registered()


@pytest.mark.parametrize("case", sorted(registered()))
def test_estimates_scale_and_correlation(case):
    fit = fit_case(case, cov_type="robust")
    expected = reference(case, "estimate")
    assert fit.converged
    assert set(fit.params.index) == set(expected.index)
    np.testing.assert_allclose(fit.params[expected.index], expected, **ESTIMATE)
    for name, value in (("scale", [fit.scale]), ("alpha", alphas(fit))):
        known = reference(case, name)
        if len(known):
            np.testing.assert_allclose(value, known, rtol=1e-6, atol=1e-8, err_msg=name)


def alphas(fit):
    corr = fit.root.corr
    return corr.matrix[np.triu_indices(len(corr.matrix), 1)] if corr.kind == "unstructured" else [corr.rho]


@pytest.mark.parametrize("case", cases_with("se_geepack"))
def test_robust_standard_errors_are_those_of_geepack(case):
    expected = reference(case, "se_geepack")
    fit = fit_case(case, cov_type="robust")
    np.testing.assert_allclose(fit.bse[expected.index], expected, **STD_ERROR)


SMALL = {"md": "mancl-derouen", "kc": "kauermann-carroll", "fg": "fay-graubard", "robust": "robust", "naive": "naive"}


@pytest.mark.parametrize("short", SMALL)
@pytest.mark.parametrize("case", cases_with("se_md"))
def test_small_sample_standard_errors(case, short):
    expected = reference(case, f"se_{short}")
    fit = fit_case(case, cov_type=SMALL[short])
    np.testing.assert_allclose(fit.bse[expected.index], expected, **STD_ERROR)


@pytest.mark.parametrize("short", ["md", "kc", "fg", "robust"])
@pytest.mark.parametrize("case", cases_with("df_md"))
def test_fay_graubard_degrees_of_freedom(case, short):
    expected = reference(case, f"df_{short}")
    fit = fit_case(case, cov_type=SMALL[short], df="satterthwaite")
    np.testing.assert_allclose(fit.df[expected.index], expected, **DF)


@pytest.mark.parametrize("case", sorted(case for case in registered() if case.endswith("firth")))
def test_penalised_model_based_standard_errors(case):
    expected = reference(case, "se_naive")
    fit = fit_case(case, cov_type="naive")
    np.testing.assert_allclose(fit.bse[expected.index], expected, **STD_ERROR)
