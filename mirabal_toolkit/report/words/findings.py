"""What a figure found, in one line: the titles of figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mirabal_toolkit.report.edition import Edition, Indicator
from mirabal_toolkit.report.lookup import Estimate
from mirabal_toolkit.report.tables.before_after import score_decimals
from mirabal_toolkit.report.words import numbers
from mirabal_toolkit.report.words.verdicts import verdict_of


def short_value(one: Indicator, estimate: Estimate | None, edition: Edition) -> str:
    """Return a percent or mean in a few signs; the word for hidden where it is."""
    if estimate is None or (estimate.estimate is None and not estimate.hidden):
        return numbers.NO_VALUE
    if estimate.hidden or estimate.estimate is None:
        return edition.say("hidden")
    if one.outcome.kind == "binary":
        return numbers.percent(estimate.estimate, edition.decimals)
    return numbers.number(estimate.estimate, score_decimals(one, edition))


def first_to_last(one: Indicator, edition: Edition, key: str = "finding_share") -> str:
    """Return ``Physically injured: 61% at the start, 2% at 12 months``."""
    series = edition.series(one)
    first, last = edition.waves[0], edition.waves[-1]
    return edition.say(
        key if first != last else f"{key}_one",
        label=edition.label(one),
        before=short_value(one, series.get(first), edition),
        after=short_value(one, series.get(last), edition),
        at_first=edition.at_wave(first),
        at_last=edition.at_wave(last),
    )


def counted_changes(indicators: Sequence[Indicator], edition: Edition) -> str:
    """Return how many of the indicators moved the better way, the worse way, or not clearly."""
    changes = [(one, edition.paired(one).change) for one in indicators]
    known = [
        (one, change)
        for one, change in changes
        if change is not None and change.estimate is not None and one.outcome.direction != "neutral"
    ]
    if not known:
        return edition.say("finding_none")
    met = Counter(verdict_of(one, change) for one, change in known)
    text = edition.say(
        "finding_counts",
        better=met["better"],
        all=len(known),
        first=edition.wave_name(edition.waves[0]).lower(),
        last=edition.wave_name(edition.waves[-1]).lower(),
    )
    if met["worse"]:
        text = edition.say("finding_counts_worse", base=text, worse=met["worse"])
    if met["unclear"]:
        text = edition.say("finding_counts_unclear", base=text, unclear=met["unclear"])
    return text
