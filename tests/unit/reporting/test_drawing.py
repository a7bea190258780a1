"""One drawing, two files: the same shapes, the colours as they are, few bytes."""

from __future__ import annotations

import gc
import io

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from PIL import Image

from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.drawing import draw_both
from mirabal_toolkit.reporting.figures.page import Page, new_page


def page_of_all_kinds() -> Page:
    page = new_page("A finding", "what was measured", "a note", 2.0)
    axes = page.axes(0, 0, page.width, 2.0)
    axes.set_xlim(0, 10)
    axes.set_ylim(0, 1)
    axes.add_patch(Rectangle((1, 0), 2, 1, facecolor=style.BLUE, linewidth=0))
    axes.add_patch(Rectangle((9, 0), 4, 1, facecolor=style.ORANGE, linewidth=0, clip_on=True))
    axes.plot([4, 8], [0.5, 0.5], color=style.INK, marker="o", linewidth=3)
    axes.fill_between([4, 8], [0.1, 0.1], [0.3, 0.3], color=style.QUIET, linewidth=0)
    return page


@pytest.fixture(scope="module")
def drawn() -> tuple[bytes, bytes]:
    with style.drawing_style():
        return draw_both(page_of_all_kinds().figure, "title", "a caption – with a dash")


def dots_of(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def share_of(dots: np.ndarray, colour: str) -> float:
    wanted = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return float((dots == wanted).all(axis=2).mean())


def test_areas_have_their_very_colour_and_size_in_dots(drawn: tuple[bytes, bytes]) -> None:
    dots = dots_of(drawn[1])
    inches = dots.shape[0] / 300
    body = (style.WIDTH - 2 * style.MARGIN) * 2.0 / (style.WIDTH * inches)
    assert share_of(dots, style.BLUE) == pytest.approx(0.2 * body, rel=0.02)
    assert share_of(dots, style.QUIET) == pytest.approx(0.4 * 0.2 * body, rel=0.1)
    assert share_of(dots, style.PAPER) > 0.5


def test_what_lies_outside_its_axes_is_cut_off_in_both(drawn: tuple[bytes, bytes]) -> None:
    svg, png = drawn
    dots = dots_of(png)
    body = (style.WIDTH - 2 * style.MARGIN) * 2.0 / (style.WIDTH * dots.shape[0] / 300)
    assert share_of(dots, style.ORANGE) == pytest.approx(0.1 * body, rel=0.02)
    assert b"clipPath" in svg


def test_both_hold_their_titles_and_a_palette(drawn: tuple[bytes, bytes]) -> None:
    svg, png = drawn
    picture = Image.open(io.BytesIO(png))
    picture.load()
    assert (picture.mode, picture.text["Title"]) == ("P", "a caption – with a dash")
    assert tuple(round(dots) for dots in picture.info["dpi"]) == (300, 300)
    assert b"<dc:title>title</dc:title>" in svg


def test_collection_of_garbage_goes_on_afterwards(drawn: tuple[bytes, bytes]) -> None:
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_pictures_inside_figures_are_refused() -> None:
    with style.drawing_style():
        page = page_of_all_kinds()
        page.canvas().imshow([[0.0, 1.0]])
        with pytest.raises(NotImplementedError, match="not of pictures"):
            draw_both(page.figure, "", "")
