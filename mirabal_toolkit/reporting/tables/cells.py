"""Cells of estimates: what to print, which number stands behind it, which note explains it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables.spec import Cell, Note
from mirabal_toolkit.reporting.values import decimals_of
from mirabal_toolkit.reporting.words import numbers

#: Flags that a reader must see beside the number, in the order their marks are given.
MARKED_FLAGS = (
    "penalised",
    "boundary",
    "few_people",
    "not_converged",
    "not_comparable",
    "not_estimable",
    "partly_comparable",
)
#: Flags that need no mark: what they mean is the same in every table.
GENERAL_FLAGS = ("zero_cell", "suppressed", "rounded")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

EMPTY = Cell(numbers.NO_VALUE)


@dataclass
class Marks:
    """Letters for the flags met while a table is built, in the order they are met.

    Parameters
    ----------
    edition : Edition
    """

    edition: Edition
    letters: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def of(self, estimate: Estimate) -> tuple[str, ...]:
        """Return the marks of an estimate's flags, and remember every flag it has."""
        self.seen.update(estimate.flags)
        flags = [flag for flag in MARKED_FLAGS if flag in estimate.flags]
        for flag in flags:
            self.letters.setdefault(flag, _LETTERS[len(self.letters)])
        return tuple(self.letters[flag] for flag in flags)

    def notes(self) -> tuple[Note, ...]:
        """Return the notes that explain the letters, then the flags that have none."""
        marked = [Note(self.edition.say(f"note_{flag}"), letter) for flag, letter in self.letters.items()]
        general = [Note(_general_note(flag, self.edition)) for flag in GENERAL_FLAGS if flag in self.seen]
        return (*general, *marked)


def general_notes(edition: Edition) -> tuple[str, ...]:
    """Return the notes that say the same under every table."""
    return tuple(_general_note(flag, edition) for flag in GENERAL_FLAGS)


def _general_note(flag: str, edition: Edition) -> str:
    profile = edition.released.profile
    return edition.say(f"note_{flag}", level=edition.level, threshold=profile.threshold, base=profile.rounding)


def share_text(estimate: Estimate, edition: Edition, sign: str = "") -> str:
    """Return a percent in words of a table: the number, 0 with its upper limit, or that it is hidden."""
    if estimate.hidden:
        return hidden_share(estimate, edition)
    text = numbers.percent(estimate.estimate, edition.decimals, sign)
    if "zero_cell" in estimate.flags and estimate.conf_low is not None and estimate.conf_high is not None:
        if estimate.estimate == 0:
            return f"{text} (≤ {numbers.percent(estimate.conf_high, edition.decimals, sign)})"
        if estimate.estimate == 100:
            return f"{text} (≥ {numbers.percent(estimate.conf_low, edition.decimals, sign)})"
    return text


def hidden_share(estimate: Estimate, edition: Edition) -> str:
    """Return how a hidden share is called; only what the gate allows to be said about it."""
    key = next((f"hidden_{flag}" for flag in ("few", "all_but_few") if flag in estimate.flags), "hidden")
    if key == "hidden" or not estimate.n_obs:
        return edition.say("hidden")
    threshold = edition.released.profile.threshold
    return edition.say(key, threshold=threshold, n=numbers.count(estimate.n_obs))


def share(estimate: Estimate | None, edition: Edition, marks: Marks) -> Cell:
    """Return the cell of a percent in a column whose header says so."""
    if estimate is None:
        return EMPTY
    return Cell(share_text(estimate, edition), _shown(estimate), marks=marks.of(estimate))


def share_of(estimate: Estimate | None, edition: Edition, marks: Marks) -> Cell:
    """Return the cell ``61% (73 of 120)``."""
    if estimate is None:
        return EMPTY
    text = share_text(estimate, edition, "%")
    if not estimate.hidden and estimate.count is not None and estimate.n_obs is not None:
        counted = edition.say("count_of", count=numbers.count(estimate.count), n=numbers.count(estimate.n_obs))
        percent = numbers.percent(estimate.estimate, edition.decimals)
        limit = text.partition("(")[2].rstrip(")")
        text = f"{percent} ({counted}; {limit})" if limit else f"{percent} ({counted})"
    return Cell(text, _shown(estimate), marks=marks.of(estimate))


def people(value: float | None) -> Cell:
    """Return the cell of a number of people."""
    return EMPTY if value is None else Cell(numbers.count(value), value)


def base(estimate: Estimate | None) -> Cell:
    """Return the cell of the number of people an estimate rests on."""
    return EMPTY if estimate is None else people(estimate.n_obs)


def value(estimate: Estimate | None, edition: Edition, marks: Marks, write: Callable[[float], str]) -> Cell:
    """Return the cell of any other estimate, written by `write`; hidden ones say so."""
    if estimate is None:
        return EMPTY
    if estimate.hidden:
        marks.of(estimate)
        return Cell(edition.say("hidden"))
    text = numbers.NO_VALUE if estimate.estimate is None else write(estimate.estimate)
    return Cell(text, _shown(estimate), marks=marks.of(estimate))


def limits(estimate: Estimate | None, write: Callable[[float, float], str]) -> Cell:
    """Return the cell of an interval, written by `write`."""
    if estimate is None or estimate.hidden or estimate.conf_low is None or estimate.conf_high is None:
        return EMPTY
    return Cell(write(estimate.conf_low, estimate.conf_high), bounds=(estimate.conf_low, estimate.conf_high))


def change_of(estimate: Estimate | None, one: Indicator, edition: Edition, marks: Marks) -> tuple[Cell, Cell]:
    """Return the cells of a change, or of a difference between changes, with its interval."""
    decimals = decimals_of(one, edition)
    return (
        value(estimate, edition, marks, partial(numbers.signed, decimals=decimals)),
        limits(estimate, partial(numbers.interval, decimals=decimals, plus=True)),
    )


def p_of(estimate: Estimate | None) -> Cell:
    """Return the cell of the p value of an estimate that may not be there."""
    return p_cell(None if estimate is None else estimate.p_value)


def p_cell(value: float | None) -> Cell:
    """Return the cell of a p value."""
    return EMPTY if value is None else Cell(numbers.p_value(value), value)


def _shown(estimate: Estimate) -> float | None:
    return None if estimate.hidden else estimate.estimate
