"""`mirabal rotate-key`: a new key for pseudonyms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mirabal_toolkit.cli.output import Voice
from mirabal_toolkit.cli.reading import JSON, Quiet


def rotate_key(
    studies: Annotated[
        list[Path], typer.Argument(metavar="STUDY…", help="All study files whose people must stay together.")
    ],
    key: Annotated[Path | None, typer.Option("--key", help="The key. Default: with your settings.")] = None,
    as_json: JSON = False,
    quiet: Quiet = False,
) -> None:
    """Change the pseudonyms in study files, after somebody saw the key who should not have.

    The key grows by a new secret, and goes on to make the same pseudonyms from exports as stand in the files.
    """
    from mirabal_toolkit.workflow_protect import rotate_keys

    voice = Voice(as_json, quiet)
    place, changed = rotate_keys(studies, key)
    summary = {"key": str(place), "studies": [str(path) for path in changed]}
    voice.data("\n".join([f"key: {place}", *(f"study: {path}" for path in changed)]), summary)
    voice.say(
        "Back up the key again. Copies of the study files from before still hold the old pseudonyms: delete them."
    )
