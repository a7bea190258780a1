"""Two arms: levels and the difference between the changes, other ways of analysing it, and the start."""

from __future__ import annotations

from functools import partial

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.parts import arm_label, is_clear, item_label, last_difference, level_of
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import write_value
from mirabal_toolkit.reporting.words import numbers


def compared(edition: Edition) -> tuple[Indicator, ...]:
    """Return the indicators that have a difference between two arms."""
    if edition.released.plan.comparison is None:
        return ()
    found = edition.lookup.outcomes("arm_difference")
    return tuple(one for one in edition.indicators if one.outcome.id in found and last_difference(one, edition))


def arm_names(edition: Edition) -> tuple[str, str]:
    """Return the names of the reference and the treated arm, as the plan has them."""
    comparison = edition.released.plan.comparison
    return ("", "") if comparison is None else (comparison.reference, comparison.treated)


def arms(edition: Edition) -> Table:
    """Return first and last wave in both arms, and the difference between the changes."""
    marks = cells.Marks(edition)
    say = edition.say
    columns = [Column("indicator", say("header_indicator"), "label")]
    for key, name in zip(("reference", "treated"), arm_names(edition), strict=True):
        label = arm_label(name, edition)
        columns += [
            Column(f"{key}_w{wave}", edition.wave_name(wave), span=label)
            for wave in (edition.waves[0], edition.waves[-1])
        ]
    span = say("span_difference")
    columns += [
        Column("difference", say("header_difference"), span=span),
        interval_column("difference_conf", edition, span),
        Column("p", say("header_p"), span=span),
    ]
    chosen = compared(edition)
    found = [last_difference(one, edition) for one in chosen]
    adjusted = any(difference is not None and difference.p_adjusted is not None for difference in found)
    if adjusted:
        columns.append(Column("p_adjusted", say("header_p_adjusted"), span=span))
    groups = tuple(
        RowGroup(heading, tuple(_row(one, edition, marks, adjusted=adjusted) for one in members))
        for heading, members in edition.groups(chosen)
    )
    return Table(
        "arms", say("table_arms"), tuple(columns), groups, (*_notes(edition, adjusted=adjusted), *marks.notes())
    )


def _notes(edition: Edition, *, adjusted: bool) -> list[Note]:
    reference, treated = (arm_label(name, edition).lower() for name in arm_names(edition))
    notes = [Note(edition.say("note_arms", reference=reference, treated=treated, level=edition.level))]
    if adjusted:
        notes.append(Note(edition.say(f"note_adjusted_{edition.released.plan.multiplicity}")))
    return notes


def _row(one: Indicator, edition: Edition, marks: cells.Marks, *, adjusted: bool) -> Row:
    found = [label_cell(edition.label(one))]
    found += [
        part_cell(level_of("arm_level", one, name, wave, edition), one, edition, marks)
        for name in arm_names(edition)
        for wave in (edition.waves[0], edition.waves[-1])
    ]
    difference = last_difference(one, edition)
    row = [*found, *cells.change_of(difference, one, edition, marks), cells.p_of(difference)]
    if adjusted:
        row.append(cells.p_cell(None if difference is None else difference.p_adjusted))
    return Row(tuple(row))


def part_cell(estimate: Estimate | None, one: Indicator, edition: Edition, marks: cells.Marks) -> Cell:
    """Return the cell of a percent with its count, or of a mean."""
    if one.outcome.kind == "binary":
        return cells.share_of(estimate, edition, marks)
    return cells.value(estimate, edition, marks, partial(write_value, one=one, edition=edition, sign=""))


def arms_sensitivity(edition: Edition) -> Table:
    """Return the difference between the changes among all, weighted, and among those seen at every wave."""
    marks = cells.Marks(edition)
    say = edition.say
    columns = [Column("indicator", say("header_indicator"), "label")]
    for key in ("main", "weighted", "completers"):
        span = say(f"span_{key}")
        columns += [
            Column(key, say("header_difference"), span=span),
            interval_column(f"{key}_conf", edition, span),
        ]
    columns += [Column("e_value", say("header_e_value")), Column("e_value_limit", say("header_e_value_limit"))]
    groups = tuple(
        RowGroup(heading, tuple(_sensitivity_row(one, edition, marks) for one in members))
        for heading, members in edition.groups(compared(edition))
    )
    notes = (Note(say("note_arms_sensitivity")), *marks.notes())
    return Table("arms-sensitivity", say("table_arms_sensitivity"), tuple(columns), groups, notes)


def _sensitivity_row(one: Indicator, edition: Edition, marks: cells.Marks) -> Row:
    main = last_difference(one, edition)
    found = [label_cell(edition.label(one)), *cells.change_of(main, one, edition, marks)]
    found += cells.change_of(last_difference(one, edition, weighted=True), one, edition, marks)
    found += cells.change_of(last_difference(one, edition, population="completers"), one, edition, marks)
    for term in ("estimate", "limit"):
        # Where no difference is clear there is nothing to explain away.
        value = edition.lookup.term("e_value", one.outcome.id, one.estimand, term) if is_clear(main) else None
        found.append(cells.value(value, edition, marks, partial(numbers.number, decimals=1)))
    return Row(tuple(found))


def balance(edition: Edition) -> Table:
    """Return what is known of both arms at the start, with standardised differences."""
    marks = cells.Marks(edition)
    say = edition.say
    reference, treated = (arm_label(name, edition) for name in arm_names(edition))
    columns = (
        Column("covariate", say("header_indicator"), "label"),
        Column("reference", reference),
        Column("treated", treated),
        Column("difference", say("header_standardised")),
        Column("difference_weighted", say("header_standardised_weighted")),
    )
    rows = tuple(_balance_row(name, edition, marks) for name in edition.lookup.outcomes("balance"))
    groups = (RowGroup("", rows),) if rows else ()
    return Table("balance", say("table_balance"), columns, groups, (Note(say("note_balance")), *marks.notes()))


def balance_terms(name: str, edition: Edition) -> dict[str, Estimate]:
    """Return the rows of balance of one covariate, by term."""
    for estimand in ("as_reported", "experienced", "while_in_contact"):
        rows = edition.lookup.rows("balance", name, estimand)
        if rows:
            return {row.term: row for row in rows}
    return {}


def _balance_row(name: str, edition: Edition, marks: cells.Marks) -> Row:
    terms = balance_terms(name, edition)
    found = [label_cell(item_label(name, edition))]
    for term in ("reference", "treated"):
        row = terms.get(term)
        share = row is not None and row.scale == "percent"
        mean = partial(numbers.number, decimals=1)
        found.append(cells.share_of(row, edition, marks) if share else cells.value(row, edition, marks, mean))
    write = partial(numbers.signed, decimals=2)
    found += [cells.value(terms.get(term), edition, marks, write) for term in ("difference", "difference_weighted")]
    return Row(tuple(found))
