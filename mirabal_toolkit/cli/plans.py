"""`mirabal plans`: what will be analysed, declared beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mirabal_toolkit.cli.output import Voice
from mirabal_toolkit.cli.reading import Quiet

app = typer.Typer(
    help="Analysis plans: list them, read one in plain words, check one, start one.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Data as JSON.")]
Plan = Annotated[str, typer.Argument(metavar="PLAN", help="An id, or the path of a .yaml file.")]


@app.command("list")
def list_plans(as_json: AsJson = False) -> None:
    """List the plans that come with the toolkit."""
    from mirabal_toolkit.plans.describe import list_text, summary
    from mirabal_toolkit.plans.loading import bundled_plans, load_plan

    plans = [load_plan(name) for name in bundled_plans()]
    _tell(list_text(plans), [summary(plan) for plan in plans], as_json=as_json)


@app.command()
def show(plan: Plan, as_json: AsJson = False) -> None:
    """Say in plain words what a plan does, with its SHA-256."""
    from mirabal_toolkit.instruments.loading import load_instrument
    from mirabal_toolkit.plans.describe import as_text, full_record
    from mirabal_toolkit.plans.loading import load_plan

    loaded = load_plan(plan)
    instrument = load_instrument(loaded.instrument)
    loaded.check_against(instrument)
    _tell(as_text(loaded, instrument), full_record(loaded), as_json=as_json)


@app.command()
def lint(
    plan: Plan,
    instrument: Annotated[
        str | None, typer.Option("--instrument", help="Check against this id, id@version or path.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a plan: the file by itself, then against its instrument. Exit code 3 if something must be mended."""
    from mirabal_toolkit.instruments.loading import load_instrument
    from mirabal_toolkit.plans.loading import lint_plan

    loaded = lint_plan(plan, lambda name: load_instrument(instrument or name))
    _tell(
        f"{loaded.id} {loaded.version} can be run on {loaded.instrument}.\nSHA-256 {loaded.fingerprint}",
        {"id": loaded.id, "version": loaded.version, "sha256": loaded.fingerprint, "problems": []},
        as_json=as_json,
    )


@app.command()
def new(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Where to write it; ends in .yaml.", show_default="plan.yaml"),
    ] = None,
    instrument: Annotated[
        str, typer.Option("--instrument", help="Id, id@version, or path of the questionnaire.")
    ] = "partner-safety",
    out: Annotated[Path | None, typer.Option("--out", help="The same as FILE.", show_default=False)] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write a commented plan to start from: every outcome of the questionnaire, every setting."""
    from mirabal_toolkit.file_safety import with_folder
    from mirabal_toolkit.instruments.loading import load_instrument
    from mirabal_toolkit.plans.loading import plan_id_from
    from mirabal_toolkit.plans.starting import new_plan
    from mirabal_toolkit.safekeeping.files import whole_file

    file = _new_file(file, out)
    # An instrument of one's own is known by its file only, so whoever checks or runs the plan must name it.
    own = f" --instrument {instrument}" if instrument.endswith((".yaml", ".yml")) else ""
    text = new_plan(load_instrument(instrument), plan_id_from(file.stem), f"{file.name}{own}")
    with whole_file(with_folder(file)) as place:
        place.write_text(text, encoding="utf-8")
    voice = Voice(as_json, quiet, progress=False)
    if as_json:
        voice.data("", {"file": str(file)})
    voice.say(f"Written: {file}. Change it, then: mirabal plans lint {file}{own}")


def _new_file(file: Path | None, out: Path | None) -> Path:
    """Return where a new plan is written; whether it is named alone or by --out, as in other commands."""
    from mirabal_toolkit.errors import UsageError

    if file is not None and out not in (None, file):
        raise UsageError("FILE and --out name two files", fix="give one of them")
    place = file or out or Path("plan.yaml")
    if place.suffix not in (".yaml", ".yml"):
        raise UsageError("a plan ends in .yaml", fix=f"name it {place.with_suffix('.yaml').name}")
    if place.exists():
        raise UsageError(f"{place.name} exists already, and is left as it is", fix="give another name")
    return place


def _tell(text: str, record: Any, *, as_json: bool) -> None:
    """Print text as it is, not through rich, which would take brackets for markup."""
    if as_json:
        Voice(as_json=True).data("", record)
    else:
        typer.echo(text)
