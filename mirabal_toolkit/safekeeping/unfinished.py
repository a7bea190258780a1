"""A note of changes that belong together: once it is written, they will be made, whatever happens to the run.

A note could be planted by somebody who sends a folder. So it counts only if the user owns it, changes only files
that are the very ones it was written for (their number on the disk, size and time), and makes new files only
in the folder it stands in.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mirabal_toolkit.safekeeping.private import is_private, keep_for, to_disk

_NAME = re.compile(r"\.mirabal-changes-[0-9a-f]{8}\.json")
_LARGEST = 10_000_000

#: What a file is known by: number on the disk, size, time of its last change; None where there is none.
Identity = tuple[int, int, int] | None


class ChangedSince(OSError):  # noqa: N818  (told to the user as the reason why something cannot be finished)
    """A file is not the one the note was written for."""


@dataclass(frozen=True, slots=True)
class Step:
    """One file that changes.

    Parameters
    ----------
    path : str
        Relative to the folder of the note.
    new : str
        What shall stand there; empty where it shall be gone.
    was : Identity
        What stood there when the note was written.
    """

    path: str
    new: str
    was: Identity


@dataclass(frozen=True, slots=True)
class Note:
    """What shall be done, in a file of its own.

    Parameters
    ----------
    file : Path
    steps : tuple of Step
    """

    file: Path
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, home: Path, changes: Mapping[Path, Path], removed: Sequence[Path]) -> Note:
        """Return the note for changes (path → what shall stand there) and removals."""
        steps = [Step(_relative(path, home), _relative(new, home), identity(path)) for path, new in changes.items()]
        steps += [Step(_relative(path, home), "", identity(path)) for path in removed if identity(path) is not None]
        return cls(home / f".mirabal-changes-{secrets.token_hex(4)}.json", tuple(steps))

    def do(self) -> None:
        """Do what is not done yet, then remove the note; several may do so at a time.

        Raises
        ------
        OSError
            If a file cannot be changed, or is not the one the note was written for.
        """
        home = self.file.parent
        for step in self.steps:
            _do(step, home)
        self.file.unlink(missing_ok=True)
        for step in self.steps:
            if step.new:
                shutil.rmtree((home / step.new).parent, ignore_errors=True)


def identity(path: Path) -> Identity:
    """Return what a file is known by; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _relative(path: Path, home: Path) -> str:
    try:
        return Path(os.path.relpath(path, home)).as_posix()
    except ValueError:  # another drive of Windows
        return path.as_posix()


def _do(step: Step, home: Path) -> None:
    path = home / step.path
    if not step.new:
        if step.was is not None and identity(path) == step.was:
            path.unlink(missing_ok=True)
        return
    new = home / step.new
    if new.exists() and identity(path) != step.was and new.exists():
        raise ChangedSince(None, f"{path.name} was changed since")
    with contextlib.suppress(FileNotFoundError):  # then it is done already
        new.replace(path)


def write_note(note: Note) -> None:
    """Write a note, whole: from then on its changes will be made.

    Raises
    ------
    OSError
        If it cannot be written, or a folder it concerns cannot; nothing is changed then.
    """
    home = note.file.parent
    for step in note.steps:
        if not os.access((home / step.path).parent, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied", step.path)
    for step in note.steps:
        if step.new:
            keep_for((home / step.new).parent, note.file)
    draft = note.file.with_suffix(".draft")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump([asdict(step) for step in note.steps], file)
        to_disk(draft)
        draft.replace(note.file)
    finally:
        draft.unlink(missing_ok=True)


def finish_all(folder: Path) -> None:
    """Do what notes in a folder say.

    Raises
    ------
    OSError
        If something cannot be done; its note stays.
    """
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if _NAME.fullmatch(path.name):
            with contextlib.suppress(FileNotFoundError):
                _read(path).do()
        elif _NAME.fullmatch(path.name.removesuffix(".draft") + ".json"):
            path.unlink(missing_ok=True)


def _read(path: Path) -> Note:
    """Return a note that may be followed; OSError if it may not."""
    told = path.lstat()
    if hasattr(os, "getuid") and (told.st_uid != os.getuid() or told.st_mode & 0o077):
        raise PermissionError(13, "the note of it is not yours alone")
    if told.st_size > _LARGEST:
        raise OSError(None, "the note of it is damaged")
    try:
        steps = tuple(
            Step(str(one["path"]), str(one["new"]), None if one["was"] is None else _three(one["was"]))
            for one in json.loads(path.read_text(encoding="utf-8"))
        )
    except (ValueError, KeyError, TypeError):
        raise OSError(None, "the note of it is damaged") from None
    if not all(_is_fair(step, path.parent) for step in steps):
        raise PermissionError(1, "the note of it is not the toolkit's")
    return Note(path, steps)


def _three(numbers: Sequence[int]) -> Identity:
    number, size, time = (int(one) for one in numbers)
    return number, size, time


def _is_fair(step: Step, home: Path) -> bool:
    """Say whether a step is one the toolkit writes: from a private folder beside, and new files at home only."""
    path = Path(os.path.normpath(home / step.path))
    if not step.new:
        return step.was is not None
    new = Path(os.path.normpath(home / step.new))
    beside = (is_private(new.parent) or not new.parent.exists()) and new.parent.parent == path.parent
    return beside and (step.was is not None or path.is_relative_to(home))
