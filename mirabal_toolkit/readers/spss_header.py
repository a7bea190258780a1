"""The first bytes of an SPSS file, read by ourselves: rows it promises, size, declared encoding."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

#: The dictionary stands before the data; labels of even very long files end before this.
_LONGEST_DICTIONARY = 32_000_000

#: Character codes of old files that say no more than "ASCII" or "8 bits": no declaration.
_NO_CODE_PAGE = (0, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class SpssHeader:
    """What a file says about itself before its variables.

    Parameters
    ----------
    rows : int or None
        Number of rows; None when the program that wrote it did not know.
    row_bytes : int
        Unpacked size of a row, 0 when unknown.
    encoding : str or None
        Declared encoding; None when there is none.
    """

    rows: int | None
    row_bytes: int
    encoding: str | None


def read_header(path: Path) -> SpssHeader | None:
    """Return the header, or None when the file is too short to have one."""
    with path.open("rb") as file:
        head = file.read(_LONGEST_DICTIONARY)
    if len(head) < 176:
        return None
    order = "<" if head[64:68] in (b"\x02\0\0\0", b"\x03\0\0\0") else ">"
    row_cells, rows = (struct.unpack_from(f"{order}i", head, place)[0] for place in (68, 80))
    return SpssHeader(rows if rows >= 0 else None, max(0, row_cells) * 8, declared_encoding(head, order))


def declared_encoding(head: bytes, order: str) -> str | None:
    """Return the encoding that the dictionary declares, by name or by code page.

    Parameters
    ----------
    head : bytes
        The file up to its data.
    order : str
        ``<`` or ``>``, as in `struct`.
    """
    place = head.find(struct.pack(f"{order}iii", 7, 20, 1))
    if place >= 0 and place + 16 <= len(head):
        length = struct.unpack_from(f"{order}i", head, place + 12)[0]
        if 0 < length < 100:
            return head[place + 16 : place + 16 + length].decode("ascii", errors="replace").strip()
    place = head.find(struct.pack(f"{order}iiii", 7, 3, 4, 8))
    if place >= 0 and place + 48 <= len(head):
        code_page = struct.unpack_from(f"{order}i", head, place + 44)[0]
        return None if code_page in _NO_CODE_PAGE else f"code page {code_page}"
    return None
