"""Who was lost: how many, from where, how they had been doing, and what foretold it."""

from __future__ import annotations

from functools import partial

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.standing import looked_at
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.parts import item_label, option_label
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import decimals_of
from mirabal_toolkit.reporting.words import numbers

Cells = list[Cell]
SIGNED = partial(numbers.signed, decimals=2)
LIMITS = partial(numbers.interval, decimals=2, plus=True)


def attrition(edition: Edition) -> Table:
    """Return the percent lost at the last wave, of everybody and by group."""
    marks = cells.Marks(edition)
    say = edition.say
    columns = (
        Column("who", say("header_who"), "label"),
        Column("n", say("header_n")),
        Column("lost", say("header_lost_percent")),
        interval_column("lost_conf", edition),
        Column("p", say("header_p")),
    )
    groups = [RowGroup("", tuple(_lost_row(row, say("everybody"), edition, marks) for row in _attrition_rows(edition)))]
    for item in edition.lookup.outcomes("attrition")[1:]:
        rows = [row for row in _all_rows("attrition", item, edition) if row.term == "lost"]
        test = next((row for row in _all_rows("attrition", item, edition) if row.term == "differs"), None)
        members = [_lost_row(row, option_label(item, row.estimand, edition), edition, marks) for row in rows]
        if members and test is not None:
            compared = label_cell(say("groups_compared"))
            members.append(Row((compared, cells.base(test), cells.EMPTY, cells.EMPTY, cells.p_cell(test.p_value))))
        groups.append(RowGroup(item_label(item, edition), tuple(members)))
    return Table("attrition", say("table_attrition"), columns, tuple(groups), marks.notes())


def _attrition_rows(edition: Edition) -> tuple[Estimate, ...]:
    names = edition.lookup.outcomes("attrition")
    return _all_rows("attrition", names[0], edition) if names else ()


def _all_rows(analysis: str, outcome: str, edition: Edition) -> tuple[Estimate, ...]:
    """Return the estimates of an outcome under whatever estimand, in their order."""
    return tuple(row for row in edition.lookup.every(analysis) if row.outcome == outcome)


def _lost_row(row: Estimate, label: str, edition: Edition, marks: cells.Marks) -> Row:
    write = partial(numbers.interval, decimals=edition.decimals)
    interval = cells.limits(row, write)
    return Row((label_cell(label), cells.base(row), cells.share_of(row, edition, marks), interval, cells.EMPTY))


def lost_and_retained(edition: Edition) -> Table:
    """Return those lost beside those interviewed, by background and by what they said at the start."""
    marks, say = cells.Marks(edition), edition.say
    columns = (
        Column("what", say("header_what"), "label"),
        Column("n_lost", say("header_n"), span=say("header_lost")),
        Column("lost", say("header_percent_or_mean"), span=say("header_lost")),
        Column("n_retained", say("header_n"), span=say("header_retained")),
        Column("retained", say("header_percent_or_mean"), span=say("header_retained")),
        Column("difference", say("header_difference_sd")),
        interval_column("difference_conf", edition),
    )
    labels = {one.outcome.id: edition.label(one) for one in edition.indicators if one.first}
    rows: list[Row] = []
    for outcome, estimand in dict.fromkeys(
        (row.outcome, row.estimand) for row in edition.lookup.every("lost_and_retained")
    ):
        label = labels.get(outcome) or _background_label(outcome, estimand, edition)
        rows.append(_beside_row(label, outcome, estimand, edition, marks))
    notes = (Note(say("note_lost_and_retained", level=edition.level)), *marks.notes())
    title = say("table_lost_and_retained", at_last=edition.at_wave(edition.waves[-1]))
    return Table("lost-and-retained", title, columns, (RowGroup("", tuple(rows)),), notes)


def _background_label(item: str, option: str, edition: Edition) -> str:
    if option == "as_reported":
        return item_label(item, edition)
    return edition.say("group_of", item=item_label(item, edition), option=option_label(item, option, edition))


def _beside_row(label: str, outcome: str, estimand: str, edition: Edition, marks: cells.Marks) -> Row:
    found = {row.term: row for row in edition.lookup.rows("lost_and_retained", outcome, estimand)}
    row: Cells = [label_cell(label)]
    for term in ("lost", "retained"):
        one = found.get(term)
        row += [cells.base(one), _level_cell(one, edition, marks)]
    difference = found.get("difference")
    return Row((*row, cells.value(difference, edition, marks, SIGNED), cells.limits(difference, LIMITS)))


def _level_cell(one: Estimate | None, edition: Edition, marks: cells.Marks) -> Cell:
    if one is not None and one.scale == "percent":
        return cells.share_of(one, edition, marks)
    return cells.value(one, edition, marks, partial(numbers.number, decimals=1))


