"""Steps as a plan wants them: off, moved, with other parameters, or one more."""

from __future__ import annotations

import pytest

from mirabal_toolkit.cleaning import DEFAULT_STEPS, Step, StepResult, arranged, clean, with_step
from mirabal_toolkit.core.cleaning_rules import CleaningRules
from mirabal_toolkit.errors import FindingsError

NAMES = [step.name for step in DEFAULT_STEPS]


def names(**rules) -> list[str]:
    return [step.name for step in arranged(DEFAULT_STEPS, CleaningRules(**rules))]


def test_without_rules_the_steps_are_the_usual_ones():
    assert arranged(DEFAULT_STEPS) == DEFAULT_STEPS
    assert len(set(NAMES)) == len(NAMES)


def test_every_step_stands_behind_those_it_builds_on():
    for place, step in enumerate(DEFAULT_STEPS):
        assert set(step.after) <= set(NAMES[:place]), step.name
        assert set(step.explained) == set(step.parameters) - {"links"}, step.name


def test_a_step_can_be_switched_off(rows, interview, found):
    data = rows(interview("01", 1, A_date="2024-01-10"), interview("01", 2, A_date="2024-01-11"))
    assert "outside_window" in found(clean(data))
    off = clean(data, rules=CleaningRules(switch_off=("check_dates",)))
    assert "outside_window" not in found(off)
    assert "check_dates" not in [step.step for step in off.trail.steps]


def test_parameters_reach_the_step(rows, interview, found):
    data = rows(interview("01", 1, A_date="2024-01-10"), interview("01", 2, A_date="2024-05-20"))
    rules = CleaningRules(parameters={"check_dates": {"window_days": 60, "slack_days": 60}})
    assert {"outside_window", "look_back_gap"} <= set(found(clean(data)))
    assert not {"outside_window", "look_back_gap"} & set(found(clean(data, rules=rules)))


def test_named_steps_change_places_and_the_others_stay():
    moved = names(order=("report_similar_ids", "check_dates"))
    places = sorted((NAMES.index("report_similar_ids"), NAMES.index("check_dates")))
    assert [moved[place] for place in places] == ["report_similar_ids", "check_dates"]
    assert [name for name in moved if name not in ("report_similar_ids", "check_dates")] == [
        name for name in NAMES if name not in ("report_similar_ids", "check_dates")
    ]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"switch_off": ("chek_dates",)}, "there is no cleaning step “chek_dates”"),
        ({"switch_off": ("settle_status",)}, "settle_status cannot be switched off"),
        ({"order": ("complete_grid", "drop_duplicates")}, "builds on drop_duplicates"),
        ({"order": ("check_dates", "check_dates")}, "named twice"),
        ({"parameters": {"check_dates": {"widnow_days": 3}}}, "no parameter “widnow_days”"),
        ({"parameters": {"check_dates": {"window_days": -3}}}, "a number that is not negative"),
        ({"parameters": {"check_dates": {"window_days": True}}}, "a number that is not negative"),
        ({"parameters": {"check_speed": {"drop": 1}}}, "yes or no"),
        ({"parameters": {"report_similar_ids": {"links": "x"}}}, "report_similar_ids"),
    ],
)
def test_rules_that_cannot_be_followed_are_told(rules, said):
    with pytest.raises(FindingsError) as caught:
        arranged(DEFAULT_STEPS, CleaningRules(**rules))
    assert said in " ".join([str(caught.value), *map(str, caught.value.problems)])


def test_a_step_of_ones_own(rows, interview):
    def leave_out_the_young(cells, instrument, step):
        kept = cells.keep(~(cells.answer("P2") < 18))
        return StepResult(kept, (step.counted("rows", len(cells), len(kept)),))

    adults = Step("adults_only", "girls under 18 left out", "Consent was asked of adults.", "…", leave_out_the_young)
    steps = with_step(DEFAULT_STEPS, adults, before="complete_grid")
    cleaned = clean(rows(interview("01", P2=17), interview("02", P2=40)), steps)
    assert [step.changed for step in cleaned.trail.steps if step.step == "adults_only"] == [1]
    assert list(cleaned.answers.frame.index) == [("02", 1)]
    with pytest.raises(FindingsError, match="there is no cleaning step"):
        with_step(DEFAULT_STEPS, adults, before="grid")
    with pytest.raises(FindingsError, match="already a cleaning step"):
        with_step(steps, adults, before="complete_grid")
