"""A new key for study files: pseudonyms of pseudonyms, so that neither the export nor anybody's id is needed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mirabal_toolkit.core.data import PERSON
from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.protecting.keys import Key, read_key, replace_key
from mirabal_toolkit.protecting.pseudonyms import pseudonym, pseudonym_number
from mirabal_toolkit.safekeeping.files import all_at_once, whole_file

_HISTORY = b"mirabal"


def rotate(studies: Sequence[Path], key_file: Path) -> list[Path]:
    """Give study files pseudonyms by a new secret, and add it to the key.

    The key is written first. Where this is cut off, running it again brings the files that lag behind to
    the secret that was added, and adds none.

    Parameters
    ----------
    studies : sequence of Path
        All study files whose people must stay together.
    key_file : Path

    Returns
    -------
    list of Path
        The files written anew.

    Raises
    ------
    InputError
        If a file is no study file, or cannot be read or written.
    UsageError
        If a study file has other pseudonyms than this key makes; nothing is changed.
    """
    key = read_key(key_file)
    tables = {path: _table(path) for path in studies}
    used = {path: _secrets_used(path, table, key) for path, table in tables.items()}
    if set(used.values()) == {len(key.secrets)}:
        key = key.changed()
        replace_key(key_file, key)
    behind = [path for path, count in used.items() if count < len(key.secrets)]
    with all_at_once(studies[0].absolute().parent):
        for path in behind:
            with whole_file(path) as place:
                pq.write_table(_renamed(tables[path], key, used[path]), place, compression="zstd")
    return behind


def _table(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException):
        raise InputError("the study file cannot be read", where=path.name, fix="check its name and place") from None


def _history(path: Path, table: pa.Table) -> dict[str, object]:
    try:
        told = json.loads((table.schema.metadata or {})[_HISTORY])
        return dict(told)
    except (KeyError, ValueError, TypeError):
        raise InputError("this is not a study file of the toolkit", where=path.name) from None


def _secrets_used(path: Path, table: pa.Table, key: Key) -> int:
    """Return how many secrets of the key made the pseudonyms of a file."""
    protection = _history(path, table).get("protection")
    known = protection.get("key_id", "") if isinstance(protection, dict) else ""
    if not known:
        raise UsageError(
            "the ids of this study file are no pseudonyms",
            where=path.name,
            fix="import the export again with --pseudonymise",
        )
    for count in range(len(key.secrets), 0, -1):
        if key.id_after(count) == known:
            return count
    raise UsageError("the pseudonyms of this study file were made by another key", where=path.name, fix="--key FILE")


def _renamed(table: pa.Table, key: Key, used: int) -> pa.Table:
    metadata = dict(table.schema.metadata or {})
    history = json.loads(metadata[_HISTORY])
    history["protection"]["key_id"] = key.id
    metadata[_HISTORY] = json.dumps(history).encode()
    for name in (PERSON, *history["protection"].get("partners", ())):
        place, kind = table.column_names.index(name), table.schema.field(name).type
        column = pa.array(_new_ids(table.column(name), key, used), type=kind)
        table = table.set_column(place, table.schema.field(name), column)
    return table.replace_schema_metadata(metadata)


def _new_ids(column: pa.ChunkedArray, key: Key, used: int) -> list[str | float | None]:
    new: dict[str | float | None, str | float | None] = {
        name: pseudonym(key, name, since=used) if isinstance(name, str) else pseudonym_number(key, name, since=used)
        for name in column.unique().to_pylist()
        if name is not None
    }
    return [new.get(name) for name in column.to_pylist()]
