from __future__ import annotations

import csv
import io
import zipfile

import docx
import lxml.html
import openpyxl
import pytest
from docx.oxml.ns import qn

from mirabal_toolkit.reporting.tables.fitting import A4, fit_table
from mirabal_toolkit.reporting.tables.render_csv import render_csv
from mirabal_toolkit.reporting.tables.render_docx import render_docx
from mirabal_toolkit.reporting.tables.render_html import render_html, render_html_page
from mirabal_toolkit.reporting.tables.render_xlsx import render_xlsx
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table

NASTY = ("=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "＝1", "<script>alert(1)</script>", "a & b", "\x00\x0bbell 😀")


def nasty_table() -> Table:
    columns = (Column("label", "<b>Indicator</b>", "label"), Column("x", "x", span="& span"), Column("t", "t", "text"))
    rows = tuple(Row((Cell(text), Cell("−4", -4.0), Cell(text, marks=("a",)))) for text in NASTY)
    return Table("nasty", "=T & <i>", columns, (RowGroup("=group", rows),), (Note("all"), Note("<why>", "a")))


def wide_table(columns: int) -> Table:
    heads = (Column("label", "Indicator", "label"), *(Column(f"c{n}", "95% interval") for n in range(columns)))
    row = Row((Cell("Any physical harm"), *(Cell("12 (8 to 17)", 12.0) for _ in range(columns))))
    return Table("wide", "Wide", heads, (RowGroup("", (row,)),))


def test_csv_text_cannot_become_a_formula_and_numbers_stay_numbers() -> None:
    rows = list(csv.reader(io.StringIO(render_csv(nasty_table()).decode("utf-8-sig"))))
    assert rows[0] == ["group", "label", "x", "t"]
    for row, text in zip(rows[1:], NASTY, strict=True):
        assert row[0] == "'=group"
        assert row[1].startswith("'") == (text[0] in "=+-@＝")
        assert row[2] == "-4"


def test_csv_begins_with_a_byte_order_mark_so_that_excel_reads_utf_8() -> None:
    assert render_csv(nasty_table()).startswith(b"\xef\xbb\xbf")


def test_xlsx_holds_text_as_text_and_numbers_as_numbers() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(render_xlsx(nasty_table()))).active
    assert sheet is not None
    spans, headers, group, *rows = sheet.iter_rows(min_row=3, max_row=5 + len(NASTY))
    assert [cell.value for cell in spans] == [None, "& span", None]
    assert [cell.value for cell in headers] == ["<b>Indicator</b>", "x", "t"]
    assert group[0].value == "=group"
    assert [row[1].value for row in rows] == [-4] * len(NASTY)
    assert {cell.data_type for cell in (spans[1], headers[0], group[0], *(row[0] for row in rows))} == {"s"}
    assert rows[0][0].value == NASTY[0]
    assert sheet.freeze_panes == "B5"


def test_xlsx_shows_a_small_p_as_people_read_it_and_keeps_its_number() -> None:
    columns = (Column("what", "What", "label"), Column("p", "p"), Column("x_conf", "95% interval", "interval"))
    row = Row((Cell("a"), Cell("<0.001", value=4e-7), Cell("1 to 2", bounds=(1.0, 2.0))))
    written = render_xlsx(Table("t", "T", columns, (RowGroup("", (row,)),), (Note("a note"),)))
    sheet = openpyxl.load_workbook(io.BytesIO(written)).active
    assert sheet is not None
    assert (sheet["B4"].value, sheet["B4"].number_format) == (4e-7, '"<0.001"')
    assert (sheet["C4"].value, sheet["D4"].value) == (1, 2)
    assert {str(merged) for merged in sheet.merged_cells.ranges} == {"C3:D3", "A6:D6"}


def test_cells_of_a_workbook_look_as_what_they_are() -> None:
    columns = (Column("what", "What", "label"), Column("x", "x"), Column("why", "Why", "text"))
    rows = tuple(Row((Cell("a"), Cell(str(number), value=number), Cell("=b"))) for number in (2.0, 0.5, 2.5, 3.0))
    written = render_xlsx(Table("t", "T", columns, (RowGroup("Group", rows),), (Note("a note"),)))
    sheet = openpyxl.load_workbook(io.BytesIO(written)).active
    assert sheet is not None
    assert [sheet.cell(row, 2).number_format for row in range(5, 9)] == ["0", "0.000", "0.0", "0"]
    looks = {
        (cell.font.bold, cell.font.size, cell.alignment.horizontal, cell.alignment.indent, cell.quotePrefix)
        for row in sheet.iter_rows(min_row=5, max_row=8)
        for cell in row
    }
    assert looks == {(False, 10, "left", 0, True), (False, 10, "right", 0, False), (False, 10, "left", 1, True)}
    assert [(sheet[place].font.bold, sheet[place].font.size) for place in ("A1", "A3", "A4", "A10")] == [
        (True, 12),
        (True, 10),
        (True, 10),
        (False, 9),
    ]


