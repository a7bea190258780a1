"""Fill a checklist: find for each item the places of this report that answer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from mirabal_toolkit.reporting.checklists.items import STROBE, TREND, Item
from mirabal_toolkit.reporting.documents.blocks import FigureBlock, Outline, TableBlock
from mirabal_toolkit.reporting.documents.html import render_page
from mirabal_toolkit.reporting.edition import Edition

#: ``answered`` in the report; ``partly``: the author adds something; ``author``: only the author can;
#: ``not_applicable``: the guideline asks nothing of a study like this.
State = Literal["answered", "partly", "author", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the report, with its anchor in ``report.html``."""

    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Line:
    """An item, filled."""

    number: str
    asks: str
    state: State
    places: tuple[Place, ...]
    remark: str
    author: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """A guideline, filled: (part of a paper, its lines); `counted` says how many are answered."""

    id: str
    title: str
    source: str
    counted: str
    parts: tuple[tuple[str, tuple[Line, ...]], ...]


def render_checklists(outline: Outline, edition: Edition, *, linked: bool = True) -> bytes:
    """Return the page of checklists: STROBE, and for two arms TREND.

    Parameters
    ----------
    outline : Outline
    edition : Edition
    linked : bool
        Whether ``report.html`` lies beside it, so that places can be links.
    """
    return render_page(
        "checklist.html.j2",
        "checklist.css",
        checklists=fill_checklists(outline, edition),
        title=edition.say("checklist_title", title=outline.title),
        outline=outline,
        say=edition.say,
        linked=linked,
    )


def fill_checklists(outline: Outline, edition: Edition) -> tuple[Checklist, ...]:
    """Return STROBE, and TREND where two arms are compared that chance did not make."""
    comparison = edition.released.plan.comparison
    asked = {"strobe": STROBE}
    if comparison is not None and comparison.design != "randomised":
        asked["trend"] = TREND
    places = _places(outline, edition)
    return tuple(_filled(name, items, places, edition) for name, items in asked.items())


def _places(outline: Outline, edition: Edition) -> Mapping[str, Place]:
    """Return every place of the report by its name in `items`."""
    found: dict[str, Place] = {}
    for section in outline.sections:
        found[f"section:{section.id}"] = Place(edition.say("checklist_section", title=section.title), section.id)
        for block in section.blocks:
            if isinstance(block, TableBlock):
                found[f"table:{block.table.id}"] = Place(block.label(edition), f"table-{block.table.id}")
            if isinstance(block, FigureBlock):
                text = edition.say("checklist_figure", number=block.number)
                found[f"figure:{block.figure.id}"] = Place(text, f"figure-{block.figure.id}")
    return found


def _filled(name: str, items: tuple[Item, ...], places: Mapping[str, Place], edition: Edition) -> Checklist:
    lines = [(item.part, _line(name, item, places, edition)) for item in items]
    states = [line.state for _, line in lines]
    say = edition.say
    return Checklist(
        id=name,
        title=say(f"checklist_{name}"),
        source=say("checklist_source", reference=say(f"checklist_{name}_reference")),
        counted=say(
            "checklist_counted",
            all=len(states),
            answered=states.count("answered") + states.count("not_applicable"),
            partly=states.count("partly"),
            author=states.count("author"),
        ),
        parts=tuple(
            (say(f"checklist_part_{part}"), tuple(line for _, line in members))
            for part, members in groupby(lines, key=lambda pair: pair[0])
        ),
    )


def _line(name: str, item: Item, places: Mapping[str, Place], edition: Edition) -> Line:
    found = tuple(places[place] for place in item.places if place in places)
    key = f"{name}_{item.number}"
    if item.author:
        state: State = "partly" if found else "author"
        author, remark = edition.say(f"{key}_author"), ""
    elif found:
        state, author, remark = "answered", "", ""
    elif item.otherwise:
        state, author, remark = "not_applicable", "", edition.say(f"{key}_otherwise")
    else:
        state, author, remark = "author", edition.say("checklist_answer"), edition.say("checklist_nowhere")
    return Line(item.number, edition.say(key), state, found, remark, author)
