"""What else must be hidden so that no hidden count follows from what is shown.

Primary suppression hides small counts. Here an attacker with a linear programme looks at everything that
remains; where she could bound a small count more closely than one that is just hidden, one of the numbers
that let her is withheld, until none do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mirabal_toolkit.core.results import DisclosureProfile, PastRelease, Results
from mirabal_toolkit.disclosure.attack import Bounds, Island, Range, bounds_of, islands, reached_by
from mirabal_toolkit.disclosure.ledger import Key, Ledger, Place, Showing, open_ledger, others
from mirabal_toolkit.disclosure.register import known_before, telling_differences
from mirabal_toolkit.disclosure.rules import judge, lowest_hidden, round_count
from mirabal_toolkit.errors import DisclosureError


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


@dataclass(slots=True)
class _Release:
    """What of a ledger a reader sees under a profile, when some of it is withheld."""

    ledger: Ledger
    profile: DisclosureProfile
    places: set[Place] = field(default_factory=set)
    bases: set[Key] = field(default_factory=set)
    before: Mapping[Key, Range] = field(default_factory=dict)

    def count(self, key: Key) -> int:
        return self.ledger.counts[key]

    def verdict(self, showing: Showing) -> str:
        """Judge the count of a place by the profile alone."""
        assert showing.counted is not None  # noqa: S101 - asked only of places with a count
        n = math.nan if showing.base is None else self.count(showing.base)
        return judge(self.count(showing.counted), n, self.profile)

    def withheld(self, place: Place, showing: Showing) -> bool:
        return place in self.places or showing.base in self.bases

    def hidden_counts(self) -> set[Key]:
        """Return the counts that stand somewhere, but nowhere to be seen."""
        return {
            showing.counted
            for place, showing in self.ledger.shown.items()
            if showing.counted is not None and (self.withheld(place, showing) or self.verdict(showing) != "shown")
        }


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
    before = known_before(past, results.fingerprint)
    shown = known_of(_Release(ledger, profile))
    telling = telling_differences(ledger, shown, past, results.fingerprint, profile)
    whole = _Release(ledger, profile, telling, set(), before)
    told_at = _places_by_key(ledger)
    for island in islands(ledger.equations):
        part = _secured(island, whole, told_at)
        whole.places |= part.places
        whole.bases |= part.bases
    return _withheld(whole)


def _withheld(release: _Release) -> Withheld:
    shown = release.ledger.shown.items()
    without_base = {place for place, showing in shown if showing.base in release.bases}
    hidden = release.hidden_counts()
    follow = {place for place, showing in shown if hidden & set(showing.needs)}
    return Withheld(
        rows=frozenset(number for kind, number, _ in release.places | without_base | follow if kind == "estimate"),
        bases=frozenset(number for _, number, _ in without_base),
        cells=frozenset((wave, column) for kind, wave, column in release.places if kind == "flow"),
        told=known_of(release),
    )


def _places_by_key(ledger: Ledger) -> dict[Key, list[Place]]:
    """Return where something is told of each count."""
    found: dict[Key, list[Place]] = {}
    for place, showing in ledger.shown.items():
        for key in _keys_of(showing):
            found.setdefault(key, []).append(place)
    return found


def _secured(island: Island, whole: _Release, told_at: Mapping[Key, list[Place]]) -> _Release:
    """Withhold places of one island until every small count in it is safe."""
    ledger, profile = whole.ledger, whole.profile
    local = {place: ledger.shown[place] for key in island.keys for place in told_at.get(key, ())}
    release = _Release(Ledger(ledger.counts, local), profile, whole.places & local.keys(), set(), whole.before)
    # Withholding only widens what is possible, so a count that is safe once stays so.
    open_counts = list(_unsafe(_small_counts(island, ledger, profile), island, release))
    while open_counts:
        still_open = [target for target in open_counts if not _made_safe(target, island, release)]
        if still_open == open_counts:
            raise _unprotectable(profile)
        open_counts = still_open
    return release


def _made_safe(target: Key, island: Island, release: _Release) -> bool:
    """Withhold places until one count is safe; say whether it is."""
    while unsafe := _unsafe([target], island, release):
        if not _withhold_one(unsafe[target], release):
            return False
    return True


def _unsafe(targets: list[Key], island: Island, release: _Release) -> dict[Key, Bounds]:
    """Return the targets that can be bounded too closely, with how."""
    known = known_of(release)
    if len(targets) > 1:
        reached = reached_by(targets, island, known)
        targets = [target for target in targets if not _is_safe(*reached[target], release.profile)]
    bounds = dict(zip(targets, bounds_of(targets, island, known), strict=True))
    return {key: bound for key, bound in bounds.items() if not _is_safe(bound.least, bound.most, release.profile)}


def _unprotectable(profile: DisclosureProfile) -> DisclosureError:
    return DisclosureError(
        f"the profile “{profile.name}” cannot keep a small count from being worked out",
        fix="use a profile that rounds more coarsely (“rounding”), or leave an outcome out of the plan",
    )


def _keys_of(showing: Showing) -> set[Key]:
    return {key for key in (showing.counted, showing.base, *showing.implied) if key is not None}


def _small_counts(island: Island, ledger: Ledger, profile: DisclosureProfile) -> list[Key]:
    """Return the counts to protect, the smallest first."""
    lowest = lowest_hidden(profile)
    small = [key for key in island.keys if lowest <= ledger.counts[key] < profile.threshold]
    return sorted(small, key=lambda key: (ledger.counts[key], key))


def _is_safe(least: float, most: float, profile: DisclosureProfile) -> bool:
    """Say whether no more is known than of a count that is just hidden: as many numbers stay possible."""
    return most - least >= profile.threshold - 1 - lowest_hidden(profile)


def _withhold_one(bounds: Bounds, release: _Release) -> bool:
    """Withhold one of the things that make the bounds; say whether there was one.

    First where people went from wave to wave, which nothing else rests on; then the number that counts
    fewest people, then the reason why a number is hidden ("few" says something too), and only then a number
    of people on which others rest.
    """
    places = {place: showing for place, showing in release.ledger.shown.items() if not release.withheld(place, showing)}
    costs: dict[Place, tuple[bool, int, int]] = {}
    hidden = release.hidden_counts()
    for place, showing in places.items():
        if (told := _counts_told(showing, release, hidden)) & bounds.by:
            reason_only = showing.counted is not None and release.verdict(showing) != "shown"
            spared = showing.counted is None or showing.counted[0] != "move"
            smallest = min(release.count(key) for key in told)
            costs[place] = (spared, 2 * reason_only + len(showing.implied), smallest)
    if costs:
        release.places.add(min(costs, key=lambda place: (costs[place], place)))
        return True
    # A row that is withheld still shows its base.
    shown = {showing.base for showing in release.ledger.shown.values() if showing.base is not None}
    bases = shown & bounds.by - release.bases
    if bases:
        release.bases.add(min(bases, key=lambda key: (release.count(key), key)))
    return bool(bases)


def _counts_told(showing: Showing, release: _Release, hidden: set[Key]) -> set[Key]:
    """Return the counts of which a place says something, its base aside."""
    if showing.counted is None:
        return set() if hidden & set(showing.needs) else set(showing.implied)
    verdict = release.verdict(showing)
    if verdict == "base":
        return set()
    return {others(showing.counted) if verdict == "all_but_few" else showing.counted}


def known_of(release: _Release) -> dict[Key, Range]:
    """Return what a reader knows of each count: from what shows, and from why something does not."""
    known = dict(release.before)
    hidden = release.hidden_counts()
    for place, showing in release.ledger.shown.items():
        for key, limits in _told(place, showing, release, hidden):
            low, high = known.get(key, (0.0, math.inf))
            known[key] = (max(low, limits[0]), min(high, limits[1]))
    return known


def _told(place: Place, showing: Showing, release: _Release, hidden: set[Key]) -> list[tuple[Key, Range]]:
    profile = release.profile
    few: Range = (lowest_hidden(profile), profile.threshold - 1)
    told: list[tuple[Key, Range]] = []
    if showing.base is not None and showing.base not in release.bases:
        n = release.count(showing.base)
        told.append((showing.base, (1.0, few[1]) if 0 < n < profile.threshold else _shown_as(n, profile)))
    if release.withheld(place, showing):
        return told
    for key in _counts_told(showing, release, hidden):
        if showing.counted is None:
            limits = _rounded_to(release.count(key), profile)
        else:
            limits = few if release.verdict(showing) != "shown" else _shown_as(release.count(key), profile)
        told.append((key, limits))
    return told


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
