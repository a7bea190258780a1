"""`mirabal import`, `check` and `simulate`: what happens to data before they are analysed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mirabal_toolkit.cli.output import Voice
from mirabal_toolkit.cli.reading import JSON, Quiet, reads_data, with_links_beside
from mirabal_toolkit.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table as RichTable

    from mirabal_toolkit.workflow_reading import DataRequest

FINDINGS_EXIT = 3


@reads_data
def import_data(
    data: DataRequest,
    voice: Voice,
    out: Annotated[Path, typer.Option("--out", help="The study file to write, e.g. study.parquet.")],
    pseudonymise: Annotated[
        bool, typer.Option("--pseudonymise", help="Write pseudonyms in place of the ids, by a key kept elsewhere.")
    ] = False,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="The key for pseudonyms; made if it is not there. Default: with your settings."),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", help="Keep an item though it points to people; also person_id, dates, all. Repeatable."),
    ] = None,
    band: Annotated[
        list[str] | None,
        typer.Option("--band", metavar="ITEM=WIDTH", help="Numbers, such as ages, in bands of WIDTH. Repeatable."),
    ] = None,
) -> None:
    """Bring any export into one study file, with a mapping file that says how each variable was understood.

    Free text, and what looks like names, phones, e-mails, postcodes or national numbers, is kept out; dates become
    days since her first interview. Correct the mapping file where it is wrong, and run again with --mapping.
    """
    from mirabal_toolkit.workflow_data import import_study
    from mirabal_toolkit.workflow_protect import ProtectRequest

    if not pseudonymise:  # else the file beside the study holds pseudonyms, and the export does not
        data = with_links_beside(data, (out,), voice)
    request = ProtectRequest(tuple(keep or ()), pseudonymise, key, _bands(band or ()))
    with voice.working() as progress:
        imported = import_study(data, out, progress, request)
    summary = {
        "instrument": imported.waves.instrument.reference,
        "people": imported.people,
        "rows": len(imported.waves.answers),
        "study": str(out),
        "mapping": str(imported.mapping),
        **({"links": str(imported.links)} if imported.links is not None else {}),
        **({"key": str(imported.key)} if imported.key is not None else {}),
    }
    told = {**summary, "protection": list(imported.protection)}
    voice.data("\n".join(f"{name}: {value}" for name, value in summary.items()), told)
    for done in imported.protection:
        voice.say(f"Protected: {done}.")
    if imported.made_key:
        voice.say(f"A new key was made: {imported.key}. Back it up, away from the data: it cannot be made again.")
    voice.say(f"Look through {imported.mapping}: it says how each variable was understood, and how sure that is.")
    if imported.earlier_mapping is not None:
        voice.say(
            f"The mapping file that was there was another, and is kept as {imported.earlier_mapping}. "
            "If you had corrected it, import again with --mapping and its name."
        )
    if imported.undecided:
        used = "then import again with --links and its name" if pseudonymise else "it is used from then on"
        voice.say(f"Some ids may be slips of others: decide in {imported.links}; {used}.")


def _bands(given: Sequence[str]) -> dict[str, int]:
    """Return the bands as they were given: item → width."""
    parts = [text.rpartition("=") for text in given]
    if any(not name or not width.isdigit() or int(width) < 2 for name, _, width in parts):
        raise UsageError("a band is an item and a whole number above 1", fix="--band ITEM=WIDTH, e.g. --band P2=10")
    return {name: int(width) for name, _, width in parts}


@reads_data
def check(
    data: DataRequest,
    voice: Voice,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the report on the data.")] = None,
    profile: Annotated[
        str, typer.Option("--profile", help="Disclosure profile: internal (not for release), funder or public.")
    ] = "internal",
) -> None:
    """Say what is doubtful in the data, by severity; exit code 3 if anything needs a decision.

    With --out, a page with pictures too: who was reached, which answers lack and why, labels that differ.
    """
    from mirabal_toolkit.workflow_data import CheckRequest, run_check

    with voice.working() as progress:
        found = run_check(CheckRequest(data, out, profile), progress)
    findings = found.findings
    voice.data(_findings_table(findings), findings)
    serious = sum(finding["severity"] != "note" for finding in findings)
    told = f"{len(findings)} finding(s), {serious} of them to decide on." if findings else "Nothing to report."
    voice.say(_sentence(told))
    if out is not None:
        voice.say(f"Open the report: {out / 'check.html'}")
    if serious:
        raise typer.Exit(FINDINGS_EXIT)


def _findings_table(findings: Sequence[Mapping[str, Any]]) -> RichTable:
    from mirabal_toolkit.cli.tables import plain_table

    rows = [
        (
            finding["severity"],
            finding["item"] or "–",
            "–" if finding["wave"] is None else str(finding["wave"]),
            "–" if not finding["count"] else str(finding["count"]),
            " ".join(_sentence(finding[part]) for part in ("message", "advice") if finding[part]),
        )
        for finding in findings
    ]
    return plain_table(("Severity", "Item", "Wave", "Count", "What, and what to do"), rows)


def _sentence(text: str) -> str:
    from mirabal_toolkit.core.data import as_sentence

    return as_sentence(text) + ("" if text.endswith((".", "?")) else ".")


def simulate(
    instrument: Annotated[str, typer.Argument(metavar="ID", help="Instrument id, id@version, or path.")],
    out: Annotated[Path, typer.Option("--out", help="File to write: .sav, .csv or .parquet.")],
    people: Annotated[int, typer.Option("--people", min=2, max=5_000_000, help="How many people start.")] = 100,
    waves: Annotated[int, typer.Option("--waves", min=1, help="How many waves.")] = 5,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same data.")] = 1,
    as_json: JSON = False,
    quiet: Quiet = False,
) -> None:
    """Make artificial waves that follow the questionnaire's routing, drop-out and change."""
    from mirabal_toolkit.workflow_data import simulate_file

    voice = Voice(as_json, quiet)
    summary = simulate_file(instrument, out, people=people, waves=waves, seed=seed)
    voice.data("\n".join(f"{name}: {value}" for name, value in summary.items()), summary)
    voice.say("These people do not exist. Never mix artificial with real data.")
