"""What stands in a briefing, whatever its format; every number is one that the whole report shows, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mirabal_toolkit.reporting.documents.outline import banners, subtitle
from mirabal_toolkit.reporting.edition import Edition, Indicator, Paired
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.standing import looked_at
from mirabal_toolkit.reporting.tables.cells import share_text
from mirabal_toolkit.reporting.values import decimals_of, write_value
from mirabal_toolkit.reporting.words import numbers
from mirabal_toolkit.reporting.words.comparisons import comparison_sentences
from mirabal_toolkit.reporting.words.limitations import limitations
from mirabal_toolkit.reporting.words.sensitivity import what_it_changes
from mirabal_toolkit.reporting.words.summary import (
    change_in_words,
    ends_sentence,
    interval_in_words,
    is_unclear,
    opening,
)
from mirabal_toolkit.reporting.words.verdicts import Verdict, verdict_of

MOST_PANELS = 6
#: So many limitations, the weightiest, stand in a briefing.
MOST_LIMITS = 4


@dataclass(frozen=True, slots=True)
class End:
    """One end of a panel.

    Parameters
    ----------
    when : str
        ``Start``, ``12 months``.
    text : str
        ``79%``; the word for hidden where it is.
    length : float or None
        Of its bar, 0–100; None where the number is hidden or has no such scale.
    """

    when: str
    text: str
    length: float | None


@dataclass(frozen=True, slots=True)
class Panel:
    """One measure of success: its heading, the indicator shown, both ends, which way it moved, one sentence."""

    heading: str
    label: str
    ends: tuple[End, ...]
    moved: str
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and what stands below it."""

    heading: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Briefing:
    """A whole briefing; `banners` and `opening` say what a reader must know before anything else."""

    title: str
    subtitle: str
    banners: tuple[str, ...]
    urgent: bool
    language: str
    opening: tuple[str, ...]
    panels: tuple[Panel, ...]
    parts: tuple[Part, ...]
    source: str


def make_briefing(edition: Edition) -> Briefing:
    """Return the briefing of released results."""
    released, say = edition.released, edition.say
    return Briefing(
        title=say("briefing_title", title=released.plan.title or released.plan.id),
        subtitle=subtitle(edition),
        banners=banners(edition),
        urgent=not released.profile.releasable,
        language=edition.language,
        opening=(opening(edition), limitations(edition)[0]),
        panels=tuple(_panel(heading, one, edition) for heading, one in chosen(edition)),
        parts=tuple(part for part in _parts(edition) if part.texts),
        source=say(
            "briefing_source",
            instrument=released.instrument.reference,
            plan=f"{released.plan.id} {released.plan.version}",
            profile=released.profile.name,
            seed=released.plan.seed,
        ),
    )


def chosen(edition: Edition) -> tuple[tuple[str, Indicator], ...]:
    """Return (measure of success, indicator) of each panel.

    From every measure the first headline indicator whose change may be shown, else its first; where there are
    fewer measures than panels, further headline indicators in the order of the plan. Nothing is chosen by its size.
    """
    headline = tuple(one for one in edition.indicators if one.headline and one.first)
    groups = edition.groups(headline)
    found = [
        (heading, next((one for one in members if _shown(one, edition)), members[0])) for heading, members in groups
    ]
    taken = {one.outcome.id for _, one in found}
    further = [(heading, one) for heading, members in groups for one in members if one.outcome.id not in taken]
    if len(groups) == 1:
        found += [("", one) for _, one in further]
    return tuple(found[:MOST_PANELS])


def _shown(one: Indicator, edition: Edition) -> bool:
    if len(edition.waves) == 1:
        estimate = edition.series(one).get(edition.waves[0])
        return estimate is not None and estimate.estimate is not None
    change = edition.paired(one).change
    return change is not None and change.estimate is not None


def _panel(heading: str, one: Indicator, edition: Edition) -> Panel:
    paired = edition.paired(one)
    first, last = edition.ends(paired)
    series = edition.series(one)
    verdict = verdict_of(one, paired.change)
    waves = dict.fromkeys((first, last))
    return Panel(
        heading=heading,
        label=edition.label(one),
        ends=tuple(_end(one, series.get(wave), edition.wave_name(wave), edition) for wave in waves),
        moved=_moved(verdict, edition) if len(waves) > 1 else "",
        verdict=verdict,
        sentence=_sentence(one, paired, edition) if len(waves) > 1 else ends_sentence(one, edition),
    )


def _moved(verdict: Verdict, edition: Edition) -> str:
    text = edition.say("briefing_unknown" if verdict == "unknown" else f"legend_{verdict}")
    return text[:1].upper() + text[1:]


def _end(one: Indicator, estimate: Estimate | None, when: str, edition: Edition) -> End:
    if estimate is None or (estimate.estimate is None and not estimate.hidden):
        return End(when, numbers.NO_VALUE, None)
    binary = one.outcome.kind == "binary"
    if estimate.hidden or estimate.estimate is None:
        return End(when, share_text(estimate, edition) if binary else edition.say("hidden"), None)
    scaled = binary or one.outcome.indicator == "score"
    return End(when, write_value(estimate.estimate, one, edition), estimate.estimate if scaled else None)


def _sentence(one: Indicator, paired: Paired, edition: Edition) -> str:
    ends = ends_sentence(one, edition).rstrip(".")
    return edition.say("briefing_sentence", ends=ends, change=_change(one, paired, edition))


def _change(one: Indicator, paired: Paired, edition: Edition) -> str:
    change = paired.change
    if change is None or (change.estimate is None and not change.hidden):
        return edition.say("briefing_change_none")
    if change.hidden or change.estimate is None:
        return edition.say("briefing_change_hidden")
    binary, decimals = one.outcome.kind == "binary", decimals_of(one, edition)
    return edition.say(
        "briefing_change_unclear" if is_unclear(change) else "briefing_change",
        n=numbers.count(change.n_obs),
        change=change_in_words(change.estimate, decimals, edition, binary=binary),
        interval=interval_in_words((change.conf_low, change.conf_high), decimals, edition, binary=binary),
    )


def _parts(edition: Edition) -> Iterator[Part]:
    say, several = edition.say, len(edition.waves) > 1
    yield Part(say("briefing_compared"), comparison_sentences(edition))
    lost = what_it_changes(edition)[:1] if several and looked_at(edition) else ()
    yield Part(say("briefing_lost"), tuple(lost))
    yield Part(say("briefing_limits"), limitations(edition)[1 : 1 + MOST_LIMITS])
    reading = (say("briefing_reading", level=edition.level), say("briefing_chosen"))
    yield Part(say("briefing_read"), (*reading, say("briefing_more")) if several else (say("briefing_more"),))
