"""How reliable a scale is, as those who published it say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reliability:
    """A published reliability; never one worked out from the data at hand.

    Parameters
    ----------
    value : float
        Of the score, above 0 and below 1.
    source : str
        Who published it, and where.
    """

    value: float
    source: str
