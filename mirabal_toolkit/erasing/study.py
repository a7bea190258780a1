"""Study files without one person: written anew, since Parquet keeps what is only masked."""

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


def without_person(path: Path, is_her: Callable[[str], bool]) -> Rewritten:
    """Return a study file without the rows of one person.

    Raises
    ------
    InputError
        If it cannot be read, or is no study file.
    """
    try:
        table = pq.read_table(path)
        history = json.loads((table.schema.metadata or {})[HISTORY])
        ids = table.column(PERSON)
    except OSError as error:
        raise InputError("the study file cannot be opened", where=path.name, fix="check its name and place") from error
    except (pa.ArrowException, KeyError, ValueError):
        raise InputError(
            "this is not a study file of the toolkit, so nobody can be removed from it",
            where=path.name,
            fix="remove her from a raw export in the program that made it; erase works on what `mirabal import` writes",
        ) from None
    hers = [value for value in pc.unique(ids).to_pylist() if value is not None and is_her(value)]
    kept = pc.fill_null(pc.invert(pc.is_in(ids, value_set=pa.array(hers, type=ids.type))), fill_value=True)
    remaining = table.filter(kept)
    history["erased"] = int(history.get("erased", 0)) + (len(remaining) < len(table))
    metadata = {**(table.schema.metadata or {}), HISTORY: json.dumps(history).encode()}
    sources = {str(source.get("sha256", "")) for source in history.get("sources", ())} - {""}
    return Rewritten(
        path,
        _fresh(remaining).replace_schema_metadata(metadata),
        len(table) - len(remaining),
        frozenset({file_hash(path), *sources}),
    )


def _fresh(table: pa.Table) -> pa.Table:
    """Return the table without dictionaries that still list what no row holds."""
    columns = [
        column.cast(column.type.value_type).dictionary_encode() if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    return pa.table(dict(zip(table.column_names, columns, strict=True)))
