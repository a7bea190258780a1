"""Every wave: percents or means as observed, and who was reached."""

from __future__ import annotations

from functools import partial

import pandas as pd

from mirabal_toolkit.core.data import INTERVIEWED, WAVE_STATUSES
from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import decimals_of, write_value
from mirabal_toolkit.reporting.words import numbers


def by_wave(edition: Edition) -> Table:
    """Return the percent at every wave of every yes-or-no indicator."""
    indicators = tuple(one for one in edition.indicators if one.outcome.kind == "binary")
    return _by_wave(edition, indicators, "by-wave", "table_by_wave")


def by_wave_scores(edition: Edition) -> Table:
    """Return the mean at every wave of every score."""
    indicators = tuple(one for one in edition.indicators if one.outcome.kind != "binary")
    return _by_wave(edition, indicators, "by-wave-scores", "table_by_wave_scores")


def _by_wave(edition: Edition, indicators: tuple[Indicator, ...], table_id: str, title: str) -> Table:
    marks = cells.Marks(edition)
    columns = [Column("indicator", edition.say("header_indicator"), "label")]
    unit = edition.say("header_percent" if table_id == "by-wave" else "header_mean")
    for wave in edition.waves:
        span = edition.wave_name(wave)
        columns += [
            Column(f"n_w{wave}", edition.say("header_n"), span=span),
            Column(f"w{wave}", unit, span=span),
            interval_column(f"w{wave}_conf", edition, span),
        ]
    groups = tuple(
        RowGroup(heading, tuple(_row(one, edition, marks) for one in members))
        for heading, members in edition.groups(indicators)
    )
    notes = (Note(edition.say(f"note_{title.removeprefix('table_')}", level=edition.level)), *marks.notes())
    return Table(table_id, edition.say(title), tuple(columns), groups, notes)


def _row(one: Indicator, edition: Edition, marks: cells.Marks) -> Row:
    series = edition.series(one)
    found = [label_cell(edition.label(one))]
    for wave in edition.waves:
        found += _wave_cells(one, series.get(wave), edition, marks)
    return Row(tuple(found))


def _wave_cells(one: Indicator, estimate: Estimate | None, edition: Edition, marks: cells.Marks) -> list[Cell]:
    if estimate is not None and estimate.hidden and one.outcome.kind == "binary":
        shown = cells.share(estimate, edition, marks)
    else:
        shown = cells.value(estimate, edition, marks, partial(write_value, one=one, edition=edition, sign=""))
    decimals = decimals_of(one, edition)
    return [cells.base(estimate), shown, cells.limits(estimate, partial(numbers.interval, decimals=decimals))]


def participant_flow(edition: Edition) -> Table:
    """Return who was to be interviewed and what became of each attempt, wave by wave."""
    flow = edition.released.flow.frame
    columns = [Column("people", edition.say("header_people"), "label")]
    columns += [Column(f"w{wave}", edition.wave_name(wave)) for wave in edition.waves]
    rows = [_flow_row("eligible", edition)]
    rows.append(_flow_row(INTERVIEWED, edition))
    rows += _retention_rows(edition)
    rows += [
        _flow_row(status, edition)
        for status in WAVE_STATUSES
        if status != INTERVIEWED and (flow[status].isna() | (flow[status] > 0)).any()
    ]
    notes = [Note(edition.say("note_flow"))]
    if flow.isna().any(axis=None):
        notes.append(Note(edition.say("note_suppressed", threshold=edition.released.profile.threshold)))
    if edition.released.profile.rounding > 1:
        notes.append(Note(edition.say("note_rounded", base=edition.released.profile.rounding)))
    title = edition.say("table_flow")
    return Table("participant-flow", title, tuple(columns), (RowGroup("", tuple(rows)),), tuple(notes))


def _flow_row(status: str, edition: Edition) -> Row:
    flow = edition.released.flow.frame
    found = [label_cell(edition.say(f"flow_{status}"))]
    for wave in edition.waves:
        value = flow[status].get(wave)
        found.append(Cell(edition.say("hidden")) if pd.isna(value) else cells.people(float(value)))
    return Row(tuple(found))


def _retention_rows(edition: Edition) -> list[Row]:
    outcomes = edition.lookup.outcomes("retention")
    if not outcomes:
        return []
    kept = edition.lookup.by_wave("retention", outcomes[0])
    shares, counts = [], []
    for wave in edition.waves:
        found = kept.get(wave)
        counts.append(_analysed(found, edition))
        text = edition.say("hidden") if found and found.hidden else numbers.NO_VALUE
        if found is None or found.estimate is None:
            shares.append(Cell(text))
        else:
            shares.append(Cell(numbers.percent(found.estimate, edition.decimals, ""), found.estimate))
    return [
        Row((label_cell(edition.say("flow_analysed_row")), *counts)),
        Row((label_cell(edition.say("flow_retention")), *shares)),
    ]


def _analysed(found: Estimate | None, edition: Edition) -> Cell:
    if found is None or found.count is None:
        return Cell(edition.say("hidden") if found and found.hidden else numbers.NO_VALUE)
    return cells.people(found.count)
