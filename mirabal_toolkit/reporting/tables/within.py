"""How change differs inside the study: between subgroups, and between sites."""

from __future__ import annotations

from functools import partial

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.parts import item_label, option_label
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.words import numbers


def _first_of(analysis: str, edition: Edition) -> tuple[Indicator, ...]:
    """Return the indicators under their headline estimand that an analysis has rows for."""
    found = edition.lookup.outcomes(analysis)
    return tuple(one for one in edition.indicators if one.first and one.outcome.id in found)


def subgroups(edition: Edition) -> Table:
    """Return the change in every subgroup, and the joint test of each indicator and item."""
    marks = cells.Marks(edition)
    say, level = edition.say, edition.level
    columns = subgroup_columns(say("header_indicator"), edition)
    rows = tuple(
        RowGroup(edition.label(one), tuple(subgroup_rows(one, edition, marks)))
        for one in _first_of("subgroup_test", edition)
    )
    notes = (Note(say("note_subgroups", level=level)), *marks.notes())
    return Table("subgroups", say("table_subgroups", **edition.first_and_last), columns, rows, notes)


def subgroup_columns(header: str, edition: Edition) -> tuple[Column, ...]:
    """Return the columns of `subgroup_rows`, the first under `header`."""
    columns = (
        Column("subgroup", header, "label"),
        Column("n", edition.say("header_n")),
        Column("change", edition.say("header_change")),
        interval_column("change_conf", edition),
        Column("p", edition.say("header_p_joint")),
    )
    return (*columns, Column("p_adjusted", edition.say("header_p_adjusted"))) if _adjusted(edition) else columns


def _adjusted(edition: Edition) -> bool:
    return any(test.p_adjusted is not None for test in edition.lookup.every("subgroup_test"))


def subgroup_rows(one: Indicator, edition: Edition, marks: cells.Marks) -> list[Row]:
    """Return the rows of one indicator: each item's joint test, then its subgroups; none if none were planned."""
    found = []
    none = (cells.EMPTY,) * (2 if _adjusted(edition) else 1)
    for test in edition.lookup.rows("subgroup_test", one.outcome.id, one.estimand):
        head = cells.value(test, edition, marks, lambda _: numbers.NO_VALUE)
        p_values = (cells.p_of(test), cells.p_cell(test.p_adjusted))[: len(none)]
        label = label_cell(item_label(test.term, edition))
        found.append(Row((label, cells.people(test.n_persons), head, cells.EMPTY, *p_values)))
        for row in edition.lookup.rows("subgroup_change", one.outcome.id, one.estimand):
            item, _, option = row.term.partition("=")
            if item == test.term:
                label = label_cell(f"– {option_label(item, option, edition)}")
                found.append(Row((label, cells.base(row), *cells.change_of(row, one, edition, marks), *none)))
    return found


def sites(edition: Edition) -> Table:
    """Return the change with sites as clusters, as one number a site, and its spread between sites."""
    marks = cells.Marks(edition)
    say, level = edition.say, edition.level
    columns = [Column("indicator", say("header_indicator"), "label")]
    for key in ("cr2", "site_means"):
        span = say(f"span_{key}")
        columns += [
            Column(key, say("header_change"), span=span),
            interval_column(f"{key}_conf", edition, span),
        ]
    columns.append(Column("df", say("header_df_short"), span=say("span_site_means")))
    columns.append(Column("sd", say("header_sd"), span=say("span_spread")))
    columns.append(interval_column("sd_conf", edition, say("span_spread")))
    groups = tuple(
        RowGroup(heading, tuple(_site_row(one, edition, marks) for one in members))
        for heading, members in edition.groups(_first_of("site_change", edition))
    )
    return Table(
        "sites", say("table_sites"), tuple(columns), groups, (Note(say("note_sites", level=level)), *marks.notes())
    )


def _site_row(one: Indicator, edition: Edition, marks: cells.Marks) -> Row:
    by_model = {row.model: row for row in edition.lookup.rows("site_change", one.outcome.id, one.estimand)}
    found = [label_cell(edition.label(one))]
    for model in ("cr2", "site-means"):
        found += cells.change_of(by_model.get(model), one, edition, marks)
    means = by_model.get("site-means")
    found.append(cells.EMPTY if means is None or means.df is None else Cell(numbers.number(means.df), means.df))
    spread = edition.lookup.term("site_variation", one.outcome.id, one.estimand, "sd")
    found.append(cells.value(spread, edition, marks, partial(numbers.number, decimals=1)))
    found.append(cells.limits(spread, partial(numbers.interval, decimals=1)))
    return Row(tuple(found))
