"""What has left already: the register that later releases are held against.

A second report on the same women, under other rules or of other outcomes, must not tell what the first one
hid; nor may the difference between two reports tell of the few who joined, left or changed their answer.
The register holds nothing that a reader of the reports could not know.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from mirabal_toolkit.core.frames import rows_of
from mirabal_toolkit.core.results import DisclosureProfile, Output, PastRelease
from mirabal_toolkit.disclosure.attack import Range
from mirabal_toolkit.disclosure.ledger import Key, Ledger, Place
from mirabal_toolkit.disclosure.rules import lowest_hidden, missing
from mirabal_toolkit.errors import InputError

_BETWEEN = "|"


def read_register(text: str) -> tuple[PastRelease, ...]:
    """Return the releases written in a register.

    Raises
    ------
    InputError
        If the text is not a register: it must not be passed over, since it protects people.
    """
    try:
        lines = json.loads(text)["releases"]
        return tuple(
            PastRelease(
                panel=str(line["panel"]),
                plan=str(line["plan"]),
                profile=str(line["profile"]),
                told={str(key): (float(low), float(high)) for key, (low, high) in line["told"].items()},
            )
            for line in lines
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        fix = "restore register.json as the toolkit wrote it, or write the new report to another folder: --out DIR"
        raise InputError("the register of earlier reports cannot be read", where="register.json", fix=fix) from None


def known_before(past: Sequence[PastRelease], panel: str) -> dict[Key, Range]:
    """Return what earlier releases of the same panel tell of each count."""
    known: dict[Key, Range] = {}
    for one in past:
        for name, (low, high) in one.told.items() if one.panel == panel else ():
            before = known.get(_key(name), (0.0, float("inf")))
            known[_key(name)] = (max(before[0], low), min(before[1], high))
    return known


def telling_differences(
    ledger: Ledger, told: Mapping[Key, Range], past: Sequence[PastRelease], panel: str, profile: DisclosureProfile
) -> set[Place]:
    """Return the places whose difference from an earlier release, of other data, counts a few people.

    Parameters
    ----------
    told : mapping
        What the new release would tell of each count.
    """
    telling: set[Key] = set()
    for one in past:
        if one.panel == panel:
            continue
        for name, before in one.told.items():
            now = told.get(_key(name))
            if now is not None and _few_apart(before, now, profile):
                telling.add(_key(name))
    return {place for place, showing in ledger.shown.items() if showing.counted in telling}


def _few_apart(before: Range, now: Range, profile: DisclosureProfile) -> bool:
    """Say whether the difference is surely of one to a few people, and known closely."""
    least, most = now[0] - before[1], now[1] - before[0]
    small = (least > 0 or most < 0) and max(abs(least), abs(most)) < profile.threshold
    return small and most - least < profile.threshold - 1 - lowest_hidden(profile)


def as_told(known: Mapping[Key, Range]) -> dict[str, Range]:
    """Return what is known of each count, by its name in the register."""
    return {_BETWEEN.join(key): limits for key, limits in sorted(known.items()) if limits[1] != float("inf")}


def _key(name: str) -> Key:
    return tuple(name.split(_BETWEEN))


def outputs_of(estimates: pd.DataFrame, profile: DisclosureProfile) -> tuple[Output, ...]:
    """List what leaves, an analysis of an outcome a line; counts as released.

    Parameters
    ----------
    estimates : DataFrame
        Released estimates.
    """
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows_of(estimates):
        groups.setdefault((row["analysis"], row["outcome"]), []).append(row)
    return tuple(_output(*group, rows, profile) for group, rows in sorted(groups.items()))


def _output(analysis: str, outcome: str, rows: list[dict[str, Any]], profile: DisclosureProfile) -> Output:
    hidden = sum("suppressed" in row["flags"] for row in rows)
    withheld = sum("withheld" in row["flags"] for row in rows)
    people = [int(row["n_persons"]) for row in rows if not missing(row["n_persons"])]
    counts = [int(row["count"]) for row in rows if not missing(row["count"]) and row["count"] > 0]
    return Output(
        what=f"{analysis}: {outcome}" if outcome else analysis,
        people=max(people, default=None),
        smallest=min(counts, default=None),
        rule=_rule(profile),
        decision="not released" if hidden == len(rows) else "released in part" if hidden else "released",
        comment=f"{len(rows)} numbers: {hidden} hidden, {withheld} of them to protect others",
    )


def _rule(profile: DisclosureProfile) -> str:
    if not profile.releasable:
        return f"{profile.name}: not for release"
    zeros = "and nobody " if profile.hide_zeros else ""
    return f"{profile.name}: fewer than {profile.threshold} {zeros}hidden, rounded to {profile.rounding}"
