"""What somebody wants of a report beside its numbers: which documents."""

from __future__ import annotations

from dataclasses import dataclass

from mirabal_toolkit.errors import UsageError

#: Formats a report can be written in; tables and figures are always written as CSV, SVG, PNG and text.
FORMATS = ("html", "docx", "xlsx")
#: Formats of one document that holds everything.
DOCUMENTS = ("html", "docx")


@dataclass(frozen=True, slots=True)
class Choices:
    """How a report is written.

    Parameters
    ----------
    formats : tuple of str
        Some of `FORMATS`.

    Raises
    ------
    UsageError
        If a format is unknown, or none is named.
    """

    formats: tuple[str, ...] = ("html", "docx")

    def __post_init__(self) -> None:
        unknown = [name for name in self.formats if name not in FORMATS]
        if unknown or not self.formats:
            what = f"there is no report format “{unknown[0]}”" if unknown else "no report format was named"
            raise UsageError(what, fix=f"use some of: {', '.join(FORMATS)}")

    def described(self) -> dict[str, object]:
        """Return the choices for the manifest."""
        return {"formats": list(self.formats)}


#: What is written when nobody says what.
USUAL = Choices()
