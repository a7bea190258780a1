"""Write a whole output folder, or leave what is there as it was.

Everything is written into a private folder beside the destination; only when it is complete, with its
manifest, is it put in place. Files of the user's own in an earlier output folder are kept.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mirabal_toolkit.core.power import PowerStudy
from mirabal_toolkit.core.quality import ReleasableCheck
from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.file_safety import FULL
from mirabal_toolkit.reporting.checking.writing import write_check
from mirabal_toolkit.reporting.writing import write_report

MANIFEST = "manifest.json"
MANIFEST_VERSION = 1


def check_destination(out: Path) -> None:
    """Refuse, before any work is done, a destination that cannot or must not be written.

    Raises
    ------
    UsageError
        If `out` is a file, holds files that are not an earlier output, or cannot be written.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file, not a folder", fix="choose another folder: --out DIR")
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise UsageError(
            f"{out} already holds files that are not an earlier report",
            fix="choose a new or empty folder: --out DIR",
        )
    place = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    if not os.access(place, os.W_OK | os.X_OK) or (out.exists() and not os.access(out.absolute().parent, os.W_OK)):
        raise _not_writable(out)


def _not_writable(out: Path, error: OSError | None = None) -> UsageError:
    if error is not None and error.errno in FULL:
        text = f"the disk is full, so {out} could not be written; what was there before is as it was"
        return UsageError(text, fix="make room, or choose a folder on another disk: --out DIR")
    why = f" ({error.strerror})" if error is not None and error.strerror else ""
    return UsageError(f"the folder {out} cannot be written{why}", fix="choose a folder of your own: --out DIR")


def deliver(
    released: ReleasableResults, out: Path, formats: tuple[str, ...], *, command: Mapping[str, Any]
) -> tuple[Path, ...]:
    """Write report, tables, figures, results and manifest into `out`, all at once.

    Parameters
    ----------
    command : mapping
        What was asked for, for the manifest; no paths.

    Returns
    -------
    tuple of Path
        The files, in their final place.
    """
    return _deliver(released, out, lambda folder: write_report(released, folder, formats), command)


def deliver_check(check: ReleasableCheck, out: Path, *, command: Mapping[str, Any]) -> tuple[Path, ...]:
    """Write the report on data, its tables, figures and manifest into `out`, as `deliver` does."""
    return _deliver(check.released, out, lambda folder: write_check(check, folder), command)


def deliver_power(study: PowerStudy, out: Path, *, command: Mapping[str, Any]) -> tuple[Path, ...]:
    """Write the page on power, its tables, curves and manifest into `out`, as `deliver` does; the page comes first."""
    # Here, not above: its curves need scipy.stats, which a report on data does without.
    from mirabal_toolkit.reporting.power.tables import edition_of
    from mirabal_toolkit.reporting.power.writing import PAGE, write_power

    files = _deliver(edition_of(study).released, out, lambda folder: write_power(study, folder), command)
    return tuple(sorted(files, key=lambda path: path.name != PAGE))


def _deliver(
    released: ReleasableResults, out: Path, write: Callable[[Path], object], command: Mapping[str, Any]
) -> tuple[Path, ...]:
    check_destination(out)
    with _staging(out) as folder:
        try:
            write(folder)
            _write_manifest(released, folder, command)
            written = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
            _put_in_place(folder, out)
        except OSError as error:
            raise _not_writable(out, error) from None
    return tuple(out / path for path in written)


@contextlib.contextmanager
def _staging(out: Path) -> Iterator[Path]:
    """Give a private folder beside `out` (so that a rename suffices), removed whatever happens."""
    parent = out.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".partial", dir=parent))
    except OSError as error:
        raise _not_writable(out, error) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(folder: Path, out: Path) -> None:
    """Exchange the finished folder for the old one; the old one stands until the new one is there."""
    old = folder.with_suffix(".old")
    if out.exists():
        _keep_foreign_files(out, folder)
        out.rename(old)
    try:
        folder.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _keep_foreign_files(out: Path, folder: Path) -> None:
    """Copy into the new folder what the user put into the old one."""
    manifest = out / MANIFEST
    ours = set(json.loads(manifest.read_text(encoding="utf-8"))["outputs"]) if manifest.is_file() else set()
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out)
        target = folder / name
        if path.is_file() and name.as_posix() not in ours and not target.exists() and name.name != MANIFEST:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def _write_manifest(released: ReleasableResults, folder: Path, command: Mapping[str, Any]) -> None:
    """Write what was read, run and written; the only file with a date in it."""
    manifest = {
        "schema": MANIFEST_VERSION,
        "created": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        "command": dict(command),
        "inputs": [
            {"sha256": source.sha256, "kind": source.kind, "rows": source.rows, "columns": source.columns}
            for source in released.sources
        ],
        "instrument": {"id": released.instrument.reference, "sha256": released.instrument.fingerprint},
        "plan": {"id": released.plan.id, "version": released.plan.version, "sha256": released.plan.fingerprint},
        "panel": released.fingerprint,
        "profile": released.profile.name,
        "seed": released.plan.seed,
        "versions": {"python": platform.python_version(), **released.versions},
        "platform": platform.system(),
        "outputs": {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
