"""A ZIP archive with one export in it: unpacked into a private folder, with limits, and removed at once."""

from __future__ import annotations

import contextlib
import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.limits import ReadLimits
from mirabal_toolkit.readers.refusals import refusal
from mirabal_toolkit.readers.sniff import SniffedFile
from mirabal_toolkit.safekeeping.private import clear_dead, private_folder

_PART = 1_000_000
#: No survey export shrinks to less than this part of itself.
_MOST_TIMES = 300

#: What the parts of an archive say when it is damaged; none of it is for users.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, lzma.LZMAError, EOFError, RuntimeError, OSError, ValueError)


@contextlib.contextmanager
def unpacked(file: SniffedFile, limits: ReadLimits) -> Iterator[Path]:
    """Give the path of the one file in an archive, as long as the block runs.

    Parameters
    ----------
    file : SniffedFile
        Of kind ``zip``.
    limits : ReadLimits

    Raises
    ------
    InputError
        If there is no file or more than one, it is locked, damaged, or far larger than it should be.
    """
    name = file.path.name
    room = Path(tempfile.gettempdir())
    clear_dead(room)  # a run that was killed may have left answers there
    with private_folder(room) as folder:
        try:
            path = _unpack(file, folder, limits)
        except _DAMAGE:
            raise InputError("the archive is damaged or cut short", where=name, fix="download it again") from None
        yield path


def _unpack(file: SniffedFile, folder: Path, limits: ReadLimits) -> Path:
    with zipfile.ZipFile(file.path) as archive:
        member = _only_member(archive, file.path.name)
        most = min(limits.file_bytes, max(10 * _PART, _MOST_TIMES * file.size))
        # the name inside decides nothing but the ending: `../x` is not followed
        path = folder / PurePosixPath(member.filename.replace("\\", "/")).name
        _write(archive, member, path, most)
    return path


def _only_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir()
        and not PurePosixPath(member.filename).name.startswith((".", "__"))
        and not member.filename.startswith("__MACOSX/")
    ]
    if len(members) != 1:
        raise InputError(
            f"the archive holds {len(members)} files; only an archive with one is read",
            where=name,
            fix="unpack it, and give the files themselves",
        )
    if members[0].flag_bits & 1:
        raise InputError(
            "the archive is locked with a password", where=name, fix="unpack it in a safe place, and give the file"
        )
    return members[0]


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, most: int) -> None:
    """Unpack part by part; what the archive says about the size is not believed."""
    written = 0
    with archive.open(member) as packed, path.open("xb") as file:
        while part := packed.read(_PART):
            written += len(part)
            if written > most:
                raise refusal({"refused": "unpacks"}, path.name)
            file.write(part)
