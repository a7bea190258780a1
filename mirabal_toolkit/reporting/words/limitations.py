"""What the report cannot say, written from what ran."""

from __future__ import annotations

import math

from mirabal_toolkit.core.frames import rows_of
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.standing import is_known
from mirabal_toolkit.reporting.tables.bounds import Bounds, bounds_of
from mirabal_toolkit.reporting.words import numbers
from mirabal_toolkit.reporting.words.sensitivity import depends_on_lost
from mirabal_toolkit.reporting.words.summary import opening


def limitations(edition: Edition) -> tuple[str, ...]:
    """Return the limitations, one paragraph each, the weightiest first."""
    found = [edition.say(_weightiest(edition)), _lost(edition), edition.say("limit_self_report")]
    if any(one.estimand == "experienced" for one in edition.indicators):
        found.append(edition.say("limit_no_contact"))
    found.append(_versions(edition))
    validation = edition.instrument.validation.lower()
    if validation.startswith("none"):
        found.append(edition.say("limit_validation"))
    if depends_on_lost(edition):
        found.append(edition.say("limit_depends"))
    if edition.released.untrusted:
        found.append(edition.say("limit_untrusted"))
    if edition.released.profile.rounding > 1:
        found.append(_rounded(edition))
    found.append(edition.say("limit_many"))
    return tuple(text for text in found if text)


def _rounded(edition: Edition) -> str:
    """Return by how much rounding can move a percent, at most: where fewest women answered."""
    base = edition.released.profile.rounding
    bases = [int(row.n_obs) for row in edition.lookup.every("prevalence") if row.n_obs is not None and is_known(row)]
    if not bases:
        return edition.say("limit_rounded", base=base)
    fewest = min(bases)
    return edition.say("limit_rounded_by", base=base, fewest=fewest, points=round(100 * most_moved(fewest, base)))


def most_moved(shown: int, base: int) -> float:
    """Return the most by which a share can differ from that of exact numbers, where `shown` people stand for all.

    Examples
    --------
    >>> round(most_moved(120, 5), 3), round(most_moved(35, 5), 3)
    (0.033, 0.113)
    """
    people = range(max(1, math.ceil(shown - base / 2)), math.ceil(shown + base / 2))
    return max(
        abs(said / n - min(base * math.floor(said / base + 0.5), shown) / shown)
        for n in people
        for said in range(n + 1)
    )


def _weightiest(edition: Edition) -> str:
    """Return the key of what limits the design most."""
    comparison = edition.released.plan.comparison
    if edition.released.plan.design == "cross_sectional":
        return "limit_cross_sectional"
    return "limit_no_comparison" if comparison is None else f"limit_{comparison.design.replace('-', '_')}"


def _versions(edition: Edition) -> str:
    """Return which waves were collected with another version, and what cannot be compared; "" if none were."""
    noticed = rows_of(edition.released.findings.frame)
    carried = [row["message"] for row in noticed if row["code"] == "harmonised"]
    if not carried:
        return ""
    sentences = [edition.say("limit_versions", which=edition.listed(carried))]
    for key, code in (("no", "outcome_not_comparable"), ("partial", "outcome_partly_comparable")):
        outcomes = {row["item"] for row in noticed if row["code"] == code}
        labels = [edition.label(one) for one in edition.indicators if one.first and one.outcome.id in outcomes]
        if labels:
            sentences.append(edition.say(f"limit_versions_{key}", labels=edition.listed(labels)))
    return " ".join(sentences)


def _lost(edition: Edition) -> str:
    """Return who was lost, and how far that could move the first headline percent it can be said of."""
    text = f"{opening(edition)} {edition.say('limit_lost')}"
    for one in edition.indicators:
        found = bounds_of(one, edition) if one.headline and one.first else None
        if found is not None and len(edition.waves) > 1:
            return f"{text} {_bounds_sentence(edition.label(one), found, edition)}"
    return text


def _bounds_sentence(label: str, found: Bounds, edition: Edition) -> str:
    return edition.say(
        "limit_bounds",
        label=label,
        at_last=edition.at_wave(edition.waves[-1]),
        observed=numbers.percent(found.observed, edition.decimals),
        lowest=numbers.percent(found.lowest, edition.decimals),
        highest=numbers.percent(found.highest, edition.decimals),
        started=numbers.count(found.started),
    )
