"""`mirabal verify`: whether a report is as it was written, and whether the analysis gives the same numbers again."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirabal_toolkit.cli.jobs import JobsOption, processes
from mirabal_toolkit.cli.output import Voice
from mirabal_toolkit.cli.reading import reads_data
from mirabal_toolkit.errors import FindingsError, UsageError

if TYPE_CHECKING:
    from mirabal_toolkit.workflow_reading import DataRequest
    from mirabal_toolkit.workflow_verify import Verified


@reads_data
def verify(
    data: Annotated[
        DataRequest,
        typer.Argument(metavar="DIR [DATA…]", help="Folder of a report; with --rerun, the data it was made from too."),
    ],
    voice: Voice,
    rerun: Annotated[bool, typer.Option("--rerun", help="Repeat the analysis, and compare every number.")] = False,
    plan: Annotated[
        str | None, typer.Option("--plan", help="For --rerun: plan id or path. Default: the report's own.")
    ] = None,
    comparison: Annotated[
        Path | None, typer.Option("--comparison", help="For --rerun: file of the other group, if there was one.")
    ] = None,
    beside: Annotated[
        Path | None, typer.Option("--beside", help="For --rerun: file of the second account, if there was one.")
    ] = None,
    jobs: JobsOption = None,
) -> None:
    """Check that no file of a report was changed; stops with 3 and names the files if one was.

    With --rerun the analysis is repeated on the data, with the options given the first time, and every number is
    compared. Nothing is written.
    """
    from mirabal_toolkit.workflow_analysis import AnalysisRequest
    from mirabal_toolkit.workflow_verify import verify as verify_files
    from mirabal_toolkit.workflow_verify import verify_again

    folder, files = data.files[0], data.files[1:]
    if bool(files) != rerun:
        raise UsageError("--rerun and data belong together", fix=f"mirabal verify {folder} --rerun DATA")
    if rerun:
        request = AnalysisRequest(
            replace(data, files=files), folder, plan=plan, jobs=processes(jobs), comparison=comparison, beside=beside
        )
        with voice.working() as progress:
            found = verify_again(request, progress)
    else:
        found = verify_files(folder)
    _tell(found, folder, voice)


def _tell(found: Verified, folder: Path, voice: Voice) -> None:
    numbers = found.numbers
    summary = {
        "files": found.files,
        "problems": [asdict(problem) for problem in found.problems],
        "other_versions": list(found.versions),
        "not_ours": list(found.foreign),
        "numbers": None if numbers is None else {"identical": numbers.identical, "rounded": numbers.rounded},
    }
    if voice.as_json:
        voice.data("", summary)
    for name in found.foreign:
        voice.say(f"Not written by the toolkit: {name}")
    for version in found.versions:
        voice.say(f"Other than when it was written: {version}")
    if found.problems:
        told = f"{len(found.problems)} thing(s) in {folder.resolve().name} are not as they were written"
        explained = "the versions named above may explain it" if numbers is not None and found.versions else ""
        raise FindingsError(told, fix=explained, problems=() if voice.as_json else found.problems)
    voice.say(f"{found.files} files are as they were written.")
    if numbers is not None:
        slight = f", {numbers.rounded} of them but for the last digits" if numbers.rounded else ""
        voice.say(f"{numbers.identical + numbers.rounded} numbers came again{slight}.")
