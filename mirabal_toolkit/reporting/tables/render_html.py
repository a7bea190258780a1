"""Tables as HTML: real header cells with scopes, so that screen readers say where one is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.reporting.tables.spec import Cell, Note, RowGroup, Table, begins_span

#: What stands in brackets, as an interval does, is not broken into lines up to so many signs.
_UNBROKEN = 24

_STYLE = """
body { font-family: system-ui, sans-serif; margin: 2rem; }
table { border-collapse: collapse; border-bottom: 2px solid; font-variant-numeric: tabular-nums; }
thead tr:first-child > * { border-top: 2px solid; }
caption { text-align: left; font-weight: 600; padding-bottom: .5rem; }
th, td { padding: .25rem .75rem; text-align: right; vertical-align: top; font-weight: 400; }
thead tr:last-child th { border-bottom: 1px solid; }
.span { text-align: center; border-bottom: 1px solid; }
.label { text-align: left; }
.first { padding-left: 1.5rem; }
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
    classes = _classes(table)
    parts = [
        f'<table id="{escape(anchor or f"table-{table.id}")}">',
        f"<caption><span>{_text(caption or table.title)}</span></caption>",
        _head(table, classes),
        *(_group(group, classes) for group in table.groups),
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


def _head(table: Table, classes: Sequence[str]) -> str:
    rows = []
    if table.spans:
        cells = [
            f'<th scope="colgroup" colspan="{span.width}" class="span">{_text(span.label)}</th>'
            if span.label
            else "<td></td>" * span.width
            for span in table.spans
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    headers = [
        f'<th scope="col"{kind}>{_text(column.header)}{_under(column.under)}</th>'
        for column, kind in zip(table.columns, classes, strict=True)
    ]
    rows.append(f"<tr>{''.join(headers)}</tr>")
    return f"<thead>{''.join(rows)}</thead>"


def _group(group: RowGroup, classes: Sequence[str]) -> str:
    lines = []
    if group.label:
        heading = f'<th scope="rowgroup" colspan="{len(classes)}" class="label"><span>{_text(group.label)}</span></th>'
        lines.append(f'<tr class="group">{heading}</tr>')
    for row in group.rows:
        first, *others = zip(row.cells, classes, strict=True)
        head = f'<th scope="row"{first[1]}>{_content(first[0])}</th>'
        cells = [f"<td{_with_class(kind, _breaks(cell))}>{_content(cell)}</td>" for cell, kind in others]
        lines.append(f"<tr>{head}{''.join(cells)}</tr>")
    return f"<tbody>{''.join(lines)}</tbody>"


def _breaks(cell: Cell) -> str:
    """Return the class of texts that may be broken into lines: words, and a number with another in brackets."""
    if cell.text[:1].isalpha():
        return "words"
    return "pair" if " (" in cell.text else ""


def _with_class(attribute: str, name: str) -> str:
    """Return a class attribute with one class more; words in columns of text may break anyway."""
    if not name or (attribute and 'class="label' in attribute):
        return attribute
    return attribute.replace('"', f'"{name} ', 1) if attribute else f' class="{name}"'


def _content(cell: Cell) -> str:
    number, bracket, other = cell.text.partition(" (")
    whole = bracket and len(other) <= _UNBROKEN
    text = f'{_text(number)} <span class="nowrap">({_text(other)}</span>' if whole else _text(cell.text)
    return text + "".join(_mark(mark) for mark in cell.marks) + _under(cell.under)


def _under(text: str) -> str:
    return f'<br><span class="under">{_text(text)}</span>' if text else ""


def _classes(table: Table) -> tuple[str, ...]:
    """Return the class attribute of each column: text on the left, and where a spanning header begins."""
    kinds = []
    for position, column in enumerate(table.columns):
        names = ["label"] if column.kind in ("label", "text") else []
        names += ["first"] if begins_span(table, position) else []
        kinds.append(f' class="{" ".join(names)}"' if names else "")
    return tuple(kinds)


def _mark(mark: str) -> str:
    return f'<sup class="mark">{escape(mark)}</sup>' if mark else ""


def _text(text: str) -> str:
    return escape(clean_text(text))
