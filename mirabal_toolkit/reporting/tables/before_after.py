"""Before and after: all who answered, and the change among those seen both times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.standing import looked_at, standing_of
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.sensitivity import conclusion_text
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import decimals_of, write_value
from mirabal_toolkit.reporting.words import numbers

Cells = list[Cell]


def before_after(edition: Edition) -> Table:
    """Return the before–after table of every yes-or-no indicator, by measure of success."""
    marks = cells.Marks(edition)
    indicators = tuple(one for one in edition.indicators if one.outcome.kind == "binary")
    adjusted = _has_adjusted(edition, indicators)
    groups = _groups(edition, indicators, lambda one: _share_row(one, edition, marks, adjusted=adjusted))
    return Table(
        id="before-after",
        title=edition.say("table_before_after"),
        columns=_columns(edition, edition.say("header_percent"), adjusted=adjusted),
        groups=groups,
        notes=(*_notes(edition, "note_before_after", adjusted=adjusted), *marks.notes()),
    )


def before_after_scores(edition: Edition) -> Table:
    """Return the before–after table of every score, by measure of success."""
    marks = cells.Marks(edition)
    indicators = tuple(one for one in edition.indicators if one.outcome.kind != "binary")
    adjusted = _has_adjusted(edition, indicators)
    groups = _groups(edition, indicators, lambda one: _score_row(one, edition, marks, adjusted=adjusted))
    return Table(
        id="before-after-scores",
        title=edition.say("table_before_after_scores"),
        columns=_columns(edition, edition.say("header_mean"), adjusted=adjusted),
        groups=groups,
        notes=(*_notes(edition, "note_before_after_scores", adjusted=adjusted), *marks.notes()),
    )


def headline(edition: Edition) -> Table:
    """Return the headline table: few rows, each percent with its count."""
    marks = cells.Marks(edition)
    chosen = tuple(one for one in edition.indicators if one.headline and one.first)
    first, last = edition.waves[0], edition.waves[-1]
    columns = [
        Column("indicator", edition.say("header_indicator"), "label"),
        Column("before", edition.wave_name(first)),
        Column("after", edition.wave_name(last)),
        Column("n_both", edition.say("header_n_both")),
        Column("change", edition.say("header_change_any")),
        interval_column("change_conf", edition),
    ]
    notes = [Note(edition.say("note_headline", level=edition.level))]
    lost = bool(looked_at(edition))
    if lost:
        columns.append(Column("if_lost_differ", edition.say("header_if_lost_differ"), "text"))
        notes.append(Note(edition.say("note_if_lost_differ")))
    return Table(
        id="headline",
        title=edition.say("table_headline"),
        columns=tuple(columns),
        groups=_groups(edition, chosen, lambda one: _headline_row(one, edition, marks, lost=lost)),
        notes=(*notes, *marks.notes()),
    )


def _groups(
    edition: Edition, indicators: tuple[Indicator, ...], row: Callable[[Indicator], Cells]
) -> tuple[RowGroup, ...]:
    return tuple(
        RowGroup(title, tuple(Row((label_cell(edition.label(one)), *row(one))) for one in members))
        for title, members in edition.groups(indicators)
    )


def _has_adjusted(edition: Edition, indicators: Sequence[Indicator]) -> bool:
    changes = (edition.paired(one).change for one in indicators)
    return any(change is not None and change.p_adjusted is not None for change in changes)


def _columns(edition: Edition, unit: str, *, adjusted: bool) -> tuple[Column, ...]:
    say = edition.say
    first, last = edition.wave_name(edition.waves[0]), edition.wave_name(edition.waves[-1])
    answered, both = say("span_all_answered"), say("span_seen_both")
    columns = [
        Column("indicator", say("header_indicator"), "label"),
        Column("n_before", say("header_n_at", wave=first), span=answered),
        Column("before", say("header_unit_at", wave=first, unit=unit), span=answered),
        Column("n_after", say("header_n_at", wave=last), span=answered),
        Column("after", say("header_unit_at", wave=last, unit=unit), span=answered),
        Column("n_both", say("header_n"), span=both),
        Column("before_both", say("header_unit_at", wave=first, unit=unit), span=both),
        Column("after_both", say("header_unit_at", wave=last, unit=unit), span=both),
        Column("change", say("header_change"), span=both),
        interval_column("change_conf", edition, both),
        Column("p", say("header_p"), span=both),
    ]
    if adjusted:
        columns.append(Column("p_adjusted", say("header_p_adjusted"), span=both))
    return tuple(columns)


def _share_row(one: Indicator, edition: Edition, marks: cells.Marks, *, adjusted: bool) -> Cells:
    series, paired = edition.series(one), edition.paired(one)
    first, last = edition.ends(paired)
    row: Cells = []
    for wave in (first, last):
        row += [cells.base(series.get(wave)), cells.share(series.get(wave), edition, marks)]
    row.append(cells.base(paired.change))
    row += [cells.share(end, edition, marks) for end in (paired.before, paired.after)]
    return row + _change_cells(one, edition, marks, adjusted=adjusted)


def _score_row(one: Indicator, edition: Edition, marks: cells.Marks, *, adjusted: bool) -> Cells:
    series, paired = edition.series(one), edition.paired(one)
    first, last = edition.ends(paired)
    write = partial(write_value, one=one, edition=edition, sign="")
    row: Cells = []
    for wave in (first, last):
        row += [cells.base(series.get(wave)), cells.value(series.get(wave), edition, marks, write)]
    row.append(cells.base(paired.change))
    row += [cells.value(end, edition, marks, write) for end in (paired.before, paired.after)]
    return row + _change_cells(one, edition, marks, adjusted=adjusted)


def _change_cells(one: Indicator, edition: Edition, marks: cells.Marks, *, adjusted: bool) -> Cells:
    change = edition.paired(one).change
    decimals = decimals_of(one, edition)
    row = [
        cells.value(change, edition, marks, partial(numbers.signed, decimals=decimals)),
        cells.limits(change, partial(numbers.interval, decimals=decimals, plus=True)),
        cells.p_cell(change.p_value if change else None),
    ]
    return [*row, cells.p_cell(change.p_adjusted if change else None)] if adjusted else row


def _headline_row(one: Indicator, edition: Edition, marks: cells.Marks, *, lost: bool) -> Cells:
    series, paired = edition.series(one), edition.paired(one)
    ends = [series.get(wave) for wave in edition.ends(paired)]
    if one.outcome.kind == "binary":
        row = [cells.share_of(end, edition, marks) for end in ends]
    else:
        write = partial(write_value, one=one, edition=edition)
        row = [cells.value(end, edition, marks, write) for end in ends]
    row += [cells.base(paired.change), *_change_cells(one, edition, marks, adjusted=False)[:2]]
    if not lost:
        return row
    return [*row, Cell(conclusion_text(standing_of(one, edition), edition, decimals_of(one, edition)))]


def _notes(edition: Edition, key: str, *, adjusted: bool) -> list[Note]:
    notes = [Note(edition.say(key, level=edition.level))]
    if adjusted:
        notes.append(Note(edition.say(f"note_adjusted_{edition.released.plan.multiplicity}")))
    return notes
