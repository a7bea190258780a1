"""What figures are drawn on: marks in inches, from the page's top left corner down.

A mark is a line of text or an outline, kept until `svg.py` and `raster.py` write it, each in its own way; so both files
of a figure show the same. The words for looks are those of matplotlib.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.text import ASCENT, DESCENT, POINTS, drawable, height_of, measured

Points = Sequence[tuple[float, float]]
#: Dashes and gaps, in widths of the line.
Dashes = tuple[float, ...]
DASHED: Dashes = (3.7, 1.6)
DOTTED: Dashes = (1.0, 1.65)
#: What one number of an outline's codes says, as in matplotlib.path.Path.
MOVE, LINE, QUADRATIC, CUBIC, CLOSE = 1, 2, 3, 4, 79
#: The usual order of what covers what.
AREAS, LINES, TEXTS = 1.0, 2.0, 3.0
#: How far the handles of a cubic curve reach that is a quarter of a circle of radius 1.
_HANDLE = 4 / 3 * (2**0.5 - 1)


@dataclass(frozen=True, slots=True)
class Box:
    """A place in inches, top left corner first."""

    left: float
    top: float
    width: float
    height: float


class TextLook(TypedDict, total=False):
    """How text looks, and which of its points stands at its place (`ha`, `va`); `bbox` is paper behind it."""

    fontsize: float
    fontweight: str
    color: str
    ha: str
    va: str
    zorder: float
    bbox: Paper


class Paper(TypedDict, total=False):
    """Paper behind text, so many points wider than it."""

    pad: float
    alpha: float


class LineLook(TypedDict, total=False):
    """How a line looks, its width in points; `clip` is where it is cut off."""

    color: str
    linewidth: float
    dashes: Dashes
    capstyle: str
    alpha: float
    zorder: float
    clip: Box


class AreaLook(TypedDict, total=False):
    """How an area looks; without `edgecolor` it has no edge, and its hatch is of that colour."""

    facecolor: str
    edgecolor: str
    linewidth: float
    dashes: Dashes
    hatch: str
    alpha: float
    zorder: float
    clip: Box


class DotLook(TypedDict, total=False):
    """How a dot looks; its size and its edge's width are in points."""

    marker: str
    markersize: float
    color: str
    facecolor: str
    edgewidth: float
    zorder: float


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text that begins at (x, y) on its baseline."""

    x: float
    y: float
    text: str
    size: float
    weight: str = "normal"
    color: str = style.INK
    zorder: float = TEXTS

    @property
    def box(self) -> Box:
        """What it covers, as high as the font is, in inches."""
        width = measured(self.text, self.weight) * self.size / POINTS
        top = self.y - ASCENT * self.size / POINTS
        return Box(self.x, top, width, (ASCENT + DESCENT) * self.size / POINTS)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Lines and curves, drawn, filled, or both.

    Parameters
    ----------
    points : array, shape (n, 2)
        In inches.
    codes : array, shape (n,)
        What each point is, as in `matplotlib.path.Path`.
    face, edge : str or None
        Colours; None is none. A hatch has the colour of the edge.
    width : float
        Of the edge, in points; 0 draws none.
    dashes : tuple of float
        In points.
    """

    points: NDArray[np.float64]
    codes: NDArray[np.uint8]
    face: str | None = None
    edge: str | None = None
    width: float = 0.0
    dashes: Dashes = ()
    cap: str = "butt"
    join: str = "miter"
    hatch: str = ""
    alpha: float = 1.0
    clip: Box | None = None
    zorder: float = AREAS


Mark = Text | Outline


