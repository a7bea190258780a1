"""Which variable of a file is which item at which wave: proposed by the toolkit, corrected by people."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.errors import FindingsError, InputError, Problem
from mirabal_toolkit.readers.dates import DateOrder
from mirabal_toolkit.readers.raw import Code

#: Below this, a proposal is a guess that somebody should look at.
SURE = 0.8


@dataclass(frozen=True, slots=True)
class VariableMatch:
    """One variable of a file and what it holds.

    Parameters
    ----------
    variable : str
        Name in the file.
    item : str
        Item id in the instrument.
    wave : int or None
        None for items asked once a person, and where rows or files say the wave.
    confidence : float
        0–1.
    reason : str
        Why it was proposed.
    codes : mapping
        Code in the file → code in the instrument; codes not listed stay as they are.
    missing : mapping
        Code in the file → missing reason, beyond those the instrument knows.
    date_order : str or None
        ``dmy``, ``mdy`` or ``ymd``, for dates written as text.
    file : int or None
        Number of the file it stands in, from 1; None for all.
    """

    variable: str
    item: str
    wave: int | None = None
    confidence: float = 1.0
    reason: str = ""
    codes: abc.Mapping[Code, float] = field(default_factory=dict)
    missing: abc.Mapping[Code, MissingReason] = field(default_factory=dict)
    date_order: DateOrder | None = None
    file: int | None = None

    def stands_in(self, file: int) -> bool:
        """Tell whether this match holds for the file of that number."""
        return self.file is None or self.file == file


@dataclass(frozen=True, slots=True)
class Guess:
    """Something besides the items that was found out and not said: the id, the wave of rows or files.

    Parameters
    ----------
    what : str
        What was taken for what.
    confidence : float
        0–1.
    reason : str
    """

    what: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A variable that is left out, and why."""

    variable: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How the variables of one or more files become items and waves of an instrument.

    Parameters
    ----------
    instrument : str
        ``id@version``.
    id_columns : tuple of str
        Where the id stands; in each file the first of these that it has.
    variables : tuple of VariableMatch
    wave_column : str
        Variable that says the wave of a row, in long files; empty when there is none.
    wave_values : mapping
        Its value → wave number.
    file_waves : tuple of (int or None)
        Wave of each file, in the order the files are given; empty when names or rows say it.
    ignored : tuple of Ignored
    guesses : tuple of Guess
        How ids and waves were found, in a proposal.
    proposed : bool
        Whether the toolkit made it; False once it comes from a file, which somebody may have corrected.
    """

    instrument: str
    id_columns: tuple[str, ...]
    variables: tuple[VariableMatch, ...]
    wave_column: str = ""
    wave_values: abc.Mapping[Code, int] = field(default_factory=dict)
    file_waves: tuple[int | None, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    guesses: tuple[Guess, ...] = ()
    proposed: bool = False

    @property
    def unsure(self) -> tuple[VariableMatch, ...]:
        """Matches that somebody should look at."""
        return tuple(match for match in self.variables if match.confidence < SURE)

    def refuse_doubts(self, least: float) -> None:
        """Refuse a proposal in which something is less sure than `least`; a mapping from a file is never refused.

        Raises
        ------
        FindingsError
            Listing everything that is to be looked at, the least sure first.
        """
        found = [
            (guess.confidence, Problem(f"{guess.what}: {guess.confidence:g}, {guess.reason}")) for guess in self.guesses
        ]
        found += [(match.confidence, _doubt(match)) for match in self.variables]
        doubts = sorted((doubt for doubt in found if doubt[0] < least), key=lambda doubt: doubt[0])
        if self.proposed and doubts:
            raise FindingsError(
                f"{len(doubts)} thing(s) were recognised with a confidence below {least:g}",
                where="mapping",
                fix="correct the mapping file that `mirabal import` writes, and give it with --mapping",
                problems=[problem for _, problem in doubts],
            )

    def check_against(self, instrument: Instrument) -> None:
        """Refuse a mapping that does not fit the instrument or contradicts itself.

        Raises
        ------
        InputError
            Listing everything that is wrong.
        """
        problems = [*_unknown(self, instrument), *_claimed_twice(self)]
        if not self.id_columns:
            problems.append(Problem("names no id", fix="add a line such as   id: person_id"))
        if problems:
            raise InputError(f"the mapping does not fit {instrument.reference}", where="mapping", problems=problems)


def _doubt(match: VariableMatch) -> Problem:
    wave = "" if match.wave is None else f" at wave {match.wave}"
    return Problem(f"{match.variable} was taken for {match.item}{wave}: {match.confidence:g}, {match.reason}")


def _unknown(mapping: Mapping, instrument: Instrument) -> abc.Iterator[Problem]:
    waves = {wave.number for wave in instrument.waves}
    for match in mapping.variables:
        place = f"variable {match.variable}"
        if match.item not in instrument.item_by_id:
            yield Problem(f"there is no item “{match.item}” in {instrument.reference}", place)
        if match.wave is not None and match.wave not in waves:
            yield Problem(f"there is no wave {match.wave} in {instrument.reference}", place)
    for wave in {*mapping.wave_values.values(), *mapping.file_waves} - {None}:
        if wave not in waves:
            yield Problem(f"there is no wave {wave} in {instrument.reference}", "waves of rows or files")


def _claimed_twice(mapping: Mapping) -> abc.Iterator[Problem]:
    """Find two variables for one item and wave, and one variable for two items."""
    holders: dict[tuple[str, int | None], VariableMatch] = {}
    seen: dict[str, VariableMatch] = {}
    for match in mapping.variables:
        for first in (holders.get((match.item, match.wave)), seen.get(match.variable)):
            if first is not None and _meet(first, match):
                wave = "" if match.wave is None else f" at wave {match.wave}"
                yield Problem(
                    f"{first.variable} and {match.variable} both claim {match.item}{wave}"
                    if first.variable != match.variable
                    else f"{match.variable} is given twice",
                    fix="keep one, and list the other under `ignored`",
                )
        holders.setdefault((match.item, match.wave), match)
        seen.setdefault(match.variable, match)


def _meet(first: VariableMatch, second: VariableMatch) -> bool:
    return first.file is None or second.file is None or first.file == second.file
