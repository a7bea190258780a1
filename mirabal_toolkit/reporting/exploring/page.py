"""The page that explores: one HTML file, no server, no network; without its script it is a long page to print.

Why a file and not a server: `docs/decisions/100-a-page-to-explore.md`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.exploring.chart import render_chart
from mirabal_toolkit.reporting.exploring.views import OutcomeView, outcome_views
from mirabal_toolkit.reporting.tables.by_wave import participant_flow
from mirabal_toolkit.reporting.tables.cells import general_notes
from mirabal_toolkit.reporting.tables.render_html import render_html, render_html_notes
from mirabal_toolkit.reporting.tables.spec import Table
from mirabal_toolkit.reporting.words.summary import opening

if TYPE_CHECKING:
    from markupsafe import Markup

TEMPLATE, STYLE, SCRIPT = "explore.html.j2", "explore.css", "explore.js"


def render_explore_page(edition: Edition) -> bytes:
    """Return the page as UTF-8 bytes; equal results give equal bytes.

    Everything in it was released together. It carries a policy by which a browser runs no script but the page's
    own and fetches nothing.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    views = outcome_views(edition)
    script = _bundled(SCRIPT)
    page = environment.from_string(_bundled(TEMPLATE)).render(
        language=edition.language,
        texts=_texts(edition),
        groups=_by_group(views),
        views=views,
        waves=[(wave, edition.wave_name(wave)) for wave in edition.waves],
        chart=lambda view: _safe(render_chart(view, edition)),
        table=lambda table, anchor: _safe(_table(table, anchor)),
        flow=participant_flow(edition),
        css=_safe(_bundled(STYLE)),
        script=_safe(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
        urgent=not edition.released.profile.releasable,
    )
    return (page.rstrip() + "\n").encode()


def render_outcome(view: OutcomeView, edition: Edition, wave: int | None = None) -> str:
    """Return one outcome as HTML with its own style, for a notebook; `wave` is the one to point out."""
    said = next((one.sentence for one in view.waves if one.wave == wave), "")
    tables = "".join(f"<div class='tabled'>{_table(table, f'cell-{table.id}')}</div>" for table in view.tables)
    spoken = "".join(f"<p>{_text(text)}</p>" for text in (said, view.sentence) if text)
    return _in_a_cell(
        f"<article class='outcome'><h3>{_text(view.label)}</h3><p class='about'>{_text(view.about)}</p>"
        f"{spoken}{render_chart(view, edition, wave)}{tables}</article>"
    )


def render_words(groups: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Return sentences under their headings as HTML with its own style, for a notebook."""
    parts = []
    for heading, sentences in groups:
        parts.append(f"<h4>{_text(heading)}</h4>" if heading else "")
        lines = "".join(f"<li>{_text(text)}</li>" for text in sentences)
        parts.append(f"<p>{_text(sentences[0])}</p>" if len(sentences) == 1 and not heading else f"<ul>{lines}</ul>")
    return _in_a_cell("".join(parts))


def render_table(table: Table) -> str:
    """Return one table as HTML with its own style, for a notebook."""
    return _in_a_cell(f'<div class="tabled">{_table(table, f"cell-{table.id}")}</div>')


def _in_a_cell(html: str) -> str:
    return f'<style>{_bundled(STYLE)}</style><div class="mirabal-explore cell">{html}</div>'


def _texts(edition: Edition) -> Mapping[str, str]:
    released = edition.released
    profile = released.profile
    banner = "banner_release" if profile.releasable else "banner_internal"
    names = ("how", "choose", "wave", "beside", "nothing_beside", "previous", "next", "flow")
    return {
        "title": edition.say("explore_title", title=in_language(edition.instrument.title, edition.language)),
        "subtitle": edition.say(
            "explore_subtitle",
            plan=f"{released.plan.id} {released.plan.version}",
            instrument=edition.instrument.reference,
        ),
        "banner": edition.say(banner, profile=profile.name, base=profile.rounding, threshold=profile.threshold),
        "opening": opening(edition),
        "general": " ".join(general_notes(edition)) if profile.releasable else "",
        "interval": edition.say("explore_interval", level=edition.level),
        **{name: edition.say(f"explore_{name}") for name in names},
    }


def _by_group(views: Sequence[OutcomeView]) -> list[tuple[str, list[OutcomeView]]]:
    groups: dict[str, list[OutcomeView]] = {}
    for view in views:
        groups.setdefault(view.group, []).append(view)
    return list(groups.items())


def _table(table: Table, anchor: str) -> str:
    region = f'<div class="scroll" role="region" tabindex="0" aria-label="{_text(table.title)}">'
    return f"{region}{render_html(table, anchor=anchor)}</div>{render_html_notes(table.notes)}"


def _bundled(name: str) -> str:
    return (resources.files("mirabal_toolkit.reporting") / "templates" / name).read_text(encoding="utf-8")


def _text(text: str) -> str:
    from markupsafe import escape

    return str(escape(clean_text(text)))


def _safe(text: str) -> Markup:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 — only our own files and renderers, which escape, come here
