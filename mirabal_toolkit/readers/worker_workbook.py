"""Workbooks (.xlsx, .ods) as texts, read as what they are: XML in a ZIP archive. Part of the child process.

Spreadsheet libraries unfold a sheet in memory, forget merged cells or hidden sheets, or take a formula without a
result for an empty cell. Here a sheet is read from its first row to its last, and what cannot be told is refused.
"""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: An archive that unpacks to more than this many bytes, and to so many times its size, was made to do harm.
_BOMB_BYTES, _BOMB_TIMES = 100_000_000, 300


def parts(request: dict[str, Any]) -> Iterator[Any]:
    """Yield (description, schema), then all rows of a sheet as lists of texts, the header first.

    Without a sheet in the request, only the description of the sheets.
    """
    import pyarrow as pa

    worker = sys.modules["__main__"]
    with zipfile.ZipFile(request["path"]) as archive:
        _check_archive(archive, request, worker)
        book = _program(request["arguments"]["format"]).Workbook(archive, worker.Refused, request["columns"])
        wanted = request["arguments"].get("sheet")
        if wanted is None:
            yield {"column_names": [], "sheets": book.sheets()}, pa.schema([])
            return
        rows = _trimmed(book.rows(wanted))
    if not rows:
        raise worker.Refused("empty_sheet", f"sheet {wanted}")
    width = max(place + 1 for place, text in enumerate(rows[0]) if text)
    for number, row in enumerate(rows):
        if any(row[width:]):
            raise worker.Refused("no_header", f"sheet {wanted}, row {number + 1} of the table")
    schema = pa.schema([pa.field(str(place), pa.large_string()) for place in range(width)])
    yield {"column_names": [str(place) for place in range(width)], "notes": book.notes}, schema
    step = max(1, worker.CELLS_AT_A_TIME // width)
    for start in range(0, len(rows), step):
        some = [(row + [""] * width)[:width] for row in rows[start : start + step]]
        yield [pa.array(column, pa.large_string()) for column in zip(*some, strict=True)]


def _trimmed(rows: Iterator[list[str]]) -> list[list[str]]:
    """Return the rows in which anything stands."""
    return [row for row in rows if any(row)]


def _check_archive(archive: zipfile.ZipFile, request: dict[str, Any], worker: Any) -> None:
    size = Path(request["path"]).stat().st_size
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > request["unpacked"] or (unpacked > _BOMB_BYTES and unpacked > _BOMB_TIMES * size):
        raise worker.Refused("unpacks")
    if any(member.flag_bits & 1 for member in archive.infolist()):
        raise worker.Refused("locked")


def _program(kind: str) -> Any:
    path = Path(__file__).with_name(f"worker_{kind}.py")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(kind)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
