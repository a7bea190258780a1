"""Waves in names of variables, in columns and in names of files."""

import pytest

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.raw import Variable
from mirabal_toolkit.readers.waves import (
    find_wave_column,
    find_waves_in_names,
    wave_in_file_name,
    waves_of_values,
)

STYLES = {
    "q1_w3": "{item}_w{wave}",
    "q1w3": "{item}w{wave}",
    "q1_wave3": "{item}_wave{wave}",
    "q1.w3": "{item}.W{wave}",
    "w3_q1": "w{wave}_{item}",
    "W3q1": "W{wave}{item}",
    "wave3_q1": "wave{wave}_{item}",
    "T3_q1": "T{wave}_{item}",
    "T3q1": "T{wave}{item}",
    "q1_T3": "{item}_T{wave}",
    "q1.3": "{item}.{wave}",
    "q1_3": "{item}_{wave}",
    "q1_r3": "{item}_round{wave}",
    "r3_q1": "R{wave}_{item}",
    "s3_q1": "survey{wave}_{item}",
    "v3_q1": "v{wave}.{item}",
    "3_q1": "{wave}_{item}",
    "q1#3": "{item}#{wave}",
    "q1(3)": "{item}({wave})",
    "q1_w03": "{item}_w0{wave}",
}


def names_in(style, waves=(1, 2, 3, 4, 5), items=("c1", "C2", "h1", "a_date")):
    return [style.format(item=item, wave=wave) for item in items for wave in waves]


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_every_style_is_taken_apart(instrument, style):
    found = find_waves_in_names([*names_in(style), "site", "person_id"], instrument)
    assert len(found.names) == 20
    assert found.waves == (1, 2, 3, 4, 5)
    for item, wave in (("c1", 4), ("a_date", 5)):
        parts = found.names[style.format(item=item, wave=wave)]
        assert (parts.stem, parts.wave) == (item, wave)


@pytest.mark.parametrize(
    "style",
    [
        "{item}_{wave}m",
        "{item}_m{wave}",
        "m{wave}_{item}",
        "{item}_{wave}months",
        "{item}_month{wave}",
        "{wave}m_{item}",
    ],
)
def test_months_become_waves(instrument, style):
    found = find_waves_in_names(names_in(style, waves=(0, 3, 6, 9, 12)), instrument)
    assert found.names[style.format(item="c1", wave=12)].wave == 5
    assert found.waves == (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("words", "waves"),
    [
        (("baseline", "fu1", "fu2"), (1, 2, 3)),
        (("bl", "followup1", "followup2", "followup3"), (1, 2, 3, 4)),
        (("base", "fu_3", "fu_12"), (1, 2, 5)),
        (("pre", "post"), (1, 2)),
        (("a", "b", "e"), (1, 2, 5)),
    ],
)
@pytest.mark.parametrize("style", ["{item}_{word}", "{word}_{item}"])
def test_rounds_in_words_become_waves(instrument, style, words, waves):
    names = {
        style.format(item=item, word=word): wave
        for item in ("c1", "h1")
        for word, wave in zip(words, waves, strict=True)
    }
    found = find_waves_in_names(names, instrument)
    assert {name: parts.wave for name, parts in found.names.items()} == names


def test_waves_counted_from_zero(instrument):
    found = find_waves_in_names(names_in("T{wave}_{item}", waves=(0, 1, 2)), instrument)
    assert found.names["T0_c1"].wave == 1
    assert found.names["T2_c1"].counted_from_zero


def test_waves_the_instrument_does_not_have_are_left_alone(instrument):
    found = find_waves_in_names([*names_in("{item}_w{wave}"), "c1_w9"], instrument)
    assert "c1_w9" not in found.names


def test_names_without_waves(instrument):
    assert find_waves_in_names(["c1", "c2", "site"], instrument).names == {}


def test_unknown_stems_are_taken_apart_when_they_repeat(instrument):
    found = find_waves_in_names(["push_w1", "push_w2", "other"], instrument)
    assert found.names["push_w2"].stem == "push"
    assert find_waves_in_names(["push_w1"], instrument).names == {}


def test_a_second_style_fills_gaps(instrument):
    found = find_waves_in_names([*names_in("{item}_w{wave}", waves=(1, 2)), "T3_c1", "w2_c1"], instrument)
    assert found.names["T3_c1"].wave == 3
    assert "w2_c1" not in found.names


def test_two_styles_equally_likely_are_said(instrument):
    with pytest.raises(InputError, match="two ways, q1_w3 and w3_q1") as caught:
        find_waves_in_names([*names_in("{item}_w{wave}"), *names_in("w{wave}_{item}")], instrument)
    assert "--mapping" in caught.value.problem.fix


def test_the_wave_column_by_name():
    assert find_wave_column([Variable("id"), Variable("WAVE"), Variable("time")]) == "WAVE"
    assert find_wave_column([Variable("id"), Variable("c1")]) == ""
    assert find_wave_column([Variable("id"), Variable("v7", "Round of interviews"), Variable("c1")]) == "v7"
    assert find_wave_column([Variable("redcap_event_name"), Variable("c1")]) == "redcap_event_name"


@pytest.mark.parametrize(
    ("values", "labels", "waves"),
    [
        ([1.0, 2.0, 3.0], {}, [1, 2, 3]),
        ([0.0, 1.0, 2.0], {}, [1, 2, 3]),
        ([0.0, 3.0, 12.0], {}, [1, 2, 5]),
        ([10.0, 20.0], {10.0: "Start", 20.0: "6 months"}, [1, 3]),
        ([1.0, 2.0], {1.0: "Wave 2", 2.0: "Wave 1"}, [2, 1]),
        (["Wave 1", "wave 2", "T3"], {}, [1, 2, 3]),
        (["baseline", "3 months"], {}, [1, 2]),
        (["1", "2"], {}, [1, 2]),
        ([1.0000000001, 2.0], {}, [1, 2]),
        (["baseline_arm_1", "3_month_arm_1", "12_month_follow_up_arm_1"], {}, [1, 2, 5]),
        (["baseline_arm_1", "followup_1_arm_1", "followup_2_arm_1"], {}, [1, 2, 3]),
        (["Intake", "Follow-up 3", "Follow-up 6"], {}, [1, 2, 3]),
        (["1st follow-up", "2nd follow-up", "Baseline"], {}, [2, 3, 1]),
        ([1.0, 2.0], {1.0: "Baseline", 2.0: "Follow-up 1"}, [1, 2]),
        (["Wave 2", "Visit 3"], {}, [2, 3]),
    ],
)
def test_values_of_a_wave_column(instrument, values, labels, waves):
    assert list(waves_of_values(values, labels, instrument).values()) == waves


def test_values_that_are_no_wave_are_left_out(instrument):
    assert waves_of_values([1.0, 77.0, 1.5], {}, instrument) == {1.0: 1}
    assert waves_of_values(["later"], {}, instrument) == {}


@pytest.mark.parametrize(
    ("name", "wave"),
    [
        ("wave3.sav", 3),
        ("partners_W2_final.sav", 2),
        ("T1-answers.sav", 1),
        ("data.sav", None),
        ("w1_w2.sav", None),
        ("w9.sav", None),
        ("draw2.sav", None),
        ("Baseline 2023.xlsx", 1),
        ("partners-6-months.csv", 3),
        ("fu1.sav", 2),
        ("follow-up 12.sav", 5),
        ("base_data_2024.csv", 1),
        ("baseline and 6 months.sav", None),
        ("3.sav", None),
    ],
)
def test_the_wave_in_the_name_of_a_file(instrument, name, wave):
    assert wave_in_file_name(name, instrument) == wave
