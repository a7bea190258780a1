"""Write a whole output folder, or leave what is there as it was.

How that is done is said in `safekeeping`. Files of the user's own in an earlier output folder are kept.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mirabal_toolkit.core.power import PowerStudy
from mirabal_toolkit.core.quality import ReleasableCheck
from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.file_safety import FULL
from mirabal_toolkit.reporting.checking.writing import write_check
from mirabal_toolkit.reporting.choices import Choices
from mirabal_toolkit.reporting.writing import write_report
from mirabal_toolkit.reporting.yearly.sources import Sources
from mirabal_toolkit.safekeeping.folders import occupied, whole_folder
from mirabal_toolkit.safekeeping.manifest import MANIFEST, files_of, write_manifest


@contextlib.contextmanager
def writing_to(out: Path | None) -> Iterator[None]:
    """Be the only run that writes to `out`, from before the work to the end of it; nothing where it is None.

    Raises
    ------
    UsageError
        If another run writes to it, or it must not or cannot be written: see `check_destination`.
    """
    with contextlib.ExitStack() as stack:
        if out is not None:
            check_destination(out)
            try:
                stack.enter_context(occupied(out))
            except OSError as error:
                raise _not_writable(out, error) from None
        yield


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
    released: ReleasableResults, out: Path, choices: Choices, *, command: Mapping[str, Any]
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
    return _deliver(released, out, lambda folder: write_report(released, folder, choices), command)


def deliver_check(check: ReleasableCheck, out: Path, *, command: Mapping[str, Any]) -> tuple[Path, ...]:
    """Write the report on data, its tables, figures and manifest into `out`, as `deliver` does."""
    return _deliver(check.released, out, lambda folder: write_check(check, folder), command)


def deliver_explore(released: ReleasableResults, out: Path, *, command: Mapping[str, Any]) -> tuple[Path, ...]:
    """Write the page that explores, its numbers and manifest into `out`, as `deliver` does; the page comes first."""
    from mirabal_toolkit.reporting.exploring.writing import PAGE, write_explore

    files = _deliver(released, out, lambda folder: write_explore(released, folder), command)
    return tuple(sorted(files, key=lambda path: path.name != PAGE))


def deliver_yearly(
    sources: Sources, year: str, out: Path, choices: Choices, *, command: Mapping[str, Any]
) -> tuple[Path, ...]:
    """Write the yearly programme report, its tables and manifest into `out` as `deliver` does; the page comes first."""
    from mirabal_toolkit.reporting.yearly.writing import PAGE, write_yearly

    files = _deliver(sources.cases, out, lambda folder: write_yearly(sources, year, folder, choices.template), command)
    return tuple(sorted(files, key=lambda path: path.name != PAGE))


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
    with writing_to(out):
        try:
            with whole_folder(out, files_of(out)) as folder:
                write(folder)
                write_manifest(folder, _facts(released, command))
                written = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        except OSError as error:
            raise _not_writable(out, error) from None
    return tuple(out / path for path in written)


def _facts(released: ReleasableResults, command: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was read and run, for the manifest."""
    return {
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
        "versions": dict(released.versions),
    }
