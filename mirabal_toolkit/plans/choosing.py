"""Which plan, where nobody named one."""

from __future__ import annotations

from collections.abc import Sequence

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.errors import FindingsError
from mirabal_toolkit.plans.loading import load_plan


def default_plan(instruments: Sequence[Instrument]) -> AnalysisPlan:
    """Return the plan of the instrument, or, of two, that which compares them.

    Raises
    ------
    FindingsError
        If none of them has a plan.
    """
    named = [instrument.default_plan for instrument in instruments if instrument.default_plan]
    if not named:
        start = f"mirabal plans new --instrument {instruments[0].id}"
        raise FindingsError(
            f"{instruments[0].reference} has no default plan",
            fix=f"start one with `{start}`, and name it: --plan plan.yaml; or see `mirabal plans list`",
        )
    plans = [load_plan(plan) for plan in named]
    both = [plan for plan in plans if plan.comparison is not None] if len(instruments) > 1 else []
    return (both or plans)[0]
