"""The road on which a person is taken out of everything the toolkit wrote.

Like `workflow`, this joins rooms and computes nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mirabal_toolkit.safekeeping.files import only_writer
from mirabal_toolkit.workflow_protect import pseudonym_of

if TYPE_CHECKING:
    from mirabal_toolkit.cleaning import Link
    from mirabal_toolkit.erasing import Erased


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
    from mirabal_toolkit.erasing import Person, erase_person
    from mirabal_toolkit.protecting import read_key

    beside = [path.with_suffix(".links.yaml") for path in paths]
    links = {path: read_links(path) for path in beside if path.is_file()}
    person = pseudonym_of(person, read_key(Path(key))) if key is not None else person
    keys = {id_key(person)} - {""}
    said = [link for found in links.values() for link in found if link.same == "yes"]
    for _ in said:  # links may follow one another
        keys |= {id_key(name) for link in said for name in (link.late, link.other) if _joined(link, keys, id_key)}
    names = {person, *(name for found in links.values() for link in found for name in (link.late, link.other))}
    hers = tuple(sorted(name for name in names if id_key(name) in keys))
    changed = [
        (path, format_links([link for link in found if not _joined(link, keys, id_key)]).encode())
        for path, found in links.items()
        if any(_joined(link, keys, id_key) for link in found)
    ]
    whom = Person(lambda name: id_key(name) in keys, hers)
    return erase_person(paths, whom, changed, also, dry_run=dry_run)


def _joined(link: Link, keys: set[str], id_key: Callable[[str], str]) -> bool:
    """Say whether a link names one of these ids."""
    return bool({id_key(link.late), id_key(link.other)} & keys)
