"""What a figure found, in one line: the titles of figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.values import write_value
from mirabal_toolkit.reporting.words import numbers
from mirabal_toolkit.reporting.words.verdicts import verdict_of


def short_value(one: Indicator, estimate: Estimate | None, edition: Edition) -> str:
    """Return a percent or mean in a few signs; the word for hidden where it is."""
    if estimate is None or (estimate.estimate is None and not estimate.hidden):
        return numbers.NO_VALUE
    if estimate.hidden or estimate.estimate is None:
        return edition.say("hidden")
    return write_value(estimate.estimate, one, edition)


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
    """Return how many of the indicators moved the better way, the worse way, or not clearly, in the same women."""
    return counted_verdicts([(one, edition.paired(one).change) for one in indicators], edition)


def counted_verdicts(changes: Sequence[tuple[Indicator, Estimate | None]], edition: Edition) -> str:
    """Return how many of the changes are for the better, for the worse, or not clear."""
    judged = [(one, change) for one, change in changes if one.outcome.direction != "neutral"]
    met = Counter(verdict_of(one, change) for one, change in judged)
    hidden = sum(1 for _, change in judged if change is not None and change.hidden)
    if not met["better"] + met["worse"] + met["unclear"]:
        return edition.say("finding_none")
    text = edition.say(
        "finding_counts",
        better=met["better"],
        all=met["better"] + met["worse"] + met["unclear"] + hidden,
        **edition.first_and_last,
    )
    for key, number in (("worse", met["worse"]), ("unclear", met["unclear"]), ("hidden", hidden)):
        if number:
            text = edition.say(f"finding_counts_{key}", base=text, number=number)
    return text
