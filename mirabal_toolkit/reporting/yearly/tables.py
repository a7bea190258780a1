"""The tables of a yearly report: who referred, where the cases stand, and what changed by source."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.answers import answer_rows
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import write_value
from mirabal_toolkit.reporting.words import numbers
from mirabal_toolkit.reporting.yearly.sources import Sources

REFERRER = "CR_P3"
STAGE = "CR_A1"
ENGAGEMENT = ("attending_or_done", "completed", "left", "sessions_attended")
CONTACT = ("partner_reached", "partner_supported", "contact_attempts")
#: What workers rate, and the measure of success it belongs to.
RATED = {"new_incident": 3, "high_risk": 3}


def referred(edition: Edition) -> Table:
    """Return how many cases came from whom."""
    say, marks = edition.say, cells.Marks(edition)
    columns = (
        Column("referrer", say("header_yearly_referrer"), "label"),
        Column("cases", say("header_yearly_cases")),
        Column("percent", say("header_percent")),
    )
    rows = []
    for option in edition.instrument.options(REFERRER):
        found = answer_rows(REFERRER, edition, option.name).get(edition.waves[0])
        if option.kind != "valid" or found is None:
            continue
        label = label_cell(in_language(option.label, edition.language))
        count = Cell(say("hidden")) if found.hidden else cells.people(found.count)
        rows.append(Row((label, count, cells.EMPTY if found.hidden else cells.share(found, edition, marks))))
        marks.of(found)
    return Table("yearly-referred", say("table_yearly_referred"), columns, (RowGroup("", tuple(rows)),), marks.notes())


def stages(edition: Edition) -> Table:
    """Return engagement and completion at every wave."""
    return _by_quarter(edition, ENGAGEMENT, "stages")


def contact(edition: Edition) -> Table:
    """Return how far partners were reached at every wave."""
    return _by_quarter(edition, CONTACT, "partners")


def _by_quarter(edition: Edition, outcomes: tuple[str, ...], name: str) -> Table:
    marks = cells.Marks(edition)
    columns = [Column("indicator", edition.say("header_indicator"), "label")]
    columns += [Column(f"w{wave}", edition.wave_name(wave)) for wave in edition.waves]
    chosen = [one for one in edition.indicators if one.outcome.id in outcomes and one.first]
    rows = []
    for one in chosen:
        series = edition.series(one)
        found = [_with_base(one, series.get(wave), edition, marks) for wave in edition.waves]
        rows.append(Row((label_cell(edition.label(one)), *found)))
    notes = (Note(edition.say("note_yearly_waves")), *marks.notes())
    return Table(
        f"yearly-{name}", edition.say(f"table_yearly_{name}"), tuple(columns), (RowGroup("", tuple(rows)),), notes
    )


def _with_base(one: Indicator, row: Estimate | None, edition: Edition, marks: cells.Marks) -> Cell:
    if row is None or (row.estimate is None and not row.hidden):
        return cells.EMPTY
    if row.hidden:
        marks.of(row)
        return Cell(edition.say("hidden"))
    text = write_value(row.estimate, one, edition)
    return Cell(text, row.estimate, marks=marks.of(row), under=f"n {numbers.count(row.n_obs)}")


def outcomes(sources: Sources) -> Table:
    """Return before, after and change in every source, by measure of success.

    The dyad rule: he knows what he said. Where nobody, or everybody, of one account said yes, the other of the
    couple would know the answer, so that row shows nothing (decision 031).
    """
    editions = {name: sources.edition(released) for name, released in sources.given()}
    cases = editions["cases"]
    say, level = cases.say, cases.level
    # One set of marks: a flag means the same in every source.
    marks = cells.Marks(cases)
    columns = (
        Column("indicator", say("header_yearly_source"), "label"),
        Column("before", say("header_yearly_before")),
        Column("after", say("header_yearly_after")),
        Column("n", say("header_yearly_both")),
        Column("change", say("header_change_any")),
        interval_column("change_conf", cases),
    )
    groups = []
    for number, title in _measures(editions):
        rows = tuple(
            _outcome_row(name, one, editions[name], marks, couples=sources.couples and name != "cases")
            for name, one in _members(editions, number)
        )
        if rows:
            groups.append(RowGroup(title, rows))
    notes = [Note(say("note_yearly_outcomes", level=level))]
    notes += [Note(say("note_yearly_couples"))] if sources.couples else []
    notes += marks.notes()
    return Table("yearly-outcomes", say("table_yearly_outcomes"), columns, tuple(groups), tuple(notes))


def _measures(editions: dict[str, Edition]) -> Iterator[tuple[int | None, str]]:
    """Yield number and title of the measures of success any source has, then those that belong to none."""
    titles: dict[int, str] = {}
    for edition in editions.values():
        for measure in edition.instrument.measures_of_success:
            title = in_language(measure.title, edition.language)
            titles.setdefault(measure.number, edition.say("measure_heading", number=measure.number, title=title))
    yield from sorted(titles.items())
    yield None, next(iter(editions.values())).say("yearly_more")


def _members(editions: dict[str, Edition], number: int | None) -> Iterator[tuple[str, Indicator]]:
    for name in ("partners", "clients", "cases"):
        edition = editions.get(name)
        if edition is None:
            continue
        for one in edition.indicators:
            measure = RATED.get(one.outcome.id) if name == "cases" else one.outcome.measure
            wanted = one.outcome.id in RATED if name == "cases" else one.headline
            if one.first and wanted and measure == number:
                yield name, one


SPEAKERS = {"partners": "yearly_partner", "clients": "yearly_client", "cases": "yearly_worker"}


def _outcome_row(name: str, one: Indicator, edition: Edition, marks: cells.Marks, *, couples: bool) -> Row:
    paired = edition.paired(one)
    label = label_cell(edition.say("yearly_row", source=edition.say(SPEAKERS[name]), label=edition.label(one)))
    ends = (paired.before, paired.after)
    if couples and any(_tells_the_other(end) for end in ends):
        hidden = Cell(edition.say("hidden"))
        return Row((label, hidden, hidden, hidden, hidden, cells.EMPTY))
    write = partial(write_value, one=one, edition=edition)
    shown = [cells.value(end, edition, marks, write) for end in ends]
    return Row((label, *shown, cells.base(paired.change), *cells.change_of(paired.change, one, edition, marks)))


def _tells_the_other(end: Estimate | None) -> bool:
    """Whether everybody of an account said the same, so that one of a couple knows what the other said."""
    return end is not None and end.estimate is not None and end.estimate in (0, 100)
