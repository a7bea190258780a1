"""What the models estimate: predictions by wave, change, odds ratios second, and the variances."""

from __future__ import annotations

from functools import partial

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import decimals_of, write_value
from mirabal_toolkit.reporting.words import numbers

#: Scales of a change that people read first; ratios come after.
PLAIN_SCALES = ("percentage_points", "points", "items", "answer")


def model(edition: Edition) -> Table:
    """Return predicted percents or means at every wave and the change from first to last."""
    marks = cells.Marks(edition)
    predicted = edition.say("span_predicted", level=edition.level)
    columns = [Column("indicator", edition.say("header_indicator"), "label")]
    columns += [Column(f"w{wave}", edition.wave_name(wave), span=predicted) for wave in edition.waves]
    change = edition.say("span_change", **edition.first_and_last)
    columns += [
        Column("change", edition.say("header_change"), span=change),
        interval_column("change_conf", edition, change),
        Column("p", edition.say("header_p"), span=change),
    ]
    modelled = tuple(one for one in edition.indicators if _predictions(one, edition))
    groups = tuple(
        RowGroup(heading, tuple(_model_row(one, edition, marks) for one in members))
        for heading, members in edition.groups(modelled)
    )
    notes = (Note(edition.say("note_model", level=edition.level)), *marks.notes())
    return Table("model", edition.say("table_model"), tuple(columns), groups, notes)


def model_parameters(edition: Edition) -> Table:
    """Return odds ratios from first to last wave, and how much women differ: one row an indicator."""
    marks = cells.Marks(edition)
    say = edition.say
    between = say("span_between")
    columns = (
        Column("indicator", say("header_indicator"), "label"),
        Column("n", say("header_n_persons")),
        Column("odds_ratio", say("scale_odds_ratio").capitalize()),
        interval_column("odds_ratio_conf", edition),
        Column("variance_between", say("header_variance_between"), span=between),
        Column("variance_within", say("header_variance_within"), span=between),
        Column("icc", say("header_icc"), span=between),
        Column("working_correlation", say("header_working_correlation"), span=between),
    )
    modelled = tuple(one for one in edition.indicators if _predictions(one, edition))
    groups = tuple(
        RowGroup(heading, tuple(_parameter_row(one, edition, marks) for one in members))
        for heading, members in edition.groups(modelled)
    )
    notes = (Note(say("note_model_parameters", **edition.first_and_last)), *marks.notes())
    return Table("model-parameters", say("table_model_parameters"), columns, groups, notes)


def _parameter_row(one: Indicator, edition: Edition, marks: cells.Marks) -> Row:
    ends = (edition.waves[-1], edition.waves[0])
    contrasts = edition.lookup.rows("model_contrast", one.outcome.id, one.estimand)
    ratio = next((row for row in contrasts if row.scale == "odds_ratio" and row.waves == ends), None)
    people = next(iter(_predictions(one, edition).values())).n_persons
    found = [label_cell(edition.label(one)), cells.people(people)]
    found += [cells.value(ratio, edition, marks, numbers.ratio), cells.limits(ratio, numbers.ratio_interval)]
    for term, decimals in (("variance_between", 1), ("variance_within", 1), ("icc", 2), ("working_correlation", 2)):
        row = edition.lookup.term("model_parameters", one.outcome.id, one.estimand, term)
        found.append(cells.value(row, edition, marks, partial(numbers.number, decimals=decimals)))
    return Row(tuple(found))


def model_detail(edition: Edition) -> Table:
    """Return every contrast, odds ratio, variance and correlation of every model."""
    marks = cells.Marks(edition)
    say = edition.say
    columns = (
        Column("term", say("header_term"), "label"),
        Column("estimate", say("header_estimate")),
        interval_column("conf", edition),
        Column("std_error", say("header_std_error")),
        Column("df", say("header_df")),
        Column("statistic", say("header_statistic")),
        Column("p", say("header_p")),
        Column("p_adjusted", say("header_p_adjusted")),
        Column("n", say("header_n_persons")),
    )
    groups = []
    for one in edition.indicators:
        rows = tuple(_detail_row(one, row, edition, marks) for row in _detail(one, edition))
        if rows:
            groups.append(RowGroup(edition.label(one), rows))
    notes = (Note(say("note_model_detail")), *marks.notes())
    return Table("model-detail", say("table_model_detail"), columns, tuple(groups), notes)


