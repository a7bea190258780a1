"""Everything a table, figure or sentence asks of the results, asked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from mirabal_toolkit.core.data import INTERVIEWED
from mirabal_toolkit.core.instrument import Estimand, Instrument, Outcome, in_language
from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.reporting.lookup import Estimate, Lookup
from mirabal_toolkit.reporting.wording import Wording
from mirabal_toolkit.reporting.words.english import ENGLISH
from mirabal_toolkit.reporting.words.numbers import decimals_for
from mirabal_toolkit.reporting.words.people import speak_of, words_for


@dataclass(frozen=True, slots=True)
class Indicator:
    """An outcome under one estimand, as the plan asks for it.

    `first` says whether the estimand is the outcome's headline one.
    """

    outcome: Outcome
    estimand: Estimand
    headline: bool
    first: bool


@dataclass(frozen=True, slots=True)
class Paired:
    """Before, after and change among the people seen at both ends; None where not estimated."""

    before: Estimate | None
    after: Estimate | None
    change: Estimate | None


@dataclass(frozen=True)
class Edition:
    """Released results as one report in one language reads them.

    Parameters
    ----------
    released : ReleasableResults
    language : str
        Language code of labels and phrases.
    """

    released: ReleasableResults
    language: str = "en"

    @cached_property
    def lookup(self) -> Lookup:
        """The released estimates, by what they are."""
        return Lookup(self.released)

    @property
    def instrument(self) -> Instrument:
        """The instrument the answers were given to."""
        return self.released.instrument

    @cached_property
    def wording(self) -> Wording:
        """How the report says things."""
        people = words_for(self.instrument, self.language)
        return Wording(self.language, people, self.released.plan.confidence_level, dict(self.released.months))

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every planned outcome and estimand, in the order of the plan."""
        return tuple(
            Indicator(self.instrument.outcome(planned.outcome), estimand, planned.headline, position == 0)
            for planned in self.released.plan.outcomes
            for position, estimand in enumerate(planned.estimands_of(self.instrument))
        )

    @cached_property
    def waves(self) -> tuple[int, ...]:
        """Wave numbers, in order."""
        return self.wording.waves

    @cached_property
    def started(self) -> float | None:
        """How many people were interviewed at the first wave; None if that is hidden."""
        flow = self.released.flow.frame
        value = flow[INTERVIEWED].iloc[0] if len(flow) else None
        return None if pd.isna(value) else float(value)

    @cached_property
    def decimals(self) -> int:
        """Decimals of every percent and point in the report."""
        return decimals_for(self.started)

    @property
    def level(self) -> str:
        """Confidence level of every interval, as ``95%``."""
        return self.wording.level

    def say(self, key: str, **values: object) -> str:
        """Return a phrase of the catalogue in the language of the report, about those who answered."""
        return self.wording.say(key, **values)

    def listed(self, parts: Sequence[str]) -> str:
        """Return texts side by side, with the sign of the language between them: in Greek a “;” would ask."""
        return f"{self.say('list_sign')} ".join(parts)

    def retold(self, text: str) -> str:
        """Return a text of another room, written about women, about those who answered."""
        return speak_of(text, self.wording.people)

    def say_or(self, key: str, otherwise: str) -> str:
        """Return a phrase of the catalogue, or `otherwise` where it has none of that key."""
        return self.say(key) if key in ENGLISH else otherwise

    def label(self, indicator: Indicator) -> str:
        """Return the indicator's short label; the estimand is said where it is not the headline one."""
        label = in_language(indicator.outcome.label, self.language)
        if indicator.first:
            return label
        return self.say("label_with_estimand", label=label, estimand=self.say(f"estimand_{indicator.estimand}"))

    def wave_name(self, wave: int) -> str:
        """Return a wave by its time: “Start”, “3 months”."""
        return self.wording.wave_name(wave)

    @property
    def first_and_last(self) -> dict[str, str]:
        """First and last wave by their times, for phrases that hold ``{first}`` and ``{last}`` in a sentence."""
        return {"first": self.wave_name(self.waves[0]).lower(), "last": self.wave_name(self.waves[-1]).lower()}

    def at_wave(self, wave: int) -> str:
        """Return a wave as part of a sentence: “at the start”, “at 3 months”."""
        months = self.released.months.get(wave)
        if len(self.waves) == 1:
            return self.say("at_once")
        if months == 0:
            return self.say("at_start")
        if months == 1:
            return self.say("at_wave_month", months="1")
        return self.say("at_wave", wave=self.wave_name(wave).lower())

    def series(self, indicator: Indicator) -> dict[int, Estimate]:
        """Return wave → percent or mean as observed."""
        outcome, estimand = indicator.outcome.id, indicator.estimand
        if indicator.outcome.kind == "binary":
            return self.lookup.by_wave("prevalence", outcome, estimand)
        return self.lookup.by_wave("mean", outcome, estimand, term="mean")

    def paired(self, indicator: Indicator) -> Paired:
        """Return before, after and change among the people seen at both ends."""
        analysis = "paired_change" if indicator.outcome.kind == "binary" else "paired_mean_change"
        return Paired(
            *(
                self.lookup.term(analysis, indicator.outcome.id, indicator.estimand, term)
                for term in ("before", "after", "change")
            )
        )

    def ends(self, paired: Paired) -> tuple[int, int]:
        """Return the waves (first, last) that a paired change compares."""
        if paired.change is not None and paired.change.waves is not None:
            later, earlier = paired.change.waves
            return earlier, later
        return self.waves[0], self.waves[-1]

    def groups(self, indicators: tuple[Indicator, ...]) -> tuple[tuple[str, tuple[Indicator, ...]], ...]:
        """Return (title, indicators) for each measure of success, then for those that belong to none."""
        titles = {measure.number: measure.title for measure in self.instrument.measures_of_success}
        found: list[tuple[str, tuple[Indicator, ...]]] = []
        for number, title in sorted(titles.items()):
            members = tuple(one for one in indicators if one.outcome.measure == number)
            if members:
                text = in_language(title, self.language)
                found.append((self.say("measure_heading", number=number, title=text), members))
        others = tuple(one for one in indicators if one.outcome.measure not in titles)
        if others:
            found.append((self.say("other_indicators") if found else "", others))
        return tuple(found)
