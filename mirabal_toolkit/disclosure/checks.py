"""The gate for checks of data: the same rules as for results, and whole cells of missingness hidden together."""

from __future__ import annotations

import pandas as pd

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.quality import ANSWERED, ITEM_REASONS, DataCheck, ReleasableCheck
from mirabal_toolkit.core.results import DisclosureProfile
from mirabal_toolkit.disclosure.profiles import profile_named
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.disclosure.rules import judge, round_count


def release_check(check: DataCheck, profile: str | DisclosureProfile) -> ReleasableCheck:
    """Return what of `check` may be shown under `profile`.

    Where one reason at one item and wave counts few people, all counts there are hidden: they add up to
    the number of people interviewed, so that one alone could be worked out from the others.

    Raises
    ------
    UsageError
        If there is no profile of that name.
    """
    rules = profile_named(profile) if isinstance(profile, str) else profile
    missing = check.missing.frame
    if rules.releasable:
        missing = _protected(missing, rules)
    return ReleasableCheck(release(check.results, rules), SealedFrame(missing), check.agreement)


def _protected(missing: pd.DataFrame, rules: DisclosureProfile) -> pd.DataFrame:
    counts = [ANSWERED, *ITEM_REASONS]
    rows = missing[["interviewed", *counts]].astype("Int64")
    hidden = rows.apply(lambda row: _shows_few(row, rules), axis=1).to_numpy(dtype=bool)
    rounded = rows.map(lambda count: round_count(float(count), rules)).astype("Int64")
    rounded.loc[hidden, counts] = pd.NA
    few = rows["interviewed"].map(lambda count: judge(float(count), float("nan"), rules) != "shown")
    rounded.loc[few.to_numpy(dtype=bool)] = pd.NA
    return missing.assign(**{name: rounded[name] for name in rounded.columns})


def _shows_few(row: pd.Series, rules: DisclosureProfile) -> bool:
    people = float(row["interviewed"])
    return any(judge(float(count), people, rules) != "shown" for count in row if count)
