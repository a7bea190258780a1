from __future__ import annotations

import io
from dataclasses import replace

import docx
import lxml.html
import pytest

from mirabal_toolkit.reporting.tables.fitting import fit_table
from mirabal_toolkit.reporting.tables.folding import MOST_COLUMNS, fold
from mirabal_toolkit.reporting.tables.render_docx import render_docx
from mirabal_toolkit.reporting.tables.render_html import render_html
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table


def every_wave(waves: int) -> Table:
    columns = [Column("indicator", "Indicator", "label")]
    cells = [Cell("Any physical harm")]
    for wave in range(1, waves + 1):
        span = f"{3 * wave} months"
        columns += [
            Column(f"n_w{wave}", "n", span=span),
            Column(f"w{wave}", "%", span=span),
            Column(f"w{wave}_conf", "95% interval", "interval", span),
        ]
        cells += [Cell("120", 120), Cell("79", 79, marks=("a",)), Cell("71 to 85", bounds=(71, 85))]
    return Table("by-wave", "Every wave", tuple(columns), (RowGroup("", (Row(tuple(cells)),)),), (Note("few", "a"),))


def test_intervals_go_under_their_numbers_and_spans_stay_over_them() -> None:
    folded = fold(every_wave(5))
    assert [column.key for column in folded.columns][:3] == ["indicator", "n_w1", "w1"]
    assert len(folded.columns) == 11
    assert [(span.label, span.width) for span in folded.spans][1:] == [
        (f"{3 * wave} months", 2) for wave in range(1, 6)
    ]
    assert next(folded.rows).cells[2] == Cell("79", 79, marks=("a",), under="71 to 85")


def test_nothing_is_lost_by_folding() -> None:
    table = every_wave(5)
    shown = lxml.html.fromstring(render_html(fold(table))).text_content()
    for row in table.rows:
        assert all(cell.text in shown for cell in row.cells)


def test_narrow_tables_stay_as_they_are() -> None:
    table = every_wave(2)
    assert len(table.columns) <= MOST_COLUMNS
    assert fold(table) is table


def test_a_hidden_number_has_nothing_under_it() -> None:
    table = every_wave(4)
    row = next(table.rows)
    hidden = Row((*row.cells[:2], Cell("hidden"), Cell("–"), *row.cells[4:]))
    folded = fold(Table("t", "T", table.columns, (RowGroup("", (hidden,)),), table.notes))
    assert next(folded.rows).cells[2] == Cell("hidden")


def test_an_interval_that_begins_with_its_number_stands_on_two_lines() -> None:
    columns = [Column(f"c{number}", "n") for number in range(8)] + [Column("x", "change (95% interval)", "interval")]
    row = Row((*(Cell("1") for _ in range(8)), Cell("−38 (−49 to −27)", -38, (-49, -27))))
    folded = fold(Table("t", "T", tuple(columns), (RowGroup("", (row,)),)))
    assert (folded.columns[-1].header, folded.columns[-1].under) == ("change", "(95% interval)")
    assert next(folded.rows).cells[-1] == Cell("−38", -38, (-49, -27), under="(−49 to −27)")


def test_seven_waves_fit_a_word_page_without_small_text() -> None:
    table = every_wave(7)
    assert not fit_table(table).small
    (native,) = docx.Document(io.BytesIO(render_docx(table, "en"))).tables
    assert native.cell(2, 2).text == "79a\n71 to 85"


def test_words_beside_numbers_do_not_touch_them() -> None:
    columns = (Column("a", "A", "label"), Column("x", "x"), Column("t", "t", "text"))
    row = Row((Cell("a"), Cell("12"), Cell("never")))
    (native,) = docx.Document(io.BytesIO(render_docx(Table("t", "T", columns, (RowGroup("", (row,)),)), "en"))).tables
    assert native.cell(1, 2).paragraphs[0].paragraph_format.left_indent > 0
    assert native.cell(1, 1).paragraphs[0].paragraph_format.left_indent is None


def many_rows(number: int) -> Table:
    columns = (Column("a", "A", "label"), *(Column(f"c{place}", "95% interval") for place in range(9)))
    row = Row((Cell("Any physical harm"), *(Cell("12 (8 to 17)") for _ in range(9))))
    return Table("t", "T", columns, (RowGroup("", (row,) * number),), (Note("n: women"),))


@pytest.mark.parametrize(("rows", "small"), [(10, False), (28, True), (60, False)])
def test_text_is_small_only_where_that_saves_a_page(rows: int, *, small: bool) -> None:
    fit = fit_table(many_rows(rows))
    assert (fit.landscape, fit.small) == (True, small)


def test_a_lying_table_of_many_pages_stands_upright_where_small_text_makes_it_shorter() -> None:
    columns = (Column("a", "A", "label"), *(Column(f"c{place}", "%") for place in range(15)))
    row = Row((Cell("12 months"), *(Cell("0.71") for _ in range(15))))
    table = Table("t", "T", columns, (RowGroup("", (row,) * 90),))
    fit = fit_table(table)
    assert (fit.landscape, fit.small) == (False, True)
    assert fit_table(replace(table, groups=(RowGroup("", (row,) * 10),))).landscape


def test_the_end_of_a_long_table_stays_with_its_notes() -> None:
    (native,) = docx.Document(io.BytesIO(render_docx(many_rows(80), "en"))).tables
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in native.rows]
    assert kept[-3:] == [True, True, True]
    assert kept[40] is None


def test_an_interval_behind_its_number_is_not_broken_in_word() -> None:
    columns = (Column("a", "A", "label"), Column("x", "change (95% interval)", "text"))
    row = Row((Cell("Any physical harm (while in contact with him)"), Cell("−38 (−49 to −27)")))
    table = Table("t", "T", columns, (RowGroup("", (row,)),))
    (native,) = docx.Document(io.BytesIO(render_docx(table, "en"))).tables
    assert native.cell(1, 1).text == "−38 (−49\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}−27)"
    assert native.cell(1, 0).text == "Any physical harm (while in contact with him)"


def test_a_short_word_of_a_header_has_room_for_its_wide_letters() -> None:
    columns = (Column("a", "A", "label"), *(Column(f"n{n}", "Women") for n in range(2)), Column("x", "Xxxxx"))
    row = Row((Cell("a"), Cell("1"), Cell("1"), Cell("1")))
    wide, _, usual = fit_table(Table("t", "T", columns, (RowGroup("", (row,)),))).widths[1:]
    assert wide > usual
