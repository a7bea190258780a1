"""`mirabal instruments`: the open questionnaires."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mirabal_toolkit.cli.instruments_export import add_commands
from mirabal_toolkit.cli.instruments_score import score
from mirabal_toolkit.cli.output import Voice

app = typer.Typer(
    help="The open questionnaires: list them, look inside, compare versions, score answers.", no_args_is_help=True
)

app.command()(score)
add_commands(app)

FINDINGS_EXIT = 3
AsJson = Annotated[bool, typer.Option("--json", help="Data as JSON.")]


@app.command("list")
def list_instruments(as_json: AsJson = False) -> None:
    """List the questionnaires that come with the toolkit."""
    from mirabal_toolkit.instruments.catalogue import bundled_instruments
    from mirabal_toolkit.instruments.describe import summary
    from mirabal_toolkit.instruments.describe_list import catalogue_text

    instruments = bundled_instruments()
    records = [summary(instrument) for instrument in instruments]
    _tell(catalogue_text(instruments), records, as_json=as_json)


@app.command()
def show(
    reference: Annotated[str, typer.Argument(metavar="ID", help="An id, id@version, or the path of a .yaml file.")],
    language: Annotated[str, typer.Option("--lang", help="Language of the questions.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Show one questionnaire: its questions, who is asked what, answers, and scores."""
    from mirabal_toolkit.errors import UsageError
    from mirabal_toolkit.instruments.describe import as_text, full_record
    from mirabal_toolkit.instruments.loading import load_instrument

    instrument = load_instrument(reference)
    codes = [known.code for known in instrument.languages]
    if language not in codes:
        raise UsageError(f"{instrument.reference} is not in “{language}”", fix=f"use one of: {', '.join(codes)}")
    _tell(as_text(instrument, language), full_record(instrument, language), as_json=as_json)


@app.command()
def diff(
    older: Annotated[str, typer.Argument(metavar="OLDER", help="ID@VERSION, or the path of a .yaml file.")],
    newer: Annotated[str, typer.Argument(metavar="NEWER", help="ID@VERSION, or the path of a .yaml file.")],
    as_json: AsJson = False,
) -> None:
    """Say what changed between two versions, and what it means for comparing over time.

    Exit code 3 if the change log says something else than the files.
    """
    from mirabal_toolkit.instruments.change_log import compare
    from mirabal_toolkit.instruments.describe_changes import comparison_record, comparison_text
    from mirabal_toolkit.instruments.loading import load_instrument

    comparison = compare(load_instrument(older), load_instrument(newer))
    record = comparison_record(comparison)
    _tell(comparison_text(comparison), record, as_json=as_json)
    if record["problems"]:
        raise typer.Exit(FINDINGS_EXIT)


@app.command()
def lint(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Paths of .yaml files, or ids.")],
    as_json: AsJson = False,
) -> None:
    """Check questionnaires by every rule: all problems at once, with line and item. Exit code 3 if there are any."""
    from mirabal_toolkit.instruments.linting import lint_file
    from mirabal_toolkit.instruments.loading import reference_path
    from mirabal_toolkit.scoring import example_problems

    text, records = "", []
    for file in files:
        report = lint_file(reference_path(file))
        examples = example_problems(report.instrument) if report.instrument else []
        problems = [*report.problems, *examples]
        beside = f", compared with {report.compared_with}" if report.compared_with else ""
        name = report.instrument.reference if report.instrument else report.file
        text += f"{name}{beside}: {f'{len(problems)} problem(s)' if problems else 'sound'}\n"
        text += "".join(f"\n{problem}\n" for problem in problems)
        told = [{"what": problem.what, "where": problem.where, "fix": problem.fix} for problem in problems]
        records.append({"file": report.file, "compared_with": report.compared_with, "problems": told})
    _tell(text, records, as_json=as_json)
    if any(record["problems"] for record in records):
        raise typer.Exit(FINDINGS_EXIT)


def _tell(text: str, record: Any, *, as_json: bool) -> None:
    """Print text as it is, not through rich, which would take brackets in a question for markup."""
    if as_json:
        Voice(as_json=True).data("", record)
    else:
        typer.echo(text, nl=False)
