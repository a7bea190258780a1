"""Files that are whole or as they were: one, or several that belong together.

A new file is written into a private folder beside its place and takes that place in one step. Where several
belong together, a note of what shall be done is written first; if the run is killed half way, whoever looks at
the folder next does the rest (`tidy`). So nobody meets the new mapping beside the old study.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.file_safety import unwritable
from mirabal_toolkit.safekeeping.folders import occupied
from mirabal_toolkit.safekeeping.private import clear_dead, private_folder, to_disk
from mirabal_toolkit.safekeeping.unfinished import Note, finish_all, write_note


@dataclass(slots=True)
class Together:
    """Files that will change together, at the end of `all_at_once`.

    Parameters
    ----------
    home : Path
        The folder in which the note stands while they change.
    """

    home: Path
    _stack: contextlib.ExitStack
    _changes: dict[Path, Path] = field(default_factory=dict)
    _removed: dict[Path, None] = field(default_factory=dict)

    def place_for(self, path: Path) -> Path:
        """Return where to write what shall stand at `path`.

        Raises
        ------
        InputError
            If nothing can be written there.
        """
        parent = path.absolute().parent
        try:
            clear_dead(parent)
            return self._stack.enter_context(private_folder(parent)) / path.name
        except OSError as error:
            raise unwritable(error, path) from None

    def replace(self, path: Path, new: Path) -> None:
        """Let `new`, written to a place that `place_for` gave, stand at `path` when everything is done."""
        self._changes[path.absolute()] = new

    def remove(self, path: Path) -> None:
        """Let the file at `path` be gone when everything is done."""
        self._removed[path.absolute()] = None

    def commit(self) -> None:
        """Do it all."""
        for new in self._changes.values():
            new.chmod(0o600)
            to_disk(new)
        elsewhere = [path for path in self._changes if not path.is_relative_to(self.home) and not path.exists()]
        for path in elsewhere:  # a note may make new files at home only
            self._changes.pop(path).replace(path)
        if len(self._changes) + len(self._removed) > 1:
            note = Note.of(self.home, self._changes, tuple(self._removed))
            try:
                write_note(note)
                note.do()
            except KeyboardInterrupt:
                if note.file.exists():  # what has begun is done to its end; only then may it be stopped
                    note.do()
                raise
            return
        for path, new in self._changes.items():
            new.replace(path)
        for path in self._removed:
            path.unlink(missing_ok=True)


#: The change that is under way in this run, if there is one.
_UNDER_WAY: ContextVar[Together | None] = ContextVar("files that change together", default=None)


@contextlib.contextmanager
def all_at_once(home: Path) -> Iterator[Together]:
    """Let every file that is written by `whole_file` within the block change at its end, all of them or none.

    Parameters
    ----------
    home : Path
        The folder in which most of them stand. Within another such block this one is part of that.

    Raises
    ------
    InputError
        If something cannot be written; everything is then as it was.
    """
    outer = _UNDER_WAY.get()
    if outer is not None:  # part of a larger change: its end is the end of this
        yield outer
        return
    with contextlib.ExitStack() as stack:
        together = Together(home.absolute(), stack)
        token = _UNDER_WAY.set(together)
        try:
            yield together
        finally:
            _UNDER_WAY.reset(token)
        try:
            together.commit()
        except OSError as error:
            raise unwritable(error, home) from None


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a private place to write a file to; it takes the place of `path` once the block has ended well.

    Parameters
    ----------
    path : Path
        What stood there before stays as it was until then, and for good when anything goes wrong. Within
        `all_at_once` it stays until everything changes.

    Yields
    ------
    Path
        Where to write; only the user may read it.

    Raises
    ------
    InputError
        If there is no room left, or the place cannot be written.
    """
    with contextlib.ExitStack() as stack:
        together = stack.enter_context(all_at_once(path.absolute().parent))
        new = together.place_for(path)
        try:
            yield new
        except OSError as error:
            raise unwritable(error, path) from None
        together.replace(path, new)


@contextlib.contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Be the only run that writes to a file; first finish what a run that was cut off began beside it.

    Raises
    ------
    UsageError
        If another run holds it.
    InputError
        If nothing can be written there, or something that was begun cannot be finished.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(occupied(path))
        except OSError as error:
            raise unwritable(error, path) from None
        tidy(path.absolute().parent)
        yield


def tidy(folder: Path) -> None:
    """Finish in a folder what a killed run began, and clear away what it left.

    Raises
    ------
    InputError
        If something that was begun cannot be finished.
    """
    try:
        finish_all(folder)
    except OSError as error:
        why = f" ({error.strerror})" if error.strerror else ""
        raise InputError(
            f"a run that was cut off began to change files here, and that cannot be finished{why}",
            where=folder.name,
            fix="make it possible to write there, and run the command again",
        ) from None
    with contextlib.suppress(OSError):
        clear_dead(folder)
