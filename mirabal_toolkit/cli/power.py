"""`mirabal power`: how many people a study needs, from artificial people analysed as the plan would."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mirabal_toolkit.cli.jobs import JobsOption, processes
from mirabal_toolkit.cli.output import Voice, console
from mirabal_toolkit.cli.reading import JSON, NoProgress, Quiet
from mirabal_toolkit.errors import UsageError


def power(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="Plan id or path.")],
    people: Annotated[
        str | None, typer.Option("--people", help="Numbers of people at the start, with commas. Default: the plan's.")
    ] = None,
    outcomes: Annotated[
        str | None, typer.Option("--outcomes", help="Outcomes of the plan, with commas. Default: the plan's.")
    ] = None,
    simulations: Annotated[
        int | None, typer.Option("--simulations", help="Studies of each size. Default: the plan's, or 200.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the page, the table and the curves.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Seed. Default: the plan's.")] = None,
    jobs: JobsOption = None,
    as_json: JSON = False,
    quiet: Quiet = False,
    no_progress: NoProgress = False,
) -> None:
    """Say what studies of several sizes would find, before anybody is asked.

    Artificial people answer the plan's questionnaire, some are lost as the plan's `power` section assumes, and every
    study is analysed as the plan would: power, width of the interval, error and coverage.
    """
    from mirabal_toolkit.cli.tables import terminal_table
    from mirabal_toolkit.workflow_power import PowerRequest
    from mirabal_toolkit.workflow_power import power as run_power

    request = PowerRequest(plan, _sizes(people), simulations, out, processes(jobs), seed, _names(outcomes))
    voice = Voice(as_json, quiet, progress=not no_progress)
    with voice.working() as progress:
        found, files = run_power(request, progress)
    voice.data(terminal_table(found.table, console().width), found.as_json)
    voice.say("The people are artificial; the numbers are as right as what is assumed of them.")
    if files:
        voice.say(f"Open the page: {files[0]}")


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _sizes(text: str | None) -> tuple[int, ...]:
    parts = _names(text)
    if not all(part.isdigit() for part in parts):
        raise UsageError("numbers of people are whole numbers with commas between them", fix="--people 60,100,150")
    return tuple(int(part) for part in parts)
