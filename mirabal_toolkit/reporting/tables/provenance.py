"""Where a report comes from: questionnaire, plan, files, versions, each with its SHA-256."""

from __future__ import annotations

from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.spec import Column, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.words import numbers


def provenance(edition: Edition) -> Table:
    """Return what made the report; no file names, since names of files can name people."""
    say = edition.say
    lines = [*_questionnaire(edition), *_plan(edition), *_data(edition), *_programs(edition)]
    rows = tuple(Row((label_cell(what), label_cell(value))) for what, value in lines if value)
    columns = (Column("what", say("header_what"), "label"), Column("value", say("header_value"), "text"))
    return Table("provenance", say("table_provenance"), columns, (RowGroup("", rows),))


def _questionnaire(edition: Edition) -> list[tuple[str, str]]:
    instrument = edition.instrument
    return [
        (edition.say("provenance_instrument"), instrument.reference),
        (edition.say("provenance_instrument_hash"), instrument.fingerprint),
        (edition.say("provenance_citation"), instrument.citation),
    ]


def _plan(edition: Edition) -> list[tuple[str, str]]:
    plan = edition.released.plan
    return [
        (edition.say("provenance_plan"), f"{plan.id} {plan.version}"),
        (edition.say("provenance_plan_hash"), plan.fingerprint),
        *(
            (edition.say("provenance_amendment", date=numbers.date(change.date)), change.reason)
            for change in plan.amendments
        ),
        (edition.say("provenance_profile"), edition.released.profile.name),
        (edition.say("provenance_seed"), str(plan.seed)),
    ]


def _data(edition: Edition) -> list[tuple[str, str]]:
    files = [
        (
            edition.say("provenance_source", number=number, kind=source.kind, rows=source.rows, columns=source.columns),
            source.sha256,
        )
        for number, source in enumerate(edition.released.sources, start=1)
    ]
    return [*files, (edition.say("provenance_panel"), edition.released.fingerprint)]


def _programs(edition: Edition) -> list[tuple[str, str]]:
    return [
        (edition.say("provenance_version", package=package), version)
        for package, version in sorted(edition.released.versions.items())
    ]
