"""The numbers behind a figure, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import decimals_of, write_value
from mirabal_toolkit.reporting.words import numbers


def trajectory_numbers(edition: Edition, indicators: Sequence[Indicator], figure: str, title: str) -> Table:
    """Return one row an indicator and wave: value, interval, n."""
    marks = cells.Marks(edition)
    columns = (
        Column("wave", edition.say("header_wave"), "label"),
        Column("months", edition.say("axis_months")),
        Column("n", edition.say("header_n")),
        Column("estimate", edition.say("header_percent_or_mean")),
        interval_column("conf", edition),
    )
    groups = []
    for one in indicators:
        series = edition.series(one)
        rows = (_wave_row(one, wave, series.get(wave), edition, marks) for wave in edition.waves)
        groups.append(RowGroup(edition.label(one), tuple(rows)))
    return Table(figure, title, columns, tuple(groups), marks.notes())


def _wave_row(one: Indicator, wave: int, estimate: Estimate | None, edition: Edition, marks: cells.Marks) -> Row:
    months = edition.released.months[wave]
    value = one_value(one, estimate, edition, marks)
    around = cells.limits(estimate, partial(numbers.interval, decimals=decimals_of(one, edition)))
    place = (label_cell(edition.wave_name(wave)), Cell(f"{months:g}", months))
    return Row((*place, cells.base(estimate), value, around))


def paired_numbers(edition: Edition, indicators: Sequence[Indicator], figure: str, title: str) -> Table:
    """Return one row an indicator: before, after, change and interval among those seen both times, n."""
    marks = cells.Marks(edition)
    columns = (
        Column("indicator", edition.say("header_indicator"), "label"),
        Column("n", edition.say("header_n")),
        Column("before", edition.wave_name(edition.waves[0])),
        Column("after", edition.wave_name(edition.waves[-1])),
        Column("change", edition.say("header_change")),
        interval_column("change_conf", edition),
    )
    groups = tuple(
        RowGroup(heading, tuple(_paired_row(one, edition, marks) for one in members))
        for heading, members in edition.groups(tuple(indicators))
    )
    return Table(figure, title, columns, groups, marks.notes())


def _paired_row(one: Indicator, edition: Edition, marks: cells.Marks) -> Row:
    paired, decimals = edition.paired(one), decimals_of(one, edition)
    ends = [one_value(one, end, edition, marks) for end in (paired.before, paired.after)]
    return Row(
        (
            label_cell(edition.label(one)),
            cells.base(paired.change),
            *ends,
            cells.value(paired.change, edition, marks, partial(numbers.signed, decimals=decimals)),
            cells.limits(paired.change, partial(numbers.interval, decimals=decimals, plus=True)),
        )
    )


def one_value(one: Indicator, estimate: Estimate | None, edition: Edition, marks: cells.Marks) -> Cell:
    """Return the cell of a percent or a mean, with its unit where it is a percent."""
    if estimate is not None and estimate.hidden and one.outcome.kind == "binary":
        return cells.share(estimate, edition, marks)
    return cells.value(estimate, edition, marks, partial(write_value, one=one, edition=edition))
