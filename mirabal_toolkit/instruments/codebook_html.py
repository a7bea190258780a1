"""Codebooks as one self-contained HTML page."""

from __future__ import annotations

from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.instruments.codebook import Codebook
from mirabal_toolkit.instruments.exports.questionnaire_html import environment, template_text


def codebook_html(book: Codebook) -> bytes:
    """Return a codebook as HTML; the same bytes every time."""
    from markupsafe import Markup

    css = Markup(template_text("codebook.css"))  # noqa: S704 - our own file
    text = environment().get_template("codebook.html.j2").render(book=book, css=css)
    return (clean_text(text) + "\n").encode("utf-8")
