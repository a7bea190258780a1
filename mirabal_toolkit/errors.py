"""Every error a user can meet, each with its exit code.

An error says what is wrong, where, and how to mend it. It never holds a respondent's value:
build messages from counts, item ids, file and variable names only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    what : str
        The problem in one sentence.
    where : str
        File, sheet, line, variable or item; empty when there is no narrower place.
    fix : str
        What the user can do about it; empty when `what` already says it.
    """

    what: str
    where: str = ""
    fix: str = ""

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.fix:
            lines.append(f"  to mend it: {self.fix}")
        return "\n".join(lines)


class MirabalError(Exception):
    """Base of all errors meant for the user; an unexpected one exits with 1.

    Parameters
    ----------
    what : str
        The problem in one sentence, without any respondent's value.
    where, fix : str
        See `Problem`.
    problems : sequence of Problem
        Further problems found at the same time, so that all can be mended at once.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", fix: str = "", problems: Sequence[Problem] = ()) -> None:
        self.problem = Problem(what, where, fix)
        self.problems = tuple(problems)
        super().__init__(what)

    def __str__(self) -> str:
        return "\n".join([str(self.problem), *(str(problem) for problem in self.problems)])


class UsageError(MirabalError):
    """Wrong use of a command or a function."""

    exit_code = 2


class FindingsError(MirabalError):
    """The data or an instrument was read, and something in it must be mended first."""

    exit_code = 3


class DisclosureError(MirabalError):
    """Something must not leave, because a person could be recognised."""

    exit_code = 4


class InputError(MirabalError):
    """A file cannot be read, or is not what it should be."""

    exit_code = 5


class ModelError(MirabalError):
    """A model cannot be fitted, or its result could not be trusted."""

    exit_code = 6
