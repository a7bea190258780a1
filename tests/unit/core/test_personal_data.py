"""What points to people is recognised, in four countries, and ordinary answers are not taken for it."""

import pandas as pd
import pytest

from mirabal_toolkit.core.personal_data import (
    is_national_number,
    suspect_ids,
    suspect_name,
    suspect_numbers,
    suspect_texts,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to ana.pop+x@example.ro please", "email"),
        ("ΕΛΕΝΗ@παράδειγμα.ελ", "email"),
        ("07700 900123", "phone"),
        ("+40 721 000 123", "phone"),
        ("0030 210 1234567", "phone"),
        ("my NHS no. is 943 476 5919", "health_number"),
        ("1800101221144", "health_number"),
        ("RSSMRA85T10A562S", "health_number"),
        ("lives near SW1A 1AA", "postcode"),
        ("m1 1ae", "postcode"),
        ("since 3.4.2021", "date"),
        ("2021-04-03", "date"),
    ],
)
def test_one_cell_is_enough(text: str, kind: str) -> None:
    found = suspect_texts(pd.Series(["yes", None, text, "no", ""]))
    assert found is not None
    assert (found.kind, found.cells) == (kind, 1)


@pytest.mark.parametrize(
    "texts",
    [
        ["yes", "no", "sometimes"],
        ["North", "South", "East Side"],
        ["1", "2", "3"],
        ["12-18 months", "0-3 months", "1/2"],
        ["other", "a friend", "the police"],
        ["C8", "B2", "v1.0.0"],
        ["", " "],
    ],
)
def test_ordinary_answers_are_left_alone(texts: list[str]) -> None:
    assert suspect_texts(pd.Series(texts)) is None


def test_names_must_fill_more_than_half_of_a_column() -> None:
    names = ["Ana Pop", "María Peña-Ruiz", "Eleni K. Papadopoulou", "Mary O’Brien"]
    found = suspect_texts(pd.Series([*names, "unknown"]))
    assert found is not None
    assert (found.kind, found.cells) == ("name", 4)
    assert suspect_texts(pd.Series([names[0], "unknown", "none", "other"])) is None
    assert suspect_texts(pd.Series([*names[:2], "unknown", "none"])) is None


def test_a_sentence_makes_a_column_free_text() -> None:
    found = suspect_texts(pd.Series(["ok", "he came to the house with the children again"]))
    assert found is not None
    assert found.kind == "free_text"


def test_a_check_digit_tells_a_national_number_from_any_other() -> None:
    valid = [number for number in range(9_000_000_000, 9_000_011_000) if is_national_number(str(number))]
    assert 900 <= len(valid) <= 1000  # one in eleven, less those whose check digit would be 10
    assert not is_national_number("0000000000")
    assert not is_national_number("12345")


@pytest.mark.parametrize(
    ("ids", "kind"),
    [
        (["ana@example.org", "eva@example.org", "x1"], "email"),
        (["Ana Pop", "Eva Stan", "Ioana Dinu"], "name"),
        (["9434765919", "4010232137"], "health_number"),
        (["07700900123", "07700900456"], "phone"),
    ],
)
def test_ids_that_are_people(ids: list[str], kind: str) -> None:
    found = suspect_ids(pd.Series(ids))
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("ids", [["W001", "W002"], ["0000000001", "0000000002"], ["1", "2"], ["0012A", "0034B"], []])
def test_ids_that_are_numbers_of_the_study(ids: list[str]) -> None:
    assert suspect_ids(pd.Series(ids, dtype="str")) is None


def test_numbers_too_long_for_answers() -> None:
    assert suspect_numbers(pd.Series([1.0, 97.0, None, 20_240_131.0])) is None
    found = suspect_numbers(pd.Series([1.0, 9434765919.0]))
    assert found is not None
    assert found.kind == "health_number"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("First_Name", "name"), ("client_name", "name"), ("Name", "name"), ("PartnerName", "name"),
        ("E-mail address", "email"), ("POSTCODE", "postcode"), ("mobile1", "phone"), ("DOB", "date"),
        ("nhs_no", "health_number"),
        ("home address", "address"), ("site_name", ""), ("programme name", ""), ("c1_w3", ""), ("mobility", ""),
        ("rename", ""), ("username", ""), ("contact", ""),
    ],
)  # fmt: skip
def test_names_of_variables(name: str, kind: str) -> None:
    assert suspect_name(name) == kind
