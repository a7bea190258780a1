"""Text that fits: measured in the font it will be drawn in, wrapped where it would be cut."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from mirabal_toolkit.file_safety import clean_text

LINE_HEIGHT = 1.28
UNKNOWN_SIGN = "\ufffd"


@lru_cache(maxsize=4)
def _font(weight: str) -> Any:
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    path = findfont(FontProperties(family="DejaVu Sans", weight=weight), fallback_to_default=True)
    return FT2Font(path)


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
    return float(wide / _font(weight).units_per_EM * size / 72)


@lru_cache(maxsize=4096)
def _advance(sign: str, weight: str) -> int:
    """Return how far a sign moves on; what some pairs of signs are moved together or apart is left out."""
    from matplotlib.ft2font import LoadFlags

    return int(_font(weight).load_char(ord(sign), LoadFlags.NO_SCALE).horiAdvance)


def height_of(lines: int, size: float) -> float:
    """Return the height of so many lines, in inches, at `size` points."""
    return lines * size * LINE_HEIGHT / 72


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
