"""Tables as native Word tables: repeated header rows, no vertical rules, rows that do not break."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from mirabal_toolkit.file_safety import clean_text, steady_archive
from mirabal_toolkit.reporting.documents.word_styles import new_document
from mirabal_toolkit.reporting.documents.word_xml import element, text_run
from mirabal_toolkit.reporting.tables.folding import fold
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, begins_span

TWIPS_PER_POINT = 20
#: Width of the text on an upright page and on one on its side, in twips (A4, margins of `set_page`).
TEXT_WIDTH = {False: 9638, True: 14797}
#: Average width of a sign in points, in the text of tables and in the small one; both sides' padding.
SIGN, SMALL_SIGN, CELL_PADDING = 4.75, 3.95, 7
#: Tables of no more rows are never broken over pages.
MOST_TOGETHER = 18
#: Space before the first column under a spanning header, in points.
SPAN_GAP = 9
_RULE = '<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="auto"/>'
#: Stands where the id of the text style comes; no text can hold it, since control signs are cleaned away.
_STYLE_PLACE = "\x00style"
_GROUP_FILL = '<w:shd w:val="clear" w:color="auto" w:fill="EEF2F5"/>'


def render_docx(table: Table, language: str) -> bytes:
    """Return a Word file that holds nothing but the table; the same bytes every time."""
    document = new_document(table.title, language, landscape=fit_table(table).landscape)
    document.add_paragraph(clean_text(table.title), style="Caption")
    add_table(document, table)
    buffer = io.BytesIO()
    document.save(buffer)
    return steady_archive(buffer.getvalue())


def add_table(document: Any, table: Table) -> None:
    """Append a table, folded if it is wide, and its notes to a document; its page must lie as `fit_table` says."""
    table, fit = fold(table), fit_table(table)
    widths = fit.widths
    rows = [_span_row(table, widths)] if table.spans else []
    rows.append(_header_row(table.columns, widths))
    for group in table.groups:
        rows += _group_rows(group, table.columns, widths)
    xml = _table_xml(table, widths, rows)
    style = document.styles["Table text small" if fit.small else "Table text"]
    table_element = element(xml.replace(_STYLE_PLACE, quoteattr(style.style_id)))
    if len(rows) <= MOST_TOGETHER:
        _keep_together(table_element)
    document.element.body.insert_element_before(table_element, "w:sectPr")
    for note in table.notes or (Note(""),):
        paragraph = document.add_paragraph(style="Table note")
        if note.mark:
            paragraph.add_run(note.mark).font.superscript = True
            paragraph.add_run(" ")
        paragraph.add_run(clean_text(note.text))


def _keep_together(table: Any) -> None:
    """Keep all rows of a table on one page: each with the next."""
    from docx.oxml.ns import qn

    for properties in table.iter(qn("w:pPr")):
        if properties.find(qn("w:keepNext")) is None:
            properties.insert(1, element("<w:keepNext/>"))


@dataclass(frozen=True, slots=True)
class Fit:
    """How a table is laid on paper.

    Parameters
    ----------
    landscape : bool
        Whether the page must lie on its side.
    small : bool
        Whether the text must be small.
    widths : tuple of int
        Width of each column, in twips.
    """

    landscape: bool
    small: bool
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks: columns it spans, its rule and fill as XML, and where its text stands.

    `keep` keeps it on the page of the row below.
    """

    span: int = 1
    rule: str = ""
    fill: str = ""
    align: str = "left"
    bottom: bool = False
    keep: bool = False


def fit_table(table: Table) -> Fit:
    """Return the layout of a table, folded if it is wide: upright if it fits, else on its side, else small as well."""
    table = fold(table)
    for landscape, small in ((False, False), (True, False)):
        needs = [_need(table, position, small=small) for position in range(len(table.columns))]
        if sum(needs) <= TEXT_WIDTH[landscape]:
            return Fit(landscape, small, _shared(table, needs, TEXT_WIDTH[landscape]))
    needs = [_need(table, position, small=True) for position in range(len(table.columns))]
    return Fit(True, True, _shared(table, needs, TEXT_WIDTH[True]))


