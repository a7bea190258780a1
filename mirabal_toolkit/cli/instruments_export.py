"""`mirabal instruments export`, `codebook` and `import`: questionnaires out to other programs, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirabal_toolkit.cli.output import Voice

if TYPE_CHECKING:
    from mirabal_toolkit.core.data import CleanedData
    from mirabal_toolkit.core.instrument import Instrument

Reference = Annotated[str, typer.Argument(metavar="ID", help="An id, id@version, or the path of a .yaml file.")]
Language = Annotated[str, typer.Option("--lang", help="Language, for instance ro.")]
AsJson = Annotated[bool, typer.Option("--json", help="Data as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages.")]
EVERY_FORMAT = "xlsform,redcap,lss,qualtrics,ddi,docx,html,spss,stata,csv,json"


def add_commands(app: typer.Typer) -> None:
    """Add `export`, `codebook` and `import` to the group of commands about questionnaires."""
    app.command()(export)
    app.command()(codebook)
    app.command("import")(import_form)
    app.command()(draft)


def export(
    reference: Reference,
    to: Annotated[str, typer.Option("--to", help=f"Formats with commas between: some of {EVERY_FORMAT}.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write into.")] = Path(),
    language: Language = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write a questionnaire in the formats of other programs, and as paper."""
    from mirabal_toolkit.instruments.exports.kit import export_files, write_files
    from mirabal_toolkit.instruments.loading import load_instrument

    instrument = load_instrument(reference)
    written = write_files(export_files(instrument, _listed(to), language), out)
    _tell_files(written, Voice(as_json=as_json, quiet=quiet))


def codebook(
    reference: Reference,
    data: Annotated[
        list[Path] | None, typer.Argument(metavar="[DATA]...", help="Answers to it, in any format.")
    ] = None,
    to: Annotated[str, typer.Option("--to", help="html, docx, or both.")] = "html,docx",
    out: Annotated[Path, typer.Option("--out", help="Folder to write into.")] = Path(),
    language: Language = "en",
    profile: Annotated[str, typer.Option("--profile", help="By which rules numbers may be shown.")] = "funder",
    mapping: Annotated[Path | None, typer.Option("--mapping", help="A mapping file, see `mirabal import`.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write the codebook: one card an item; with DATA how it was answered, and how scales hold together."""
    from mirabal_toolkit.disclosure.profiles import profile_named
    from mirabal_toolkit.instruments.codebook import codebook_files
    from mirabal_toolkit.instruments.exports.kit import write_files
    from mirabal_toolkit.instruments.loading import load_instrument

    instrument, rules = load_instrument(reference), profile_named(profile)
    cleaned = _cleaned(data, instrument, mapping) if data else None
    files = codebook_files(instrument, language, _listed(to), cleaned, rules)
    _tell_files(write_files(files, out), Voice(as_json=as_json, quiet=quiet))


def import_form(
    form: Annotated[Path, typer.Argument(metavar="FORM", help="An XLSForm workbook (.xlsx).")],
    out: Annotated[Path | None, typer.Option("--out", help="File to write; to the terminal when not given.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Turn an XLSForm, perhaps edited in Excel, into an instrument file."""
    import datetime as dt

    from mirabal_toolkit.instruments.exports.kit import write_files
    from mirabal_toolkit.instruments.xlsform_import import import_xlsform

    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    imported = import_xlsform(form, today)
    voice = Voice(as_json=as_json, quiet=quiet)
    for note in imported.notes:
        voice.say(note)
    if out is None:
        typer.echo(imported.yaml, nl=False)
        return
    write_files({out.name: imported.yaml.encode("utf-8")}, out.parent)
    text = f"{imported.instrument.reference}: {len(imported.instrument.items)} items, written to {out}"
    record = {"instrument": imported.instrument.reference, "file": str(out), "notes": list(imported.notes)}
    voice.data(text, record)


def draft(
    data: Annotated[list[Path], typer.Argument(metavar="DATA...", help="An export, or one file a wave.")],
    out: Annotated[Path, typer.Option("--out", help="Instrument file to write, e.g. mine.yaml.")],
    language: Language = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make a first questionnaire file from an export: its variables, labels, answers, missing codes and waves."""
    import datetime as dt

    from mirabal_toolkit.instruments.exports.kit import write_files
    from mirabal_toolkit.workflow_data import draft_instrument

    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    drafted = draft_instrument(data, out.stem, language=language, today=today)
    write_files({out.name: drafted.yaml.encode("utf-8")}, out.parent)
    voice = Voice(as_json=as_json, quiet=quiet)
    for note in drafted.notes:
        voice.say(note[:1].upper() + note[1:] + ".")
    reference = drafted.instrument.reference
    voice.data(
        f"{reference}: {len(drafted.instrument.items)} items, written to {out}",
        {
            "instrument": reference,
            "items": len(drafted.instrument.items),
            "file": str(out),
            "notes": list(drafted.notes),
        },
    )


def _cleaned(data: list[Path], instrument: Instrument, mapping: Path | None) -> CleanedData:
    from mirabal_toolkit import workflow

    return workflow.clean(workflow.read(list(data), instrument=instrument, mapping=mapping))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _tell_files(files: tuple[Path, ...], voice: Voice) -> None:
    voice.data("\n".join(str(path) for path in files), [str(path) for path in files])
