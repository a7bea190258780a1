"""From `Results` to `ReleasableResults`: hide what counts few people, round the rest.

Everything released is computed from rounded counts, or rounded itself; an estimate that would let a
hidden count be worked out (a change from it, a model's prediction of it) is hidden with it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from mirabal_toolkit.core.data import Finding, Source
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.results import (
    Decision,
    DisclosureProfile,
    PastRelease,
    ReleasableResults,
    Results,
)
from mirabal_toolkit.disclosure.accounts import join_accounts, split_accounts
from mirabal_toolkit.disclosure.estimates import protect_estimates
from mirabal_toolkit.disclosure.profiles import profile_named
from mirabal_toolkit.disclosure.register import as_told, outputs_of
from mirabal_toolkit.disclosure.rules import judge, protect_counts, round_count
from mirabal_toolkit.disclosure.secondary import withhold

COMMENTS = {
    "suppressed": "hidden: few people, or worked out from a hidden number",
    "rounded": "recomputed from rounded counts, or rounded",
    "shown": "left as it is",
}

#: Numbers in messages: what is no count of anybody, or a count.
_NUMBERS = re.compile(
    r"waves? \d+(?:(?:, | and | to |–)\d+)*|years \d+ to \d+|\d{4}–\d{4}|\d[\d.]* (?:days?|months?|years?)\b|\d[\d.]*%"
    r"|“[^”]*”|[\w.@/*-]*[^\W\d][\w.@/*-]*|\d+\.\d[\d.]*|(?P<count>\d{1,3}(?:,\d{3})+|\d+)"
)


def release(results: Results, profile: str | DisclosureProfile, past: Sequence[PastRelease] = ()) -> ReleasableResults:
    """Return what of `results` may leave under `profile`, after all that left before.

    Parameters
    ----------
    results : Results
    profile : str or DisclosureProfile
        A name (``internal``, ``funder``, ``public``, ``opensafely``) or a profile of one's own.
    past : sequence of PastRelease
        Earlier releases on these people.

    Raises
    ------
    UsageError
        If there is no profile of that name.
    DisclosureError
        If the profile cannot keep a small count from being worked out.
    """
    rules = profile_named(profile) if isinstance(profile, str) else profile
    estimates = results.estimates.frame
    flow = _protected(results.flow.frame, rules)
    if rules.releasable:
        alone, first = split_accounts(results)
        withheld = withhold(alone, rules, past)
        told = as_told(withheld.told)
        past = _with(past, PastRelease(results.fingerprint, results.plan.fingerprint, rules.name, told))
        estimates = protect_estimates(alone.estimates.frame, rules, results.plan, withheld)
        estimates = join_accounts(estimates, first, results, rules)
        for wave, column in withheld.cells:
            flow.loc[wave, column] = pd.NA
    return ReleasableResults(
        instrument=results.instrument,
        plan=results.plan,
        estimates=SealedFrame(estimates),
        flow=SealedFrame(flow),
        months=results.months,
        audit=SealedFrame(_audit(_rows(results.trail.steps), rules)),
        findings=SealedFrame(_protected_columns(_rows(_worded(results.findings, rules)), ["count"], rules)),
        profile=rules,
        decisions=_decisions(estimates),
        sources=_sources(results.sources, rules),
        fingerprint=results.fingerprint,
        versions=results.versions,
        untrusted=results.untrusted,
        releases=tuple(past),
        outputs=outputs_of(estimates, rules),
    )


def _with(past: Sequence[PastRelease], now: PastRelease) -> tuple[PastRelease, ...]:
    """Add a release to those before; the same one again says nothing new."""
    return (*past, *(() if now in past else (now,)))


def _worded(findings: tuple[Finding, ...], profile: DisclosureProfile) -> tuple[Finding, ...]:
    """Return the findings with the numbers in their words protected as counts: a message may tell of several.

    Left as they are: what is said to be no count (waves, days, years, shares), and what is quoted or part of a name.
    """
    if not profile.releasable:
        return findings

    def protected(part: re.Match[str]) -> str:
        if part["count"] is None:
            return part[0]
        count = int(part["count"].replace(",", ""))
        if judge(count, float("nan"), profile) != "shown":
            return f"fewer than {profile.threshold}"
        return str(round_count(count, profile))

    return tuple(replace(finding, message=_NUMBERS.sub(protected, finding.message)) for finding in findings)


def _sources(sources: tuple[Source, ...], profile: DisclosureProfile) -> tuple[Source, ...]:
    """Return the files that were read with rounded rows: one export a wave has as many as women were interviewed."""
    if not profile.releasable:
        return sources
    rules = replace(profile, rounding=profile.rounding if profile.rounding > 1 else profile.threshold)
    return tuple(
        replace(source, rows=max(round_count(source.rows, rules), rules.rounding) if source.rows else 0)
        for source in sources
    )


def _rows(records: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame([asdict(record) for record in records])


def _protected(frame: pd.DataFrame, profile: DisclosureProfile) -> pd.DataFrame:
    return frame.apply(lambda column: protect_counts(column, profile))


def _protected_columns(frame: pd.DataFrame, columns: list[str], profile: DisclosureProfile) -> pd.DataFrame:
    """Protect the count columns of a listing; a hidden count stays a missing one."""
    present = [column for column in columns if column in frame.columns]
    return frame.assign(**{column: protect_counts(frame[column], profile) for column in present})


def _audit(steps: pd.DataFrame, profile: DisclosureProfile) -> pd.DataFrame:
    """Protect the counts of cleaning: those before and after a step so coarsely that a hidden change cannot be told."""
    step = math.ceil(profile.threshold / profile.rounding) * profile.rounding
    coarse = _protected_columns(steps, ["before", "after"], replace(profile, rounding=step))
    return _protected_columns(coarse, ["changed"], profile)


def _decisions(estimates: pd.DataFrame) -> tuple[Decision, ...]:
    """Count, by analysis, what was hidden, rounded and left."""
    rule = [
        "suppressed" if "suppressed" in flags else "rounded" if "rounded" in flags else "shown"
        for flags in estimates["flags"]
    ]
    counted = Counter(zip(estimates["analysis"], rule, strict=True))
    return tuple(
        Decision(rule=rule, analysis=analysis, count=count, comment=COMMENTS[rule])
        for (analysis, rule), count in sorted(counted.items())
    )
