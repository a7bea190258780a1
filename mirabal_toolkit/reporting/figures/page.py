"""The frame of every figure: the finding on top, the measure under it, the drawing, the note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import Canvas, Mark
from mirabal_toolkit.reporting.figures.text import balanced, height_of, wrap

FOOT_GAP = 0.16

T = TypeVar("T")


@dataclass(frozen=True)
class Page:
    """A figure with its body measured in inches from the body's top left corner.

    Parameters
    ----------
    size : tuple of float
        Width and height of the whole figure in inches.
    width, height : float
        Of the body, in inches.
    top : float
        Inches of the header above the body.
    marks : list of Mark
        What is drawn, measured from the top left corner of the whole.
    """

    size: tuple[float, float]
    width: float
    height: float
    top: float
    marks: list[Mark] = field(default_factory=list)

    def canvas(self) -> Canvas:
        """Return the body as a canvas."""
        return Canvas(style.MARGIN, self.top, self.marks)


def new_page(title: str, subtitle: str, note: str, body_height: float) -> Page:
    """Return a page with its header and note written and room for a body of `body_height` inches."""
    width = style.WIDTH - 2 * style.MARGIN
    titles = balanced(title, width, style.TITLE, "bold")
    subtitles = balanced(subtitle, width, style.SUBTITLE)
    notes = wrap(note, width, style.NOTE)
    header = style.MARGIN + height_of(len(titles), style.TITLE) + height_of(len(subtitles), style.SUBTITLE) + 0.14
    footer = height_of(len(notes), style.NOTE) + style.MARGIN + FOOT_GAP
    height = header + body_height + footer
    page = Page((style.WIDTH, height), width, body_height, header)
    whole = Canvas(0.0, 0.0, page.marks)
    left, below = style.MARGIN, style.MARGIN + height_of(len(titles), style.TITLE) + 0.03
    whole.lines(left, style.MARGIN, titles, fontsize=style.TITLE, fontweight="bold", va="top")
    whole.lines(left, below, subtitles, fontsize=style.SUBTITLE, color=style.QUIET, va="top")
    whole.lines(left, header + body_height + FOOT_GAP, notes, fontsize=style.NOTE, color=style.QUIET, va="top")
    return page


def split_evenly(things: Sequence[T], height: Callable[[list[T]], float], most: float) -> list[list[T]]:
    """Return the things in as few parts as fit, about equally high.

    Parameters
    ----------
    things : sequence
    height : callable
        How high some of them are together, in inches.
    most : float
        The highest a part may be.

    Examples
    --------
    >>> [len(part) for part in split_evenly(list(range(12)), lambda part: float(len(part)), 10.0)]
    [6, 6]
    """
    fewest = _filled(things, height, most)
    least = height(list(things)) / max(len(fewest), 1)
    for step in range(10):
        parts = _filled(things, height, least + (most - least) * step / 10)
        if len(parts) == len(fewest):
            return parts
    return fewest


def _filled(things: Sequence[T], height: Callable[[list[T]], float], most: float) -> list[list[T]]:
    """Fill one part after the other."""
    parts: list[list[T]] = []
    for thing in things:
        if not parts or height([*parts[-1], thing]) > most:
            parts.append([])
        parts[-1].append(thing)
    return parts