def worse_off(edition: Edition) -> Table:
    """Return how those lost at each wave had been doing at the interview before."""
    marks, say = cells.Marks(edition), edition.say
    columns = (
        Column("wave", say("header_wave_lost"), "label"),
        Column("compared", say("header_compared"), "text"),
        Column("n", say("header_n")),
        Column("difference", say("header_difference_sd")),
        interval_column("difference_conf", edition),
        Column("p", say("header_p")),
    )
    rows = tuple(
        Row(
            (
                label_cell(edition.wave_name(row.wave or 0)),
                Cell(say(f"compared_{row.term}")),
                cells.base(row),
                cells.value(row, edition, marks, SIGNED),
                cells.limits(row, LIMITS),
                cells.p_cell(row.p_value),
            )
        )
        for row in edition.lookup.every("worse_off_before")
    )
    notes = (Note(say("note_worse_off")), *marks.notes())
    return Table("worse-off-before", say("table_worse_off"), columns, (RowGroup("", rows),), notes)


def drop_out(edition: Edition) -> Table:
    """Return the odds ratios of the models of drop-out."""
    marks, say = cells.Marks(edition), edition.say
    columns = (
        Column("thing", say("header_thing"), "label"),
        Column("n", say("header_n")),
        Column("odds_ratio", say("header_odds_ratio")),
        interval_column("odds_ratio_conf", edition),
        Column("p", say("header_p")),
    )
    rows = [_odds_row(row, edition, marks) for row in _drop_out_rows(edition)]
    notes = (Note(say("note_drop_out")), *marks.notes())
    return Table("drop-out", say("table_drop_out"), columns, (RowGroup("", tuple(rows)),), notes)


def _drop_out_rows(edition: Edition) -> list[Estimate]:
    """Return the last answer from the model of each indicator, then the background from the first model."""
    rows = edition.lookup.every("drop_out_model")
    own = [row for row in rows if row.term.partition(":")[0] == row.outcome]
    others = [row for row in rows if row.outcome == rows[0].outcome and row not in own]
    things = list(dict.fromkeys(row.term.partition(":")[0] for row in others))
    return [*own, *sorted(others, key=lambda row: (things.index(row.term.partition(":")[0]), _place(row, edition)))]


def _place(row: Estimate, edition: Edition) -> int:
    """Return where an answer stands among those of its question."""
    item, _, option = row.term.partition(":")
    if item not in edition.instrument.item_by_id:
        return 0
    names = [known.name for known in edition.instrument.options(item)]
    return names.index(option) if option in names else len(names)


def _odds_row(row: Estimate, edition: Edition, marks: cells.Marks) -> Row:
    return Row(
        (
            label_cell(_thing(row, edition)),
            cells.people(row.n_persons),
            cells.value(row, edition, marks, numbers.ratio),
            cells.limits(row, numbers.ratio_interval),
            cells.p_cell(row.p_value),
        )
    )


def _thing(row: Estimate, edition: Edition) -> str:
    thing, _, part = row.term.partition(":")
    if thing == "seen_before":
        return edition.say("seen_before")
    if thing == row.outcome:
        label = edition.label(next(one for one in looked_at(edition) if one.outcome.id == row.outcome))
        yes = edition.instrument.outcome(row.outcome).kind == "binary"
        return edition.say("drop_out_answer" if yes else "drop_out_answer_step", thing=label, step=part)
    if part.replace(".", "").isdigit():
        return edition.say("drop_out_step", thing=item_label(thing, edition), step=part)
    return edition.say("group_of", item=item_label(thing, edition), option=option_label(thing, part, edition))


def imputation(edition: Edition) -> Table:
    """Return how much was filled in and weighted, and whether that went well."""
    marks, say = cells.Marks(edition), edition.say
    columns = (
        Column("indicator", say("header_indicator"), "label"),
        Column("filled_in", say("header_filled_in")),
        Column("missing_information", say("header_missing_information")),
        Column("monte_carlo_error", say("header_monte_carlo")),
        Column("chains_apart", say("header_r_hat")),
        Column("median", say("header_weights")),
        Column("effective", say("header_effective")),
        Column("n", say("header_n")),
        Column("cut", say("header_cut")),
    )
    rows = tuple(_diagnostics(one, edition, marks) for one in looked_at(edition))
    notes = [Note(say("note_imputation"))]
    if edition.released.profile.releasable:
        notes.append(Note(say("note_extremes_hidden")))
    return Table("imputation", say("table_imputation"), columns, (RowGroup("", rows),), (*notes, *marks.notes()))


def _diagnostics(one: Indicator, edition: Edition, marks: cells.Marks) -> Row:
    imputed = {row.term: row for row in edition.lookup.rows("imputed_change", one.outcome.id, one.estimand)}
    weights = {row.term: row for row in edition.lookup.rows("weights", one.outcome.id, one.estimand)}
    points = partial(numbers.number, decimals=decimals_of(one, edition) + 1)
    share = partial(numbers.number, decimals=2)
    whole = numbers.count
    return Row(
        (
            label_cell(edition.label(one)),
            cells.value(imputed.get("filled_in"), edition, marks, whole),
            cells.value(imputed.get("missing_information"), edition, marks, lambda v: numbers.percent(100 * v)),
            cells.value(imputed.get("monte_carlo_error"), edition, marks, points),
            cells.value(imputed.get("chains_apart"), edition, marks, share),
            cells.value(weights.get("median"), edition, marks, share),
            cells.value(weights.get("effective"), edition, marks, whole),
            cells.base(weights.get("effective")),
            cells.value(weights.get("cut"), edition, marks, whole),
        )
    )
