"""The report as its readers meet it: a file from a mail, no network, any width, no mouse, on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from chromium import Chromium, Page

#: CSS pixels of the text on A4 paper, upright and on its side, inside the margins of report.css.
UPRIGHT, ON_ITS_SIDE = (210 - 28) * 96 / 25.4, (297 - 28) * 96 / 25.4
TAB, ENTER = ("Tab", 9), ("Enter", 13)
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
TOO_WIDE = """[...document.querySelectorAll('.tabled .scroll')].filter(one => one.offsetParent
    && one.scrollWidth > one.clientWidth + 1).map(one => one.querySelector('table').id)"""
FOCUSED = """(() => { const one = document.activeElement, box = one.getBoundingClientRect();
    return {tag: one.tagName, cls: one.className, href: one.getAttribute('href'),
    outline: getComputedStyle(one).outlineStyle,
    seen: box.width > 0 && box.left >= 0 && box.bottom > 0 && box.top < innerHeight,
    order: [...document.querySelectorAll('*')].indexOf(one)}; })()"""


@pytest.fixture(scope="module")
def report(output: Path) -> Path:
    return output / "report.html"


@pytest.fixture(scope="module")
def page(browser: Chromium, report: Path) -> Page:
    return browser.open(report)


def test_the_page_needs_no_network_and_no_script_and_complains_of_nothing(browser: Chromium, report: Path) -> None:
    page = browser.open(report)
    assert page.requests() == []
    assert page.complaints() == []
    assert page.run("document.scripts.length") == 0
    assert page.run("document.querySelectorAll('main section').length") > 8
    assert page.run("[...document.images].every(one => one.complete && one.naturalWidth > 0)") is True


def test_every_figure_has_a_description_and_its_numbers(page: Page) -> None:
    figures: list[dict[str, Any]] = page.run(
        """[...document.querySelectorAll('figure')].map(one => ({id: one.id, alt: one.querySelector('img').alt,
        summary: one.querySelector('details > summary').textContent.trim(),
        numbers: one.querySelectorAll('details tbody tr:not(.group)').length}))"""
    )
    assert len(figures) > 5
    assert all(len(one["alt"]) > 60 for one in figures)
    assert all(one["numbers"] > 0 and one["summary"] for one in figures)


def test_every_contents_entry_leads_somewhere_and_no_id_is_used_twice(page: Page) -> None:
    assert page.run("[...document.querySelectorAll('nav a')].every(a => document.querySelector(a.hash))") is True
    ids = page.run("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_scrolls_sideways(page: Page, width: int) -> None:
    page.resize(width)
    page.run(OPEN_ALL)
    assert page.run("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [768, 820, 1000, 1100, 1280])
def test_on_a_tablet_or_a_usual_screen_no_table_scrolls_sideways(page: Page, width: int) -> None:
    page.resize(width)
    page.run(OPEN_ALL)
    assert page.run(TOO_WIDE) == []


def test_the_first_key_offers_to_skip_to_the_summary(browser: Chromium, report: Path) -> None:
    page = browser.open(report)
    page.press(*TAB)
    first = page.run(FOCUSED)
    assert (first["tag"], first["href"], first["seen"]) == ("A", "#summary", True)
    page.press(*ENTER)
    page.press(*TAB)
    assert page.run("document.querySelector('main').contains(document.activeElement)") is True


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(browser: Chromium, report: Path) -> None:
    page = browser.open(report)
    page.run(OPEN_ALL)
    wanted: int = page.run("document.querySelectorAll('a[href], summary, .scroll').length")
    orders = []
    for _ in range(wanted):
        page.press(*TAB)
        one = page.run(FOCUSED)
        assert one["seen"], one
        assert one["outline"] != "none", one
        orders.append(one["order"])
    assert orders == sorted(set(orders))


def test_a_key_opens_the_numbers_under_a_figure(browser: Chromium, report: Path) -> None:
    page = browser.open(report)
    page.run("document.querySelector('summary').focus()")
    page.press(*ENTER)
    assert page.run("document.querySelector('details').open") is True


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_that_keeps_people_from_reading(
    browser: Chromium, report: Path, axe: str, *, dark: bool
) -> None:
    page = browser.open(report, dark=dark)
    page.run(OPEN_ALL)
    page.run(f"{axe};0")
    found = page.run(
        "axe.run(document).then(all => all.violations.map(one => [one.id, one.impact, one.nodes[0].html]))"
    )
    assert found == []


def test_dark_and_light_are_two_looks(browser: Chromium, report: Path) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    assert browser.open(report).run(paper) != browser.open(report, dark=True).run(paper)


def test_on_paper_no_table_is_cut(browser: Chromium, report: Path) -> None:
    page = browser.open(report)
    page.call("Emulation.setEmulatedMedia", media="print")
    tables = "[...document.querySelectorAll('main table')].filter(one => one.offsetParent)"
    for width, chosen in ((UPRIGHT, f"{tables}.filter(one => !one.closest('.wide'))"), (ON_ITS_SIDE, tables)):
        page.resize(int(width))
        cut = page.run(f"{chosen}.filter(one => one.getBoundingClientRect().right > {width} + 1).map(one => one.id)")
        assert cut == []
    split = page.run(
        f"{tables}.flatMap(t => [...t.rows]).filter(r => getComputedStyle(r).breakInside !== 'avoid').length"
    )
    assert split == 0
    repeated = page.run(f"{tables}.every(t => getComputedStyle(t.tHead).display === 'table-header-group')")
    assert repeated is True


def test_printing_gives_upright_pages_and_pages_on_their_side(browser: Chromium, report: Path) -> None:
    sizes = re.findall(rb"/MediaBox\s*\[([^\]]*)\]", browser.open(report).printed())
    boxes = [[float(number) for number in size.split()[2:]] for size in sizes]
    assert any(wide < high for wide, high in boxes)
    assert any(wide > high for wide, high in boxes)
    assert all(sorted((wide, high)) == pytest.approx([595, 842], abs=1) for wide, high in boxes)
    assert 10 <= len(boxes) <= 80
