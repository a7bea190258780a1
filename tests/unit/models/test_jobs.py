from dataclasses import replace

from mirabal_toolkit.models import analyse
from mirabal_toolkit.plans.loading import load_plan


def small_plan():
    """Two outcomes, one of them filled in: work of either kind for each process."""
    plan = load_plan("steps-to-safety")
    kept = tuple(one for one in plan.outcomes if one.outcome in {"injured", "isolation"})
    fewer = replace(plan.missing_data, imputations=5, iterations=3)
    return replace(plan, outcomes=kept, missing_data=fewer, measurement="none", panel_models=(), informants=None)


def test_numbers_do_not_depend_on_how_many_processes_estimate(panel):
    told = []
    one = analyse(panel, small_plan(), versions={})
    two = analyse(panel, small_plan(), versions={}, jobs=2, progress=lambda *done: told.append(done))
    assert two.estimates.frame.equals(one.estimates.frame)
    assert [done for _, done, _ in told] == list(range(1, len(told) + 1))
    assert {"imputed_change", "paired_change"} <= set(one.estimates.frame["analysis"])
