"""Study files without one person: written anew, since Parquet keeps what is only masked.

They are opened by the room of readers, in a process of its own: somebody may have changed them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mirabal_toolkit.core.data import PERSON
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.safekeeping.hashes import file_hash

HISTORY = b"mirabal"


@dataclass(frozen=True)
class Rewritten:
    """A study file without her, not yet written.

    Parameters
    ----------
    path : Path
    table : pyarrow.Table
        What remains.
    rows : int
        How many rows were hers.
    sources : frozenset of str
        SHA-256 of the file itself and of what it was imported from.
    """

    path: Path
    table: pa.Table
    rows: int
    sources: frozenset[str]

    def write(self, place: Path) -> None:
        """Write what remains to a file that does not exist yet."""
        pq.write_table(self.table, place, compression="zstd")


def without_person(path: Path, table: pa.Table, is_her: Callable[[str], bool]) -> Rewritten:
    """Return a study file without the rows of one person.

    Parameters
    ----------
    path : Path
    table : pyarrow.Table
        What stands there, with its metadata.
    is_her : callable
        Says whether an id is hers.

    Raises
    ------
    InputError
        If it is no study file.
    """
    try:
        history = json.loads((table.schema.metadata or {})[HISTORY])
        ids = table.column(PERSON)
        sources = {str(source.get("sha256", "")) for source in history.get("sources", ())} - {""}
    except (KeyError, ValueError, TypeError, AttributeError):
        raise InputError("the study file is damaged", where=path.name, fix="import the raw data again") from None
    hers = [value for value in pc.unique(ids).to_pylist() if isinstance(value, str) and is_her(value)]
    kept = pc.fill_null(pc.invert(pc.is_in(ids, value_set=pa.array(hers, type=ids.type))), fill_value=True)
    remaining = table.filter(kept)
    history["erased"] = int(history.get("erased", 0)) + (len(remaining) < len(table))
    metadata = {**(table.schema.metadata or {}), HISTORY: json.dumps(history).encode()}
    return Rewritten(
        path,
        remaining.replace_schema_metadata(metadata),
        len(table) - len(remaining),
        frozenset({file_hash(path), *sources}),
    )
