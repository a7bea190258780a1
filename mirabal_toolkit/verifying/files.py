"""Every SHA-256 of a manifest, recomputed; and by which other programs than today's it was written."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mirabal_toolkit.errors import Problem
from mirabal_toolkit.safekeeping.hashes import code_hash, file_hash
from mirabal_toolkit.safekeeping.manifest import MANIFEST, OWN_HASH, dependency_versions, own_hash
from mirabal_toolkit.version import __version__

_AGAIN = "write the report again, or put back the copy from your backup"


def changed_files(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the files that are not as the toolkit wrote them, the manifest first.

    Parameters
    ----------
    folder : Path
    manifest : mapping
        As `read_manifest` returns it.
    """
    if OWN_HASH in manifest and manifest[OWN_HASH] != own_hash(manifest):
        yield Problem("the manifest itself was changed after it was written", MANIFEST, _AGAIN)
    for name, digest in manifest["outputs"].items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            yield Problem("the manifest names a file outside the folder", MANIFEST, _AGAIN)
        elif not path.is_file():
            yield Problem("a file is missing", name, _AGAIN)
        elif _hash(path) != digest:
            yield Problem("a file was changed after it was written", name, _AGAIN)


def _hash(path: Path) -> str:
    try:
        return file_hash(path)
    except OSError:
        return "cannot be read"


def foreign_files(folder: Path, manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the files in the folder that the toolkit did not write, by name."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return tuple(sorted(names - {MANIFEST} - manifest["outputs"].keys()))


def other_versions(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return in words what wrote the folder and is not what is installed now: toolkit, packages, computer."""
    then, now = dict(manifest.get("versions", {})), dependency_versions()
    code = manifest.get("code", {})
    found = [
        f"{name} {version} then, {now.get(name, 'not installed')} now"
        for name, version in sorted(then.items())
        if name != "mirabal-toolkit" and now.get(name) != version
    ]
    told = code.get("version") or then.get("mirabal-toolkit", "?")
    if told != __version__:
        found.insert(0, f"mirabal-toolkit {told} then, {__version__} now")
    elif code.get("sha256") != code_hash():
        found.insert(0, f"mirabal-toolkit {told} then and now, but with other programs, questionnaires or plans")
    here = f"{platform.system()} {platform.machine()}"
    if manifest.get("platform", here) not in (here, platform.system()):
        found.append(f"{manifest['platform']} then, {here} now")
    return tuple(found)
