"""``manifest.json``: what a folder of outputs was made from, by what, and the SHA-256 of everything in it."""

from __future__ import annotations

import datetime as dt
import functools
import importlib.metadata
import json
import platform
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.safekeeping.hashes import code_hash, file_hash, text_hash
from mirabal_toolkit.version import __version__

MANIFEST = "manifest.json"
#: Raised when a key changes its meaning or goes. 1 had no hash of the program and none of itself.
MANIFEST_VERSION = 2
#: The manifest's own SHA-256, of everything in it but this.
OWN_HASH = "sha256"


@functools.cache
def dependency_versions() -> dict[str, str]:
    """Return the version of every package the toolkit needs, those that only help developers left out."""
    needed = importlib.metadata.requires("mirabal-toolkit") or []
    names = sorted({re.split(r"[^A-Za-z0-9._-]", line)[0] for line in needed if "extra ==" not in line})
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in names}}


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> Path:
    """Write the manifest of a finished folder; it is the only file with a date in it.

    Parameters
    ----------
    folder : Path
        Holds everything but the manifest.
    facts : mapping
        What was asked for and read; no paths, since names of files can name people.
    """
    content = {
        "schema": MANIFEST_VERSION,
        "created": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        **facts,
        "code": {"version": __version__, "sha256": code_hash()},
        "versions": {**dependency_versions(), **facts.get("versions", {})},
        "platform": f"{platform.system()} {platform.machine()}",
        "outputs": {
            path.relative_to(folder).as_posix(): file_hash(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path != folder / MANIFEST
        },
    }
    place = folder / MANIFEST
    place.write_text(format_manifest(content), encoding="utf-8")
    return place


def format_manifest(content: Mapping[str, Any]) -> str:
    """Return a manifest as text, with its own SHA-256 at its end."""
    signed = {**content, OWN_HASH: own_hash(content)}
    return json.dumps(signed, ensure_ascii=False, indent=2) + "\n"


def own_hash(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a manifest, whatever it says of itself."""
    parts = {name: part for name, part in content.items() if name != OWN_HASH}
    return text_hash(json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def incomplete(folder: Path, name: str) -> InputError:
    """Return the error of a folder of outputs in which a file lacks or cannot be read."""
    return InputError(
        f"{folder.resolve().name} is not a complete report of the toolkit: {name} is missing or cannot be read",
        fix="name the folder that `mirabal analyse` wrote",
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder of outputs, of this version or an older one.

    Raises
    ------
    InputError
        If there is none, or it cannot be understood.
    """
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict) or not isinstance(content.get("outputs"), dict):
        raise incomplete(folder, MANIFEST)
    version = content.get("schema", 1)
    if not isinstance(version, int) or version > MANIFEST_VERSION:
        raise InputError(
            f"{folder.resolve().name} was written by a newer version of the toolkit",
            fix="install that version: python -m pip install --upgrade mirabal-toolkit",
        )
    return content


def files_of(folder: Path) -> tuple[str, ...]:
    """Return the files that the toolkit wrote into a folder, the manifest too; none if it has no manifest."""
    if not (folder / MANIFEST).is_file():
        return ()
    return (*read_manifest(folder)["outputs"], MANIFEST)
