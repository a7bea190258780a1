import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.core.results import estimates_frame
from mirabal_toolkit.models.missing_waves.analysing import LostWaves, estimate_lost
from mirabal_toolkit.models.missing_waves.attrition import (
    attrition,
    badness,
    last_answers,
    lost_and_retained,
    standardised_difference,
    worse_off_before,
)
from mirabal_toolkit.models.missing_waves.chains import impute, seeds_of
from mirabal_toolkit.models.missing_waves.dropout import drop_out_table, model_drop_out
from mirabal_toolkit.models.missing_waves.extremes import bound_records, bounds_of_change
from mirabal_toolkit.models.missing_waves.imputed import Filled
from mirabal_toolkit.models.missing_waves.layout import lay_out
from mirabal_toolkit.models.missing_waves.tipping import find_turn, level_at, shifted_change, tipping_records
from mirabal_toolkit.models.missing_waves.weights import cut_back, path_weights, weighted_records

NAN = np.nan


@pytest.fixture
def filled(study):
    def fill(values, outcome="injured"):
        measured, people = study(values, outcome=outcome)
        layout = lay_out(measured, people)
        return Filled(measured, layout, impute(layout, seeds_of(1, "a", 15), 4))

    return fill


def test_at_the_turn_the_interval_just_reaches_zero(filled, scored):
    half = scored.copy()
    half[::2, 3] = NAN
    one = filled(half, "space_score")
    rows = {row["term"]: row for row in tipping_records(one) if row["analysis"] == "tipping_point"}
    assert rows["shift"]["estimate"] > 0
    assert rows["at_turn"]["estimate"] - rows["expected"]["estimate"] == pytest.approx(rows["shift"]["estimate"])
    lost = one.layout.lost[:, -1]
    values = one.imputed.values[:, :, -1].copy()
    # scores are moved by the same number of points until some reach the end of the scale
    shifts = np.linspace(0, 100, 2001)
    means = [np.clip(values[:, lost] + shift, 0, 100).mean() for shift in shifts]
    shift = shifts[np.abs(np.array(means) - rows["at_turn"]["estimate"]).argmin()]
    values[:, lost] = np.clip(values[:, lost] + shift, 0, 100)
    low, high = one.limits(one.change(values))
    assert low < high
    assert high == pytest.approx(0, abs=0.3)


def test_moving_the_lost_moves_only_the_lost_and_always_the_same_way(filled, lived, lose):
    one = filled(lose(lived))
    lost = one.layout.lost[:, -1]
    levels = [level_at(one, shift) for shift in (-20, -1, 0, 1, 20)]
    assert levels == sorted(levels)
    assert (levels[0], levels[-1]) == (0, 100)
    for shift in (-5.0, 5.0):
        assert np.array_equal(one.imputed.shifted(shift)[:, ~lost], one.imputed.values[:, ~lost, -1])
    assert shifted_change(one, 1.0).estimate > shifted_change(one, 0.0).estimate


def test_a_change_that_nothing_can_turn_says_so(filled):
    rng = np.random.default_rng(1)
    values = np.column_stack([np.ones(100), np.ones(100), np.zeros(100), np.zeros(100)])
    values[:10, 3] = NAN
    values[rng.random(100) < 0.1, 0] = 0
    one = filled(values)
    rows = list(tipping_records(one))
    assert rows[0]["flags"] == ("never_turns",)
    assert rows[0]["estimate"] is None
    assert find_turn(one).clear


def test_where_no_change_is_clear_nothing_can_turn(filled):
    rng = np.random.default_rng(2)
    values = (rng.random((80, 4)) < 0.5).astype(float)
    values[:20, 3] = NAN
    assert next(iter(tipping_records(filled(values))))["flags"] == ("no_clear_change",)


def test_where_nobody_was_lost_there_is_nothing_to_move(filled, lived):
    assert list(tipping_records(filled(lived))) == []


