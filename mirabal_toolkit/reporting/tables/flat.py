"""A table as plain rows, for files that programs read: one column a number, nothing merged."""

from __future__ import annotations

from dataclasses import dataclass

from mirabal_toolkit.reporting.tables.spec import Cell, Column, Row, Table

FlatValue = str | float | None


@dataclass(frozen=True, slots=True)
class FlatTable:
    """Headers and rows of equal length; numbers are numbers, everything else is text."""

    headers: tuple[str, ...]
    rows: tuple[tuple[FlatValue, ...], ...]


def flatten(table: Table) -> FlatTable:
    """Return `table` with a first column for the row group and two columns for an interval.

    A cell with a number gives the number; a hidden one the word that says so; an empty one None.
    """
    grouped = any(group.label for group in table.groups)
    headers = [name for column in table.columns for name in _names(column)]
    rows = [
        (*([group.label] if grouped else []), *_flat_row(table, row)) for group in table.groups for row in group.rows
    ]
    return FlatTable(
        tuple((["group"] if grouped else []) + headers),
        tuple(rows),
    )


def _flat_row(table: Table, row: Row) -> list[FlatValue]:
    pairs = zip(table.columns, row.cells, strict=True)
    return [value for column, cell in pairs for value in flat_cell(column, cell)]


def _names(column: Column) -> list[str]:
    return [f"{column.key}_low", f"{column.key}_high"] if column.kind == "interval" else [column.key]


def flat_cell(column: Column, cell: Cell) -> list[FlatValue]:
    """Return what a cell holds, an interval as two numbers."""
    if column.kind == "interval":
        return list(cell.bounds) if cell.bounds else [_word(cell), _word(cell)]
    if column.kind == "number":
        return [cell.value if cell.value is not None else _word(cell)]
    return [cell.text]


def _word(cell: Cell) -> str | None:
    return cell.text if any(character.isalpha() for character in cell.text) else None
