"""`mirabal report`: a report written again from its own numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mirabal_toolkit.cli.analyse import UNTRUSTED_EXIT
from mirabal_toolkit.cli.documents import LANGUAGE_HELP, Briefing, Template
from mirabal_toolkit.cli.output import Voice
from mirabal_toolkit.cli.reading import FORMATS_HELP, JSON, NoProgress, Quiet, names_in

#: Of the files of a report, those to open first.
OPENED_FIRST = ("report", "briefing", "tables")


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `mirabal analyse` wrote.")],
    formats: Annotated[str, typer.Option("--formats", help=FORMATS_HELP, show_default="those that DIR has")] = "",
    briefing: Briefing = False,
    template: Template = None,
    language: Annotated[str, typer.Option("--language", help=LANGUAGE_HELP, show_default="that of DIR")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write into.", show_default="DIR itself")] = None,
    as_json: JSON = False,
    quiet: Quiet = False,
    no_progress: NoProgress = False,
) -> None:
    """Write a report again from its own numbers, for instance in other formats. No data are needed.

    Files of your own in the folder stay; a report whose numbers were changed by hand is refused.
    """
    from mirabal_toolkit.workflow_report import ReportRequest, run_report

    voice = Voice(as_json, quiet, progress=not no_progress)
    with voice.working() as progress:
        released, files = run_report(
            ReportRequest(folder, out, names_in(formats), briefing, template, language), progress
        )
    place = out or folder
    documents = [str(path) for path in files if path.parent == place and path.stem in OPENED_FIRST]
    voice.data("\n".join(documents), {"documents": documents, "files": len(files)})
    if released.untrusted:
        raise typer.Exit(UNTRUSTED_EXIT)
