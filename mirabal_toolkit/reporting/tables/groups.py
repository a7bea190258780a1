"""One survey in several groups (countries): levels of each, and differences between them."""

from __future__ import annotations

from functools import partial

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.arms import part_cell
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.parts import level_of, option_label
from mirabal_toolkit.reporting.tables.spec import Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import decimals_of
from mirabal_toolkit.reporting.words import numbers


def _names(edition: Edition) -> tuple[str, ...]:
    """Return the names of the groups that were met, in the order of the instrument's answers."""
    met = {
        row.term
        for one in edition.indicators
        for row in edition.lookup.rows("group_level", one.outcome.id, one.estimand)
    }
    item = edition.released.plan.group or ""
    known = [option.name for option in edition.instrument.options(item)] if met else []
    return tuple(name for name in known if name in met)


def _grouped(edition: Edition) -> tuple[Indicator, ...]:
    found = edition.lookup.outcomes("group_level")
    return tuple(one for one in edition.indicators if one.outcome.id in found)


def _label(name: str, edition: Edition) -> str:
    return option_label(edition.released.plan.group or "", name, edition)


def groups(edition: Edition) -> Table:
    """Return every indicator in every group, with one joint test."""
    marks = cells.Marks(edition)
    say, names = edition.say, _names(edition)
    columns = [Column("indicator", say("header_indicator"), "label")]
    columns += [Column(f"group_{number}", _label(name, edition)) for number, name in enumerate(names, start=1)]
    columns.append(Column("p", say("header_p_joint")))
    rows = tuple(
        RowGroup(heading, tuple(_row(one, names, edition, marks) for one in members))
        for heading, members in edition.groups(_grouped(edition))
    )
    note = Note(say("note_groups", test=say("group_tests")))
    return Table("groups", say("table_groups"), tuple(columns), rows, (note, *marks.notes()))


def _row(one: Indicator, names: tuple[str, ...], edition: Edition, marks: cells.Marks) -> Row:
    found = [label_cell(edition.label(one))]
    for name in names:
        level = level_of("group_level", one, name, edition.waves[0], edition)
        found.append(part_cell(level, one, edition, marks))
    tests = edition.lookup.rows("group_test", one.outcome.id, one.estimand)
    return Row((*found, cells.p_cell(tests[0].p_value if tests else None)))


def group_differences(edition: Edition) -> Table:
    """Return the difference of every pair of groups, indicator by indicator."""
    marks = cells.Marks(edition)
    say, level = edition.say, edition.level
    columns = (
        Column("pair", say("header_indicator"), "label"),
        Column("n", say("header_n")),
        Column("difference", say("header_difference")),
        interval_column("difference_conf", edition),
        Column("p", say("header_p")),
        Column("p_adjusted", say("header_p_adjusted")),
    )
    rows = tuple(RowGroup(edition.label(one), _pairs(one, edition, marks)) for one in _grouped(edition) if one.headline)
    notes = (Note(say("note_group_differences", level=level)), *marks.notes())
    return Table("group-differences", say("table_group_differences"), columns, rows, notes)


def _pairs(one: Indicator, edition: Edition, marks: cells.Marks) -> tuple[Row, ...]:
    decimals = decimals_of(one, edition)
    found = []
    for row in edition.lookup.rows("group_difference", one.outcome.id, one.estimand):
        pair = " − ".join(_label(name, edition) for name in row.term.split(" - "))
        found.append(
            Row(
                (
                    label_cell(pair),
                    cells.base(row),
                    cells.value(row, edition, marks, partial(numbers.signed, decimals=decimals)),
                    cells.limits(row, partial(numbers.interval, decimals=decimals, plus=True)),
                    cells.p_cell(row.p_value),
                    cells.p_cell(row.p_adjusted),
                )
            )
        )
    return tuple(found)
