"""Whether a file is there to its last byte: libraries read truncated files of Stata and SAS without a word."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.sniff import SniffedFile

_CARD = 80
_TAIL = 200


def check_complete(file: SniffedFile, meta: dict[str, Any], rows: int) -> None:
    """Refuse a file that holds fewer rows than it promises, or does not end as its kind must.

    Parameters
    ----------
    file : SniffedFile
    meta : dict
        As the child described the file.
    rows : int
        Rows that were read.

    Raises
    ------
    InputError
        If it is cut short.
    """
    promised = meta.get("number_rows")
    ends = _CHECKS.get(file.kind)
    if file.kind in ("dta", "sas7bdat") and isinstance(promised, int) and promised != rows:
        raise _cut_short(file, f"it promises {promised:,} rows and holds {rows:,}")
    if ends is not None and not ends(file.path, meta, rows):
        raise _cut_short(file, "its end is missing")


def _cut_short(file: SniffedFile, why: str) -> InputError:
    return InputError(
        f"the file is cut short: {why}",
        where=file.path.name,
        fix="export it again, and compare the size of the file with that of the original",
    )


def _tail(path: Path) -> bytes:
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL))
        return file.read()


def _stata_ends(path: Path, _meta: dict[str, Any], _rows: int) -> bool:
    """Tell whether the last section is there: a tag since version 13, before that a chain of label tables."""
    with path.open("rb") as file:
        head = file.read(1)
    if head == b"<":
        return _tail(path).rstrip(b"\0\r\n ").endswith(b"</stata_dta>")
    return _label_tables_end(path, head[0])


def _label_tables_end(path: Path, version: int) -> bool:
    """Walk through the tables of value labels behind the rows; they must end where the file ends."""
    data = path.read_bytes()
    order = "<" if data[1] == 2 else ">"
    if version < 108:  # value labels have another form there; the rows are counted all the same
        return True
    place = _end_of_rows(data, version, order)
    while place is not None and place < len(data):
        if place + 4 > len(data):
            return False
        length = struct.unpack_from(f"{order}i", data, place)[0]
        name = 33 if version >= 110 else 9
        place += 4 + name + 3 + length
        if length < 8:
            return False
    return place is None or place == len(data)


#: Bytes of a number in Stata, by its type: as a letter until version 110, as a number since.
_OLD_SIZES = {ord("b"): 1, ord("i"): 2, ord("l"): 4, ord("f"): 4, ord("d"): 8}
_NEW_SIZES = {251: 1, 252: 2, 253: 4, 254: 4, 255: 8}


def _end_of_rows(data: bytes, version: int, order: str) -> int | None:
    """Return where the rows end, by the layout of versions 108–115; None when it cannot be told."""
    columns, rows = struct.unpack_from(f"{order}hi", data, 4)
    names, formats = (33, 12 if version < 114 else 49) if version >= 110 else (9, 12)
    place = 10 + 81 + 18
    kinds = data[place : place + columns]
    sizes = [_NEW_SIZES.get(kind, kind) if version >= 111 else _OLD_SIZES.get(kind, kind - 0x7F) for kind in kinds]
    place += columns * (1 + names + formats + names + 81) + 2 * (columns + 1)
    width = 4 if version >= 110 else 2
    while place + 1 + width <= len(data):
        kind, length = struct.unpack_from(f"{order}b{'i' if width == 4 else 'h'}", data, place)
        place += 1 + width + max(0, length)
        if kind == 0 and length == 0:
            return int(place + rows * sum(sizes))
    return None


def _portable_ends(path: Path, _meta: dict[str, Any], _rows: int) -> bool:
    """Tell whether the padding of Z, by which a portable file ends, is there."""
    return _tail(path).rstrip(b"\r\n ").endswith(b"Z")


def _transport_ends(path: Path, meta: dict[str, Any], rows: int) -> bool:
    """Tell whether the cards are whole, and nothing but blanks stands behind the last row."""
    size = path.stat().st_size
    width = sum((meta.get("variable_storage_width") or {}).values())
    if size % _CARD:
        return False
    data = path.read_bytes()
    start = max(data.find(b"HEADER RECORD*******OBS     HEADER"), data.find(b"HEADER RECORD*******OBSV8   HEADER"))
    rest = data[start + _CARD + rows * width :] if start >= 0 and width else b""
    return len(rest) < _CARD and not rest.strip(b" ")


_CHECKS: dict[str, Callable[[Path, dict[str, Any], int], bool]] = {
    "dta": _stata_ends,
    "por": _portable_ends,
    "xpt": _transport_ends,
}
