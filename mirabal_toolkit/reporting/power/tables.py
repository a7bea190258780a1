"""Tables of a power study: what was assumed, and what studies of each size found."""

from __future__ import annotations

import math
from functools import partial

import pandas as pd

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Outcome, in_language
from mirabal_toolkit.core.power import Assumption, PowerLine, PowerStudy
from mirabal_toolkit.core.results import DisclosureProfile, ReleasableResults, estimates_frame
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.words import numbers

#: Nothing here counts a real person, so nothing is hidden or rounded.
ARTIFICIAL = DisclosureProfile(
    name="artificial", threshold=1, hide_zeros=False, rounding=1, minimum_base=1, minimum_df=1, releasable=True
)
METHODS = ("model", "paired")


def edition_of(study: PowerStudy, language: str = "en") -> Edition:
    """Return an edition that knows the words, plan and instrument of a power study, and no results."""
    nothing = SealedFrame(pd.DataFrame())
    released = ReleasableResults(
        instrument=study.instrument,
        plan=study.plan,
        estimates=SealedFrame(estimates_frame([])),
        flow=nothing,
        months={wave.number: wave.months for wave in study.instrument.waves},
        audit=nothing,
        findings=nothing,
        profile=ARTIFICIAL,
        decisions=(),
    )
    return Edition(released, language)


def outcome_of(assumption: Assumption, study: PowerStudy) -> Outcome:
    """Return the outcome an assumption is about."""
    return study.instrument.outcome(assumption.outcome)


def heading(assumption: Assumption, study: PowerStudy, edition: Edition) -> str:
    """Return the indicator with its assumed start and change."""
    outcome = outcome_of(assumption, study)
    binary = outcome.kind == "binary"
    first = numbers.percent(assumption.first) if binary else numbers.number(assumption.first, _decimals(outcome))
    change = numbers.signed(assumption.change, _decimals(outcome))
    label = in_language(outcome.label, edition.language)
    return edition.say("power_change", label=label, first=first, change=change)


def _decimals(outcome: Outcome) -> int:
    return 1 if outcome.kind == "count" else 0


def power_table(study: PowerStudy, edition: Edition) -> Table:
    """Return power, width, error and coverage: one row an analysis and size, grouped by indicator."""
    say, level = edition.say, edition.level
    columns = (
        Column("method", say("header_power_method"), "label"),
        Column("people", say("header_power_people")),
        Column("seen", say("header_power_seen")),
        Column("power", say("header_power")),
        Column("width", say("header_power_width", level=level)),
        Column("bias", say("header_power_bias"), "text"),
        Column("coverage", say("header_power_coverage")),
    )
    groups = tuple(
        RowGroup(
            heading(one, study, edition),
            tuple(_row(line, study, edition) for method in METHODS for line in study.of(one.outcome, method)),
        )
        for one in study.assumptions
    )
    return Table("power", say("table_power"), columns, groups, _notes(study, edition))


def _row(line: PowerLine, study: PowerStudy, edition: Edition) -> Row:
    model = next(planned.model for planned in study.plan.outcomes if planned.outcome == line.outcome)
    method = edition.say(f"power_method_{line.method}", model=(model or "").upper())
    error = "" if math.isnan(line.bias_error) else f" (± {numbers.number(line.bias_error, 1)})"
    return Row(
        (
            label_cell(method),
            Cell(numbers.count(line.people), line.people),
            Cell(numbers.count(line.seen), line.seen),
            Cell(numbers.percent(100 * line.power, 0, ""), 100 * line.power),
            _cell(line.width, 1),
            Cell(numbers.signed(line.bias, 1) + error, line.bias) if line.estimated else Cell(numbers.NO_VALUE),
            _cell(100 * line.coverage, 0),
        )
    )


def _cell(value: float, decimals: int) -> Cell:
    return Cell(numbers.NO_VALUE) if math.isnan(value) else Cell(numbers.number(value, decimals), value)


def _notes(study: PowerStudy, edition: Edition) -> tuple[Note, ...]:
    error = 100 * max((line.power_error for line in study.lines), default=0.0)
    alpha = numbers.number(1 - study.plan.confidence_level, 2)
    notes = [Note(edition.say("note_power", alpha=alpha, error=numbers.number(error, 1)))]
    most = max((line.simulations - line.estimated for line in study.lines), default=0)
    if most:
        notes.append(Note(edition.say("note_power_unfitted", most=most, all=study.power.simulations)))
    return tuple(notes)


def assumptions_table(study: PowerStudy, edition: Edition) -> Table:
    """Return the start and change assumed of each indicator, and who assumed it."""
    columns = (
        Column("indicator", edition.say("header_indicator"), "label"),
        Column("first", edition.say("header_power_start")),
        Column("change", edition.say("header_change_any")),
        Column("assumed_by", edition.say("header_power_assumed_by"), "text"),
    )
    rows = []
    for one in study.assumptions:
        outcome = outcome_of(one, study)
        write = partial(numbers.percent) if outcome.kind == "binary" else partial(numbers.number, decimals=1)
        by = edition.say("power_by_plan" if one.assumed_by_plan else "power_by_generator")
        cells = (
            label_cell(in_language(outcome.label, edition.language)),
            Cell(write(one.first), one.first),
            Cell(numbers.signed(one.change, 1), one.change),
            label_cell(by),
        )
        rows.append(Row(cells))
    return Table("power-assumed", edition.say("table_power_assumed"), columns, (RowGroup("", tuple(rows)),))
