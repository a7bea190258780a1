"""`mirabal init` and `doctor`: a place to work in, and whether everything is there."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mirabal_toolkit.cli.output import Voice
from mirabal_toolkit.cli.reading import JSON, Quiet

PROBLEM_EXIT = 3
SIGNS = {"ok": "ok", "optional": "–", "problem": "PROBLEM"}


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that does not exist yet, or is empty.")],
    instrument: Annotated[
        str, typer.Option("--instrument", help="Questionnaire the plan is for: id, id@version, or path.")
    ] = "partner-safety",
    as_json: JSON = False,
    quiet: Quiet = False,
) -> None:
    """Make a folder for a study: places for data, a plan, notebooks, a README. No questions asked."""
    from mirabal_toolkit.first_hour.folder import make_study_folder

    voice = Voice(as_json, quiet, progress=False)
    made = make_study_folder(folder, instrument)
    names = [str(path) for path in made.files]
    voice.data("\n".join(names), {"folder": str(made.folder), "instrument": made.instrument, "files": names})
    voice.say(
        f"\nThe plan is for {made.instrument}. Version control leaves data out; keep {folder} on an encrypted disk."
    )
    voice.say(f"Next: put your export into {folder / 'data' / 'raw'}, and read {folder / 'README.md'}.")


def doctor(as_json: JSON = False, quiet: Quiet = False) -> None:
    """Say whether this computer has what is needed; exit code 3 if something that is needed lacks."""
    from mirabal_toolkit.cli.tables import plain_table
    from mirabal_toolkit.first_hour.doctor import examine

    voice = Voice(as_json, quiet, progress=False)
    checks = examine(Path.cwd())
    rows = [(SIGNS[one.status], one.name, one.found + (f"\n{one.fix}" if one.fix else "")) for one in checks]
    voice.data(plain_table(("", "What", "Found, and what to do"), rows), [asdict(one) for one in checks])
    problems = sum(one.status == "problem" for one in checks)
    if problems:
        voice.say(f"{problems} thing(s) must be put right before the toolkit works.")
        raise typer.Exit(PROBLEM_EXIT)
    voice.say("Everything that is needed is there. To see it work: mirabal demo")
