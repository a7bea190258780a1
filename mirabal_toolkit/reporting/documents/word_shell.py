"""Word files of little text, many of them: all that they share is put together and packed once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import escape

from mirabal_toolkit.file_safety import clean_text, steady_archive, with_members
from mirabal_toolkit.reporting.documents.word_styles import LONGEST_TITLE, new_document, style_ids

#: Stands where the title comes; and the end of a document, before which its text comes.
_TITLE, _END = "The title of a document", "<w:sectPr"
_TEXT, _PROPERTIES = "word/document.xml", "docProps/core.xml"


@dataclass(frozen=True, slots=True)
class Shell:
    """A Word document without text and title.

    Parameters
    ----------
    archive : bytes
        The file without the two parts that differ.
    text, properties : str
        These, as XML.
    styles : mapping
        Ids of its styles, by name.
    """

    archive: bytes
    text: str
    properties: str
    styles: Mapping[str, str]

    def holding(self, title: str, body: str) -> bytes:
        """Return the file with a title and paragraphs and tables, as XML, in it; the same bytes every time."""
        before, end, after = self.text.partition(_END)
        parts = {
            _PROPERTIES: self.properties.replace(_TITLE, escape(clean_text(title)[:LONGEST_TITLE])),
            _TEXT: before + body + end + after,
        }
        return with_members(self.archive, {name: part.encode() for name, part in parts.items()})


@lru_cache(maxsize=16)
def shell_of(language: str, *, landscape: bool) -> Shell:
    """Return a document in a language with the styles of the report, its pages upright or on their side."""
    document = new_document(_TITLE, language, landscape=landscape)
    whole = io.BytesIO()
    document.save(whole)
    with zipfile.ZipFile(whole) as archive:
        parts = {member.filename: archive.read(member) for member in archive.infolist()}
    text, properties = (parts.pop(name).decode() for name in (_TEXT, _PROPERTIES))
    rest = io.BytesIO()
    with zipfile.ZipFile(rest, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return Shell(steady_archive(rest.getvalue()), text, properties, style_ids(document))
