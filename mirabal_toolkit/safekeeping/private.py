"""Private folders for files that are not finished; those of a dead run are known, and cleared away."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mirabal_toolkit.safekeeping.locks import lock, unlock

PREFIX = ".mirabal-"
_NAME = re.compile(r"\.mirabal-[a-z0-9_]{8}")
_HELD = ".in-use"
#: A folder without a lock is one that was made this moment, or one whose run was killed in that moment.
_SECONDS_TO_LOCK = 60


@contextlib.contextmanager
def private_folder(parent: Path) -> Iterator[Path]:
    """Give a folder that only the user may enter; it is gone afterwards, unless `keep_for` keeps it.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    held = None
    try:
        held = os.open(folder / _HELD, os.O_RDWR | os.O_CREAT, 0o600)
        lock(held)
        yield folder
    finally:
        if held is not None:
            unlock(held)
            os.close(held)
        if not _is_needed(folder):
            shutil.rmtree(folder, ignore_errors=True)


def keep_for(folder: Path, note: Path) -> None:
    """Keep a private folder as long as there is this note, which says what shall become of what is in it."""
    (folder / _HELD).write_text(str(note), encoding="utf-8")
    to_disk(folder / _HELD)


def _is_needed(folder: Path) -> bool:
    try:
        note = (folder / _HELD).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return bool(note) and Path(note).is_file()


def clear_dead(parent: Path) -> None:
    """Remove the private folders of runs that are dead; they may hold answers of people."""
    for folder in parent.iterdir():
        if is_private(folder) and not _is_needed(folder) and _is_dead(folder):
            shutil.rmtree(folder, ignore_errors=True)


def is_private(folder: Path) -> bool:
    """Say whether this is one of these folders, by its name."""
    return _NAME.fullmatch(folder.name) is not None and folder.is_dir() and not folder.is_symlink()


def _is_dead(folder: Path) -> bool:
    try:
        held = os.open(folder / _HELD, os.O_RDWR)
    except FileNotFoundError:
        with contextlib.suppress(OSError):
            return time.time() - folder.stat().st_mtime > _SECONDS_TO_LOCK
        return False
    except OSError:
        return False
    try:
        dead = lock(held)
    except OSError:
        return False
    else:
        unlock(held)
        return dead
    finally:
        os.close(held)


def to_disk(path: Path) -> None:
    """See that a file is on the disk: a power cut must not leave an empty one."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
