"""A figure and all that goes with it: picture files, numbers, and a description in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mirabal_toolkit.reporting.figures.page import Page
from mirabal_toolkit.reporting.tables.spec import Table


@dataclass(frozen=True)
class Sheet:
    """What a figure shows, before it is drawn.

    Parameters
    ----------
    id : str
        Name of its files.
    caption : str
        What it shows, without “Figure 1”.
    title : str
        The finding, as written in the picture.
    alt : str
        Description for those who do not see the picture: what it is, then what it says.
    numbers : Table
        Every number in the picture.
    draw : callable
        Draws it.
    """

    id: str
    caption: str
    title: str
    alt: str
    numbers: Table
    draw: Callable[[], Page]


@dataclass(frozen=True)
class Figure:
    """A drawn figure.

    Parameters
    ----------
    sheet : Sheet
    svg, png : bytes
        Files; the PNG has 300 dots an inch.
    size : tuple of float
        Width and height in inches.
    """

    sheet: Sheet
    svg: bytes
    png: bytes
    size: tuple[float, float]

    def __repr__(self) -> str:
        return f"Figure({self.id}: {self.sheet.title})"

    @property
    def id(self) -> str:
        """Name of its files."""
        return self.sheet.id

    def _repr_svg_(self) -> str:
        """Show the figure in a notebook."""
        return self.svg.decode()

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Show the figure, as wide as on a page, where a notebook shows no SVG; its size is in CSS pixels."""
        width, height = self.size
        return self.png, {"width": round(96 * width), "height": round(96 * height)}


def draw(sheet: Sheet) -> Figure:
    """Draw a figure; equal sheets give equal bytes, whatever the settings of matplotlib are."""
    # Here, not above: matplotlib takes a second to load, and not every command draws.
    from mirabal_toolkit.reporting.figures.drawing import draw_both

    page = sheet.draw()
    svg, png = draw_both(page, sheet.title, sheet.caption)
    return Figure(sheet, svg, png, page.size)
