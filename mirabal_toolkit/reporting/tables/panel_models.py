"""Other ways of modelling the same change, and what goes with covariates that change over time."""

from __future__ import annotations

from functools import partial

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.parts import item_label
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import decimals_of
from mirabal_toolkit.reporting.words import numbers

PANEL_MODELS = ("panel-entity", "panel-random_effects", "panel-first_differences")
RATIOS = ("odds_ratio", "rate_ratio")


def other_models(edition: Edition) -> Table:
    """Return the change from first to last wave by the main model and by each panel model: one row an indicator."""
    marks = cells.Marks(edition)
    say = edition.say
    shown = [one for one in edition.indicators if edition.lookup.rows("panel_model", one.outcome.id, one.estimand)]
    models = [model for model in PANEL_MODELS if any(_by(one, model, edition) for one in shown)]
    columns = [Column("indicator", say("header_indicator"), "label"), Column("main", say("header_main_model"), "text")]
    columns += [Column(model.removeprefix("panel-"), say(f"header_{model}"), "text") for model in models]
    columns.append(Column("own_levels", say("header_own_levels")))
    groups = tuple(
        RowGroup(heading, tuple(_row(one, models, edition, marks) for one in members))
        for heading, members in edition.groups(tuple(shown))
    )
    notes = (Note(say("note_other_models", level=edition.level)), *_disagreement(shown, models, edition))
    return Table(
        "other-models",
        say("table_other_models", **edition.first_and_last),
        tuple(columns),
        groups,
        (*notes, *marks.notes()),
    )


def _by(one: Indicator, model: str, edition: Edition) -> Estimate | None:
    """Return the change from first to last wave by one model; the main one where `model` is empty."""
    ends = (edition.waves[-1], edition.waves[0])
    rows = edition.lookup.rows("panel_model" if model else "model_contrast", one.outcome.id, one.estimand)
    return next(
        (row for row in rows if model in ("", row.model) and row.waves == ends and row.scale not in RATIOS), None
    )


def _row(one: Indicator, models: list[str], edition: Edition, marks: cells.Marks) -> Row:
    test = edition.lookup.term("panel_test", one.outcome.id, one.estimand, "own_levels")
    changes = (_change(_by(one, model, edition), one, edition, marks) for model in ("", *models))
    return Row((label_cell(edition.label(one)), *changes, cells.p_cell(None if test is None else test.p_value)))


def _change(row: Estimate | None, one: Indicator, edition: Edition, marks: cells.Marks) -> Cell:
    decimals = decimals_of(one, edition)
    cell = cells.value(row, edition, marks, partial(numbers.signed, decimals=decimals))
    around = cells.limits(row, partial(numbers.interval, decimals=decimals, plus=True))
    return Cell(f"{cell.text} ({around.text})" if around.bounds else cell.text, cell.value, marks=cell.marks)


def _disagreement(shown: list[Indicator], models: list[str], edition: Edition) -> list[Note]:
    apart = []
    for one in shown:
        changes = [_by(one, model, edition) for model in ("", *models)]
        if len({row.estimate > 0 for row in changes if row is not None and row.estimate}) > 1:
            apart.append(edition.label(one))
    return [Note(edition.say("note_panel_disagree", indicators=edition.listed(apart)))] if apart else []


def within_between(edition: Edition) -> Table:
    """Return what goes with each time-varying covariate within a woman and between women."""
    marks = cells.Marks(edition)
    say = edition.say
    columns = [Column("covariate", say("header_indicator"), "label"), Column("n", say("header_n_persons"))]
    for part in ("within", "between"):
        span = say(f"header_{part}")
        columns.append(Column(part, say("header_estimate"), span=span))
        columns.append(interval_column(f"{part}_conf", edition, span))
    groups = []
    for one in edition.indicators:
        rows = edition.lookup.rows("within_between", one.outcome.id, one.estimand)
        covariates = tuple(dict.fromkeys(row.term.partition(" ")[2] for row in rows if row.term))
        if covariates:
            key = "scale_in_odds" if rows[0].scale == "odds_ratio" else "scale_in_points"
            body = tuple(_covariate_row(name, rows, edition, marks) for name in covariates)
            groups.append(RowGroup(say(key, label=edition.label(one)), body))
    notes = (Note(say("note_within_between")), *marks.notes())
    return Table("within-between", say("table_within_between"), tuple(columns), tuple(groups), notes)


def _covariate_row(name: str, rows: tuple[Estimate, ...], edition: Edition, marks: cells.Marks) -> Row:
    found: list[Cell] = [label_cell(item_label(name, edition)), cells.people(rows[0].n_persons)]
    for part in ("within", "between"):
        row = next((row for row in rows if row.term == f"{part} {name}"), None)
        ratio = row is not None and row.scale == "odds_ratio"
        write = numbers.ratio if ratio else partial(numbers.signed, decimals=1)
        around = numbers.ratio_interval if ratio else partial(numbers.interval, decimals=1, plus=True)
        found += [cells.value(row, edition, marks, write), cells.limits(row, around)]
    return Row(tuple(found))
