"""From files to person-waves: nothing lost, nothing guessed without a word."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.cleaning import clean
from mirabal_toolkit.core.missing import REASON_DTYPE
from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.readers import Mapping, VariableMatch, propose_mapping, read, read_with_mapping, write_mapping
from mirabal_toolkit.readers.apply import apply_mapping
from mirabal_toolkit.readers.mapping_file import format_mapping, parse_mapping

REFERENCE = "partner-safety@1.0.0"


def cells(waves, item, frame="answers"):
    """Return {(person, wave): value} of an item, missing ones left out."""
    values = getattr(waves, frame).frame[item]
    keys = waves.answers.frame
    return {
        (person, wave): value
        for person, wave, value in zip(keys["person_id"], keys["wave"], values, strict=True)
        if pd.notna(value)
    }


def codes_of(waves):
    return {finding.code for finding in waves.findings}


def test_a_wide_file_becomes_person_waves(export, wide, instrument):
    waves = read([export(wide)], instrument)
    assert cells(waves, "C1") == {("007", 1): 4, ("010", 1): 3, ("007", 2): 0, ("a 3", 2): 7}
    assert cells(waves, "C1", "reasons") == {("a 3", 1): "dont_know"}
    assert cells(waves, "C2", "reasons") == {("a 3", 2): "not_applicable"}
    assert cells(waves, "H1", "reasons") == {("a 3", 1): "refused"}
    assert cells(waves, "P1") == {("007", 1): 1, ("007", 2): 1, ("010", 1): 2, ("a 3", 1): 1, ("a 3", 2): 1}


def test_a_wave_in_which_nothing_stands_gives_no_row(export, wide, instrument):
    waves = read([export(wide)], instrument)
    assert ("010", 2) not in set(zip(waves.answers.frame["person_id"], waves.answers.frame["wave"], strict=True))


def test_a_person_without_any_answer_keeps_one_row(table, instrument):
    empty = table({"person_id": ["1", "2"], "site": [1.0, 2.0], "c1_w1": [1.0, np.nan], "c1_w2": [1.0, np.nan]})
    mapping = Mapping(
        REFERENCE,
        ("person_id",),
        (VariableMatch("site", "P1"), VariableMatch("c1_w1", "C1", 1), VariableMatch("c1_w2", "C1", 2)),
    )
    rows = apply_mapping([empty], mapping, instrument).answers
    assert rows.loc[rows["person_id"] == "2", "wave"].tolist() == [1]


def test_codes_outside_the_response_set_are_left_for_cleaning(export, wide, instrument):
    assert cells(read([export(wide)], instrument), "C1")["a 3", 2] == 7


def test_ids_stay_as_they_are_written_and_repeated_rows_stay(export, instrument):
    path = export({"person_id": ["007", "007", "a7", "A7"], "c1_w1": [1.0, 2.0, 3.0, 4.0]})
    people = read([path], instrument).answers.frame["person_id"]
    assert people.tolist() == ["007", "007", "a7", "A7"]


def test_numeric_ids_keep_the_zeros_of_their_format(export, instrument):
    path = export({"person_id": [7.0, 12.0], "c1_w1": [1.0, 2.0]}, variable_format={"person_id": "N4"})
    assert read([path], instrument).answers.frame["person_id"].tolist() == ["0007", "0012"]


def test_answers_without_an_id_are_kept_for_cleaning_to_count(export, instrument):
    path = export({"person_id": ["1", "", ""], "c1_w1": [1.0, 2.0, None]})
    frame = read([path], instrument).answers.frame
    assert frame["person_id"].isna().tolist() == [False, True]


def test_declared_missing_codes_without_meaning_are_unexplained_and_counted(export, instrument):
    path = export({"person_id": ["1", "2"], "c1_w1": [1.0, 55.0]}, missing_ranges={"c1_w1": [55]})
    waves = read([path], instrument, mapping=Mapping(REFERENCE, ("person_id",), (VariableMatch("c1_w1", "C1", 1),)))
    assert cells(waves, "C1", "reasons") == {("2", 1): "unexplained"}
    finding = next(one for one in waves.findings if one.code == "undeclared_missing_code")
    assert (finding.item, finding.wave, finding.count) == ("C1", 1, 1)


def test_an_age_of_98_is_an_age_unless_the_file_says_otherwise(export, instrument):
    plain = replace(
        instrument, items=tuple(replace(i, response_set=None) if i.id == "K0" else i for i in instrument.items)
    )
    columns = {"person_id": ["1", "2"], "k0_w1": [2.0, 98.0], "c1_w1": [1.0, 1.0]}
    assert cells(read([export(columns)], plain), "K0") == {("1", 1): 2, ("2", 1): 98}
    declared = read([export(columns, missing_ranges={"k0_w1": [98]})], plain)
    assert cells(declared, "K0", "reasons") == {("2", 1): "dont_know"}


def test_codes_are_compared_with_tolerance(export, instrument):
    path = export({"person_id": ["1", "2"], "c1_w1": [2.0000000001, 97.0000000001]})
    waves = read([path], instrument)
    assert cells(waves, "C1") == {("1", 1): 2.0}
    assert cells(waves, "C1", "reasons") == {("2", 1): "not_applicable"}


def test_recoding_by_labels_is_done_and_said(export, instrument):
    labels = {4: "Very safe", 3: "Quite safe", 2: "Not very safe", 1: "Not safe at all", 99: "Prefer not to say"}
    path = export({"person_id": ["1", "2", "3"], "h1_w1": [4.0, 1.0, 99.0]}, variable_value_labels={"h1_w1": labels})
    waves = read([path], instrument)
    assert cells(waves, "H1") == {("1", 1): 1, ("2", 1): 4}
    assert cells(waves, "H1", "reasons") == {("3", 1): "refused"}
    assert {"codes_reversed", "uncertain_match"} <= codes_of(waves)
    (told,) = (finding for finding in waves.findings if finding.code == "codes_reversed")
    assert (told.severity, told.item, told.wave, told.count) == ("error", "H1", 1, 1)


def test_shifted_codes_are_a_warning_and_confirmed_ones_a_note(export, instrument):
    labels = {2: "Very safe", 3: "Quite safe", 4: "Not very safe", 5: "Not safe at all"}
    path = export({"person_id": ["1", "2", "3"], "h1_w1": [2.0, 5.0, 3.0]}, variable_value_labels={"h1_w1": labels})
    found = read_with_mapping([path], instrument)
    assert cells(found.waves, "H1") == {("1", 1): 1, ("2", 1): 4, ("3", 1): 2}
    assert [one.severity for one in found.waves.findings if one.code == "codes_shifted"] == ["warning"]
    confirmed = read([path], instrument, mapping=parse_mapping(format_mapping(found.mapping), "mapping.yaml"))
    assert [one.severity for one in confirmed.findings if one.code == "codes_shifted"] == ["note"]


def test_dates_and_text(export, instrument):
    path = export(
        {"person_id": ["1", "2"], "a_date_w1": [13_166_064_000.0, 6.3e12], "n1_w1": ["Much ", ""], "c1_w1": [1.0, 1.0]},
        variable_format={"a_date_w1": "DATE11"},
    )
    waves = read([path], instrument)
    assert cells(waves, "A_date") == {("1", 1): pd.Timestamp("2000-01-01")}
    assert cells(waves, "A_date", "reasons") == {("2", 1): "unexplained"}
    assert cells(waves, "N1") == {("1", 1): "Much"}
    assert "impossible_date" in codes_of(waves)
    assert waves.answers.frame["A_date"].dtype == "datetime64[us]"


def test_numbers_written_as_text(export, instrument):
    path = export({"person_id": list("abcde"), "c1_w1": ["1", " 3 ", "98", "often", ""]})
    waves = read([path], instrument)
    assert cells(waves, "C1") == {("a", 1): 1, ("b", 1): 3}
    assert cells(waves, "C1", "reasons") == {("c", 1): "dont_know", ("d", 1): "unexplained"}
    assert "often" not in str(waves.findings)


def test_a_long_file(export, instrument):
    path = export(
        {
            "person_id": ["1", "1", "2", "3"],
            "wave": [1.0, 2.0, 1.0, None],
            "c1": [4.0, 98.0, 3.0, 2.0],
            "site": [1.0, 1.0, 2.0, 2.0],
        }
    )
    waves = read([path], instrument)
    assert cells(waves, "C1") == {("1", 1): 4, ("2", 1): 3}
    assert cells(waves, "C1", "reasons") == {("1", 2): "dont_know"}
    finding = next(one for one in waves.findings if one.code == "rows_without_wave")
    assert (finding.severity, finding.count) == ("error", 1)


def test_one_file_a_wave(export, instrument):
    first = export({"person_id": ["1", "2"], "c1": [4.0, 3.0]}, "a.sav")
    second = export({"pid": ["1"], "c1": [0.0], "h1": [1.0]}, "b.sav")
    waves = read([first, second], instrument, wave=(1, 2))
    assert cells(waves, "C1") == {("1", 1): 4, ("2", 1): 3, ("1", 2): 0}
    assert cells(waves, "H1") == {("1", 2): 1}
    assert len(waves.sources) == 2


def test_one_file_a_wave_with_the_wave_in_the_names(export, instrument):
    files = [export({"person_id": ["1"], f"c1_w{wave}": [float(wave)]}, f"{wave}.sav") for wave in (1, 2, 3)]
    assert cells(read(files, instrument), "C1") == {("1", wave): wave for wave in (1, 2, 3)}


def test_two_files_that_claim_one_wave(export, instrument):
    files = [export({"person_id": ["1"], "c1_w1": [1.0]}, f"{name}.sav") for name in "ab"]
    with pytest.raises(InputError, match="two files claim wave 1") as caught:
        read(files, instrument)
    assert "a.sav and b.sav" in caught.value.problem.where


@pytest.mark.parametrize(
    "second", [{"person_id": ["b", "C"], "c1": [1.0, 2.0]}, {"person_id": ["d"], "c1": [1.0], "h1": [2.0]}]
)
def test_two_files_of_a_wave_with_somebody_in_both_or_other_variables_are_refused(export, instrument, second):
    first = export({"person_id": ["a", "b", "c"], "c1": [1.0, 2.0, 3.0]}, "a.sav")
    with pytest.raises(InputError, match="two files claim wave 2"):
        read([first, export(second, "b.sav")], instrument, wave=(2, 2))


def test_two_sites_with_a_file_a_wave_may_stand_side_by_side_and_that_is_said(export, instrument):
    files = [export({"person_id": [f"{site}1"], "c1": [1.0]}, f"{site}{wave}.sav") for wave in (1, 2) for site in "ab"]
    waves = read(files, instrument, wave=(1, 1, 2, 2))
    assert cells(waves, "C1") == {("a1", 1): 1, ("b1", 1): 1, ("a1", 2): 1, ("b1", 2): 1}
    said = [finding for finding in waves.findings if finding.code == "several_files_of_a_wave"]
    assert [(finding.wave, finding.count, finding.severity) for finding in said] == [
        (1, 0, "warning"),
        (2, 0, "warning"),
    ]
    assert "several_files_of_a_wave" not in codes_of(read(files[::2], instrument, wave=(1, 2)))


def test_two_sites_with_all_waves_may_stand_side_by_side(export, instrument):
    files = [export({"person_id": [name], "c1_w1": [1.0], "c1_w2": [2.0]}, f"{name}.sav") for name in "ab"]
    assert len(read(files, instrument).answers) == 4


def test_a_mapping_is_used_exactly(export, wide, instrument, tmp_path):
    path = export(wide)
    mapping = Mapping(REFERENCE, ("person_id",), (VariableMatch("c2_w1", "C1", 1, codes={1.0: 4.0}),))
    waves = read([path], instrument, mapping=write_mapping(mapping, tmp_path / "mapping.yaml"))
    assert waves.answers.columns == ["person_id", "wave", "C1"]
    assert cells(waves, "C1") == {("007", 1): 0, ("010", 1): 4}
    assert "unknown_variable" in codes_of(waves)


def test_reading_by_the_proposal_or_by_its_file_is_the_same(export, wide, instrument, tmp_path):
    path = export(wide)
    imported = read_with_mapping([path], instrument)
    assert propose_mapping([path], instrument) == imported.mapping
    again = read([path], instrument, mapping=write_mapping(imported.mapping, tmp_path / "m.yaml"))
    pd.testing.assert_frame_equal(again.answers.frame, imported.waves.answers.frame)
    pd.testing.assert_frame_equal(again.reasons.frame, imported.waves.reasons.frame)


def test_a_mapping_for_other_data_or_another_instrument(export, wide, instrument):
    path = export(wide)
    with pytest.raises(InputError, match="1 variable\\(s\\) that are not in the data") as caught:
        read([path], instrument, mapping=Mapping(REFERENCE, ("person_id",), (VariableMatch("c9", "C1", 1),)))
    assert "c9" in str(caught.value)
    with pytest.raises(InputError, match="the mapping is for other@1"):
        read([path], instrument, mapping=Mapping("other@1", ("person_id",), ()))
    with pytest.raises(InputError, match="no variable with the id"):
        read([path], instrument, mapping=Mapping(REFERENCE, ("nobody",), (VariableMatch("c1_w1", "C1", 1),)))


def test_a_mapping_with_a_wave_forgotten_or_unknown(export, wide, instrument):
    path = export(wide)
    forgotten = (VariableMatch("c1_w1", "C1", 1), VariableMatch("c2_w1", "C2"))
    with pytest.raises(InputError, match="have no wave, and others have: C2"):
        read([path], instrument, mapping=Mapping(REFERENCE, ("person_id",), forgotten))
    with pytest.raises(InputError, match="the wave of these answers is not known"):
        read([path], instrument, mapping=Mapping(REFERENCE, ("person_id",), forgotten[1:]))
    two_files = Mapping(REFERENCE, ("person_id",), (VariableMatch("c1_w1", "C1"),), file_waves=(1, 2))
    with pytest.raises(InputError, match="for 2 file\\(s\\), and 1 were given"):
        read([path], instrument, mapping=two_files)


def test_what_is_lacking_is_said(export, instrument):
    path = export(
        {"person_id": ["1"], "c1_w1": [None], "h1_w1": [1.0], "c2_w2": [2.0], "shoe_size": [38.0]}, column_labels=None
    )
    waves = read([path], instrument)
    found = {(finding.code, finding.item, finding.wave) for finding in waves.findings}
    assert ("item_all_missing", "C1", None) in found
    assert ("wave_without_rows", "", 3) in found
    assert ("item_not_in_wave", "C1", 2) in found
    unknown = next(finding for finding in waves.findings if finding.code == "unknown_variable")
    assert (unknown.count, "shoe_size" in unknown.message) == (1, True)
    assert next(finding for finding in waves.findings if finding.code == "item_not_in_file").count > 0


def test_one_wave_only_is_said(export, instrument):
    assert "one_wave" in codes_of(read([export({"person_id": ["1"], "c1_w1": [1.0]})], instrument))


def test_the_detected_instrument_is_said(export, wide, instrument):
    roles = replace(instrument.roles, interview_date=None, wave_outcome=None, wave_reasons={}, contact=None, site=None)
    other = replace(
        instrument,
        id="other",
        roles=roles,
        items=tuple(replace(i, ask_if=None) for i in instrument.items if i.id == "N1"),
    )
    waves = read([export(wide)], [other, instrument])
    assert waves.instrument.id == instrument.id
    said = next(finding for finding in waves.findings if finding.code == "instrument_detected")
    assert REFERENCE in said.message


def test_no_file_is_wrong_use(instrument):
    with pytest.raises(UsageError):
        read([], instrument)


def test_row_order_changes_nothing_but_the_order(export, wide, instrument):
    frame = pd.DataFrame(wide)
    forward = read([export(frame)], instrument)
    backward = read([export(frame.iloc[::-1].reset_index(drop=True))], instrument)
    assert forward.answers.fingerprint() != ""
    keys = ["person_id", "wave"]
    pd.testing.assert_frame_equal(
        forward.answers.frame.sort_values(keys, ignore_index=True),
        backward.answers.frame.sort_values(keys, ignore_index=True),
    )


def test_reasons_are_a_small_category(export, wide, instrument):
    reasons = read([export(wide)], instrument).reasons.frame
    assert set(reasons.dtypes) == {REASON_DTYPE}


@pytest.mark.parametrize(("waves", "values"), [(["w1", " w2 "], {"w1": 1, "w2": 2}), (["1", "2"], {1.0: 1, 2.0: 2})])
def test_waves_written_as_text(table, instrument, waves, values):
    long = table({"person_id": ["1", "1"], "wave": waves, "c1": [1.0, 2.0]})
    mapping = Mapping(REFERENCE, ("person_id",), (VariableMatch("c1", "C1"),), wave_column="wave", wave_values=values)
    assert apply_mapping([long], mapping, instrument).answers["wave"].tolist() == [1, 2]


def test_text_codes_for_waves_in_a_column_of_numbers_place_nothing(table, instrument):
    long = table({"person_id": ["1"], "wave": [1.0], "c1": [1.0]})
    mapping = Mapping(
        REFERENCE, ("person_id",), (VariableMatch("c1", "C1"),), wave_column="wave", wave_values={"w1": 1}
    )
    rows = apply_mapping([long], mapping, instrument)
    assert (len(rows.answers), rows.tally.rows_without_wave) == (0, 1)


def test_doubtful_matches_and_variables_set_aside_are_said(export, instrument):
    with_wave = {f"{name}_w1": [1.0] for name in ("c1", "c2", "c4", "h1", "b2")}
    without = ["h1", "c4", "c2", "b2"]
    labels = ["", "Choked or smothered her", *[""] * (len(with_wave) - 1 + len(without))]
    path = export({"person_id": ["1"], **with_wave, **{name: [2.0] for name in without}}, column_labels=labels)
    found = {finding.code: finding for finding in read([path], instrument).findings}
    assert "c1_w1" in found["uncertain_match"].message
    # In the order of the file, which is the same at every run: findings are compared when a run is repeated.
    assert found["set_aside"].message.endswith(": h1, c4, c2, b2")


def test_two_sites_side_by_side_and_a_woman_with_both(export, instrument):
    north = {"person_id": [f"N{number}" for number in range(9)] + ["X"], "c1_w1": [1.0] * 10, "c1_w2": [1.0] * 10}
    south = {"person_id": [f"S{number}" for number in range(9)] + ["X"], "c1_w1": [2.0] * 10, "c1_w2": [0.0] * 10}
    waves = read([export(north, "north.sav"), export(south, "south.sav")], instrument)
    assert [one.count for one in waves.findings if one.code == "in_two_files"] == [1]
    cleaned = clean(waves)
    assert len(cleaned.answers.frame.index.unique("person_id")) == 19
    assert int(cleaned.answers.frame["C1"].notna().sum()) == 2 * 19


def test_a_question_that_a_wave_did_not_have_was_not_asked(export, instrument):
    path = export(
        {"person_id": ["1", "2"], "site": [1.0, 2.0], "c1_w1": [1.0, 2.0], "c1_w2": [0.0, 1.0], "c2_w2": [0.0, 3.0]}
    )
    waves = read([path], instrument)
    assert cells(waves, "C2", "reasons") == {("1", 1): "not_asked", ("2", 1): "not_asked"}
    assert cells(waves, "C2") == {("1", 2): 0, ("2", 2): 3}
