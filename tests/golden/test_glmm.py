"""glmm against lme4::glmer, glmmTMB and survival::clogit (tests/golden/r/glmm_fits.R)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed import glmm

HERE = Path(__file__).parent
VALUES = pd.read_csv(HERE / "values" / "glmm.csv", keep_default_na=False, dtype={"value": float})

FORMULAS = {
    ("waves", "binomial", ""): "hurt ~ C(wave) + arm",
    ("waves", "poisson", ""): "visits ~ C(wave) + arm",
    ("waves", "negative_binomial", ""): "nights ~ C(wave) + arm",
    ("waves", "binomial", "slope"): "hurt ~ months + arm",
    ("waves", "poisson", "slope"): "visits ~ months + arm",
    ("waves", "binomial", "scales"): "hurt ~ income + day",
    ("zero", "binomial", ""): "hurt ~ arm + months",
    ("bacteria", "binomial", ""): "y ~ drug + week",
    ("cbpp", "binomial", ""): "sick ~ C(period)",
    ("pairs", "binomial", ""): "event ~ treated",
}
QUADRATURE = {
    "waves-binomial-logit-9",
    "bacteria-binomial-logit-9",
    "cbpp-binomial-logit-9",
    "pairs-binomial-logit-9",
    "pairs-binomial-logit-25",
    "waves-binomial-probit-25",
    "waves-binomial-cloglog-25",
    "waves-poisson-log-9",
    "zero-binomial-logit-9",
}
LAPLACE = {
    "waves-binomial-logit-1",
    "bacteria-binomial-logit-1",
    "cbpp-binomial-logit-1",
    "pairs-binomial-logit-1",
    "waves-binomial-probit-1",
    "waves-binomial-cloglog-1",
    "waves-poisson-log-1",
    "waves-negative_binomial-log-1",
    "waves-binomial-logit-1-slope",
    "waves-poisson-log-1-slope",
    "waves-binomial-logit-1-scales",
}

# Both references were brought to within 1e-5 standard errors of their maximum (see the script); the likelihoods then
# agree to ten digits. glmmTMB stops a little earlier where a slope or a dispersion is estimated.
LLF = {"rtol": 1e-9}
ESTIMATE_IN_SE = 1e-4
STD_ERROR = {"rtol": 1e-3}
VARIANCE = {"rtol": 1e-3, "atol": 1e-6}


def load(name):
    # rows in another order must make no difference
    return pd.read_csv(HERE / "data" / f"glmm_{name}.csv").sample(frac=1, random_state=1)


def fit_case(case):
    name, family, link, nodes, kind = (case + "-").split("-")[:5]
    choices = {"re_formula": "~ months"} if kind == "slope" else {}
    if case == "waves-poisson-log-1":
        choices["offset"] = "log_risk"
    formula = FORMULAS[name, family, kind]
    return glmm(formula, load(name), groups="person_id", family=family, link=link, n_quad=int(nodes), **choices)


def reference(case, quantity):
    rows = VALUES[(VALUES["case"] == case) & (VALUES["quantity"] == quantity)]
    return rows.set_index("term")["value"]


def test_every_registered_case_is_in_the_reference_and_no_other():
    assert set(VALUES["case"]) == QUADRATURE | LAPLACE | {"pairs-clogit"}
    for quantity in ("llf", "estimate", "std_error", "cov_re"):
        found = set(VALUES.loc[VALUES["quantity"] == quantity, "case"])
        assert found - {"pairs-clogit"} == QUADRATURE | LAPLACE


@pytest.mark.parametrize("case", sorted(QUADRATURE | LAPLACE))
def test_fit(case):
    fit = fit_case(case)
    estimate, std_error = reference(case, "estimate"), reference(case, "std_error")
    assert fit.converged
    assert set(fit.params.index) == set(estimate.index)
    np.testing.assert_allclose(fit.llf, reference(case, "llf").iloc[0], **LLF)
    assert np.abs((fit.params[estimate.index] - estimate) / std_error).max() < ESTIMATE_IN_SE
    np.testing.assert_allclose(fit.bse[std_error.index], std_error, **STD_ERROR)
    np.testing.assert_allclose(fit.cov_re.to_numpy().ravel(), reference(case, "cov_re").to_numpy(), **VARIANCE)


def test_dispersion_of_the_negative_binomial():
    case = "waves-negative_binomial-log-1"
    np.testing.assert_allclose(fit_case(case).dispersion, reference(case, "dispersion").iloc[0], rtol=1e-5)


def test_matched_pairs_of_lme4_issue_47():
    """The right answer is that of conditional logistic regression: .811 with standard error .425, p = .056."""
    fit = fit_case("pairs-binomial-logit-25")
    np.testing.assert_allclose(fit.params["treated"], reference("pairs-clogit", "estimate")["treated"], rtol=1e-4)
    np.testing.assert_allclose(fit.bse["treated"], reference("pairs-clogit", "std_error")["treated"], rtol=1e-4)
    assert round(fit.pvalues["treated"], 3) == 0.056


def test_laplace_on_matched_pairs_is_flagged():
    fit = fit_case("pairs-binomial-logit-1")
    assert not fit.trust.ok
    assert "more quadrature nodes" in str(fit.trust)


def test_variance_of_zero_is_said():
    fit = fit_case("zero-binomial-logit-9")
    assert fit.singular
    assert fit.trust.ok
    assert "estimated as zero" in str(fit.trust)


def test_grouped_answers_by_frequency_weights():
    formula = FORMULAS["cbpp", "binomial", ""]
    long = glmm(formula, load("cbpp"), groups="person_id")
    grouped = glmm(formula, load("cbpp_grouped"), groups="person_id", frequency_weights="times")
    np.testing.assert_allclose(grouped.llf, long.llf, rtol=1e-12)
    np.testing.assert_allclose(grouped.params, long.params, rtol=1e-7)
    np.testing.assert_allclose(grouped.bse, long.bse, rtol=1e-6)
    assert grouped.nobs == long.nobs
    assert grouped.bic == pytest.approx(long.bic)
