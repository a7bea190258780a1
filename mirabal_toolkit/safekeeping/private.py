"""Private folders for files that are not finished; those of a dead run are known, and cleared away."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import re
import shutil
import sys
import tempfile
import time
import traceback
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


@contextlib.contextmanager
def library_files_in(folder: Path | None) -> Iterator[None]:
    """Let libraries put their temporary files into a private folder: elsewhere they would outlive a run that is killed.

    Parameters
    ----------
    folder : Path or None
        None leaves them where they are; what they hold must then be for anybody.

    Raises
    ------
    OSError
        If there is no room for them, also where a library (lxml, under openpyxl) tells of it by an error of its own.
    """
    usual = tempfile.tempdir
    tempfile.tempdir = usual if folder is None else str(folder)
    try:
        yield
    except Exception as error:
        if type(error).__name__ == "SerialisationError":
            _let_go(error)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
        raise
    finally:
        tempfile.tempdir = usual


def _let_go(error: Exception) -> None:
    """Close what a library left half open, which complains to the terminal once more."""
    usual = sys.unraisablehook
    sys.unraisablehook = lambda _: None
    try:
        traceback.clear_frames(error.__traceback__)
        gc.collect()
    finally:
        sys.unraisablehook = usual


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
