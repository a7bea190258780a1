"""Two arms, subgroups and sites on answers whose truth is known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.core.plan import Comparison
from mirabal_toolkit.models.arms import compare_arms
from mirabal_toolkit.models.background import NOT_KNOWN, Background
from mirabal_toolkit.models.balance import baseline_balance
from mirabal_toolkit.models.e_value import e_value, e_value_of_odds_ratio, e_value_of_standardised
from mirabal_toolkit.models.propensity import indicators, overlap_weights, propensity_scores
from mirabal_toolkit.models.sites import change_across_sites
from mirabal_toolkit.models.subgroups import change_by_subgroup

COMPARISON = Comparison("arm", "no", "yes", weights="overlap", propensity=("age", "first_wave"))


@pytest.fixture
def study(measured):
    """Return scores of 120 people at three waves; the treated gain 12 points more; the older are treated more often."""
    rng = np.random.default_rng(7)
    treated = rng.integers(0, 2, 120)
    person = rng.normal(0, 8, (120, 1))
    scores = 40 + person + np.array([0, 8, 16]) + treated[:, None] * np.array([0, 6, 12]) + rng.normal(0, 6, (120, 3))
    scores = np.where(rng.random((120, 3)) < [0, 0.15, 0.3], np.nan, scores)

    def lay_out(values=scores, **known):
        task = measured(values, outcome="space_score", estimand="as_reported", model="lmm")
        people = task.values.index
        age = pd.DataFrame({"age": rng.normal(34, 8, 120) + 6 * treated}, index=people)
        columns = {"treated": pd.Series(treated, index=people), "propensity": age} | known
        known_of = Background(pd.DataFrame(index=people), **columns)
        plan = replace(task.plan, comparison=COMPARISON)
        return replace(task, plan=plan, planned=replace(task.planned, headline=True), background=known_of)

    return lay_out


def rows_of(records, analysis, **parts):
    return [
        row
        for row in records
        if row["analysis"] == analysis and all(row.get(name) == value for name, value in parts.items())
    ]


def test_the_difference_between_the_changes_is_found_in_every_analysis(study):
    records = list(compare_arms(study()))
    last = rows_of(records, "arm_difference", contrast="w3 - w1")
    assert {(row["model"], row["population"]) for row in last} == {
        ("lmm-random-intercept", "all_started"),
        ("overlap-weighted", "all_started"),
        ("lmm-random-intercept", "completers"),
    }
    for row in last:
        assert row["conf_low"] < 12 < row["conf_high"]
        assert row["term"] == "yes - no"
    assert rows_of(records, "arm_difference", population="completers")[0]["n_persons"] < 120


def test_the_difference_is_that_of_the_changes_in_the_arms(study):
    records = list(compare_arms(study()))
    changes = {row["term"]: row["estimate"] for row in rows_of(records, "arm_change", contrast="w3 - w1")}
    difference = rows_of(records, "arm_difference", contrast="w3 - w1", population="all_started")[0]
    assert difference["estimate"] == pytest.approx(changes["yes"] - changes["no"])


def test_swapping_the_arms_turns_the_sign(study):
    task = study()
    swapped = replace(task, background=replace(task.background, treated=1 - task.background.treated))
    ours, theirs = (
        rows_of(list(compare_arms(one)), "arm_difference", contrast="w3 - w1")[0] for one in (task, swapped)
    )
    assert ours["estimate"] == pytest.approx(-theirs["estimate"])
    assert ours["std_error"] == pytest.approx(theirs["std_error"], rel=1e-6)


def test_an_arm_that_nobody_was_seen_in_at_a_wave_is_a_flagged_row(study):
    task = study()
    holed = task.values.copy()
    holed.loc[task.background.treated == 1, 3] = np.nan
    records = list(compare_arms(replace(task, values=holed)))
    assert {row["flags"] for row in rows_of(records, "arm_difference")} == {("not_estimable",)}
    assert rows_of(records, "arm_level", wave=3, term="yes")[0]["flags"] == ("not_estimable",)


def test_an_empty_cell_of_one_arm_is_penalised(measured, waves_of_answers, study):
    treated = np.arange(150) % 2
    answers = waves_of_answers.copy()
    answers[(treated == 1), 4] = np.where(np.isnan(answers[treated == 1, 4]), np.nan, 0)
    task = measured(answers)
    known = Background(pd.DataFrame(index=task.values.index), treated=pd.Series(treated, index=task.values.index))
    comparison = Comparison("arm", "no", "yes")
    task = replace(task, plan=replace(task.plan, comparison=comparison), background=known)
    last = rows_of(compare_arms(task), "arm_difference", contrast="w5 - w1", population="all_started")
    assert last[0]["flags"] == ("penalised",)
    assert last[0]["model"] == "gee-logit"


def test_arms_told_apart_by_what_is_known_are_not_called_balanced(study):
    """All of one arm live in town, none of the other: there is no yardstick, and 0 would be the opposite of true."""
    treated = study().background.treated
    town = pd.DataFrame({"P1": np.where(treated == 1, "town", "country")}, index=treated.index)
    rows = {row["term"]: row for row in baseline_balance([study(propensity=town)]) if row["outcome"].startswith("P1=")}
    assert (rows["reference"]["estimate"], rows["treated"]["estimate"]) == (0, 100)
    assert rows["difference"]["flags"] == ("not_estimable",)
    assert "estimate" not in rows["difference"]
    alike = pd.DataFrame({"age": np.full(len(treated), 30.0)}, index=treated.index)
    (same,) = [
        r for r in baseline_balance([study(propensity=alike)]) if (r["outcome"], r["term"]) == ("age", "difference")
    ]
    assert same["estimate"] == 0


def test_balance_shows_the_start_as_found_and_weighted(study):
    rows = list(baseline_balance([study()]))
    age = {row["term"]: row for row in rows if row["outcome"] == "age"}
    assert age["difference"]["estimate"] > 0.2
    assert age["difference_weighted"]["estimate"] == pytest.approx(0, abs=1e-8)
    assert age["treated"]["estimate"] - age["reference"]["estimate"] > 0
    assert age["effective_treated"]["estimate"] <= age["treated"]["n_persons"]
    assert {row["term"] for row in rows if row["outcome"] == "space_score"} >= {"reference", "difference_weighted"}


def test_covariates_that_tell_the_arms_apart_give_no_weights():
    treated = np.repeat([0.0, 1.0], 20)
    assert propensity_scores(treated, treated[:, None] * 10) is None
    twice = np.random.default_rng(1).normal(size=(40, 1)) @ np.ones((1, 2))
    assert propensity_scores(treated, twice) is None


def test_choices_become_indicators():
    columns = pd.DataFrame({"age": [1.0, 2.0, 3.0], "site": ["a", "b", "c"]})
    assert list(indicators(columns)) == ["age", "site=b", "site=c"]


def test_overlap_weights_average_one_in_each_arm(study):
    task = study()
    weights = overlap_weights(task.background.treated, task.background.propensity)
    assert list(weights.groupby(task.background.treated).mean()) == pytest.approx([1, 1])


@pytest.mark.parametrize(("ratio", "value"), [(3.9, 7.26), (1 / 3.9, 7.26), (1.0, 1.0), (2.0, 3.41)])
def test_e_values_of_the_paper(ratio, value):
    assert e_value(ratio) == pytest.approx(value, abs=0.005)


def test_an_interval_that_holds_no_difference_needs_nothing_to_explain_it():
    assert e_value_of_odds_ratio(0.5, -0.1, 1.1, common=True).limit == 1
    clear = e_value_of_odds_ratio(-1.2, -2.0, -0.4, common=True)
    assert clear.estimate == pytest.approx(e_value(np.exp(0.6)))
    assert clear.limit == pytest.approx(e_value(np.exp(0.2)))
    assert e_value_of_standardised(4, 2, 6, spread=10).estimate == pytest.approx(e_value(np.exp(0.364)))


def test_subgroups_are_tested_once_and_estimated_with_their_bases(study):
    task = study()
    groups = pd.DataFrame({"P1": np.where(task.background.treated == 1, "site_a", "site_b")}, index=task.values.index)
    groups.iloc[:3] = NOT_KNOWN
    records = list(change_by_subgroup(replace(task, background=replace(task.background, subgroups=groups))))
    test = rows_of(records, "subgroup_test")
    assert len(test) == 1
    assert test[0]["p_value"] < 0.001
    assert test[0]["df"] == 2
    changes = {row["term"]: row for row in rows_of(records, "subgroup_change")}
    assert changes["P1=site_a"]["estimate"] - changes["P1=site_b"]["estimate"] == pytest.approx(12, abs=5)
    assert all(row.get("p_value") is None for row in changes.values())
    assert sum(row["n_persons"] for row in changes.values()) == 117


def test_random_subgroups_do_not_differ_and_the_test_is_symmetric(study):
    task = study()
    names = np.random.default_rng(2).permutation(np.repeat(["x", "y", "z"], 40))
    p_values = []
    for swap in ({}, {"x": "z", "z": "x"}):
        groups = pd.DataFrame({"P1": pd.Series(names, index=task.values.index).replace(swap)})
        known = replace(task.background, subgroups=groups)
        p_values.append(rows_of(change_by_subgroup(replace(task, background=known)), "subgroup_test")[0]["p_value"])
    assert p_values[0] > 0.01
    assert p_values[0] == pytest.approx(p_values[1], rel=1e-3)  # REML is optimised numerically


def test_a_subgroup_missing_at_a_wave_is_not_tested(study):
    task = study()
    groups = pd.DataFrame({"P1": np.where(np.arange(120) < 4, "few", "many")}, index=task.values.index)
    holed = task.values.copy()
    holed.iloc[:4, 2] = np.nan
    known = replace(task.background, subgroups=groups)
    records = list(change_by_subgroup(replace(task, values=holed, background=known)))
    assert [row["flags"] for row in records] == [("not_estimable",)]


def test_sites_as_clusters_estimate_the_same_change_with_fewer_degrees_of_freedom(study):
    sites = pd.Series(np.resize([f"s{i}" for i in range(8)], 120), index=study().values.index)
    rows = list(change_across_sites(study(site=sites)))
    by_model = {row["model"]: row for row in rows_of(rows, "site_change")}
    assert set(by_model) == {"cr2", "fay-graubard", "site-means"}
    assert by_model["cr2"]["estimate"] == pytest.approx(by_model["fay-graubard"]["estimate"], rel=1e-6)
    assert by_model["cr2"]["std_error"] == pytest.approx(by_model["fay-graubard"]["std_error"], rel=0.25)
    assert by_model["cr2"]["df"] < 8
    assert by_model["site-means"]["df"] == 7
    spread = rows_of(rows, "site_variation")[0]
    assert spread["conf_low"] <= spread["estimate"] <= spread["conf_high"]


def test_shrunken_sites_lie_between_their_own_change_and_the_average(study):
    task = study()
    sites = pd.Series(np.resize(["a", "b", "c", "d"], 120), index=task.values.index)
    moved = task.values.copy()
    moved[3] += sites.map({"a": -20, "b": 0, "c": 10, "d": 20})
    rows = list(change_across_sites(replace(task, values=moved, background=replace(task.background, site=sites))))
    own = (moved[3] - moved[1]).groupby(sites).mean()
    overall = rows_of(rows, "site_change", model="site-means")[0]["estimate"]
    for row in rows_of(rows, "site_estimate"):
        ends = sorted([own[row["term"]], overall])
        assert ends[0] - 1 <= row["estimate"] <= ends[1] + 1
    assert rows_of(rows, "site_variation")[0]["conf_low"] > 0


def test_one_site_or_too_many_give_nothing(study):
    people = study().values.index
    assert not list(change_across_sites(study(site=pd.Series("a", index=people))))
    assert not list(change_across_sites(study(site=pd.Series([f"s{i}" for i in range(120)], index=people))))


def test_the_interval_of_how_sites_differ_has_the_level_of_the_plan(study):
    """Sites that differ by as much as in the test above, at 80 and 95 percent: the narrower lies within the wider."""
    rng = np.random.default_rng(3)
    task = study()
    site = pd.Series(rng.choice(list("abcdef"), 120), index=task.values.index)
    far = task.values.add(np.outer(site.map(dict(zip("abcdef", range(6), strict=True))), [0, 5, 10]))
    limits = {}
    for level in (0.8, 0.95):
        plan = replace(task.plan, confidence_level=level)
        known = replace(task.background, site=site)
        rows = list(change_across_sites(replace(task, values=far, plan=plan, background=known)))
        spread = rows_of(rows, "site_variation")[0]
        limits[level] = (spread["conf_low"], spread["estimate"], spread["conf_high"])
    assert limits[0.95][0] < limits[0.8][0] < limits[0.8][1] < limits[0.8][2] < limits[0.95][2]
