"""A user's own Word template: its styles, paper, header and footer; nothing of its text."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.reporting.tables.fitting import Paper

#: Styles every report uses; Word has them all, but a file holds only those that were used in it once.
NEEDED = ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Caption", "List Bullet")
#: Bytes of a template, packed and unpacked; templates with a picture or two are far below.
MOST_BYTES, MOST_UNPACKED = 20_000_000, 200_000_000
EMU_PER_TWIP = 635


def read_template(path: Path) -> bytes:
    """Return the bytes of a template that a report can be written into.

    Parameters
    ----------
    path : Path
        A ``.docx`` file.

    Raises
    ------
    InputError
        If it cannot be read, or is not a Word document.
    UsageError
        If it lacks styles; the message names them.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"the template {path.name} cannot be read ({error.strerror})", fix="check the path: --template FILE.docx"
        ) from None
    _check(data, path)
    document = open_template(data, path.name)
    known = {style.name for style in document.styles}
    missing = [name for name in NEEDED if name not in known]
    if missing:
        raise UsageError(
            f"the template {path.name} lacks {len(missing)} style(s): {', '.join(missing)}",
            fix="open it in Word, use each of these styles once (the text may be deleted again), save, and try again",
        )
    return data


def _check(data: bytes, path: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        raise _not_word(path.name) from None
    if len(data) > MOST_BYTES or unpacked > MOST_UNPACKED:
        raise InputError(
            f"the template {path.name} is too large ({len(data) / 1e6:.0f} MB)", fix="remove pictures and text from it"
        )


def open_template(data: bytes, name: str = "given") -> Any:
    """Return a template as a document without its text; the paper of its first section stays.

    Raises
    ------
    InputError
        If it is not a Word document.
    """
    from docx import Document

    try:
        document = Document(io.BytesIO(data))
    except (ValueError, KeyError, SyntaxError):
        # python-docx: another content type (.dotx, .docm), a part that is not there, XML that is none.
        raise _not_word(name) from None
    body = document.element.body
    for child in list(body)[:-1]:
        body.remove(child)
    return document


def _not_word(name: str) -> InputError:
    return InputError(
        f"the template {name} is not a Word document", fix="open it in Word and save it as “Word document (.docx)”"
    )


def paper_of(document: Any) -> Paper:
    """Return the paper of a document's only section, as it lies upright."""
    section = document.sections[-1]
    sides = sorted((section.page_width or 0, section.page_height or 0))
    side, top = (section.left_margin + section.right_margin) // 2, (section.top_margin + section.bottom_margin) // 2
    twips = [length // EMU_PER_TWIP for length in (*sides, side, top)]
    return Paper(twips[0], twips[1], twips[2], twips[3], twips[2], twips[3], own_margins=True)