def test_bounds_by_hand(study):
    values = np.array([[10, 20, 30, 40], [20, 20, NAN, NAN], [NAN, 0, 0, 60], [30, 30, 30, 30]] * 3, dtype=float)
    measured, people = study(values, outcome="space_score")
    rows = list(bound_records(measured, lay_out(measured, people)))
    # first wave: (10, 20, ?, 30), last: (40, ?, 60, 30), the unknown from 0 to 100
    assert [row["estimate"] for row in rows] == pytest.approx([(130 - 160) / 4, (230 - 60) / 4])
    assert [row["term"] for row in rows] == ["lowest", "highest"]


def test_the_truth_lies_between_the_bounds(lived, lose):
    values = lose(lived)[:, [0, -1]]
    low, high = bounds_of_change(values, np.isnan(values), np.ones_like(values, dtype=bool), (0.0, 1.0))
    assert low < lived[:, -1].mean() - lived[:, 0].mean() < high


def test_weights_rest_on_the_model_of_drop_out(study, lived, lose):
    measured, people = study(lose(lived, on=2.0))
    chances = model_drop_out(measured, people)
    rows, names = drop_out_table(measured, people)
    assert names["answer"] == ("injured", "1")
    assert len(rows) == 3 * len(lived)
    assert chances.fit.params["answer"] == pytest.approx(-2.0, abs=0.9)
    # a logit model with waves as categories reproduces the share seen at every wave
    by_wave = chances.rows.groupby("wave")[["seen", "chance", "share"]].mean()
    np.testing.assert_allclose(by_wave["chance"], by_wave["seen"], atol=1e-6)
    np.testing.assert_allclose(by_wave["share"], by_wave["seen"])


def test_weighting_makes_up_for_loss_that_earlier_answers_explain(study, lived, lose):
    truth, errors = 100 * (lived[:, -1].mean() - lived[:, 0].mean()), []
    for seed in range(5):
        values = lose(lived, seed, on=2.0)
        measured, people = study(values)
        row = next(row for row in weighted_records(measured, people) if row["analysis"] == "weighted_change")
        alone = 100 * (np.nanmean(values[:, -1]) - np.nanmean(values[:, 0]))
        errors.append((row["estimate"] - truth, alone - truth))
    weighted, alone = np.mean(errors, axis=0)
    assert alone < -3
    assert abs(weighted) < abs(alone) / 2


def test_those_who_stay_stand_for_those_who_left_at_any_wave(study):
    """Women who leave stay away; each leaves or stays by her last score. Of the bias a fifth at most is left.

    Weights of the last step alone leave four fifths of it.
    """
    errors = []
    for seed in range(4):
        rng = np.random.default_rng([7, seed])
        scores = 45 + 12 * rng.normal(size=(400, 1)) + 9 * rng.normal(size=(400, 4))
        gone, kept = np.zeros(400, dtype=bool), scores.copy()
        for wave in (1, 2, 3):
            gone |= rng.random(400) > 1 / (1 + np.exp(-1.7 - (scores[:, wave - 1] - 45) / 15))
            kept[gone, wave] = NAN
        measured, people = study(kept, outcome="space_score")
        row = next(row for row in weighted_records(measured, people) if row["analysis"] == "weighted_change")
        truth, seen = scores[:, -1].mean() - scores[:, 0].mean(), kept[~gone]
        errors.append((row["estimate"] - truth, seen[:, -1].mean() - kept[:, 0].mean() - truth))
    weighted, alone = np.mean(errors, axis=0)
    assert alone > 3
    assert abs(weighted) < alone / 5


def test_weights_of_a_woman_who_came_back_by_hand():
    rows = pd.DataFrame(
        {
            "person_id": ["a", "b", "a", "b", "a", "b"],
            "seen": [0.0, 1.0, 1.0, 1.0, 1.0, 0.0],
            "chance": [0.8, 0.8, 0.3, 0.9, 1.0, 0.0],
            "share": [0.6, 0.6, 0.2, 0.8, 1.0, 0.0],
        }
    )
    b = [0.6 / 0.8, 0.6 / 0.8 * 0.8 / 0.9]
    assert path_weights(rows) == pytest.approx([0.4 / 0.2, b[0], 2 * 0.2 / 0.3, b[1], 2 * 0.2 / 0.3, b[1]])


