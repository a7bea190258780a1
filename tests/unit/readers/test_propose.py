"""Proposals: what is found, how sure it is, and what is said when it is not."""

from dataclasses import replace

import pytest

from mirabal_toolkit.errors import FindingsError, InputError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.readers.mapping_file import format_mapping
from mirabal_toolkit.readers.propose import ID_NAMES, find_id_column, propose

ID = {"person_id": ["1", "2"]}
TWO = [1.0, 2.0]


def matches(mapping):
    return {match.variable: (match.item, match.wave) for match in mapping.variables}


def test_the_instruments_own_names_are_certain(instrument, table):
    mapping = propose([table({**ID, "site": TWO, "c1_w1": TWO, "c1_w2": TWO})], instrument)
    assert matches(mapping) == {"site": ("P1", None), "c1_w1": ("C1", 1), "c1_w2": ("C1", 2)}
    assert {match.confidence for match in mapping.variables} == {1.0}
    assert mapping.id_columns == ("person_id",)
    assert mapping.proposed


def test_case_costs_a_little_confidence(instrument, table):
    mapping = propose([table({"PERSON_ID": ["1", "2"], "C1_W1": TWO})], instrument)
    assert matches(mapping) == {"C1_W1": ("C1", 1)}
    assert mapping.variables[0].confidence == 0.98


def test_another_pattern_is_named_in_the_reason(instrument, table):
    mapping = propose([table({**ID, "T1_c1": TWO, "T2_c1": TWO})], instrument)
    assert matches(mapping) == {"T1_c1": ("C1", 1), "T2_c1": ("C1", 2)}
    assert "T3_q1" in mapping.variables[0].reason


def test_a_renamed_variable_is_found_by_its_label(instrument, table):
    facts = {"slap_w3": {"label": "Slapped her (wave 3)", "value_labels": {0.0: "Never", 4.0: "Most days"}}}
    mapping = propose([table({**ID, "c2_w1": TWO, "c2_w2": TWO, "slap_w3": TWO}, facts)], instrument)
    assert matches(mapping)["slap_w3"] == ("C2", 3)
    assert 0.8 <= mapping.variables[-1].confidence <= 0.9


def test_a_renamed_variable_without_a_wave_goes_where_one_lacks(instrument, table):
    names = {"c2_w1": TWO, "c2_w2": TWO, "c1_w1": TWO, "c1_w2": TWO, "c1_w3": TWO, "slapped": TWO}
    mapping = propose([table({**ID, **names}, {"slapped": {"label": "Slapped her"}})], instrument)
    assert matches(mapping)["slapped"] == ("C2", 3)
    assert mapping.unsure[0].variable == "slapped"
    assert "only one" in mapping.unsure[0].reason


def test_the_wording_of_the_question_serves_as_label_too(instrument, table):
    facts = {"v12": {"label": "How old are you?"}}
    mapping = propose([table({**ID, "c1_w1": TWO, "v12": TWO}, facts)], instrument)
    assert matches(mapping)["v12"] == ("P2", None)


def test_value_labels_that_do_not_fit_make_a_match_doubtful(instrument, table):
    facts = {"slap_w3": {"label": "Slapped her", "value_labels": {1.0: "Red", 2.0: "Blue"}}}
    mapping = propose([table({**ID, "c2_w1": TWO, "c2_w2": TWO, "slap_w3": TWO}, facts)], instrument)
    assert [match.variable for match in mapping.unsure] == ["slap_w3"]
    assert "few of its value labels" in mapping.unsure[0].reason


def test_a_label_that_belongs_to_another_item_makes_a_name_doubtful(instrument, table):
    facts = {"c1_w1": {"label": "Choked or smothered her"}}
    mapping = propose([table({**ID, "c1_w1": TWO}, facts)], instrument)
    assert mapping.variables[0].confidence == 0.5
    assert "its label is that of C4" in mapping.variables[0].reason


def test_reversed_labels_become_a_code_map(instrument, table):
    facts = {
        "h1_w1": {"value_labels": {4.0: "Very safe", 3.0: "Quite safe", 2.0: "Not very safe", 1.0: "Not safe at all"}}
    }
    match = propose([table({**ID, "h1_w1": TWO}, facts)], instrument).variables[0]
    assert match.codes == {4.0: 1.0, 3.0: 2.0, 2.0: 3.0, 1.0: 4.0}
    assert match.confidence <= 0.85
    assert "other way round" in match.reason


