"""Rules that a version keeps towards the versions before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.errors import Problem
from mirabal_toolkit.instruments.change_log import Comparison, compare, log_problems
from mirabal_toolkit.instruments.comparing import VersionPair
from mirabal_toolkit.instruments.comparing_answers import code_meanings, means_other
from mirabal_toolkit.instruments.differences import version_key


def history_problems(instrument: Instrument, earlier: Sequence[Instrument]) -> Iterator[Problem]:
    """Yield every breach of the rules for versions.

    Parameters
    ----------
    instrument : Instrument
    earlier : sequence of Instrument
        All earlier versions that are known, oldest first.
    """
    yield from _descent(instrument, earlier)
    seen: set[tuple[str, int]] = set()
    for older in earlier:
        yield from _codes(VersionPair(older, instrument), seen)
    if not earlier:
        return
    comparison = compare(earlier[-1], instrument)
    yield from _variables(comparison)
    yield from log_problems(comparison)


def _descent(instrument: Instrument, earlier: Sequence[Instrument]) -> Iterator[Problem]:
    """What is said of earlier versions must be true of them."""
    known = {older.version for older in earlier}
    parent, _, version = instrument.derived_from.partition("@")
    if parent == instrument.id and version not in known:
        yield Problem(f"was made from {instrument.derived_from}, which is not there", "derived_from")
    for number, change in enumerate(instrument.changes, 1):
        if version_key(change.from_version) >= version_key(instrument.version):
            what = f"is a change from {change.from_version}, which is not earlier than {instrument.version}"
            yield Problem(what, f"change {number}, from_version")
    if earlier and instrument.effective < earlier[-1].effective:
        yield Problem(f"holds from a day before {earlier[-1].version}", "effective")


def _codes(pair: VersionPair, seen: set[tuple[str, int]]) -> Iterator[Problem]:
    """A code is never used again for another answer, and one that was removed keeps its code."""
    for old, new in pair.pairs:
        after = code_meanings(new, pair.newer)
        name = new.response_set or new.id
        for code, option in code_meanings(old, pair.older).items():
            if (name, code) in seen:
                continue
            where = f"response set {name}" if new.response_set else f"item {new.id}"
            if code not in after:
                seen.add((name, code))
                fix = "keep it, with `retired: true`"
                yield Problem(f"lacks the code {code} ({option.name}) of {pair.older.version}", where, fix)
            elif means_other(option, after[code], pair.language) or option.kind != after[code].kind:
                seen.add((name, code))
                what = f"uses the code {code} of “{option.name}” ({pair.older.version}) again for “{after[code].name}”"
                yield Problem(what, where, "give the new answer a code that was never used")


def _variables(comparison: Comparison) -> Iterator[Problem]:
    """A variable never changes its meaning."""
    pair = comparison.pair
    owner = {item.variable.lower(): item for item in pair.older.items}
    for item in pair.newer.items:
        before = owner.get(item.variable.lower())
        if before is None:
            continue
        where, fix = f"item {item.id}", "give it a variable of its own"
        if pair.old_id.get(item.id) != before.id:
            what = f"takes the variable {item.variable}, which was that of {before.id} in {pair.older.version}"
            yield Problem(what, where, fix)
        elif before.type != item.type:
            yield Problem(f"was a {before.type} under the same variable, and is a {item.type}", where, fix)
        elif comparison.items[item.id] == "no" and _not_only_routed(item, comparison):
            what = f"cannot be compared with {pair.older.version}, but keeps the variable {item.variable}"
            yield Problem(what, where, fix)


def _not_only_routed(item: Item, comparison: Comparison) -> bool:
    """Whether more than who is asked makes it incomparable."""
    kinds = {
        one.difference.kind
        for one in comparison.explained
        if one.comparability == "no" and one.difference.id in (item.id, item.response_set)
    }
    return bool(kinds - {"routing_changed"})
