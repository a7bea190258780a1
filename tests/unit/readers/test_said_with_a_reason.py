"""What is set aside says why, and what mends it: short years, dates made by spreadsheets, titles above names."""

import pytest

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers import read


@pytest.fixture
def csv(tmp_path):
    def write(text):
        path = tmp_path / "export.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def findings(waves):
    """Return {code: (count, advice)} of what stands in single cells."""
    return {one.code: (one.count, one.advice) for one in waves.findings if one.item in ("A_date", "C1")}


def test_years_of_two_digits_are_named_as_such(csv, instrument):
    text = "person_id,a_date_w1,c1_w1\nA,25/04/24,1\nB,2024-04-25,0\nC,31/02/2024,1\nD,03/04/2024,1\n"
    said = findings(read([csv(text)], instrument))
    assert said["two_digit_year"][0] == 1
    assert "four digits" in said["two_digit_year"][1]
    assert said["impossible_date"][0] == 1  # 31 February alone


def test_seconds_without_a_date_format_are_named_as_such(export, instrument):
    path = export({"person_id": ["1", "2"], "a_date_w1": [13_166_064_000.0, 13_166_150_400.0], "c1_w1": [1.0, 1.0]})
    said = findings(read([path], instrument))
    assert said["date_without_format"][0] == 2
    assert "impossible_date" not in said


@pytest.mark.parametrize("made", ["1-Feb", "2-Mär", "Feb-01", "févr. 02", "2024-02-01", "2024-02-01 00:00:00"])
def test_answers_that_a_spreadsheet_made_into_dates_are_named_as_such(csv, instrument, made):
    said = findings(read([csv(f"person_id,c1_w1,c2_w1\nA,{made},1\nB,maybe so,1\nC,2,0\n")], instrument))
    assert said["turned_into_date"][0] == 1
    assert "survey program" in said["turned_into_date"][1]
    assert said["not_a_number"][0] == 1


def test_a_title_above_the_names_is_told_from_a_stray_delimiter(csv, instrument):
    with pytest.raises(InputError) as title:
        read([csv("Survey of 2026\nperson_id,c1_w1\nA,1\nB,2\n")], instrument)
    assert "first line is a title" in title.value.problem.fix
    with pytest.raises(InputError) as stray:
        read([csv("person_id,c1_w1\nA,1,2\nB,2\n")], instrument)
    assert "title" not in stray.value.problem.fix
