from __future__ import annotations

import pytest
from rich.console import Console

from mirabal_toolkit.cli.tables import terminal_table
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Row, RowGroup, Table

LABEL = "Made to do something sexual against her will"


def headline() -> Table:
    columns = (
        Column("indicator", "Indicator", "label"),
        Column("before", "Start"),
        Column("after", "12 months"),
        Column("n", "n, seen both times"),
        Column("change", "Change, points"),
        Column("change_conf", "95% interval", "interval"),
        Column("lost", "If those lost differ", "text"),
    )
    texts = (LABEL, "96% (115 of 120)", "fewer than 5 of 65", "65", "−15", "−28 to −2", "depends on the method")
    return Table("t", "Headline", columns, (RowGroup("Safety", (Row(tuple(map(Cell, texts))),)),))


def shown(width: int) -> list[str]:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(terminal_table(headline(), width))
    return capture.get().splitlines()


@pytest.mark.parametrize("width", [80, 100, 140])
def test_numbers_are_never_broken_and_no_line_is_too_long(width: int) -> None:
    lines = shown(width)
    assert max(map(len, lines)) <= width
    whole = next(line for line in lines if "96% (115 of 120)" in line)
    assert all(part in whole for part in ("fewer than 5 of 65", "−15", "−28 to −2"))


def test_a_wide_window_shows_every_column_on_one_line() -> None:
    whole = next(line for line in shown(140) if "96% (115 of 120)" in line)
    assert LABEL in whole
    assert "depends on the method" in whole


def test_words_without_room_are_left_out_and_named() -> None:
    lines = shown(100)
    assert not any("depends on the method" in line for line in lines)
    assert any("also show: If those lost differ" in line for line in lines)


def test_in_a_narrow_window_the_label_has_a_line_of_its_own() -> None:
    assert LABEL in shown(80)
