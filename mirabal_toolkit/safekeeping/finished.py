"""Pieces of work that are finished, kept until the whole is: a run that was cut off goes on from there.

They are kept in a private folder beside the outputs, and are gone once these are written. They were not through
disclosure control, so they are for the user's own eyes, like the data.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirabal_toolkit.safekeeping.hashes import code_hash, text_hash
from mirabal_toolkit.safekeeping.manifest import dependency_versions

_ABOUT = "about.json"
_ENDING = ".unfinished"

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a piece of work depends on; of another origin, nothing that was kept is used.

    Parameters
    ----------
    panel : str
        SHA-256 of the data.
    plan : str
        The plan, whole, as text.
    second : str
        SHA-256 of the data of a second account; empty if there is none.
    inputs : tuple of str
        SHA-256 of the files that were read, by which `erase` knows what was made from them.
    """

    panel: str
    plan: str
    second: str = ""
    inputs: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """One SHA-256 of all this, the toolkit and the packages that compute."""
        parts = [self.panel, self.plan, self.second, code_hash(), json.dumps(dependency_versions(), sort_keys=True)]
        return text_hash("\x1f".join(parts))


@dataclass(frozen=True, slots=True)
class FinishedWork:
    """Records by the name of the piece of work they come from.

    Parameters
    ----------
    folder : Path
    """

    folder: Path

    def pieces(self) -> tuple[Path, ...]:
        """Return the files of the pieces that are finished."""
        return tuple(path for path in self.folder.glob("*.json") if path.name != _ABOUT)

    def get(self, name: str) -> list[dict[str, Any]] | None:
        """Return the records of a piece of work that is finished, else None."""
        try:
            records = json.loads((self.folder / _file(name)).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return [{**record, "flags": tuple(record.get("flags", ()))} for record in records]

    def put(self, name: str, records: Sequence[Record]) -> None:
        """Keep the records of a piece of work; where there is no room, the run goes on without."""
        place = self.folder / _file(name)
        draft = place.with_suffix(".draft")
        with contextlib.suppress(OSError):
            draft.write_text(json.dumps([dict(record) for record in records], default=_plain), encoding="utf-8")
            draft.replace(place)

    def remove(self) -> None:
        """Remove all of it: the whole is finished."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _file(name: str) -> str:
    return f"{text_hash(name)[:32]}.json"


def _plain(value: Any) -> Any:
    """Return a number of numpy as the same number of Python; None for what pandas calls missing."""
    return value.item() if hasattr(value, "item") else None


def finished_work(out: Path, origin: Origin, *, resume: bool) -> FinishedWork:
    """Begin to keep finished work beside `out`, or go on with what an earlier run of the same origin left there.

    Parameters
    ----------
    out : Path
        The folder of outputs to be.
    origin : Origin
    resume : bool
        Whether to go on; otherwise what an earlier run left is removed.

    Raises
    ------
    OSError
        If nothing can be written there.
    """
    folder = folder_for(out)
    kept = _about(folder).get("key") == origin.key if resume else False
    if not kept:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    about = {"key": origin.key, "inputs": list(origin.inputs)}
    (folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
    return FinishedWork(folder)


#: What this run keeps, if it keeps anything.
_NOW: ContextVar[FinishedWork | None] = ContextVar("finished work of this run", default=None)

#: What the run left that ended early, if one did.
_LEFT: list[FinishedWork] = []


@contextlib.contextmanager
def keeping_finished(out: Path, origin: Origin, *, resume: bool) -> Iterator[FinishedWork | None]:
    """Keep finished work while the block runs; it is removed once the block has ended well.

    Where nothing can be kept, for lack of room or right, the run goes on without.
    """
    work = None
    with contextlib.suppress(OSError):
        work = finished_work(out, origin, resume=resume)
    token = _NOW.set(work)
    try:
        yield work
    except BaseException:
        _LEFT[:] = [] if work is None else [work]
        raise
    finally:
        _NOW.reset(token)
    if work is not None:
        work.remove()


def was_keeping() -> bool:
    """Return whether the last run that ended early in this process left finished work."""
    return any(any(work.pieces()) for work in _LEFT)


def kept_now() -> FinishedWork | None:
    """Return where this run keeps finished work; None if it keeps none."""
    return _NOW.get()


def folder_for(out: Path) -> Path:
    """Return where finished work is kept while `out` is made."""
    place = out.absolute()
    return place.with_name(f".{place.name}{_ENDING}")


def _about(folder: Path) -> dict[str, Any]:
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return about if isinstance(about, dict) else {}


def left_behind(folders: Sequence[Path], sources: frozenset[str]) -> Iterator[Path]:
    """Yield files of unfinished runs, in or beside folders, that were made from files with one of these SHA-256."""
    places = {folder.absolute() for folder in folders}
    found = {left for place in places for left in (*place.rglob(f".*{_ENDING}"), *place.parent.glob(f".*{_ENDING}"))}
    for folder in sorted(found):
        if sources & set(map(str, _about(folder).get("inputs", ()))):
            yield from (path for path in sorted(folder.iterdir()) if path.suffix in (".json", ".draft"))
