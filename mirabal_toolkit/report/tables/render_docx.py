"""Tables as native Word tables: repeated header rows, no vertical rules, rows that do not break."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from mirabal_toolkit.report.archives import steady_archive
from mirabal_toolkit.report.documents.word_styles import new_document
from mirabal_toolkit.report.documents.word_xml import element, text_run
from mirabal_toolkit.report.escaping import clean_text
from mirabal_toolkit.report.tables.spec import Cell, Column, Note, Row, RowGroup, Table

#: Twentieths of a point, Word's unit of width.
TWIPS_PER_INCH = 1440
#: Tables with more columns than this stand on a page on its side.
WIDE = 9
_RULE = '<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="auto"/>'
_GROUP_FILL = '<w:shd w:val="clear" w:color="auto" w:fill="EEF2F5"/>'


def render_docx(table: Table, language: str) -> bytes:
    """Return a Word file that holds nothing but the table; the same bytes every time."""
    document = new_document(table.title, language, landscape=len(table.columns) > WIDE)
    document.add_paragraph(clean_text(table.title), style="Caption")
    add_table(document, table)
    buffer = io.BytesIO()
    document.save(buffer)
    return steady_archive(buffer.getvalue())


def add_table(document: Any, table: Table) -> None:
    """Append a table and its notes to a document, as wide as the text of its last section."""
    section = document.sections[-1]
    width = int((section.page_width - section.left_margin - section.right_margin) / 635)
    widths = column_widths(table, width)
    rows = [_span_row(table, widths)] if table.spans else []
    rows.append(_header_row(table.columns, widths, first=not table.spans))
    for group in table.groups:
        rows += _group_rows(group, table.columns, widths)
    document.element.body.insert_element_before(element(_table_xml(table, widths, rows)), "w:sectPr")
    for note in table.notes or (Note(""),):
        paragraph = document.add_paragraph(style="Table note")
        if note.mark:
            paragraph.add_run(note.mark).font.superscript = True
            paragraph.add_run(" ")
        paragraph.add_run(clean_text(note.text))


def column_widths(table: Table, total: int) -> list[int]:
    """Return a width for each column, in twips, summing to `total`.

    Columns of numbers get what their longest entry needs; labels share what is left.
    """
    needs = [_need(table, position) for position in range(len(table.columns))]
    fixed = sum(need for need, column in zip(needs, table.columns, strict=True) if column.kind not in ("label", "text"))
    texts = sum(need for need, column in zip(needs, table.columns, strict=True) if column.kind in ("label", "text"))
    least = 0.22 * total
    room = max(total - fixed, least)
    scale = (total - room) / fixed if fixed else 1.0
    widths = [
        int(need * room / texts) if column.kind in ("label", "text") else int(need * scale)
        for need, column in zip(needs, table.columns, strict=True)
    ]
    widths[0] += total - sum(widths)
    return widths


def _need(table: Table, position: int) -> int:
    """Return the width of a column's longest unbreakable text; of labels, of their longest text, within limits."""
    column = table.columns[position]
    texts = [row.cells[position].text for row in table.rows]
    points = 4.3 if len(table.columns) > WIDE else 5.0
    if column.kind in ("label", "text"):
        longest = max((len(text) for text in (*texts, column.header)), default=10)
        return int(min(max(longest, 8), 60) * points * 20)
    words = [word for text in (*texts, column.header) for word in text.split()]
    lines = [text for text in texts if len(text) <= 14]
    longest = max((len(text) for text in (*words, *lines)), default=3)
    return int((longest * points + 9) * 20)


def _table_xml(table: Table, widths: Sequence[int], rows: Sequence[str]) -> str:
    rules = _RULE.format(side="top", size=12) + _RULE.format(side="bottom", size=12)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{rules}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>'
        '</w:tblCellMar><w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" '
        f'w:noHBand="0" w:noVBand="1"/><w:tblCaption w:val={quoteattr(clean_text(table.title))}/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _row_xml(cells: Sequence[str], *, header: bool = False) -> str:
    repeated = "<w:tblHeader/>" if header else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(cells)}</w:tr>"


def _span_row(table: Table, widths: Sequence[int]) -> str:
    cells, place = [], 0
    for span in table.spans:
        width = sum(widths[place : place + span.width])
        rule = _RULE.format(side="bottom", size=4) if span.label else ""
        cells.append(_cell_xml(text_run(span.label, "<w:b/>"), width, span=span.width, rule=rule, align="center"))
        place += span.width
    return _row_xml(cells, header=True)


def _header_row(columns: Sequence[Column], widths: Sequence[int], *, first: bool) -> str:
    del first
    rule = _RULE.format(side="bottom", size=6)
    cells = [
        _cell_xml(text_run(column.header, "<w:b/>"), width, rule=rule, align=_align(column), bottom=True)
        for column, width in zip(columns, widths, strict=True)
    ]
    return _row_xml(cells, header=True)


def _group_rows(group: RowGroup, columns: Sequence[Column], widths: Sequence[int]) -> list[str]:
    rows = []
    if group.label:
        run = text_run(group.label, "<w:b/>")
        rows.append(_row_xml([_cell_xml(run, sum(widths), span=len(widths), fill=_GROUP_FILL, keep=True)]))
    rows += [_body_row(row, columns, widths) for row in group.rows]
    return rows


def _body_row(row: Row, columns: Sequence[Column], widths: Sequence[int]) -> str:
    return _row_xml(
        [
            _cell_xml(_runs(cell), width, align=_align(column))
            for cell, column, width in zip(row.cells, columns, widths, strict=True)
        ]
    )


def _runs(cell: Cell) -> str:
    marks = "".join(text_run(mark, '<w:vertAlign w:val="superscript"/>') for mark in cell.marks)
    return text_run(cell.text) + marks


def _align(column: Column) -> str:
    return "left" if column.kind in ("label", "text") else "right"


def _cell_xml(  # noqa: PLR0913 — the parts of one XML element, in its order
    runs: str,
    width: int,
    *,
    span: int = 1,
    rule: str = "",
    fill: str = "",
    align: str = "left",
    bottom: bool = False,
    keep: bool = False,
) -> str:
    spanning = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    borders = f"<w:tcBorders>{rule}</w:tcBorders>" if rule else ""
    vertical = '<w:vAlign w:val="bottom"/>' if bottom else ""
    kept = "<w:keepNext/>" if keep else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanning}{borders}{fill}{vertical}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="TableText"/>{kept}<w:jc w:val="{align}"/></w:pPr>{runs}</w:p></w:tc>'
    )
