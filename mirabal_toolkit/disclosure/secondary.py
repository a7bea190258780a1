"""What else must be hidden so that no hidden count follows from what is shown.

Primary suppression hides small counts. Here an attacker with a linear programme looks at everything that
remains; where she could bound a small count more closely than one that is just hidden, one of the numbers
that let her is withheld, until none do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mirabal_toolkit.core.results import DisclosureProfile, PastRelease, Results
from mirabal_toolkit.disclosure.attack import Island, Range, ends_of, islands
from mirabal_toolkit.disclosure.ledger import Key, Ledger, Place, Showing, open_ledger, others
from mirabal_toolkit.disclosure.register import known_before, telling_differences
from mirabal_toolkit.disclosure.rules import judge, lowest_hidden, round_count
from mirabal_toolkit.errors import DisclosureError
from mirabal_toolkit.safekeeping.processes import with_others


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is hidden to protect other numbers.

    Parameters
    ----------
    rows : frozenset of int
        Positions in the estimates.
    bases : frozenset of int
        Positions of rows whose number of people is hidden too.
    cells : frozenset of (int, str)
        Waves and columns of the flow.
    told : dict
        What a reader then knows of each count: the least and the most it can be.
    """

    rows: frozenset[int] = frozenset()
    bases: frozenset[int] = frozenset()
    cells: frozenset[tuple[int, str]] = frozenset()
    told: dict[Key, Range] = field(default_factory=dict)


NOTHING_WITHHELD = Withheld()


@dataclass(frozen=True, slots=True)
class _Telling:
    """What a place tells under a profile, when it is not withheld.

    Parameters
    ----------
    showing : Showing
    verdict : str
        Of the count that stands there; ``shown`` where there is none.
    limits : dict
        Each count of which it says something, the base aside, with the numbers that it can then be.
    base : (float, float) or None
        What is told of the base; it shows even where the count is hidden.
    """

    showing: Showing
    verdict: str
    limits: dict[Key, Range]
    base: Range | None


@dataclass(slots=True)
class _Release:
    """What a reader sees under a profile, when some of it is withheld."""

    counts: Mapping[Key, int]
    tellings: Mapping[Place, _Telling]
    profile: DisclosureProfile
    places: set[Place] = field(default_factory=set)
    bases: set[Key] = field(default_factory=set)
    before: Mapping[Key, Range] = field(default_factory=dict)

    def withheld(self, place: Place) -> bool:
        return place in self.places or self.tellings[place].showing.base in self.bases

    def hidden_counts(self) -> set[Key]:
        """Return the counts that stand somewhere, but nowhere to be seen."""
        return {
            telling.showing.counted
            for place, telling in self.tellings.items()
            if telling.showing.counted is not None and (telling.verdict != "shown" or self.withheld(place))
        }

    def told(self) -> Iterator[tuple[Place, _Telling]]:
        """Yield the places that tell of more than their base."""
        hidden = self.hidden_counts()
        for place, telling in self.tellings.items():
            if not (self.withheld(place) or hidden.intersection(telling.showing.needs)):
                yield place, telling

    def within(self, keys: tuple[Key, ...], told_at: Mapping[Key, list[Place]]) -> _Release:
        """Return the part of it that tells of some counts."""
        tellings = {place: self.tellings[place] for key in keys for place in told_at.get(key, ())}
        named = [keys, *(telling.limits for telling in tellings.values())]
        counts = {key: self.counts[key] for part in named for key in part}
        before = {key: limits for key, limits in self.before.items() if key in counts}
        return _Release(counts, tellings, self.profile, self.places & tellings.keys(), set(), before)


