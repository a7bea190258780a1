"""One difference between two versions of an instrument, and how much it weighs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mirabal_toolkit.core.instrument import ChangeKind, Instrument

#: How a version number must rise: the last, the middle or the first number.
Step = Literal["patch", "minor", "major"]
STEPS: tuple[Step, ...] = ("patch", "minor", "major")

#: ``translated``: words in a language that is not the original; ``described``: labels, titles, rights,
#: sensitivity; ``redesigned``: waves, gate, roles or the time looked back on.
DifferenceKind = ChangeKind | Literal["translated", "described", "redesigned"]
Subject = Literal["item", "response set", "scale", "outcome", "instrument"]

#: Differences that nobody needs to declare: they leave answers and scores as they were.
UNDECLARED = ("translated", "described", "redesigned")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not the same in two versions.

    Parameters
    ----------
    kind : str
        As in the change log, or ``translated``, ``described``, ``redesigned``.
    subject : str
        What sort of thing it is about.
    id : str
        Its id in the newer version; of something removed, in the older.
    was : str
        Its id in the older version, where that is another.
    details : tuple of str
        What differs, in words.
    step : str
        How the version number must rise at least, if nothing is said about comparability.
    """

    kind: DifferenceKind
    subject: Subject
    id: str
    details: tuple[str, ...] = ()
    step: Step = "minor"
    was: str = ""


def heaviest(steps: Iterable[Step]) -> Step:
    """Return the largest step; ``patch`` if there is none.

    Examples
    --------
    >>> heaviest(["patch", "minor"])
    'minor'
    """
    return max(steps, key=STEPS.index, default="patch")


def original_language(instrument: Instrument) -> str:
    """Return the code of the language in which the instrument was written, else of its first."""
    codes = [language.code for language in instrument.languages if language.status == "original"]
    return (codes or [language.code for language in instrument.languages])[0]


def version_key(version: str) -> tuple[int, ...]:
    """Return a version as numbers, to be sorted by.

    Examples
    --------
    >>> version_key("1.10.0") > version_key("1.9.0")
    True
    """
    return tuple(int(part) for part in version.split("."))


def step_between(older: str, newer: str) -> Step | None:
    """Return by which number `newer` is higher than `older`; None if it is not higher.

    Examples
    --------
    >>> step_between("1.0.0", "1.1.0"), step_between("1.1.0", "1.0.9")
    ('minor', None)
    """
    before, after = version_key(older), version_key(newer)
    if after <= before:
        return None
    place = next(place for place in range(3) if after[place] != before[place])
    return STEPS[2 - place]


def raised(version: str, step: Step) -> str:
    """Return the next version after `version` for a step.

    Examples
    --------
    >>> raised("1.2.3", "minor")
    '1.3.0'
    """
    numbers = list(version_key(version))
    place = 2 - STEPS.index(step)
    return ".".join(str(n) for n in (*numbers[:place], numbers[place] + 1, *(0 for _ in numbers[place + 1 :])))
