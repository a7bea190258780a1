"""`mirabal seal` and `unseal`: files that only a passphrase or a key opens."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mirabal_toolkit.cli.output import Voice
from mirabal_toolkit.cli.passphrases import ask_passphrase
from mirabal_toolkit.cli.reading import JSON, Quiet
from mirabal_toolkit.errors import UsageError


def seal_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Study files, links files, exports.")],
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="KEY", help="Public key (age1…) of who may open them, or a file of such keys."),
    ] = None,
    passphrase: Annotated[bool, typer.Option("--passphrase", help="Ask for a passphrase that opens them.")] = False,
    as_json: JSON = False,
    quiet: Quiet = False,
) -> None:
    """Lock files, so that a lost or stolen computer does not give them away. The plain files are removed.

    `mirabal analyse`, `check` and `write` read sealed files as they are, and ask for the passphrase.
    """
    from mirabal_toolkit.workflow_protect import seal_all

    if passphrase == bool(to):
        raise UsageError(
            "say how the files shall open: by a passphrase, or for public keys", fix="--passphrase or --to"
        )
    voice = Voice(as_json, quiet)
    sealed = seal_all(files, to or (), ask_passphrase("the new seal", twice=True) if passphrase else "")
    voice.data("\n".join(map(str, sealed)), {"sealed": [str(path) for path in sealed]})
    voice.say("Without the passphrase or key nobody can open them again, and nobody can help. Keep it in a safe place.")
    voice.say("The plain files are gone from the folder, not from backups, from the cloud or from the bin of a server.")


def unseal_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Sealed files, ending in .age.")],
    identity: Annotated[
        Path | None, typer.Option("--identity", help="Your secret key, where files were sealed for keys.")
    ] = None,
    as_json: JSON = False,
    quiet: Quiet = False,
) -> None:
    """Write the plain files beside sealed ones, for you alone. The sealed ones stay."""
    from mirabal_toolkit.workflow_protect import unseal_all

    voice = Voice(as_json, quiet)
    plain = unseal_all(files, identity, ask_passphrase)
    voice.data("\n".join(map(str, plain)), {"unsealed": [str(path) for path in plain]})
    voice.say("These files are open now: delete them, or seal them again, when you are done.")
