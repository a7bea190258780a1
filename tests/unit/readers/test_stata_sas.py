"""Stata, SAS and portable SPSS files: their traps, each with the rule that stands against it."""

import datetime as dt
import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.columns import read_column
from mirabal_toolkit.readers.dates import to_dates
from mirabal_toolkit.readers.endings import check_end
from mirabal_toolkit.readers.formats import read_table
from mirabal_toolkit.readers.identifiers import to_identifiers
from mirabal_toolkit.readers.naming import match_variables
from mirabal_toolkit.readers.options import ReadOptions
from mirabal_toolkit.readers.raw import SPECIAL, special_code, special_number
from mirabal_toolkit.readers.sniff import sniff

STATA = (8, 12, 15)
IRIS = Path(__file__).parent / "data" / "iris.sas7bdat"


@pytest.fixture
def stata(tmp_path):
    def write(columns, version=15, **how):
        path = tmp_path / "export.dta"
        pyreadstat.write_dta(pd.DataFrame(columns), path, version=version, **how)
        return path

    return write


@pytest.mark.parametrize("version", STATA)
def test_a_dot_beside_dot_a_is_never_zero(stata, version):
    """The trap: in a column of whole numbers, `.` beside `.a` has been read as 0."""
    path = stata(
        {"c1": [1, None, "a", 2], "c2": [None, "a", None, "z"]},
        version,
        missing_user_values={"c1": ["a"], "c2": ["a", "z"]},
    )
    table = read_table(path)
    frame = table.frame.frame
    assert not (frame == 0).any(axis=None)
    assert frame["c1"].isna().tolist() == [False, True, False, False]
    assert [special_code(value) for value in frame["c2"]] == ["", ".a", "", ".z"]
    assert table.variable_by_name["c1"].missing_texts == (".a",)
    assert table.variable_by_name["c2"].missing_texts == (".a", ".z")
    assert table.variable_by_name["c1"].is_missing(frame["c1"]).tolist() == [False, False, True, False]


@pytest.mark.parametrize("version", [13, 15])
def test_what_stata_calls_a_missing_code_becomes_its_reason(stata, instrument, version):
    path = stata(
        {"person_id": ["1", "2", "3"], "c1_w1": [3, "a", None]},
        version,
        missing_user_values={"c1_w1": ["a"]},
        variable_value_labels={"c1_w1": {3: "Most weeks", "a": "Refused"}},
        column_labels=["", "Pushed"],
    )
    table = read_table(path)
    variable = table.variable_by_name["c1_w1"]
    assert variable.value_labels == {3.0: "Most weeks", ".a": "Refused"}
    (match,) = match_variables([variable], instrument)
    assert {code: str(reason) for code, reason in match.missing.items()} == {".a": "refused"}
    column = read_column(table.frame.frame["c1_w1"], variable, match, instrument.item("C1"), instrument)
    assert column.answers.tolist()[0] == 3.0
    assert column.answers.isna().tolist() == [False, True, True]
    assert (column.reasons >= 0).tolist() == [False, True, False]


def test_missing_codes_have_their_own_numbers_as_in_stata():
    assert special_number(".a") == struct.unpack("<d", bytes.fromhex("000000000001e07f"))[0]
    assert special_number(".z") < np.inf
    assert np.isnan(special_number("a"))
    assert [special_code(number) for number in (SPECIAL, 1.0, np.nan, np.inf)] == ["", "", "", ""]


def old_stata(version, kinds, rows, columns=("x",)):
    """Return the bytes of a file of Stata before version 7, as its manual describes them."""
    name = 9
    head = struct.pack("<bbbbhi", version, 2, 1, 0, len(columns), len(rows))
    head += b"made up".ljust(32, b"\0")
    head += b"" if version == 104 else b"01 Jan 1996 10:00".ljust(18, b"\0")
    head += kinds.encode()
    head += b"".join(column.encode().ljust(name, b"\0") for column in columns)
    head += b"\0" * 2 * (len(columns) + 1)
    head += b"".join(b"%9.0g".ljust(7 if version == 104 else 12, b"\0") for _ in columns)
    head += b"\0" * name * len(columns) + b"\0" * 32 * len(columns)
    return head + b"\0" * 3 + b"".join(rows)


def test_missing_numbers_of_stata_five_are_missing_and_not_answers(tmp_path):
    """Missing is 127, 32767 or 2^333 there; a reader that does not know takes them for answers."""
    rows = [struct.pack("<hd", 3, 1.5), struct.pack("<hd", 32767, 2.0**333)]
    path = tmp_path / "old.dta"
    path.write_bytes(old_stata(105, "id", rows, ("c1", "size")))
    frame = read_table(path).frame.frame
    assert frame["c1"].tolist()[0] == 3.0
    assert frame["size"].tolist()[0] == 1.5
    assert frame.iloc[1].isna().all()


def test_days_and_times_of_stata_are_days(stata):
    days = {"%td": 23_439, "%tm": 770, "%tq": 256, "%th": 128, "%ty": 2024, "%tw": 3_338}
    path = stata(
        {f"d{place}": [float(number)] for place, number in enumerate(days.values())},
        variable_format={f"d{place}": unit for place, unit in enumerate(days)},
    )
    table = read_table(path)
    read = [str(to_dates(table.frame.frame[variable.name], variable).values[0].date()) for variable in table.variables]
    assert read == ["2024-03-04", "2024-03-01", "2024-01-01", "2024-01-01", "2024-01-01", "2024-03-11"]
    assert [variable.own_format[:3] for variable in table.variables] == list(days)


def test_an_older_text_is_read_by_the_encoding_that_was_said(stata):
    path = stata({"id": ["Peña"]}, 13)
    assert read_table(path, ReadOptions(encoding="UTF-8")).frame.frame["id"].tolist() == ["Peña"]
    assert [finding.code for finding in read_table(path).warnings] == ["encoding"]


