"""A new key for study files: pseudonyms of pseudonyms, so that neither the export nor anybody's id is needed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.protecting.keys import Key, read_key, replace_key
from mirabal_toolkit.protecting.pseudonyms import pseudonym, pseudonym_number
from mirabal_toolkit.safekeeping.files import all_at_once, whole_file

_HISTORY = b"mirabal"
_PSEUDONYM = re.compile(r"p[a-z2-7]{16}")

#: Given a study file, and what renames a pseudonym: files beside it that hold pseudonyms too, written anew.
Beside = Callable[[Path, Callable[[str], str]], Mapping[Path, bytes]]


def nothing_beside(_study: Path, _rename: Callable[[str], str]) -> Mapping[Path, bytes]:
    """Say that no other file holds pseudonyms."""
    return {}


def rotate(studies: Mapping[Path, pa.Table], key_file: Path, beside: Beside = nothing_beside) -> list[Path]:
    """Give study files pseudonyms by a new secret, and add it to the key.

    The key is written first. Where this is cut off, running it again brings the files that lag behind to
    the secret that was added, and adds none.

    Parameters
    ----------
    studies : mapping
        All study files whose people must stay together, with what stands in them.
    key_file : Path
    beside : callable, optional
        Finds what else holds the pseudonyms of a study.

    Returns
    -------
    list of Path
        The study files written anew.

    Raises
    ------
    InputError
        If a file is no study file, or cannot be written.
    UsageError
        If a study file has other pseudonyms than this key makes; nothing is changed.
    """
    key = read_key(key_file)
    used = {path: _secrets_used(path, table, key) for path, table in studies.items()}
    fresh = set(used.values()) == {len(key.secrets)}
    if fresh:
        key = key.changed()
    # All new content is there before the key changes: a file that is not as it should be leaves everything as it was.
    renamed = {
        path: _renamed(path, studies[path], key, count) for path, count in used.items() if count < len(key.secrets)
    }
    others = {name: text for path in renamed for name, text in beside(path, partial(_again, key, used[path])).items()}
    if fresh:
        replace_key(key_file, key)
    with all_at_once(next(iter(studies)).absolute().parent):
        for path, table in renamed.items():
            with whole_file(path) as place:
                pq.write_table(table, place, compression="zstd")
        for path, text in others.items():
            with whole_file(path) as place:
                place.write_bytes(text)
    return list(renamed)


def _again(key: Key, used: int, name: str) -> str:
    """Return the new pseudonym for an old one; what is none stays as it is."""
    return pseudonym(key, name, since=used) if _PSEUDONYM.fullmatch(name) else name


def _history(path: Path, table: pa.Table) -> dict[str, object]:
    try:
        told = json.loads((table.schema.metadata or {})[_HISTORY])
        return dict(told)
    except (KeyError, ValueError, TypeError):
        raise InputError(
            "this is not a study file of the toolkit", where=path.name, fix="give one that `mirabal import` wrote"
        ) from None


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


def _renamed(path: Path, table: pa.Table, key: Key, used: int) -> pa.Table:
    metadata = dict(table.schema.metadata or {})
    history = json.loads(metadata[_HISTORY])
    history["protection"]["key_id"] = key.id
    metadata[_HISTORY] = json.dumps(history).encode()
    try:
        for name in _columns_of_ids(history):
            place, field = table.column_names.index(name), table.schema.field(name)
            column = pa.array(_new_ids(table.column(name), key, used), type=field.type)
            table = table.set_column(place, field, column)
    except (ValueError, KeyError, TypeError):  # pyarrow's errors are among these; they would repeat an id
        raise InputError("the study file is damaged", where=path.name, fix="import the raw data again") from None
    return table.replace_schema_metadata(metadata)


def _columns_of_ids(history: dict[str, Any]) -> tuple[str, ...]:
    names = (PERSON, *history["protection"].get("partners", ()))
    if WAVE in names:
        raise ValueError(WAVE)
    return names


def _new_ids(column: pa.ChunkedArray, key: Key, used: int) -> list[str | float | None]:
    new: dict[str | float | None, str | float | None] = {
        name: pseudonym(key, name, since=used) if isinstance(name, str) else pseudonym_number(key, name, since=used)
        for name in column.unique().to_pylist()
        if name is not None
    }
    return [new.get(name) for name in column.to_pylist()]
