"""Disclosure profiles: named sets of rules.

Thresholds count people, never rows. The rules follow the practice of ACRO/SACRO (Green et al. 2023),
the OpenSAFELY output rules and the Handbook on Statistical Disclosure Control for Outputs (SDAP 2019).
"""

from __future__ import annotations

from dataclasses import asdict, replace

from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.core.results import DisclosureProfile
from mirabal_toolkit.errors import FindingsError, UsageError

PROFILES: dict[str, DisclosureProfile] = {
    "internal": DisclosureProfile(
        name="internal", threshold=1, hide_zeros=False, rounding=1, minimum_base=1, minimum_df=1, releasable=False
    ),
    "funder": DisclosureProfile(
        name="funder", threshold=5, hide_zeros=False, rounding=5, minimum_base=10, minimum_df=10, releasable=True
    ),
    "public": DisclosureProfile(
        name="public", threshold=10, hide_zeros=True, rounding=10, minimum_base=20, minimum_df=10, releasable=True
    ),
    "opensafely": DisclosureProfile(
        name="opensafely", threshold=8, hide_zeros=False, rounding=5, minimum_base=10, minimum_df=10, releasable=True
    ),
}


def profile_named(name: str) -> DisclosureProfile:
    """Return a profile; UsageError if there is none of that name."""
    try:
        return PROFILES[name]
    except KeyError:
        raise UsageError(f"there is no disclosure profile “{name}”", fix=f"use one of: {', '.join(PROFILES)}") from None


def profile_of(plan: AnalysisPlan) -> DisclosureProfile:
    """Return the profile a plan names, with the rules the plan has of its own.

    Raises
    ------
    FindingsError
        If its rules cannot hold together.

    Examples
    --------
    >>> from mirabal_toolkit.core.plan import DisclosureRules
    >>> rules = DisclosureRules(threshold=8, hide_zeros=False)
    >>> plan = AnalysisPlan("a", "1.0.0", "A", "", "cas", (), disclosure_profile="public", disclosure_rules=rules)
    >>> own = profile_of(plan)
    >>> own.name, own.threshold, own.rounding, own.hide_zeros
    ('public, with rules of the plan', 8, 10, False)
    """
    profile = profile_named(plan.disclosure_profile)
    if plan.disclosure_rules is None:
        return profile
    if not profile.releasable:
        fix = "name a profile that may leave under disclosure_profile, or leave the rules out"
        raise FindingsError(f"“{profile.name}” hides nothing, so it has no rules", where="disclosure_rules", fix=fix)
    rules = {name: value for name, value in asdict(plan.disclosure_rules).items() if value is not None}
    own = replace(profile, name=f"{profile.name}, with rules of the plan", **rules)
    if own.minimum_base < own.threshold:
        raise FindingsError(
            f"percentages may rest on {own.minimum_base} people, while fewer than {own.threshold} are hidden",
            where="disclosure_rules, minimum_base",
            fix=f"ask for at least {own.threshold}",
        )
    return own