def withhold(results: Results, profile: DisclosureProfile, past: Sequence[PastRelease] = ()) -> Withheld:
    """Choose what to withhold of `results`, beside what `profile` hides for itself.

    Counts that do not show are protected too: those of a two-by-two table, those lost between the first
    wave and the pairs, those without contact; whatever an equation of the ledger names.

    Parameters
    ----------
    past : sequence of PastRelease
        What has left already; together with it nothing may be told either.

    Raises
    ------
    DisclosureError
        If the profile cannot protect a small count.
    """
    ledger = open_ledger(results)
    tellings = {place: _telling(showing, ledger, profile) for place, showing in ledger.shown.items()}
    whole = _Release(ledger.counts, tellings, profile, before=known_before(past, results.fingerprint))
    shown = known_of(_Release(ledger.counts, tellings, profile))
    whole.places |= telling_differences(ledger, shown, past, results.fingerprint, profile)
    told_at = _places_by_key(tellings)
    # The largest first: no process should be left alone with one at the end.
    apart = sorted(islands(ledger.equations), key=lambda island: -len(island.keys))
    searches = [_Search(island, whole.within(island.keys, told_at)) for island in apart]
    for places, bases in with_others(_secured, searches):
        whole.places |= places
        whole.bases |= bases
    return _withheld(whole)


def _withheld(release: _Release) -> Withheld:
    shown = [(place, telling.showing) for place, telling in release.tellings.items()]
    without_base = {place for place, showing in shown if showing.base in release.bases}
    hidden = release.hidden_counts()
    follow = {place for place, showing in shown if hidden & set(showing.needs)}
    return Withheld(
        rows=frozenset(number for kind, number, _ in release.places | without_base | follow if kind == "estimate"),
        bases=frozenset(number for _, number, _ in without_base),
        cells=frozenset((wave, column) for kind, wave, column in release.places if kind == "flow"),
        told=known_of(release),
    )


def _places_by_key(tellings: Mapping[Place, _Telling]) -> dict[Key, list[Place]]:
    """Return where something is told of each count."""
    found: dict[Key, list[Place]] = {}
    for place, telling in tellings.items():
        showing = telling.showing
        for key in (showing.counted, showing.base, *showing.implied):
            if key is not None:
                found.setdefault(key, []).append(place)
    return found


@dataclass(slots=True)
class _Search:
    """What the counts of an island were found able to be, under what is withheld or under less.

    Withholding only widens what is possible, so what a count could be once it can be still.
    """

    island: Island
    release: _Release
    found: dict[Key, Range] = field(default_factory=dict)

    def is_safe(self, key: Key) -> bool:
        """Say whether no more is known than of a count that is just hidden: as many numbers were found possible."""
        least, most = self.found.get(key, (0.0, 0.0))
        return most - least >= self.release.profile.threshold - 1 - lowest_hidden(self.release.profile)

    def ask(self, targets: list[Key]) -> frozenset[Key]:
        """Find how far some counts reach together; say whose limits stand in the way."""
        ends = ends_of(targets, self.island, known_of(self.release))
        for key, (low, high) in ends.reached.items():
            least, most = self.found.get(key, (low, high))
            self.found[key] = (min(least, low), max(most, high))
        return ends.by

    def not_yet_safe(self, targets: list[Key]) -> list[Key]:
        """Return those of which too few numbers were found, asking all together for as long as that finds more."""
        open_before: list[Key] = []
        while targets != open_before:
            open_before = targets
            self.ask(targets)
            targets = [target for target in targets if not self.is_safe(target)]
        return targets

    def made_safe(self, target: Key) -> bool:
        """Withhold places until one count is safe; say whether it is."""
        while not self.is_safe(target):
            by = self.ask([target])
            if not self.is_safe(target) and not _withhold_one(by, self.release):
                return False
        return True


def _secured(search: _Search) -> tuple[set[Place], set[Key]]:
    """Withhold places and bases of one island until every small count in it is safe; return all that is withheld."""
    open_counts = search.not_yet_safe(_small_counts(search))
    while open_counts:
        still_open = [target for target in open_counts if not search.made_safe(target)]
        if still_open == open_counts:
            raise _unprotectable(search.release.profile)
        open_counts = still_open
    return search.release.places, search.release.bases


