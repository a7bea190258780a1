"""What became of it in the same women: who stopped, who began, in whom it came back; and those seen throughout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.spec import Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import decimals_of
from mirabal_toolkit.reporting.words import numbers

PARTS = ("cessation", "onset", "recurrence")


def course_indicators(edition: Edition) -> tuple[Indicator, ...]:
    """Return the yes-or-no indicators whose presence is worse."""
    return tuple(
        one
        for one in edition.indicators
        if one.outcome.direction == "higher_is_worse" and edition.lookup.rows("cessation", one.outcome.id, one.estimand)
    )


def course(edition: Edition) -> Table:
    """Return, for yes-or-no indicators whose presence is worse, cessation, onset and recurrence."""
    return course_table("course", course_indicators(edition), edition)


def course_table(name: str, chosen: Sequence[Indicator], edition: Edition) -> Table:
    """Return cessation, onset and recurrence of some indicators."""
    marks = cells.Marks(edition)
    columns = (
        Column("indicator", edition.say("header_indicator"), "label"),
        *(Column(part, edition.say(f"header_{part}")) for part in PARTS),
    )
    groups = tuple(
        RowGroup(heading, tuple(_row(one, edition, marks) for one in members))
        for heading, members in edition.groups(tuple(chosen))
    )
    return Table(name, edition.say("table_course"), columns, groups, (Note(edition.say("note_course")), *marks.notes()))


def reliable_change(edition: Edition) -> Table:
    """Return, for scores with a published reliability, how many changed by more than the error of the scale."""
    marks = cells.Marks(edition)
    terms = ("improved", "unchanged", "deteriorated")
    columns = (
        Column("indicator", edition.say("header_indicator"), "label"),
        *(Column(term, edition.say(f"header_{term}")) for term in terms),
    )

    def row(one: Indicator) -> Row:
        found = [edition.lookup.term("reliable_change", one.outcome.id, one.estimand, term) for term in terms]
        return Row((label_cell(edition.label(one)), *(cells.share_of(part, edition, marks) for part in found)))

    chosen = tuple(
        one for one in edition.indicators if edition.lookup.rows("reliable_change", one.outcome.id, one.estimand)
    )
    groups = tuple(RowGroup(heading, tuple(row(one) for one in members)) for heading, members in edition.groups(chosen))
    notes = (Note(edition.say("note_reliable_change")), *_published(chosen, edition), *marks.notes())
    return Table("reliable-change", edition.say("table_reliable_change"), columns, groups, notes)


def _published(chosen: Sequence[Indicator], edition: Edition) -> Iterator[Note]:
    """Yield, scale by scale, the reliability and where it was published."""
    scales = edition.released.instrument.scale_by_id
    for name in dict.fromkeys(one.outcome.scale for one in chosen):
        published = scales[name or ""].reliability
        if published is not None:
            said = {"scale": in_language(scales[name or ""].label, edition.language), "source": published.source}
            yield Note(edition.say("note_published_reliability", value=f"{published.value:g}", **said))


def _row(one: Indicator, edition: Edition, marks: cells.Marks) -> Row:
    found = [label_cell(edition.label(one))]
    for part in PARTS:
        rows = edition.lookup.rows(part, one.outcome.id, one.estimand)
        found.append(cells.share_of(rows[0] if rows else None, edition, marks))
    return Row(tuple(found))


def completers(edition: Edition) -> Table:
    """Return the change among those seen at every wave, beside that of all who started."""
    marks = cells.Marks(edition)
    say = edition.say
    columns = [Column("indicator", say("header_indicator"), "label")]
    for key in ("main", "completers"):
        span = say(f"span_{key}")
        columns += [
            Column(f"{key}_n", say("header_n_persons"), span=span),
            Column(key, say("header_change"), span=span),
            interval_column(f"{key}_conf", edition, span),
        ]
    found = edition.lookup.outcomes("completers_change")
    chosen = tuple(one for one in edition.indicators if one.first and one.outcome.id in found)
    groups = tuple(
        RowGroup(heading, tuple(_completers_row(one, edition, marks) for one in members))
        for heading, members in edition.groups(chosen)
    )
    notes = (Note(say("note_completers")), *marks.notes())
    return Table("completers", say("table_completers"), tuple(columns), groups, notes)


def _completers_row(one: Indicator, edition: Edition, marks: cells.Marks) -> Row:
    decimals = decimals_of(one, edition)
    ends = (edition.waves[-1], edition.waves[0])
    found = [label_cell(edition.label(one))]
    for analysis in ("model_contrast", "completers_change"):
        rows = edition.lookup.rows(analysis, one.outcome.id, one.estimand)
        row = next((row for row in rows if row.waves == ends and not row.scale.endswith("ratio")), None)
        found += [
            cells.people(None if row is None else row.n_persons),
            cells.value(row, edition, marks, partial(numbers.signed, decimals=decimals)),
            cells.limits(row, partial(numbers.interval, decimals=decimals, plus=True)),
        ]
    return Row(tuple(found))
