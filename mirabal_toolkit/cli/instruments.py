"""`mirabal instruments`: the open questionnaires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mirabal_toolkit.cli.output import Voice

if TYPE_CHECKING:
    from rich.table import Table

    from mirabal_toolkit.core.instrument import Instrument

app = typer.Typer(help="The open questionnaires: list them, look inside.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Data as JSON.")]


@app.command("list")
def list_instruments(as_json: AsJson = False) -> None:
    """List the questionnaires that come with the toolkit."""
    from mirabal_toolkit.instruments.catalogue import bundled_instruments
    from mirabal_toolkit.instruments.describe import summary

    instruments = bundled_instruments()
    Voice(as_json=as_json).data(_catalogue(instruments), [summary(instrument) for instrument in instruments])


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
    if as_json:
        Voice(as_json=True).data("", full_record(instrument, language))
    else:  # not through rich, which would take brackets in a question for markup
        typer.echo(as_text(instrument, language), nl=False)


def _catalogue(instruments: tuple[Instrument, ...]) -> Table:
    from rich.table import Table

    from mirabal_toolkit.instruments.describe import summary

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("Id", "Version", "Title", "Languages", "Items", "Minutes", "Rights", "Validated"):
        table.add_column(name, justify="right" if name in ("Items", "Minutes") else "left", no_wrap=name == "Id")
    for instrument in instruments:
        entry = summary(instrument)
        table.add_row(
            entry["id"],
            entry["version"],
            entry["title"],
            ", ".join(f"{code} ({status})" for code, status in entry["languages"].items()),
            str(entry["items"]),
            f"{entry['minutes']:g}",
            f"{entry['rights']}, {entry['licence']}",
            entry["validation"].partition(":")[0],
        )
    return table
