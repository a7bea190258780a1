from __future__ import annotations

import pytest

from mirabal_toolkit.errors import MirabalError
from mirabal_toolkit.reporting.tables.flat import flatten
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Span, Table, begins_span

COLUMNS = (
    Column("label", "Indicator", "label"),
    Column("n", "n", span="Start"),
    Column("share", "%", span="Start"),
    Column("conf", "95% interval", "interval", "Change"),
)


def a_table(**changes: object) -> Table:
    row = Row((Cell("Any harm"), Cell("1,200", 1200.0), Cell("<1", 0.4), Cell("−3 to +1", bounds=(-3.2, 1.1))))
    hidden = Row((Cell("Severe harm"), Cell("60", 60.0), Cell("fewer than 5 of 60"), Cell("–")))
    parts = {"id": "t", "title": "T", "columns": COLUMNS, "groups": (RowGroup("Harm", (row, hidden)),)}
    return Table(**{**parts, **changes})  # type: ignore[arg-type]


def test_a_row_has_one_cell_a_column() -> None:
    with pytest.raises(MirabalError, match="one cell a column"):
        a_table(groups=(RowGroup("", (Row((Cell("x"),)),)),))


def test_column_names_are_used_once() -> None:
    with pytest.raises(MirabalError, match="column name twice"):
        a_table(columns=(*COLUMNS[:3], Column("n", "n")))


def test_every_mark_has_a_note() -> None:
    marked = Row((Cell("x", marks=("a",)), Cell(""), Cell(""), Cell("")))
    with pytest.raises(MirabalError, match="mark without a note"):
        a_table(groups=(RowGroup("", (marked,)),))
    assert a_table(groups=(RowGroup("", (marked,)),), notes=(Note("why", "a"),)).notes[0].text == "why"


def test_spans_cover_every_column_and_join_neighbours() -> None:
    assert a_table().spans == (Span("", 1), Span("Start", 2), Span("Change", 1))
    assert [begins_span(a_table(), position) for position in range(4)] == [False, True, False, True]


def test_a_table_without_spanning_headers_has_none() -> None:
    plain = tuple(Column(column.key, column.header, column.kind) for column in COLUMNS)
    assert a_table(columns=plain).spans == ()


def test_flat_rows_hold_numbers_words_for_hidden_and_two_columns_an_interval() -> None:
    flat = flatten(a_table())
    assert flat.headers == ("group", "label", "n", "share", "conf_low", "conf_high")
    assert flat.rows[0] == ("Harm", "Any harm", 1200.0, 0.4, -3.2, 1.1)
    assert flat.rows[1] == ("Harm", "Severe harm", 60.0, "fewer than 5 of 60", None, None)


def test_a_table_without_rows_is_empty() -> None:
    assert a_table(groups=()).is_empty
    assert not a_table().is_empty
