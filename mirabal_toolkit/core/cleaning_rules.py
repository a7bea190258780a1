"""What a plan says about cleaning: which steps are left out, their order, their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: What a parameter of a cleaning step can be.
Parameter = float | bool | str


@dataclass(frozen=True, slots=True)
class CleaningRules:
    """Changes to the usual cleaning, as a plan declares them.

    Parameters
    ----------
    switch_off : tuple of str
        Names of steps that are not run.
    order : tuple of str
        Names of steps that run in this order; each stands where one of them stands usually, and steps
        not named stay where they are.
    parameters : mapping
        Step → parameter → value.
    """

    switch_off: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    parameters: Mapping[str, Mapping[str, Parameter]] = field(default_factory=dict)
