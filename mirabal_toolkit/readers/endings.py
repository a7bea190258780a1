"""Whether a file is there to its last byte: libraries read truncated files of Stata and SAS without a word."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.sniff import SniffedFile

_CARD = 80
#: Behind this stand 15 digits: the number of rows (SAS), or zeros (other programs).
_ROWS_TOLD = b"HEADER RECORD*******OBSV8   HEADER RECORD!!!!!!!"
_TAIL = 200


def check_end(file: SniffedFile) -> None:
    """Refuse a file that does not end as its kind must; nothing of it need be read for that.

    Raises
    ------
    InputError
        If it is cut short.
    """
    ends = _ENDS.get(file.kind)
    try:
        complete = ends is None or ends(file.path)
    except (struct.error, IndexError):
        complete = False
    if not complete:
        raise _cut_short(file, "its end is missing")


def check_rows(file: SniffedFile, meta: dict[str, Any], rows: int) -> None:
    """Refuse a file that holds other rows than it promises.

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
    if file.kind in ("dta", "sas7bdat") and isinstance(promised, int) and promised != rows:
        raise _cut_short(file, f"it promises {promised:,} rows and holds {rows:,}")
    if file.kind == "xpt":
        _check_transport_rows(file, meta, rows)


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


def _stata_ends(path: Path) -> bool:
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
    if version < 113:  # written before 2003; the rows are counted all the same
        return True
    place = _end_of_rows(data, version, order)
    while place is not None and place < len(data):
        if place + 4 > len(data):
            return False
        length = struct.unpack_from(f"{order}i", data, place)[0]
        place += 4 + _NAME + 3 + length
        if length < 8:
            return False
    return place == len(data)


#: Bytes of a name, and of a number by its type; smaller types are lengths of text.
_NAME = 33
_SIZES = {251: 1, 252: 2, 253: 4, 254: 4, 255: 8}


def _end_of_rows(data: bytes, version: int, order: str) -> int | None:
    """Return where the rows end, by the layout of versions 113–115; None when it is not reached."""
    columns, rows = struct.unpack_from(f"{order}hi", data, 4)
    place = 10 + 81 + 18
    width = sum(_SIZES.get(kind, kind) for kind in data[place : place + columns])
    formats = 12 if version == 113 else 49
    place += columns * (1 + _NAME + formats + _NAME + 81) + 2 * (columns + 1)
    while place + 5 <= len(data):  # fields of later versions, each with its length; an empty one ends them
        kind, length = struct.unpack_from(f"{order}bi", data, place)
        place += 5 + max(0, length)
        if kind == 0 and length == 0:
            return int(place + rows * width)
    return None


def _portable_ends(path: Path) -> bool:
    """Tell whether the padding of Z, by which a portable file ends, is there."""
    return _tail(path).rstrip(b"\r\n ").endswith(b"Z")


def _transport_ends(path: Path) -> bool:
    """Tell whether the file is made of whole cards."""
    return path.stat().st_size % _CARD == 0


def _check_transport_rows(file: SniffedFile, meta: dict[str, Any], rows: int) -> None:
    """Refuse a transport file with anything but blanks behind its last row, or with other rows than it says.

    Only SAS itself says how many there are, and only in version 8 of the format: behind the name of the header.
    """
    width = sum((meta.get("variable_storage_width") or {}).values())
    data = file.path.read_bytes()
    start = max(data.find(b"HEADER RECORD*******OBS     HEADER"), data.find(_ROWS_TOLD))
    if start < 0:
        return
    rest = data[start + _CARD + rows * width :] if width else b""
    if len(rest) >= _CARD or rest.strip(b" "):
        raise _cut_short(file, "its last row is not complete")
    told = data[start + len(_ROWS_TOLD) : start + len(_ROWS_TOLD) + 15].strip()
    if data.startswith(_ROWS_TOLD, start) and told.isdigit() and int(told) not in (0, rows):
        raise _cut_short(file, f"it promises {int(told):,} rows and holds {rows:,}")


_ENDS: dict[str, Callable[[Path], bool]] = {"dta": _stata_ends, "por": _portable_ends, "xpt": _transport_ends}
