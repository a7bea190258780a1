"""`mirabal instruments score`: answers in, scores out."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mirabal_toolkit.cli.output import Voice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mirabal_toolkit.core.data import ScoredData, WaveData
    from mirabal_toolkit.core.instrument import Instrument

#: A spreadsheet takes text that begins so for a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def score(
    reference: Annotated[str, typer.Argument(metavar="ID", help="An id, id@version, or the path of a .yaml file.")],
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Answers: .csv, .tsv, .sav or a study file (.parquet).")],
    out: Annotated[Path | None, typer.Option("--out", help="CSV file for the scores; left out: the terminal.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Scores as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No messages.")] = False,
) -> None:
    """Score answers to a questionnaire: one row a person and wave, one column an outcome.

    The first row of a CSV names the items; an id column is optional. Answers are codes or words.
    The scores are as personal as the answers: keep them as safe.
    """
    from mirabal_toolkit.instruments.loading import load_instrument
    from mirabal_toolkit.workflow import clean
    from mirabal_toolkit.workflow import score as score_answers

    voice = Voice(as_json, quiet)
    instrument = load_instrument(reference)
    scored = score_answers(clean(_read(data, instrument, voice)))
    header, rows = _scores(scored)
    for finding in scored.cleaned.findings:
        if finding.severity != "note":
            voice.say(f"{finding.item or 'answers'}: {finding.message} ({finding.count})")
    text = _as_csv(header, rows)
    if out is not None:
        _write(out, text)
        voice.say(f"{len(rows)} row(s) with {len(header) - 2} score(s) written to {out}")
    elif as_json:
        voice.data("", [dict(zip(header, row, strict=True)) for row in rows])
    else:
        sys.stdout.write(text)


def _read(data: Path, instrument: Instrument, voice: Voice) -> WaveData:
    from mirabal_toolkit.instruments.answer_sheets import read_answer_sheet
    from mirabal_toolkit.workflow import read

    if data.suffix.lower() not in (".csv", ".tsv", ".txt"):
        return read(data, instrument=instrument)
    sheet = read_answer_sheet(data, instrument)
    if sheet.numbered:
        voice.say("There is no column with ids; people are called by the number of their row.")
    if sheet.ignored:
        voice.say(f"Not an item of {instrument.reference}, and left out: {', '.join(sheet.ignored)}")
    return sheet.waves


def _scores(scored: ScoredData) -> tuple[list[str], list[list[Any]]]:
    """Names and rows; an outcome with one estimand is called by its own name."""
    import math

    names = {
        f"{outcome.id}.{estimand}": outcome.id if len(outcome.estimands) == 1 else f"{outcome.id}.{estimand}"
        for outcome in scored.cleaned.instrument.outcomes
        for estimand in outcome.estimands
    }
    frame = scored.scores.frame[list(names)]
    rows = [
        [str(person), int(wave), *(None if math.isnan(value) else value for value in values)]
        for (person, wave), values in zip(frame.index, frame.to_numpy().tolist(), strict=True)
    ]
    return ["person_id", "wave", *names.values()], rows


def _as_csv(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _write(path: Path, text: str) -> None:
    from mirabal_toolkit.safekeeping.files import whole_file

    with whole_file(path) as place:
        place.write_text(text, encoding="utf-8")
