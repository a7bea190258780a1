"""Answers to one item at every wave, missing reasons apart."""

from __future__ import annotations

from functools import partial

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.words import numbers


def answers_id(item: str, edition: Edition) -> str:
    """Return the file name of an item's answers: its English label, in plain letters."""
    label = in_language(edition.instrument.item(item).label, "en").lower()
    slug = "-".join("".join(sign if sign.isascii() and sign.isalnum() else " " for sign in label).split())
    return slug[:40].rstrip("-") or f"answers-{item.lower()}"


def answer_rows(item: str, edition: Edition, term: str) -> dict[int, Estimate]:
    """Return wave → share of an answer, or number of people with a missing reason."""
    return edition.lookup.by_wave("distribution", item, "as_reported", term=term)


def reasons_met(item: str, edition: Edition) -> tuple[str, ...]:
    """Return the missing reasons an item has, in their order."""
    rows = edition.lookup.rows("distribution", item, "as_reported")
    return tuple(dict.fromkeys(row.term for row in rows if row.scale == "people"))


def answers(item: str, edition: Edition) -> Table:
    """Return how many, and what percent, gave each answer to `item` at each wave."""
    marks = cells.Marks(edition)
    columns = [Column("answer", edition.say("header_answer"), "label")]
    for wave in edition.waves:
        span = edition.wave_name(wave)
        columns += [
            Column(f"n_w{wave}", edition.say("header_n"), span=span),
            Column(f"w{wave}", edition.say("header_percent"), span=span),
        ]
    label = in_language(edition.instrument.item(item).label, edition.language)
    groups = [
        RowGroup(edition.say("answers_given"), (*_option_rows(item, edition, marks), _total_row(item, edition))),
        RowGroup(edition.say("answers_missing"), _reason_rows(item, edition, marks)),
    ]
    return Table(
        f"answers-{answers_id(item, edition)}",
        edition.say("table_answers", item=label),
        tuple(columns),
        tuple(group for group in groups if group.rows),
        (Note(edition.say("note_answers")), *marks.notes()),
    )


def _option_rows(item: str, edition: Edition, marks: cells.Marks) -> tuple[Row, ...]:
    rows = []
    for option in edition.instrument.options(item):
        if option.kind != "valid":
            continue
        shares = answer_rows(item, edition, option.name)
        found = [label_cell(in_language(option.label, edition.language))]
        for wave in edition.waves:
            found += _share_cells(shares.get(wave), edition, marks)
        rows.append(Row(tuple(found)))
    return tuple(rows)


def _share_cells(estimate: Estimate | None, edition: Edition, marks: cells.Marks) -> list[Cell]:
    if estimate is None or estimate.n_obs == 0:
        return [cells.EMPTY, cells.EMPTY]
    # Only what changes the reading of an answer's share is marked; few people shows in the total.
    if estimate.hidden:
        marks.seen.update(estimate.flags)
        return [Cell(edition.say("hidden")), cells.EMPTY]
    marks.seen.update({"rounded"} & set(estimate.flags))
    percent = partial(numbers.percent, decimals=edition.decimals, sign="")
    share = cells.EMPTY if estimate.estimate is None else Cell(percent(estimate.estimate), estimate.estimate)
    return [cells.people(estimate.count), share]


def _total_row(item: str, edition: Edition) -> Row:
    found = [label_cell(edition.say("answers_total"))]
    for wave in edition.waves:
        found += [cells.people(base_at(item, edition, wave)), Cell("")]
    return Row(tuple(found))


def base_at(item: str, edition: Edition, wave: int) -> float | None:
    """Return how many people answered `item` at a wave."""
    for row in edition.lookup.rows("distribution", item, "as_reported"):
        if row.wave == wave and row.scale != "people":
            return row.n_obs
    return None


def _reason_rows(item: str, edition: Edition, marks: cells.Marks) -> tuple[Row, ...]:
    rows = []
    for reason in reasons_met(item, edition):
        counts = answer_rows(item, edition, reason)
        found = [label_cell(edition.say_or(f"reason_{reason}", reason))]
        for wave in edition.waves:
            estimate = counts.get(wave)
            if estimate is not None and estimate.hidden:
                marks.seen.update(estimate.flags)
            hidden = estimate is not None and estimate.hidden
            count = Cell(edition.say("hidden")) if hidden else cells.people(estimate.count if estimate else 0.0)
            found += [count, Cell("")]
        rows.append(Row(tuple(found)))
    return tuple(rows)