def _unprotectable(profile: DisclosureProfile) -> DisclosureError:
    return DisclosureError(
        f"the profile “{profile.name}” cannot keep a small count from being worked out",
        fix="use a profile that rounds more coarsely (“rounding”), or leave an outcome out of the plan",
    )


def _small_counts(search: _Search) -> list[Key]:
    """Return the counts to protect, the smallest first."""
    counts, profile = search.release.counts, search.release.profile
    small = [key for key in search.island.keys if lowest_hidden(profile) <= counts[key] < profile.threshold]
    return sorted(small, key=lambda key: (counts[key], key))


def _withhold_one(by: frozenset[Key], release: _Release) -> bool:
    """Withhold one of the things that limit the counts `by`; say whether there was one.

    First where people went from wave to wave, which nothing else rests on; then the number that counts
    fewest people, then the reason why a number is hidden ("few" says something too), and only then a number
    of people on which others rest.
    """
    costs: dict[Place, tuple[bool, int, int]] = {}
    for place, telling in release.told():
        if telling.limits.keys() & by:
            showing = telling.showing
            spared = showing.counted is None or showing.counted[0] != "move"
            smallest = min(release.counts[key] for key in telling.limits)
            costs[place] = (spared, 2 * (telling.verdict != "shown") + len(showing.implied), smallest)
    if costs:
        release.places.add(min(costs, key=lambda place: (costs[place], place)))
        return True
    # A row that is withheld still shows its base.
    shown = {telling.showing.base for telling in release.tellings.values()}
    bases = [key for key in by - release.bases if key in shown]
    if bases:
        release.bases.add(min(bases, key=lambda key: (release.counts[key], key)))
    return bool(bases)


def known_of(release: _Release) -> dict[Key, Range]:
    """Return what a reader knows of each count: from what shows, and from why something does not."""
    known = dict(release.before)
    for telling in release.tellings.values():
        base = telling.showing.base
        if base is not None and telling.base is not None and base not in release.bases:
            _narrow(known, base, telling.base)
    for _, telling in release.told():
        for key, limits in telling.limits.items():
            _narrow(known, key, limits)
    return known


def _narrow(known: dict[Key, Range], key: Key, limits: Range) -> None:
    low, high = known.get(key, (0.0, math.inf))
    known[key] = (max(low, limits[0]), min(high, limits[1]))


def _telling(showing: Showing, ledger: Ledger, profile: DisclosureProfile) -> _Telling:
    few: Range = (lowest_hidden(profile), profile.threshold - 1)
    base, n = None, math.nan
    if showing.base is not None:
        n = ledger.counts[showing.base]
        base = (1.0, few[1]) if 0 < n < profile.threshold else _shown_as(n, profile)
    if showing.counted is None:
        implied = {key: _rounded_to(ledger.counts[key], profile) for key in showing.implied}
        return _Telling(showing, "shown", implied, base)
    count = ledger.counts[showing.counted]
    verdict = judge(count, n, profile)
    limits = {
        "shown": {showing.counted: _shown_as(count, profile)},
        "few": {showing.counted: few},
        "all_but_few": {others(showing.counted): few},
        "base": {},
    }
    return _Telling(showing, verdict, limits[verdict], base)


def _rounded_to(count: int, profile: DisclosureProfile) -> Range:
    """Return the counts that round to the same number."""
    middle, half = round_count(count, profile), profile.rounding / 2
    return max(0.0, math.ceil(middle - half)), math.ceil(middle + half) - 1.0


def _shown_as(count: int, profile: DisclosureProfile) -> Range:
    """Return the counts that are shown as the same number; hidden ones are not among them."""
    if count == 0:
        return 0.0, 0.0
    low, high = _rounded_to(count, profile)
    return max(low, float(min(profile.threshold, count))), high
