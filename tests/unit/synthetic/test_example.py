"""The bundled example: made again, it is the same; and it holds the mess its README tells of."""

import importlib.util

import pandas as pd
import pyreadstat
import pytest

MOST_BYTES = 500_000


@pytest.fixture(scope="module")
def make(root):
    spec = importlib.util.spec_from_file_location("examples_make", root / "examples" / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def example(root):
    return pyreadstat.read_sav(root / "examples" / "five-waves.sav", user_missing=True)


@pytest.fixture(scope="module")
def frame(example):
    return example[0]


@pytest.fixture(scope="module")
def people(frame):
    """One row a person by the two rules that need no guess: spaces and case; the fullest answer of each variable."""
    tidy = frame.assign(person_id=frame["person_id"].str.strip().str.upper(), filled=frame.notna().sum(axis=1))
    return tidy.sort_values("filled", ascending=False).groupby("person_id").first()


def seen(people, wave):
    return people[people[f"a0_w{wave}"].isin([1, 2])]


def percent_above_lowest(people, variable, wave):
    answers = seen(people, wave)[f"{variable}_w{wave}"]
    no_contact = (answers == 97) & seen(people, wave)[f"b2_w{wave}"].isin([3, 4])
    answers = answers.mask(no_contact, 0)
    answers = answers[answers <= 4]
    return 100 * (answers > 0).mean()


def test_making_it_again_gives_the_same_data(make, frame, tmp_path):
    make.write_wide(make.messy_export(), tmp_path / "again.sav")
    again, _ = pyreadstat.read_sav(tmp_path / "again.sav", user_missing=True)
    pd.testing.assert_frame_equal(again, frame)


def test_it_is_small_and_says_that_it_is_artificial(root, example):
    assert (root / "examples" / "five-waves.sav").stat().st_size < MOST_BYTES
    assert example[1].file_label == "Artificial data"


def test_rows_and_people(frame, people):
    assert len(frame) == 125
    assert len(people) == 121  # 120 people, and one id with the letter O that no rule mends
    assert frame.drop(columns="case_no").drop(columns=["interviewer", "notes_w2"]).duplicated().sum() == 2


def test_ids_keep_their_zeros_and_three_are_mistyped(frame):
    ids = frame["person_id"]
    assert ids.str.fullmatch(r"0\d{3}[A-DX]").sum() == len(ids) - 3
    assert ids.str.startswith(" ").sum() == 1
    assert ids.str.contains("[a-z]").sum() == 1
    assert ids.str.startswith("0O").sum() == 1


def test_the_letter_o_stands_for_a_person_whose_last_wave_is_empty(frame):
    mistyped = frame[frame["person_id"].str.startswith("0O")].iloc[0]
    meant = frame[frame["person_id"] == mistyped["person_id"].replace("O", "0")].iloc[0]
    assert pd.isna(meant["a0_w5"])
    assert pd.isna(mistyped["a0_w1"])
    assert mistyped["a0_w5"] == 1
    assert mistyped["age_start"] == meant["age_start"]


@pytest.mark.parametrize("variable", ["c2_w1", "f3_w2", "g5_w4"])
def test_one_code_is_impossible(people, variable):
    assert (people[variable] == 7).sum() == 1


def test_dates_go_wrong_twice(people):
    second, third = (pd.to_datetime(people[f"a_date_w{wave}"]) for wave in (2, 3))
    assert (second.dt.year == 2204).sum() == 1
    assert ((third < second) & (second.dt.year != 2204)).sum() == 1


def test_one_variable_is_renamed_at_wave_3_and_keeps_its_label(example):
    labels = example[1].column_names_to_labels
    assert {"c5_w1", "c5_w2", "burned_w3", "burned_w4", "burned_w5"} <= set(labels)
    assert "c5_w3" not in labels
    assert labels["burned_w3"].replace("wave 3", "wave 1") == labels["c5_w1"]


def test_labels_hold_signs_of_windows_1252(example):
    labels = example[1].column_names_to_labels
    values = example[1].variable_value_labels
    text = " ".join([*(label or "" for label in labels.values()), *values["site"].values()])
    assert set("’“”–é£") <= set(text)
    text.encode("windows-1252")


def test_user_missing_codes_are_declared(example):
    assert sorted(entry["lo"] for entry in example[1].missing_ranges["c1_w1"]) == [97, 98, 99]
    assert example[1].original_variable_types["a_date_w1"] == "DATE11"


def test_about_half_remain(people):
    reached = [len(seen(people, wave)) for wave in range(1, 6)]
    assert reached[0] == 120
    assert 58 <= reached[4] <= 68
    assert reached == sorted(reached, reverse=True)


def test_nobody_has_a_weapon_used_against_her_at_the_last_wave(people):
    assert percent_above_lowest(people, "c7", 1) > 20
    assert percent_above_lowest(people, "c7", 5) == 0


def test_the_story_is_plausible(people):
    def fall(variable):
        return percent_above_lowest(people, variable, 1) - percent_above_lowest(people, variable, 5)

    assert fall("c8") > 40
    assert fall("d1") > 20
    assert 0 < fall("e4") < 30
    assert abs(fall("f2")) < 12
