"""A small panel with two axes on a canvas: values become inches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import AreaLook, Box, Canvas, LineLook
from mirabal_toolkit.reporting.figures.text import POINTS

#: The line under a panel lies above its curves, and its grid below everything.
BASE, GRID = 2.5, 0.5


@dataclass(frozen=True, slots=True)
class Plot:
    """A place of a canvas, and the values at its ends; lines and areas are cut off at its edges.

    Parameters
    ----------
    canvas : Canvas
    place : Box
    across, up : tuple of float
        Values at the left and the right, at the bottom and the top.
    """

    canvas: Canvas
    place: Box
    across: tuple[float, float]
    up: tuple[float, float]

    def x(self, value: float) -> float:
        """Inches from the left of the canvas."""
        low, high = self.across
        return self.place.left + self.place.width * (value - low) / (high - low)

    def y(self, value: float) -> float:
        """Inches from the top of the canvas."""
        low, high = self.up
        return self.place.top + self.place.height * (high - value) / (high - low)

    def line(self, xs: Sequence[float], ys: Sequence[float], **look: Unpack[LineLook]) -> None:
        """Draw a line through values."""
        look["clip"] = self.place
        self.canvas.line([self.x(x) for x in xs], [self.y(y) for y in ys], **look)

    def upright(self, value: float, **look: Unpack[LineLook]) -> None:
        """Draw a line from the bottom to the top."""
        self.line([value, value], self.up, **look)

    def level(self, value: float, **look: Unpack[LineLook]) -> None:
        """Draw a line from the left to the right."""
        self.line(self.across, [value, value], **look)

    def area(self, points: Sequence[tuple[float, float]], **look: Unpack[AreaLook]) -> None:
        """Fill the area between values."""
        look["clip"] = self.place
        self.canvas.area([(self.x(x), self.y(y)) for x, y in points], **look)

    def base(self) -> None:
        """Draw the line under the panel."""
        bottom = self.place.top + self.place.height
        ends = [self.place.left, self.place.left + self.place.width]
        self.canvas.line(ends, [bottom, bottom], color=style.FAINT, linewidth=0.8, zorder=BASE)

    def grid(self, values: Sequence[float]) -> None:
        """Draw faint lines from the left to the right."""
        for value in values:
            self.level(value, color=style.FAINT, linewidth=0.6, zorder=GRID)

    def name_left(self, values: Sequence[float], names: Sequence[str], pad: float = 3.5) -> None:
        """Write at the left what values are; `pad` is in points."""
        x = self.place.left - pad / POINTS
        for value, name in zip(values, names, strict=True):
            self.canvas.text(
                x, self.y(value), name, fontsize=style.SMALL, color=style.QUIET, ha="right", va="center_baseline"
            )

    def name_below(self, values: Sequence[float], names: Sequence[str], pad: float = 3.5) -> None:
        """Write below what values are; `pad` is in points."""
        y = self.place.top + self.place.height + pad / POINTS
        for value, name in zip(values, names, strict=True):
            self.canvas.text(self.x(value), y, name, fontsize=style.SMALL, color=style.QUIET, ha="center", va="top")
