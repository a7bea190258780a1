import numpy as np
import pytest

from mirabal_toolkit.models.paired import first_to_last

NAN = np.nan


def rows_of(measured, analysis, term=""):
    return [row for row in first_to_last(measured) if row["analysis"] == analysis and row.get("term", "") == term]


def test_a_change_counts_only_people_seen_at_both_ends(measured):
    data = measured([[1, 1, 0], [1, NAN, 0], [1, 0, NAN], [0, 1, 1], [0, 0, 0], [1, 1, 1]])
    change = rows_of(data, "paired_change", "change")[0]
    assert (change["n_obs"], change["contrast"]) == (5, "w3 - w1")
    assert change["estimate"] == pytest.approx(100 * (2 - 3) / 5)
    assert [rows_of(data, "paired_change", term)[0]["count"] for term in ("stopped", "started")] == [2, 1]
    assert change["p_value"] == pytest.approx(1.0)


def test_cessation_looks_at_the_last_two_observed_waves(measured):
    data = measured(
        [
            [1, 0, 0, NAN, NAN],  # stopped
            [1, 1, 1, 0, 0],  # stopped
            [1, 0, NAN, 1, 0],  # not: one of her last two was yes
            [1, 0, NAN, NAN, NAN],  # cannot be told: seen once after
            [0, 0, 0, 0, 0],  # was not exposed
        ]
    )
    row = rows_of(data, "cessation")[0]
    assert (row["count"], row["n_obs"], row["n_universe"]) == (2, 3, 4)


def test_onset_is_among_those_not_exposed_at_the_start(measured):
    row = rows_of(measured([[0, 1], [0, 0], [0, 0], [1, 1], [0, NAN]]), "onset")[0]
    assert (row["count"], row["n_obs"]) == (1, 3)


def test_without_pairs_nothing_is_estimated(measured):
    change = rows_of(measured([[1, NAN], [NAN, 1]]), "paired_change", "change")[0]
    assert change["flags"] == ("not_estimable",)


def test_a_score_change_has_before_after_and_a_standardised_size(measured):
    before = np.array([60.0, 40, 80, 20, 50, 70])
    after = np.array([30.0, 35, 40, 25, 20, 30])
    data = measured(np.column_stack([before, after]), outcome="physical_score", model="lmm")
    change = rows_of(data, "paired_mean_change", "change")[0]
    assert change["estimate"] == pytest.approx((after - before).mean())
    size = rows_of(data, "paired_mean_change", "standardised")[0]
    average_sd = np.sqrt((before.var(ddof=1) + after.var(ddof=1)) / 2)
    assert size["estimate"] == pytest.approx((after - before).mean() / average_sd)
    assert size["conf_low"] < size["estimate"] < size["conf_high"]


def test_recurrence_counts_those_in_whom_it_came_back(measured):
    no, yes, lost = 0, 1, np.nan
    values = [
        [yes, no, yes, no, no],  # came back
        [yes, no, no, no, no],  # did not
        [no, yes, no, lost, yes],  # began later, stopped, came back
        [yes, yes, yes, yes, no],  # its absence was seen at her last wave only
        [yes, yes, lost, lost, lost],  # never absent
        [no, no, no, no, no],  # never present
    ]
    rows = [row for row in first_to_last(measured(values)) if row["analysis"] == "recurrence"]
    assert [(row["count"], row["n_persons"]) for row in rows] == [(2, 3)]


def test_recurrence_of_nobody_is_not_estimated(measured):
    rows = [row for row in first_to_last(measured([[0, 0], [1, 1]])) if row["analysis"] == "recurrence"]
    assert rows[0]["flags"] == ("not_estimable",)


def test_the_plan_chooses_the_interval_of_a_paired_change(measured):
    from dataclasses import replace

    task = measured([[1, 0]] * 9 + [[0, 1]] * 2 + [[0, 0]] * 20)
    change = {
        name: next(
            row
            for row in first_to_last(replace(task, plan=replace(task.plan, paired_interval=name)))
            if row.get("term") == "change"
        )
        for name in ("newcombe", "tango")
    }
    assert change["tango"]["model"] == "tango"
    assert change["tango"]["estimate"] == pytest.approx(change["newcombe"]["estimate"])
    assert change["tango"]["conf_low"] != change["newcombe"]["conf_low"]
    assert change["tango"]["conf_high"] == pytest.approx(change["newcombe"]["conf_high"], abs=6)
