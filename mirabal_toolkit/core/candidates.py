"""Instruments that data may have been collected with, told apart before any of them is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mirabal_toolkit.core.instrument import Instrument


@dataclass(frozen=True, slots=True)
class Candidate:
    """An instrument that is loaded only once it is wanted.

    Parameters
    ----------
    reference : str
        ``id@version``.
    names : frozenset of str
        Names its variables have in exports, waves filled in.
    load : callable
        Returns the instrument.
    """

    reference: str
    names: frozenset[str]
    load: Callable[[], Instrument]

    @property
    def id(self) -> str:
        """Id of the instrument, without its version."""
        return self.reference.partition("@")[0]

    @classmethod
    def of(cls, instrument: Instrument) -> Candidate:
        """Return an instrument that is loaded already as a candidate."""
        patterns = [item.variable for item in instrument.items]
        names = variable_names(patterns, [wave.number for wave in instrument.waves])
        return cls(instrument.reference, names, lambda: instrument)


def variable_names(patterns: Iterable[str], waves: Iterable[int]) -> frozenset[str]:
    """Return the names that patterns of variables stand for.

    Parameters
    ----------
    patterns : iterable of str
        As items have them: ``c1_w{wave}``, or a name as it is.
    waves : iterable of int

    Examples
    --------
    >>> sorted(variable_names(["site", "c1_w{wave}"], [1, 2]))
    ['c1_w1', 'c1_w2', 'site']
    """
    numbers = list(waves)
    return frozenset(
        pattern.replace("{wave}", str(number))
        for pattern in patterns
        for number in (numbers if "{wave}" in pattern else numbers[:1] or [1])
    )


def as_candidates(given: Instrument | Candidate | Iterable[Instrument | Candidate]) -> tuple[Candidate, ...]:
    """Return instruments, loaded or not, one or several, as candidates."""
    listed = (given,) if isinstance(given, Instrument | Candidate) else given
    return tuple(Candidate.of(one) if isinstance(one, Instrument) else one for one in listed)
