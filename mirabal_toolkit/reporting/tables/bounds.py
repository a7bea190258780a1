"""How far those who were not reached could move a percent: nobody of them, or all of them.

References
----------
Manski (2003), Partial Identification of Probability Distributions, section 1.2 (worst-case bounds).
"""

from __future__ import annotations

from dataclasses import dataclass

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.words import numbers


@dataclass(frozen=True, slots=True)
class Bounds:
    """Percents at the last wave: observed, and of all who started if none or all of the others counted."""

    observed: float
    lowest: float
    highest: float
    answered: float
    started: float


def bounds_of(one: Indicator, edition: Edition) -> Bounds | None:
    """Return the bounds of a yes-or-no indicator at the last wave.

    None where a number they need is hidden, or where the indicator does not apply to every woman
    (one cannot say of a woman not reached whether it would have applied to her).
    """
    last = edition.waves[-1]
    retention = edition.lookup.outcomes("retention")
    kept = edition.lookup.by_wave("retention", retention[0]).get(last) if retention else None
    found = edition.series(one).get(last) if one.outcome.kind == "binary" else None
    if kept is None or found is None or kept.n_obs is None or kept.count is None:
        return None
    if found.count is None or not found.n_obs or found.n_universe != kept.count:
        return None
    return percent_bounds(found.count, found.n_obs, max(kept.n_obs, found.n_obs))


def percent_bounds(count: float, answered: float, started: float) -> Bounds:
    """Return the bounds from counts of people.

    Parameters
    ----------
    count, answered, started : float
        People counted, of those who answered, of those who started; count ≤ answered ≤ started.

    Examples
    --------
    One of 50 reached of 100: the truth lies between 1 and 51 percent.

    >>> found = percent_bounds(1, 50, 100)
    >>> found.lowest, found.highest
    (1.0, 51.0)
    """
    lost = started - answered
    return Bounds(100 * count / answered, 100 * count / started, 100 * (count + lost) / started, answered, started)


def bounds(edition: Edition) -> Table:
    """Return the bounds of the headline yes-or-no indicators."""
    say = edition.say
    columns = (
        Column("indicator", say("header_indicator"), "label"),
        Column("answered", say("header_answered_of_started")),
        Column("observed", say("header_observed")),
        Column("lowest", say("header_if_none")),
        Column("highest", say("header_if_all")),
    )
    chosen = tuple(one for one in edition.indicators if one.headline and one.first and bounds_of(one, edition))
    groups = tuple(
        RowGroup(heading, tuple(_row(one, edition) for one in members)) for heading, members in edition.groups(chosen)
    )
    notes = [Note(say("note_bounds"))]
    if edition.released.profile.rounding > 1:
        notes.append(Note(say("note_rounded", base=edition.released.profile.rounding)))
    title = say("table_bounds", at_last=edition.at_wave(edition.waves[-1]))
    return Table("bounds", title, columns, groups, tuple(notes))


def _row(one: Indicator, edition: Edition) -> Row:
    found = bounds_of(one, edition)
    if found is None:
        return Row((label_cell(edition.label(one)), *[cells.EMPTY] * 4))
    answered = edition.say("count_of", count=numbers.count(found.answered), n=numbers.count(found.started))
    return Row(
        (
            label_cell(edition.label(one)),
            Cell(answered, found.answered),
            *(
                Cell(numbers.percent(value, edition.decimals, ""), value)
                for value in (found.observed, found.lowest, found.highest)
            ),
        )
    )
