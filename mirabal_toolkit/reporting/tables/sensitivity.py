"""One indicator a row, one assumption about those lost a column: from the main model to anything possible."""

from __future__ import annotations

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.standing import Standing, looked_at, standing_of
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import decimals_of
from mirabal_toolkit.reporting.words import numbers

WAYS = ("main", "pairs", "imputed", "weighted")


def sensitivity(edition: Edition) -> Table:
    """Return the change of every headline indicator under every assumption."""
    marks = cells.Marks(edition)
    groups = tuple(
        RowGroup(heading, tuple(_row(one, edition, marks) for one in members))
        for heading, members in edition.groups(looked_at(edition))
    )
    asked = edition.released.plan.missing_data
    say, level = edition.say, edition.level
    notes = (
        Note(say("note_sensitivity", m=asked.imputations if asked else 0)),
        Note(say("note_turns", level=level)),
        Note(say("note_bounds_change")),
        Note(say("note_conclusion")),
        *marks.notes(),
    )
    return Table("sensitivity", say("table_sensitivity"), _columns(edition), groups, notes)


def _columns(edition: Edition) -> tuple[Column, ...]:
    say = edition.say
    columns = [Column("indicator", say("header_indicator"), "label")]
    for way in WAYS:
        span = say(f"header_{way}")
        columns.append(Column(f"n_{way}", say("header_n"), span=span))
        columns.append(Column(way, say("header_change_interval", level=edition.level), "interval", span))
    return (
        *columns,
        Column("turns", say("header_points"), "text", say("header_turns")),
        Column("bounds", say("header_lowest_highest"), "interval", say("header_bounds")),
        Column("conclusion", say("header_conclusion"), "text"),
    )


def _row(one: Indicator, edition: Edition, marks: cells.Marks) -> Row:
    standing, decimals = standing_of(one, edition), decimals_of(one, edition)
    found = [label_cell(edition.label(one))]
    for way in WAYS:
        estimate: Estimate | None = getattr(standing, way)
        found += [
            cells.EMPTY if estimate is None else cells.people(estimate.n_persons or estimate.n_obs),
            _change_cell(estimate, edition, decimals, marks),
        ]
    found += [Cell(turns_text(standing, edition, decimals)), _bounds_cell(standing, edition, decimals)]
    return Row((*found, Cell(conclusion_text(standing, edition, decimals))))


def _change_cell(estimate: Estimate | None, edition: Edition, decimals: int, marks: cells.Marks) -> Cell:
    """Return ``−38 (−49 to −27)``."""
    if estimate is None:
        return cells.EMPTY
    if estimate.hidden:
        marks.of(estimate)
        return Cell(edition.say("hidden"))
    low, high = estimate.conf_low, estimate.conf_high
    if estimate.estimate is None or low is None or high is None:
        return Cell(numbers.NO_VALUE, marks=marks.of(estimate))
    text = f"{numbers.signed(estimate.estimate, decimals)} ({numbers.interval(low, high, decimals, plus=True)})"
    return Cell(text, estimate.estimate, (low, high), marks.of(estimate))


def _bounds_cell(standing: Standing, edition: Edition, decimals: int) -> Cell:
    lowest, highest = standing.lowest, standing.highest
    if lowest is None or highest is None:
        return cells.EMPTY
    if lowest.estimate is None or highest.estimate is None:
        return Cell(edition.say("hidden"))
    ends = (lowest.estimate, highest.estimate)
    return Cell(numbers.interval(*ends, decimals, plus=True), bounds=ends)


def turns_text(standing: Standing, edition: Edition, decimals: int) -> str:
    """Return by how many points those lost would have to differ: ``+12``, ``never``, or that nothing can turn."""
    shift = standing.shift
    if shift is None:
        return numbers.NO_VALUE
    if shift.hidden:
        return edition.say("hidden")
    for flag, key in (("never_turns", "turns_never"), ("no_clear_change", "turns_open")):
        if flag in shift.flags:
            return edition.say(key)
    return numbers.signed(shift.estimate, decimals)


def conclusion_text(standing: Standing, edition: Edition, decimals: int) -> str:
    """Return whether the conclusion depends on those lost, in two or three words."""
    verdict = standing.verdict
    if verdict == "turns" and standing.shift is not None:
        return edition.say("standing_turns", points=numbers.signed(standing.shift.estimate, decimals))
    return edition.say(f"standing_{verdict}")


def reference_based(edition: Edition) -> Table:
    """Return the difference between the arms, with those lost in the treated arm imputed from the reference arm."""
    marks, say = cells.Marks(edition), edition.say
    columns = (
        Column("rule", say("header_reference_rule"), "label"),
        Column("n", say("header_n")),
        Column("difference", say("header_reference_difference", level=edition.level), "interval"),
    )
    groups = []
    for one in looked_at(edition):
        rows = edition.lookup.rows("reference_change", one.outcome.id, one.estimand)
        decimals = decimals_of(one, edition)
        members = tuple(
            Row(
                (
                    label_cell(say(f"reference_{row.model.replace('-', '_')}")),
                    cells.people(row.n_persons),
                    _change_cell(row, edition, decimals, marks),
                )
            )
            for row in rows
        )
        if members:
            groups.append(RowGroup(edition.label(one), members))
    notes = (Note(say("note_reference_based")), *marks.notes())
    return Table("reference-based", say("table_reference_based"), columns, tuple(groups), notes)
