"""Look for files that still hold an id."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

#: Ids shorter than this stand in every file by chance.
SHORTEST = 4
#: Files larger than this are not looked through.
LARGEST = 500_000_000


def still_holding(places: Iterable[Path], ids: Iterable[str]) -> tuple[Path, ...]:
    """Return the files, in folders at any depth, in which one of the ids stands as a word."""
    patterns = [_pattern(name) for name in ids if len(name.strip()) >= SHORTEST]
    if not patterns:
        return ()
    return tuple(path for path in _files(places) if any(_holds(path, pattern) for pattern in patterns))


def _pattern(name: str) -> re.Pattern[bytes]:
    word = re.escape(name.strip().encode())
    wide = re.escape(name.strip().encode("utf-16-le"))
    return re.compile(rb"(?<![0-9A-Za-z])(?:" + word + rb")(?![0-9A-Za-z])|" + wide, flags=re.IGNORECASE)


def _files(places: Iterable[Path]) -> Iterator[Path]:
    seen = set()
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path not in seen and path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST:
                seen.add(path)
                yield path


def _holds(path: Path, pattern: re.Pattern[bytes]) -> bool:
    try:
        if pattern.search(path.read_bytes()):
            return True
        if path.suffix == ".parquet":
            return _parquet_holds(path, pattern)
        return zipfile.is_zipfile(path) and _archive_holds(path, pattern)
    except (OSError, pa.ArrowException, zipfile.BadZipFile, ValueError):
        return False


def _archive_holds(path: Path, pattern: re.Pattern[bytes]) -> bool:
    with zipfile.ZipFile(path) as archive:
        return any(pattern.search(archive.read(member)) for member in archive.infolist() if member.file_size <= LARGEST)


def _parquet_holds(path: Path, pattern: re.Pattern[bytes]) -> bool:
    table = pq.read_table(path)
    for column in table.columns:
        values = column.unique().to_pylist()
        if any(isinstance(value, str) and pattern.search(value.encode()) for value in values):
            return True
    return False
