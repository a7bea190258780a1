"""Two accounts side by side: before and after in each, and how far they agree. Never pooled."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import decimals_of, write_value
from mirabal_toolkit.reporting.words import numbers

TERMS = ("before", "after", "change")


def _pairs(edition: Edition) -> Iterator[tuple[Indicator, str]]:
    """Yield each indicator that a second account has, with the outcome of that account."""
    informants = edition.released.plan.informants
    if informants is None or not edition.lookup.outcomes("agreement"):
        return
    for first, second in informants.pairs:
        for one in edition.indicators:
            if one.outcome.id == first and one.first:
                yield one, second


def accounts(edition: Edition) -> Table:
    """Return before, after and change in both accounts: two rows an indicator."""
    marks = cells.Marks(edition)
    say, level = edition.say, edition.level
    columns = (
        Column("account", say("header_indicator"), "label"),
        Column("before", edition.wave_name(edition.waves[0])),
        Column("after", edition.wave_name(edition.waves[-1])),
        Column("n", say("header_n_both")),
        Column("change", say("header_change_any")),
        interval_column("change_conf", edition),
    )
    groups = tuple(
        RowGroup(edition.label(one), tuple(_account_rows(one, second, edition, marks)))
        for one, second in _pairs(edition)
    )
    notes = (Note(say("note_accounts", level=level)), *marks.notes())
    return Table("accounts", say("table_accounts"), columns, groups, notes)


def _account_rows(one: Indicator, second: str, edition: Edition, marks: cells.Marks) -> Iterator[Row]:
    analysis = "paired_change" if one.outcome.kind == "binary" else "paired_mean_change"
    own = {row.term: row for row in edition.lookup.rows(analysis, one.outcome.id, one.estimand)}
    other = {row.term: row for row in _of_second(f"second_{analysis}", second, edition)}
    title = in_language(edition.instrument.title, edition.language)
    informants = edition.released.plan.informants
    name = "" if informants is None else informants.instrument
    yield _account_row(edition.say("account_first", instrument=title), own, one, edition, marks)
    yield _account_row(edition.say("account_second", instrument=name), other, one, edition, marks)


def _of_second(analysis: str, outcome: str, edition: Edition) -> tuple[Estimate, ...]:
    """Return the rows of the second account's outcome, under the one estimand it has been analysed by."""
    for estimand in ("experienced", "as_reported", "while_in_contact"):
        rows = edition.lookup.rows(analysis, outcome, estimand)
        if rows:
            return rows
    return ()


def _account_row(label: str, rows: dict[str, Estimate], one: Indicator, edition: Edition, marks: cells.Marks) -> Row:
    before, after, change = (rows.get(term) for term in TERMS)
    decimals = decimals_of(one, edition)
    return Row(
        (
            label_cell(label),
            _level(before, one, edition, marks),
            _level(after, one, edition, marks),
            cells.base(change),
            cells.value(change, edition, marks, partial(numbers.signed, decimals=decimals)),
            cells.limits(change, partial(numbers.interval, decimals=decimals, plus=True)),
        )
    )


def _level(row: Estimate | None, one: Indicator, edition: Edition, marks: cells.Marks) -> Cell:
    if one.outcome.kind == "binary":
        return cells.share(row, edition, marks)
    return cells.value(row, edition, marks, partial(write_value, one=one, edition=edition))


def agreement(edition: Edition) -> Table:
    """Return how far yes-or-no answers of the two accounts agree: one row a wave, grouped by indicator."""
    marks = cells.Marks(edition)
    say, level = edition.say, edition.level
    columns = (
        Column("wave", say("header_wave"), "label"),
        Column("couples", say("header_couples")),
        Column("agree", say("header_agree")),
        Column("kappa", say("header_kappa")),
        interval_column("kappa_conf", edition),
        Column("pabak", say("header_pabak")),
        Column("p", say("header_mcnemar")),
    )
    groups = _groups(edition, marks, "binary")
    notes = (Note(say("note_agreement", level=level)), Note(say("note_couples_hidden")), *marks.notes())
    return Table("agreement-accounts", say("table_agreement"), columns, groups, notes)


def agreement_scores(edition: Edition) -> Table:
    """Return the limits of agreement and correlations of scores of the two accounts."""
    marks = cells.Marks(edition)
    say, level = edition.say, edition.level
    columns = (
        Column("wave", say("header_wave"), "label"),
        Column("couples", say("header_couples")),
        Column("bias", say("header_bias")),
        interval_column("bias_conf", edition),
        Column("limits", say("header_limits"), "interval"),
        Column("correlation", say("header_correlation")),
        Column("rm_correlation", say("header_rm_correlation")),
    )
    groups = _groups(edition, marks, "score")
    notes = (Note(say("note_agreement_scores", level=level)), Note(say("note_couples_hidden")), *marks.notes())
    return Table("agreement-scores", say("table_agreement_scores"), columns, groups, notes)


def _groups(edition: Edition, marks: cells.Marks, kind: str) -> tuple[RowGroup, ...]:
    make = _answers_row if kind == "binary" else _scores_row
    found = []
    for one, _second in _pairs(edition):
        if one.outcome.kind == kind:
            rows = edition.lookup.rows("agreement", one.outcome.id, one.estimand)
            body = tuple(make(wave, rows, edition, marks) for wave in edition.waves)
            found.append(RowGroup(edition.label(one), body))
    return tuple(found)


def _at(rows: tuple[Estimate, ...], wave: int | None) -> dict[str, Estimate]:
    return {row.term: row for row in rows if row.wave == wave}


def _answers_row(wave: int, rows: tuple[Estimate, ...], edition: Edition, marks: cells.Marks) -> Row:
    found = _at(rows, wave)
    write, around = partial(numbers.number, decimals=2), partial(numbers.interval, decimals=2)
    kappa, test = found.get("kappa"), found.get("mcnemar")
    return Row(
        (
            label_cell(edition.wave_name(wave)),
            cells.base(kappa),
            cells.share(found.get("percent_agreement"), edition, marks),
            cells.value(kappa, edition, marks, write),
            cells.limits(kappa, around),
            cells.value(found.get("pabak"), edition, marks, write),
            cells.p_cell(None if test is None else test.p_value),
        )
    )


def _scores_row(wave: int, rows: tuple[Estimate, ...], edition: Edition, marks: cells.Marks) -> Row:
    found = _at(rows, wave)
    bias, low, high = (found.get(term) for term in ("bias", "limit_low", "limit_high"))
    together = _at(rows, None).get("rm_correlation") if wave == edition.waves[-1] else None
    limits = cells.EMPTY
    if low is not None and high is not None and low.estimate is not None and high.estimate is not None:
        text = numbers.interval(low.estimate, high.estimate, 0, plus=True)
        limits = Cell(text, bounds=(low.estimate, high.estimate))
    write = partial(numbers.number, decimals=2)
    return Row(
        (
            label_cell(edition.wave_name(wave)),
            cells.base(bias),
            cells.value(bias, edition, marks, partial(numbers.signed, decimals=1)),
            cells.limits(bias, partial(numbers.interval, decimals=1, plus=True)),
            limits,
            cells.value(found.get("correlation"), edition, marks, write),
            cells.value(together, edition, marks, write),
        )
    )
