"""The report as one HTML file that needs nothing else: no network, no script, no other file."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from importlib import resources
from typing import TYPE_CHECKING

from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.reporting.documents.blocks import Block, Outline, Paragraph, Section, TableBlock
from mirabal_toolkit.reporting.documents.references import segments
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.spec import Figure
from mirabal_toolkit.reporting.tables.folding import fold
from mirabal_toolkit.reporting.tables.render_html import render_html, render_html_notes
from mirabal_toolkit.reporting.tables.spec import Table

if TYPE_CHECKING:
    from markupsafe import Markup

TEMPLATE, STYLE = "report.html.j2", "report.css"
#: Tables with more columns are set smaller, and printed on pages on their side.
MOST_UPRIGHT = 7


def render_html_report(outline: Outline, edition: Edition) -> bytes:
    """Return the report as UTF-8 bytes; equal outlines give equal bytes.

    Every text is escaped by the template; figures are SVG inside ``<img>``, where no script runs.
    """
    return render_page(
        TEMPLATE,
        STYLE,
        outline=outline,
        say=edition.say,
        caption=lambda block: block.caption(edition),
        table=_table_in(edition),
        begins_wide=_begins_wide,
        words=_words,
    )


def render_page(template: str, style: str, **values: object) -> bytes:
    """Return a bundled template with its style sheet and values put in; every text is escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_clean
    )
    environment.filters["with_kind"] = _with_kind
    environment.filters["data_uri"] = _data_uri
    page = environment.from_string(_bundled(template)).render(css=_safe(_bundled(style)), **values)
    return (page.rstrip() + "\n").encode()


def _bundled(name: str) -> str:
    return (resources.files("mirabal_toolkit.reporting") / "templates" / name).read_text(encoding="utf-8")


def _clean(value: object) -> object:
    from markupsafe import Markup

    return clean_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _safe(text: str) -> Markup:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 — only our own files and renderers, which escape, come here


def _with_kind(blocks: Iterable[Block]) -> list[tuple[str, Block]]:
    return [(type(block).__name__, block) for block in blocks]


def _words(paragraph: Paragraph) -> Markup:
    """Return the text of a paragraph, table names as links."""
    pieces = [
        f'<a href="#table-{_attribute(link.block.table.id)}">{_attribute(text)}</a>' if link else _attribute(text)
        for text, link in segments(paragraph)
    ]
    return _safe("".join(pieces))


def _is_wide(folded: Table) -> bool:
    return len(folded.columns) > MOST_UPRIGHT


def _begins_wide(section: Section) -> bool:
    """Say whether the first thing after a section's opening words is a table for a page on its side."""
    first = next((block for block in section.blocks if not isinstance(block, Paragraph)), None)
    return isinstance(first, TableBlock) and _is_wide(fold(first.table))


def _data_uri(figure: Figure) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(figure.svg).decode('ascii')}"


def _table_in(edition: Edition) -> Callable[[Table, str, str], Markup]:
    def table(spec: Table, caption: str, anchor: str) -> Markup:
        spec = fold(spec)
        wide = " wide" if _is_wide(spec) else ""
        label = _attribute(edition.say("table_scroll", title=caption))
        return _safe(
            f'<div class="tabled{wide}"><div class="scroll" role="region" tabindex="0" aria-label="{label}">'
            f"{render_html(spec, caption=caption, anchor=anchor)}</div>{render_html_notes(spec.notes)}</div>"
        )

    return table


def _attribute(text: str) -> str:
    from markupsafe import escape

    return str(escape(clean_text(text)))
