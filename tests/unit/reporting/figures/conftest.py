"""Long and odd labels, and whether the texts of a figure have room."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.reporting.figures.canvas import Box, Text
from mirabal_toolkit.reporting.figures.page import Page
from mirabal_toolkit.reporting.figures.spec import Sheet

LABELS = (
    "Felt watched, followed or checked on by him at work, at home or in the street $x^2$",
    "=cmd|' /C calc'!A0 <script>alert(1)</script> & _under_ #hash \\back 100 % {brace}",
    "Της είπε ότι θα της πάρει τα παιδιά, αν φύγει από το σπίτι ή μιλήσει σε κάποιον",
    "I-a spus că îi va lua copiii dacă pleacă de acasă sau vorbește cu cineva despre asta",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft \U0001fae8",
)
MONTHS = (0.0, 1.0, 3.0, 6.0, 12.0, 18.0, 24.0)
#: Texts may touch by so much; a figure may be so high; in inches.
TOUCH, MOST_HEIGHT = 0.005, 11.0


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


def _texts_of(sheet: Sheet) -> tuple[list[tuple[str, Box]], Page]:
    """Place the marks of a figure and return its texts with their places on the page, and the page."""
    page = sheet.draw()
    return [(one.text, one.box) for one in page.marks if isinstance(one, Text) and one.text.strip()], page


def _overlapping(found: list[tuple[str, Box]]) -> list[tuple[str, str]]:
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(found, 2)
        if min(a.left + a.width, b.left + b.width) - max(a.left, b.left) > TOUCH
        and min(a.top + a.height, b.top + b.height) - max(a.top, b.top) > TOUCH
    ]


def _is_cut(box: Box, wide: float, high: float) -> bool:
    return min(box.left, box.top) < -TOUCH or box.left + box.width > wide + TOUCH or box.top + box.height > high + TOUCH


def _check(sheet: Sheet) -> None:
    found, page = _texts_of(sheet)
    assert found
    assert page.size[1] < MOST_HEIGHT, sheet.id
    cut = [text for text, box in found if _is_cut(box, *page.size)]
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
def texts_of() -> Callable[[Sheet], tuple[list[tuple[str, Box]], Page]]:
    return _texts_of


@pytest.fixture(scope="session")
def check() -> Callable[[Sheet], None]:
    """Return a function that fails where a text of a figure is cut or covered by another, or the figure is too high."""
    return _check
