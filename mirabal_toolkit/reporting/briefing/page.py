"""The briefing as one HTML file: six panels on the first page, what they rest on on the second."""

from __future__ import annotations

from mirabal_toolkit.reporting.briefing.content import Briefing
from mirabal_toolkit.reporting.documents.html import render_page
from mirabal_toolkit.reporting.edition import Edition


def render_html_briefing(briefing: Briefing, edition: Edition) -> bytes:
    """Return the briefing as UTF-8 bytes; it needs no network, script or other file."""
    return render_page("briefing.html.j2", "briefing.css", briefing=briefing, say=edition.say)
