"""Options on how a report is written, the same for every command that writes one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mirabal_toolkit.cli.reading import names_in
from mirabal_toolkit.reporting.choices import Choices
from mirabal_toolkit.reporting.words.languages.reading import LANGUAGES

Briefing = Annotated[bool, typer.Option("--briefing", help="Also write two pages for boards: briefing.html, .docx.")]
Template = Annotated[
    Path | None,
    typer.Option("--template", help="A Word file (.docx) whose styles, paper, header and footer Word documents take."),
]
LANGUAGE_HELP = f"Language of the report: {', '.join(LANGUAGES)}; all but English are drafts."
LanguageOption = Annotated[str, typer.Option("--language", help=LANGUAGE_HELP)]


def choices_of(formats: str, briefing: bool, template: Path | None, language: str) -> Choices:
    """Return how a report is written; a template is read, and refused, before any work is done."""
    from mirabal_toolkit.reporting.documents.word_template import read_template

    return Choices(names_in(formats), briefing, None if template is None else read_template(template), language)
