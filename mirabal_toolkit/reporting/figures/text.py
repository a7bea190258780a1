"""Text that fits: measured in the font it will be drawn in, wrapped where it would be cut."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.reporting.figures.fonts import FONT

LINE_HEIGHT = 1.28
UNKNOWN_SIGN = "\ufffd"
POINTS = 72
#: How far the font reaches above and below its baseline, in sizes (`sTypoAscender`, `sTypoDescender` of DejaVu Sans).
ASCENT, DESCENT = 1556 / 2048, 492 / 2048
#: Outlines of glyphs, by name, as they are met; they are few, and the same in every figure.
_OUTLINES: dict[str, tuple[Any, Any]] = {}
#: The size at which glyphs are laid out and outlined.
_LAID = 100.0


@lru_cache(maxsize=4)
def _font(weight: str) -> Any:
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    # Every property is said: what is not would come from the settings of the program that draws.
    wanted = FontProperties(family=FONT, style="normal", variant="normal", weight=weight, stretch="normal")
    path = findfont(wanted, fallback_to_default=True)
    font = FT2Font(path)
    font.set_size(_LAID, POINTS)
    return font


@lru_cache(maxsize=4)
def _known_signs(weight: str) -> frozenset[int]:
    return frozenset(_font(weight).get_charmap())


def drawable(text: str, weight: str = "normal") -> str:
    """Return `text` with every sign the font lacks (an emoji, say) shown as an unknown one."""
    known = _known_signs(weight)
    return "".join(
        sign if ord(sign) in known or sign == "\n" else UNKNOWN_SIGN for sign in clean_text(text).replace("\t", " ")
    )


@lru_cache(maxsize=8192)
def width_of(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of one line of text, in inches, at `size` points."""
    wide = sum(_advance(sign, weight) for sign in drawable(text, weight))
    return float(wide / _font(weight).units_per_EM * size / POINTS)


@lru_cache(maxsize=4096)
def _advance(sign: str, weight: str) -> int:
    """Return how far a sign moves on; what some pairs of signs are moved together or apart is left out."""
    from matplotlib.ft2font import LoadFlags

    return int(_font(weight).load_char(ord(sign), LoadFlags.NO_SCALE).horiAdvance)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One sign of a line of text: the name of its outline, and where it stands; in sizes of the text."""

    name: str
    x: float
    y: float


@lru_cache(maxsize=2048)
def glyphs_of(text: str, weight: str = "normal") -> tuple[Glyph, ...]:
    """Return what one line of drawable text is set of: pairs moved together, right-to-left signs in their order."""
    from matplotlib.textpath import text_to_path

    placed, _, _ = text_to_path.get_glyphs_with_font(_font(weight), text, glyph_map=_OUTLINES)
    return tuple(Glyph(name, x / _LAID, y / _LAID) for name, x, y, _ in placed)


@lru_cache(maxsize=1024)
def outline_of(name: str) -> tuple[Any, Any]:
    """Return points (in sizes, upwards) and codes of the outline of a glyph that was met."""
    points, codes = _OUTLINES[name]
    return points / _LAID, codes


@lru_cache(maxsize=2048)
def measured(text: str, weight: str = "normal") -> float:
    """Return how wide one line of drawable text is as it is set, in sizes of the text."""
    from matplotlib.ft2font import LoadFlags

    font = _font(weight)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0] / 64 / _LAID)


def height_of(lines: int, size: float) -> float:
    """Return the height of so many lines, in inches, at `size` points."""
    return lines * size * LINE_HEIGHT / POINTS


@lru_cache(maxsize=4096)
def wrap(text: str, width: float, size: float, weight: str = "normal") -> tuple[str, ...]:
    """Return `text` in lines no wider than `width` inches; words that are wider themselves are split.

    Parameters
    ----------
    text : str
    width : float
        In inches.
    size : float
        In points.
    weight : str
        ``normal`` or ``bold``.
    """
    lines: list[str] = []
    line = ""
    for word in drawable(text, weight).split():
        for part in _pieces(word, width, size, weight):
            longer = f"{line} {part}" if line else part
            if line and width_of(longer, size, weight) > width:
                lines.append(line)
                line = part
            else:
                line = longer
    return (*lines, line) if line or not lines else tuple(lines)


def balanced(text: str, width: float, size: float, weight: str = "normal") -> tuple[str, ...]:
    """Return `text` wrapped into as few lines as fit, about equally long, so that no word stands alone."""
    lines = wrap(text, width, size, weight)
    narrower = width
    while len(lines) > 1 and narrower > width / 2:
        narrower -= 0.1
        tighter = wrap(text, narrower, size, weight)
        if len(tighter) > len(lines):
            break
        lines = tighter
    return lines


def _pieces(word: str, width: float, size: float, weight: str) -> list[str]:
    """Split a word wider than the line into pieces that fit; most words come back whole."""
    pieces = [""]
    for sign in word:
        if pieces[-1] and width_of(pieces[-1] + sign, size, weight) > width:
            pieces.append("")
        pieces[-1] += sign
    return pieces
