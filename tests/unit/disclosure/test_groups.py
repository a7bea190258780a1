"""Arms, countries, subgroups and sites: a part of a whole is hidden with whatever would give it away."""

import pandas as pd
import pytest

from mirabal_toolkit.core.results import estimates_frame
from mirabal_toolkit.disclosure.estimates import protect_estimates
from mirabal_toolkit.disclosure.groups import OF_PARTS, PARTS
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.plans.loading import load_plan


def share(analysis, term, count, n, wave=1, **more):
    row = {"analysis": analysis, "outcome": "injured", "estimand": "experienced", "term": term, "wave": wave}
    return {**row, "scale": "percent", "estimate": 100 * count / n, "count": count, "n_obs": n, "n_persons": n, **more}


def model(analysis, term, **more):
    row = {"analysis": analysis, "outcome": "injured", "estimand": "experienced", "term": term}
    numbers = {"contrast": "w5 - w1", "scale": "percentage_points", "estimate": -12.345, "conf_low": -20.1}
    return {**row, **numbers, "conf_high": -4.2, "n_obs": 100, "n_persons": 100, "df": 90.0, **more}


def released(*rows):
    frame = protect_estimates(estimates_frame(list(rows)), PROFILES["funder"], load_plan("steps-to-safety"))
    return frame.to_dict("records")


def hidden(row):
    return "suppressed" in row["flags"] and pd.isna(row["estimate"]) and pd.isna(row["count"])


def test_a_small_count_in_one_arm_hides_the_other_arm_and_what_was_computed_from_both():
    rows = released(
        share("prevalence", "", 40, 120, wave=5),
        share("arm_level", "here", 3, 60, wave=5),
        share("arm_level", "there", 37, 60, wave=5),
        share("arm_level", "here", 30, 60),
        share("arm_level", "there", 37, 60),
        model("arm_difference", "here - there"),
        model("arm_difference", "here - there", contrast="w4 - w1"),
        model("e_value", "estimate", df=None),
    )
    assert [hidden(row) for row in rows] == [False, True, True, False, False, True, False, True]


def test_a_hidden_whole_hides_its_parts():
    rows = released(
        share("prevalence", "", 3, 120, wave=5), share("arm_level", "here", 0, 60, wave=5), model("arm_change", "here")
    )
    assert all(hidden(row) for row in rows)


def test_shares_of_parts_come_from_rounded_counts_and_models_in_whole_points():
    level, difference = released(share("group_level", "it", 33, 58), model("group_difference", "it - ro", wave=1))
    assert (level["count"], level["n_obs"], level["estimate"]) == (35, 60, pytest.approx(100 * 35 / 60))
    assert (difference["estimate"], difference["conf_low"]) == (-12, -20)


def test_small_countries_hide_all_countries_of_that_outcome_only():
    rows = released(
        share("group_level", "it", 4, 58),
        share("group_level", "ro", 30, 58),
        model("group_difference", "ro - it", wave=1, contrast=""),
        share("group_level", "it", 33, 58) | {"outcome": "physical_any"},
    )
    assert [hidden(row) for row in rows] == [True, True, True, False]


def test_a_subgroup_or_site_of_few_people_or_with_a_small_cell_is_hidden_alone():
    rows = released(
        model("subgroup_change", "P1=site_a", n_obs=9),
        model("subgroup_change", "P1=site_b", n_obs=30, count=2),
        model("subgroup_change", "P1=site_c", n_obs=30, count=12),
        model("site_estimate", "site_a", n_obs=12, n_persons=12, count=1, df=None),
        model("site_estimate", "site_b", n_obs=12, n_persons=12, count=5, df=None),
    )
    assert [hidden(row) for row in rows] == [True, True, False, True, False]


def test_degrees_of_freedom_that_count_sites_hide_nothing_but_few_people_do():
    rows = released(
        model("site_change", "", model="cr2", df=2.9, n_obs=4),
        model("site_change", "", model="cr2", df=2.9, n_persons=9),
        model("arm_difference", "here - there", df=8.0),
    )
    assert [hidden(row) for row in rows] == [False, True, True]


def test_balance_hides_an_item_with_a_small_count_and_its_standardised_difference():
    item = {"outcome": "P5=yes", "wave": None}
    rows = released(
        share("balance", "reference", 2, 60) | item,
        share("balance", "treated", 20, 60) | item,
        model("balance", "difference", contrast="", scale="standard_deviations") | item,
        share("balance", "reference", 25, 60) | {**item, "outcome": "P6=yes"},
    )
    assert [hidden(row) for row in rows] == [True, True, True, False]


def test_every_analysis_of_parts_is_known():
    estimates_frame([{"analysis": analysis} for analysis in PARTS | OF_PARTS])


def test_a_part_hidden_for_the_sake_of_another_is_not_said_to_be_small():
    few, other = released(share("arm_level", "here", 3, 60), share("arm_level", "there", 37, 60))
    assert "few" in few["flags"]
    assert other["flags"] == ("suppressed", "withheld")


def test_a_mean_of_nearly_everybody_is_shown_and_one_of_few_is_not():
    base = {"scale": "points", "estimate": 51.26}
    rows = released(
        share("arm_level", "here", 118, 120, **base) | {"outcome": "space_score"},
        share("arm_level", "here", 3, 120, **base) | {"outcome": "sexual_score"},
    )
    assert [hidden(row) for row in rows] == [False, True]
    assert rows[0]["estimate"] == 51.3


def test_a_hidden_whole_hides_changes_of_subgroups_sites_and_completers():
    rows = released(
        share("prevalence", "", 3, 120, wave=5),
        *(
            model(analysis, "P1=site_a", n_obs=40, df=None)
            for analysis in ("subgroup_change", "subgroup_test", "site_change", "site_estimate", "completers_change")
        ),
    )
    assert all(hidden(row) for row in rows)
