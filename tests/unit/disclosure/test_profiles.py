"""A plan's own rules in place of those of its disclosure profile."""

from dataclasses import replace

import pandas as pd
import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.core.plan import DisclosureRules
from mirabal_toolkit.disclosure.profiles import PROFILES, profile_of
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.errors import FindingsError
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.synthetic import Change, simulate

PLAN = """\
format: "1"
id: mine
version: "1.0.0"
title: My plan
instrument: partner-safety
disclosure_profile: public
outcomes:
  - {outcome: physical_any}
  - {outcome: weapon_used}
"""


def planned(tmp_path, rules=""):
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN + rules, encoding="utf-8")
    return load_plan(path)


@pytest.fixture(scope="module")
def panel():
    study = simulate(mt.load_instrument("partner-safety"), people=90, waves=5, seed=4, change=Change(strength=2.0))
    return mt.score(mt.clean(study.waves)).to_panel()


def shown_counts(released):
    shares = released.estimates.frame
    return shares.loc[shares["analysis"] == "prevalence", "count"].dropna()


def test_a_plan_without_rules_has_those_of_its_profile(tmp_path):
    assert profile_of(planned(tmp_path)) == PROFILES["public"]


def test_rules_left_out_stay_those_of_the_profile(tmp_path):
    plan = planned(tmp_path, "disclosure_rules: {threshold: 12, minimum_base: 30}\n")
    assert plan.disclosure_rules == DisclosureRules(threshold=12, minimum_base=30)
    assert profile_of(plan) == replace(
        PROFILES["public"], name="public, with rules of the plan", threshold=12, minimum_base=30
    )


def test_zeros_are_shown_only_where_the_plan_says_so(tmp_path, panel):
    plan = planned(tmp_path, "disclosure_rules: {hide_zeros: false}\n")
    none = pd.Series(shown_counts(release(mt.analyse(panel, plan), PROFILES["public"]))).eq(0).sum()
    some = pd.Series(shown_counts(release(mt.analyse(panel, plan), profile_of(plan)))).eq(0).sum()
    assert (none, some > 0) == (0, True)


def test_a_plan_may_round_more_coarsely(tmp_path, panel):
    plan = planned(tmp_path, "disclosure_rules: {rounding: 15, threshold: 15, hide_zeros: false}\n")
    counts = shown_counts(release(mt.analyse(panel, plan), profile_of(plan)))
    assert (counts > 0).any()
    assert (counts % 15 == 0).all()


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("disclosure_rules: {threshold: 25}", "percentages may rest on 20 people, while fewer than 25 are hidden"),
        ("disclosure_rules: {threshold: 2}", "is below 3"),
        ("disclosure_rules: {zeros: true}", "“zeros” is not known here"),
        ("disclosure_rules: {}", "is empty"),
    ],
)
def test_rules_that_cannot_hold_are_refused(tmp_path, rules, told):
    with pytest.raises(FindingsError) as caught:
        profile_of(planned(tmp_path, rules))
    assert told in str(caught.value)


def test_a_profile_that_hides_nothing_takes_no_rules(tmp_path):
    plan = replace(planned(tmp_path, "disclosure_rules: {threshold: 12}"), disclosure_profile="internal")
    with pytest.raises(FindingsError, match="hides nothing"):
        profile_of(plan)
