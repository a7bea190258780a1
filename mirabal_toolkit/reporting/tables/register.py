"""The register of outputs, for the person who decides what may leave."""

from __future__ import annotations

from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell


def register(edition: Edition) -> Table:
    """Return the register: a line an output; not part of the report itself."""
    say = edition.say
    columns = (
        Column("what", say("register_what"), "label"),
        Column("people", say("register_people")),
        Column("smallest", say("register_smallest")),
        Column("rule", say("register_rule"), "text"),
        Column("decision", say("register_decision"), "text"),
        Column("comment", say("register_comment"), "text"),
    )
    rows = tuple(
        Row(
            (
                label_cell(output.what),
                _count(output.people),
                _count(output.smallest),
                label_cell(output.rule),
                label_cell(output.decision),
                label_cell(output.comment),
            )
        )
        for output in edition.released.outputs
    )
    return Table("register", say("table_register"), columns, (RowGroup("", rows),), (Note(say("register_note")),))


def _count(number: int | None) -> Cell:
    return Cell("", None) if number is None else Cell(str(number), float(number))
