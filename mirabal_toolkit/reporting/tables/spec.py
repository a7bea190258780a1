"""What a table is, before anybody draws it.

A `Table` is frozen and knows nothing of HTML, Word or Excel. Each cell keeps the text people
read and the number programs read, so that a spreadsheet holds numbers and a page holds
“<0.001”.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from mirabal_toolkit.errors import MirabalError

#: ``label`` is text on the left; ``text`` other text; ``number`` one number; ``interval`` two.
ColumnKind = Literal["label", "text", "number", "interval"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Parameters
    ----------
    key : str
        Name in files that programs read, e.g. ``before_percent``.
    header : str
        What stands above it.
    kind : str
        See `ColumnKind`.
    span : str
        Header above this and its neighbours with the same `span`; empty for none.
    under : str
        What the second line of its cells is, where it has one (see `folding`).
    """

    key: str
    header: str
    kind: ColumnKind = "number"
    span: str = ""
    under: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place: text for people, numbers for programs, marks of notes.

    Parameters
    ----------
    text : str
    value : float or None
        The number behind the text; None where there is none, or it is hidden.
    bounds : pair of float or None
        The two numbers behind the text of an interval.
    marks : tuple of str
        Marks of notes under the table.
    under : str
        A second line (see `folding`).
    """

    text: str
    value: float | None = None
    bounds: tuple[float, float] | None = None
    marks: tuple[str, ...] = ()
    under: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells from left to right."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under a common heading; an empty `label` has none."""

    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A line under the table; `mark` is empty for notes on the whole table."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of columns under one spanning header; an empty `label` has none."""

    label: str
    width: int


@dataclass(frozen=True)
class Table:
    """A table.

    Parameters
    ----------
    id : str
        Name of its files, e.g. ``before-after``.
    title : str
        What it shows, without “Table 1”.
    columns : tuple of Column
    groups : tuple of RowGroup
    notes : tuple of Note

    Raises
    ------
    MirabalError
        If a row has more or fewer cells than there are columns, a key is used twice, or a cell
        carries a mark that no note explains.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    groups: tuple[RowGroup, ...]
    notes: tuple[Note, ...] = field(default=())

    def __post_init__(self) -> None:
        if any(len(row.cells) != len(self.columns) for row in self.rows):
            raise MirabalError(f"a row of the table {self.id} does not have one cell a column")
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise MirabalError(f"the table {self.id} uses a column name twice")
        explained = {note.mark for note in self.notes}
        if any(set(cell.marks) - explained for row in self.rows for cell in row.cells):
            raise MirabalError(f"the table {self.id} has a mark without a note")

    @property
    def rows(self) -> Iterator[Row]:
        """All rows, group after group."""
        return (row for group in self.groups for row in group.rows)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not any(group.rows for group in self.groups)

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        from mirabal_toolkit.reporting.exploring.page import render_table

        return render_table(self)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Spanning headers from left to right, covering every column; empty if there are none."""
        spans: list[Span] = []
        for column in self.columns:
            if spans and column.span and spans[-1].label == column.span:
                spans[-1] = Span(column.span, spans[-1].width + 1)
            else:
                spans.append(Span(column.span, 1))
        return tuple(spans) if any(span.label for span in spans) else ()


def begins_span(table: Table, position: int) -> bool:
    """Return whether the column at `position` is the first under a spanning header of its own."""
    span = table.columns[position].span
    return bool(span) and (position == 0 or table.columns[position - 1].span != span)


def label_cell(text: str) -> Cell:
    """Return a cell of text."""
    return Cell(text)
