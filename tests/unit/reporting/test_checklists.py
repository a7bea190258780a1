"""Reporting checklists: every item once, every place real, nothing claimed that the report does not hold."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Literal

import lxml.html
import pytest

from mirabal_toolkit.core.plan_sections import Comparison
from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.reporting.checklists import items
from mirabal_toolkit.reporting.checklists.filling import Checklist, fill_checklists, render_checklists
from mirabal_toolkit.reporting.checklists.items import STROBE, TREND, Item
from mirabal_toolkit.reporting.documents import outline as outlines
from mirabal_toolkit.reporting.documents.blocks import Outline
from mirabal_toolkit.reporting.documents.html import render_html_report
from mirabal_toolkit.reporting.documents.outline import make_outline
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.shelf import all_tables
from mirabal_toolkit.reporting.words.english import ENGLISH
from mirabal_toolkit.reporting.words.english_checklists import CHECKLISTS


@pytest.fixture(scope="module")
def edition(few: ReleasableResults) -> Edition:
    return Edition(few)


@pytest.fixture(scope="module")
def outline(edition: Edition) -> Outline:
    tables = {table.id: table for table in all_tables(edition)}
    flow = SimpleNamespace(id="participant-flow", svg=b"<svg/>", size=(7, 3))
    flow.sheet = SimpleNamespace(id="participant-flow", caption="Flow", alt="Flow", numbers=tables["headline"])
    return make_outline(edition, tables, {"participant-flow": flow})  # type: ignore[dict-item]


@pytest.fixture(scope="module")
def strobe(outline: Outline, edition: Edition) -> Checklist:
    (found,) = fill_checklists(outline, edition)
    return found


def test_the_items_are_those_of_the_guidelines() -> None:
    assert sorted({int(re.sub(r"\D", "", item.number)) for item in STROBE}) == list(range(1, 23))
    assert len(STROBE) == 34
    assert [item.number for item in TREND] == [str(number) for number in range(1, 23)]


@pytest.mark.parametrize(("name", "asked"), [("strobe", STROBE), ("trend", TREND)])
def test_every_item_has_its_phrases_and_no_phrase_is_left_over(name: str, asked: tuple[Item, ...]) -> None:
    keys = {f"{name}_{item.number}" for item in asked}
    keys |= {f"{name}_{item.number}_author" for item in asked if item.author}
    keys |= {f"{name}_{item.number}_otherwise" for item in asked if item.otherwise}
    assert {key for key in CHECKLISTS if re.match(rf"{name}_\d", key)} == keys
    assert {f"checklist_part_{item.part}" for item in asked} <= set(ENGLISH)


def test_every_place_is_one_a_report_can_have() -> None:
    known = inspect.getsource(outlines).replace("_", "-")
    for item in (*STROBE, *TREND):
        for place in item.places:
            assert f'"{place.partition(":")[2]}"' in known, place


def test_every_link_leads_to_a_place_of_the_report(outline: Outline, edition: Edition) -> None:
    report = lxml.html.fromstring(render_html_report(outline, edition))
    anchors = set(report.xpath("//@id"))
    page = lxml.html.fromstring(render_checklists(outline, edition))
    links = page.xpath("//td/a/@href")
    assert len(links) > 25
    assert {link.partition("#")[0] for link in links} == {"report.html"}
    assert {link.partition("#")[2] for link in links} <= anchors
    assert not lxml.html.fromstring(render_checklists(outline, edition, linked=False)).xpath("//td/a")


def test_what_only_the_author_knows_is_marked_for_the_author(strobe: Checklist) -> None:
    lines = {line.number: line for _, members in strobe.parts for line in members}
    assert {number for number, line in lines.items() if line.state == "author"} >= {"1a", "2", "10", "20", "21", "22"}
    assert all(line.author for line in lines.values() if line.state in ("author", "partly"))
    assert lines["18"].state == "answered"
    assert lines["12b"].remark == "None were analysed."


def test_nothing_is_claimed_that_is_not_there(outline: Outline, edition: Edition) -> None:
    bare = replace(outline, sections=tuple(one for one in outline.sections if one.id == "summary"))
    (checklist,) = fill_checklists(bare, edition)
    lines = {line.number: line for _, members in checklist.parts for line in members}
    assert [number for number, line in lines.items() if line.state == "answered"] == ["1b", "18"]
    assert lines["13c"].remark == "Not in this report."
    assert lines["13c"].author


def test_the_counts_add_up(strobe: Checklist) -> None:
    answered, everything, partly, author = (int(number) for number in re.findall(r"\d+", strobe.counted))
    assert answered + partly + author == everything == 34


def test_the_guideline_is_cited(strobe: Checklist) -> None:
    assert "PLoS Medicine" in strobe.source
    assert "own words" in strobe.source
    assert items.__doc__
    assert "TREND statement" in items.__doc__


@pytest.mark.parametrize(("design", "names"), [("non-randomised", ["strobe", "trend"]), ("randomised", ["strobe"])])
def test_two_groups_not_made_by_chance_get_trend_too(
    outline: Outline, few: ReleasableResults, design: Literal["non-randomised", "randomised"], names: list[str]
) -> None:
    comparison = Comparison("file", "comparison-site", "partner-safety", design=design)
    edition = Edition(replace(few, plan=replace(few.plan, comparison=comparison)))
    assert [checklist.id for checklist in fill_checklists(outline, edition)] == names
    page = lxml.html.fromstring(render_checklists(outline, edition))
    assert page.xpath("//main/section/@id") == names
