"""The participant flow adds up at every wave, whatever became of people; what is drawn is what is counted."""

import re
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirabal_toolkit.core.data import INTERVIEWED, WAVE_STATUSES, AuditTrail
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.results import Results, estimates_frame
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.panel import flow_by_wave
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.flow_sheet import LOST, flow_steps, participant_flow_drawn
from mirabal_toolkit.reporting.figures.spec import draw

LIVES = st.integers(2, 7).flatmap(
    lambda waves: st.lists(st.lists(st.sampled_from(WAVE_STATUSES), min_size=waves, max_size=waves), min_size=1)
)


def status_frame(lives):
    keys = [(f"p{number}", wave) for number, life in enumerate(lives) for wave in range(1, len(life) + 1)]
    index = pd.MultiIndex.from_tuples(keys, names=["person_id", "wave"])
    return pd.DataFrame({"status": [status for life in lives for status in life]}, index=index)


@cache
def questionnaire_and_plan():
    return load_instrument("partner-safety-short"), replace(load_plan("short-form"), outcomes=())


def edition_of(lives, profile="internal"):
    """A report that knows who was reached and nothing else."""
    instrument, plan = questionnaire_and_plan()
    flow = flow_by_wave(status_frame(lives))
    started = [life for life in lives if life[0] == INTERVIEWED]
    records = [
        {
            "analysis": "retention",
            "outcome": "interviewed",
            "population": "all_started",
            "wave": wave,
            "scale": "percent",
            "estimate": 100 * kept / len(started),
            "count": kept,
            "n_obs": len(started),
            "n_persons": len(started),
        }
        for wave in flow.index
        if started
        for kept in [sum(life[wave - 1] == INTERVIEWED for life in started)]
    ]
    results = Results(
        instrument=instrument,
        plan=plan,
        estimates=SealedFrame(estimates_frame(records)),
        flow=SealedFrame(flow),
        months={wave: 3.0 * (wave - 1) for wave in flow.index},
        trail=AuditTrail(),
    )
    return Edition(release(results, profile))


@given(LIVES)
@settings(max_examples=40)
def test_eligible_is_answered_and_each_reason_for_loss(lives):
    flow = flow_by_wave(status_frame(lives))
    assert (flow["eligible"] == len(lives)).all()
    assert (flow["eligible"] == flow[INTERVIEWED] + flow[list(LOST)].sum(axis=1)).all()


@given(LIVES)
@settings(max_examples=12)
def test_the_boxes_add_up_from_the_top_to_the_bottom(lives):
    edition = edition_of(lives)
    steps = {step.wave: step for step in flow_steps(edition)}
    flow = edition.released.flow.frame
    for wave in edition.waves[1:]:
        step = steps[edition.wave_name(wave)]
        seen, lost = _number(step.interviewed), [_number(line) for line in step.lost]
        assert seen + (lost[0] if lost else 0) == flow["eligible"][wave] == len(lives)
        assert sum(lost[1:]) == (lost[0] if lost else 0)
    left = len(lives)
    for name in ("Approached", "Could be asked", "Approached; all could be asked"):
        if name in steps:
            assert _number(steps[name].interviewed) == left
            left -= _number(steps[name].lost[0]) if steps[name].lost else 0
    assert _number(steps["Start"].interviewed) == left
    if "Analysed" in steps:
        assert _number(steps["Analysed"].interviewed) == left


def _number(text):
    return int(re.search(r"\d+(?!.*: )", text.rpartition(": ")[2])[0])


@pytest.mark.parametrize("waves", [2, 7])
def test_it_can_be_drawn_and_hides_what_is_small(waves):
    lives = [[INTERVIEWED] * waves] * 40 + [["unsafe_to_contact"] * waves] * 2 + [["wave_missed"] * waves] * 12
    sheet = participant_flow_drawn(edition_of(lives, "funder"))
    assert draw(sheet).svg.startswith(b"<?xml")
    assert "Could be asked: number hidden" in sheet.alt
    assert "Not safe to contact: 2" not in sheet.alt
