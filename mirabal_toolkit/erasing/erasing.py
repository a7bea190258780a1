"""Everything at once or not at all, also when the run is killed half way: see `safekeeping`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from mirabal_toolkit.erasing.log import LOG_NAME, add_line, next_line
from mirabal_toolkit.erasing.outputs import Outputs, made_from, written_back
from mirabal_toolkit.erasing.study import Rewritten, without_person
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.safekeeping.files import all_at_once, whole_file
from mirabal_toolkit.safekeeping.finished import left_behind
from mirabal_toolkit.safekeeping.hashes import file_hash
from mirabal_toolkit.safekeeping.manifest import MANIFEST

#: A file that is written anew: where, and what writes it to a given place.
Change = tuple[Path, Callable[[Path], None]]


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done.

    Parameters
    ----------
    rows : int
        Rows that were hers, in all study files.
    studies : tuple of Path
        Study files written anew.
    links : tuple of Path
        Links files written anew.
    removed : tuple of Path
        Outputs and written-back files that were removed, to be made again.
    folders : tuple of Path
        Output folders to make again.
    log : Path
        The record.
    still : tuple of Path
        Files nearby that the toolkit did not write and that still hold the id.
    unseen : tuple of Path
        Files nearby that could not be looked through.
    too_short : bool
        One of her ids is so short that it stands anywhere by chance, and was not looked for.
    """

    rows: int
    studies: tuple[Path, ...]
    links: tuple[Path, ...]
    removed: tuple[Path, ...]
    folders: tuple[Path, ...]
    log: Path
    still: tuple[Path, ...] = ()
    unseen: tuple[Path, ...] = ()
    too_short: bool = False


def erase_person(
    studies: Mapping[Path, pa.Table],
    is_her: Callable[[str], bool],
    links: Sequence[tuple[Path, bytes]] = (),
    also: Sequence[Path] = (),
    *,
    dry_run: bool = False,
) -> Erased:
    """Remove a person from study files and links, and everything made from them.

    Parameters
    ----------
    studies : mapping
        Study files, with what stands in them.
    is_her : callable
        Says whether an id, as it is written, is hers.
    links : sequence of (Path, bytes)
        Links files with what shall stand in them.
    also : sequence of Path
        Folders with outputs.
    dry_run : bool
        Say what would be done, and do nothing.

    Raises
    ------
    UsageError
        If no study file holds her; nothing is changed.
    InputError
        If a file cannot be read or written; nothing is changed.
    """
    found = [without_person(path, table, is_her) for path, table in studies.items()]
    hers = [one for one in found if one.rows]
    if not hers:
        raise UsageError(
            "nobody of that id is in the study file(s); nothing was changed",
            fix="write the id exactly as it stands in the data, in quotes; give --key where ids are pseudonyms",
        )
    back = tuple(dict.fromkeys(written_back(tuple(also))))
    # What was made from a written-back file was made from the study, too.
    sources = frozenset().union(*(one.sources for one in hers), (file_hash(path) for path in back))
    outputs = tuple(made_from(tuple(also), sources))
    unfinished = left_behind([*also, *(path.absolute().parent for path in studies)], sources)
    removed = tuple(dict.fromkeys([*(file for one in outputs for file in one.files), *back, *unfinished]))
    log = found[0].path.absolute().parent / LOG_NAME
    if not dry_run:
        _do(hers, links, outputs, removed, log)
    return Erased(
        rows=sum(one.rows for one in hers),
        studies=tuple(one.path for one in hers),
        links=tuple(path for path, _ in links),
        removed=removed,
        folders=tuple(one.folder for one in outputs),
        log=log,
    )


def _do(
    hers: Sequence[Rewritten],
    links: Sequence[tuple[Path, bytes]],
    outputs: Sequence[Outputs],
    removed: Sequence[Path],
    log: Path,
) -> None:
    changes: list[Change] = [(one.path, one.write) for one in hers]
    changes += [(path, _writer(content)) for path, content in links]
    changes += [(one.folder / MANIFEST, _writer(one.emptied_manifest())) for one in outputs]
    with all_at_once(log.parent) as together:
        places = []
        for path, write in changes:
            with whole_file(path) as place:
                write(place)
                places.append(place)
        for path in removed:
            together.remove(path)
        add_line(log, next_line(log, _facts(hers, places, len(links), len(removed))))


def _writer(content: bytes) -> Callable[[Path], None]:
    def write(place: Path) -> None:
        place.write_bytes(content)

    return write


def _facts(hers: Sequence[Rewritten], places: Sequence[Path], links: int, removed: int) -> dict[str, Any]:
    files = [
        {"before": file_hash(one.path), "after": file_hash(place), "rows": one.rows}
        for one, place in zip(hers, places, strict=False)
    ]
    return {"studies": files, "links_files": links, "outputs_removed": removed}
