"""What the picture of missingness says: its lines, words and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from mirabal_toolkit.core.frames import rows_of
from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.core.quality import ANSWERED, ITEM_REASONS, ReleasableCheck
from mirabal_toolkit.reporting.checking.picture import Gap, Line, draw_missingness
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.spec import Sheet
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.words import numbers

#: Reasons for which a question was rightly not asked.
ROUTED = ("not_applicable", "no_contact", "not_asked")
UNANSWERED = ("dont_know", "refused", "unexplained")
#: Inches of lines a picture may have, so that it fits a page.
MOST_HEIGHT = 8.3

Counts = Mapping[str, Any]


def missing_figures(check: ReleasableCheck, edition: Edition) -> tuple[Sheet, ...]:
    """Return the picture of missingness, in as many parts as fit a page each, undrawn."""
    by_item: dict[str, dict[int, Counts]] = {}
    for row in rows_of(check.missing.frame):
        by_item.setdefault(str(row["item"]), {})[int(row["wave"])] = row
    pages = list(_pages(edition, by_item))
    return tuple(_sheet(edition, by_item, page, number) for number, page in enumerate(pages, start=1))


def _pages(edition: Edition, by_item: Mapping[str, Any]) -> Iterator[list[str]]:
    """Split items, block after block, into pages; a block is split only when it is longer than a page."""
    page: list[str] = []
    for block in edition.instrument.blocks:
        members = [item.id for item in edition.instrument.items_in_block(block.id) if item.id in by_item]
        if page and _height(edition, [*page, *members]) > MOST_HEIGHT:
            yield page
            page = []
        for member in members:
            if page and _height(edition, [*page, member]) > MOST_HEIGHT:
                yield page
                page = []
            page.append(member)
    if page:
        yield page


def _height(edition: Edition, items: Sequence[str]) -> float:
    return sum(line.height for line in _lines(edition, items, {}))


def _lines(edition: Edition, items: Sequence[str], by_item: Mapping[str, Mapping[int, Counts]]) -> list[Line]:
    titles = {block.id: in_language(block.title, edition.language) for block in edition.instrument.blocks}
    lines, block = [], None
    for name in items:
        item = edition.instrument.item(name)
        if item.block != block:
            block = item.block
            lines.append(Line(titles[block]))
        gaps = tuple(_gap(by_item.get(name, {}).get(wave)) for wave in edition.waves)
        lines.append(Line(f"{name}  {in_language(item.label, edition.language)}", gaps))
    return lines


def _gap(row: Counts | None) -> Gap | None:
    if row is None or (not _hidden(row, "interviewed") and not row["interviewed"]):
        return None
    if any(_hidden(row, name) for name in ("interviewed", ANSWERED, *ITEM_REASONS)):
        return Gap((("hidden", 1.0),), "")
    if row["not_asked"] == row["interviewed"]:
        return Gap((("absent", 1.0),), "")
    parts = {ANSWERED: row[ANSWERED], **{name: row[name] for name in UNANSWERED}}
    parts["routed"] = sum(row[name] for name in ROUTED)
    whole = sum(parts.values()) or 1
    order = (ANSWERED, "dont_know", "refused", "unexplained", "routed")
    share = unanswered(row)
    text = "" if not share else "<1" if share < 0.005 else f"{100 * share:.0f}"
    return Gap(tuple((name, float(parts[name]) / whole) for name in order), text)


def unanswered(row: Counts) -> float | None:
    """Return the share without an answer of those to whom the question applied; None where that is nobody."""
    lacking = sum(row[name] for name in UNANSWERED)
    asked = lacking + row[ANSWERED]
    return float(lacking) / float(asked) if asked else None


def _hidden(row: Counts, name: str) -> bool:
    return bool(pd.isna(row[name]))


def _sheet(edition: Edition, by_item: Mapping[str, Mapping[int, Counts]], items: Sequence[str], number: int) -> Sheet:
    name = "missingness" if number == 1 else f"missingness-part-{number}"
    caption = edition.say("figure_missing")
    lines = _lines(edition, items, by_item)
    worst = _worst(edition, items, by_item)
    title = edition.say("finding_missing", **worst) if worst else edition.say("finding_missing_none")
    waves = [(edition.wave_name(wave), _interviewed(edition, by_item, wave)) for wave in edition.waves]
    alt = f"{title}. {edition.say('alt_missing', items=len(items), waves=len(waves))}"
    numbers_table = _numbers(edition, items, by_item, name, caption)
    return Sheet(
        name, caption, title, alt, numbers_table, partial(draw_missingness, edition.wording, lines, waves, title)
    )


def _interviewed(edition: Edition, by_item: Mapping[str, Mapping[int, Counts]], wave: int) -> str:
    met = next((waves[wave]["interviewed"] for waves in by_item.values() if wave in waves), 0)
    return edition.say("hidden") if pd.isna(met) else f"n {numbers.count(float(met))}"


def _worst(
    edition: Edition, items: Sequence[str], by_item: Mapping[str, Mapping[int, Counts]]
) -> dict[str, str] | None:
    """Return the item and wave with the largest share unanswered; None where nothing lacks or all is hidden."""
    worst, found = 0.0, None
    for name in items:
        for wave, row in by_item[name].items():
            if any(_hidden(row, reason) for reason in (ANSWERED, *UNANSWERED)):
                continue
            share = unanswered(row) or 0.0
            if share > worst:
                worst, found = share, (name, wave)
    if found is None:
        return None
    label = in_language(edition.instrument.item(found[0]).label, edition.language)
    return {"item": f"{found[0]} {label}", "share": numbers.percent(100 * worst), "at": edition.at_wave(found[1])}


def _numbers(
    edition: Edition, items: Sequence[str], by_item: Mapping[str, Mapping[int, Counts]], name: str, caption: str
) -> Table:
    """Return every count of the picture, by item and wave."""
    columns = (
        Column("item", edition.say("header_item"), "label"),
        Column("wave", edition.say("header_wave"), "text"),
        *(Column(part, edition.say(f"header_{part}")) for part in ("interviewed", ANSWERED)),
        *(Column(reason, edition.say(f"reason_{reason}")) for reason in ITEM_REASONS),
    )
    rows = []
    for item in items:
        for wave, row in by_item[item].items():
            counts = (_count(row[part], edition) for part in ("interviewed", ANSWERED, *ITEM_REASONS))
            rows.append(Row((label_cell(item), label_cell(edition.wave_name(wave)), *counts)))
    return Table(name, caption, columns, (RowGroup("", tuple(rows)),))


def _count(value: Any, edition: Edition) -> Cell:
    return Cell(edition.say("hidden")) if pd.isna(value) else cells.people(float(value))
