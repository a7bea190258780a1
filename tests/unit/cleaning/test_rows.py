"""Rows: waves, duplicates, the complete grid, what is asked once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mirabal_toolkit.cleaning import DEFAULT_STEPS, clean
from mirabal_toolkit.cleaning.cells import open_cells
from mirabal_toolkit.cleaning.pipeline import reopen
from mirabal_toolkit.errors import FindingsError


def counts(cleaned, step: str) -> list[tuple[str, int, int]]:
    return [(one.what.rpartition(": ")[2], one.before, one.after) for one in cleaned.trail.steps if one.step == step]


def test_a_row_repeated_word_for_word_counts_once(rows, interview, found):
    cleaned = clean(rows(interview(C1=1), interview(C1=1), interview("02")))
    assert len(cleaned.answers) == 2
    assert found(cleaned)["duplicate_identical"] == 1
    assert counts(cleaned, "drop_duplicates") == [("identical", 3, 2), ("empty", 2, 2), ("differing", 2, 2)]


def test_the_most_complete_row_is_kept(rows, interview, found, cell):
    cleaned = clean(rows(interview(C1=3, C4=None), interview(C1=1)))
    assert cell(cleaned, "C1") == (1.0, None)
    assert found(cleaned)["duplicate_differs"] == 1


def test_refusals_do_not_make_a_row_more_complete(rows, interview, cell):
    cleaned = clean(rows(interview(C1=3, C4=99), interview(C1=1)))
    assert cell(cleaned, "C1") == (1.0, None)


def test_of_rows_as_complete_the_latest_is_kept(rows, interview, cell):
    early, late = interview(C1=3, A_date="2024-01-01"), interview(C1=1, A_date="2024-01-09")
    assert cell(clean(rows(early, late)), "C1") == (1.0, None)
    assert cell(clean(rows(late, early)), "C1") == (1.0, None)


def test_a_person_in_two_rows_of_a_wide_file_is_put_together(rows, interview, found, cell):
    first = [interview(wave=1, P2=44, C1=1), {"person_id": "01", "wave": 2, "P2": 44}]
    second = [{"person_id": "01", "wave": 1}, interview(wave=2, P2=None, C1=2)]
    cleaned = clean(rows(*first, *second))
    assert cell(cleaned, "C1", wave=1) == (1.0, None)
    assert cell(cleaned, "C1", wave=2) == (2.0, None)
    assert cell(cleaned, "P2", wave=2) == (44.0, None)
    assert "duplicate_differs" not in found(cleaned)
    assert counts(cleaned, "drop_duplicates")[1] == ("empty", 4, 2)


def test_every_person_gets_every_wave(rows, interview, cell):
    cleaned = clean(rows(interview("02", 3), interview("01", 1)))
    assert list(cleaned.answers.frame.index) == [(person, wave) for person in ("01", "02") for wave in (1, 2, 3)]
    assert cleaned.waves == (1, 2, 3)
    assert cell(cleaned, "C1", "02", 2) == (None, "wave_missed")
    assert cell(cleaned, "P2", "02", 2) == (30.0, None)


def test_waves_not_held_yet_are_left_out(rows, interview, found):
    cleaned = clean(rows(interview(wave=1), interview(wave=2), {"person_id": "01", "wave": 3, "P1": 1}))
    assert cleaned.waves == (1, 2)
    assert found(cleaned)["wave_not_held"] == 0
    held = clean(rows(interview(wave=1), {"person_id": "01", "wave": 3, "A0": 3}))
    assert held.waves == (1, 2, 3)


def test_an_empty_wave_before_others_is_an_error(rows, interview):
    cleaned = clean(rows(interview(wave=1), interview(wave=3)))
    assert [(one.severity, one.wave) for one in cleaned.findings if one.code == "empty_wave"] == [("error", 2)]


@pytest.mark.parametrize("wave", [9, None, 1.5])
def test_rows_of_no_wave_are_counted(rows, interview, found, wave):
    cleaned = clean(rows(interview(), interview("02"), interview("03", wave)))
    assert found(cleaned)["unknown_wave"] == 1
    assert len(cleaned.answers) == 2


def test_what_is_asked_once_is_taken_from_the_earliest_wave(rows, interview, found, cell):
    cleaned = clean(rows(interview(wave=2, P1=2), interview(wave=1, P1=None), interview(wave=3, P1=3)))
    assert [cell(cleaned, "P1", wave=wave)[0] for wave in (1, 2, 3)] == [2.0, 2.0, 2.0]
    assert found(cleaned)["person_item_changes"] == 1


def test_a_reason_for_what_is_asked_once_holds_at_all_waves(rows, interview, cell):
    cleaned = clean(rows(interview(wave=1, P2=999), interview(wave=2, P2=None)))
    assert [cell(cleaned, "P2", wave=wave) for wave in (1, 2)] == [(None, "refused")] * 2


def test_dates_out_of_order_and_out_of_the_window_are_found(rows, interview):
    data = rows(
        interview("01", 1, A_date="2024-01-10"),
        interview("01", 2, A_date="2024-04-10"),
        interview("02", 1, A_date="2024-01-10"),
        interview("02", 2, A_date="2023-12-30"),
        interview("03", 1, A_date="2024-01-10"),
        interview("03", 2, A_date="2024-05-20"),
    )
    found = {(one.code, one.wave): one.count for one in clean(data).findings if one.item == "A_date"}
    assert found == {("dates_out_of_order", 2): 1, ("outside_window", 2): 2, ("look_back_gap", 2): 1}


def test_the_window_is_met_to_the_day(rows, interview):
    """Wave 2 is planned 91 days (3 months of 30.44) after the first interview, give or take 21."""
    for last_day, outside in (("2024-05-02", False), ("2024-05-04", True)):
        cleaned = clean(rows(interview(A_date="2024-01-11"), interview(wave=2, A_date=last_day)))
        assert any(one.code == "outside_window" for one in cleaned.findings) is outside


def test_steps_can_be_left_out_but_the_result_must_be_sound(rows, interview):
    def without(name):
        return [step for step in DEFAULT_STEPS if step.name != name]

    assert len(clean(rows(interview()), without("report_similar_ids")).trail.steps) >= 12
    with pytest.raises(FindingsError, match="twice"):
        clean(rows(interview(), interview(C1=2)), without("drop_duplicates"))
    with pytest.raises(FindingsError, match="who was interviewed"):
        clean(rows(interview()), without("settle_status"))


def test_a_step_of_ones_own_takes_ten_lines(rows, interview, cell):
    from mirabal_toolkit.cleaning import Step, StepResult

    def forget_worries(cells, instrument, step):
        before = cells.n_valid
        done = cells.with_columns({"K7": cells.answers["K7"].where(cells.answers["K7"] > 2)}, {})
        return StepResult(done, (step.counted("cells", before, done.n_valid, item="K7"),))

    own = Step(
        "own", "a rule of this study", why="Agreed at the start.", rule="K7 below 3 is left out.", run=forget_worries
    )
    cleaned = clean(rows(interview(K7=1)), [*DEFAULT_STEPS[:-1], own, DEFAULT_STEPS[-1]])
    assert cell(cleaned, "K7") == (None, "unexplained")
    assert [one.changed for one in cleaned.trail.steps if one.step == "own"] == [1]


def test_progress_names_each_step(rows, interview):
    told: list[str] = []
    clean(rows(interview()), progress=told.append)
    assert told == [step.name for step in DEFAULT_STEPS]


def test_steps_say_what_why_and_how():
    assert all(step.name and step.what and step.why.endswith(".") and step.rule.endswith(".") for step in DEFAULT_STEPS)
    assert len({step.name for step in DEFAULT_STEPS}) == len(DEFAULT_STEPS)
    assert replace(DEFAULT_STEPS[0], name="other") != DEFAULT_STEPS[0]


def test_cleaning_shares_the_answers_it_does_not_change(rows, interview):
    waves = rows(interview(C1=1), interview("02", C1=3))
    given, opened = waves.answers.frame["C1"], open_cells(waves).answers["C1"]
    assert np.shares_memory(given.to_numpy(), opened.to_numpy())


def test_cleaning_leaves_the_data_it_was_given_as_they_were(rows, interview):
    waves = rows(interview(C1=99), interview("02", C1=3), interview("02", C1=3))
    before, why = waves.answers.frame.copy(deep=True), waves.reasons.frame.copy(deep=True)
    clean(waves)
    assert waves.answers.frame.equals(before)
    assert waves.reasons.frame.equals(why)


def test_a_questionnaire_of_many_items_is_opened_again_without_a_warning(rows, interview, instrument):
    item = next(one for one in instrument.items if one.id == "C1")
    more = tuple(replace(item, id=f"X{number}", variable=f"x{number}") for number in range(120))
    long = replace(instrument, items=(*instrument.items, *more))
    cleaned = clean(replace(rows(interview(C1=1), interview("02", C1=3)), instrument=long))
    assert clean(reopen(cleaned)).fingerprint == cleaned.fingerprint
