"""`mirabal check-outputs`: the last look before anything leaves."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mirabal_toolkit.cli.output import Voice
from mirabal_toolkit.cli.reading import JSON, Quiet
from mirabal_toolkit.errors import DisclosureError


def check_outputs(
    folder: Annotated[Path, typer.Argument(help="The folder of a report.", metavar="DIR")],
    as_json: JSON = False,
    quiet: Quiet = False,
) -> None:
    """Check a folder that is about to leave; stops with 4 if something in it must not."""
    from mirabal_toolkit.workflow_data import check_leaving

    voice = Voice(as_json, quiet, progress=False)
    problems = check_leaving(folder)
    if as_json:
        voice.data("", [asdict(problem) for problem in problems])
    if problems:
        told = f"{len(problems)} thing(s) in {folder.resolve().name} must not leave as they are"
        raise DisclosureError(told, problems=() if as_json else problems)
    voice.say("Nothing was found that the profile would hide. Whoever sends it still decides.")
