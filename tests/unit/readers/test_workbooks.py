"""Workbooks: what Excel and LibreOffice really keep in a file, read without opening it in either."""

import datetime as dt
import re
import zipfile

import openpyxl
import pytest

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.formats import read_table, read_tables
from mirabal_toolkit.readers.options import ReadOptions

ROWS = [["person_id", "c1_w1"], ["0012", 1], ["b", 3]]

ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:automatic-styles>'
    '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    "</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    "</office:document-content>"
)


@pytest.fixture
def book(tmp_path):
    """Write sheets (name → rows) as a workbook; `harm` changes the XML of its parts."""

    def write(sheets, harm=None, **changes):
        path, made = tmp_path / "export.xlsx", openpyxl.Workbook()
        made.remove(made.active)
        for name, rows in sheets.items():
            sheet = made.create_sheet(name)
            for row in rows:
                sheet.append(row)
            if name in changes:
                changes[name](sheet)
        made.save(path)
        return changed(path, harm) if harm else path

    return write


def changed(path, harm):
    with zipfile.ZipFile(path) as old:
        members = {member: old.read(member) for member in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member, data in members.items():
            new.writestr(member, harm(member, data))
    return path


@pytest.fixture
def ods(tmp_path):
    def write(*tables, manifest="<manifest/>"):
        path = tmp_path / "export.ods"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("content.xml", ODS.format(tables="".join(tables)))
            archive.writestr("META-INF/manifest.xml", manifest)
        return path

    return write


def refusal(path, **how):
    with pytest.raises(InputError) as caught:
        read_tables(path, ReadOptions(**how))
    return str(caught.value)


def cells(table):
    return table.frame.frame.to_numpy().tolist()


def test_cells_are_read_as_they_are_shown(book):
    def zeros(sheet):
        sheet["A3"].number_format = "0000"

    rows = [
        ["person_id", "day", "time", "size", "yes", "text"],
        [
            "0012",
            dt.date(2024, 3, 4),
            dt.datetime(2024, 3, 4, 10, 30),  # noqa: DTZ001
            1.1,
            True,
            "NA",
        ],
        [12, dt.date(1999, 12, 31), None, 1e5, False, "=1 🙂"],
    ]
    rows[2][5] = "عمر 🙂"
    path = book({"Data": rows}, Data=zeros)
    assert cells(read_table(path)) == [
        ["0012", "2024-03-04", "2024-03-04T10:30:00", "1.1", "1", "NA"],
        ["0012", "1999-12-31", "", "100000", "0", "عمر 🙂"],
    ]


def test_days_counted_from_1904_are_the_same_days(book):
    def from_1904(member, data):
        if member == "xl/workbook.xml":
            return data.replace(b"<workbookPr/>", b'<workbookPr date1904="1"/>')
        return data.replace(b"<v>45355</v>", b"<v>43893</v>")

    assert cells(read_table(book({"S": [["id", "d"], ["a", dt.date(2024, 3, 4)]]}, from_1904))) == [["a", "2024-03-04"]]


def test_a_sheet_a_wave(book):
    path = book({"Wave 1": ROWS, "Wave 2": [ROWS[0], ["b", 0]]})
    tables = read_tables(path)
    assert [table.name for table in tables] == ["export.xlsx, sheet Wave 1", "export.xlsx, sheet Wave 2"]
    assert cells(tables[1]) == [["b", "0"]]
    assert "sheet_a_wave" in {finding.code for finding in tables[0].warnings}


def test_sheets_are_chosen_by_name_in_the_order_that_is_said(book):
    path = book({"Wave 1": ROWS, "Wave 2": [ROWS[0], ["b", 0]], "Other": [["x", "y"], [1, 2]]})
    tables = read_tables(path, ReadOptions(sheets=("wave 2", "Wave 1")))
    assert [len(table.frame) for table in tables] == [1, 2]
    assert "there is no sheet “Wave 9”" in refusal(path, sheets=("Wave 9",))
    assert "not the same table" in refusal(path)


def test_hidden_sheets_are_said_and_codebooks_passed_over(book):
    def hide(sheet):
        sheet.sheet_state = "hidden"

    path = book({"Data": ROWS, "Old": ROWS, "Codebook": [["name", "label"], ["c1_w1", "Pushed"]]}, Old=hide)
    table = read_table(path)
    assert cells(table) == [["0012", "1"], ["b", "3"]]
    (said,) = [finding for finding in table.warnings if finding.code == "hidden_sheet"]
    assert "Old" in said.message


def test_a_formula_without_a_result_is_refused_with_its_place(book):
    text = refusal(book({"Data": [*ROWS, ["c", "=1+1"]]}))
    assert "a formula has no result" in text
    assert "sheet Data, B4" in text


def test_results_of_formulas_are_taken_and_counted(book):
    def computed(_member, data):
        return data.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
            b"<f>1+1</f><v/>", b"<f>1+1</f><v>2</v>"
        )

    table = read_table(book({"Data": [*ROWS, ["c", "=1+1"]]}, computed))
    assert cells(table)[2] == ["c", "2"]
    assert [(finding.code, finding.count) for finding in table.warnings] == [("formulas", 1)]


