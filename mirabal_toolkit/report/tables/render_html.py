"""Tables as HTML: real header cells with scopes, so that screen readers say where one is."""

from __future__ import annotations

from html import escape

from mirabal_toolkit.report.escaping import clean_text
from mirabal_toolkit.report.tables.spec import Cell, Column, Note, RowGroup, Table

_STYLE = """
body { font-family: system-ui, sans-serif; margin: 2rem; }
table { border-collapse: collapse; border-bottom: 2px solid; font-variant-numeric: tabular-nums; }
thead tr:first-child > * { border-top: 2px solid; }
caption { text-align: left; font-weight: 600; padding-bottom: .5rem; }
th, td { padding: .25rem .75rem; text-align: right; vertical-align: top; font-weight: 400; }
thead tr:last-child th { border-bottom: 1px solid; }
.span { text-align: center; border-bottom: 1px solid; }
.label { text-align: left; }
.group th { font-weight: 600; padding-top: .75rem; }
.notes { font-size: .85rem; max-width: 60rem; }
"""


def render_html(table: Table, *, caption: str = "", anchor: str = "") -> str:
    """Return the table as an HTML ``<table>`` followed by its notes.

    Parameters
    ----------
    table : Table
    caption : str
        Stands above the table; the table's title where empty.
    anchor : str
        The ``id`` of the table element; ``table-`` and the table's id where empty.
    """
    parts = [
        f'<table id="{escape(anchor or f"table-{table.id}")}">',
        f"<caption><span>{_text(caption or table.title)}</span></caption>",
        _head(table),
        *(_group(group, table.columns) for group in table.groups),
        "</table>",
    ]
    return "\n".join(parts)


def render_html_notes(notes: tuple[Note, ...]) -> str:
    """Return the notes under a table; empty if there are none."""
    if not notes:
        return ""
    lines = [f"<p>{_mark(note.mark)}{_text(note.text)}</p>" for note in notes]
    return f'<div class="notes">{"".join(lines)}</div>'


def render_html_page(table: Table, language: str) -> bytes:
    """Return a page that holds nothing but the table."""
    page = (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(table.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{render_html(table)}\n{render_html_notes(table.notes)}\n</body>\n</html>\n"
    )
    return page.encode()


def _head(table: Table) -> str:
    rows = []
    if table.spans:
        cells = [
            f'<th scope="colgroup" colspan="{span.width}" class="span">{_text(span.label)}</th>'
            if span.label
            else "<td></td>" * span.width
            for span in table.spans
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    headers = [f'<th scope="col"{_class(column)}>{_text(column.header)}</th>' for column in table.columns]
    rows.append(f"<tr>{''.join(headers)}</tr>")
    return f"<thead>{''.join(rows)}</thead>"


def _group(group: RowGroup, columns: tuple[Column, ...]) -> str:
    lines = []
    if group.label:
        heading = f'<th scope="rowgroup" colspan="{len(columns)}" class="label"><span>{_text(group.label)}</span></th>'
        lines.append(f'<tr class="group">{heading}</tr>')
    for row in group.rows:
        cells = [
            _cell(cell, column, position)
            for position, (cell, column) in enumerate(zip(row.cells, columns, strict=True))
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<tbody>{''.join(lines)}</tbody>"


def _cell(cell: Cell, column: Column, position: int) -> str:
    content = _text(cell.text) + "".join(_mark(mark) for mark in cell.marks)
    if position == 0:
        return f'<th scope="row"{_class(column)}>{content}</th>'
    return f"<td{_class(column)}>{content}</td>"


def _class(column: Column) -> str:
    return ' class="label"' if column.kind in ("label", "text") else ""


def _mark(mark: str) -> str:
    return f'<sup class="mark">{escape(mark)}</sup>' if mark else ""


def _text(text: str) -> str:
    return escape(clean_text(text))
