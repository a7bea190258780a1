"""Output folders made from a study: counts in them include her, so they are removed and made again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirabal_toolkit.safekeeping.manifest import MANIFEST, MANIFEST_VERSION, format_manifest

#: What `mirabal write` leaves beside a file, by which it is known.
BESIDE = (".codebook.csv", ".mapping.yaml")


@dataclass(frozen=True, slots=True)
class Outputs:
    """A folder whose outputs were made from the study.

    Parameters
    ----------
    folder : Path
    files : tuple of Path
        What the manifest lists and is there.
    command : str
        By which they were made.
    """

    folder: Path
    files: tuple[Path, ...]
    command: str

    def emptied_manifest(self) -> bytes:
        """Return the manifest that stays: it lists nothing, and says why."""
        said = "made from data that held a person who was removed since; run the command again"
        command = {"command": self.command}
        content = {"schema": MANIFEST_VERSION, "command": command, "outputs": {}, "removed": said}
        return format_manifest(content).encode()


def made_from(folders: tuple[Path, ...], sources: frozenset[str]) -> Iterator[Outputs]:
    """Yield the output folders, at any depth, that were made from files with one of these SHA-256."""
    for folder in folders:
        for manifest in sorted(folder.rglob(MANIFEST)):
            told = _read(manifest)
            listed, command = told.get("inputs"), told.get("command")
            entries = listed if isinstance(listed, list) else []
            inputs = {str(entry.get("sha256", "")) for entry in entries if isinstance(entry, dict)}
            if inputs & sources:
                names = [name for name in told["outputs"] if _inside(manifest.parent, name)]
                files = tuple(manifest.parent / name for name in names if (manifest.parent / name).is_file())
                by = str(command.get("command", "")) if isinstance(command, dict) else ""
                yield Outputs(manifest.parent, files, by)


def _read(manifest: Path) -> dict[str, Any]:
    try:
        told = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) and isinstance(told.get("outputs"), dict) else {}


def _inside(folder: Path, name: str) -> bool:
    """Say whether a name of the manifest stays in its folder."""
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except (ValueError, OSError):  # no name that a file can have
        return False


def written_back(folders: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the files that `mirabal write` wrote, with those beside them."""
    for folder in folders:
        for codebook in sorted(folder.rglob(f"*{BESIDE[0]}")):
            data = codebook.with_name(codebook.name.removesuffix(BESIDE[0]))
            mapping = data.with_name(data.name + BESIDE[1])
            if mapping.is_file() and b"written by mirabal write" in mapping.read_bytes():
                yield from (path for path in (data, codebook, mapping) if path.is_file())