def test_extreme_weights_are_cut_back():
    found = cut_back(np.concatenate([np.ones(99), [500.0]]))
    assert found.cut == 1
    assert found.values.max() <= 10
    assert found.effective < 100


def test_without_loss_there_are_no_weights(study, lived):
    measured, people = study(lived)
    assert [row["flags"] for row in weighted_records(measured, people)] == [("not_estimable",)]


def test_standardised_differences_by_hand():
    lost, stayed = np.array([1.0, 2.0, 3.0]), np.array([3.0, 4.0, 5.0])
    found = standardised_difference(lost, stayed)
    assert found.estimate == pytest.approx(-2.0)
    assert found.std_error == pytest.approx(np.sqrt(1 / 3 + 1 / 3 + 4 / 12))
    assert np.isnan(standardised_difference(lost, lost[:1]).estimate)


def test_those_lost_because_they_were_worse_off_are_told_from_those_lost_by_chance(study, scored, plan):
    worst = scored[:, 2] > np.median(scored[:, 2])
    found = {}
    for name, gone in {"worst": worst, "chance": np.arange(len(scored)) % 2 == 0}.items():
        values = scored.copy()
        values[gone, 3] = NAN
        measured, people = study(values, outcome="coercion_score")
        rows = list(worse_off_before(people, plan, [measured]))
        found[name] = {row["term"]: row for row in rows if row["wave"] == 4}
        assert next(iter(last_answers(people, measured)))["count"] == gone.sum()
    assert found["worst"]["ever"]["conf_low"] > 1
    assert found["worst"]["next"]["conf_low"] > 1
    assert abs(found["chance"]["ever"]["estimate"]) < 0.3


def test_better_outcomes_are_turned_before_they_are_put_together(study, scored):
    worse, _ = study(scored, outcome="coercion_score")
    better, _ = study(100 - scored, outcome="space_score")
    np.testing.assert_allclose(badness([worse, better]), badness([worse]), atol=1e-9)


def test_attrition_counts_everybody_who_started_but_the_dead(study, lived, plan):
    values = lived[:50].copy()
    values[:10, 3] = NAN
    status = np.where(np.isnan(values), "wave_missed", "interviewed").astype(object)
    status[0, 3] = "died"
    _, people = study(values, status=status)
    rows = list(attrition(people, plan))
    assert (rows[0]["count"], rows[0]["n_obs"]) == (9, 49)
    sites = [row for row in rows if row["outcome"] == "P1" and row.get("term") == "lost"]
    assert sum(row["count"] for row in sites) == 9
    assert rows[-1]["model"] == "fisher"


def test_lost_and_retained_add_up(study, lived, plan, lose):
    measured, people = study(lose(lived))
    rows = [row for row in lost_and_retained(people, plan, [measured]) if row["outcome"] == "injured"]
    first = lived[:, 0]
    by_term = {row["term"]: row for row in rows}
    assert by_term["lost"]["count"] + by_term["retained"]["count"] == first.sum()
    assert by_term["lost"]["n_obs"] + by_term["retained"]["n_obs"] == len(first)


def test_every_row_is_one_that_results_know(study, lived, lose, plan):
    measured, people = study(lose(lived))
    rows = estimate_lost(LostWaves(measured, people, plan.missing_data))
    rows += [*attrition(people, plan), *lost_and_retained(people, plan, [measured])]
    frame = estimates_frame([*rows, *worse_off_before(people, plan, [measured])])
    assert isinstance(frame, pd.DataFrame)
    assert set(frame["analysis"]) >= {"imputed_change", "tipping_point", "weighted_change", "bounds", "last_answer"}
