"""`mirabal yearly`: a year of a programme in one document, from reports on its sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mirabal_toolkit.cli.documents import LanguageOption, Template
from mirabal_toolkit.cli.output import Voice
from mirabal_toolkit.cli.reading import JSON, NoProgress, Quiet


def yearly(
    cases: Annotated[Path, typer.Option("--cases", help="Folder of the report on case-record.")],
    partners: Annotated[
        Path | None, typer.Option("--partners", help="Folder of the report on partner-safety, or on its short form.")
    ] = None,
    clients: Annotated[Path | None, typer.Option("--clients", help="Folder of the report on client-account.")] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the report.")] = Path("mirabal-year"),
    year: Annotated[str, typer.Option("--year", help="Which year it is, for the title.")] = "",
    template: Template = None,
    language: LanguageOption = "en",
    as_json: JSON = False,
    quiet: Quiet = False,
    no_progress: NoProgress = False,
) -> None:
    """Write the yearly programme report: referrals, engagement, completion, and outcomes by source.

    It is written from folders that `mirabal analyse` wrote, one a source, all under one disclosure profile: no data
    are needed, and no number leaves that those reports do not have. Sources are never added up.
    """
    from mirabal_toolkit.workflow_report import YearlyRequest, run_yearly

    voice = Voice(as_json, quiet, progress=not no_progress)
    with voice.working() as progress:
        files = run_yearly(YearlyRequest(cases, partners, clients, out, year, template, language), progress)
    documents = [str(path) for path in files if path.parent == out and path.stem == "programme-report"]
    voice.data("\n".join(documents), {"documents": documents, "files": len(files)})
