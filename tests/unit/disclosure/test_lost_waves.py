"""What may leave about those who were lost."""

import pytest

from mirabal_toolkit.core.results import estimates_frame
from mirabal_toolkit.disclosure.estimates import protect_estimates
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.plans.loading import load_plan

FUNDER = PROFILES["funder"]


def protected(*records):
    frame = protect_estimates(estimates_frame(records), FUNDER, load_plan("steps-to-safety"))
    return frame.to_dict("records")


def group(term, count, n, outcome="injured", analysis="lost_and_retained"):
    row = {"analysis": analysis, "outcome": outcome, "estimand": "experienced", "wave": 5, "term": term}
    return {**row, "scale": "percent", "estimate": 100 * count / n, "count": count, "n_obs": n, "n_persons": n}


def test_where_few_of_those_lost_are_counted_those_retained_are_hidden_too():
    """Else the wave's total minus those retained gives those lost."""
    rows = protected(group("lost", 3, 40), group("retained", 30, 60))
    assert all("suppressed" in row["flags"] for row in rows)
    shown = protected(group("lost", 13, 40), group("retained", 30, 60))
    assert [row["count"] for row in shown] == [15, 30]


def test_one_small_site_hides_the_attrition_of_all_sites():
    sites = [
        {**group("lost", count, 30, "P1", "attrition"), "estimand": site}
        for site, count in (("site_a", 12), ("site_b", 2), ("site_c", 9))
    ]
    rows = protected(*sites, group("lost", 23, 90, "interviewed", "attrition"))
    assert ["suppressed" in row["flags"] for row in rows] == [True, True, True, False]


@pytest.mark.parametrize(("term", "hidden"), [("smallest", True), ("largest", True), ("median", False)])
def test_an_extreme_weight_is_that_of_one_woman(term, hidden):
    row = {"analysis": "weights", "outcome": "injured", "estimand": "experienced", "contrast": "w5 - w1", "term": term}
    (found,) = protected({**row, "scale": "ratio", "estimate": 1.234, "n_obs": 200, "n_persons": 80})
    assert ("suppressed" in found["flags"]) == hidden


def test_how_many_were_filled_in_is_a_count_of_people():
    row = {"analysis": "imputed_change", "outcome": "injured", "estimand": "experienced", "contrast": "w5 - w1"}
    row |= {"term": "filled_in", "scale": "people", "n_obs": 100, "n_persons": 100}
    few, many = protected({**row, "count": 3, "estimate": 3.0}, {**row, "count": 43, "estimate": 43.0})
    assert "suppressed" in few["flags"]
    assert (many["count"], many["estimate"]) == (45, 45)


def test_bounds_are_recomputed_from_rounded_counts():
    row = {"analysis": "bounds", "outcome": "injured", "estimand": "experienced", "contrast": "w5 - w1"}
    row |= {"term": "lowest", "scale": "percentage_points", "n_obs": 118, "n_persons": 118}
    (found,) = protected({**row, "estimate": -100 * 37 / 118})
    assert found["estimate"] == round(-100 * 35 / 120)


def test_what_is_estimated_of_a_hidden_wave_is_hidden_with_it():
    base = {"outcome": "injured", "estimand": "experienced", "n_obs": 60, "n_persons": 60}
    wave = {**base, "analysis": "prevalence", "wave": 5, "scale": "percent", "estimate": 5.0, "count": 3}
    names = ("imputed_change", "tipping_point", "shifted_change", "weighted_change", "bounds", "reference_change")
    rows = [
        {**base, "analysis": name, "contrast": "w5 - w1", "scale": "percentage_points", "estimate": -30.0}
        for name in names
    ]
    assert all("suppressed" in row["flags"] for row in protected(wave, *rows))