def test_errors_in_cells_are_refused_with_their_place(book):
    text = refusal(book({"Data": [*ROWS, ["c", "#REF!"]]}))
    assert "#REF!" in text
    assert "B4" in text


def test_merged_ids_are_refused_with_their_place(book):
    text = refusal(book({"Data": ROWS}, Data=lambda sheet: sheet.merge_cells("A2:A3")))
    assert "cells are merged" in text
    assert "A2:A3" in text


@pytest.mark.parametrize("cell", ["XFD1048576", "XFD2"])
def test_one_cell_far_away_is_refused_before_it_costs_anything(book, cell):
    """Five kilobytes that want six gigabytes when the sheet is unfolded."""
    text = refusal(book({"Data": ROWS}, Data=lambda sheet: sheet.__setitem__(cell, 1)))
    assert "more columns than can be read" in text


def test_a_far_cell_that_the_dimension_hides_is_refused_all_the_same(book):
    def hide(member, data):
        return re.sub(rb'<dimension ref="[^"]*"/>', b"", data) if "sheet1" in member else data

    text = refusal(book({"Data": ROWS}, hide, Data=lambda sheet: sheet.__setitem__("XFD1048576", 1)))
    assert "more columns than can be read" in text


def test_what_stands_beside_the_table_is_refused(book):
    assert "outside the table" in refusal(book({"Data": [*ROWS, ["c", 1, "call her again"]]}))


def test_two_columns_of_one_name_are_refused(book):
    assert "stand twice: c1" in refusal(book({"Data": [["id", "c1", "c1"], ["a", 1, 2]]}))


def test_an_empty_workbook_is_refused(book):
    assert "no sheet holds a table" in refusal(book({"Data": []}))
    assert "the sheet is empty" in refusal(book({"Data": []}), sheets=("Data",))


def test_a_workbook_that_expands_a_thousandfold_is_refused(book):
    def bomb(member, data):
        return data.replace(b"</worksheet>", b" " * 120_000_000 + b"</worksheet>") if "sheet1" in member else data

    path = book({"Data": ROWS}, bomb)
    assert path.stat().st_size < 200_000
    assert "unpacks to far more" in refusal(path)


def test_xml_that_defines_entities_is_refused(book):
    def laugh(member, data):
        if "sheet1" not in member:
            return data
        return (
            b'<!DOCTYPE a [<!ENTITY b "ha">]>' + data.partition(b"?>")[2]
            if data.startswith(b"<?xml")
            else b"<!DOCTYPE a>" + data
        )

    assert "damaged" in refusal(book({"Data": ROWS}, laugh))


@pytest.mark.parametrize("tenths", range(1, 10))
def test_workbooks_cut_off_are_refused(book, tenths):
    path = book({"Data": ROWS})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * tenths // 10])
    assert "damaged" in refusal(path)


def table(name, rows, style="ta1"):
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    return f'<table:table table:name="{name}" table:style-name="{style}">{body}</table:table>'


def text(words, more=""):
    return f'<table:table-cell office:value-type="string"{more}><text:p>{words}</text:p></table:table-cell>'


def number(value, shown=None, more=""):
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}"{more}>'
        f"<text:p>{shown or value}</text:p></table:table-cell>"
    )


def day(date, shown):
    return (
        f'<table:table-cell office:value-type="date" office:date-value="{date}">'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def test_open_document_sheets(ods):
    rows = [
        text("id") + text("c1") + text("c2") + text("day"),
        number(12, "0012") + number(3, more=' table:number-columns-repeated="2"') + day("2024-03-04", "04/03/24"),
        text("b")
        + '<table:table-cell table:number-columns-repeated="2"/>'
        + text("n/a")
        + '<table:table-cell table:number-columns-repeated="16000"/>',
    ]
    path = ods(table("Data", rows), table("Old", rows, "ta2"))
    found = read_table(path)
    assert cells(found) == [["0012", "3", "3", "2024-03-04"], ["b", "", "", "n/a"]]
    assert "hidden_sheet" in {finding.code for finding in found.warnings}


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (text("x", ' table:number-rows-spanned="2"'), "cells are merged"),
        ('<table:table-cell table:formula="of:=1+1"/>', "a formula has no result"),
        (text("#REF!", ' table:formula="of:=A9"'), "an error such as"),
        (text("x", ' table:number-columns-repeated="1000000"'), "more columns than can be read"),
    ],
)
def test_open_document_sheets_have_the_same_rules(ods, cell, reason):
    assert reason in refusal(ods(table("Data", [text("id") + text("c1"), text("a") + cell])))


def test_a_row_repeated_a_million_times_is_refused(ods):
    rows = table("Data", [text("id") + text("c1"), text("a") + text("b")])
    again = rows.replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1000000">')
    assert "unpacks to far more" in refusal(ods(again))


def test_a_locked_open_document_sheet(ods):
    assert "locked with a password" in refusal(ods(table("Data", [text("id")]), manifest="<encryption-data/>"))


def test_a_locked_excel_workbook(tmp_path):
    path = tmp_path / "export.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5_000)
    text_of = refusal(path)
    assert "locked with a password" in text_of
    assert "save it as .xlsx without one" in text_of
