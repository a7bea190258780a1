"""Questionnaires as one HTML page each: self-contained, for the screen and for paper, no script, nothing loaded."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.instruments.exports.phrases import phrase
from mirabal_toolkit.instruments.exports.questionnaire import Answer, Questionnaire


def questionnaire_html(page: Questionnaire) -> bytes:
    """Return a questionnaire as HTML; the same bytes every time."""
    from markupsafe import Markup

    letters = [card.letter for card in page.cards]
    text = environment().get_template("questionnaire.html.j2").render(
        q=page,
        css=Markup(template_text("questionnaire.css")),  # noqa: S704 - our own file
        asides=_asides,
        date_parts=phrase("date_parts", page.language),
        cards={letter: phrase("answers_on", page.language, letter=letter) for letter in letters},
        card_titles={letter: phrase("card", page.language, letter=letter) for letter in letters},
    )  # fmt: skip
    return (clean_text(text) + "\n").encode("utf-8")


def _asides(answers: Sequence[Answer], place: int) -> str:
    """Classes of a column: “don't know” and the like stand apart."""
    if not answers[place].aside:
        return ""
    return "aside" if place and answers[place - 1].aside else "aside first-aside"


@cache
def environment() -> Any:
    """Return the templates of this folder, everything escaped."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FunctionLoader(template_text),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=True),
        undefined=StrictUndefined,
        keep_trailing_newline=False,
    )


def template_text(name: str) -> str:
    """Return a file of the folder of templates."""
    folder = resources.files("mirabal_toolkit.instruments.exports").joinpath("templates")
    return folder.joinpath(name).read_text(encoding="utf-8")
