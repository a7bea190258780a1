"""Disclosure profiles: named sets of rules.

Thresholds count people, never rows. The rules follow the practice of ACRO/SACRO (Green et al. 2023),
the OpenSAFELY output rules and the Handbook on Statistical Disclosure Control for Outputs (SDAP 2019).
"""

from __future__ import annotations

from mirabal_toolkit.core.results import DisclosureProfile
from mirabal_toolkit.errors import UsageError

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
