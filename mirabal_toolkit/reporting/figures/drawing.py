"""A drawing written as SVG and PNG: every mark is placed once, and both files show the same."""

from __future__ import annotations

from mirabal_toolkit.reporting.figures.page import Page
from mirabal_toolkit.reporting.figures.raster import png_of
from mirabal_toolkit.reporting.figures.svg import svg_of


def draw_both(page: Page, title: str, caption: str) -> tuple[bytes, bytes]:
    """Return a page as SVG and as PNG of 300 dots an inch.

    Parameters
    ----------
    page : Page
    title, caption : str
        Written into the SVG and the PNG, for programs that show them.
    """
    marks = sorted(page.marks, key=lambda one: one.zorder)
    return svg_of(page.size, marks, title), png_of(page.size, marks, caption)