def test_a_variable_that_fits_worse_is_set_aside_with_a_reason(instrument, table):
    mapping = propose([table({**ID, "c1_w1": TWO, "C1_w1": TWO})], instrument)
    assert matches(mapping) == {"c1_w1": ("C1", 1)}
    assert [entry.variable for entry in mapping.ignored] == ["C1_w1"]
    assert mapping.ignored[0].reason == "c1_w1 fits C1 better"


def test_a_variable_without_a_wave_among_others_is_set_aside(instrument, table):
    mapping = propose([table({**ID, "c1_w1": TWO, "c1_w2": TWO, "c2": TWO})], instrument)
    assert [entry.variable for entry in mapping.ignored] == ["c2"]


def test_a_long_file_takes_its_waves_from_the_column(instrument, table):
    mapping = propose([table({**ID, "wave": TWO, "c1": TWO, "site": TWO})], instrument)
    assert matches(mapping) == {"c1": ("C1", None), "site": ("P1", None)}
    assert (mapping.wave_column, mapping.wave_values) == ("wave", {1.0: 1, 2.0: 2})


def test_a_wave_column_beside_wave_names_is_set_aside(instrument, table):
    mapping = propose([table({**ID, "wave": TWO, "c1_w1": TWO, "c1_w2": TWO})], instrument)
    assert mapping.wave_column == ""
    assert [entry.variable for entry in mapping.ignored] == ["wave"]


def test_one_file_a_wave_by_wave_numbers_and_by_file_names(instrument, table):
    given = [table({**ID, "c1": TWO}), table({**ID, "c1": TWO})]
    assert propose(given, instrument, (2, 4)).file_waves == (2, 4)
    named = [table({**ID, "c1": TWO}, name="wave1.sav"), table({**ID, "c1": TWO}, name="wave3.sav")]
    assert propose(named, instrument).file_waves == (1, 3)


def test_an_unknown_wave_is_asked_for(instrument, table):
    with pytest.raises(InputError, match="the wave of these answers") as caught:
        propose([table({**ID, "c1": TWO})], instrument)
    assert "--wave" in caught.value.problem.fix


def test_a_wave_that_contradicts_the_names(instrument, table):
    with pytest.raises(InputError, match="wave 3 was given, but"):
        propose([table({**ID, "c1_w1": TWO})], instrument, (3,))


def test_as_many_waves_as_files(instrument, table):
    with pytest.raises(InputError, match="2 files and 1 wave numbers"):
        propose([table({**ID, "c1": TWO}), table({**ID, "c1": TWO})], instrument, (1,))


def test_a_variable_coded_differently_in_two_files_is_mapped_for_each(instrument, table):
    reversed_labels = {"h1": {"value_labels": {4.0: "Very safe", 1.0: "Not safe at all"}}}
    mapping = propose([table({**ID, "h1": TWO}), table({**ID, "h1": TWO}, reversed_labels)], instrument, (1, 2))
    assert [(match.file, bool(match.codes)) for match in mapping.variables] == [(1, False), (2, True)]


def test_no_id_lists_the_names_looked_for(instrument, table):
    with pytest.raises(InputError, match="no variable is recognised as the id") as caught:
        propose([table({"c1_w1": TWO})], instrument)
    assert all(name in caught.value.problem.fix for name in ID_NAMES)
    assert "id: NAME" in caught.value.problem.fix


def test_ids_are_found_by_name_in_order_or_by_label(instrument, table):
    assert find_id_column(table({"id": TWO, "PID": TWO}), instrument) == "PID"
    assert find_id_column(table({"v1": TWO}, {"v1": {"label": "Participant number"}}), instrument) == "v1"
    two = {"v1": {"label": "Participant number"}, "v2": {"label": "Study ID"}}
    with pytest.raises(InputError):
        find_id_column(table({"v1": TWO, "v2": TWO}, two), instrument)


def test_nothing_recognised(instrument, table):
    with pytest.raises(InputError, match="no variable is recognised as an item"):
        propose([table({**ID, "price": TWO})], instrument)


