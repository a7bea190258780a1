"""How waves ended; the rules are in docs/decisions/011."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mirabal_toolkit.cleaning import clean
from mirabal_toolkit.core.instrument import Roles

COMPLETED, PARTLY, NOT_REACHED, DECLINED, UNSAFE, WITHDREW, DIED = 1, 2, 3, 4, 6, 7, 8


def statuses(cleaned, person: str = "01") -> list[str]:
    return [str(name) for name in cleaned.status.frame.loc[person, "status"]]


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({"A0": COMPLETED}, "interviewed"),
        ({"A0": PARTLY, "C1": None, "I1": None}, "interviewed"),
        ({"A0": None}, "interviewed"),
        ({"A0": NOT_REACHED}, "interviewed"),
        ({"A0": UNSAFE}, "unsafe_to_contact"),
        ({"A0": WITHDREW}, "withdrawn"),
        ({"A0": DIED}, "died"),
        ({"A2": 0}, "unsafe_to_contact"),
        ({"A0": WITHDREW, "A1": 0}, "withdrawn"),
        ({"A1": None, "A2": None}, "interviewed"),
    ],
)
def test_a_row_with_answers(rows, interview, answers, status):
    assert statuses(clean(rows(interview(**answers), interview("02")))) == [status]


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({}, "wave_missed"),
        ({"A0": COMPLETED}, "wave_missed"),
        ({"A0": COMPLETED, "C1": 99, "C4": 98}, "interviewed"),
        ({"C1": 99, "C4": 99}, "wave_missed"),
        ({"A0": DECLINED}, "wave_missed"),
        ({"A0": UNSAFE, "A1": 1}, "unsafe_to_contact"),
        ({"A1": 1, "A2": 0}, "unsafe_to_contact"),
        ({"A_date": "2024-02-02"}, "wave_missed"),
        ({"C1?": "withdrawn"}, "withdrawn"),
        ({"C1?": "wave_missed", "C4?": "unsafe_to_contact"}, "unsafe_to_contact"),
    ],
)
def test_a_row_without_answers(rows, interview, answers, status):
    row = {"person_id": "01", "wave": 1, **answers}
    assert statuses(clean(rows(row, interview("02")))) == [status]


@pytest.mark.parametrize("answer", [{"L1": 2}, {"L1": 99}])
def test_an_answer_that_routing_takes_out_is_no_interview(rows, interview, instrument, cell, answer):
    items = tuple(replace(item, waves=(2,)) if item.id == "L1" else item for item in instrument.items)
    data = rows({"person_id": "01", "wave": 1, **answer}, interview("02"))
    cleaned = clean(replace(data, instrument=replace(instrument, items=items)))
    assert statuses(cleaned) == ["wave_missed"]
    assert cell(cleaned, "L1") == (None, "wave_missed")


def test_answers_of_an_unsafe_wave_are_taken_out_and_said(rows, interview, cell, found):
    cleaned = clean(rows(interview(A1=0, C1=3), interview("02")))
    assert cell(cleaned, "C1") == (None, "unsafe_to_contact")
    assert cell(cleaned, "A1") == (0.0, None)
    assert cell(cleaned, "A0") == (1.0, None)
    assert cell(cleaned, "P2") == (30.0, None)
    assert found(cleaned)["answers_though_unsafe_to_contact"] == 1
    (step,) = (step for step in cleaned.trail.steps if step.step == "settle_status")
    assert step.changed == step.before - step.after == 11  # B2 to L1


def test_contradictions_are_found(rows, interview, found):
    cleaned = clean(rows(interview(A0=NOT_REACHED), {"person_id": "02", "wave": 1, "A0": COMPLETED}))
    assert found(cleaned)["answers_though_missed"] == 1
    assert found(cleaned)["interview_without_answers"] == 1


def test_withdrawal_holds_for_later_waves(rows, interview, cell):
    gone = [{"person_id": "01", "wave": 2, "A0": WITHDREW}, {"person_id": "01", "wave": 3, "A0": NOT_REACHED}]
    cleaned = clean(rows(interview(), *gone, interview("02", 5)))
    assert statuses(cleaned) == ["interviewed", "withdrawn", "withdrawn", "withdrawn", "withdrawn"]
    assert cell(cleaned, "C1", wave=4) == (None, "withdrawn")
    assert cell(cleaned, "A0", wave=3) == (3.0, None)


def test_death_outranks_withdrawal(rows, interview):
    later = [{"person_id": "01", "wave": 2, "A0": WITHDREW}, {"person_id": "01", "wave": 3, "A0": DIED}]
    cleaned = clean(rows(interview(), *later, interview("02", 4)))
    assert statuses(cleaned) == ["interviewed", "withdrawn", "died", "died"]


def test_who_comes_back_is_counted_again_and_said(rows, interview, found):
    gone = {"person_id": "01", "wave": 2, "A0": WITHDREW}
    cleaned = clean(rows(interview(), gone, interview(wave=3), interview("02", 4)))
    assert statuses(cleaned) == ["interviewed", "withdrawn", "interviewed", "wave_missed"]
    assert found(cleaned)["interviewed_after_withdrawn"] == 1


def test_without_an_outcome_of_contact_and_a_gate_answers_decide(rows, interview, instrument):
    bare = replace(
        instrument, gate=None, roles=Roles(), items=tuple(item for item in instrument.items if item.id != "A0")
    )
    cleaned = clean(rows(interview(A1=0), {"person_id": "01", "wave": 2}, interview(wave=3), of=bare))
    assert statuses(cleaned) == ["interviewed", "wave_missed", "interviewed"]
