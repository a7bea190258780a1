"""Codes: missing reasons, impossible values, gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.cleaning import clean
from mirabal_toolkit.core.data import WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.errors import FindingsError


@pytest.mark.parametrize(("code", "reason"), [(97, "not_applicable"), (98, "dont_know"), (99, "refused")])
def test_missing_codes_become_reasons(rows, interview, cell, code, reason):
    assert cell(clean(rows(interview(C1=code))), "C1") == (None, reason)


def test_codes_are_those_of_the_item(rows, interview, cell):
    cleaned = clean(rows(interview(P2=97), interview("02", P2=998)))
    assert cell(cleaned, "P2") == (97.0, None)
    assert cell(cleaned, "P2", "02") == (None, "dont_know")


def test_reasons_of_the_reader_are_kept(rows, interview, cell):
    assert cell(clean(rows(interview(C1=None, **{"C1?": "refused"}))), "C1") == (None, "refused")


def test_an_answer_outranks_a_reason_beside_it(rows, interview, cell):
    assert cell(clean(rows(interview(C1=2, **{"C1?": "refused"}))), "C1") == (2.0, None)


@pytest.mark.parametrize(
    ("item", "value"), [("C1", 7), ("C1", 1.5), ("C1", np.inf), ("K0", 2.5), ("K0", -1), ("K0", 21)]
)
def test_impossible_values_are_counted_by_item(rows, interview, cell, item, value):
    cleaned = clean(rows(interview(**{item: value}), interview("02")))
    assert cell(cleaned, item) == (None, "unexplained")
    (finding,) = (finding for finding in cleaned.findings if finding.code == "out_of_range")
    assert (finding.item, finding.count, finding.severity) == (item, 1, "error")
    (step,) = (step for step in cleaned.trail.steps if step.step == "drop_impossible_values")
    assert (step.item, step.before, step.after, step.changed) == (item, 2, 1, 1)


def test_a_code_a_hair_off_is_the_code(rows, interview, cell):
    cleaned = clean(rows(interview(C1=2.9999999999, C4=98.0000000001)))
    assert cell(cleaned, "C1") == (3.0, None)
    assert cell(cleaned, "C4") == (None, "dont_know")


def test_text_in_a_column_of_numbers_is_counted_and_never_shown(rows, interview, cell):
    data = rows(interview(), interview("02"))
    answers = data.answers.frame.assign(C1=["Jane Doe", "2"])
    cleaned = clean(WaveData(data.instrument, SealedFrame(answers), data.reasons))
    assert cell(cleaned, "C1") == (None, "unexplained")
    assert cell(cleaned, "C1", "02") == (2.0, None)
    assert "Jane" not in repr(cleaned.findings) + repr(cleaned.trail)


def test_impossible_dates_are_taken_out(rows, interview):
    cleaned = clean(rows(interview(A_date="1582-10-15"), interview("02", A_date="2024-02-29")))
    assert cleaned.answers.frame["A_date"].notna().tolist() == [False, True]
    assert [finding.count for finding in cleaned.findings if finding.code == "impossible_date"] == [1]


def test_dates_as_text_are_read_or_counted(rows, interview):
    data = rows(interview(), interview("02"))
    answers = data.answers.frame.assign(A_date=["2024-02-29", "Jane Doe"])
    cleaned = clean(WaveData(data.instrument, SealedFrame(answers), data.reasons))
    assert cleaned.answers.frame["A_date"].notna().tolist() == [True, False]
    assert [finding.count for finding in cleaned.findings if finding.code == "impossible_date"] == [1]


def test_every_gap_gets_a_reason(rows, interview, cell):
    cleaned = clean(rows(interview(C1=None)))
    assert cell(cleaned, "C1") == (None, "unexplained")
    assert (cleaned.answers.frame.isna() == cleaned.reasons.frame.notna()).all(axis=None)


def test_an_item_without_a_column_was_not_asked(rows, interview, cell):
    cleaned = clean(rows(interview(), absent=("E2", "C1")))
    assert cell(cleaned, "E2") == (None, "not_asked")
    assert cell(clean(rows(interview(B2=4, C1=None), absent=("C1",))), "C1") == (None, "not_asked")


def test_gaps_are_found_by_item_and_wave(rows, interview):
    data = rows(*(interview(f"{number}", wave, E2=None if wave == 2 else 0) for number in range(9) for wave in (1, 2)))
    gaps = [finding for finding in clean(data).findings if finding.item == "E2"]
    assert [(finding.code, finding.wave, finding.count, finding.severity) for finding in gaps] == [
        ("empty_at_wave", 2, 9, "warning")
    ]
    data = rows(*(interview(f"{number}", C1=None if number < 3 else 0) for number in range(9)))
    gaps = [finding for finding in clean(data).findings if finding.item == "C1"]
    assert [(finding.code, finding.wave, finding.count) for finding in gaps] == [("unexplained_gaps", 1, 3)]


def test_an_unknown_reason_is_refused(rows, interview):
    with pytest.raises(FindingsError, match="missing reason") as caught:
        clean(rows(interview(**{"C1?": "on holiday"})))
    assert "holiday" not in str(caught.value)


def test_no_rows_and_no_answers_are_refused(rows, instrument):
    with pytest.raises(FindingsError, match="not one row"):
        clean(rows())
    with pytest.raises(FindingsError, match="not one answer at any wave"):
        clean(rows({"person_id": "1", "wave": 1}, {"person_id": "2", "wave": 1, "P1": 1}))


def test_empty_text_is_no_answer(rows, interview):
    cleaned = clean(rows(interview(N1="  "), interview("02", N1="Peace.")))
    assert cleaned.answers.frame["N1"].notna().tolist() == [False, True]
    assert isinstance(cleaned.answers.frame["N1"].dtype, pd.StringDtype)
