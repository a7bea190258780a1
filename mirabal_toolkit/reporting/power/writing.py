"""Write a power study into a folder: a page, tables, curves, and every number as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.core.power import PowerStudy
from mirabal_toolkit.reporting.documents.html import render_html_report
from mirabal_toolkit.reporting.documents.outline import Block, Bullets, Outline, Paragraph, Section, Shelf
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.spec import draw
from mirabal_toolkit.reporting.power.curves import finding, power_curves
from mirabal_toolkit.reporting.power.tables import assumptions_table, edition_of, power_table
from mirabal_toolkit.reporting.tables.render_csv import render_csv
from mirabal_toolkit.reporting.words import numbers
from mirabal_toolkit.reporting.writing import figure_files, write_files

PAGE, NUMBERS = "power.html", "power.json"


def write_power(study: PowerStudy, folder: Path) -> tuple[Path, ...]:
    """Write the page on power with its tables and curves; return the files in a fixed order."""
    edition = edition_of(study)
    tables = {table.id: table for table in (power_table(study, edition), assumptions_table(study, edition))}
    figures = {sheet.id: draw(sheet) for sheet in power_curves(study, edition)}
    outline = _outline(study, edition, Shelf(tables, figures))
    files = {PAGE: render_html_report(outline, edition), NUMBERS: power_json(study)}
    files |= {f"tables/{table.id}.csv": render_csv(table) for table in tables.values()}
    for figure in figures.values():
        files |= figure_files(figure)
    return write_files(folder, files)


def _outline(study: PowerStudy, edition: Edition, place: Shelf) -> Outline:
    say = edition.say
    sections = (
        Section("power", say("section_power"), tuple(_found(study, edition, place))),
        Section("assumed", say("section_power_assumed"), tuple(_assumed(study, edition, place))),
        Section("read", say("section_power_read"), (_how_to_read(edition),)),
    )
    reference = f"{in_language(study.instrument.title, edition.language)} {study.instrument.version}"
    subtitle = say("power_subtitle", plan=study.plan.id, instrument=reference, waves=len(study.instrument.waves))
    banner = say("power_banner", simulations=study.power.simulations)
    return Outline(say("power_title"), subtitle, (banner,), urgent=False, language=edition.language, sections=sections)


def _found(study: PowerStudy, edition: Edition, place: Shelf) -> Iterator[Block]:
    yield Paragraph(finding(study, edition) + ".")
    yield from place.figure("power-curves")
    yield from place.table("power")


def _assumed(study: PowerStudy, edition: Edition, place: Shelf) -> Iterator[Block]:
    share = numbers.percent(100 * study.power.dropout)
    dropout = edition.say(f"power_dropout_{study.power.dropout_pattern}", share=share)
    yield Bullets((dropout, edition.say("power_simple")))
    yield from place.table("power-assumed")


def _how_to_read(edition: Edition) -> Bullets:
    keys = ("power_read_power", "power_read_width", "power_read_bias")
    return Bullets(tuple(edition.say(key, level=edition.level) for key in keys))


def power_json(study: PowerStudy) -> bytes:
    """Return every number of a power study as JSON; what could not be had is null."""
    content = {
        "instrument": {"id": study.instrument.id, "version": study.instrument.version},
        "plan": {"id": study.plan.id, "version": study.plan.version, "sha256": study.plan.fingerprint},
        "power": asdict(study.power) | {"change": dict(study.power.change)},
        "assumptions": [_plain(asdict(one)) for one in study.assumptions],
        "lines": [_plain(asdict(line)) for line in study.lines],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: (None if math.isnan(value) else float(f"{value:.12g}")) if isinstance(value, float) else value
        for name, value in record.items()
    }
