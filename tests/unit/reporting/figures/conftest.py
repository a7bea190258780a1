"""Long and odd labels, and whether the texts of a figure have room."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.spec import Sheet

LABELS = (
    "Felt watched, followed or checked on by him at work, at home or in the street $x^2$",
    "=cmd|' /C calc'!A0 <script>alert(1)</script> & _under_ #hash \\back 100 % {brace}",
    "Της είπε ότι θα της πάρει τα παιδιά, αν φύγει από το σπίτι ή μιλήσει σε κάποιον",
    "I-a spus că îi va lua copiii dacă pleacă de acasă sau vorbește cu cineva despre asta",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft \U0001fae8",
)
MONTHS = (0.0, 1.0, 3.0, 6.0, 12.0, 18.0, 24.0)
#: Texts may touch by so many pixels; a figure may be so high, in inches.
TOUCH, MOST_HEIGHT = 0.5, 11.0


def _with_long_labels(instrument: Instrument, number: int) -> Instrument:
    """Return the instrument with `number` yes-or-no outcomes that have long and odd labels."""
    binary = [outcome for outcome in instrument.outcomes if outcome.kind == "binary"]
    outcomes = tuple(
        replace(
            binary[place % len(binary)],
            id=f"x{place}",
            label={"en": LABELS[place % len(LABELS)]},
            estimands=("as_reported",),
            measure=place % 6 + 1,
        )
        for place in range(number)
    )
    return replace(instrument, outcomes=outcomes, tests=())


@pytest.fixture
def stressed(instrument: Instrument, release_of: Callable[..., ReleasableResults]) -> Callable[..., ReleasableResults]:
    """Return a function that makes results with long labels, so many outcomes, waves and people."""

    def made(outcomes: int, waves: int, people: int) -> ReleasableResults:
        months = {number + 1: MONTHS[number] for number in range(waves)}
        return release_of(_with_long_labels(instrument, outcomes), people=people, months=months)

    return made


def _texts_of(sheet: Sheet) -> tuple[list[tuple[str, Any]], Any]:
    """Draw a figure and return its texts with their places in pixels, and the page's own."""
    from matplotlib.text import Text

    with style.drawing_style():
        figure = sheet.draw().figure
        figure.canvas.draw()
        renderer = figure.canvas.get_renderer()
        found = [
            (text.get_text(), text.get_window_extent(renderer))
            for text in figure.findobj(Text)
            if text.get_text().strip() and text.get_visible()
        ]
        return found, figure.bbox


def _overlapping(found: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(found, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > TOUCH and min(a.y1, b.y1) - max(a.y0, b.y0) > TOUCH
    ]


def _check(sheet: Sheet) -> None:
    found, page = _texts_of(sheet)
    assert found
    assert page.height / page.width * style.WIDTH < MOST_HEIGHT, sheet.id
    cut = [
        text
        for text, place in found
        if place.x0 < -TOUCH or place.y0 < -TOUCH or place.x1 > page.x1 + TOUCH or place.y1 > page.y1 + TOUCH
    ]
    assert not cut, (sheet.id, cut)
    assert not _overlapping(found), sheet.id


@pytest.fixture(scope="session")
def labels() -> tuple[str, ...]:
    """Labels of 80 signs, with signs that mean something elsewhere, in Greek, in Romanian, and one long word."""
    return LABELS


@pytest.fixture(scope="session")
def with_long_labels() -> Callable[[Instrument, int], Instrument]:
    return _with_long_labels


@pytest.fixture(scope="session")
def texts_of() -> Callable[[Sheet], tuple[list[tuple[str, Any]], Any]]:
    return _texts_of


@pytest.fixture(scope="session")
def check() -> Callable[[Sheet], None]:
    """Return a function that fails where a text of a figure is cut or covered by another, or the figure is too high."""
    return _check