def test_a_workbook_is_written_where_a_limit_has_no_end() -> None:
    endless = Table(
        "endless",
        "Odds",
        (Column("what", "What", kind="label"), Column("high", "Up to"), Column("low", "From")),
        (RowGroup("", (Row((Cell("a"), Cell("", value=float("inf")), Cell("", value=float("-inf")))),)),),
    )
    sheet = openpyxl.load_workbook(io.BytesIO(render_xlsx(endless))).active
    assert sheet is not None
    values = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "∞" in values
    assert "−∞" in values


def test_html_escapes_everything_and_names_its_headers() -> None:
    text = render_html(nasty_table())
    assert "<script>" not in text
    assert "<b>" not in text
    table = lxml.html.fromstring(text)
    assert next(cell.text_content() for cell in table.xpath("//tbody//th[@scope='row']")) == NASTY[0]
    assert table.xpath("//thead//th[@scope='colgroup']/@colspan") == ["1"]
    assert table.xpath("count(//thead//th[@scope='col'])") == 3
    assert table.xpath("//caption")[0].text_content() == "=T & <i>"


def test_html_breaks_no_interval_but_a_long_remark() -> None:
    cells = (Cell("Slapped her (while in contact with him)"), Cell("12 (8 to 17)"))
    columns = (Column("label", "Indicator", "label"), Column("x", "x", "text"))
    (row,) = lxml.html.fromstring(render_html(Table("t", "T", columns, (RowGroup("", (Row(cells),)),)))).xpath(
        ".//tbody/tr"
    )
    assert [span.text for span in row.xpath(".//span[@class='nowrap']")] == ["(8 to 17)"]
    assert [cell.text_content() for cell in row] == [cell.text for cell in cells]


def test_html_page_is_whole_and_carries_the_notes() -> None:
    page = lxml.html.fromstring(render_html_page(nasty_table(), "en"))
    assert page.get("lang") == "en"
    assert [note.text_content() for note in page.xpath("//div[@class='notes']/p")] == ["all", "a<why>"]


def test_a_notebook_shows_the_table_with_its_notes() -> None:
    shown = lxml.html.fromstring(f"<div>{nasty_table()._repr_html_()}</div>")
    assert len(shown.xpath("//tbody/tr")) == len(NASTY) + 1
    assert shown.xpath("//div[@class='notes']")


def test_word_table_is_native_with_repeated_headers_and_fits_the_page() -> None:
    document = docx.Document(io.BytesIO(render_docx(nasty_table(), "en")))
    (table,) = document.tables
    headers = [row for row in table.rows if row._tr.trPr.find(qn("w:tblHeader")) is not None]
    assert len(headers) == 2
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert not table._tbl.tblPr.findall(f".//{qn('w:insideV')}")
    assert table.cell(3, 0).text == NASTY[0]
    widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.findall(qn("w:gridCol"))]
    assert sum(widths) == A4.text_width(landscape=False)
    styles = {style.style_id for style in document.styles}
    assert {value.get(qn("w:val")) for value in table._tbl.iter(qn("w:pStyle"))} <= styles


@pytest.mark.parametrize(("columns", "landscape", "small"), [(3, False, False), (9, True, False), (14, True, True)])
def test_wide_tables_lie_on_their_side_and_then_get_small(columns: int, *, landscape: bool, small: bool) -> None:
    fit = fit_table(wide_table(columns))
    assert (fit.landscape, fit.small) == (landscape, small)
    assert sum(fit.widths) == A4.text_width(landscape=landscape)
    assert min(fit.widths) > 0
    page = docx.Document(io.BytesIO(render_docx(wide_table(columns), "en"))).sections[0]
    assert (page.page_width > page.page_height) == landscape


def test_groups_of_columns_stand_apart_where_there_is_room() -> None:
    heads = [Column("label", "Indicator", "label")]
    for wave in ("Start", "End"):
        heads += [Column(f"n{wave}", "n", span=wave), Column(f"p{wave}", "%", span=wave)]
    row = Row((Cell("Made to do something sexual against her will"), *(Cell("12", 12.0) for _ in range(4))))
    _, first, second, third, fourth = fit_table(Table("t", "T", tuple(heads), (RowGroup("", (row,)),)), A4).widths
    assert first == third > 2 * second
    assert second == fourth


@pytest.mark.parametrize("render", [render_csv, render_xlsx, lambda table: render_docx(table, "en")])
def test_equal_tables_give_equal_bytes(render: object) -> None:
    assert render(nasty_table()) == render(nasty_table())  # type: ignore[operator]


def test_office_files_carry_no_clock() -> None:
    for data in (render_xlsx(nasty_table()), render_docx(nasty_table(), "en")):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert archive.read("docProps/core.xml").count(b"2000-01-01T00:00:00Z") == 2
