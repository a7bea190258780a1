"""Whether the conclusion about an indicator depends on those who were lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate

#: ``holds``: clear however lost answers are treated, and whatever they were; ``turns``: clear however they are
#: treated, but enough of a difference turns it; ``method``: clear in some ways and not in others; ``open``: in none.
Verdict = Literal["holds", "turns", "method", "open", "unknown"]

RATIOS = ("odds_ratio", "rate_ratio")


@dataclass(frozen=True, slots=True)
class Standing:
    """The change of an indicator under every assumption; None where it was not asked for or is hidden.

    Parameters
    ----------
    main, pairs, imputed, weighted : Estimate or None
        From the main model; of those who answered both times; with lost answers filled in; weighted.
    lowest, highest : Estimate or None
        The bounds.
    shift, expected, at_turn : Estimate or None
        See `ANALYSES`, ``tipping_point``.
    """

    main: Estimate | None
    pairs: Estimate | None
    imputed: Estimate | None
    weighted: Estimate | None
    lowest: Estimate | None
    highest: Estimate | None
    shift: Estimate | None
    expected: Estimate | None
    at_turn: Estimate | None

    @property
    def asked(self) -> bool:
        """Whether any other assumption was looked at."""
        return any(one is not None for one in (self.imputed, self.weighted, self.lowest))

    @property
    def verdict(self) -> Verdict:
        """Say whether the conclusion depends on those lost."""
        treated = [one for one in (self.main, self.pairs, self.imputed, self.weighted) if is_known(one)]
        if not self.asked or len(treated) < 2:
            return "unknown"
        signs = {sign_of(one) for one in treated}
        if signs == {0}:
            return "open"
        if len(signs) > 1:
            return "method"
        if self.shift is not None and "never_turns" in self.shift.flags:
            return "holds"
        return "turns" if self.shift is not None and self.shift.estimate is not None else "unknown"


def is_known(one: Estimate | None) -> bool:
    """Whether an estimate has an interval that may be shown."""
    return one is not None and not one.hidden and one.conf_low is not None and one.conf_high is not None


def sign_of(one: Estimate | None) -> int:
    """Return the direction of a clear change: 1, −1, or 0 where its interval holds zero."""
    if one is None or one.conf_low is None or one.conf_high is None or one.conf_low <= 0 <= one.conf_high:
        return 0
    return 1 if one.conf_low > 0 else -1


def standing_of(one: Indicator, edition: Edition) -> Standing:
    """Return the change of an indicator under every assumption."""
    key = (one.outcome.id, one.estimand)

    def term(analysis: str, name: str) -> Estimate | None:
        return edition.lookup.term(analysis, *key, name)

    return Standing(
        main=main_change(one, edition),
        pairs=edition.paired(one).change,
        imputed=term("imputed_change", "change"),
        weighted=term("weighted_change", "change"),
        lowest=term("bounds", "lowest"),
        highest=term("bounds", "highest"),
        shift=term("tipping_point", "shift"),
        expected=term("tipping_point", "expected"),
        at_turn=term("tipping_point", "at_turn"),
    )


def main_change(one: Indicator, edition: Edition) -> Estimate | None:
    """Return the change from first to last wave by the main model."""
    ends = (edition.waves[-1], edition.waves[0])
    rows = edition.lookup.rows("model_contrast", one.outcome.id, one.estimand)
    return next((row for row in rows if row.waves == ends and row.scale not in RATIOS), None)


def looked_at(edition: Edition) -> tuple[Indicator, ...]:
    """Return the indicators whose lost answers were looked at, in the order of the plan."""
    return tuple(one for one in edition.indicators if one.first and standing_of(one, edition).asked)
