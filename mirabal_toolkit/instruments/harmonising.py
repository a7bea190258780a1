"""Data collected with several versions of an instrument become one, by the change log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mirabal_toolkit.core.crosswalk import Crosswalk, ItemCrossing, apply_crosswalk, join_waves
from mirabal_toolkit.core.data import WaveData
from mirabal_toolkit.core.instrument import Comparability, Instrument
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.instruments.change_log import Comparison, compare
from mirabal_toolkit.instruments.comparing import VersionPair, merged_ids
from mirabal_toolkit.instruments.differences import version_key


def make_crosswalk(earlier: Instrument, later: Instrument) -> Crosswalk:
    """Return how answers to `earlier` become answers to `later`, a newer version of the same instrument.

    What the change log does not say is taken from the files, at the cautious end: a change that
    could matter makes an item comparable in part, or not at all.

    Raises
    ------
    UsageError
        If they are two instruments, or `later` is the older one.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> walk = make_crosswalk(load_instrument("partner-safety@1.0.0"), load_instrument("partner-safety@1.1.0"))
    >>> walk.renamed, walk.not_asked, walk.partial
    ({'C8a': 'C8_treated'}, ('E9',), ('B4',))
    """
    comparison = compare(earlier, later)
    sources = _sources(comparison.pair)
    used = {name for names in sources.values() for name in names}
    return Crosswalk(
        instrument=later.id,
        from_version=earlier.version,
        to_version=later.version,
        crossings=tuple(_crossing(item.id, sources.get(item.id, ()), comparison) for item in later.items),
        outcomes=dict(comparison.outcomes),
        dropped=tuple(item.id for item in earlier.items if item.id not in used),
    )


def harmonise(parts: Sequence[WaveData], target: Instrument | None = None) -> WaveData:
    """Return waves collected with several versions of an instrument as waves of one version.

    Parameters
    ----------
    parts : sequence of WaveData
        Any number, in any order.
    target : Instrument, optional
        The version to arrive at; the newest among `parts` when not given.

    Returns
    -------
    WaveData
        With a finding for everything that cannot be compared, or in part only.

    Raises
    ------
    UsageError
        If there is none, they are of several instruments, or one is newer than `target`.
    """
    if not parts:
        raise UsageError("there are no waves to harmonise")
    newest = max((part.instrument for part in parts), key=lambda instrument: version_key(instrument.version))
    later = target or newest
    walks: dict[str, Crosswalk] = {}
    carried = []
    for part in parts:
        version = part.instrument.version
        if part.instrument.id == later.id and version == later.version:
            carried.append(part)
            continue
        if version not in walks:
            walks[version] = make_crosswalk(part.instrument, later)
        carried.append(apply_crosswalk(part, walks[version], later))
    return join_waves(carried)


def _sources(pair: VersionPair) -> dict[str, tuple[str, ...]]:
    """Item of the later version → the items of the earlier one from which its answers come."""
    sources: dict[str, tuple[str, ...]] = {new: (old,) for new, old in pair.old_id.items()}
    origin = {item.id: item.id for item in pair.older.items}
    for change in pair.declared:
        if change.kind == "renamed" and change.was in origin:
            origin[change.item] = origin[change.was]
        elif change.kind in ("split", "merged"):
            found = tuple(origin[name] for name in merged_ids(change) if name in origin)
            if change.item in pair.newer.item_by_id and found:
                sources[change.item] = found
    return sources


def _crossing(item: str, sources: tuple[str, ...], comparison: Comparison) -> ItemCrossing:
    grade: Comparability = comparison.items[item] if sources else "no"
    return ItemCrossing(item, sources, _recode(item, sources, comparison.pair), grade)


def _recode(item: str, sources: tuple[str, ...], pair: VersionPair) -> Mapping[int, int]:
    """The recode maps of an item and of its response sets, one after the other from version to version."""
    names = {item, *sources, pair.newer.item_by_id[item].response_set}
    names |= {pair.older.item_by_id[name].response_set for name in sources}
    total: dict[int, int] = {}
    for change in pair.declared:
        if change.recode and change.item in names and sources:
            total = {old: change.recode.get(new, new) for old, new in total.items()}
            total |= {old: new for old, new in change.recode.items() if old not in total}
    return {old: new for old, new in total.items() if old != new}
