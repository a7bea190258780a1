"""`lmm` against lme4, lmerTest and pbkrtest; `mmrm` against nlme.

Tolerances: 1e-6 relative for log-likelihoods; 1e-4 relative for estimates, standard errors and degrees of
freedom; lme4 finds variances by a method without derivatives, to about 1e-5, hence 3e-4 for them.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed import lmm, mmrm, profile_conf_int

GOLDEN = Path(__file__).parent
CASES = {
    "sleepstudy_slope": ("sleepstudy", "Reaction ~ Days", "Subject", "~ Days"),
    "sleepstudy_intercept": ("sleepstudy", "Reaction ~ Days", "Subject", "~ 1"),
    "orthodont_slope": ("orthodont", "distance ~ age * Sex", "Subject", "~ age"),
    "waves_slope": ("waves", "score ~ C(wave) * arm + age", "person_id", "~ months"),
    "waves_intercept": ("waves", "score ~ C(wave) * arm + age", "person_id", "~ 1"),
    "zero_intercept": ("zero", "score ~ C(wave) * arm", "person_id", "~ 1"),
    "two_people": ("two", "y ~ t", "person_id", "~ 1"),
    "real_times": ("real", "score ~ t * arm + age", "person_id", "~ t"),
    "wide_scale": ("wide", "score ~ days + income + arm", "person_id", "~ days"),
    "pastes_nested": ("pastes", "strength ~ 1", "batch/cask", "~ 1"),
}
MMRM = {
    "orthodont": ("distance ~ C(age) * Sex", "Subject", "age"),
    "waves": ("score ~ C(wave) * arm + age", "person_id", "wave"),
}
# R's name of a term: ours
TERMS = {
    "(Intercept)": "Intercept",
    "SexFemale": "Sex[T.Female]",
    "age:SexFemale": "age:Sex[T.Female]",
    **{f"factor(wave){k}": f"C(wave)[T.{k}]" for k in range(2, 6)},
    **{f"factor(wave){k}:arm": f"C(wave)[T.{k}]:arm" for k in range(2, 6)},
    **{f"factor(age){k}": f"C(age)[T.{k}]" for k in (10, 12, 14)},
    **{f"factor(age){k}:SexFemale": f"C(age)[T.{k}]:Sex[T.Female]" for k in (10, 12, 14)},
}
# nlme and lme4 take Male as the reference: the levels of Orthodont's Sex are in that order
LEVELS = {"Sex": ["Male", "Female"]}


@cache
def data(name):
    frame = pd.read_csv(GOLDEN / "data" / f"lmm_{name}.csv")
    return frame.assign(**{k: pd.Categorical(frame[k], v) for k, v in LEVELS.items() if k in frame})


@cache
def values(name):
    return pd.read_csv(GOLDEN / "values" / f"{name}.csv")


@cache
def fitted(case, method, df="satterthwaite"):
    name, formula, groups, re_formula = CASES[case]
    return lmm(formula, data(name), groups=groups, re_formula=re_formula, reml=method == "REML", df=df)


def expected(case, method, kind):
    table = values("lmm_values")
    rows = table[(table["case"] == case) & (table["method"] == method) & (table["kind"] == kind)]
    assert len(rows), f"no reference for {case} {method} {kind}"
    return rows.set_index("name")["value"].rename(index=TERMS)


def both():
    return [(case, method) for case in CASES for method in ("REML", "ML")]


def test_every_reference_is_compared():
    table = values("lmm_values")
    assert set(table["case"]) == set(CASES)
    assert set(table["kind"]) == {
        "llf", "scale", "estimate", "std_error", "df_satterthwaite", "cov_re", "mode", "profile",
        "df_kenward_roger", "std_error_kenward_roger", "f_satterthwaite", "f_kenward_roger",
    }  # fmt: skip


@pytest.mark.parametrize(("case", "method"), both())
def test_log_likelihood(case, method):
    reference = expected(case, method, "llf")["llf"]
    assert fitted(case, method).llf == pytest.approx(reference, rel=1e-6)
    assert fitted(case, method).llf > reference - 1e-6 * abs(reference)


@pytest.mark.parametrize(("case", "method"), both())
@pytest.mark.parametrize(("kind", "attribute"), [
    ("estimate", "params"), ("std_error", "bse"), ("df_satterthwaite", "df_satterthwaite"),
])  # fmt: skip
def test_estimates(case, method, kind, attribute):
    reference = expected(case, method, kind)
    ours = getattr(fitted(case, method), attribute)[reference.index]
    errors = fitted(case, method).bse[reference.index] if kind == "estimate" else 0.0
    # an estimate near zero is compared on the scale of its standard error
    np.testing.assert_array_less(np.abs(ours - reference), 1e-4 * (reference.abs() + errors))


@pytest.mark.parametrize(("case", "method"), [pair for pair in both() if pair[0] != "wide_scale"])
def test_variances(case, method):
    fit = fitted(case, method)
    ours = [fit.scale]
    reference = [expected(case, method, "scale")["residual"]]
    parts = expected(case, method, "cov_re")
    if case == "pastes_nested":
        ours += [fit.cov_re.iloc[0, 0], fit.outer_variance]
        reference += [parts["cask:batch/(Intercept)/(Intercept)"], parts["batch/(Intercept)/(Intercept)"]]
    else:
        rows, columns = np.tril_indices(len(fit.cov_re))
        ours += list(fit.cov_re.to_numpy()[rows, columns])
        reference += list(parts)
    np.testing.assert_allclose(ours, reference, rtol=3e-4, atol=3e-4 * fit.scale * 1e-2)


@pytest.mark.parametrize("case", [
    "sleepstudy_slope", "sleepstudy_intercept", "orthodont_slope", "waves_slope", "waves_intercept", "two_people",
    "real_times",
])  # fmt: skip
def test_kenward_roger(case):
    fit = fitted(case, "REML", "kenward-roger")
    for kind, ours in (("df_kenward_roger", fit.df), ("std_error_kenward_roger", fit.bse)):
        reference = expected(case, "REML", kind)
        np.testing.assert_allclose(ours[reference.index], reference, rtol=1e-4)


@pytest.mark.parametrize(
    ("case", "method"), [pair for pair in both() if pair[0] not in ("wide_scale", "pastes_nested")]
)
def test_conditional_modes(case, method):
    fit = fitted(case, method)
    reference = expected(case, method, "mode")
    ours = fit.random_effects["Intercept"]
    ours.index = ours.index.astype(str)
    scale = np.sqrt(max(fit.cov_re.iloc[0, 0], 1e-8))
    np.testing.assert_allclose(ours[reference.index], reference, atol=3e-4 * scale)


@pytest.mark.parametrize(("df", "kind"), [("satterthwaite", "f_satterthwaite"), ("kenward-roger", "f_kenward_roger")])
def test_joint_test(df, kind):
    fit = fitted("waves_slope", "REML", df)
    contrasts = np.eye(len(fit.names))[[":arm" in name for name in fit.names]]
    test = fit.f_test(contrasts)
    reference = expected("waves_slope", "REML", kind)
    ours = [test.statistic, test.df_numerator, test.df_denominator]
    np.testing.assert_allclose(ours, reference[["F", "df_numerator", "df_denominator"]], rtol=1e-4)


@pytest.mark.parametrize(
    ("case", "spreads"),
    [
        ("waves_intercept", {".sig01": "sd Intercept"}),
        ("sleepstudy_slope", {".sig01": "sd Intercept", ".sig02": "cor Intercept Days", ".sig03": "sd Days"}),
    ],
)
def test_profile_intervals(case, spreads):
    ours = profile_conf_int(fitted(case, "ML"))
    reference = expected(case, "ML", "profile")
    names = {".sigma": "sigma", **TERMS, **spreads}
    assert len(reference) == 2 * len(ours)
    for label, value in reference.items():
        name, side = label.rsplit(" ", 1)
        bound = ours.loc[names.get(name, name), f"conf_{side}"]
        # lme4 interpolates its profile, hence a tolerance on the scale of the interval
        width = np.ptp(ours.loc[names.get(name, name)])
        assert bound == pytest.approx(value, abs=2e-4 * width)


# ---- mmrm -----------------------------------------------------------------------------------------


def mmrm_expected(case, method, cov, kind):
    table = values("lmm_mmrm_values")
    mine = (table[["case", "method", "cov", "kind"]] == [case, method, cov, kind]).all(axis=1)
    assert mine.any(), f"no reference for {case} {method} {cov} {kind}"
    return table[mine].set_index("name")["value"].rename(index=TERMS)


@cache
def mmrm_fitted(case, method, cov):
    formula, groups, time = MMRM[case]
    return mmrm(formula, data(case), groups=groups, time=time, cov=cov, reml=method == "REML")


MMRM_CASES = [(c, m, s) for c in MMRM for m in ("REML", "ML") for s in ("unstructured", "cs", "csh", "ar1")]


def test_every_mmrm_reference_is_compared():
    table = values("lmm_mmrm_values")
    assert {tuple(row) for row in table[["case", "method", "cov"]].drop_duplicates().to_numpy()} == set(MMRM_CASES)


@pytest.mark.parametrize(("case", "method", "cov"), MMRM_CASES)
def test_mmrm(case, method, cov):
    fit = mmrm_fitted(case, method, cov)
    reference = mmrm_expected(case, method, cov, "llf")["llf"]
    assert fit.llf == pytest.approx(reference, rel=1e-6)
    estimates = mmrm_expected(case, method, cov, "estimate")
    errors = mmrm_expected(case, method, cov, "std_error")
    np.testing.assert_array_less(np.abs(fit.params[estimates.index] - estimates), 1e-4 * (estimates.abs() + errors))
    np.testing.assert_allclose(fit.bse[errors.index], errors, rtol=1e-4)
    waves = mmrm_expected(case, method, cov, "cov_waves")
    rows, columns = np.tril_indices(len(fit.waves))
    np.testing.assert_allclose(fit.cov_waves.to_numpy()[rows, columns], waves, rtol=3e-4)
