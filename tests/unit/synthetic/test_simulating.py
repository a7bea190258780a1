from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from mirabal_toolkit.core.expressions import evaluate
from mirabal_toolkit.core.instrument import Roles
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.synthetic import Change, Course, Dropout, simulate
from mirabal_toolkit.synthetic.export import wide_export


def answers_of(study):
    return study.waves.answers.frame


def interviewed(study):
    return answers_of(study)["A0"].isin([1, 2])


def by_wave(study, name):
    """Person × wave table of one item."""
    return answers_of(study).pivot(index="person_id", columns="wave", values=name)


@pytest.fixture(scope="module")
def complete(small):
    return simulate(small, people=4000, seed=3, dropout=Dropout.none())


@pytest.fixture(scope="module")
def study(small):
    return simulate(small, people=4000, seed=3)


def test_the_seed_decides_everything(small):
    one, same, other = (simulate(small, people=50, seed=seed) for seed in (4, 4, 5))
    assert_frame_equal(answers_of(one), answers_of(same))
    assert_frame_equal(one.waves.reasons.frame, same.waves.reasons.frame)
    assert not answers_of(one).equals(answers_of(other))


def test_more_people_leave_the_first_ones_as_they_were(small):
    few, many = simulate(small, people=40), simulate(small, people=400)
    rows = len(answers_of(few))
    assert_frame_equal(answers_of(many).iloc[:rows], answers_of(few))


def test_fewer_waves_are_the_first_of_more(small):
    two, three = (
        simulate(small, people=40, waves=2, dropout=Dropout.none()),
        simulate(small, people=40, dropout=Dropout.none()),
    )
    first_two = answers_of(three).query("wave <= 2").reset_index(drop=True)
    assert_frame_equal(first_two, answers_of(two))


def test_there_is_a_row_for_every_person_at_every_wave(study):
    assert len(answers_of(study)) == 4000 * 3
    assert not answers_of(study).duplicated(["person_id", "wave"]).any()


def test_no_answer_and_a_reason_stand_together(study):
    answers, reasons = study.waves.answers.frame.drop(columns=["person_id", "wave"]), study.waves.reasons.frame
    assert not (answers.notna() & reasons.notna()).any(axis=None)


@pytest.mark.parametrize("which", ["small", "partner_safety"])
def test_routing_is_followed_in_every_cell(which, request):
    instrument = request.getfixturevalue(which)
    study = simulate(instrument, people=300, seed=8)
    answers, reasons, here = answers_of(study), study.waves.reasons.frame, interviewed(study).to_numpy()
    routed = [item for item in instrument.items if item.ask_if is not None]
    assert routed
    for item in routed:
        asked = evaluate(item.ask_if, lambda name: answers[name].to_numpy(dtype=float), instrument.option_codes)
        complete = here & (answers["A0"] == 1).to_numpy()
        assert answers.loc[here & (asked == 0), item.id].isna().all(), item.id
        assert (reasons.loc[complete & (asked == 0), item.id] == item.otherwise.value).all(), item.id
        told = answers[item.id].notna() | reasons[item.id].isin(["refused", "dont_know"])
        assert told[complete & (asked == 1)].all(), item.id


def test_items_of_other_waves_are_not_asked(complete):
    first = answers_of(complete)["wave"] == 1
    assert answers_of(complete).loc[first, "G2"].isna().all()
    assert (complete.waves.reasons.frame.loc[first, "G2"] == "not_asked").all()
    assert answers_of(complete).loc[~first, "G2"].notna().all()


def test_nobody_answers_at_a_wave_without_an_interview(study):
    away = answers_of(study)[~interviewed(study)]
    asked = [item.id for item in study.instrument.items if not item.per_person and item.id not in ("A0", "A1", "A2")]
    assert len(away) > 1000
    assert away[asked].isna().all(axis=None)
    assert study.waves.reasons.frame.loc[away.index, asked].isna().all(axis=None)


def test_the_gate_is_passed_in_interviews_and_fails_at_most_once_elsewhere(study):
    answers = answers_of(study)
    assert (answers.loc[interviewed(study), ["A1", "A2"]] == 1).all(axis=None)
    unsafe = answers[answers["A0"] == 4]
    assert len(unsafe) > 20
    assert set((unsafe[["A1", "A2"]] == 0).sum(axis=1)) == {0, 1}
    assert unsafe.loc[unsafe["A1"] == 0, "A2"].isna().all()


def test_everybody_starts_and_about_as_many_stay_as_asked_for(study):
    share = interviewed(study).groupby(answers_of(study)["wave"]).mean()
    assert share[1] == 1
    assert share[3] == pytest.approx(0.5, abs=0.03)
    assert share.is_monotonic_decreasing


def test_who_withdrew_stays_away(study):
    ended = by_wave(study, "A0")
    withdrew = ended[2] == 5
    assert withdrew.sum() > 20
    assert (ended.loc[withdrew, 3] == 5).all()


def test_some_who_miss_a_wave_come_back(study):
    ended = by_wave(study, "A0")
    assert ((ended[2] == 3) & ended[3].isin([1, 2])).sum() > 50


def lost_after_first(study, first):
    """Whether those who started are away at the last wave, and their control by him at the first."""
    return ~by_wave(study, "A0")[3].isin([1, 2]), first[1]