def _predictions(one: Indicator, edition: Edition) -> dict[int, Estimate]:
    return edition.lookup.by_wave("model_prediction", one.outcome.id, one.estimand)


def _last_change(one: Indicator, edition: Edition) -> Estimate | None:
    for row in edition.lookup.rows("model_contrast", one.outcome.id, one.estimand):
        if row.scale in PLAIN_SCALES and row.waves == (edition.waves[-1], edition.waves[0]):
            return row
    return None


def _model_row(one: Indicator, edition: Edition, marks: cells.Marks) -> Row:
    predictions = _predictions(one, edition)
    change = _last_change(one, edition)
    decimals = decimals_of(one, edition)
    found = [label_cell(edition.label(one))]
    found += [_prediction(one, predictions.get(wave), edition, marks) for wave in edition.waves]
    found.append(cells.value(change, edition, marks, partial(numbers.signed, decimals=decimals)))
    found.append(cells.limits(change, partial(numbers.interval, decimals=decimals, plus=True)))
    found.append(cells.p_cell(change.p_value if change else None))
    return Row(tuple(found))


def _prediction(one: Indicator, estimate: Estimate | None, edition: Edition, marks: cells.Marks) -> Cell:
    cell = cells.value(estimate, edition, marks, partial(write_value, one=one, edition=edition, sign=""))
    around = cells.limits(estimate, partial(numbers.interval, decimals=decimals_of(one, edition)))
    text = f"{cell.text} ({around.text})" if around.bounds else cell.text
    return Cell(text, cell.value, marks=cell.marks)


def _detail(one: Indicator, edition: Edition) -> list[Estimate]:
    contrasts = edition.lookup.rows("model_contrast", one.outcome.id, one.estimand)
    plain = [row for row in contrasts if row.scale in PLAIN_SCALES]
    ratios = [row for row in contrasts if row.scale not in PLAIN_SCALES]
    return [*plain, *ratios, *edition.lookup.rows("model_parameters", one.outcome.id, one.estimand)]


def _detail_row(one: Indicator, row: Estimate, edition: Edition, marks: cells.Marks) -> Row:
    ratio = row.scale in ("odds_ratio", "rate_ratio")
    decimals = _detail_decimals(one, row, edition)
    write = numbers.ratio if ratio else partial(numbers.number, decimals=decimals)
    around = numbers.ratio_interval if ratio else partial(numbers.interval, decimals=decimals)
    return Row(
        (
            label_cell(_detail_label(row, edition) + _of_model(one, row, edition)),
            cells.value(row, edition, marks, write),
            cells.limits(row, around),
            _plain(row.std_error, 2),
            _plain(row.df, 1),
            _plain(row.statistic, 2),
            cells.p_cell(row.p_value),
            cells.p_cell(row.p_adjusted),
            cells.people(row.n_persons),
        )
    )


def _detail_decimals(one: Indicator, row: Estimate, edition: Edition) -> int:
    if row.scale in PLAIN_SCALES and row.analysis == "model_contrast":
        return 1 if one.outcome.kind != "binary" else edition.decimals
    return 2


def _of_model(one: Indicator, row: Estimate, edition: Edition) -> str:
    """Return the name of the row's model where it is not the main one."""
    main = edition.lookup.rows("model_contrast", one.outcome.id, one.estimand)
    return f" [{row.model}]" if row.model and main and row.model != main[0].model else ""


def _detail_label(row: Estimate, edition: Edition) -> str:
    if row.analysis == "model_parameters":
        return edition.say_or(f"parameter_{row.term}", row.term)
    scale = edition.say_or(f"scale_{row.scale}", row.scale)
    if row.waves is None:
        return edition.say("contrast_other", contrast=row.contrast or row.term, scale=scale)
    later, earlier = row.waves
    return edition.say(
        "contrast_waves", later=edition.wave_name(later), earlier=edition.wave_name(earlier).lower(), scale=scale
    )


def _plain(value: float | None, decimals: int) -> Cell:
    return cells.EMPTY if value is None else Cell(numbers.number(value, decimals), value)
