"""What somebody wants of a report beside its numbers: which documents, in whose looks."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass

from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.reporting.words.languages.reading import LANGUAGES

#: Formats a report can be written in; tables and figures are always written as CSV, SVG, PNG and text.
FORMATS = ("html", "docx", "pdf", "xlsx", "latex")
#: Formats of one document that holds everything.
DOCUMENTS = ("html", "docx", "pdf")
#: What writes PDF, and the command that installs it.
TYPST, INSTALL_TYPST = "typst", 'python -m pip install "mirabal-toolkit[pdf]"'


@dataclass(frozen=True, slots=True)
class Choices:
    """How a report is written.

    Parameters
    ----------
    formats : tuple of str
        Some of `FORMATS`.
    briefing : bool
        Whether two pages for boards are written too, as HTML and Word.
    template : bytes or None
        A Word document in whose looks Word documents are written (see `documents.word_template`).
    language : str
        Code of the language of fixed phrases, numbers and dates, one of `LANGUAGES`.

    Raises
    ------
    UsageError
        If a format is unknown or cannot be written here, or none is named.
    """

    formats: tuple[str, ...] = ("html", "docx")
    briefing: bool = False
    template: bytes | None = None
    language: str = "en"

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise UsageError(f"reports are not written in the language “{self.language}”", fix=f"use one of: {known}")
        unknown = [name for name in self.formats if name not in FORMATS]
        if unknown or not self.formats:
            what = f"there is no report format “{unknown[0]}”" if unknown else "no report format was named"
            raise UsageError(what, fix=f"use some of: {', '.join(FORMATS)}")
        if "pdf" in self.formats and importlib.util.find_spec(TYPST) is None:
            raise UsageError("PDF needs the package typst, which is not installed", fix=f"install it: {INSTALL_TYPST}")

    def described(self) -> dict[str, object]:
        """Return the choices for the manifest."""
        template = None if self.template is None else hashlib.sha256(self.template).hexdigest()
        return {
            "formats": list(self.formats),
            "briefing": self.briefing,
            "template": template,
            "language": self.language,
        }


#: What is written when nobody says what.
USUAL = Choices()
