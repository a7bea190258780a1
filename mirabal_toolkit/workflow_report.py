"""The road from a report's own numbers to the report again: no data, no models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.reporting.choices import Choices
from mirabal_toolkit.workflow import Progress, Released, as_kind


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What `mirabal report` was asked for.

    Parameters
    ----------
    folder : Path
        As `mirabal analyse` wrote it.
    out : Path or None
        Where to write; into `folder` itself when None.
    formats : tuple of str
        Documents to write; those that `folder` has when empty. In `folder` itself those that it has are
        written again too, so that all documents in it say the same.
    """

    folder: Path
    out: Path | None = None
    formats: tuple[str, ...] = ()


def open_results(folder: str | Path) -> Released:
    """Open the results that `mirabal analyse` wrote, to look at tables and figures or write the report again.

    Parameters
    ----------
    folder : path

    Raises
    ------
    InputError
        If it is not such a folder, or a file in it was changed.
    """
    from mirabal_toolkit.reporting.opening import open_folder

    opened: Released = as_kind(Released, open_folder(Path(folder)))
    return opened


def report(
    released: ReleasableResults, out: str | Path, *, formats: Sequence[str] = ("html", "docx")
) -> tuple[Path, ...]:
    """Write the report and all its parts into the folder `out`, all at once or not at all.

    Returns
    -------
    tuple of Path
        The files written.
    """
    from mirabal_toolkit.reporting.delivery import deliver

    choices = Choices(tuple(formats))
    return deliver(released, Path(out), choices, command={"command": "report", **choices.described()})


def run_report(request: ReportRequest, progress: Progress) -> tuple[Released, tuple[Path, ...]]:
    """Write a report again from its own numbers.

    Returns
    -------
    released : Released
        What the report shows.
    files : tuple of Path
        The files written.

    Raises
    ------
    MirabalError
        With its exit code; the folders are then as they were.
    """
    from mirabal_toolkit.reporting.delivery import deliver, writing_to
    from mirabal_toolkit.safekeeping.manifest import read_manifest

    out = request.out or request.folder
    progress("Opening", 0, 2)
    released = open_results(request.folder)
    asked = dict(read_manifest(request.folder).get("command", {}))
    choices = Choices(_formats(request, out, asked.get("formats")))
    with writing_to(out):
        progress("Writing the report", 1, 2)
        # What was asked of the analysis stays said: the numbers are still those.
        command = {**asked, **choices.described(), "written_again": True}
        return released, deliver(released, out, choices, command=command)


def _formats(request: ReportRequest, out: Path, earlier: Sequence[str] | None) -> tuple[str, ...]:
    before = tuple(earlier or Choices().formats)
    if not request.formats:
        return before
    same = out.resolve() == request.folder.resolve()
    return tuple(dict.fromkeys((*before, *request.formats))) if same else request.formats
