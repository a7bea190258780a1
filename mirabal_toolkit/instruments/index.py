"""Which variables the bundled instruments have, known without reading all of them.

Reading a questionnaire takes a third of a second, and data come from one. So their names of variables stand in
``instruments/index.json``, each beside the SHA-256 of the file they were taken from. A file that has changed
since, or is new, is read instead: an old index costs time and is never wrong.

``python -m mirabal_toolkit.instruments.index`` writes it anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.core.candidates import Candidate, variable_names
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.instruments.loading import bundled_ids, bundled_path, bundled_versions, load_instrument

INDEX_FILE = "index.json"


def find_candidates(reference: str | Path | Instrument | None = None) -> tuple[Candidate, ...]:
    """Return the instruments that data may have been collected with.

    Parameters
    ----------
    reference : str, Path, Instrument or None
        ``id``: any version of it. ``id@version`` or the path of a file: this one. The path of a folder: any of
        the versions in it. None: everything bundled.

    Raises
    ------
    UsageError
        If there is no such instrument, or the files in a folder are not of one instrument.
    InputError, FindingsError
        If a file cannot be read, or is not sound.

    Examples
    --------
    >>> [candidate.reference for candidate in find_candidates("casr-sf")]
    ['casr-sf@1.0.0']
    """
    if isinstance(reference, Instrument):
        return (Candidate.of(reference),)
    if reference is None:
        return tuple(candidate for name in bundled_ids() for candidate in _bundled(name))
    if Path(reference).is_dir() and not (isinstance(reference, str) and bundled_versions(reference)):
        return _in_folder(Path(reference))
    if isinstance(reference, str) and bundled_versions(reference):
        return _bundled(reference)
    return (Candidate.of(load_instrument(reference)),)


def _bundled(instrument_id: str) -> tuple[Candidate, ...]:
    index = _index(bundled_folder("instruments") / INDEX_FILE)
    return tuple(_candidate(f"{instrument_id}@{version}", index) for version in bundled_versions(instrument_id))


def _candidate(reference: str, index: Mapping[str, Any]) -> Candidate:
    entry = index.get(reference)
    if not isinstance(entry, dict) or entry.get("sha256") != _digest(bundled_path(reference)):
        return Candidate.of(load_instrument(reference))
    return Candidate(reference, variable_names(entry["variables"], entry["waves"]), lambda: load_instrument(reference))


def _in_folder(folder: Path) -> tuple[Candidate, ...]:
    found = [load_instrument(path) for path in sorted(folder.glob("*.yaml"))]
    if len({instrument.id for instrument in found}) != 1 or len({one.version for one in found}) != len(found):
        raise UsageError(
            "a folder of instruments must hold versions of one instrument, each once",
            where=folder.name,
            fix="name one of its files, or move the others elsewhere",
        )
    return tuple(Candidate.of(instrument) for instrument in found)


def _index(path: Path) -> dict[str, Any]:
    """Return the index; empty if there is none or it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def index_text() -> str:
    """Return what the index must hold now, as JSON with one instrument a line."""
    entries = []
    for name in bundled_ids():
        for version in bundled_versions(name):
            instrument = load_instrument(f"{name}@{version}")
            entry = {
                "sha256": instrument.fingerprint,
                "waves": [wave.number for wave in instrument.waves],
                "variables": [item.variable for item in instrument.items],
            }
            entries.append(f"  {json.dumps(instrument.reference)}: {json.dumps(entry)}")
    return "{\n" + ",\n".join(entries) + "\n}\n"


if __name__ == "__main__":
    (bundled_folder("instruments") / INDEX_FILE).write_text(index_text(), encoding="utf-8")
