"""How well the scales measure: their reliability at every wave, and their items one by one."""

from __future__ import annotations

from functools import partial

from mirabal_toolkit.core.instrument import Scale, in_language
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.parts import item_label
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.words import numbers

NOTABLE = 0.02
#: Coefficients are written with so many decimals; changes of R² with one more, where they were not rounded.
DECIMALS = 2


def _scales(edition: Edition) -> tuple[Scale, ...]:
    measured = set(edition.lookup.outcomes("reliability"))
    return tuple(scale for scale in edition.instrument.scales if scale.id in measured)


def reliability(edition: Edition) -> Table:
    """Return alpha, mean correlation, omega, floor and ceiling: one row a wave, grouped by scale."""
    marks = cells.Marks(edition)
    say, level = edition.say, edition.level
    columns = (
        Column("wave", say("header_wave"), "label"),
        Column("n", say("header_n")),
        Column("alpha", say("header_alpha")),
        interval_column("alpha_conf", edition),
        Column("inter_item", say("header_inter_item")),
        interval_column("inter_item_conf", edition),
        Column("omega", say("header_omega")),
        Column("floor", say("header_floor")),
        Column("ceiling", say("header_ceiling")),
    )
    groups = tuple(
        RowGroup(
            in_language(scale.label, edition.language),
            tuple(_reliability_row(scale, wave, edition, marks) for wave in edition.waves),
        )
        for scale in _scales(edition)
    )
    notes = [Note(say("note_reliability", level=level))]
    if "no_factor_model" in marks.seen:
        notes.append(Note(say("note_no_factor_model")))
    return Table("reliability", say("table_reliability"), columns, groups, (*notes, *marks.notes()))


def _reliability_row(scale: Scale, wave: int, edition: Edition, marks: cells.Marks) -> Row:
    rows = {row.term: row for row in edition.lookup.rows("reliability", scale.id) if row.wave == wave}
    ends = {row.term: row for row in edition.lookup.rows("floor_ceiling", scale.id) if row.wave == wave}
    write, around = partial(numbers.number, decimals=DECIMALS), partial(numbers.interval, decimals=DECIMALS)
    found: list[Cell] = [label_cell(edition.wave_name(wave)), cells.base(rows.get("alpha"))]
    for term in ("alpha", "inter_item"):
        found += [cells.value(rows.get(term), edition, marks, write), cells.limits(rows.get(term), around)]
    found.append(_omega(rows.get("omega"), edition, marks))
    found += [cells.share(ends.get(term), edition, marks) for term in ("floor", "ceiling")]
    return Row(tuple(found))


def _omega(row: Estimate | None, edition: Edition, marks: cells.Marks) -> Cell:
    if row is not None and "no_factor_model" in row.flags:
        marks.of(row)
        return Cell(edition.say("omega_refused"))
    return cells.value(row, edition, marks, partial(numbers.number, decimals=DECIMALS))


def items(edition: Edition) -> Table:
    """Return how each item goes with the others of its scale, and whether it works alike at all waves and sites."""
    marks = cells.Marks(edition)
    say = edition.say
    first, last = edition.waves[0], edition.waves[-1]
    columns = (
        Column("item", say("header_item"), "label"),
        Column("first", say("header_item_rest", wave=edition.wave_name(first).lower())),
        Column("last", say("header_item_rest", wave=edition.wave_name(last).lower())),
        Column("alpha_without", say("header_alpha_without")),
        Column("dif_wave", say("header_dif_wave"), "text"),
        Column("dif_site", say("header_dif_site"), "text"),
    )
    groups = tuple(
        RowGroup(
            in_language(scale.label, edition.language),
            tuple(_item_row(item, edition, marks) for item in scale.items),
        )
        for scale in _scales(edition)
    )
    notes = (Note(say("note_items", limit=numbers.number(NOTABLE, 2))), *marks.notes())
    return Table("items", say("table_items"), columns, groups, notes)


def _item_row(item: str, edition: Edition, marks: cells.Marks) -> Row:
    write = partial(numbers.number, decimals=DECIMALS)
    rows = edition.lookup.rows("item_statistic", item)

    def at(term: str, wave: int) -> Cell:
        row = next((row for row in rows if row.term == term and row.wave == wave), None)
        return cells.value(row, edition, marks, write)

    first, last = edition.waves[0], edition.waves[-1]
    return Row(
        (
            label_cell(f"{item} {item_label(item, edition)}"),
            at("item_rest", first),
            at("item_rest", last),
            at("alpha_without", first),
            _works(item, edition, by_wave=True),
            _works(item, edition, by_wave=False),
        )
    )


def _works(item: str, edition: Edition, *, by_wave: bool) -> Cell:
    """Return both changes of R², uniform and not; “differs” where one of them is notable."""
    rows = [row for row in edition.lookup.rows("dif", item) if row.term.endswith(" wave") == by_wave]
    found = {row.term.partition(" ")[0]: row for row in rows}
    pair = [found.get("uniform"), found.get("nonuniform")]
    if any(row is not None and row.hidden for row in pair):
        return Cell(edition.say("hidden"))
    if any(row is None or row.estimate is None for row in pair):
        return cells.EMPTY
    changes = [row.estimate or 0.0 for row in pair if row is not None]
    decimals = DECIMALS if edition.released.profile.releasable else DECIMALS + 1
    texts = [numbers.number(change, decimals) for change in changes]
    notable = any(row is not None and "works_differently" in row.flags for row in pair)
    key = "works_differently" if notable else "works_alike"
    return Cell(edition.say(key, uniform=texts[0], nonuniform=texts[1]), max(changes))
