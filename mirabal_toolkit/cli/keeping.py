"""`mirabal write` and `erase`: data as files of other programs; a person taken out of everything."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirabal_toolkit.cli.output import Voice
from mirabal_toolkit.cli.reading import JSON, Quiet, reads_data

if TYPE_CHECKING:
    from mirabal_toolkit.workflow_reading import DataRequest


@reads_data
def write_data(
    data: DataRequest,
    voice: Voice,
    to: Annotated[Path, typer.Option("--to", help="File to write: .sav, .zsav, .dta, .csv, .xlsx or .parquet.")],
    long: Annotated[
        bool, typer.Option("--long/--wide", help="A row a person and wave, or (as is usual in SPSS) a row a person.")
    ] = False,
    scores: Annotated[bool, typer.Option("--scores", help="Add the outcomes, computed.")] = False,
) -> None:
    """Write cleaned data back for SPSS, Stata, Excel or R, with labels, missing codes and a codebook.

    The file holds answers of people: it is for the data holder, not for release.
    """
    from mirabal_toolkit.core.data import as_sentence
    from mirabal_toolkit.workflow_data import WriteRequest, run_write

    with voice.working() as progress:
        written = run_write(WriteRequest(data, to, "long" if long else "wide", scores), progress)
    names = {"file": str(written.file), "beside": [str(path) for path in written.beside], "lost": list(written.losses)}
    voice.data("\n".join(str(path) for path in (written.file, *written.beside)), names)
    for loss in written.losses:
        voice.say(as_sentence(f"Not kept: {loss}."))
    voice.say("The file holds people’s answers: keep it as safe as the export it came from.")


STILL_THERE_EXIT = 3


def erase_person(
    studies: Annotated[list[Path], typer.Argument(metavar="STUDY…", help="Study files, as `mirabal import` writes.")],
    person: Annotated[
        str, typer.Option("--person", help="Her id. With - it is read from standard input, and no history keeps it.")
    ],
    also: Annotated[
        list[Path] | None,
        typer.Option("--also", exists=True, file_okay=False, help="Folder with reports and written-back files."),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="The key, where the ids of the study are pseudonyms.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")] = False,
    as_json: JSON = False,
    quiet: Quiet = False,
) -> None:
    """Take a person out of study files and what was made from them, and record that it was done, never of whom.

    Reports are removed, since their counts include her: make them again. Exit code 3 if files nearby that
    the toolkit did not write still hold her id, or could not be looked through.
    """
    from mirabal_toolkit.workflow_erase import erase

    voice = Voice(as_json, quiet)
    name = sys.stdin.readline().strip() if person == "-" else person
    done = erase(studies, name, also=tuple(also or ()), dry_run=dry_run, key=key)
    summary = {
        "rows": done.rows,
        "studies": [str(path) for path in done.studies],
        "links": [str(path) for path in done.links],
        "removed": [str(path) for path in done.removed],
        "make_again": [str(path) for path in done.folders],
        "still": [str(path) for path in done.still],
        "unseen": [str(path) for path in done.unseen],
        "log": str(done.log),
    }
    voice.data("\n".join(f"{key}: {_told(value)}" for key, value in summary.items()), summary)
    if dry_run:
        voice.say("Nothing was changed.")
        return
    for folder in done.folders:
        voice.say(f"Make again: {folder}")
    voice.say("Remove her from the raw export, backups and other copies too, or the next import brings her back.")
    if done.too_short:
        voice.say("An id so short stands in every file by chance: look yourself whether other files still hold it.")
    if done.still:
        voice.say(f"{len(done.still)} file(s) that the toolkit did not write still hold the id; see `still` above.")
    if done.unseen:
        voice.say(f"{len(done.unseen)} file(s) could not be looked through (locked, packed or damaged): see `unseen`.")
    if done.still or done.unseen:
        raise typer.Exit(STILL_THERE_EXIT)


def _told(value: object) -> str:
    return ", ".join(map(str, value)) or "–" if isinstance(value, list) else str(value)