def test_loss_depends_on_earlier_answers_only_when_asked_to(small, complete):
    first = by_wave(complete, "F1")
    by_harm = simulate(small, people=4000, seed=3, dropout=Dropout(on_harm=1.0))
    at_random = simulate(small, people=4000, seed=3, dropout=Dropout(on_harm=0.0))
    for study, at_least, at_most in ((by_harm, 0.5, np.inf), (at_random, -0.12, 0.12)):
        lost, control = lost_after_first(study, first)
        assert at_least < control[lost].mean() - control[~lost].mean() < at_most


def test_loss_takes_no_notice_of_answers_that_nobody_heard(small):
    """Given the first interview, those lost before the second wave would have answered like those who stayed."""
    whole = simulate(small, people=20_000, seed=6, waves=2, dropout=Dropout.none())
    study = simulate(
        small, people=20_000, seed=6, waves=2, dropout=Dropout(retention=0.6, on_harm=1.0, missed=0, unsafe=0)
    )
    lost = ~by_wave(study, "A0")[2].isin([1, 2])
    names = ["C1", "C2", "C3", "F1", "G1", "K1"]
    first = answers_of(whole).query("wave == 1").set_index("person_id")[names].fillna(-1)
    second = by_wave(whole, "F1")[2]
    groups = [first[name] for name in names]
    strata = pd.DataFrame({"lost": lost, "second": second}).groupby([*groups, "lost"])["second"].agg(["mean", "size"])
    pairs = strata.unstack("lost").dropna()
    weight = 1 / (1 / pairs["size", True] + 1 / pairs["size", False])
    difference = np.average(pairs["mean", True] - pairs["mean", False], weights=weight)
    assert weight.sum() > 1000
    assert abs(difference) < 4 * 1.4 / np.sqrt(weight.sum())


def test_answers_hang_together_within_a_person(complete):
    control, freedom, harm = (by_wave(complete, name) for name in ("F1", "G1", "C1"))
    assert control[1].corr(control[3]) > 0.35
    assert control[1].corr(freedom[1]) < -0.1
    assert control[1].corr(harm[1]) > 0.1


def test_children_at_hand_are_nearly_the_same_from_wave_to_wave(complete):
    children = by_wave(complete, "K0")
    assert children[1].corr(children[3]) > 0.6
    assert children.min(axis=None) == 0
    assert 0.1 < (children[1] == 0).mean() < 0.4


def test_what_is_asked_once_is_the_same_at_every_wave(study):
    for name in ("P1", "P2"):
        told = by_wave(study, name)
        assert told.eq(told[1], axis=0).all(axis=None)
    assert answers_of(study)["P1"].value_counts(normalize=True)[1] == pytest.approx(0.5, abs=0.03)


def test_interviews_lie_in_their_windows_and_after_the_first_contact(complete):
    dates = by_wave(complete, "A_date")
    assert (dates[1] > by_wave(complete, "P2")[1]).all()
    for wave, months in ((2, 3), (3, 6)):
        off = (dates[wave] - dates[1]).dt.days - months * 365.25 / 12
        assert 10 < off.abs().max() <= 14.5


def test_refusals_and_dont_knows_come_at_their_rates(study):
    asked = interviewed(study) & (answers_of(study)["A0"] == 1)
    for reason in ("refused", "dont_know"):
        share = (study.waves.reasons.frame.loc[asked, ["F1", "G1", "M1"]] == reason).mean(axis=None)
        assert share == pytest.approx(0.012, abs=0.003)


def test_interviews_broken_off_end_early_and_say_so(study):
    broken = answers_of(study)["A0"] == 2
    assert 30 < broken.sum() < 200
    last = answers_of(study)["M1"].isna() & study.waves.reasons.frame["M1"].isna()
    assert (last & interviewed(study))[broken].mean() > 0.5
    assert not (last & interviewed(study))[~broken].any()


def test_a_course_to_nothing_ends_at_nobody(small):
    study = simulate(small, people=3000, change=Change(courses={"C2": Course(0.4, 0.0)}), dropout=Dropout.none())
    severe = by_wave(study, "C2")
    assert (severe[1] > 0).mean() > 0.2
    assert (severe[3] > 0).sum() == 0


def test_without_change_nothing_changes(small):
    study = simulate(small, people=20_000, change=Change(strength=0.0), dropout=Dropout.none())
    for name in ("B2", "C1", "F1", "G1", "M1"):
        means = by_wave(study, name).mean()
        assert means[3] == pytest.approx(means[1], abs=0.05), name


def test_a_hundred_thousand_people(small):
    study = simulate(small, people=100_000)
    assert len(answers_of(study)) == 300_000
    assert answers_of(study)["person_id"].iloc[0] == "000001"


@pytest.mark.parametrize("fields", [{"people": 0}, {"waves": 4}, {"waves": 0}, {"seed": -1}])
def test_impossible_studies_are_refused(small, fields):
    with pytest.raises(UsageError, match="cannot be simulated"):
        simulate(small, **fields)


@pytest.fixture(scope="module")
def plain(small):
    """The small questionnaire without gate, dates, contact or an item that says how a wave ended."""
    return replace(small, roles=Roles(), gate=None)


def test_without_wave_outcomes_a_missed_wave_leaves_no_row(plain):
    study = simulate(plain, people=500, seed=3)
    rows = answers_of(study).groupby("wave").size()
    assert rows[1] == 500
    assert rows[3] == pytest.approx(250, abs=45)
    frame = wide_export(study).frame
    assert len(frame) == 500
    assert frame["f1_w3"].notna().sum() == rows[3]
    assert frame["site"].notna().all()


def test_one_wave_is_a_survey_like_any_other(plain):
    study = simulate(plain, people=30, waves=1)
    assert len(answers_of(study)) == 30
    assert set(study.truth.frame["wave"]) == {1}
