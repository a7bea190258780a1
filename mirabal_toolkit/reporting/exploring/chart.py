"""The curve of one outcome as SVG inside a page: it takes the page's width and colours, and says itself in words."""

from __future__ import annotations

from html import escape
from itertools import groupby

from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.exploring.views import OutcomeView
from mirabal_toolkit.reporting.figures.trajectories import Panel, Point

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 46, 34, 26, 58
BAND = 34


def render_chart(view: OutcomeView, edition: Edition, chosen: int | None = None) -> str:
    """Return the curve as an ``<svg>`` element; `chosen` is the wave to point out."""
    panel = view.panel
    parts = [
        f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{_text(_in_words(view, edition))}">',
        *_grid(panel),
        *(_band(point) for point in panel.points if point.hidden),
        *_lines(panel),
    ]
    for place, (wave, point) in enumerate(zip(view.waves, panel.points, strict=True)):
        ends = place in (0, len(panel.points) - 1)
        parts += _point(point, panel, wave.wave, ("" if ends else " between") + (" chosen" * (wave.wave == chosen)))
        parts += _foot(point, wave.name)
    parts.append(f'<text class="axis" x="{LEFT - 8}" y="{HEIGHT - 12}" text-anchor="end">n</text></svg>')
    return "".join(parts)


def _in_words(view: OutcomeView, edition: Edition) -> str:
    said = (
        edition.say(
            "explore_chart_point", wave=wave.name, value=edition.say("hidden") if point.hidden else point.label or "–"
        )
        for wave, point in zip(view.waves, view.panel.points, strict=True)
    )
    return edition.say("explore_chart", label=view.label, points="; ".join(said))


def _x(point: Point) -> float:
    inner = WIDTH - LEFT - RIGHT - 60
    return round(LEFT + 30 + point.position * inner, 1)


def _y(value: float, panel: Panel) -> float:
    share = (value - panel.bottom) / (panel.top - panel.bottom)
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _grid(panel: Panel) -> list[str]:
    lines = []
    for step in range(5):
        value = panel.bottom + (panel.top - panel.bottom) * step / 4
        y = _y(value, panel)
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        lines.append(f'<text class="axis" x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{value:g}</text>')
    return lines


def _band(point: Point) -> str:
    height = HEIGHT - TOP - BOTTOM
    return f'<rect class="hidden-wave" x="{_x(point) - BAND / 2}" y="{TOP}" width="{BAND}" height="{height}"/>'


def _lines(panel: Panel) -> list[str]:
    """Return the line between neighbouring waves; it breaks where one is not shown."""
    lines = []
    for shown, run in groupby(panel.points, key=lambda point: point.value is not None):
        places = " ".join(f"{_x(point)},{_y(point.value, panel)}" for point in run if point.value is not None)
        if shown and " " in places:
            lines.append(f'<polyline class="line" points="{places}"/>')
    return lines


def _point(point: Point, panel: Panel, wave: int, classes: str) -> list[str]:
    """Return dot, interval and value; the value of waves in between is seen where one is chosen."""
    if point.value is None:
        return []
    x, y = _x(point), _y(point.value, panel)
    parts, above = [], y
    if point.low is not None and point.high is not None:
        above = _y(point.high, panel)
        parts.append(f'<line class="bar" x1="{x}" x2="{x}" y1="{_y(point.low, panel)}" y2="{above}"/>')
    named = f'data-point="{wave}"'
    parts.append(f'<circle class="dot{classes}" {named} cx="{x}" cy="{y}" r="4.5"/>')
    label = f'x="{x}" y="{above - 7}" text-anchor="middle">{_text(point.label)}</text>'
    return [*parts, f'<text class="value{classes}" {named} {label}']


def _foot(point: Point, name: str) -> list[str]:
    x = _x(point)
    return [
        f'<text class="axis" x="{x}" y="{HEIGHT - 32}" text-anchor="middle">{_text(name)}</text>',
        f'<text class="n" x="{x}" y="{HEIGHT - 12}" text-anchor="middle">{_text(point.n)}</text>',
    ]


def _text(text: str) -> str:
    return escape(clean_text(text))
