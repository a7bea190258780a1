import pytest

from mirabal_toolkit.core.plan import AnalysisPlan, PlannedOutcome
from mirabal_toolkit.models.multiplicity import adjust

PLAN = AnalysisPlan(
    id="plan",
    version="1.0.0",
    title="",
    description="",
    instrument="partner-safety",
    outcomes=(
        PlannedOutcome("injured", ("experienced",), model="gee", beside=("glmm",), family="violence"),
        PlannedOutcome("choked", ("experienced",), model="gee", family="violence"),
        PlannedOutcome("isolation", ("as_reported",), model="gee"),
    ),
)


def contrast(outcome, p_value, *, model="gee-logit", estimand="experienced", waves="w5 - w1"):
    return {
        "analysis": "model_contrast",
        "outcome": outcome,
        "estimand": estimand,
        "model": model,
        "contrast": waves,
        "scale": "percentage_points",
        "p_value": p_value,
    }


def adjusted(instrument, *records):
    return [row.get("p_adjusted") for row in adjust(records, PLAN, instrument, contrast="w5 - w1")]


def test_only_the_main_model_of_the_last_contrast_is_a_test(instrument):
    """Two outcomes, so Holm doubles the smaller; the mixed model and earlier waves do not count."""
    values = adjusted(
        instrument,
        contrast("injured", 0.5, waves="w2 - w1"),
        contrast("injured", 0.01),
        contrast("injured", 0.001, model="glmm-logit"),
        contrast("choked", 0.04),
        contrast("choked", 0.04, estimand="while_in_contact"),
        contrast("isolation", 0.01, estimand="as_reported"),
    )
    assert values == [None, pytest.approx(0.02), None, pytest.approx(0.04), None, None]


def test_differences_between_two_arms_are_adjusted_among_themselves_and_asked_once(instrument):
    """What is weighted, or among completers, checks the main difference: it is no further test."""

    def difference(outcome, p_value, **other):
        row = {**contrast(outcome, p_value), "analysis": "arm_difference", "population": "all_started"}
        return {**row, **other}

    values = adjusted(
        instrument,
        difference("injured", 0.02),
        difference("injured", 0.3, contrast="w2 - w1"),
        difference("injured", 0.001, model="overlap-weighted"),
        difference("injured", 0.001, population="completers"),
        contrast("injured", 0.04),
        difference("choked", 0.01),
    )
    assert values == [pytest.approx(0.02), None, None, None, pytest.approx(0.04), pytest.approx(0.02)]


def test_tests_of_subgroups_are_adjusted_item_by_item(instrument):
    def test_of(outcome, item, p_value):
        return {**contrast(outcome, p_value), "analysis": "subgroup_test", "term": item}

    values = adjusted(
        instrument,
        test_of("injured", "site", 0.01),
        test_of("injured", "children", 0.02),
        test_of("choked", "site", 0.04),
        test_of("isolation", "site", 0.001),
    )
    assert values == [pytest.approx(0.02), pytest.approx(0.02), pytest.approx(0.04), None]
