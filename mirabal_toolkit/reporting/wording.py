"""How a report says things: all that drawing a figure needs to know of it, and little to take to another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mirabal_toolkit.reporting.words.catalogue import phrase
from mirabal_toolkit.reporting.words.numbers import localised
from mirabal_toolkit.reporting.words.people import Words


@dataclass(frozen=True, slots=True)
class Wording:
    """Words of one report in one language.

    Parameters
    ----------
    language : str
        Language code of phrases.
    people : Words
        What those who answered are called.
    confidence_level : float
    months : mapping
        Wave number → months after the start.
    """

    language: str
    people: Words
    confidence_level: float
    months: Mapping[int, float]

    @property
    def waves(self) -> tuple[int, ...]:
        """Wave numbers, in order."""
        return tuple(sorted(self.months))

    @property
    def level(self) -> str:
        """Confidence level of every interval, as ``95%``."""
        return self.say("percent", number=localised(f"{100 * self.confidence_level:g}"))

    def say(self, key: str, **values: object) -> str:
        """Return a phrase of the catalogue in the language of the report, about those who answered."""
        return phrase(key, self.language, self.people, **values)

    def wave_name(self, wave: int) -> str:
        """Return a wave by its time: “Start”, “3 months”."""
        months = self.months.get(wave)
        if months is None:
            return self.say("wave_number", wave=wave)
        if months == 0:
            return self.say("wave_start")
        return self.say("wave_month" if months == 1 else "wave_months", months=f"{months:g}")
