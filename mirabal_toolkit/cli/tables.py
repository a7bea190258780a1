"""Tables of the report, shown in a terminal or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Group
    from rich.table import Table as RichTable

    from mirabal_toolkit.reporting.tables.spec import Table


NARROWEST_LABEL, NARROWEST_NUMBERS, WIDEST_NUMBERS = 20, 6, 18


def terminal_table(table: Table, width: int) -> Group:
    """Return a table specification as a terminal of `width` characters shows it.

    Groups stand one below the other with their headings across; every group has the same column widths.
    """
    from rich.console import Group
    from rich.text import Text

    widths = _column_widths(table, width)
    parts: list[RichTable | Text] = [Text(table.title, style="bold"), _header(table, widths)]
    for group in table.groups:
        if group.label:
            parts.append(Text(group.label, style="italic"))
        body = _grid(table, widths)
        for row in group.rows:
            body.add_row(*(f"{cell.text}{''.join(cell.marks)}" for cell in row.cells))
        parts.append(body)
    notes = "\n".join(f"{note.mark} {note.text}".strip() for note in table.notes)
    return Group(*parts, Text("─" * width), Text(notes, style="dim"))


def _column_widths(table: Table, width: int) -> list[int]:
    """Give every column what its texts need, within reason, and the first what is left."""
    gaps = 2 * (len(table.columns) - 1)
    others = []
    for place, column in list(enumerate(table.columns))[1:]:
        words = [len(word) for word in column.header.split()]
        others.append(min(max([*words, *(len(row.cells[place].text) for row in table.rows)]), WIDEST_NUMBERS))
    while width - gaps - sum(others) < NARROWEST_LABEL and max(others) > NARROWEST_NUMBERS:
        others[others.index(max(others))] -= 1
    return [max(width - gaps - sum(others), NARROWEST_LABEL), *others]


def _grid(table: Table, widths: Sequence[int]) -> RichTable:
    from rich.table import Table as RichTable

    grid = RichTable.grid(padding=(0, 2, 0, 0))
    for column, size in zip(table.columns, widths, strict=True):
        left = column.kind in ("label", "text")
        grid.add_column(justify="left" if left else "right", vertical="bottom", width=size, overflow="fold")
    return grid


def _header(table: Table, widths: Sequence[int]) -> RichTable:
    header = _grid(table, widths)
    header.add_row(*(column.header for column in table.columns), style="bold")
    header.add_row(*("─" * size for size in widths))
    return header


def records(table: Table) -> list[dict[str, Any]]:
    """Return a table's rows as records: numbers where there are numbers, else what people read."""
    return [
        {
            "group": group.label,
            **{
                column.key: list(cell.bounds) if cell.bounds else cell.text if cell.value is None else cell.value
                for column, cell in zip(table.columns, row.cells, strict=True)
            },
        }
        for group in table.groups
        for row in group.rows
    ]


def plain_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> RichTable:
    """Return a small table of text."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table as RichTable

    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in headers:
        shown.add_column(header, overflow="fold")
    for row in rows:
        shown.add_row(*(escape(cell) for cell in row))
    return shown
