"""Arms, sites, groups and Tango's interval against R: see tests/golden/r/comparisons.R."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mirabal_toolkit.core.plan import Comparison, PlannedOutcome
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.mixed import contrasts, gee
from mirabal_toolkit.mixed.counts import PairedCounts, tango_paired
from mirabal_toolkit.models.across_groups import across_groups
from mirabal_toolkit.models.arms import compare_arms
from mirabal_toolkit.models.background import Background
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.propensity import balance, effective_size, overlap_weights
from mirabal_toolkit.models.sandwich import cr2
from mirabal_toolkit.models.sites import between_variance, change_across_sites
from mirabal_toolkit.plans.loading import load_plan

HERE = Path(__file__).parent
VALUES = pd.read_csv(HERE / "values" / "comparisons.csv").set_index(["what", "term"])
LONG = pd.read_csv(HERE / "data" / "comparisons.csv")
PEOPLE = LONG.drop_duplicates("person_id").set_index("person_id")


def golden(what, term):
    return VALUES.loc[(what, term)]


@pytest.fixture(scope="module")
def measured():
    """Return a function that lays out a column of the data as an outcome of two arms with sites."""
    instrument = load_instrument("partner-safety")

    def lay_out(column, outcome, model, **known):
        values = LONG.pivot(index="person_id", columns="wave", values=column).astype(float)
        plan = load_plan("steps-to-safety")
        return Measured(
            outcome=instrument.outcome(outcome),
            planned=PlannedOutcome(outcome, model=model),
            estimand="experienced",
            plan=replace(plan, comparison=Comparison("arm", "no", "yes", weights="overlap", propensity=("age",))),
            values=values,
            universe=values.notna(),
            background=Background(pd.DataFrame(index=values.index), **known),
        )

    return lay_out


def test_every_golden_value_is_looked_at():
    looked_at = {"cr2-linear", "cr2-logit", "cr2-points", "did-gee", "did-weighted", "balance", "balance-weighted"}
    looked_at |= {"effective-size", "between-sites", "welch", "fisher", "chi-square", "tango-low", "tango-high"}
    assert set(VALUES.index.get_level_values(0)) == looked_at


@pytest.mark.parametrize(
    ("what", "column", "family"), [("cr2-linear", "score", "gaussian"), ("cr2-logit", "hurt", "binomial")]
)
def test_cr2_and_its_degrees_of_freedom_agree_with_clubsandwich(what, column, family):
    fit = gee(f"{column} ~ C(wave)", LONG, groups="person_id", family=family, corr="independence", cov_type="robust")
    X, mean = fit.design.X, fit.fittedvalues.to_numpy()
    root = np.sqrt(mean * (1 - mean)) if family == "binomial" else np.ones(len(mean))
    codes = pd.factorize(LONG["site"])[0]
    prepared = cr2(root[:, None] * X, (fit.design.y - mean) / root, codes)
    for place, wave in enumerate((2, 3, 4), start=1):
        expected = golden(what, f"w{wave}")
        test = prepared.test(np.eye(4)[place])
        assert fit.params.iloc[place] == pytest.approx(expected["estimate"], rel=1e-6)
        # Least squares to 8 digits; glm stops its iterations at 1e-8 of the deviance.
        assert test.std_error == pytest.approx(expected["std_error"], rel=1e-6)
        assert test.df == pytest.approx(expected["df"], rel=1e-5)
        assert np.sqrt(prepared.covariance[place, place]) == pytest.approx(test.std_error)


def test_the_change_in_points_with_sites_as_clusters(measured):
    task = measured("hurt", "injured", "gee", site=PEOPLE["site"].astype("str"))
    row = next(row for row in change_across_sites(task) if row.get("model") == "cr2")
    expected = golden("cr2-points", "w4")
    assert row["estimate"] == pytest.approx(expected["estimate"], rel=1e-6)
    assert row["std_error"] == pytest.approx(expected["std_error"], rel=1e-5)
    half = stats.t.ppf(0.975, row["df"]) * row["std_error"]
    assert row["conf_high"] - row["estimate"] == pytest.approx(half)


def test_difference_in_differences_agrees_with_geepack(measured):
    task = measured("hurt", "injured", "gee", treated=PEOPLE["arm"], propensity=PEOPLE[["age", "children"]])
    rows = [row for row in compare_arms(task) if row["analysis"] == "arm_difference" and row["contrast"] == "w4 - w1"]
    everybody, weighted = (
        next(row for row in rows if row["model"] == name) for name in ("gee-logit", "overlap-weighted")
    )
    assert everybody["estimate"] == pytest.approx(golden("did-gee", "w4 - w1")["estimate"], rel=1e-4)
    assert weighted["estimate"] == pytest.approx(golden("did-weighted", "w4 - w1")["estimate"], rel=1e-5)
    # Ours are corrected for small samples (Kauermann-Carroll), geepack's are not.
    assert everybody["std_error"] == pytest.approx(golden("did-gee", "w4 - w1")["std_error"], rel=0.03)
    assert everybody["std_error"] > golden("did-gee", "w4 - w1")["std_error"]


def test_robust_standard_errors_of_the_differences_agree_with_geepack():
    weights = overlap_weights(PEOPLE["arm"], PEOPLE[["age", "children"]])
    data = LONG.assign(w=LONG["person_id"].map(weights))
    for what, corr, column in (("did-gee", "exchangeable", None), ("did-weighted", "independence", "w")):
        fit = gee(
            "hurt ~ C(wave) * C(arm)",
            data,
            groups="person_id",
            family="binomial",
            corr=corr,
            cov_type="robust",
            weights=column,
        )
        row = contrasts(fit, "wave", "first-last", between="arm").iloc[0]
        assert 100 * row["estimate"] == pytest.approx(golden(what, "w4 - w1")["estimate"], rel=1e-4)
        assert 100 * row["std_error"] == pytest.approx(golden(what, "w4 - w1")["std_error"], rel=1e-3)


@pytest.mark.parametrize("name", ["age", "children"])
def test_overlap_weights_balance_exactly_and_agree_with_r(name):
    weights = overlap_weights(PEOPLE["arm"], PEOPLE[["age", "children"]])
    values, treated = PEOPLE[name].to_numpy(float), PEOPLE["arm"].to_numpy(float)
    assert balance(values, treated).difference == pytest.approx(golden("balance", name)["estimate"], rel=1e-10)
    assert balance(values, treated, weights.to_numpy()).difference == pytest.approx(0, abs=1e-8)
    assert golden("balance-weighted", name)["estimate"] == pytest.approx(0, abs=1e-6)
    effective = effective_size(weights.to_numpy()[treated == 1])
    assert effective == pytest.approx(golden("effective-size", "treated")["estimate"], rel=1e-7)


def test_the_variance_between_sites_and_its_interval():
    grouped = LONG.groupby("site")["score"].agg(["mean", "var", "count"])
    means, within = grouped["mean"].to_numpy(), (grouped["var"] / grouped["count"]).to_numpy()
    k = len(means)
    for term, target in (
        ("estimate", k - 1),
        ("low", stats.chi2.ppf(0.975, k - 1)),
        ("high", stats.chi2.ppf(0.025, k - 1)),
    ):
        assert between_variance(means, within, float(target)) == pytest.approx(
            golden("between-sites", term)["estimate"], rel=1e-6
        )


def test_differences_between_groups(measured):
    last = LONG[LONG["wave"] == 4].set_index("person_id")
    names = last["arm"].map({0: "a", 1: "b"})
    for column, outcome in (("score", "space_score"), ("hurt", "injured")):
        task = measured(column, outcome, None, group=names)
        task = replace(task, values=last[[column]].astype(float).set_axis([1], axis=1))
        rows = {row["analysis"]: row for row in across_groups(task)}
        found = rows["group_difference"]
        if column == "score":
            assert found["conf_low"] == pytest.approx(golden("welch", "low")["estimate"])
            assert found["conf_high"] == pytest.approx(golden("welch", "high")["estimate"])
            assert found["df"] == pytest.approx(golden("welch", "low")["df"])
            assert found["p_value"] == pytest.approx(golden("welch", "p")["estimate"])
        else:
            assert found["p_value"] == pytest.approx(golden("fisher", "p")["estimate"])
            assert rows["group_test"]["p_value"] == pytest.approx(golden("chi-square", "p")["estimate"])


@pytest.mark.parametrize("case", [(1, 7, 21), (12, 3, 60), (5, 9, 44), (20, 2, 62)])
def test_tangos_interval_agrees_with_a_numerical_score_test(case):
    stopped, started, n = case
    key = "/".join(map(str, case))
    found = tango_paired(PairedCounts(both=0, stopped=stopped, started=started, neither=n - stopped - started))
    assert found.low == pytest.approx(golden("tango-low", key)["estimate"], abs=1e-6)
    assert found.high == pytest.approx(golden("tango-high", key)["estimate"], abs=1e-6)


def test_tangos_interval_has_ends_where_nobody_changed():
    found = tango_paired(PairedCounts(both=10, stopped=0, started=0, neither=30))
    assert found.estimate == 0
    assert -0.12 < found.low < 0 < found.high < 0.12
    assert found.low == pytest.approx(-found.high)
