"""Who started: what is known of them, and the headline indicators at the first wave."""

from __future__ import annotations

from collections.abc import Iterator

from mirabal_toolkit.core.results import NOT_KNOWN
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.parts import item_label, option_label
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.words import numbers


def baseline(edition: Edition) -> Table:
    """Return who started: a group of rows for each characteristic, then the headline indicators."""
    marks = cells.Marks(edition)
    columns = (
        Column("characteristic", edition.say("header_characteristic"), "label"),
        Column("count", edition.say("header_people")),
        Column("value", edition.say("header_percent_or_average")),
        Column("n", edition.say("header_of_how_many")),
    )
    items = edition.lookup.outcomes("baseline")
    groups = [RowGroup(item_label(item, edition), tuple(_rows(item, edition, marks))) for item in items]
    if items:
        groups.append(RowGroup(edition.say("headline_at_start"), tuple(_headline(edition, marks))))
    notes = (Note(edition.say("note_baseline")), *marks.notes())
    return Table("baseline", edition.say("table_baseline"), columns, tuple(one for one in groups if one.rows), notes)


def _rows(item: str, edition: Edition, marks: cells.Marks) -> Iterator[Row]:
    found = edition.lookup.rows("baseline", item, "as_reported")
    terms = {row.term: row for row in found}
    if "mean" in terms:
        label = label_cell(edition.say("mean_and_sd"))
        mean = terms["mean"]
        yield Row((label, Cell(""), _mean(mean, terms.get("sd"), edition, marks), cells.base(mean)))
        return
    for row in found:
        # Nobody of whom it is not known needs no line.
        if row.term != NOT_KNOWN or row.hidden or row.count:
            name = edition.say("not_known") if row.term == NOT_KNOWN else option_label(item, row.term, edition)
            yield _share_row(name, row, edition, marks)


def _share_row(name: str, row: Estimate, edition: Edition, marks: cells.Marks) -> Row:
    return Row((label_cell(name), cells.people(row.count), cells.share(row, edition, marks), cells.base(row)))


def _mean(mean: Estimate, spread: Estimate | None, edition: Edition, marks: cells.Marks) -> Cell:
    def write(value: float) -> str:
        sd = None if spread is None else spread.estimate
        return edition.say("mean_sd", mean=numbers.number(value, 1), sd=numbers.number(sd, 1))

    return cells.value(mean, edition, marks, write)


def _headline(edition: Edition, marks: cells.Marks) -> Iterator[Row]:
    for one in edition.indicators:
        found = edition.series(one).get(edition.waves[0])
        if not one.headline or not one.first or found is None:
            continue
        if one.outcome.kind == "binary":
            yield _share_row(edition.label(one), found, edition, marks)
        else:
            spreads = edition.lookup.by_wave("mean", one.outcome.id, one.estimand, term="sd")
            mean = _mean(found, spreads.get(edition.waves[0]), edition, marks)
            yield Row((label_cell(edition.label(one)), Cell(""), mean, cells.base(found)))