def test_the_wave_may_stand_in_the_label_only(instrument, table):
    facts = {"slap": {"label": "Slapped her (wave 2)"}, "choke": {"label": "W3: Choked or smothered her"}}
    mapping = propose([table({**ID, "c1_w1": TWO, "slap": TWO, "choke": TWO}, facts)], instrument)
    assert matches(mapping) == {"c1_w1": ("C1", 1), "slap": ("C2", 2), "choke": ("C4", 3)}


def test_a_label_that_fits_two_items_or_no_free_place_fits_none(instrument, table):
    labels = {
        "a": {"label": "Slapped her (wave 1)"},  # taken by c2_w1
        "b": {"label": "Slapped her"},  # wave 1 or 2: nobody can say
        "c": {"label": "Something of the last three months"},
    }
    columns = {**ID, "c2_w1": TWO, "c1_w2": TWO, "c1_w3": TWO, "a": TWO, "b": TWO, "c": TWO}
    mapping = propose([table(columns, labels)], instrument)
    assert set(matches(mapping)) == {"c2_w1", "c1_w2", "c1_w3"}


def test_waves_counted_from_zero_are_said(instrument, table):
    mapping = propose([table({**ID, "T0_c1": TWO, "T1_c1": TWO})], instrument)
    assert matches(mapping) == {"T0_c1": ("C1", 1), "T1_c1": ("C1", 2)}
    assert all("counted from 0" in match.reason for match in mapping.variables)


def test_a_label_not_quite_that_of_another_item_raises_no_doubt(instrument, table):
    facts = {"c1_w1": {"label": "Pushed, grabbed, threw something at her"}, "c2_w1": {"label": "Hit or slapped her"}}
    mapping = propose([table({**ID, "c1_w1": TWO, "c2_w1": TWO}, facts)], instrument)
    assert mapping.unsure == ()


def test_an_instrument_of_one_wave_needs_no_wave(instrument, table):
    once = replace(instrument, waves=instrument.waves[:1])
    assert propose([table({**ID, "c1": TWO})], once).file_waves == (1,)


def test_an_export_in_another_language_maps(table):
    """Names say nothing; labels and value labels are Romanian."""
    short = load_instrument("partner-safety-short@1.0.0")
    facts, columns = {}, dict(ID)
    for place, item in enumerate(item for item in short.items if item.type == "choice" and "ro" in item.text):
        options = {float(option.code): option.label["ro"] for option in short.options(item.id) if "ro" in option.label}
        for wave in (1, 2):
            name = f"v{place}_w{wave}"
            columns[name] = TWO
            facts[name] = {"label": f"{item.text['ro']} (w{wave})", "value_labels": options}
    found = matches(propose([table(columns, facts)], short))
    asked = [item.id for item in short.items if item.type == "choice" and "ro" in item.text]
    right = sum(
        found.get(f"v{place}_w{wave}") in ((item, wave), (item, None))
        for place, item in enumerate(asked)
        for wave in (1, 2)
    )
    assert right == len(found)
    assert right > 0.8 * 2 * len(asked)


def test_answers_decide_between_items_with_like_labels(instrument, table):
    safety = {float(option.code): option.label["en"] for option in instrument.options("H1")}
    facts = {"x1_w1": {"value_labels": safety}, "x2_w1": {"value_labels": {0.0: "Never", 4.0: "Most days"}}}
    mapping = propose([table({**ID, "c1_w1": TWO, "x1_w1": TWO, "x2_w1": TWO}, facts)], instrument)
    assert matches(mapping) == {"c1_w1": ("C1", 1), "x1_w1": ("H1", 1)}
    (guessed,) = (match for match in mapping.variables if match.item == "H1")
    assert guessed.confidence < 0.8
    assert "answers" in guessed.reason


def test_ids_and_waves_that_were_found_out_are_said(instrument, table):
    mapping = propose([table({"case": ["1", "2"], "c1": TWO, "event": ["Baseline", "Follow-up 1"]})], instrument)
    assert [guess.confidence for guess in mapping.guesses] == [0.75, 0.9]
    assert "case was taken for the id" in mapping.guesses[0].what
    with pytest.raises(FindingsError, match="1 thing") as caught:
        mapping.refuse_doubts(0.8)
    assert "case was taken" in str(caught.value)
    assert "case was taken for the id of a person: 0.75" in format_mapping(mapping)
    replace(mapping, proposed=False).refuse_doubts(1.0)
