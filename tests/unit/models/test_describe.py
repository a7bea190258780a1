import numpy as np
import pytest

from mirabal_toolkit.models.describe import by_wave, cochran_q

NAN = np.nan


def test_a_percentage_counts_those_who_answered(measured):
    rows = list(by_wave(measured([[1, 0], [1, NAN], [0, 0], [1, 1]])))
    assert [(row["wave"], row["count"], row["n_obs"]) for row in rows] == [(1, 3, 4), (2, 1, 3)]
    assert rows[0]["estimate"] == pytest.approx(75)


@pytest.mark.parametrize(("value", "limits"), [(0, (0, 25.89)), (1, (74.11, 100))])
def test_nobody_and_everybody_get_a_one_sided_exact_interval_and_a_flag(measured, value, limits):
    row = next(by_wave(measured([[value]] * 10)))
    assert (row["conf_low"], row["conf_high"]) == pytest.approx(limits, abs=0.01)
    assert "zero_cell" in row["flags"]


def test_a_wave_without_answers_is_said_to_be_not_estimable(measured):
    rows = list(by_wave(measured([[1, NAN], [0, NAN]])))
    assert rows[1]["flags"] == ("not_estimable",)
    assert "estimate" not in rows[1]


def test_a_mean_carries_its_spread_and_who_stands_behind_it(measured):
    rows = list(by_wave(measured([[0.0], [50.0], [100.0]], outcome="physical_score", model="lmm")))
    mean, spread = rows
    assert (mean["estimate"], mean["count"], mean["n_obs"], mean["scale"]) == (50, 2, 3, "points")
    assert spread["estimate"] == pytest.approx(50)
    assert "few_people" in mean["flags"]


def test_cochran_q_says_how_many_people_it_leaves(measured, waves_of_answers):
    row = next(cochran_q(measured(waves_of_answers)))
    complete = ~np.isnan(waves_of_answers).any(axis=1)
    assert (row["n_persons"], row["n_universe"], row["df"]) == (complete.sum(), 150, 4)
    assert row["p_value"] < 0.001


def test_cochran_q_where_nobody_changed_is_one(measured):
    assert next(cochran_q(measured([[1, 1], [0, 0], [1, 1]])))["p_value"] == 1


@pytest.mark.parametrize(("others", "dominated"), [([5, 1, 1, 1, 1], True), ([5, 4, 4, 1, 1], False)])
def test_a_mean_that_one_answer_makes_is_flagged(measured, others, dominated):
    rows = [[float(value)] for value in (90, *others)]
    mean, _ = by_wave(measured(rows, outcome="physical_score", model="lmm"))
    assert ("dominated" in mean["flags"]) == dominated
