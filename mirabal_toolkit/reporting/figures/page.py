"""The frame of every figure: the finding on top, the measure under it, the drawing, the note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.text import balanced, height_of, wrap

FOOT_GAP = 0.16

T = TypeVar("T")


@dataclass(frozen=True)
class Page:
    """A matplotlib figure with its body measured in inches from the body's top left corner.

    Parameters
    ----------
    figure : Figure
    width, height : float
        Of the body, in inches.
    top : float
        Inches of the header above the body.
    """

    figure: Any
    width: float
    height: float
    top: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the whole figure in inches."""
        wide, high = self.figure.get_size_inches()
        return float(wide), float(high)

    def axes(self, left: float, top: float, width: float, height: float) -> Any:
        """Return new axes at a place of the body, all in inches."""
        wide, high = self.size
        bottom = high - self.top - top - height
        return self.figure.add_axes(((style.MARGIN + left) / wide, bottom / high, width / wide, height / high))

    def canvas(self) -> Any:
        """Return axes over the whole body, in inches, y downwards, without lines: for text and boxes."""
        axes = self.axes(0, 0, self.width, self.height)
        axes.set_xlim(0, self.width)
        axes.set_ylim(self.height, 0)
        axes.set_axis_off()
        return axes


def new_page(title: str, subtitle: str, note: str, body_height: float) -> Page:
    """Return a page with its header and note written and room for a body of `body_height` inches.

    Must be called inside `style.drawing_style()`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width = style.WIDTH - 2 * style.MARGIN
    titles = balanced(title, width, style.TITLE, "bold")
    subtitles = balanced(subtitle, width, style.SUBTITLE)
    notes = wrap(note, width, style.NOTE)
    header = style.MARGIN + height_of(len(titles), style.TITLE) + height_of(len(subtitles), style.SUBTITLE) + 0.14
    footer = height_of(len(notes), style.NOTE) + style.MARGIN + FOOT_GAP
    height = header + body_height + footer
    figure = Figure(figsize=(style.WIDTH, height))
    FigureCanvasAgg(figure)
    page = Page(figure, width, body_height, header)
    _write(page, titles, style.MARGIN, style.TITLE, weight="bold")
    _write(
        page, subtitles, style.MARGIN + height_of(len(titles), style.TITLE) + 0.03, style.SUBTITLE, colour=style.QUIET
    )
    _write(page, notes, header + body_height + FOOT_GAP, style.NOTE, colour=style.QUIET)
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


def _write(
    page: Page, lines: tuple[str, ...], top: float, size: float, *, weight: str = "normal", colour: str = style.INK
) -> None:
    wide, high = page.size
    for number, line in enumerate(lines):
        y = 1 - (top + height_of(number, size)) / high
        page.figure.text(
            style.MARGIN / wide, y, line, fontsize=size, fontweight=weight, color=colour, va="top", ha="left"
        )
