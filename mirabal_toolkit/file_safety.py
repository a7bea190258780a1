"""Files that others open: text that stays text, tables that run nothing, office files without a clock."""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mirabal_toolkit.errors import InputError

#: Signs with which spreadsheet programs begin a formula, full-width forms included.
_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠|%")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMP = b"2000-01-01T00:00:00Z"
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")

#: Errors by which a system says that there is no room left: on the disk, for this user, for this file.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_WHY = {errno.ENOENT: "there is no such folder", errno.EISDIR: "it is a folder", errno.EROFS: "the disk is read-only"}


def clean_text(text: str) -> str:
    r"""Return `text` without the control characters that XML and Word refuse.

    Examples
    --------
    >>> clean_text("a\x00b")
    'ab'
    """
    return _CONTROL.sub("", text)


def spreadsheet_text(text: str) -> str:
    """Return `text` so that no spreadsheet program runs it: an apostrophe before a formula sign.

    Examples
    --------
    >>> spreadsheet_text("=cmd|' /C calc'!A0")
    "'=cmd|' /C calc'!A0"
    >>> spreadsheet_text("hit me")
    'hit me'
    """
    text = clean_text(text)
    return f"'{text}" if text.lstrip(" ")[:1] in _FORMULA_STARTS and text.strip(" ") else text


def with_folder(path: Path) -> Path:
    """Return `path`, its folder made if it was not there; what hinders that is told by whoever writes the file."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    return path


def csv_bytes(rows: Iterable[Sequence[str]], *, bom: bool = False, delimiter: str = ",") -> bytes:
    """Return rows as UTF-8 CSV, every text made safe for spreadsheet programs.

    Parameters
    ----------
    rows : iterable of sequences of str
    bom : bool
        Whether to begin with a byte-order mark, by which Excel knows UTF-8.
    delimiter : str
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([spreadsheet_text(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig" if bom else "utf-8")


def steady_archive(data: bytes) -> bytes:
    """Return an office file whose bytes depend only on what it holds.

    Dates of members and of the document properties are set to fixed ones; the order of members
    stays, since readers expect the content types first.

    Parameters
    ----------
    data : bytes
        A .docx or .xlsx file.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "docProps/core.xml":
                content = _DATES.sub(rb"\g<1>" + _STAMP + rb"\g<2>", content)
            new.writestr(_steady_entry(member.filename), content)
    return buffer.getvalue()


def with_members(archive: bytes, members: Mapping[str, bytes]) -> bytes:
    """Return an archive with more members, by name, and without a clock; those it has stay packed as they are."""
    buffer = io.BytesIO()
    buffer.write(archive)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as added:
        for name, content in members.items():
            added.writestr(_steady_entry(name), content)
    return buffer.getvalue()


def _steady_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def unwritable(error: OSError, path: Path) -> InputError:
    """Return a plain message for a file that cannot be written."""
    if error.errno in FULL:
        text = "the disk is full: the file was not written, and what was there before is as it was"
        return InputError(text, where=str(path), fix="make room, or choose a place on another disk")
    why = "you may not write there" if isinstance(error, PermissionError) else _WHY.get(error.errno or 0, "")
    text = "the file cannot be written" + (f": {why}" if why else "")
    return InputError(text, where=str(path), fix="choose another place")
