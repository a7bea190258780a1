"""Wide tables made narrower for pages: an interval stands under the number it belongs to.

Only pages need this; spreadsheets and files that programs read keep every column.
"""

from __future__ import annotations

from dataclasses import replace

from mirabal_toolkit.reporting.tables.spec import Cell, Column, Row, RowGroup, Table

#: Tables of no more columns stay as they are.
MOST_COLUMNS = 8
#: What the key of an interval's column adds to the key of the number it belongs to.
INTERVAL = "_conf"


def fold(table: Table) -> Table:
    """Return a wide table with fewer columns, a narrow one as it is.

    Parameters
    ----------
    table : Table

    Returns
    -------
    Table
        The column ``x_conf`` has gone under its neighbour ``x``; an interval whose text begins with its
        number, ``−38 (−49 to −27)``, stands on two lines.

    Examples
    --------
    >>> from mirabal_toolkit.reporting.tables.spec import Cell, Column, Row, RowGroup, Table
    >>> ends = [Column("x", "%"), Column("x_conf", "95% interval", "interval")]
    >>> columns = [*(Column(f"c{number}", "n") for number in range(7)), *ends]
    >>> row = Row((*(Cell("1") for _ in range(7)), Cell("79"), Cell("71 to 85", bounds=(71, 85))))
    >>> folded = fold(Table("t", "T", tuple(columns), (RowGroup("", (row,)),)))
    >>> folded.columns[-1].under, next(folded.rows).cells[-1].under
    ('95% interval', '71 to 85')
    """
    if len(table.columns) <= MOST_COLUMNS:
        return table
    plan = _plan(table.columns)
    columns = tuple(_folded_column(table.columns, place, partner) for place, partner in plan)
    groups = tuple(
        RowGroup(group.label, tuple(Row(_folded_cells(row, table.columns, plan)) for row in group.rows))
        for group in table.groups
    )
    return replace(table, columns=columns, groups=groups)


def _plan(columns: tuple[Column, ...]) -> list[tuple[int, int | None]]:
    """Return for every column that stays its place, and the place of the one that goes under it."""
    found: list[tuple[int, int | None]] = []
    for place, column in enumerate(columns):
        if found and column.kind == "interval" and column.key == f"{columns[place - 1].key}{INTERVAL}":
            found[-1] = (place - 1, place)
        else:
            found.append((place, None))
    return found


def _folded_column(columns: tuple[Column, ...], place: int, partner: int | None) -> Column:
    column = columns[place]
    if partner is not None:
        return replace(column, under=columns[partner].header)
    above, below = _two_lines(column.header) if column.kind == "interval" else (column.header, "")
    return replace(column, header=above, under=below)


def _folded_cells(row: Row, columns: tuple[Column, ...], plan: list[tuple[int, int | None]]) -> tuple[Cell, ...]:
    return tuple(
        _folded_cell(row.cells[place], columns[place], None if partner is None else row.cells[partner])
        for place, partner in plan
    )


def _folded_cell(cell: Cell, column: Column, partner: Cell | None) -> Cell:
    if partner is None:
        above, below = _two_lines(cell.text) if column.kind == "interval" else (cell.text, "")
        return replace(cell, text=above, under=below)
    # A number without an interval has nothing under it: the dash that says so would be a line of its own.
    return replace(cell, under=partner.text if partner.bounds else "", marks=(*cell.marks, *partner.marks))


def _two_lines(text: str) -> tuple[str, str]:
    """Return ``−38`` and ``(−49 to −27)`` of a text that has both.

    Examples
    --------
    >>> _two_lines("−38 (−49 to −27)"), _two_lines("0.4 to 0.7")
    (('−38', '(−49 to −27)'), ('0.4 to 0.7', ''))
    """
    above, bracket, below = text.partition(" (")
    return (above, f"({below}") if bracket else (text, "")
