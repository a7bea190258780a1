"""The briefing and the checklist beside the report, read as the report is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chromium import Chromium

NAMES = ("briefing.html", "checklist-strobe.html")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_that_keeps_people_from_reading(
    browser: Chromium, output: Path, axe: str, name: str, *, dark: bool
) -> None:
    page = browser.open(output / name, dark=dark)
    assert page.requests() == []
    assert page.complaints() == []
    page.run(f"{axe};0")
    found = page.run(
        "axe.run(document).then(all => all.violations.map(one => [one.id, one.impact, one.nodes[0].html]))"
    )
    assert found == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_scrolls_sideways(browser: Chromium, output: Path, name: str, width: int) -> None:
    page = browser.open(output / name, width)
    assert page.run("document.documentElement.scrollWidth") <= width


def test_a_briefing_is_two_pages_on_paper(browser: Chromium, output: Path) -> None:
    printed = browser.open(output / "briefing.html").printed()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2


def test_links_of_the_checklist_lead_into_the_report(browser: Chromium, output: Path) -> None:
    links: list[str] = browser.open(output / "checklist-strobe.html").run(
        "[...document.querySelectorAll('td a')].map(one => one.getAttribute('href'))"
    )
    report = browser.open(output / "report.html")
    assert len(links) > 25
    for link in links:
        name, _, anchor = link.partition("#")
        assert name == "report.html"
        assert report.run(f"document.getElementById({anchor!r}) !== null"), link