@pytest.mark.parametrize("version", [8, 10, 12, 13, 14, 15])
def test_stata_files_cut_off_at_every_tenth_are_refused(stata, version):
    path = stata({"id": ["a"] * 50, "x": [1] * 50}, version, variable_value_labels={"x": {1: "One", 2: "Two"}})
    data = path.read_bytes()
    for size in (*(len(data) * tenths // 10 for tenths in range(1, 10)), len(data) - 3):
        path.write_bytes(data[:size])
        with pytest.raises(InputError, match="cut short"):
            check_end(sniff(path))


@pytest.mark.parametrize("version", [5, 8])
def test_transport_files_of_sas(tmp_path, version):
    path = tmp_path / "export.xpt"
    columns = {"id": ["001", "é2"], "x": [1.5, None], "d": [dt.date(2024, 3, 4), None], "t": [1_709_548_200.0, None]}
    pyreadstat.write_xport(
        pd.DataFrame(columns),
        path,
        file_format_version=version,
        column_labels=["Number", "X", "Day", "Time"],
        variable_format={"d": "DATE9."},
    )
    table = read_table(path)
    frame = table.frame.frame
    assert frame["id"].tolist() == ["001", "é2"]
    assert frame["x"].tolist()[0] == 1.5
    day = table.variable_by_name["d"]
    assert str(to_dates(frame["d"], day).values[0].date()) == "2024-03-04"
    assert (day.label, day.own_format) == ("Day", "DATE9")
    assert [finding.code for finding in table.warnings] == ["format_loses"]


@pytest.mark.parametrize("tenths", range(1, 10))
def test_transport_files_cut_off_are_refused(tmp_path, tenths):
    path = tmp_path / "export.xpt"
    pyreadstat.write_xport(pd.DataFrame({"id": ["abc"] * 101, "x": [1.0] * 101}), path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * tenths // 10])
    with pytest.raises(InputError, match=r"cut short|damaged"):
        read_table(path)


def test_a_transport_file_cut_between_two_cards_is_refused(tmp_path):
    path = tmp_path / "export.xpt"
    pyreadstat.write_xport(pd.DataFrame({"id": ["abc"] * 101, "x": [1.0] * 101}), path)
    path.write_bytes(path.read_bytes()[:-160])
    with pytest.raises(InputError, match="cut short"):
        read_table(path)


def test_a_transport_file_of_sas_says_how_many_rows_it_holds(tmp_path):
    """A row of 11 bytes ends where a card ends after 80 rows: cut there, only the number in the header tells."""
    path = tmp_path / "export.xpt"
    rows = pd.DataFrame({"id": ["abc"] * 101, "x": [1.0] * 101})
    pyreadstat.write_xport(rows, path, file_format_version=8)
    data = bytearray(path.read_bytes())
    start = data.index(b"HEADER RECORD*******OBSV8")
    data[start + 48 : start + 80] = b"            101".ljust(32)  # as SAS writes it; other programs write zeros
    path.write_bytes(data)
    assert len(read_table(path).frame) == 101
    path.write_bytes(data[: start + 80 + 80 * 11])
    with pytest.raises(InputError, match="cut short: it promises 101 rows and holds 80"):
        read_table(path)


def test_sas_files():
    table = read_table(IRIS)
    frame = table.frame.frame
    assert frame.shape == (150, 5)
    assert frame["Sepal_Length"].mean() == pytest.approx(5.843333, abs=1e-6)
    assert sorted(frame["Species"].unique()) == ["setosa", "versic", "virgin"]  # as SAS cut them; padding is gone
    assert table.variable_by_name["Species"].kind == "text"
    assert table.encoding.upper() == "WINDOWS-1252"


@pytest.mark.parametrize("tenths", range(1, 10))
def test_sas_files_cut_off_are_refused(tmp_path, tenths):
    data = IRIS.read_bytes()
    path = tmp_path / "iris.sas7bdat"
    path.write_bytes(data[: len(data) * tenths // 10])
    with pytest.raises(InputError, match=r"cut short|damaged"):
        read_table(path)


@pytest.fixture
def portable(tmp_path):
    path = tmp_path / "export.por"
    pyreadstat.write_por(
        pd.DataFrame({"ID": ["001", "b"], "C1": [1.0, 97.0], "D": [dt.date(2024, 3, 4), None]}),
        path,
        column_labels=["Number", "Pushed", "Day"],
        variable_format={"D": "DATE11"},
    )
    return path


def test_portable_files_are_read_and_what_they_lose_is_said(portable):
    table = read_table(portable)
    frame = table.frame.frame
    assert frame["ID"].tolist() == ["001", "b"]
    assert frame["C1"].tolist() == [1.0, 97.0]
    assert str(to_dates(frame["D"], table.variable_by_name["D"]).values[0].date()) == "2024-03-04"
    assert table.variable_by_name["C1"].label == "Pushed"
    (said,) = table.warnings
    assert (said.severity, said.code) == ("warning", "format_loses")
    assert ".sav" in said.advice


def test_portable_files_cut_off_are_refused(portable):
    data = portable.read_bytes().rstrip(b"Z\r\n ")
    for tenths in range(1, 11):
        portable.write_bytes(data[: len(data) * tenths // 10])
        with pytest.raises(InputError, match="cut short"):
            read_table(portable)


def test_missing_codes_are_nobodys_id(stata):
    table = read_table(stata({"id": [12, "a"]}, missing_user_values={"id": ["a"]}))
    assert to_identifiers(table.frame.frame["id"], table.variables[0]).isna().tolist() == [False, True]
