"""A drawing as PNG of 300 dots an inch, its few colours in a palette."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backends import backend_agg
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from mirabal_toolkit.reporting.figures.canvas import Box, Mark, Outline, Text
from mirabal_toolkit.reporting.figures.text import POINTS, glyphs_of, outline_of

DOTS_PER_INCH = 300
#: matplotlib does not say the types of its renderers.
_RENDERER: Any = backend_agg.RendererAgg
_COLOURS = 256
_PAPER, _WHITE = 0xFFFFFFFF, b"\xff\xff\xff"
#: To find the colours of areas: how many there may be, in which dots they are looked for, what is the same colour.
_AREAS, _EVERY, _SIMILAR = 24, 7, 4


def png_of(size: tuple[float, float], marks: Sequence[Mark], title: str) -> bytes:
    """Return the marks as PNG.

    Parameters
    ----------
    size : tuple of float
        Width and height in inches.
    marks : sequence of Mark
        In the order they cover each other.
    title : str
        For programs that show it.
    """
    picture = _picture(_dots(size, marks))
    about = PngImagePlugin.PngInfo()
    about.add_itxt("Title", title)
    buffer = io.BytesIO()
    picture.save(buffer, "png", dpi=(DOTS_PER_INCH, DOTS_PER_INCH), pnginfo=about, compress_level=6)
    return buffer.getvalue()


def _dots(size: tuple[float, float], marks: Sequence[Mark]) -> NDArray[np.uint32]:
    """Return red, green, blue and alpha of every dot, packed into one number."""
    wide, high = size
    # Its dots are counted from the bottom.
    renderer = _RENDERER(int(wide * DOTS_PER_INCH), int(high * DOTS_PER_INCH), DOTS_PER_INCH)
    dots = np.asarray(renderer.buffer_rgba()).view(np.uint32)[:, :, 0]
    dots[:] = _PAPER
    place = Affine2D.from_values(DOTS_PER_INCH, 0, 0, -DOTS_PER_INCH, 0, high * DOTS_PER_INCH)
    for one in marks:
        if isinstance(one, Text):
            _write(renderer, one, place)
        else:
            _draw(renderer, one, place)
    return dots


def _write(renderer: Any, one: Text, place: Any) -> None:
    """Fill the outlines of all letters of a line at once."""
    outlines = [(glyph, *outline_of(glyph.name)) for glyph in glyphs_of(one.text, one.weight)]
    inked = [(points + np.array((glyph.x, glyph.y)), codes) for glyph, points, codes in outlines if len(codes)]
    if not inked:
        return
    letters = Path(np.concatenate([points for points, _ in inked]), np.concatenate([codes for _, codes in inked]))
    pen = renderer.new_gc()
    pen.set_linewidth(0)
    pen.set_snap(False)
    scale = one.size / POINTS
    renderer.draw_path(
        pen, letters, Affine2D.from_values(scale, 0, 0, -scale, one.x, one.y) + place, to_rgba(one.color)
    )


def _draw(renderer: Any, one: Outline, place: Any) -> None:
    pen = renderer.new_gc()
    pen.set_foreground(to_rgba(one.edge or "none", one.alpha if one.edge else None), isRGBA=True)
    pen.set_linewidth(one.width if one.edge else 0.0)
    pen.set_dashes(0, one.dashes or None)
    pen.set_capstyle(one.cap)
    pen.set_joinstyle(one.join)
    if one.clip is not None:
        pen.set_clip_rectangle(_bounds(one.clip).transformed(place))
    if one.hatch:
        pen.set_hatch(one.hatch)
        pen.set_hatch_color(to_rgba(one.edge or "none"))
        pen.set_hatch_linewidth(1.0)
    face = None if one.face is None else to_rgba(one.face, one.alpha)
    renderer.draw_path(pen, Path(one.points, one.codes), place, face)


def _bounds(box: Box) -> Any:
    return Bbox.from_bounds(box.left, box.top, box.width, box.height)


def _picture(dots: NDArray[np.uint32]) -> Image.Image:
    """Return a picture with a palette, for a third of the bytes; nine dots in ten are paper, not looked at again."""
    high, wide = dots.shape
    every = dots.reshape(-1)
    inked = np.flatnonzero(every != _PAPER)
    numbers, palette = np.zeros(len(every), dtype=np.uint8), _WHITE
    if len(inked):
        found, colours = _few_colours(every[inked])
        numbers[inked], palette = found + 1, palette + colours
    picture = Image.frombuffer("P", (wide, high), numbers, "raw", "P", 0, 1)
    picture.putpalette(palette)
    return picture


def _few_colours(dots: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], bytes]:
    """Return the number of the colour of each dot, and the colours."""
    strip = Image.frombuffer("RGBA", (len(dots), 1), dots.tobytes(), "raw", "RGBA", 0, 1).convert("RGB")
    found = strip.quantize(_COLOURS - 1, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette = np.asarray(found.getpalette()).reshape(-1, 3)
    return np.asarray(found).reshape(-1), _with_exact(palette, np.asarray(strip).reshape(-1, 3)[::_EVERY]).tobytes()


def _with_exact(palette: NDArray[np.int_], some: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the palette with the colours of areas as they are; it holds means of similar ones."""
    packed, counts = np.unique(some @ np.array([1 << 16, 1 << 8, 1]), return_counts=True)
    exact = palette.astype(np.uint8)
    # The commonest comes last, so that it wins where two are similar.
    for colour in packed[np.argsort(counts, kind="stable")][-_AREAS:]:
        wanted = np.array([colour >> 16, colour >> 8 & 255, colour & 255])
        apart = np.abs(palette - wanted).max(axis=1)
        if apart.min() <= _SIMILAR:
            exact[apart.argmin()] = wanted
    return exact
