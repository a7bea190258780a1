"""`--strict` alone means `--strict=0.9`: an option whose value may be left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

USUAL = "0.9"


def with_usual_strictness(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the usual value where ``--strict`` has none.

    Examples
    --------
    >>> with_usual_strictness(["check", "--strict", "waves.sav"])
    ['check', '--strict=0.9', 'waves.sav']
    >>> with_usual_strictness(["check", "waves.sav", "--strict", "0.7"])
    ['check', 'waves.sav', '--strict', '0.7']
    """
    return list(_completed(arguments))


def _completed(arguments: Sequence[str]) -> Iterator[str]:
    for argument, following in pairwise([*arguments, ""]):
        yield f"--strict={USUAL}" if argument == "--strict" and not _is_number(following) else argument


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