def _shared(table: Table, needs: Sequence[int], total: int) -> tuple[int, ...]:
    """Return widths that sum to `total`; what is over goes to texts by their length, then to numbers."""
    widths = list(needs)
    over = total - sum(needs)
    if over < 0:
        widths = [int(need * total / sum(needs)) for need in needs]
        widths[0] += total - sum(widths)
        return tuple(widths)
    wishes = [
        max(_wish(table, position) - need, 0) if column.kind in ("label", "text") else 0
        for position, (need, column) in enumerate(zip(needs, table.columns, strict=True))
    ]
    share = min(1.0, over / sum(wishes)) if sum(wishes) else 0.0
    widths = [width + int(wish * share) for width, wish in zip(widths, wishes, strict=True)]
    rest = total - sum(widths)
    widths = [width + rest // len(widths) for width in widths]
    widths[0] += total - sum(widths)
    return tuple(widths)


def _need(table: Table, position: int, *, small: bool) -> int:
    """Return the least width of a column, in twips: its longest word, or for short numbers its longest text."""
    column = table.columns[position]
    texts = [text for row in table.rows for text in (row.cells[position].text, row.cells[position].under)]
    words = [word[:20] for text in texts for word in text.split()]
    whole = [] if column.kind in ("label", "text") else [_on_as_few_lines(text) for text in texts]
    bold = max((len(word) for word in f"{column.header} {column.under}".split()), default=0)
    longest = max(max((len(text) for text in (*words, *whole)), default=3), 1.12 * bold)
    if position == 0:
        longest = max(longest, 24)
    gap = SPAN_GAP if begins_span(table, position) else 0
    return int((longest * (SMALL_SIGN if small else SIGN) + CELL_PADDING + gap) * TWIPS_PER_POINT)


def _on_as_few_lines(text: str) -> str:
    """Return the part of a text that must fit on a line: all of a number, half of words among numbers."""
    return text[: len(text) // 2 + 2] if text[:1].isalpha() else text


def _wish(table: Table, position: int) -> int:
    """Return the width at which no text of a column breaks, in twips."""
    texts = [row.cells[position].text for row in table.rows]
    return int((max((len(text) for text in texts), default=0) * SIGN + CELL_PADDING) * TWIPS_PER_POINT)


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
        cells.append(_cell_xml(text_run(span.label, "<w:b/>"), width, Look(span.width, rule, align="center")))
        place += span.width
    return _row_xml(cells, header=True)


def _header_row(columns: Sequence[Column], widths: Sequence[int]) -> str:
    rule = _RULE.format(side="bottom", size=6)
    cells = [
        _cell_xml(
            text_run(column.header, "<w:b/>") + _under(column.under),
            width,
            Look(rule=rule, align=_align(column), bottom=True),
        )
        for column, width in zip(columns, widths, strict=True)
    ]
    return _row_xml(cells, header=True)


def _group_rows(group: RowGroup, columns: Sequence[Column], widths: Sequence[int]) -> list[str]:
    rows = []
    if group.label:
        run = text_run(group.label, "<w:b/>")
        rows.append(_row_xml([_cell_xml(run, sum(widths), Look(len(widths), fill=_GROUP_FILL, keep=True))]))
    rows += [_body_row(row, columns, widths) for row in group.rows]
    return rows


def _body_row(row: Row, columns: Sequence[Column], widths: Sequence[int]) -> str:
    return _row_xml(
        [
            _cell_xml(_runs(cell), width, Look(align=_align(column)))
            for cell, column, width in zip(row.cells, columns, widths, strict=True)
        ]
    )


def _runs(cell: Cell) -> str:
    marks = "".join(text_run(mark, '<w:vertAlign w:val="superscript"/>') for mark in cell.marks)
    return text_run(cell.text) + marks + _under(cell.under)


def _under(text: str) -> str:
    return f"<w:r><w:br/></w:r>{text_run(text)}" if text else ""


def _align(column: Column) -> str:
    return "left" if column.kind in ("label", "text") else "right"


def _cell_xml(runs: str, width: int, look: Look) -> str:
    spanning = f'<w:gridSpan w:val="{look.span}"/>' if look.span > 1 else ""
    borders = f"<w:tcBorders>{look.rule}</w:tcBorders>" if look.rule else ""
    vertical = '<w:vAlign w:val="bottom"/>' if look.bottom else ""
    kept = "<w:keepNext/>" if look.keep else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanning}{borders}{look.fill}{vertical}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val={_STYLE_PLACE}/>{kept}<w:jc w:val="{look.align}"/></w:pPr>{runs}</w:p></w:tc>'
    )
