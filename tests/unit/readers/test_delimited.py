"""CSV files: nothing is changed on the way in, and what cannot be told is asked or refused."""

import pandas as pd
import pytest

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.columns import read_column
from mirabal_toolkit.readers.formats import read_table
from mirabal_toolkit.readers.mapping import VariableMatch
from mirabal_toolkit.readers.naming import match_variables
from mirabal_toolkit.readers.options import ReadOptions


@pytest.fixture
def csv(tmp_path):
    def write(text, name="export.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def codes(table):
    return [finding.code for finding in table.warnings]


def refusal(path, **how):
    with pytest.raises(InputError) as caught:
        read_table(path, ReadOptions(**how))
    assert "SECRET" not in str(caught.value)
    return str(caught.value)


def test_every_cell_stays_as_it_is_written(csv):
    cells = ["0012", "1E05", "NA", "None", "1.0", "1-2", "03/04/2024", "", " a ", "عمر 🙂"]
    table = read_table(csv("id,x\n" + "".join(f"{cell},1\n" for cell in cells)))
    assert table.frame.frame["id"].tolist() == cells
    assert table.frame.frame["x"].tolist() == ["1"] * len(cells)
    assert table.encoding == "utf-8"


@pytest.mark.parametrize(("sign", "called"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_the_delimiter_is_found_and_said(csv, sign, called):
    table = read_table(csv(f"id{sign}x{sign}y\n1{sign}2,5{sign}3\n2{sign}4{sign}a,b\n"))
    assert table.frame.frame["x"].tolist() == ["2,5", "4"]
    assert any(called in finding.message for finding in table.warnings)


def test_semicolons_with_decimal_commas_do_not_shift_columns(csv):
    """The trap: read with commas, `A;1,5` gives a wrong number in a shifted column and no error."""
    table = read_table(csv("id;c1_w1\nA;1,5\nB;2\n"))
    assert table.frame.frame["id"].tolist() == ["A", "B"]
    assert table.variable_by_name["c1_w1"].decimal == ","
    assert codes(table) == ["delimiter", "decimal_comma"]


def test_numbers_with_a_decimal_comma_are_numbers(csv, instrument):
    table = read_table(csv('person_id,k0_w1\nA,"1,5"\nB,2\nC,"-0,25"\n'))
    match = VariableMatch("k0_w1", "K0", 1)
    column = read_column(table.frame.frame["k0_w1"], table.variables[1], match, instrument.item("K0"), instrument)
    assert column.answers.tolist() == [1.5, 2.0, -0.25]


def test_a_comma_that_may_stand_between_thousands_is_asked_about(csv):
    text = 'id;x\nA;"1,500"\nB;2\n'
    table = read_table(csv(text))
    assert "comma_in_numbers" in codes(table)
    assert table.variable_by_name["x"].decimal == "."
    assert read_table(csv(text), ReadOptions(decimal=",")).variable_by_name["x"].decimal == ","


def test_a_comma_in_other_text_is_no_decimal(csv):
    assert read_table(csv('id;x\nA;"1,5"\nB;"often, she said"\n')).variable_by_name["x"].decimal == "."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_of_an_encoding_are_taken_off_and_said(csv, encoding):
    table = read_table(csv("id,x\nPeña,1\n", encoding=encoding))
    assert [variable.name for variable in table.variables] == ["id", "x"]
    assert table.frame.frame["id"].tolist() == ["Peña"]
    assert codes(table) == ["byte_order_mark"]


def test_an_encoding_is_asked_for_and_not_guessed(csv):
    path = csv("id,x\nPeña,1\n", encoding="windows-1252")
    assert "--encoding windows-1252" in refusal(path)
    assert read_table(path, ReadOptions(encoding="windows-1252")).frame.frame["id"].tolist() == ["Peña"]
    assert "there is no encoding" in refusal(path, encoding="klingon")
    assert "not ascii" in refusal(path, encoding="ascii")


def test_letters_spoilt_before_the_export_are_said(csv):
    assert codes(read_table(csv("id,name\n1,PeÃ±a\n"))) == ["spoilt_letters"]


def test_a_separator_line_is_used_taken_out_and_said(csv):
    table = read_table(csv("sep=;\nid;x\nA;1\n"))
    assert [variable.name for variable in table.variables] == ["id", "x"]
    assert codes(table) == ["separator_line", "delimiter"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("id,x\nA,1,2\nB,2\n", "1 row(s) have more or fewer fields"),
        ("id,x\nSECRET\nB,2\n", "1 row(s) have more or fewer fields"),
        ('id,x\nA,"SECRET\nB,2\n', "a quotation mark is never closed"),
        ('id,x,y\nA,"SECRET,1\nB,2,3\nC,"3,4\n', "fields|quotation mark"),
        ("id,x\nSECRET\0,1\n", "NUL"),
        ("id,x,x\nA,1,2\n", "1 column name(s) stand twice: x"),
        ("id, x,x \nA,1,2\n", "1 column name(s) stand twice: x"),
        ("id,,x\nA,SECRET,2\n", "column 2 has no name"),
        ("id,x\n", "holds no rows"),
        ("\n\n", "first row holds no names"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(csv, text, reason):
    message = refusal(csv(text))
    assert any(part in message for part in reason.split("|"))


def test_a_row_that_does_not_fit_is_named(csv):
    assert "row 3 has 4 fields" in refusal(csv("id,x\nA,1\nSECRET,2,3,4\n"))


def test_a_nul_is_named_by_its_line(csv):
    assert "line 3" in refusal(csv("id,x\nA,1\nSECRET\0,2\n"))


def test_ten_thousand_columns_are_refused(csv):
    assert "10,000 variables; at most 5,000" in refusal(csv(",".join(f"v{n}" for n in range(10_000)) + "\n"))


def test_names_of_thirty_thousand_characters_are_read(csv):
    long = "Has he pushed you? " * 1_600
    table = read_table(csv(f"id,{long}\nA,1\n"))
    assert table.variables[1].label == long.strip()


def test_names_that_differ_by_case_stay_apart_and_are_said(csv):
    table = read_table(csv("id,c1_w1,C1_w1\nA,1,2\n"))
    assert "names_differ_by_case" in codes(table)
    assert table.frame.frame.iloc[0].tolist() == ["A", "1", "2"]


def test_a_column_that_counts_rows_is_left_out(csv):
    table = read_table(csv('"","id"\n"1","A"\n"2","B"\n'))
    assert [variable.name for variable in table.variables] == ["id"]
    assert codes(table) == ["row_numbers"]


def test_texts_that_say_there_is_no_answer_wait_for_the_mapping(csv, instrument):
    table = read_table(csv("person_id,c1_w1\nA,NA\nB,n/a\nC,-\nD,.\nE,3\nF,\n"))
    variable = table.variable_by_name["c1_w1"]
    assert variable.missing_texts == ("NA", "n/a", "-", ".")
    (match,) = match_variables([variable], instrument)
    assert {str(reason) for reason in match.missing.values()} == {"unexplained"}
    column = read_column(table.frame.frame["c1_w1"], variable, match, instrument.item("C1"), instrument)
    assert column.answers.tolist()[4] == 3.0
    assert column.answers.notna().sum() == 1
    assert (column.reasons >= 0).tolist() == [True] * 4 + [False] * 2
    assert not any(column.counts.values())


def test_answers_in_words_become_their_codes(csv, instrument):
    table = read_table(csv("person_id,c1_w1\nA,Most weeks\nB,never\nC,I do not remember SECRET\nD,2\n"))
    variable = table.variable_by_name["c1_w1"]
    (match,) = match_variables([variable], instrument)
    assert match.codes == {"Most weeks": 3.0, "never": 0.0}  # other words do not get into the mapping file
    column = read_column(table.frame.frame["c1_w1"], variable, match, instrument.item("C1"), instrument)
    assert column.answers.tolist()[:2] == [3.0, 0.0]
    assert column.answers.tolist()[3] == 2.0
    assert column.counts["not_a_number"] == 1


def test_dates_as_excel_counts_days_are_read_and_counted(csv, instrument):
    table = read_table(csv("person_id,a_date_w1\nA,45355\nB,45356\nC,\n"))
    match = VariableMatch("a_date_w1", "A_date", 1)
    column = read_column(
        table.frame.frame["a_date_w1"], table.variables[1], match, instrument.item("A_date"), instrument
    )
    assert column.answers.tolist()[:2] == [pd.Timestamp("2024-03-04"), pd.Timestamp("2024-03-05")]
    assert column.counts["day_number"] == 2


def test_dates_whose_order_cannot_be_told_are_counted_and_set_aside(csv, instrument):
    table = read_table(csv("person_id,a_date_w1\nA,03/04/2024\nB,05/06/2024\n"))
    match = VariableMatch("a_date_w1", "A_date", 1)
    column = read_column(
        table.frame.frame["a_date_w1"], table.variables[1], match, instrument.item("A_date"), instrument
    )
    assert column.counts["ambiguous_date"] == 2
    assert column.answers.isna().all()


def test_identifying_columns_are_dropped_on_sight(csv):
    table = read_table(csv("id,IPAddress,LocationLatitude,x\nA,10.0.0.1,51.5,1\n"))
    assert [variable.name for variable in table.variables] == ["id", "x"]
    assert codes(table) == ["identifying_dropped"]


def test_a_question_of_several_lines_in_a_cell_is_a_cell(csv):
    table = read_table(csv('id,notes,x\nA,"first\nsecond, third",1\nB,none,2\n'))
    assert table.frame.frame["notes"].tolist() == ["first\nsecond, third", "none"]


def test_a_text_file_has_no_sheets(csv):
    assert "only workbooks have sheets" in refusal(csv("id,x\nA,1\n"), sheets=("Data",))
