"""The mixed models at their edges (tests/golden/r/mixed_extremes.R).

Separation with a penalty, two people, one person with a single wave among others, income in millions and time in days.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed import clmm, gee, glmm, lmm, mmrm

HERE = Path(__file__).parent
VALUES = pd.read_csv(HERE / "values" / "mixed_extremes.csv", keep_default_na=False, dtype={"value": float})


def load(name):
    return pd.read_csv(HERE / "data" / f"{name}.csv").sample(frac=1, random_state=1)


def person(fit, formula, data, **choices):
    return fit(formula, data, groups="person_id", **choices)


def robust(formula, data, family):
    return person(gee, formula, data, family=family, cov_type="robust")


ZERO, GRADES = "hurt ~ C(wave) + arm", "safety ~ C(wave) + arm"
SOFT = "weakly_informative"
FITS = {
    "zero-glmm-weakly_informative": lambda: person(glmm, ZERO, load("gee_zero"), n_quad=25, penalty=SOFT),
    "zero-glmm-firth": lambda: person(glmm, ZERO, load("gee_zero"), n_quad=25, penalty="firth"),
    "separated-clmm-weakly_informative": lambda: person(clmm, GRADES, load("mixed_separated"), n_quad=25, penalty=SOFT),
    "zero-gee-firth": lambda: person(
        gee, ZERO, load("gee_zero"), family="binomial", corr="independence", penalty="firth", cov_type="naive"
    ),
    "two-lmm": lambda: person(lmm, "score ~ t", load("mixed_two")),
    "two-glmm": lambda: person(glmm, "hurt ~ t", load("mixed_two"), n_quad=1),
    "two-gee_gaussian": lambda: robust("score ~ 1", load("mixed_two"), "gaussian"),
    "two-gee_binomial": lambda: robust("hurt ~ 1", load("mixed_two"), "binomial"),
    "single-lmm": lambda: person(lmm, "score ~ wave", load("mixed_single")),
    "single-glmm": lambda: person(glmm, "hurt ~ wave", load("mixed_single"), n_quad=1),
    "single-clmm": lambda: person(clmm, "grade ~ wave", load("mixed_single"), n_quad=10),
    "single-gee_gaussian": lambda: robust("score ~ wave", load("mixed_single"), "gaussian"),
    "single-gee_binomial": lambda: robust("hurt ~ wave", load("mixed_single"), "binomial"),
    "single-mmrm": lambda: person(mmrm, "score ~ wave", load("mixed_single"), time="wave"),
    "wide-gee_binomial": lambda: robust("hurt ~ income + day", load("mixed_wide"), "binomial"),
    "wide-clmm": lambda: person(clmm, "grade ~ income + day", load("mixed_wide"), n_quad=10),
}
# lme4 and glmmTMB stop 1e-5 standard errors short of the maximum, ordinal a little earlier, gls at 1e-4.
ESTIMATE_IN_SE = 2e-4
STD_ERROR = {"rtol": 1e-3}
LLF = {"rtol": 1e-7}
VARIANCE = {"rtol": 1e-3}


def reference(case, quantity):
    rows = VALUES[(VALUES["case"] == case) & (VALUES["quantity"] == quantity)]
    return rows.set_index("term")["value"]


def all_terms(fit):
    """Estimates and standard errors, thresholds among them where there are some."""
    if not hasattr(fit, "thresholds"):
        return fit.params, fit.bse
    return pd.concat([fit.thresholds, fit.params]), pd.concat([fit.thresholds_se, fit.bse])


def test_every_case_is_in_the_reference_and_no_other():
    assert set(VALUES["case"]) == set(FITS)


@pytest.mark.parametrize("case", FITS)
def test_fit(case):
    fit = FITS[case]()
    estimate, std_error = reference(case, "estimate"), reference(case, "std_error")
    ours, errors = all_terms(fit)
    assert fit.converged
    assert np.abs((ours[estimate.index] - estimate) / std_error).max() < ESTIMATE_IN_SE
    np.testing.assert_allclose(errors[std_error.index], std_error, **STD_ERROR)
    for value, name, tolerance in ((fit.llf, "llf", LLF), (getattr(fit, "cov_re", None), "cov_re", VARIANCE)):
        known = reference(case, name)
        if len(known):
            np.testing.assert_allclose(np.ravel(value), known, **tolerance)


@pytest.mark.parametrize("case", ["two-lmm", "two-glmm", "single-clmm", "wide-clmm"])
def test_likelihoods_and_variances_are_compared(case):
    assert len(reference(case, "llf")) == len(reference(case, "cov_re")) == 1
