"""A drawing written as SVG and PNG at once: every artist is laid out once, and both files show the same."""

from __future__ import annotations

import codecs
import gc as collector
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.transforms import Affine2D, Bbox, TransformedPath
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

DOTS_PER_INCH = 300
_POINTS_PER_INCH = 72
_COLOURS = 256
#: To find the colours of areas: how many there may be, in which dots they are looked for, what is the same colour.
_AREAS, _EVERY, _SIMILAR = 24, 6, 4


def draw_both(figure: Any, title: str, caption: str) -> tuple[bytes, bytes]:
    """Return a figure as SVG and as PNG of 300 dots an inch.

    Parameters
    ----------
    figure : matplotlib Figure
        Not drawn before.
    title, caption : str
        Written into the SVG and the PNG, for programs that show them.
    """
    wide, high = figure.get_size_inches()
    buffer = io.BytesIO()
    with _collecting_later():
        figure.dpi = _POINTS_PER_INCH
        both: Any = _Both((wide, high), codecs.getwriter("utf-8")(buffer), title)
        figure.draw(both)
        both.finalize()
    png = _png(both.dots, caption)
    # What a drawing is made of refers to itself: without this its dots would stay in memory for a while.
    both.dots = None
    figure.clear()
    return buffer.getvalue(), png


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Leave what exists out of garbage collection for a while.

    A drawing makes many small things, and each round of collection would go through everything else in memory too.
    """
    collector.freeze()
    try:
        yield
    finally:
        collector.unfreeze()


def _png(dots: Any, caption: str) -> bytes:
    """Return the dots as PNG with a palette: figures have few colours, and a third of the bytes say the same."""
    drawn = dots.buffer_rgba()
    colours = np.asarray(drawn)[:, :, :3]
    high, wide = colours.shape[:2]
    picture = Image.frombuffer("RGBA", (wide, high), drawn, "raw", "RGBA", 0, 1).convert("RGB")
    picture = picture.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    picture.putpalette(_with_exact(np.asarray(picture.getpalette()).reshape(-1, 3), colours).tobytes())
    about = PngImagePlugin.PngInfo()
    about.add_itxt("Title", caption)
    buffer = io.BytesIO()
    picture.save(buffer, "png", dpi=(DOTS_PER_INCH, DOTS_PER_INCH), pnginfo=about, compress_level=6)
    return buffer.getvalue()


def _with_exact(palette: NDArray[np.int_], colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the palette with the colours of paper and areas as they are; it holds means of similar ones."""
    some = colours[::_EVERY, ::_EVERY].reshape(-1, 3) @ np.array([1 << 16, 1 << 8, 1])
    packed, counts = np.unique(some, return_counts=True)
    exact = palette.astype(np.uint8)
    # The commonest comes last, so that it wins where two are similar.
    for colour in packed[np.argsort(counts, kind="stable")][-_AREAS:]:
        wanted = np.array([colour >> 16, colour >> 8 & 255, colour & 255])
        apart = np.abs(palette - wanted).max(axis=1)
        if apart.min() <= _SIMILAR:
            exact[apart.argmin()] = wanted
    return exact


#: matplotlib does not say the types of its renderers.
_AGG: Any = RendererAgg


class _Both(RendererSVG):
    """Draw into an SVG file, and the same, larger, into dots."""

    def __init__(self, size: tuple[float, float], file: Any, title: str) -> None:
        wide, high = size
        metadata = {"Date": None, "Creator": None, "Title": title}
        points = wide * _POINTS_PER_INCH, high * _POINTS_PER_INCH
        self._svg.__init__(*points, file, None, _POINTS_PER_INCH, metadata=metadata)
        self.dots: Any = _AGG(int(wide * DOTS_PER_INCH), int(high * DOTS_PER_INCH), DOTS_PER_INCH)
        self._factor = DOTS_PER_INCH / _POINTS_PER_INCH
        self._larger = Affine2D().scale(self._factor)

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:
        self._svg.draw_path(gc, path, transform, rgbFace)
        self.dots.draw_path(self._enlarged(gc), path, transform + self._larger, rgbFace)

    def draw_markers(self, gc: Any, *marker: Any, **named: Any) -> None:
        self._svg.draw_markers(gc, *marker, **named)
        shape, shape_transform, path, transform, *rest = marker
        larger = self._larger
        self.dots.draw_markers(
            self._enlarged(gc), shape, shape_transform + larger, path, transform + larger, *rest, **named
        )

    def draw_path_collection(self, *arguments: Any, **named: Any) -> None:
        # One path after the other: what SVG would write once and use often, the dots would never see.
        RendererBase.draw_path_collection(self, *arguments, **named)

    def draw_image(self, *_arguments: Any, **_named: Any) -> None:
        raise NotImplementedError("figures are drawn of lines and text, not of pictures")

    def draw_text(self, gc: Any, x: float, y: float, *text: Any, **named: Any) -> None:
        self._svg.draw_text(gc, x, y, *text, **named)
        self.dots.draw_text(self._enlarged(gc), x * self._factor, y * self._factor, *text, **named)

    @property
    def _svg(self) -> Any:
        """What draws the SVG alone."""
        return super()

    def _enlarged(self, gc: Any) -> Any:
        """Return the pen with what it clips to in dots."""
        pen = self.dots.new_gc()
        pen.copy_properties(gc)
        box = gc.get_clip_rectangle()
        if box is not None:
            pen.set_clip_rectangle(Bbox.from_bounds(*(self._factor * part for part in box.bounds)))
        path, transform = gc.get_clip_path()
        if path is not None:
            pen.set_clip_path(TransformedPath(path, transform + self._larger))
        return pen
