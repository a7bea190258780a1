"""Office files are zip archives with clocks in them; these functions take the clocks out."""

from __future__ import annotations

import io
import re
import zipfile

_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMP = b"2000-01-01T00:00:00Z"
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


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
            entry = zipfile.ZipInfo(member.filename, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            content = old.read(member)
            if member.filename == "docProps/core.xml":
                content = _DATES.sub(rb"\g<1>" + _STAMP + rb"\g<2>", content)
            new.writestr(entry, content)
    return buffer.getvalue()
