"""How the values of an indicator are written: percents, scores, counts of kinds."""

from __future__ import annotations

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.words import numbers


def decimals_of(one: Indicator, edition: Edition) -> int:
    """Return the decimals of an indicator: one for counts of kinds and single answers, else those of the report."""
    return 1 if one.outcome.indicator in ("variety", "value") else edition.decimals


def write_value(value: float | None, one: Indicator, edition: Edition, sign: str = "%") -> str:
    """Return a value of an indicator as text.

    Parameters
    ----------
    value : float or None
        A percent, a score from 0 to 100, a number of kinds or an answer, as the indicator has it.
    sign : str
        What follows a percent; empty in columns whose header says it.
    """
    decimals = decimals_of(one, edition)
    if one.outcome.kind == "binary":
        return numbers.percent(value, decimals, sign)
    # A score of 0 or 100 is as rare as a percent of 0 or 100, and as easily misread.
    return numbers.percent(value, decimals, "") if one.outcome.indicator == "score" else numbers.number(value, decimals)
