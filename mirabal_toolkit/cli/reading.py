"""The options by which every command reads data, and speaks: written once, given to a command as two things."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

import typer

from mirabal_toolkit.cli.output import Voice
from mirabal_toolkit.cli.passphrases import ask_passphrase
from mirabal_toolkit.reporting.choices import FORMATS, USUAL

if TYPE_CHECKING:
    from mirabal_toolkit.workflow_reading import DataRequest

JSON = Annotated[bool, typer.Option("--json", help="Data as JSON on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No messages, only data and errors.")]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="No progress bar.")]

FORMATS_HELP = f"Documents to write, with commas: {', '.join(FORMATS)}."
Formats = Annotated[str, typer.Option("--formats", help=FORMATS_HELP)]
USUAL_FORMATS = ",".join(USUAL.formats)

_DATA = Annotated[list[Path], typer.Argument(metavar="DATA…", help="One export, one file a wave, or a study file.")]

#: Option → its annotation; each may be left out.
_READING: dict[str, Any] = {
    "instrument": Annotated[
        str | None,
        typer.Option("--instrument", help="Instrument id, id@version, file, or folder of versions. Default: detected."),
    ],
    "mapping": Annotated[Path | None, typer.Option("--mapping", help="A mapping file, as `mirabal import` writes it.")],
    "wave": Annotated[
        list[int] | None,
        typer.Option("--wave", min=1, help="Wave of the file, where it does not say; once a file, in their order."),
    ],
    "encoding": Annotated[
        str | None, typer.Option("--encoding", help="Of texts in a file that declares a wrong one, e.g. windows-1252.")
    ],
    "sheet": Annotated[
        list[str] | None,
        typer.Option("--sheet", help="Sheet of a workbook; once a wave, in their order. Default: found."),
    ],
    "decimal": Annotated[
        Literal[".", ","] | None, typer.Option("--decimal", help="Sign before decimals in text files. Default: found.")
    ],
    "delimiter": Annotated[
        str | None, typer.Option("--delimiter", help="Sign between fields in text files, or “tab”. Default: found.")
    ],
    "links": Annotated[
        Path | None, typer.Option("--links", help="A links file: which ids are one person's; see `mirabal import`.")
    ],
    "identity": Annotated[
        Path | None, typer.Option("--identity", help="Your secret key, where files were sealed for keys.")
    ],
    "strict": Annotated[
        float | None,
        typer.Option(
            "--strict",
            min=0,
            max=1,
            metavar="[=0.9]",
            help="Refuse what was recognised with less confidence, and list what to correct.",
        ),
    ],
}
_SPEAKING: dict[str, Any] = {"as_json": JSON, "quiet": Quiet, "no_progress": NoProgress}


def reads_data(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the argument DATA and the options of reading and speaking.

    The command takes them as its first two parameters, ``data`` (a DataRequest) and ``voice``. It may annotate
    ``data`` with a `typer.Argument` of its own.
    """

    @functools.wraps(command)
    def with_options(**given: Any) -> None:
        reading = {name: given.pop(name) for name in ("data", *_READING)}
        as_json, quiet, no_progress = (given.pop(name) for name in _SPEAKING)
        voice = Voice(as_json, quiet, progress=not no_progress)
        command(with_links_beside(_request(**reading), reading["data"], voice), voice, **given)

    # DataRequest is known to type checkers only, so that --help need not load what reads data.
    hints = get_type_hints(command, localns={"DataRequest": object}, include_extras=True)
    own = list(inspect.signature(command).parameters.values())[2:]
    options = {**_READING, **_SPEAKING}
    parameters = [
        inspect.Parameter("data", inspect.Parameter.KEYWORD_ONLY, annotation=_data_argument(hints["data"])),
        *(
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[parameter.name])
            for parameter in own
        ),
        *(
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                annotation=annotation,
                default=False if name in _SPEAKING else None,
            )
            for name, annotation in options.items()
        ),
    ]
    with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with_options.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return with_options


def _data_argument(hint: Any) -> Any:
    """Return how the files are given: as the command says, or as usual."""
    own = getattr(hint, "__metadata__", ())
    return Annotated[list[Path], own[0]] if own else _DATA


def names_in(text: str) -> tuple[str, ...]:
    """Return the names in a list with commas.

    Examples
    --------
    >>> names_in("html, docx,")
    ('html', 'docx')
    """
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _request(
    data: list[Path], wave: list[int] | None, sheet: list[str] | None, identity: Path | None, **others: Any
) -> DataRequest:
    from mirabal_toolkit.protecting.sealing import Keyring
    from mirabal_toolkit.workflow_reading import DataRequest

    keyring = Keyring(ask_passphrase, identity)
    return DataRequest(tuple(data), waves=tuple(wave or ()), sheets=tuple(sheet or ()), keyring=keyring, **others)


def with_links_beside(data: DataRequest, studies: Sequence[Path], voice: Voice) -> DataRequest:
    """Return the request with the links file that lies beside a study file, where none was named; and say so.

    What somebody decided once, which ids are one woman's, holds until it is changed, not until the next command.
    """
    from mirabal_toolkit.workflow_reading import links_beside

    links = data.links or links_beside(studies)
    if data.links is None and links is not None:
        voice.say(f"Which ids are one person’s is taken from {links}, beside the study file.")
    return replace(data, links=links)
