"""What differs in the scales and outcomes of two versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mirabal_toolkit.core.instrument import Instrument, Outcome, Scale
from mirabal_toolkit.instruments.differences import Difference

_SCALE_RULES = ("minimum", "maximum", "minimum_answered", "no_contact_is_zero", "direction", "score_range")
_OUTCOME_RULES = ("indicator", "kind", "scale", "categories", "direction", "threshold")


def score_differences(older: Instrument, newer: Instrument, new_id: Mapping[str, str]) -> Iterator[Difference]:
    """Yield scales and outcomes that were added, removed or are computed otherwise.

    Parameters
    ----------
    older, newer : Instrument
    new_id : mapping
        Item of the older version → the same item in the newer.
    """
    for before, after, subject in (
        (older.scale_by_id, newer.scale_by_id, "scale"),
        (older.outcome_by_id, newer.outcome_by_id, "outcome"),
    ):
        yield from _come_and_gone(before, after, subject)
    for scale in newer.scales:
        if scale.id in older.scale_by_id:
            words = _scale_words(older.scale_by_id[scale.id], scale, new_id)
            if words:
                yield Difference("scale_changed", "scale", scale.id, words)
    for outcome in newer.outcomes:
        if outcome.id in older.outcome_by_id:
            yield from _outcome_difference(older.outcome_by_id[outcome.id], outcome, new_id)


def _come_and_gone(before: Mapping[str, Any], after: Mapping[str, Any], subject: Any) -> Iterator[Difference]:
    for name in after:
        if name not in before:
            yield Difference("added", subject, name, (f"a new {subject}",))
    for name in before:
        if name not in after:
            yield Difference("removed", subject, name, ("is no longer computed",), "major")


def _scale_words(old: Scale, new: Scale, new_id: Mapping[str, str]) -> tuple[str, ...]:
    words = []
    for name in ("items", "reversed", "severe"):
        before = {new_id.get(item, item) for item in getattr(old, name)}
        after = set(getattr(new, name))
        words += [f"{name}: with {', '.join(sorted(after - before))}"] if after - before else []
        words += [f"{name}: without {', '.join(sorted(before - after))}"] if before - after else []
    words += [
        f"{name}: {getattr(old, name)} → {getattr(new, name)}"
        for name in _SCALE_RULES
        if getattr(old, name) != getattr(new, name)
    ]
    return tuple(words)


def _outcome_difference(old: Outcome, new: Outcome, new_id: Mapping[str, str]) -> Iterator[Difference]:
    words = [
        f"{name}: {getattr(old, name)} → {getattr(new, name)}"
        for name in _OUTCOME_RULES
        if getattr(old, name) != getattr(new, name)
    ]
    if new_id.get(old.item or "", old.item) != new.item:
        words.append(f"item: {old.item} → {new.item}")
    lost = set(old.estimands) - set(new.estimands)
    words += [f"no longer as {', '.join(sorted(lost))}"] if lost else []
    if words:
        yield Difference("scale_changed", "outcome", new.id, tuple(words))
    elif set(new.estimands) - set(old.estimands):
        yield Difference("described", "outcome", new.id, ("has another estimand beside",), "minor")
    elif (old.label, old.statement, old.measure) != (new.label, new.statement, new.measure):
        yield Difference("described", "outcome", new.id, ("another label or sentence",), "patch")
