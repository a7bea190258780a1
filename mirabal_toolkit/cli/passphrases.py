"""Asking for a passphrase, unseen."""

from __future__ import annotations

import sys

from mirabal_toolkit.errors import UsageError


def ask_passphrase(name: str, *, twice: bool = False) -> str:
    """Ask for a passphrase; see `protecting.sealing.ask_unseen`.

    Parameters
    ----------
    name : str
        Of what it opens.
    twice : bool
        Whether to ask once more on a terminal, where a slip cannot be seen.

    Raises
    ------
    UsageError
        If none is given, or the second time another one.
    """
    from mirabal_toolkit.protecting.sealing import ask_unseen

    given = ask_unseen(name)
    if twice and sys.stdin.isatty() and given != ask_unseen(f"{name}, once more"):
        raise UsageError("the two passphrases differ; nothing was changed", fix="run the command again")
    return given
