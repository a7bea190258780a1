"""Main model and the models beside it: what women on average, and what one woman, would see change."""

from __future__ import annotations

from functools import partial

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.spec import Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import decimals_of
from mirabal_toolkit.reporting.words import numbers

RATIOS = ("odds_ratio", "rate_ratio")


def model_beside(edition: Edition) -> Table:
    """Return change and ratio from first to last wave by every model, for indicators that have more than one."""
    marks = cells.Marks(edition)
    say = edition.say
    columns = (
        Column("model", say("header_indicator"), "label"),
        Column("n", say("header_n_persons")),
        Column("change", say("header_change")),
        interval_column("change_conf", edition),
        Column("ratio", say("header_ratio")),
        interval_column("ratio_conf", edition),
    )
    several = [one for one in edition.indicators if len(_models(one, edition)) > 1]
    groups = tuple(
        RowGroup(edition.label(one), tuple(_row(one, model, edition, marks) for model in _models(one, edition)))
        for one in several
    )
    notes = (Note(say("note_model_beside")), *_disagreements(several, edition), *marks.notes())
    return Table("model-beside", say("table_model_beside"), columns, groups, notes)


def _models(one: Indicator, edition: Edition) -> tuple[str, ...]:
    rows = edition.lookup.rows("model_contrast", one.outcome.id, one.estimand)
    return tuple(dict.fromkeys(row.model for row in rows if row.model))


def _last(one: Indicator, model: str, edition: Edition, *, ratio: bool) -> Estimate | None:
    """Return the contrast of last against first wave by one model."""
    ends = (edition.waves[-1], edition.waves[0])
    rows = edition.lookup.rows("model_contrast", one.outcome.id, one.estimand)
    return next(
        (row for row in rows if row.model == model and row.waves == ends and (row.scale in RATIOS) == ratio), None
    )


def _row(one: Indicator, model: str, edition: Edition, marks: cells.Marks) -> Row:
    change, ratio = (_last(one, model, edition, ratio=flag) for flag in (False, True))
    decimals = decimals_of(one, edition)
    people = next((row.n_persons for row in (change, ratio) if row is not None), None)
    return Row(
        (
            label_cell(edition.say_or(f"model_{model}", model)),
            cells.people(people),
            cells.value(change, edition, marks, partial(numbers.signed, decimals=decimals)),
            cells.limits(change, partial(numbers.interval, decimals=decimals, plus=True)),
            cells.value(ratio, edition, marks, numbers.ratio),
            cells.limits(ratio, numbers.ratio_interval),
        )
    )


def _disagreements(several: list[Indicator], edition: Edition) -> list[Note]:
    """Say which indicators' models point in different directions."""
    apart = []
    for one in several:
        changes = [_last(one, model, edition, ratio=False) for model in _models(one, edition)]
        signs = {change.estimate > 0 for change in changes if change is not None and change.estimate}
        if len(signs) > 1:
            apart.append(edition.label(one))
    return [Note(edition.say("note_models_disagree", indicators=edition.listed(apart)))] if apart else []
