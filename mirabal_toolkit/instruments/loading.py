"""Find an instrument by name or path, read it, and check it."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import FindingsError, InputError, Problem, UsageError
from mirabal_toolkit.instruments.building import Builder
from mirabal_toolkit.instruments.places import with_lines
from mirabal_toolkit.safe_yaml import MAX_BYTES, parse_yaml
from mirabal_toolkit.yaml_schema import schema_problems

SCHEMA_FILE = "instrument.schema.json"

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_STATUS = re.compile(rb"^status:\s*[\"']?([a-z]+)", re.MULTILINE)
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


def load_instrument(reference: str | Path) -> Instrument:
    """Return an instrument by name, by name and version, or from a file.

    Parameters
    ----------
    reference : str or Path
        ``"partner-safety"`` (the newest stable version), ``"partner-safety@1.0.0"``, or the path of
        a ``.yaml`` file.

    Raises
    ------
    UsageError
        If there is no such instrument or version.
    InputError
        If the file cannot be read or is not YAML; the line is named.
    FindingsError
        If it is not a sound instrument; all problems are named at once.

    Examples
    --------
    >>> load_instrument("partner-safety@1.0.0").reference
    'partner-safety@1.0.0'
    """
    path = reference_path(reference)
    instrument = _load_file(path)
    if isinstance(reference, Path) or _is_path(reference):
        return instrument
    if (instrument.id, instrument.version) != (path.parent.name, path.stem):
        raise FindingsError(
            f"the file says that it is {instrument.reference}",
            where=f"{path.parent.name}/{path.name}",
            fix="make its id the name of its folder, and its version the name of the file",
        )
    return instrument


def reference_path(reference: str | Path) -> Path:
    """Return the file meant by a path, ``id`` or ``id@version``; UsageError if there is no such instrument."""
    if isinstance(reference, Path) or _is_path(reference):
        return Path(reference).resolve()
    return bundled_path(reference)


def bundled_path(reference: str) -> Path:
    """Return the file of a bundled instrument, ``id`` or ``id@version``; UsageError if there is none."""
    name, at, version = reference.partition("@")
    versions = bundled_versions(name)
    if not versions:
        known = ", ".join(bundled_ids())
        raise UsageError(f"there is no instrument “{name}”", fix=f"use one of: {known}; or the path of a .yaml file")
    if at and version not in versions:
        raise UsageError(f"{name} has no version “{version}”", fix=f"use one of: {', '.join(versions)}")
    return _version_path(name, version if at else preferred_version(name))


def bundled_ids() -> tuple[str, ...]:
    """Return the ids of the bundled instruments, sorted."""
    folders = (path.name for path in bundled_folder("instruments").iterdir() if path.is_dir())
    return tuple(sorted(name for name in folders if bundled_versions(name)))


def bundled_versions(instrument_id: str) -> tuple[str, ...]:
    """Return the versions of a bundled instrument, oldest first; empty if there is no such id."""
    if not _ID.fullmatch(instrument_id):  # nothing that could climb out of the folder
        return ()
    names = (path.stem for path in (bundled_folder("instruments") / instrument_id).glob("*.yaml"))
    return tuple(sorted((name for name in names if _VERSION.fullmatch(name)), key=_version_key))


def preferred_version(instrument_id: str) -> str:
    """Return the version meant by an id alone: the newest that is stable, else the newest not retired, else the newest.

    Examples
    --------
    >>> preferred_version("partner-safety") in bundled_versions("partner-safety")
    True
    """
    versions = bundled_versions(instrument_id)
    if len(versions) > 1:
        statuses = {version: _status(_version_path(instrument_id, version)) for version in versions}
        for wanted in (("stable",), ("stable", "draft")):
            fitting = [version for version in versions if statuses[version] in wanted]
            if fitting:
                return fitting[-1]
    return versions[-1]


def _version_path(instrument_id: str, version: str) -> Path:
    return bundled_folder("instruments") / instrument_id / f"{version}.yaml"


def _status(path: Path) -> str:
    """The status of a version, from its first lines: reading it whole would take half a second."""
    with path.open("rb") as file:
        found = _STATUS.search(file.read(8_192))
    return found[1].decode() if found else ""


def read_instrument(content: bytes, where: str) -> Instrument:
    """Return the instrument in the bytes of a YAML file.

    Parameters
    ----------
    content : bytes
    where : str
        Name of the file for messages.

    Raises
    ------
    InputError, FindingsError
        See `load_instrument`.
    """
    document = parse_yaml(content, where)
    problems = schema_problems(document, instrument_schema(), where)
    if problems:
        raise FindingsError(f"{where} is not a sound instrument: {len(problems)} problem(s)", problems=problems)
    builder = Builder(document.value)
    found: list[Problem] = []
    try:
        instrument = builder.build(hashlib.sha256(content).hexdigest())
    except FindingsError as error:
        found = list(error.problems)
    problems = with_lines([*builder.problems, *found], document, where)
    if problems:
        raise FindingsError(f"{where} is not a sound instrument: {len(problems)} problem(s)", problems=problems)
    return instrument


@cache
def instrument_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of instrument files."""
    file = resources.files("mirabal_toolkit.instruments").joinpath("schema", SCHEMA_FILE)
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema


def _is_path(reference: str) -> bool:
    """Whether text means a file: it has a folder in it or ends like a YAML file."""
    return reference.endswith((".yaml", ".yml")) or "/" in reference or "\\" in reference


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def is_version(text: str) -> bool:
    """Whether text is MAJOR.MINOR.PATCH.

    Examples
    --------
    >>> is_version("1.10.0"), is_version("1.0")
    (True, False)
    """
    return bool(_VERSION.fullmatch(text))


def read_bytes(path: Path) -> bytes:
    """Return what a file holds; InputError if it is too large or cannot be read, without its folder's name."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                "is too large for an instrument", where=path.name, fix=f"at most {MAX_BYTES // 1_000_000} MB"
            )
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(error, path) from None


def _unreadable(error: OSError, path: Path) -> InputError:
    return InputError(
        f"the instrument cannot be read: {error.strerror}",
        where=path.name,
        fix="look at the spelling and the folder; or see `mirabal instruments list`",
    )


def _load_file(path: Path) -> Instrument:
    """Read a file; one that has not changed since the last time is not read again."""
    try:
        state = path.stat()
    except OSError as error:
        raise _unreadable(error, path) from None
    return _load_unchanged(path, state.st_mtime_ns, state.st_size)


@cache
def _load_unchanged(path: Path, _modified: int, _size: int) -> Instrument:
    return read_instrument(read_bytes(path), path.name)
