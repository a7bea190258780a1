"""Routed past is neither missing nor zero, and no report of harm is lost; docs/decisions/010."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mirabal_toolkit.cleaning import clean
from mirabal_toolkit.cleaning.routing import harm_floors

TOGETHER, REMOTE, NO_CONTACT = 1, 3, 4


def test_what_was_not_to_be_asked_has_a_reason_of_its_own(rows, interview, cell):
    cleaned = clean(rows(interview(B2=NO_CONTACT, K0=0, B3=None, C1=None, K1=None, L1=None, I1=None)))
    assert cell(cleaned, "C1") == (None, "no_contact")
    assert cell(cleaned, "I1") == (None, "no_contact")
    assert cell(cleaned, "K1") == (None, "not_applicable")
    assert cell(cleaned, "B3") == (None, "not_applicable")
    assert cell(cleaned, "L1") == (None, "not_applicable")


@pytest.mark.parametrize("code", [97, 98, 99, 0])
def test_codes_and_zeros_without_contact_are_no_contact(rows, interview, cell, code):
    assert cell(clean(rows(interview(B2=NO_CONTACT, C1=code))), "C1") == (None, "no_contact")


def test_answers_to_what_was_not_to_be_asked_are_counted(rows, interview, found):
    cleaned = clean(rows(interview(B2=NO_CONTACT), interview("02")))
    assert found(cleaned)["answered_though_routed_past"] == 4  # C1, C4, C8, I1
    taken = {step.item: step.changed for step in cleaned.trail.steps if step.step == "settle_routing" and step.item}
    assert taken == {"C1": 1, "C4": 1, "C8": 1, "I1": 1}


def test_remote_questions_are_asked_without_contact(rows, interview, cell):
    assert cell(clean(rows(interview(B2=NO_CONTACT, E2=3))), "E2") == (3.0, None)
    assert cell(clean(rows(interview(B2=REMOTE, I1=3))), "I1") == (3.0, None)


def test_a_reported_assault_is_never_lost(rows, interview, cell, found):
    cleaned = clean(rows(interview(B2=NO_CONTACT, C1=0, C4=2, C8=None), interview("02")))
    assert cell(cleaned, "C4") == (2.0, None)
    assert cell(cleaned, "C1") == (0.0, None), "her other answers stand, as her contact is in doubt"
    assert cell(cleaned, "C8") == (None, "unexplained"), "a zero is not made up for her"
    assert cell(cleaned, "B2") == (4.0, None), "what she said about contact stays as it was said"
    assert found(cleaned)["harm_though_routed_past"] == 1
    assert "answered_though_routed_past" not in found(cleaned)


@pytest.mark.parametrize("code", [97, None])
def test_gaps_beside_a_doubtful_answer_are_unexplained(rows, interview, cell, code):
    cleaned = clean(rows(interview(B2=NO_CONTACT, C1=1, C4=code)))
    assert cell(cleaned, "C4") == (None, "unexplained")


def test_refusals_beside_a_doubtful_answer_stay(rows, interview, cell):
    assert cell(clean(rows(interview(B2=NO_CONTACT, C1=1, C4=99))), "C4") == (None, "refused")


def test_harm_to_children_is_kept_although_none_are_counted(rows, interview, cell):
    cleaned = clean(rows(interview(K0=0, K1=3, K7=1, B3=1, L1=0)))
    assert [cell(cleaned, item) for item in ("K1", "K7", "L1")] == [(3.0, None), (1.0, None), (0.0, None)]


def test_answers_without_harm_about_children_she_does_not_have_go(rows, interview, cell):
    cleaned = clean(rows(interview(K0=0, K1=0, K7=4)))
    assert cell(cleaned, "K1") == (None, "not_applicable")
    assert cell(cleaned, "K7") == (None, "not_applicable")


def test_a_severe_item_outside_the_mean_counts_as_harm(rows, interview, cell, instrument):
    assert harm_floors(instrument)["C8a"] == 0
    cleaned = clean(rows(interview(C8=0, C8a=1), interview("02", C8=0, C8a=0), interview("03", C8=1, C8a=1)))
    assert cell(cleaned, "C8a") == (1.0, None)
    assert cell(cleaned, "C8a", "02") == (None, "not_applicable")
    assert cell(cleaned, "C8a", "03") == (1.0, None)


@pytest.mark.parametrize("contact", [None, 99])
def test_unknown_counts_as_asked(rows, interview, cell, contact):
    cleaned = clean(rows(interview(B2=contact, C1=0, C4=None), interview("02")))
    assert cell(cleaned, "C1") == (0.0, None)
    assert cell(cleaned, "C4") == (None, "unexplained")


def test_no_contact_where_she_saw_him_is_unexplained(rows, interview, cell):
    seen = interview(B2=TOGETHER, C1=None, **{"C1?": "no_contact"})
    unknown = interview("02", B2=99, C1=None, **{"C1?": "no_contact"})
    cleaned = clean(rows(seen, unknown))
    assert cell(cleaned, "C1") == (None, "unexplained")
    assert cell(cleaned, "C1", "02") == (None, "no_contact")


def test_does_not_apply_where_it_was_asked_stays_and_is_said(rows, interview, cell, found):
    cleaned = clean(rows(interview(I1=97)))
    assert cell(cleaned, "I1") == (None, "not_applicable")
    assert found(cleaned)["not_applicable_though_asked"] == 1


def test_items_of_other_waves_are_not_asked(rows, interview, cell, found, instrument):
    items = tuple(replace(item, waves=(1, 3)) if item.id in ("C1", "E2") else item for item in instrument.items)
    later = replace(instrument, items=items)
    data = rows(interview(wave=1), interview(wave=2, C1=2, E2=1), interview(wave=3, B2=NO_CONTACT), of=later)
    cleaned = clean(data)
    assert cell(cleaned, "C1", wave=2) == (2.0, None), "harm is kept"
    assert cell(cleaned, "E2", wave=2) == (None, "not_asked")
    assert cell(cleaned, "C1", wave=3) == (None, "no_contact")
    assert found(cleaned)["harm_though_routed_past"] == 1


def test_waves_without_an_interview_are_not_routed(rows, interview, cell):
    cleaned = clean(rows(interview(), {"person_id": "02", "wave": 1, "A0": 3}))
    assert cell(cleaned, "C1", "02") == (None, "wave_missed")
    assert cell(cleaned, "C8a", "02") == (None, "wave_missed")
