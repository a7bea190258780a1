"""What cleaning notices and does not mend by itself: reversals, straight lines, speed, partners, look-back, consent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mirabal_toolkit.cleaning import clean, reopen, without_erased
from mirabal_toolkit.cleaning.dates import look_back_months
from mirabal_toolkit.core.cleaning_rules import CleaningRules
from mirabal_toolkit.core.data import WaveData
from mirabal_toolkit.core.instrument import Item, Option, ResponseSet, Roles, Scale
from mirabal_toolkit.core.missing import MissingReason

ATTITUDES = tuple(f"Q{number}" for number in range(1, 13))
TURNED = ("Q11", "Q12")


@pytest.fixture(scope="session")
def wider(instrument):
    """The small questionnaire with twelve opinions, minutes, a partner, and three ways to leave."""
    opinions = [
        Item(name, f"{name.lower()}_w{{wave}}", "I", "choice", {"en": name}, {}, "always_never") for name in ATTITUDES
    ]
    number = [
        Item("T1", "t1_w{wave}", "A", "number", {"en": "Minutes"}, {}, required=False, unit="minutes", office=True),
        Item("R1", "r1_w{wave}", "A", "text", {"en": "Which partner"}, {}, required=False, office=True),
    ]
    ways = [(1, "completed"), (2, "not_reached"), (7, "stopped"), (8, "left"), (9, "forget_me")]
    outcome = ResponseSet("wave_outcome", tuple(Option(code, name, {"en": name}) for code, name in ways))
    roles = Roles(
        interview_date="A_date",
        wave_outcome="A0",
        wave_reasons={
            "not_reached": MissingReason.WAVE_MISSED,
            **dict.fromkeys(("stopped", "left", "forget_me"), MissingReason.WITHDRAWN),
        },
        contact="B2",
        site="P1",
        partner_id="R1",
        duration="T1",
        withdrawal={"stopped": "stop_contact", "left": "keep", "forget_me": "erase"},
    )
    scale = Scale("opinions", {"en": "Opinions"}, ATTITUDES, 0, 4, reversed=TURNED, direction="higher_is_better")
    sets = tuple(outcome if one.id == "wave_outcome" else one for one in instrument.response_sets)
    items = (*instrument.items, *opinions, *number)
    return replace(instrument, items=items, response_sets=sets, roles=roles, scales=(*instrument.scales, scale))


@pytest.fixture
def build(rows, interview, wider):
    """Return a function that makes waves of (person, wave, changes); opinions are answered as `opinion` says."""

    def make(*given) -> WaveData:
        return rows(
            *(
                interview(person, wave, **{**dict.fromkeys(ATTITUDES, changes.pop("opinion", None)), **changes})
                for person, wave, changes in ((person, wave, dict(changes)) for person, wave, changes in given)
            ),
            of=wider,
        )

    return make


def panel_of_opinions(build, *, flipped_waves=(), flipped="Q3", people=40):
    """Opinions that follow one disposition; at some waves one item was turned round in the file."""
    rng = np.random.default_rng(7)
    given = []
    for number in range(people):
        mood = rng.integers(0, 5)
        for wave in (1, 2, 3):
            answers = {name: float(np.clip(mood + rng.integers(-1, 2), 0, 4)) for name in ATTITUDES}
            answers |= {name: 4 - answers[name] for name in TURNED}
            if wave in flipped_waves:
                answers[flipped] = 4 - answers[flipped]
            given.append((f"{number:03d}", wave, answers))
    return build(*given)


def against(cleaned) -> list[tuple[str, int | None]]:
    return [(one.item, one.wave) for one in cleaned.findings if one.code == "runs_against_scale"]


def test_an_item_turned_round_twice_is_found_and_not_recoded(build):
    assert against(clean(panel_of_opinions(build))) == []
    flipped = clean(panel_of_opinions(build, flipped_waves=(1, 2, 3)))
    assert against(flipped) == [("Q3", None)]
    assert against(clean(panel_of_opinions(build, flipped_waves=(1, 2, 3), flipped="Q12"))) == [("Q12", None)]
    raw = panel_of_opinions(build, flipped_waves=(1, 2, 3)).answers.frame.sort_values(["person_id", "wave"])
    assert flipped.answers.frame["Q3"].tolist() == raw["Q3"].tolist()


def test_an_item_turned_round_at_one_wave_is_found_there(build):
    assert against(clean(panel_of_opinions(build, flipped_waves=(2,)))) == [("Q3", 2)]


def test_few_people_prove_no_reversal(build):
    assert against(clean(panel_of_opinions(build, flipped_waves=(1, 2, 3), people=29))) == []


def dropping(step: str) -> CleaningRules:
    return CleaningRules(parameters={step: {"drop": True}})


def test_one_answer_to_everything_is_counted_and_dropped_only_if_asked(build, found, cell):
    data = build(("01", 1, {"opinion": 4}), ("02", 1, {"opinion": 4, "Q11": 0}), ("03", 1, {"opinion": None}))
    cleaned = clean(data)
    assert found(cleaned)["straight_lining"] == 1
    assert cell(cleaned, "Q1", "01") == (4.0, None)
    dropped = clean(data, rules=dropping("check_straight_lining"))
    assert cell(dropped, "Q1", "01") == (None, "unexplained")
    assert cell(dropped, "Q1", "02") == (4.0, None)
    assert cell(dropped, "C1", "01") == (0.0, None)
    step = next(one for one in dropped.trail.steps if one.step == "check_straight_lining")
    assert step.changed == 12
    again = clean(reopen(dropped), rules=dropping("check_straight_lining"))
    assert not [one for one in again.trail.steps if one.changed]


def test_an_answer_that_routing_takes_out_does_not_hide_a_straight_line(build, found, wider):
    routed = replace(wider.item("Q5"), ask_if=wider.item("E2").ask_if or wider.item("C1").ask_if)
    other = replace(wider, items=tuple(routed if item.id == "Q5" else item for item in wider.items))
    data = build(("01", 1, {"opinion": 3, "Q5": 0, "B2": 4}))
    assert "straight_lining" not in found(clean(data))
    assert found(clean(replace(data, instrument=other)))["straight_lining"] == 1


def test_never_to_all_acts_is_an_ordinary_answer(rows, interview, found):
    assert "straight_lining" not in found(clean(rows(interview(C1=0, C4=0, C8=0, E2=0))))


def test_too_fast(build, found, cell):
    data = build(("01", 1, {"opinion": 2, "Q11": 1, "T1": 0.3}), ("02", 1, {"opinion": 2, "Q11": 1, "T1": 12}))
    assert found(clean(data))["too_fast"] == 1
    dropped = clean(data, rules=dropping("check_speed"))
    assert cell(dropped, "C1", "01") == (None, "wave_missed")
    assert cell(dropped, "C1", "02") == (0.0, None)
    assert clean(reopen(dropped), rules=dropping("check_speed")).answers.frame.equals(dropped.answers.frame)


def test_reports_on_another_man_are_found(build):
    data = build(
        ("01", 1, {"R1": "M 1"}),
        ("01", 2, {"R1": "m1"}),
        ("01", 3, {"R1": "M2"}),
        ("02", 1, {}),
        ("02", 3, {"R1": "M9"}),
    )
    cleaned = clean(data)
    found = [(one.code, one.wave, one.count) for one in cleaned.findings if one.item == "R1"]
    assert found == [("another_partner", 3, 1)]


def test_times_told_twice_and_times_nobody_asked_about(build):
    dates = {"01": ("2024-01-01", "2024-02-20"), "02": ("2024-01-01", "2024-06-01"), "03": ("2024-01-01", "2024-04-01")}
    data = build(*((who, wave, {"A_date": day}) for who, days in dates.items() for wave, day in enumerate(days, 1)))
    found = {one.code: one.count for one in clean(data).findings if one.code.startswith("look_back")}
    assert found == {"look_back_overlaps": 1, "look_back_gap": 1}


@pytest.mark.parametrize(
    ("words", "months"),
    [("the last three months", 3), ("the past 12 months", 12), ("the last year", 12), ("now", None), ("", None)],
)
def test_how_far_a_questionnaire_looks_back(instrument, words, months):
    assert look_back_months(replace(instrument, reference_period={"en": words})) == months


def test_a_slip_in_the_year_is_found(build):
    data = build(*((f"{one}", 1, {"A_date": "2024-01-10"}) for one in range(4)), ("9", 1, {"A_date": "2042-01-10"}))
    assert [one.count for one in clean(data).findings if one.code == "date_far_off"] == [1]


def test_the_three_states_of_withdrawal(build, found, cell):
    data = build(
        ("01", 1, {"C1": 1}),
        ("01", 2, {"A0": 7, "C1": None}),
        ("02", 1, {"C1": 2}),
        ("02", 2, {"A0": 8, "C1": None}),
        ("03", 1, {"C1": 3}),
        ("03 ", 2, {"A0": 9, "C1": None}),
    )
    cleaned = clean(data)
    counts = found(cleaned)
    assert (counts["withdrawal_stop_contact"], counts["withdrawal_keep"], counts["erased_as_asked"]) == (1, 1, 1)
    assert cell(cleaned, "C1", "01", 1) == (1.0, None)
    assert cell(cleaned, "C1", "02", 2) == (None, "withdrawn")
    assert "03" not in cleaned.answers.frame.index.get_level_values("person_id")
    step = next(one for one in cleaned.trail.steps if one.step == "erase_as_asked")
    assert (step.before, step.after, step.changed) == (3, 2, 1)


def test_nothing_of_those_erased_is_left_to_write(build):
    data = build(("01", 1, {}), ("03", 1, {"C1": 3}), ("03 ", 2, {"A0": 9, "N1": "my sister"}))
    left = without_erased(data)
    assert left.answers.frame["person_id"].tolist() == ["01"]
    assert len(left.reasons) == 1
    assert [(one.code, one.count) for one in left.findings] == [("erased_as_asked", 1)]
    assert without_erased(left) is left
