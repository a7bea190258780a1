"""A folder of outputs that is written whole, by one run at a time, or stays as it was.

Everything is written into a private folder beside the destination; only when it is complete does it take its
place, in one step. What a killed run left is cleared away by the next one.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from mirabal_toolkit.safekeeping.exchange import finish, put_in_place, set_aside
from mirabal_toolkit.safekeeping.locks import only_run
from mirabal_toolkit.safekeeping.private import PREFIX, to_disk


@contextlib.contextmanager
def occupied(out: Path) -> Iterator[None]:
    """Be the only run that writes to `out`; first mend and clear away what a run that was cut off left there.

    Parameters
    ----------
    out : Path
        Need not exist; folders above it are made, and taken away again if nothing was put into them.

    Raises
    ------
    UsageError
        If another run holds it.
    OSError
        If the place cannot be written.
    """
    place = out.absolute()
    above = [folder for folder in place.parents if not folder.exists()]
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with only_run(place):
            _clear_after_a_cut(place)
            yield
    finally:
        for folder in above:
            with contextlib.suppress(OSError):
                folder.rmdir()


def _clear_after_a_cut(place: Path) -> None:
    finish(place)
    unfinished = re.compile(rf"\.{re.escape(place.name)}\.[a-z0-9_]{{8}}\.partial")
    for path in place.parent.iterdir():
        if path.is_dir() and (unfinished.fullmatch(path.name) or path == set_aside(place)):
            shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def whole_folder(out: Path, ours: Collection[str] = ()) -> Iterator[Path]:
    """Give a private, empty folder; it takes the place of `out` once the block has ended well.

    Parameters
    ----------
    out : Path
        What stood there stays as it was until then, and for good when anything goes wrong.
    ours : collection of str
        Files of the old folder that may go, by name; all others are the user's own and are kept.

    Raises
    ------
    OSError
        If there is no room left, or the place cannot be written.
    """
    place = out.absolute()
    folder = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".partial", dir=place.parent))
    try:
        yield folder
        _keep_foreign_files(place, folder, frozenset(ours))
        _settle(folder)
        put_in_place(folder, place)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _keep_foreign_files(old: Path, new: Path, ours: frozenset[str]) -> None:
    """Copy into the new folder what the user put into the old one.

    A link stays a link: what it leads to, perhaps the data, must not come into a folder that is sent.
    """
    for path in sorted(old.rglob("*")):
        name = path.relative_to(old)
        target = new / name
        dead = any(part.startswith(PREFIX) for part in name.parts)
        ours_or_there = name.as_posix() in ours or target.exists() or target.is_symlink()
        if (path.is_file() or path.is_symlink()) and not ours_or_there and not dead:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target, follow_symlinks=False)


def _settle(folder: Path) -> None:
    """See that everything is on the disk before anything is replaced: a power cut must not leave empty files."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            to_disk(path)
