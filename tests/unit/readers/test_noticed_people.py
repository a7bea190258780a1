"""Columns of an export that identify people are named, though they are never taken in."""

import pandas as pd
import pytest

from mirabal_toolkit.readers import read


def finding(export, wide, instrument, **columns):
    rows = len(wide["person_id"])
    found = read([export({**wide, **{name: [value] * rows for name, value in columns.items()}})], instrument).findings
    return next((one for one in found if one.code == "identifying_seen"), None)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("surname", "x", "surname (names of people)"),
        ("q77", "ana@example.org", "q77 (e-mail addresses)"),
        ("office_no", "9434765919", "office_no (health-service or national numbers)"),
        ("comment", "she rang on 07700 900123", "comment (phone numbers)"),
    ],
)
def test_a_column_is_named_with_what_it_seems_to_hold(export, wide, instrument, name, value, told):
    found = finding(export, wide, instrument, **{name: value})
    assert found.severity == "warning"
    assert told in found.message
    assert value not in found.message.replace(name, "")


def test_what_points_to_nobody_alone_is_a_note(export, wide, instrument):
    found = finding(export, wide, instrument, remarks="it went better than I thought it would go")
    assert found.severity == "note"
    assert "remarks (free text)" in found.message


def test_numbers_too_long_for_an_answer_are_seen_and_dates_of_files_are_not(export, wide, instrument):
    assert "q78 (long numbers" in finding(export, wide, instrument, q78=7700900123.0).message
    assert finding(export, wide, instrument, q79=pd.Timestamp("2024-01-31")) is None


def test_harmless_columns_are_not_named(export, wide, instrument):
    assert finding(export, wide, instrument, interviewer="B2", weight=0.7) is None
