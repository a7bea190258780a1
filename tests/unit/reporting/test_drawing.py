"""One drawing, two files: the same shapes, the colours as they are, few bytes."""

from __future__ import annotations

import io
import re

import lxml.etree
import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import DASHED, Box, Canvas, Text
from mirabal_toolkit.reporting.figures.drawing import draw_both
from mirabal_toolkit.reporting.figures.endorsement import shade
from mirabal_toolkit.reporting.figures.page import Page, new_page
from mirabal_toolkit.reporting.figures.plot import Plot
from mirabal_toolkit.reporting.figures.text import glyphs_of, outline_of


def page_of_all_kinds() -> Page:
    page = new_page("A finding -- measured", "what was measured", "a note", 2.0)
    plot = Plot(page.canvas(), Box(0, 0, page.width, 2.0), (0.0, 10.0), (0.0, 1.0))
    plot.area(((1, 0), (3, 0), (3, 1), (1, 1)), facecolor=style.BLUE)
    plot.area(((9, 0), (13, 0), (13, 1), (9, 1)), facecolor=style.ORANGE)
    plot.line([4, 8], [0.5, 0.5], color=style.INK, linewidth=3, dashes=DASHED)
    plot.area(((4, 0.1), (8, 0.1), (8, 0.3), (4, 0.3)), facecolor=style.QUIET)
    for marker, x in (("o", 4.0), ("s", 6.0), ("D", 8.0)):
        plot.canvas.dot(x, 0.3, marker=marker, markersize=20, color=style.GREY)
    plot.canvas.box(Box(4.0, 0.1, 0.5, 0.5), facecolor=style.BAND, edgecolor=style.GREY, linewidth=0.0, hatch="////")
    return page


@pytest.fixture(scope="module")
def drawn() -> tuple[bytes, bytes]:
    return draw_both(page_of_all_kinds(), "title & <more>", "a caption – with a dash")


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
    assert b"<dc:title>title &amp; &lt;more&gt;</dc:title>" in svg


def test_the_picture_is_a_picture_for_every_reader_of_xml(drawn: tuple[bytes, bytes]) -> None:
    root = lxml.etree.fromstring(drawn[0])
    assert root.findtext("{*}title") == "title & <more>"
    names = {one.get("id") for one in root.iter("{*}path", "{*}pattern", "{*}clipPath")}
    asked = {one.get("{http://www.w3.org/1999/xlink}href")[1:] for one in root.iter("{*}use")}
    asked |= set(re.findall(r"url\(#(.*?)\)", drawn[0].decode()))
    assert asked == names - {None}
    assert "A finding - - measured" in " ".join(str(one.text) for one in root.iter(lxml.etree.Comment))


def test_what_has_one_name_in_two_drawings_is_one_thing(drawn: tuple[bytes, bytes]) -> None:
    """A page may hold several drawings as they are, and the first that has a name is meant by it everywhere."""
    other = new_page("Another finding", "", "", 2.0)
    plot = Plot(other.canvas(), Box(1.0, 0.0, 3.0, 1.0), (0.0, 1.0), (0.0, 1.0))
    plot.area(((0, 0), (1, 0), (1, 1)), facecolor=style.BLUE, edgecolor=style.INK, hatch="////")
    plot.canvas.box(Box(4.0, 0.1, 0.5, 0.5), facecolor=style.BAND, edgecolor=style.GREY, linewidth=0.0, hatch="////")
    first, second = (things_by_name(svg) for svg in (drawn[0], draw_both(other, "", "")[0]))
    assert {name: first[name] for name in first.keys() & second} == {
        name: second[name] for name in first.keys() & second
    }
    assert {"pattern", "path"} <= {lxml.etree.fromstring(first[name]).tag for name in first.keys() & second}
    assert sum(b"<clipPath" in thing for thing in {**first, **second}.values()) == 2


def things_by_name(svg: bytes) -> dict[str, bytes]:
    return {found[1].decode(): found[0] for found in re.finditer(rb'<(?:path|pattern|clipPath) id="(.*?)".*', svg)}


@pytest.mark.parametrize(("marker", "share"), [("o", np.pi / 4), ("s", 1.0), ("D", 1.0)])
def test_dots_are_as_large_as_they_are_said_to_be(marker: str, share: float) -> None:
    page = Page((1.0, 1.0), 1.0, 1.0, 0.0)
    Canvas(0.0, 0.0, page.marks).dot(0.5, 0.5, marker=marker, markersize=36, color=style.BLUE, edgewidth=0.0)
    assert share_of(dots_of(draw_both(page, "", "")[1]), style.BLUE) == pytest.approx(share / 4, rel=0.03)


def test_the_palest_fill_is_not_taken_for_paper() -> None:
    page = new_page("A finding", "", "", 1.0)
    page.canvas().box(Box(0.0, 0.0, 0.6, 0.2), facecolor=shade(0.0))
    dots = dots_of(draw_both(page, "", "")[1])
    assert share_of(dots, shade(0.0)) == pytest.approx(0.6 * 0.2 * 300**2 / (dots.shape[0] * dots.shape[1]), rel=0.02)


def test_an_empty_page_is_paper() -> None:
    svg, png = draw_both(Page((1.0, 0.5), 1.0, 0.5, 0.0), "", "")
    assert dots_of(png).shape == (150, 300, 3)
    assert dots_of(png).min() == 255
    assert b"<use" not in svg


TEXTS = (
    "Safer at home",
    "Ελευθερία για όλες",
    "Siguranță și încredere",
    "שלום בית",
    "office fi ffl AVAT",
    "12% (−8 to −1)",
)


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("text", TEXTS)
def test_letters_stand_where_matplotlib_sets_them(text: str, weight: str) -> None:
    """Kerning, ligatures and right-to-left signs: the same ink as matplotlib's own way of writing."""
    page = Page((4.0, 0.5), 4.0, 0.5, 0.0)
    Canvas(0.0, 0.0, page.marks).text(0.2, 0.3, text, fontsize=14, fontweight=weight, color="#000000")
    ours = dots_of(draw_both(page, "", "")[1])[:, :, 0] < 128
    figure = Figure(figsize=(4.0, 0.5), dpi=300)
    figure.text(0.05, 0.4, text, fontsize=14, fontweight=weight, fontfamily="DejaVu Sans", color="#000000")
    canvas = FigureCanvasAgg(figure)
    with mpl.rc_context({"text.hinting": "none"}):
        canvas.draw()
    theirs = np.asarray(canvas.buffer_rgba())[:, :, 0] < 128
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.03)
    # At the edges of letters a dot may fall to either side.
    assert (ours & theirs).sum() > 0.9 * theirs.sum()


def test_text_is_measured_as_wide_as_its_ink() -> None:
    for text in TEXTS:
        mark = Text(0.0, 0.0, text, 14.0)
        shapes = [(glyph.x, outline_of(glyph.name)[0]) for glyph in glyphs_of(text)]
        ink = max(x + points[:, 0].max() for x, points in shapes if len(points)) * 14 / 72
        assert ink - 0.01 < mark.box.width < ink + 0.05
