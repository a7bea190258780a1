"""Asking for a passphrase, unseen."""

from __future__ import annotations

import sys

from mirabal_toolkit.errors import UsageError


def ask_passphrase(name: str, *, twice: bool = False) -> str:
    """Ask for a passphrase on the terminal, unseen; without a terminal it is the next line of standard input.

    Raises
    ------
    UsageError
        If none is given, or the second time another one.
    """
    if not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\r\n")
    else:
        from mirabal_toolkit.protecting.sealing import ask_unseen

        given = ask_unseen(name)
        if twice and given != ask_unseen(f"{name}, once more"):
            raise UsageError("the two passphrases differ; nothing was changed")
    if not given:
        raise UsageError(f"no passphrase was given for {name}", fix="type it, or give it as a line of standard input")
    return given
