"""The road on which a person is taken out of everything the toolkit wrote.

Like `workflow`, this joins rooms and computes nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.safekeeping.files import only_writer
from mirabal_toolkit.workflow_protect import pseudonym_of

if TYPE_CHECKING:
    from mirabal_toolkit.cleaning import Link
    from mirabal_toolkit.erasing import Erased
    from mirabal_toolkit.protecting import Key


def erase(
    studies: str | Path | Sequence[str | Path],
    person: str,
    *,
    also: Sequence[str | Path] = (),
    dry_run: bool = False,
    key: str | Path | None = None,
) -> Erased:
    """Remove a person from study files, the links files beside them, and what was made from them.

    Parameters
    ----------
    studies : path or sequence of paths
        Study files, as `mirabal import` writes them.
    person : str
        Her id; spaces and case do not matter. Ids that a links file says are hers too go with it.
    also : sequence of paths
        Folders with reports, checks and written-back files: those made from the study are removed, since
        their counts include her, and can be made again.
    dry_run : bool
        Say what would be done, and do nothing.
    key : path, optional
        The key by which the ids of the study became pseudonyms; `person` is then her id in the export.
        The usual key needs no mention.

    Returns
    -------
    Erased
        What was done; the record, ``removals.jsonl`` beside the study, says when, never of whom.

    Raises
    ------
    UsageError
        If nobody of that id is in the study files.
    InputError
        If a file cannot be read or written. In both cases nothing is changed.
    """
    paths = [Path(studies)] if isinstance(studies, str | Path) else [Path(path) for path in studies]
    with contextlib.ExitStack() as stack:
        for path in sorted(path for path in paths if path.parent.is_dir()):
            stack.enter_context(only_writer(path))
        return _erase(paths, person, [Path(folder) for folder in also], dry_run=dry_run, key=key)


def _erase(
    paths: Sequence[Path], person: str, also: Sequence[Path], *, dry_run: bool, key: str | Path | None
) -> Erased:
    """Find out which ids are hers, and remove them all."""
    from mirabal_toolkit.cleaning import read_links
    from mirabal_toolkit.cleaning.identity import id_key
    from mirabal_toolkit.cleaning.links import format_links
    from mirabal_toolkit.erasing import erase_person, look_through
    from mirabal_toolkit.readers import study_table, texts_in

    beside = [path.with_suffix(".links.yaml") for path in paths]
    known = _key_of(paths, key)
    if known is not None:  # what was proposed of ids, and not of pseudonyms, lies beside the key
        beside += [known.file.with_name(path.with_suffix(".links.yaml").name) for path in paths]
    links = {path: read_links(path) for path in beside if path.is_file()}
    said = [link for found in links.values() for link in found if link.same == "yes"]
    keys = _followed({id_key(person)} - {""}, said, id_key)
    if known is not None:
        keys = _followed(keys | {pseudonym_of(name, known.key) for name in keys}, said, id_key)
    names = {person, *keys, *(name for found in links.values() for link in found for name in (link.late, link.other))}
    hers = tuple(sorted(name for name in names if id_key(name) in keys))
    changed = [
        (path, format_links([link for link in found if not _joined(link, keys, id_key)]).encode())
        for path, found in links.items()
        if any(_joined(link, keys, id_key) for link in found)
    ]
    tables = {path: study_table(path) for path in paths}
    done = erase_person(tables, lambda name: id_key(name) in keys, changed, also, dry_run=dry_run)
    if dry_run:
        return done
    near = sorted({path.absolute().parent for path in paths} | {folder.absolute() for folder in also})
    found = look_through(near, hers, texts_in)
    return replace(done, still=found.holding, unseen=found.unseen, too_short=found.too_short)


@dataclass(frozen=True, slots=True)
class _Known:
    """The key of a study, and where it lies."""

    key: Key
    file: Path


def _key_of(paths: Sequence[Path], given: str | Path | None) -> _Known | None:
    """Return the key that was given, or the usual one where it made the pseudonyms of a study."""
    from mirabal_toolkit.protecting import read_key, usual_key
    from mirabal_toolkit.protecting.sealing import is_sealed
    from mirabal_toolkit.readers import study_protection

    locked = [path for path in paths if is_sealed(path)]
    if locked:
        fix = "mirabal unseal, then erase, then seal again; delete the sealed file from before"
        raise UsageError("nobody can be removed from a file that is sealed", where=locked[0].name, fix=fix)
    if given is not None:
        return _Known(read_key(Path(given)), Path(given))
    made_by = {study_protection(path).key_id for path in paths} - {""}
    if not made_by or not usual_key().is_file():
        return None
    usual = read_key(usual_key())
    return _Known(usual, usual_key()) if made_by == {usual.id} else None


def _followed(keys: set[str], said: Sequence[Link], id_key: Callable[[str], str]) -> set[str]:
    """Return the ids with all that links say are the same person's; links may follow one another."""
    for _ in said:
        keys = keys | {id_key(name) for link in said for name in (link.late, link.other) if _joined(link, keys, id_key)}
    return keys


def _joined(link: Link, keys: set[str], id_key: Callable[[str], str]) -> bool:
    """Say whether a link names one of these ids."""
    return bool({id_key(link.late), id_key(link.other)} & keys)
