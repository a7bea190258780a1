"""A drawing as SVG: letters are outlines, written once each and used often, so that no font is needed to show it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import Any
from zlib import crc32

import numpy as np

from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import CLOSE, CUBIC, LINE, MOVE, QUADRATIC, Box, Mark, Outline, Text
from mirabal_toolkit.reporting.figures.text import POINTS, glyphs_of, outline_of

HATCH_SIZE, HATCH_DENSITY = 72, 6
#: Letters are laid out in so many parts of their size: all their numbers are whole, and short here and in PDF.
EM = 6400
_CAPS = {"projecting": "square"}
#: Letter of a command, and how many points it takes.
_COMMANDS = {MOVE: ("M", 1), LINE: ("L", 1), QUADRATIC: ("Q", 2), CUBIC: ("C", 3), CLOSE: ("Z", 1)}

_HEAD = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="{wide}pt" height="{high}pt" viewBox="0 0 {wide} {high}" \
xmlns="http://www.w3.org/2000/svg" version="1.1">
<title>{title}</title>
<metadata>
<rdf:RDF xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#" \
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<cc:Work><dc:type rdf:resource="http://purl.org/dc/dcmitype/StillImage"/><dc:title>{title}</dc:title>\
<dc:format>image/svg+xml</dc:format></cc:Work>
</rdf:RDF>
</metadata>"""


def svg_of(size: tuple[float, float], marks: Sequence[Mark], title: str) -> bytes:
    """Return the marks as SVG.

    Parameters
    ----------
    size : tuple of float
        Width and height in inches.
    marks : sequence of Mark
        In the order they cover each other.
    title : str
        For programs that show it.
    """
    wide, high = (_number(POINTS * side) for side in size)
    names = {glyph.name: None for one in marks if isinstance(one, Text) for glyph in glyphs_of(one.text, one.weight)}
    outlines = [one for one in marks if isinstance(one, Outline)]
    clips = {one.clip: _named(one.clip) for one in outlines if one.clip is not None}
    hatches = {_hatching(one): _named(_hatching(one)) for one in outlines if one.hatch}
    lines = [
        _HEAD.format(wide=wide, high=high, title=escape(title)),
        "<defs>",
        *(f'<path id="{name}" d="{_glyph(name)}"/>' for name in names),
        *(f'<clipPath id="{name}">{_rectangle(place)}</clipPath>' for place, name in clips.items()),
        *(_pattern(name, *look) for look, name in hatches.items()),
        "</defs>",
        f'<rect width="{wide}" height="{high}" fill="{style.PAPER}"/>',
        *(_written(one) if isinstance(one, Text) else _drawn(one, clips, hatches) for one in marks),
        "</svg>",
    ]
    return "\n".join(lines).encode()


def _named(thing: object) -> str:
    """Return a name that says what it is of: on a page with several drawings, one name is of one thing only."""
    return f"m{crc32(repr(thing).encode()):08x}"


def _number(value: float) -> str:
    return f"{value:.6g}"


def _written(one: Text) -> str:
    scale = one.size / EM
    place = f"translate({_number(POINTS * one.x)} {_number(POINTS * one.y)}) scale({_number(scale)} {_number(-scale)})"
    # XML ends a comment at two dashes.
    words = re.sub("-(?=-)", "- ", one.text)
    return f'<!-- {words} -->\n<g fill="{one.color}" transform="{place}">{_uses(one.text, one.weight)}</g>'


@lru_cache(maxsize=2048)
def _uses(text: str, weight: str) -> str:
    return "".join(
        f'<use xlink:href="#{one.name}"{_at("x", one.x)}{_at("y", one.y)}/>' for one in glyphs_of(text, weight)
    )


def _at(name: str, place: float) -> str:
    return f' {name}="{_number(EM * place)}"' if place else ""


@lru_cache(maxsize=1024)
def _glyph(name: str) -> str:
    points, codes = outline_of(name)
    return _way(points, codes, EM)


def _way(points: Any, codes: Any, scale: float) -> str:
    """Return the data of a path; CLOSE has a point that says nothing."""
    numbers, steps = (points * scale).tolist(), codes.tolist()
    parts, place = [], 0
    while place < len(steps):
        letter, taken = _COMMANDS[steps[place]]
        parts.append(letter)
        if letter != "Z":
            parts.append(" ".join(f"{x:.6g} {y:.6g}" for x, y in numbers[place : place + taken]))
        place += taken
    return "".join(parts)


def _rectangle(place: Box) -> str:
    sides = (("x", place.left), ("y", place.top), ("width", place.width), ("height", place.height))
    return f"<rect {' '.join(_set(name, _number(POINTS * side)) for name, side in sides)}/>"


def _set(name: str, value: str) -> str:
    return f'{name}="{value}"'


def _hatching(one: Outline) -> tuple[str, str | None, str | None]:
    return one.hatch, one.face, one.edge


def _pattern(name: str, hatch: str, face: str | None, edge: str | None) -> str:
    from matplotlib.path import Path

    lines = Path.hatch(hatch, HATCH_DENSITY)
    way = _way(np.asarray(lines.vertices) * (1, -1) + np.array((0, 1)), np.asarray(lines.codes), HATCH_SIZE)
    side = f'width="{HATCH_SIZE}" height="{HATCH_SIZE}"'
    return (
        f'<pattern id="{name}" patternUnits="userSpaceOnUse" {side}><rect {side} fill="{face or "none"}"/>'
        f'<path d="{way}" fill="{edge}" stroke="{edge}" stroke-width="1"/></pattern>'
    )


def _drawn(one: Outline, clips: dict[Box, str], hatches: dict[tuple[str, str | None, str | None], str]) -> str:
    face = f"url(#{hatches[_hatching(one)]})" if one.hatch else one.face or "none"
    looks = [("d", _way(one.points, one.codes, POINTS)), ("fill", face), *_edge(one)]
    if one.alpha != 1:
        # Not `opacity`, for which PDF needs a picture inside the picture.
        looks += [("fill-opacity", _number(one.alpha)), ("stroke-opacity", _number(one.alpha))]
    if one.clip is not None:
        looks.append(("clip-path", f"url(#{clips[one.clip]})"))
    return f"<path {' '.join(_set(*look) for look in looks)}/>"


def _edge(one: Outline) -> Iterator[tuple[str, str]]:
    if one.edge is None or not one.width:
        return
    yield "stroke", one.edge
    yield "stroke-width", _number(one.width)
    if one.dashes:
        yield "stroke-dasharray", ",".join(map(_number, one.dashes))
    if one.cap != "butt":
        yield "stroke-linecap", _CAPS[one.cap]
    if one.join != "miter":
        yield "stroke-linejoin", one.join
