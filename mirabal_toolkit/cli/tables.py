"""Tables of the report, shown in a terminal or as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mirabal_toolkit.reporting.tables.spec import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.align import VerticalAlignMethod
    from rich.console import Group
    from rich.table import Table as RichTable

    from mirabal_toolkit.reporting.tables.spec import Cell, Table


NARROWEST_LABEL, WIDEST_NUMBERS = 24, 24
GAP = 2


def terminal_table(table: Table, width: int) -> Group:
    """Return a table specification as a terminal of `width` characters shows it.

    Groups stand one below the other with their headings across; every group has the same column widths. Numbers
    are never broken: where there is no room, columns of words at the end are left out and named, and where
    that is not enough, a label stands on a line of its own above its numbers.
    """
    from rich.console import Group
    from rich.text import Text

    shown, left_out = _as_many_columns(table, width)
    widths = _column_widths(shown, width)
    parts: list[RichTable | Text | Group] = [Text(shown.title, style="bold"), _header(shown, widths)]
    for group in shown.groups:
        if group.label:
            parts.append(Text(group.label, style="italic"))
        parts.append(_body(shown, group.rows, widths))
    notes = [f"{note.mark} {note.text}".strip() for note in shown.notes]
    if left_out:
        notes.insert(0, f"A wider window, and the report, also show: {', '.join(left_out)}.")
    return Group(*parts, Text("─" * width), Text("\n".join(notes), style="dim"))


def _as_many_columns(table: Table, width: int) -> tuple[Table, tuple[str, ...]]:
    """Return the table without the words at its end that have no room, and their headers."""
    shown = table
    while _room(shown, width) < NARROWEST_LABEL and shown.columns[-1].kind == "text":
        rows = tuple(replace(group, rows=tuple(Row(row.cells[:-1]) for row in group.rows)) for group in shown.groups)
        shown = replace(shown, columns=shown.columns[:-1], groups=rows)
    return shown, tuple(column.header for column in table.columns[len(shown.columns) :])


def _needs(table: Table) -> list[int]:
    """Return the width each column after the first needs, within reason."""
    return [
        min(
            max([*map(len, column.header.split()), *(len(_shown(row.cells[place])) for row in table.rows)]),
            WIDEST_NUMBERS,
        )
        for place, column in list(enumerate(table.columns))[1:]
    ]


def _room(table: Table, width: int) -> int:
    """Return what is left for the first column."""
    needs = _needs(table)
    return width - GAP * len(needs) - sum(needs)


def _column_widths(table: Table, width: int) -> list[int]:
    """Give every column what its texts need, and the first what is left; 0 where labels need lines of their own."""
    room = _room(table, width)
    return [room if room >= NARROWEST_LABEL else 0, *_needs(table)]


def _shown(cell: Cell) -> str:
    return f"{cell.text}{''.join(cell.marks)}"


def _body(table: Table, rows: Sequence[Row], widths: Sequence[int]) -> RichTable | Group:
    from rich.console import Group
    from rich.text import Text

    if widths[0]:
        body = _grid(table, widths)
        for row in rows:
            body.add_row(*map(_shown, row.cells))
        return body
    parts: list[RichTable | Text] = []
    for row in rows:
        line = _grid(table, widths)
        line.add_row(*map(_shown, row.cells[1:]))
        parts += [Text(_shown(row.cells[0])), line]
    return Group(*parts)


def _grid(table: Table, widths: Sequence[int], *, vertical: VerticalAlignMethod = "top") -> RichTable:
    from rich.table import Table as RichTable

    grid = RichTable.grid(padding=(0, GAP, 0, 0))
    for column, size in zip(table.columns, widths, strict=True):
        if size:
            left = column.kind in ("label", "text")
            grid.add_column(justify="left" if left else "right", vertical=vertical, width=size, overflow="fold")
    return grid


def _header(table: Table, widths: Sequence[int]) -> RichTable:
    header = _grid(table, widths, vertical="bottom")
    columns = [column.header for column, size in zip(table.columns, widths, strict=True) if size]
    header.add_row(*columns, style="bold")
    header.add_row(*("─" * size for size in widths if size))
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
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in headers:
        shown.add_column(header, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))  # brackets are not markup
    return shown
