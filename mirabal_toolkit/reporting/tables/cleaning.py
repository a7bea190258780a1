"""What cleaning did, and what was noticed: counts only."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mirabal_toolkit.core.data import as_sentence
from mirabal_toolkit.core.frames import rows_of
from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell


def cleaning(edition: Edition) -> Table:
    """Return the cleaning steps, in order, with what each touched."""
    say = edition.say
    columns = (
        Column("what", say("header_step"), "label"),
        Column("why", say("header_why"), "text"),
        Column("item", say("header_item"), "text"),
        Column("unit", say("header_unit"), "text"),
        Column("before", say("header_before")),
        Column("after", say("header_after")),
        Column("changed", say("header_changed")),
    )
    rows = tuple(_step(record, edition) for record in rows_of(edition.released.audit.frame))
    note = Note(say("note_cleaning"))
    hidden = (Note(say("note_hidden_counts")),) if edition.released.audit.frame.isna().any(axis=None) else ()
    return Table("cleaning", say("table_cleaning"), columns, (RowGroup("", rows),), (note, *hidden))


def findings(edition: Edition) -> Table:
    """Return what reading, cleaning and modelling noticed about the data, by severity."""
    say = edition.say
    columns = (
        Column("message", say("header_finding"), "label"),
        Column("item", say("header_item"), "text"),
        Column("wave", say("header_wave"), "text"),
        Column("count", say("header_count")),
        Column("advice", say("header_advice"), "text"),
    )
    records = rows_of(edition.released.findings.frame)
    groups = []
    for severity in ("error", "warning", "note"):
        rows = tuple(_finding(record, edition) for record in records if record["severity"] == severity)
        if rows:
            groups.append(RowGroup(say(f"severity_{severity}"), rows))
    return Table("findings", say("table_findings"), columns, tuple(groups))


def _step(record: dict[str, Any], edition: Edition) -> Row:
    texts = [str(record["what"]), edition.retold(str(record["why"])), _question(record["item"], edition)]
    unit = edition.say_or(f"unit_{record['unit']}", str(record["unit"]))
    counts = [_count(record[name], edition) for name in ("before", "after", "changed")]
    return Row((*(label_cell(text) for text in texts), label_cell(unit), *counts))


def _finding(record: dict[str, Any], edition: Edition) -> Row:
    wave = record["wave"]
    return Row(
        (
            label_cell(as_sentence(record["message"])),
            label_cell(_question(record["item"], edition)),
            label_cell("" if pd.isna(wave) else edition.wave_name(int(wave))),
            cells.EMPTY if record["count"] == 0 else _count(record["count"], edition),
            label_cell(as_sentence(edition.retold(record["advice"]))),
        )
    )


def _question(item: str, edition: Edition) -> str:
    """Return a question by its id and label; its id alone where the questionnaire has none such."""
    known = edition.instrument.item_by_id.get(item)
    return item if known is None else f"{item}: {in_language(known.label, edition.language)}"


def _count(value: Any, edition: Edition) -> Cell:
    if pd.isna(value):
        return Cell(edition.say("hidden"))
    return cells.people(float(value))
