"""Tables of the report, shown in a terminal or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table as RichTable

    from mirabal_toolkit.report.tables.spec import Table


def terminal_table(table: Table) -> RichTable:
    """Return a table specification as rich shows it: groups as headings, notes below."""
    from rich import box
    from rich.table import Table as RichTable

    shown = RichTable(
        title=table.title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        caption="\n".join(f"{note.mark} {note.text}".strip() for note in table.notes),
        caption_justify="left",
        pad_edge=False,
    )
    for column in table.columns:
        left = column.kind in ("label", "text")
        shown.add_column(
            column.header, justify="left" if left else "right", ratio=1 if column.kind == "label" else None
        )
    for group in table.groups:
        if group.label:
            shown.add_row(f"[bold]{group.label}[/bold]", *[""] * (len(table.columns) - 1))
        for row in group.rows:
            shown.add_row(*(f"{cell.text}{''.join(cell.marks)}" for cell in row.cells))
    return shown


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
