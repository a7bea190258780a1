"""Transitions: everybody who started is somewhere at every wave, and nobody is in two places."""

from dataclasses import replace

import numpy as np
import pytest

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.disclosure.ledger import open_ledger
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.models import analyse
from mirabal_toolkit.models.transitions import transitions
from mirabal_toolkit.plans.loading import load_plan

NAN = np.nan
WAVE_BY_WAVE = [[1, 1, 0], [1, 0, NAN], [1, NAN, 1], [0, 0, 0], [0, NAN, NAN]]


def counted(rows):
    return {(row["contrast"], row["term"]): row["count"] for row in rows if row["count"]}


@pytest.fixture
def headline(measured):
    """Return a function that lays a table out as a headline outcome."""

    def lay_out(values, **how):
        found = measured(values, **how)
        return replace(found, planned=replace(found.planned, headline=True))

    return lay_out


@pytest.fixture(scope="module")
def results(panel):
    plan = load_plan("steps-to-safety")
    kept = {"feels_safe", "physical_any", "physical_severe"}
    outcomes = tuple(replace(one, model=None, beside=(), headline=True) for one in plan.outcomes if one.outcome in kept)
    short = replace(
        plan, outcomes=outcomes, missing_data=None, cluster=None, panel_models=(), time_varying=(), measurement="none"
    )
    return analyse(panel, replace(short, completers=False), versions={})


@pytest.fixture(scope="module")
def released(results):
    return release(results, PROFILES["funder"]).estimates.frame


def test_every_move_by_hand(headline):
    found = counted(transitions(headline(WAVE_BY_WAVE)))
    assert found == {
        ("w2 - w1", "yes > yes"): 1,
        ("w2 - w1", "yes > no"): 1,
        ("w2 - w1", "yes > not_known"): 1,
        ("w2 - w1", "no > no"): 1,
        ("w2 - w1", "no > not_known"): 1,
        ("w3 - w2", "yes > no"): 1,
        ("w3 - w2", "no > not_known"): 1,
        ("w3 - w2", "no > no"): 1,
        ("w3 - w2", "not_known > yes"): 1,
        ("w3 - w2", "not_known > not_known"): 1,
    }


def test_a_wave_at_which_nothing_was_asked_is_passed_over(headline):
    rows = list(transitions(headline([[1, NAN, 0], [0, NAN, 0]])))
    assert {row["contrast"] for row in rows} == {"w3 - w1"}
    assert counted(rows) == {("w3 - w1", "yes > no"): 1, ("w3 - w1", "no > no"): 1}


def test_only_the_headline_estimand_of_a_yes_or_no_outcome_has_moves(measured, headline):
    assert not list(transitions(measured(WAVE_BY_WAVE)))
    assert not list(transitions(headline(WAVE_BY_WAVE, estimand="while_in_contact")))
    assert not list(transitions(headline(WAVE_BY_WAVE, outcome="physical_score")))


def test_moves_of_a_study_add_up_to_those_who_started(results):
    frame = results.estimates.frame.query("analysis == 'transition'")
    assert set(frame["outcome"]) == {"feels_safe", "physical_any", "physical_severe", "H1"}
    assert (frame.groupby(["outcome", "contrast"])["count"].sum() == frame["n_obs"].iloc[0]).all()


def test_answers_are_followed_from_the_first_to_the_last_wave(results):
    frame = results.estimates.frame.query("analysis == 'transition' and outcome == 'H1'")
    assert set(frame["contrast"]) == {"w5 - w1"}
    assert len(frame) == 25


def test_moves_are_tied_to_the_counts_of_waves_pairs_and_outcomes(results):
    ledger = open_ledger(results)
    told = [{key[0] for key in equation} for equation in ledger.equations if any(key[0] == "move" for key in equation)]
    assert {"move", "wave"} in told
    assert {"move", "silent"} in told
    assert {"move", "answer"} in told
    assert {"move", "pair"} in told
    assert {"move"} in told


def test_no_small_count_of_people_who_moved_is_released(results, released):
    truth, after = (frame[frame["analysis"] == "transition"] for frame in (results.estimates.frame, released))
    small = truth["count"].between(1, 4).to_numpy()
    assert small.sum() > 10
    assert after.loc[small, "count"].isna().all()
    shown = after.loc[~small, "count"].dropna()
    assert len(shown) > 20
    assert (shown % 5 == 0).all()


def test_moves_give_way_before_other_numbers_do(results, released):
    """With and without moves the same other numbers are shown."""
    whole = results.estimates.frame
    apart = SealedFrame(whole[whole["analysis"] != "transition"].reset_index(drop=True))
    alone = release(replace(results, estimates=apart), PROFILES["funder"]).estimates.frame["estimate"]
    beside = released[released["analysis"] != "transition"]["estimate"].reset_index(drop=True)
    assert alone.notna().sum() > 20
    assert beside.equals(alone)
