"""Ids: one spelling, none merged by guess, rows of nobody left out."""

from __future__ import annotations

import pytest

from mirabal_toolkit.cleaning import clean
from mirabal_toolkit.cleaning.identity import tidy_id
from mirabal_toolkit.cleaning.slips import slips_between


def people(cleaned) -> list[str]:
    return sorted(cleaned.answers.frame.index.get_level_values("person_id").unique())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (" 007 ", "007"),
        ("a\u00a0\u00a0b", "a b"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("\ufeff12\u200b", "12"),
        (" \u00a0", ""),
    ],
)
def test_tidy_id(written, expected):
    assert tidy_id(written) == expected


def test_spaces_and_case_make_no_new_person(rows, interview, found):
    data = rows(
        interview("ab12", 1), interview("ab12", 2), interview("AB 12 ", 3), interview(" 0012", 1), interview("12", 1)
    )
    cleaned = clean(data)
    assert people(cleaned) == ["0012", "12", "ab12"]
    assert found(cleaned)["ids_alike"] == 1
    assert found(cleaned)["ids_respelled"] == 2


def test_the_spelling_with_most_answered_waves_wins_and_ties_go_by_the_alphabet(rows, interview):
    empty = [{"person_id": "B1", "wave": wave} for wave in (3, 4, 5)]
    assert people(clean(rows(interview("b1", 1), interview("b1", 2), interview("B1", 3), *empty))) == ["b1"]
    assert people(clean(rows(interview("b1", 1), interview("B1", 2)))) == ["B1"]


@pytest.mark.parametrize("answer", [0, 2])
def test_alike_ids_with_answers_at_one_wave_are_kept_apart(rows, interview, found, answer):
    data = rows(interview("ab", 1, C1=2), interview("AB", 1, C1=answer), interview("ab", 2))
    cleaned = clean(data)
    assert people(cleaned) == ["AB", "ab"]
    assert found(cleaned)["ids_alike_in_conflict"] == 1
    assert "ids_alike" not in found(cleaned)


def test_padded_ids_are_one_id_even_if_their_rows_differ(rows, interview, found):
    cleaned = clean(rows(interview("07", 1, C1=2), interview("07 ", 1)))
    assert people(cleaned) == ["07"]
    assert found(cleaned)["duplicate_differs"] == 1


def test_rows_without_id_are_counted(rows, interview, found):
    cleaned = clean(rows(interview("1", 1), interview(None, 1), interview("  ", 2), {"person_id": None, "wave": 2}))
    assert people(cleaned) == ["1"]
    assert found(cleaned)["no_person_id"] == 3
    step = next(step for step in cleaned.trail.steps if step.step == "drop_rows_without_id")
    assert (step.before, step.after, step.changed) == (4, 1, 3)
    (finding,) = (finding for finding in cleaned.findings if finding.code == "no_person_id")
    assert finding.severity == "error"
    assert "2 of them with answers" in finding.message


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("0123", "0128", True),
        ("0123", "0132", True),
        ("0123", "012", True),
        ("0123", "00123", True),
        ("AO1l", "A011", True),
        ("123", "000123", True),
        ("0123", "0145", False),
        ("0123", "3210", False),
        ("01", "01", False),
        ("0123", "01", False),
    ],
)
def test_one_slip(one, other, expected):
    assert (slips_between(one, other) == 1) is expected
    assert (slips_between(other, one) == 1) is expected


def test_a_mistyped_id_is_reported_and_not_merged(rows, interview, found):
    data = rows(interview("4711", 1), interview("4711", 2), interview("4771", 3), interview("9000", 1))
    cleaned = clean(data)
    assert people(cleaned) == ["4711", "4771", "9000"]
    assert found(cleaned)["similar_ids"] == 1


def test_numbered_ids_are_not_all_suspects(rows, interview, found):
    started = [interview(f"{number:03d}", 1) for number in range(30)]
    assert "similar_ids" not in found(clean(rows(*started, interview("777", 3))))


def test_ids_at_the_same_wave_or_of_another_age_are_no_slip(rows, interview, found):
    both = rows(interview("4711", 1), interview("4711", 3), interview("4771", 3))
    assert "similar_ids" not in found(clean(both))
    older = rows(interview("4711", 1, P2=30), interview("4771", 3, P2=52))
    assert "similar_ids" not in found(clean(older))
