"""Tables as native Word tables: repeated header rows, no vertical rules, rows that do not break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.reporting.documents.word_shell import shell_of
from mirabal_toolkit.reporting.documents.word_xml import paragraph_xml, switched, text_run
from mirabal_toolkit.reporting.tables.fitting import (
    A4,
    TWIPS_PER_POINT,
    WORDS_GAP,
    Paper,
    beside_a_number,
    fit_table,
    unbroken,
)
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table

#: Tables lower than this, in points, are never broken over pages; of higher ones so many rows stay with the notes.
MOST_TOGETHER, LAST_TOGETHER = 360, 3
_RULE = '<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="auto"/>'
#: Stand where the id of the text style comes, and where a cell may be kept on the page of the next row; no text can
#: hold them, since control signs are cleaned away.
_STYLE_PLACE, _FREE, _KEPT = "\x00style", "\x00free", "<w:keepNext/>"
_RAISED = '<w:vertAlign w:val="superscript"/>'
_GROUP_FILL = '<w:shd w:val="clear" w:color="auto" w:fill="EEF2F5"/>'


def render_docx(table: Table, language: str) -> bytes:
    """Return a Word file that holds nothing but the table; the same bytes every time."""
    shell = shell_of(language, landscape=fit_table(table).landscape)
    caption = paragraph_xml(text_run(table.title), shell.styles["Caption"])
    return shell.holding(table.title, caption + "".join(table_xml(table, shell.styles)))


def table_xml(table: Table, styles: Mapping[str, str], paper: Paper = A4) -> list[str]:
    """Return a table and the paragraphs of its notes as XML; its page must lie as `fit_table` says.

    Parameters
    ----------
    table : Table
    styles : mapping
        Ids of the styles of its document, by name (see `word_styles.style_ids`).
    paper : Paper
    """
    fit = fit_table(table, paper)
    table, widths = fit.table, fit.widths
    rows = [_span_row(table, widths)] if table.spans else []
    rows.append(_header_row(table, widths))
    for group in table.groups:
        rows += _group_rows(group, table, widths)
    together = len(rows) if fit.height <= MOST_TOGETHER else LAST_TOGETHER
    rows[-together:] = [row.replace(_FREE, _KEPT) for row in rows[-together:]]
    style = quoteattr(styles["Table text small" if fit.small else "Table text"])
    laid = _table_xml(table, widths, rows).replace(_STYLE_PLACE, style).replace(_FREE, "")
    return [laid, *_notes_xml(table.notes or (Note(""),), styles["Table note"])]


def _notes_xml(notes: Sequence[Note], style: str) -> list[str]:
    last = len(notes) - 1
    return [
        paragraph_xml(_note_runs(note), style, switched("keepNext", on=number < last))
        for number, note in enumerate(notes)
    ]


def _note_runs(note: Note) -> str:
    mark = text_run(note.mark, _RAISED) + text_run(" ") if note.mark else ""
    return mark + text_run(note.text)


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks: columns it spans, its rule and fill as XML, and where its text stands.

    `keep` keeps it on the page of the row below; `indent` is space before its text, in twips.
    """

    span: int = 1
    rule: str = ""
    fill: str = ""
    align: str = "left"
    bottom: bool = False
    keep: bool = False
    indent: int = 0


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
        cells.append(
            _cell_xml(text_run(span.label, "<w:b/>"), width, Look(span.width, rule, align="center", keep=True))
        )
        place += span.width
    return _row_xml(cells, header=True)


def _header_row(table: Table, widths: Sequence[int]) -> str:
    rule = _RULE.format(side="bottom", size=6)
    cells = [
        _cell_xml(
            text_run(column.header, "<w:b/>") + _under(column.under),
            width,
            Look(rule=rule, align=_align(column), bottom=True, keep=True, indent=_indent(table, position)),
        )
        for position, (column, width) in enumerate(zip(table.columns, widths, strict=True))
    ]
    return _row_xml(cells, header=True)


def _indent(table: Table, position: int) -> int:
    return WORDS_GAP * TWIPS_PER_POINT if beside_a_number(table, position) else 0


def _group_rows(group: RowGroup, table: Table, widths: Sequence[int]) -> list[str]:
    rows = []
    if group.label:
        run = text_run(group.label, "<w:b/>")
        rows.append(_row_xml([_cell_xml(run, sum(widths), Look(len(widths), fill=_GROUP_FILL, keep=True))]))
    rows += [_body_row(row, table, widths) for row in group.rows]
    return rows


def _body_row(row: Row, table: Table, widths: Sequence[int]) -> str:
    return _row_xml(
        [
            _cell_xml(_runs(cell), width, Look(align=_align(column), indent=_indent(table, position)))
            for position, (cell, column, width) in enumerate(zip(row.cells, table.columns, widths, strict=True))
        ]
    )


def _runs(cell: Cell) -> str:
    marks = "".join(text_run(mark, _RAISED) for mark in cell.marks)
    return text_run(unbroken(cell.text)) + marks + _under(cell.under)


def _under(text: str) -> str:
    return f"<w:r><w:br/></w:r>{text_run(text)}" if text else ""


def _align(column: Column) -> str:
    return "left" if column.kind in ("label", "text") else "right"


def _cell_xml(runs: str, width: int, look: Look) -> str:
    spanning = f'<w:gridSpan w:val="{look.span}"/>' if look.span > 1 else ""
    borders = f"<w:tcBorders>{look.rule}</w:tcBorders>" if look.rule else ""
    vertical = '<w:vAlign w:val="bottom"/>' if look.bottom else ""
    kept = _KEPT if look.keep else _FREE
    kept += f'<w:ind w:left="{look.indent}"/>' if look.indent else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanning}{borders}{look.fill}{vertical}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val={_STYLE_PLACE}/>{kept}<w:jc w:val="{look.align}"/></w:pPr>{runs}</w:p></w:tc>'
    )
