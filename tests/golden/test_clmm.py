"""clmm against ordinal::clmm and ordinal::nominal_test (tests/golden/r/clmm_fits.R)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed import clmm

HERE = Path(__file__).parent
VALUES = pd.read_csv(HERE / "values" / "clmm.csv", keep_default_na=False, dtype={"value": float})

FORMULAS = {
    "wine": "rating ~ warm + contact",
    "waves": "safety ~ C(wave) + arm",
    "alternating": "safety ~ C(wave) + x",
}
FITS = {f"{name}-{link}-{nodes}" for name in ("wine", "waves") for link in ("logit", "probit") for nodes in (1, 10)}
FITS |= {"alternating-logit-10"}

# ordinal stops a few 1e-5 standard errors short of the maximum and takes its second derivatives by differences; the
# likelihood, flat there, agrees to nine digits.
LLF = {"rtol": 1e-7}
ESTIMATE_IN_SE = 2e-4
STD_ERROR = {"rtol": 1e-4}
VARIANCE = {"rtol": 2e-4, "atol": 1e-6}


def fit_case(case):
    name, link, nodes = case.split("-")
    data = pd.read_csv(HERE / "data" / f"clmm_{name}.csv").sample(frac=1, random_state=1)
    return clmm(FORMULAS[name], data, groups="person_id", link=link, n_quad=int(nodes))


def reference(case, quantity):
    rows = VALUES[(VALUES["case"] == case) & (VALUES["quantity"] == quantity)]
    return rows.set_index("term")["value"]


def test_every_registered_case_is_in_the_reference_and_no_other():
    assert set(VALUES["case"]) == FITS | {"alternating-odds"}
    for quantity in ("llf", "estimate", "std_error", "cov_re"):
        assert set(VALUES.loc[VALUES["quantity"] == quantity, "case"]) == FITS


@pytest.mark.parametrize("case", sorted(FITS))
def test_fit(case):
    fit = fit_case(case)
    estimate, std_error = reference(case, "estimate"), reference(case, "std_error")
    ours = pd.concat([fit.thresholds, fit.params])
    ours_se = pd.concat([fit.thresholds_se, fit.bse])
    assert fit.converged
    assert set(ours.index) == set(estimate.index)
    np.testing.assert_allclose(fit.llf, reference(case, "llf").iloc[0], **LLF)
    assert np.abs((ours[estimate.index] - estimate) / std_error).max() < ESTIMATE_IN_SE
    np.testing.assert_allclose(ours_se[std_error.index], std_error, **STD_ERROR)
    np.testing.assert_allclose(fit.cov_re.iloc[0, 0], reference(case, "cov_re").iloc[0], **VARIANCE)


def test_variance_of_zero_is_said():
    fit = fit_case("alternating-logit-10")
    assert fit.singular
    assert fit.trust.ok
    assert "estimated as zero" in str(fit.trust)


def test_proportional_odds():
    found = fit_case("alternating-logit-10").proportional_odds_test()
    for quantity in ("statistic", "df", "p_value"):
        expected = reference("alternating-odds", quantity)
        np.testing.assert_allclose(found[quantity][expected.index], expected, rtol=1e-5)
    assert found["converged"].all()