@dataclass(frozen=True, slots=True)
class Canvas:
    """A part of a page: places are measured from its top left corner; its marks are those of the page."""

    left: float
    top: float
    marks: list[Mark] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, **look: Unpack[TextLook]) -> None:
        """Write one line, by default from its baseline's beginning; signs the font lacks are shown as unknown."""
        if not text:
            return
        weight, size = look.get("fontweight", "normal"), look.get("fontsize", style.LABEL)
        words = drawable(text, weight)
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[look.get("ha", "left")]
        left = x - (share * measured(words, weight) * size / POINTS if share else 0.0)
        down = {"baseline": 0.0, "top": ASCENT, "center_baseline": ASCENT / 2, "bottom": -DESCENT}
        baseline = y + down[look.get("va", "baseline")] * size / POINTS
        colour, zorder = look.get("color", style.INK), look.get("zorder", TEXTS)
        mark = Text(self.left + left, self.top + baseline, words, size, weight, colour, zorder)
        if "bbox" in look:
            self._paper(mark, look["bbox"])
        self.marks.append(mark)

    def lines(self, x: float, y: float, lines: Sequence[str], **look: Unpack[TextLook]) -> None:
        """Write lines of text, the first at its place, each of the others below the one before."""
        for number, line in enumerate(lines):
            self.text(x, y + height_of(number, look.get("fontsize", style.LABEL)), line, **look)

    def _paper(self, mark: Text, look: Paper) -> None:
        box, pad = mark.box, look.get("pad", 0.0) / POINTS
        place = Box(box.left - self.left - pad, box.top - self.top - pad, box.width + 2 * pad, box.height + 2 * pad)
        self.box(place, facecolor=style.PAPER, alpha=look.get("alpha", 1.0), zorder=mark.zorder)

    def line(self, xs: Sequence[float], ys: Sequence[float], **look: Unpack[LineLook]) -> None:
        """Draw a line from point to point."""
        width, dashes = look.get("linewidth", 1.5), look.get("dashes", ())
        self.marks.append(
            Outline(
                *self._straight(tuple(zip(xs, ys, strict=True))),
                edge=look.get("color", style.INK),
                width=width,
                dashes=tuple(width * part for part in dashes),
                cap=look.get("capstyle", "butt" if dashes else "projecting"),
                join="round",
                alpha=look.get("alpha", 1.0),
                clip=self._moved(look.get("clip")),
                zorder=look.get("zorder", LINES),
            )
        )

    def box(self, place: Box, **look: Unpack[AreaLook]) -> None:
        """Draw a rectangle."""
        right, bottom = place.left + place.width, place.top + place.height
        corners = ((place.left, place.top), (right, place.top), (right, bottom), (place.left, bottom))
        self.area(corners, **look)

    def area(self, points: Points, codes: Sequence[int] | None = None, **look: Unpack[AreaLook]) -> None:
        """Draw an area between points; without codes they are joined by straight lines."""
        width = look.get("linewidth", 1.0 if "edgecolor" in look else 0.0)
        # Back to where it began, and closed.
        way, steps = self._straight((*points, points[0]), codes)
        steps[-1] = CLOSE
        self.marks.append(
            Outline(
                way,
                steps,
                face=look.get("facecolor"),
                edge=look.get("edgecolor"),
                width=width,
                dashes=tuple(width * part for part in look.get("dashes", ())),
                hatch=look.get("hatch", ""),
                alpha=look.get("alpha", 1.0),
                clip=self._moved(look.get("clip")),
                zorder=look.get("zorder", AREAS),
            )
        )

    def dot(self, x: float, y: float, **look: Unpack[DotLook]) -> None:
        """Draw one dot: a circle, a square (``s``) or a square on its corner (``D``)."""
        colour = look.get("color", style.INK)
        shape, codes = _shape(look.get("marker", "o"))
        points = shape * (look.get("markersize", 6.0) / POINTS) + (self.left + x, self.top + y)
        face, width, zorder = look.get("facecolor", colour), look.get("edgewidth", 1.0), look.get("zorder", LINES)
        self.marks.append(Outline(points, codes, face=face, edge=colour, width=width, zorder=zorder))

    def _straight(
        self, points: Points, codes: Sequence[int] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        way = np.array(points, dtype=np.float64) + np.array((self.left, self.top))
        if codes is not None:
            return way, np.array((*codes, CLOSE), dtype=np.uint8)
        steps = np.full(len(way), LINE, dtype=np.uint8)
        steps[0] = MOVE
        return way, steps

    def _moved(self, place: Box | None) -> Box | None:
        if place is None:
            return None
        return Box(self.left + place.left, self.top + place.top, place.width, place.height)


@lru_cache
def _shape(marker: str) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return the outline of a dot of size 1 around 0."""
    if marker != "o":
        corners = np.array(((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)))
        turned = corners if marker == "s" else corners @ (np.array(((1.0, 1.0), (-1.0, 1.0))) * 0.5**0.5)
        return turned, np.array((MOVE, LINE, LINE, LINE, CLOSE), dtype=np.uint8)
    quarter = np.array(((0.5, 0.5 * _HANDLE), (0.5 * _HANDLE, 0.5), (0.0, 0.5)))
    quarters = [np.array(((0.5, 0.0),))]
    for _ in range(4):
        quarters.append(quarter)
        quarter = quarter @ np.array(((0.0, 1.0), (-1.0, 0.0)))
    circle = np.concatenate([*quarters, quarters[0]])
    return circle, np.array((MOVE, *[CUBIC] * 12, CLOSE), dtype=np.uint8)
