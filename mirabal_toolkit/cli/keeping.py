"""`mirabal write`: data as files of other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mirabal_toolkit.cli.analyse import (
    JSON,
    Data,
    DecimalOption,
    DelimiterOption,
    EncodingOption,
    InstrumentOption,
    LinksOption,
    MappingOption,
    NoProgress,
    Quiet,
    SheetOption,
    StrictOption,
    WaveOption,
)
from mirabal_toolkit.cli.output import Voice


def write_data(
    data: Data,
    to: Annotated[Path, typer.Option("--to", help="File to write: .sav, .zsav, .dta, .csv, .xlsx or .parquet.")],
    long: Annotated[
        bool, typer.Option("--long/--wide", help="A row a person and wave, or (as is usual in SPSS) a row a person.")
    ] = False,
    scores: Annotated[bool, typer.Option("--scores", help="Add the outcomes, computed.")] = False,
    instrument: InstrumentOption = None,
    mapping: MappingOption = None,
    wave: WaveOption = None,
    encoding: EncodingOption = None,
    sheet: SheetOption = None,
    decimal: DecimalOption = None,
    delimiter: DelimiterOption = None,
    links: LinksOption = None,
    strict: StrictOption = None,
    as_json: JSON = False,
    quiet: Quiet = False,
    no_progress: NoProgress = False,
) -> None:
    """Write cleaned data back for SPSS, Stata, Excel or R, with labels, missing codes and a codebook.

    The file holds answers of people: it is for the data holder, not for release.
    """
    from mirabal_toolkit.workflow import DataRequest
    from mirabal_toolkit.workflow_data import WriteRequest, run_write

    voice = Voice(as_json, quiet, progress=not no_progress)
    request = DataRequest(
        tuple(data),
        instrument,
        mapping,
        tuple(wave or ()),
        encoding,
        links,
        strict,
        tuple(sheet or ()),
        decimal,
        delimiter,
    )
    with voice.working() as progress:
        written = run_write(WriteRequest(request, to, "long" if long else "wide", scores), progress)
    names = {"file": str(written.file), "beside": [str(path) for path in written.beside], "lost": list(written.losses)}
    voice.data("\n".join(str(path) for path in (written.file, *written.beside)), names)
    for loss in written.losses:
        voice.say(f"Not kept: {loss}.")
    voice.say("The file holds people’s answers: keep it as safe as the export it came from.")
