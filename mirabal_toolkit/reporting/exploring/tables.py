"""The tables of one outcome, a row a wave or a way of counting."""

from __future__ import annotations

from functools import partial

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.course import PARTS
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.tables.within import subgroup_columns, subgroup_rows
from mirabal_toolkit.reporting.values import decimals_of, write_value
from mirabal_toolkit.reporting.words import numbers


def every_wave(one: Indicator, edition: Edition) -> Table:
    """Return value, interval, those it concerns, those who answered, and the model's change, wave by wave."""
    marks, say = cells.Marks(edition), edition.say
    value = say("header_percent") if one.outcome.kind == "binary" else say("header_mean")
    since = say("explore_span_since")
    columns = [
        Column("wave", say("explore_header_wave"), "label"),
        Column("value", value),
        interval_column("value_conf", edition),
        Column("answered", say("header_answered")),
        Column("concerned", say("explore_header_concerned")),
        Column("change", say("header_change"), span=since),
        interval_column("change_conf", edition, since),
    ]
    rows = tuple(_wave_row(one, wave, edition, marks) for wave in edition.waves)
    modelled = any(row.cells[5].value is not None for row in rows)
    if not modelled:
        columns, rows = columns[:5], tuple(Row(row.cells[:5]) for row in rows)
    notes = (Note(say("explore_note_waves" if modelled else "explore_note_waves_plain")), *_marked(marks))
    return Table("every-wave", say("explore_table_waves"), tuple(columns), (RowGroup("", rows),), notes)


def _wave_row(one: Indicator, wave: int, edition: Edition, marks: cells.Marks) -> Row:
    found = edition.series(one).get(wave)
    value, interval = level_of_all(found, one, edition, marks)
    concerned = cells.EMPTY if found is None else cells.people(found.n_universe)
    change = cells.change_of(model_change(one, wave, edition), one, edition, marks)
    return Row((label_cell(edition.wave_name(wave)), value, interval, cells.base(found), concerned, *change))


def _marked(marks: cells.Marks) -> tuple[Note, ...]:
    """Return the notes that explain marks; those on hiding and rounding are said once, for everything that is shown."""
    return tuple(note for note in marks.notes() if note.mark)


def level_of_all(found: Estimate | None, one: Indicator, edition: Edition, marks: cells.Marks) -> tuple[Cell, Cell]:
    """Return the cells of a percent or mean and its interval."""
    if found is not None and found.hidden and one.outcome.kind == "binary":
        value = cells.share(found, edition, marks)
    else:
        value = cells.value(found, edition, marks, partial(write_value, one=one, edition=edition, sign=""))
    return value, cells.limits(found, partial(numbers.interval, decimals=decimals_of(one, edition)))


def model_change(one: Indicator, wave: int, edition: Edition) -> Estimate | None:
    """Return the main model's change from the first wave to `wave`, in points; None if there is none."""
    ends = (wave, edition.waves[0])
    rows = edition.lookup.rows("model_contrast", one.outcome.id, one.estimand)
    return next((row for row in rows if row.waves == ends and not row.scale.endswith("ratio")), None)


def both_ends(one: Indicator, edition: Edition) -> Table:
    """Return start and end: of all who answered, of those who answered both times, and by the model."""
    marks, say = cells.Marks(edition), edition.say
    paired = edition.paired(one)
    first, last = edition.ends(paired)
    columns = (
        Column("who", say("explore_header_who"), "label"),
        Column("n_before", say("header_n_at", wave=edition.wave_name(first))),
        Column("before", edition.wave_name(first)),
        Column("n_after", say("header_n_at", wave=edition.wave_name(last))),
        Column("after", edition.wave_name(last)),
        Column("change", say("header_change")),
        interval_column("change_conf", edition),
    )
    rows = [_ends_row("explore_all", one, edition, marks, edition.series(one), None)]
    if paired.change is not None and first != last:
        ends = {wave: found for wave, found in ((first, paired.before), (last, paired.after)) if found is not None}
        rows.append(_ends_row("explore_both", one, edition, marks, ends, paired.change))
    if len(edition.waves) < 2:
        rows = []
    compared = edition.released.plan.comparison is not None
    notes = (Note(say("explore_note_ends_compared" if compared else "explore_note_ends")), *_marked(marks))
    return Table("both-ends", say("explore_table_ends"), columns, (RowGroup("", tuple(rows)),), notes)


def _ends_row(
    key: str,
    one: Indicator,
    edition: Edition,
    marks: cells.Marks,
    found: dict[int, Estimate],
    change: Estimate | None,
) -> Row:
    row = [label_cell(edition.say(key))]
    for wave in edition.ends(edition.paired(one)):
        end = found.get(wave)
        row += [cells.base(end), level_of_all(end, one, edition, marks)[0]]
    return Row((*row, *cells.change_of(change, one, edition, marks)))


def what_became(one: Indicator, edition: Edition) -> Table:
    """Return who stopped, who began, in whom it came back; empty where presence is not worse."""
    marks, rows = cells.Marks(edition), []
    for part in PARTS if one.outcome.direction == "higher_is_worse" else ():
        found = edition.lookup.rows(part, one.outcome.id, one.estimand)
        if found:
            cell = cells.share_of(found[0], edition, marks)
            rows.append(Row((label_cell(edition.say(f"header_{part}")), cell)))
    columns = (
        Column("what", edition.say("explore_header_became"), "label"),
        Column("share", edition.say("explore_header_share")),
    )
    notes = (Note(edition.say("note_course")), *_marked(marks))
    return Table("what-became", edition.say("table_course"), columns, (RowGroup("", tuple(rows)),), notes)


def rows_about(one: Indicator, table: Table, edition: Edition) -> Table:
    """Return the rows of a table of many indicators that are about one, with the notes that go with them."""
    label = edition.label(one)
    found = [row for row in table.rows if row.cells[0].text == label]
    marked = {mark for row in found for cell in row.cells for mark in cell.marks}
    notes = (*table.notes[:1], *(note for note in table.notes if note.mark in marked))
    return Table(table.id, table.title, table.columns, (RowGroup("", tuple(found)),), notes)


def in_subgroups(one: Indicator, edition: Edition) -> Table:
    """Return the change in every subgroup the plan names; empty where it names none."""
    marks, say = cells.Marks(edition), edition.say
    columns = subgroup_columns(say("explore_header_subgroup"), edition)
    rows = tuple(subgroup_rows(one, edition, marks))
    notes = (Note(say("note_subgroups", level=edition.level)), *_marked(marks))
    return Table("subgroups", say("table_subgroups", **edition.first_and_last), columns, (RowGroup("", rows),), notes)
