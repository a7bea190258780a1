"""The arithmetic of protection: which counts are small, and how others are rounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from mirabal_toolkit.core.results import DisclosureProfile

Verdict = Literal["shown", "few", "all_but_few", "base", "withheld"]


def missing(value: Any) -> bool:
    """Say whether there is no number."""
    return bool(pd.isna(value))


def judge(count: float, n: float, profile: DisclosureProfile) -> Verdict:
    """Say whether a count of people, out of `n`, may be shown.

    Parameters
    ----------
    count, n : float
        People counted, of how many; NaN `n` means the count stands alone.

    Returns
    -------
    str
        ``shown``; ``few`` (1 to threshold − 1 people, or nobody where zeros are hidden);
        ``all_but_few`` (the same of the others); ``base`` (too few people in all).
    """
    if not pd.isna(n) and n < profile.minimum_base:
        return "base"
    if _small(count, profile):
        return "few"
    if not pd.isna(n) and _small(n - count, profile):
        return "all_but_few"
    return "shown"


def judge_row(row: Mapping[str, Any], profile: DisclosureProfile, *, alone: bool) -> Verdict:
    """Judge an estimate by its base, its count, and whether one person's answer makes up nearly all of its sum.

    Parameters
    ----------
    row : mapping
        With n_obs, count and flags.
    alone : bool
        Whether the count is not a share of its base: of a mean it counts the few whose score is not zero.
    """
    n, count = row["n_obs"], row["count"]
    if not missing(n) and n < profile.minimum_base:
        return "base"
    if missing(count):
        return "shown"
    verdict = judge(float(count), float("nan") if alone or missing(n) else float(n), profile)
    dominated = profile.releasable and "dominated" in row["flags"]
    return "withheld" if verdict == "shown" and dominated else verdict


def waves_of(row: Mapping[str, Any]) -> list[int]:
    """Return the waves a row speaks of: its own, and both of its contrast (``w5 - w1``)."""
    waves = [] if missing(row["wave"]) else [int(row["wave"])]
    return waves + [int(part.strip()[1:]) for part in row["contrast"].split("-") if part.strip()]


def lowest_hidden(profile: DisclosureProfile) -> int:
    """Return the smallest count that is hidden: nobody, or one."""
    return 0 if profile.hide_zeros else 1


def _small(count: float, profile: DisclosureProfile) -> bool:
    return lowest_hidden(profile) <= count < profile.threshold


def round_count(count: float, profile: DisclosureProfile) -> int:
    """Round a count to the profile's base, halves up.

    Examples
    --------
    >>> from mirabal_toolkit.disclosure.profiles import PROFILES
    >>> [round_count(count, PROFILES["funder"]) for count in (7, 8, 12.5)]
    [5, 10, 15]
    """
    base = profile.rounding
    return int((count + base / 2) // base) * base


def protect_counts(counts: pd.Series, profile: DisclosureProfile) -> pd.Series:
    """Return counts rounded, those of few people missing; Int64."""
    return pd.Series(
        [
            pd.NA if pd.isna(count) or _small(float(count), profile) else round_count(float(count), profile)
            for count in counts
        ],
        index=counts.index,
        dtype="Int64",
    )
