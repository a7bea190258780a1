"""The road from a report's own numbers to the report again: no data, no models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.reporting.choices import Choices
from mirabal_toolkit.workflow import Progress, Released, as_kind, expect


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
    briefing : bool
        Whether two pages for boards are written too; in `folder` itself a briefing that it has is written again.
    template : Path or None
        A Word document in whose looks Word documents are written.
    language : str
        Code of the language; the one of `folder` when empty.
    """

    folder: Path
    out: Path | None = None
    formats: tuple[str, ...] = ()
    briefing: bool = False
    template: Path | None = None
    language: str = ""


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
    released: ReleasableResults,
    out: str | Path,
    *,
    formats: Sequence[str] = ("html", "docx"),
    briefing: bool = False,
    template: str | Path | None = None,
    language: str = "en",
) -> tuple[Path, ...]:
    """Write the report and all its parts into the folder `out`, all at once or not at all.

    Parameters
    ----------
    formats : sequence of str
        Some of “html”, “docx” and the others of ``mirabal report``.
    briefing : bool
        Whether two pages for boards are written too.
    template : path, optional
        A Word document in whose looks Word documents are written.
    language : str
        “en”, “ro”, “it” or “el”; all but English are drafts.

    Returns
    -------
    tuple of Path
        The files written.
    """
    from mirabal_toolkit.reporting.delivery import deliver

    expect(released, ReleasableResults, "report")
    choices = Choices(tuple(formats), briefing, _template(None if template is None else Path(template)), language)
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
    if asked.get("command") == "yearly":
        raise UsageError(f"{request.folder} holds a yearly report", fix="write it again with `mirabal yearly`")
    choices = _choices(request, out, asked)
    with writing_to(out):
        progress("Writing the report", 1, 2)
        # What was asked of the analysis stays said: the numbers are still those.
        command = {**asked, **choices.described(), "written_again": True}
        return released, deliver(released, out, choices, command=command)


@dataclass(frozen=True, slots=True)
class YearlyRequest:
    """What `mirabal yearly` was asked for: folders that `mirabal analyse` wrote, one a source.

    Parameters
    ----------
    cases : Path
    partners, clients : Path or None
    out : Path
    year : str
        Stands in the title.
    template : Path or None
    language : str
    """

    cases: Path
    partners: Path | None
    clients: Path | None
    out: Path
    year: str = ""
    template: Path | None = None
    language: str = "en"


def run_yearly(request: YearlyRequest, progress: Progress) -> tuple[Path, ...]:
    """Write the yearly programme report from released results; no data are needed, and no new number leaves.

    Raises
    ------
    MirabalError
        With its exit code; ``request.out`` is then as it was.
    """
    from mirabal_toolkit.reporting.delivery import deliver_yearly, writing_to
    from mirabal_toolkit.reporting.yearly.sources import Sources

    choices = Choices(("html", "docx"), template=_template(request.template), language=request.language)
    with writing_to(request.out):
        progress("Opening", 0, 2)
        sources = Sources(
            cases=open_results(request.cases),
            partners=None if request.partners is None else open_results(request.partners),
            clients=None if request.clients is None else open_results(request.clients),
            language=request.language,
        )
        command = {
            "command": "yearly",
            "year": request.year,
            "sources": {name: released.fingerprint for name, released in sources.given()},
            **choices.described(),
        }
        progress("Writing the report", 1, 2)
        return deliver_yearly(sources, request.year, request.out, choices, command=command)


def _choices(request: ReportRequest, out: Path, asked: Mapping[str, Any]) -> Choices:
    """Return how the report is written: as asked for, and in the same folder everything that it has already."""
    before = tuple(asked.get("formats") or Choices().formats)
    same = out.resolve() == request.folder.resolve()
    formats = request.formats or before
    return Choices(
        tuple(dict.fromkeys((*before, *formats))) if same else formats,
        request.briefing or (same and bool(asked.get("briefing"))),
        _template(request.template),
        request.language or str(asked.get("language") or Choices().language),
    )


def _template(path: Path | None) -> bytes | None:
    from mirabal_toolkit.reporting.documents.word_template import read_template

    return None if path is None else read_template(path)
