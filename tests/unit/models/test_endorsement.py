"""Questions behind an indicator of “any”: counted by hand, tied to the indicator, protected like any count."""

from dataclasses import replace

import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.core.data import Bridge
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.core.plan import PlannedOutcome
from mirabal_toolkit.disclosure.ledger import open_ledger
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.models import analyse
from mirabal_toolkit.models.endorsement import endorsements
from mirabal_toolkit.models.measured import started
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.synthetic import simulate


@pytest.fixture(scope="module")
def plan():
    whole = load_plan("steps-to-safety")
    outcomes = tuple(
        replace(one, model=None, beside=()) for one in whole.outcomes if one.outcome in ("physical_any", "injured")
    )
    bare = replace(whole, outcomes=outcomes, missing_data=None, cluster=None, panel_models=(), time_varying=())
    return replace(bare, measurement="none", distributions=(), completers=False)


@pytest.fixture(scope="module")
def results(panel, plan):
    return analyse(panel, plan, versions={})


def test_counts_are_those_of_the_answers(panel, plan):
    """By hand: above the lowest answer, of those who answered or had no contact with him."""
    people = started(panel)
    rows = [row for row in endorsements(panel, plan, people) if row["wave"] == 3]
    scale = panel.instrument.scale_by_id["physical"]
    assert [row["outcome"] for row in rows] == list(dict.fromkeys((*scale.items, *scale.severe)))
    without_contact = 0
    for row in rows:
        answers, reasons = (
            frame.frame[row["outcome"]].xs(3, level="wave").reindex(people) for frame in (panel.answers, panel.reasons)
        )
        apart = int((reasons == MissingReason.NO_CONTACT.value).sum())
        assert row["count"] == (answers > scale.minimum).sum()
        assert row["n_obs"] == answers.notna().sum() + apart
        without_contact += apart
    assert without_contact > 0


def test_waves_that_cannot_be_compared_are_set_aside_as_for_the_indicator(panel, plan):
    bridge = Bridge("0.9.0", "1.0.0", (1, 2), not_comparable=("physical_any",))
    rows = list(endorsements(replace(panel, bridges=(bridge,)), plan, started(panel)))
    assert {row["wave"] for row in rows} == {3, 4, 5}
    assert {row["wave"] for row in endorsements(panel, plan, started(panel))} == {1, 2, 3, 4, 5}


def test_questions_are_tied_to_any_of_them_and_to_outcomes_of_the_same_answers(results):
    ledger = open_ledger(results)
    told = [{key[:2] for key in equation} for equation in ledger.equations]
    assert any({("said", "C8"), ("wave", "physical_any")} <= keys for keys in told)
    assert any(keys == {("said", "C8"), ("wave", "injured")} for keys in told)


def test_few_who_said_yes_are_hidden(results):
    after = release(results, PROFILES["funder"]).estimates.frame.query("analysis == 'endorsement'")
    truth = results.estimates.frame.query("analysis == 'endorsement'")
    small = truth["count"].between(1, 4).to_numpy()
    assert small.any()
    assert after.loc[small, ["count", "estimate", "conf_low"]].isna().all(axis=None)
    assert (after.loc[~small, "count"].dropna() % 5 == 0).all()


def test_a_question_may_be_part_of_two_indicators():
    """In the short form C1 is part of physical harm and of harm of any kind: what is left of each is its own."""
    study = simulate(load_instrument("partner-safety-short"), people=60, waves=3, seed=7)
    whole = load_plan("short-form")
    outcomes = tuple(PlannedOutcome(name) for name in ("harm_any", "physical_any"))
    found = mt.analyse(mt.score(mt.clean(study.waves)).to_panel(), replace(whole, outcomes=outcomes, cluster=None))
    rests = {key for equation in open_ledger(found).equations for key in equation if "any_but_not_this" in key}
    assert len({key[1:] for key in rests if key[:2] == ("said", "C1")}) == 2 * len(study.waves.instrument.waves[:3])
    assert not release(found, PROFILES["funder"]).estimates.frame.empty
