"""The page that explores, as staff use it: with mouse or keyboard only, light or dark, wide or narrow, on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import Chromium, Page

from mirabal_toolkit.workflow_explore import ExploreRequest, run_explore
from mirabal_toolkit.workflow_reading import DataRequest

SHOWN = "[...document.querySelectorAll('article.outcome')].filter(one => one.offsetParent).map(one => one.id)"
CHOOSE = """(() => {{ const one = document.getElementById('{0}'); one.value = {1!r};
    one.dispatchEvent(new Event('change')); }})()"""
FOREIGN = """(() => { const one = document.createElement('script'); one.text = 'window.foreign = 1';
    document.body.append(one); })()"""


@pytest.fixture(scope="module")
def explored(output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, made of the demo's report."""
    out = tmp_path_factory.mktemp("explore") / "out"
    _, files = run_explore(ExploreRequest(DataRequest((output,)), out), lambda *_: None)
    return files[0]


@pytest.fixture
def page(browser: Chromium, explored: Path) -> Page:
    return browser.open(explored)


def options(page: Page, which: str) -> list[str]:
    found: list[str] = page.run(f"[...document.getElementById('{which}').options].map(one => one.value)")
    return found


def test_it_runs_offline_and_its_policy_lets_its_own_script_run_and_nothing_else(page: Page) -> None:
    assert page.requests() == []
    assert page.complaints() == []
    assert page.run("document.scripts.length") == 1
    assert page.run("document.body.classList.contains('live')") is True
    page.run(FOREIGN)
    assert page.run("window.foreign") is None


def test_one_outcome_is_shown_and_every_other_can_be(page: Page) -> None:
    for outcome in options(page, "outcome")[:6]:
        page.run(CHOOSE.format("outcome", outcome))
        assert page.run(SHOWN) == [outcome]
        heading = page.run(f"document.getElementById('{outcome}-heading').innerText")
        assert heading == page.run("document.getElementById('outcome').selectedOptions[0].label")


def test_two_are_shown_side_by_side(page: Page) -> None:
    first, *_, last = options(page, "outcome")
    page.run(CHOOSE.format("beside", last))
    assert page.run(SHOWN) == [first, last]
    tops = page.run(f"['{first}', '{last}'].map(id => document.getElementById(id).getBoundingClientRect().top)")
    assert tops[0] == tops[1]
    page.run(CHOOSE.format("beside", first))
    assert page.run(SHOWN) == [first], "beside itself it is shown once"


def test_the_sentence_of_the_chosen_wave_is_shown(page: Page) -> None:
    said = "[...document.querySelectorAll('[data-wave]')].filter(one => one.offsetParent).map(one => one.dataset.wave)"
    for wave in options(page, "wave"):
        page.run(CHOOSE.format("wave", wave))
        assert page.run(said) == [wave]
        assert page.run("document.querySelector('article:not([hidden]) circle.chosen').dataset.point") == wave


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    first, second, third = options(page, "outcome")[:3]
    page.press("Tab", 9)
    assert page.run("document.activeElement.id") == "outcome"
    page.press("ArrowDown", 40)
    assert page.run(SHOWN) == [second]
    for expected in ("beside", "wave", "previous", "next"):
        page.press("Tab", 9)
        assert page.run("document.activeElement.id") == expected
        assert page.run("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.press("Enter", 13)
    assert page.run(SHOWN) == [third]
    assert page.run("document.getElementById('said').textContent").strip(), "said aloud by a screen reader"
    assert first != third


def test_an_address_leads_to_what_was_looked_at(browser: Chromium, explored: Path, page: Page) -> None:
    _, outcome, *_, last = options(page, "outcome")
    page.run(f"location.hash = '{outcome}/2/{last}'")
    page.run("new Promise(done => setTimeout(done, 100))")
    assert page.run(SHOWN) == [outcome, last]
    assert page.run("document.getElementById('wave').value") == "2"
    page.run("location.hash = 'no-such/99/<b>'")
    page.run("new Promise(done => setTimeout(done, 100))")
    assert page.run(SHOWN) == [outcome]


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_no_width_scrolls_sideways(page: Page, width: int) -> None:
    page.resize(width)
    page.run(CHOOSE.format("beside", options(page, "outcome")[-1]))
    assert page.run("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(browser: Chromium, explored: Path, axe: str, *, dark: bool) -> None:
    page = browser.open(explored, dark=dark)
    page.run(f"{axe};0")
    found = page.run(
        "axe.run(document).then(all => all.violations.map(one => [one.id, one.impact, one.nodes[0].html]))"
    )
    assert found == []


def test_without_its_script_everything_is_there(browser: Chromium, explored: Path, tmp_path: Path) -> None:
    text = explored.read_text(encoding="utf-8")
    start, end = text.index("<script>"), text.index("</script>")
    plain = tmp_path / "plain.html"
    plain.write_text(text[:start] + text[end + len("</script>") :], encoding="utf-8")
    page = browser.open(plain)
    assert len(page.run(SHOWN)) == page.run("document.querySelectorAll('article.outcome').length") > 20
    assert page.run("document.querySelector('form').offsetParent") is None
