"""Waves collected with several versions of an instrument: what is left out, and what must be said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mirabal_toolkit.core.data import Bridge

#: Analyses that look at one wave by itself, whatever was asked at others.
ONE_WAVE = frozenset(
    {
        *("prevalence", "mean", "retention", "distribution", "second_prevalence", "second_mean", "agreement"),
        *("arm_level", "balance", "group_level", "group_test", "group_difference"),
        *("reliability", "floor_ceiling", "item_statistic", "dif"),
    }
)


def not_comparable_waves(bridges: Iterable[Bridge], outcome: str) -> frozenset[int]:
    """Return the waves of earlier versions whose scores must not be put beside later ones."""
    return frozenset(wave for bridge in bridges if outcome in bridge.not_comparable for wave in bridge.waves)


def flag_versions(records: Iterable[dict[str, Any]], bridges: Sequence[Bridge]) -> list[dict[str, Any]]:
    """Return estimates, those flagged that set waves of several versions beside each other.

    Parameters
    ----------
    records : iterable of dict
        Estimates as `estimates_frame` takes them.
    bridges : sequence of Bridge
        As in `PanelData`; without any the records stay as they are.

    Examples
    --------
    >>> bridge = Bridge("1.0.0", "2.0.0", (1,), not_comparable=("hurt",), partial=("free",))
    >>> levels = [{"analysis": "mean", "outcome": "free"}, {"analysis": "paired_mean_change", "outcome": "free"}]
    >>> [record.get("flags", ()) for record in flag_versions(levels, [bridge])]
    [(), ('partly_comparable',)]
    """
    left_out = {outcome for bridge in bridges for outcome in bridge.not_comparable}
    partial = {outcome for bridge in bridges for outcome in bridge.partial} - left_out
    flags = dict.fromkeys(left_out, "not_comparable") | dict.fromkeys(partial, "partly_comparable")
    flagged = []
    for record in records:
        flag = flags.get(record.get("outcome", ""))
        if flag is None or record["analysis"] in ONE_WAVE:
            flagged.append(record)
        else:
            flagged.append({**record, "flags": (*record.get("flags", ()), flag)})
    return flagged
