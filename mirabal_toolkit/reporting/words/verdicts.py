"""Which way an indicator moved."""

from __future__ import annotations

from typing import Literal

from mirabal_toolkit.reporting.edition import Indicator
from mirabal_toolkit.reporting.lookup import Estimate

Verdict = Literal["better", "worse", "unclear", "neutral", "unknown"]


def verdict_of(one: Indicator, change: Estimate | None) -> Verdict:
    """Say which way an indicator moved.

    ``unclear`` where the interval of its change holds 0, ``neutral`` where neither way is better,
    ``unknown`` where the change is hidden or was not estimated.
    """
    if change is None or change.conf_low is None or change.conf_high is None:
        return "unknown"
    if one.outcome.direction == "neutral":
        return "neutral"
    if change.conf_low <= 0 <= change.conf_high:
        return "unclear"
    rose = change.conf_low > 0
    return "better" if rose == (one.outcome.direction == "higher_is_better") else "worse"
