"""Look for files that still hold an id, and say into which nobody could look."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from mirabal_toolkit.errors import MirabalError

#: Ids shorter than this stand in every file by chance.
SHORTEST = 4
#: Files larger than this are not looked through, nor archives that unfold to more.
LARGEST = 500_000_000
_PIECE = 4_000_000

#: What stands in the cells of a data file; it raises one of the toolkit's errors where nobody can say.
Cells = Callable[[Path], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """Where an id was looked for.

    Parameters
    ----------
    holding : tuple of Path
        Files in which it stands.
    unseen : tuple of Path
        Files that could not be looked through: locked, packed, damaged, too large, or not to be opened.
    too_short : bool
        The id is so short that it stands anywhere by chance; nothing was looked for.
    """

    holding: tuple[Path, ...] = ()
    unseen: tuple[Path, ...] = ()
    too_short: bool = False


def look_through(places: Iterable[Path], ids: Iterable[str], cells: Cells) -> Found:
    """Look for ids, as words, in files and in folders at any depth.

    Parameters
    ----------
    places : iterable of Path
    ids : iterable of str
    cells : callable
    """
    ids = [name.strip() for name in ids]
    patterns = [_pattern(name) for name in ids if len(name) >= SHORTEST]
    if not patterns:
        return Found(too_short=True)
    found: dict[bool | None, list[Path]] = {True: [], False: [], None: []}
    for path in _files(places):
        found[_holds(path, patterns, cells)].append(path)
    return Found(tuple(found[True]), tuple(found[None]), any(len(name) < SHORTEST for name in ids))


def _pattern(name: str) -> re.Pattern[bytes]:
    word = re.escape(name.encode())
    wide = re.escape(name.encode("utf-16-le"))
    wide = rb"(?<![0-9A-Za-z]\x00)(?:" + wide + rb")(?![0-9A-Za-z]\x00)"
    return re.compile(rb"(?<![0-9A-Za-z])(?:" + word + rb")(?![0-9A-Za-z])|" + wide, flags=re.IGNORECASE)


def _files(places: Iterable[Path]) -> Iterator[Path]:
    seen = set()
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path not in seen and path.is_file() and not path.is_symlink() and path.stat().st_size:
                seen.add(path)
                yield path


def _holds(path: Path, patterns: Sequence[re.Pattern[bytes]], cells: Cells) -> bool | None:
    """Say whether one of the ids stands in a file; None if nobody can say."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        with path.open("rb") as file:
            if _stands_in(file, patterns):
                return True
        if zipfile.is_zipfile(path):
            return _archive_holds(path, patterns)
        return any(pattern.search(text.encode()) for text in cells(path) for pattern in patterns)
    except (OSError, MirabalError):
        return None


def _stands_in(file: BinaryIO, patterns: Sequence[re.Pattern[bytes]]) -> bool:
    """Search piece by piece; pieces overlap, so that no id is cut in two."""
    before = b""
    while piece := file.read(_PIECE):
        text = before + piece
        if any(pattern.search(text) for pattern in patterns):
            return True
        before = text[-1000:]
    return False


def _archive_holds(path: Path, patterns: Sequence[re.Pattern[bytes]]) -> bool | None:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST:
                return None
            for member in archive.infolist():
                with archive.open(member) as file:
                    if _stands_in(cast("BinaryIO", file), patterns):
                        return True
    except Exception:  # noqa: BLE001  (locked, damaged, of a kind unknown: the library has a dozen errors for it)
        return None
    return False
