"""`mirabal explore`: a page on which to look around, of data or of a report that is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirabal_toolkit.cli.analyse import UNTRUSTED_EXIT
from mirabal_toolkit.cli.jobs import JobsOption, processes
from mirabal_toolkit.cli.output import Voice
from mirabal_toolkit.cli.reading import reads_data

if TYPE_CHECKING:
    from mirabal_toolkit.workflow_reading import DataRequest


@reads_data
def explore(
    data: DataRequest,
    voice: Voice,
    out: Annotated[Path, typer.Option("--out", help="Folder for the page.")] = Path("mirabal-explore"),
    plan: Annotated[str | None, typer.Option("--plan", help="Plan id or path. Default: the instrument's own.")] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", help="Disclosure profile: internal, funder, public or opensafely.")
    ] = None,
    jobs: JobsOption = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Make a page on which to look around: choose an outcome, or two side by side, and a wave.

    DATA is a study, or the folder that `mirabal analyse` wrote, which takes a second. The page is one file that needs
    no server and no network; everything on it passed the disclosure gate at once.
    """
    from mirabal_toolkit.workflow_explore import ExploreRequest, run_explore

    request = ExploreRequest(data, out, plan, profile, processes(jobs))
    with voice.working() as progress:
        released, files = run_explore(request, progress)
    voice.data(str(files[0]), {"page": str(files[0]), "files": [str(path) for path in files]})
    voice.say(
        f"Profile {released.profile.name}. Open {files[0]} in a browser; it also works by keyboard, and on paper."
    )
    if open_it:
        import webbrowser

        webbrowser.open(files[0].absolute().as_uri())
    if released.untrusted:
        raise typer.Exit(UNTRUSTED_EXIT)
