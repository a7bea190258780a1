"""What there is to see of one outcome, gathered from released results."""

from __future__ import annotations

from dataclasses import dataclass

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.exploring.tables import (
    both_ends,
    every_wave,
    in_subgroups,
    model_change,
    rows_about,
    what_became,
)
from mirabal_toolkit.reporting.figures.trajectories import Panel, make_panel
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables.arms import arms
from mirabal_toolkit.reporting.tables.groups import groups
from mirabal_toolkit.reporting.tables.spec import Table
from mirabal_toolkit.reporting.values import decimals_of, write_value
from mirabal_toolkit.reporting.words import numbers
from mirabal_toolkit.reporting.words.summary import (
    change_in_words,
    indicator_sentences,
    interval_in_words,
    share_in_words,
)


@dataclass(frozen=True, slots=True)
class WaveView:
    """One wave of an outcome: its number, its name, and what was found in words."""

    wave: int
    name: str
    sentence: str


@dataclass(frozen=True)
class OutcomeView:
    """Everything to be seen of one outcome.

    Parameters
    ----------
    id : str
        ``outcome-estimand``, as an HTML id.
    outcome : str
        The outcome's id.
    label, group : str
        What it is called, and the measure of success it belongs to (empty if none).
    about : str
        What the numbers are, and which way is better.
    sentence : str
        Start, end and change in words.
    panel : Panel
        The curve.
    waves : tuple of WaveView
    tables : tuple of Table
        Those with rows: every wave, both ends, the groups compared, what became of it, subgroups.
    """

    id: str
    outcome: str
    label: str
    group: str
    headline: bool
    about: str
    sentence: str
    panel: Panel
    waves: tuple[WaveView, ...]
    tables: tuple[Table, ...]


def outcome_views(edition: Edition) -> tuple[OutcomeView, ...]:
    """Return a view of every outcome of the plan that has numbers, measure by measure."""
    shown = tuple(one for one in edition.indicators if edition.series(one))
    compared = (arms, groups) if len(edition.waves) > 1 else (groups,)
    parts = tuple(build(edition) for build in compared)
    return tuple(_view(one, heading, edition, parts) for heading, members in edition.groups(shown) for one in members)


def _view(one: Indicator, heading: str, edition: Edition, parts: tuple[Table, ...]) -> OutcomeView:
    built = (
        every_wave(one, edition),
        both_ends(one, edition),
        *(rows_about(one, table, edition) for table in parts),
        what_became(one, edition),
        in_subgroups(one, edition),
    )
    return OutcomeView(
        id=f"{one.outcome.id}-{one.estimand}".replace("_", "-"),
        outcome=one.outcome.id,
        label=edition.label(one),
        group=heading,
        headline=one.headline and one.first,
        about=_about(one, edition),
        sentence=indicator_sentences(one, edition),
        panel=make_panel(one, edition),
        waves=tuple(
            WaveView(wave, edition.wave_name(wave), _wave_sentence(one, wave, edition)) for wave in edition.waves
        ),
        tables=tuple(table for table in built if not table.is_empty),
    )


def _about(one: Indicator, edition: Edition) -> str:
    """Return the unit, which way is better, and under which estimand."""
    unit = one.outcome.kind if one.outcome.kind == "binary" else one.outcome.indicator
    parts = [edition.say(f"explore_unit_{unit if unit in ('binary', 'score', 'variety') else 'value'}")]
    if one.outcome.direction != "neutral":
        parts.append(edition.say(f"direction_{one.outcome.direction}"))
    text = "; ".join(parts)
    estimand = edition.say_or(f"explore_estimand_{one.estimand}", "")
    return f"{text[:1].upper()}{text[1:]}. {estimand}".strip()


def _wave_sentence(one: Indicator, wave: int, edition: Edition) -> str:
    """Return what was found at one wave, and how it differs from the start by the model."""
    found = edition.series(one).get(wave)
    text = edition.say(
        "explore_at_wave", label=edition.label(one), wave=edition.at_wave(wave), value=_in_words(one, found, edition)
    )
    change = model_change(one, wave, edition)
    if wave == edition.waves[0] or change is None or change.estimate is None or change.hidden:
        return text
    binary = one.outcome.kind == "binary"
    decimals = decimals_of(one, edition)
    ends = (change.conf_low, change.conf_high)
    since = edition.say(
        "explore_since_start",
        change=change_in_words(change.estimate, decimals, edition, binary=binary),
        level=edition.level,
        interval=interval_in_words(ends, decimals, edition, binary=binary),
    )
    return f"{text} {since}"


def _in_words(one: Indicator, found: Estimate | None, edition: Edition) -> str:
    if one.outcome.kind == "binary" or found is None or found.hidden or found.estimate is None:
        return share_in_words(found, edition)
    mean = write_value(found.estimate, one, edition)
    return edition.say("explore_mean", mean=mean, n=numbers.count(found.n_obs))
