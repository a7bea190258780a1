"""Exports of REDCap, Qualtrics, Kobo, ODK and LimeSurvey, made as these programs write them."""

import pytest

from mirabal_toolkit.readers import read
from mirabal_toolkit.readers.formats import read_table

REDCAP = """record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,site,start_complete,c1,help___1,help___2,visit_complete
007,wave_1_arm_1,,,1,2,4,1,0,2
007,wave_2_arm_1,,,,,0,0,0,2
008,wave_1_arm_1,,,2,2,3,0,1,2
008,wave_2_arm_1,,,,,,0,0,0
009,wave_1_arm_1,,,1,2,,,,
"""  # noqa: E501
REDCAP_LABELLED = """"Record ID","Event Name","Site","Complete?","QUESTION","Help (choice=Police)","Complete?"
007,"Wave 1 (Arm 1: Women)","Site A",Complete,"Most days",Checked,Complete
007,"Wave 2 (Arm 1: Women)",,,Never,Unchecked,Complete
"""
QUALTRICS = """StartDate,Status,IPAddress,Finished,RecipientEmail,person_id,c1_w1,c2_w1
Start Date,Response Type,IP Address,Finished,Recipient Email,Your number,"Pushed,
grabbed or shoved you",Slapped you
"{""ImportId"":""startDate"",""timeZone"":""Z""}","{""ImportId"":""status""}","{""ImportId"":""ipAddress""}","{""ImportId"":""finished""}","{""ImportId"":""recipientEmail""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}","{""ImportId"":""QID3""}"
2024-03-04 10:00:00,IP Address,10.0.0.1,True,jane@example.org,007,4,0
2024-03-05 10:00:00,Survey Preview,10.0.0.2,True,,008,3,1
"""
KOBO = """start;end;person_id;partner/him/c1_w1;partner/help;partner/help/police;partner/help/friend;_home_latitude;_uuid;_submission_time;_index
2024-03-04;2024-03-04;007;4;police friend;1;1;51.5;u1;2024-03-04T10:00:00;1
2024-03-05;2024-03-05;008;3;;0;0;51.5;u2;2024-03-05T10:00:00;2
"""  # noqa: E501
ODK = """SubmissionDate,partner-person_id,partner-c1_w1,KEY,SubmitterID
2024-03-04,007,4,uuid:1,9
"""
LIMESURVEY = """"id. Response ID","submitdate. Date submitted","lastpage. Last page","startlanguage. Start language","token. Access code","ipaddr. IP address","c1_w1. Pushed, grabbed or shoved you","grid[c2_w1]. [Slapped you]","grid[c4_w1]. [Choked you]","more[SQ001]. A"
1,2024-03-04 10:00:00,5,en,007,10.0.0.1,4,0,1,Y
2,,3,en,008,10.0.0.2,3,1,0,
"""  # noqa: E501


@pytest.fixture
def table(tmp_path):
    def read_text(text, name="export.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read_table(path)

    return read_text


@pytest.fixture
def waves(tmp_path, instrument):
    def read_text(text, name="export.csv", **how):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read([path], instrument, **how)

    return read_text


def names(table):
    return [variable.name for variable in table.variables]


def codes(found):
    return {finding.code for finding in found}


def test_redcap_events_are_waves_and_blanks_by_design_are_not_asked(waves):
    found = waves(REDCAP)
    answers = found.answers.frame.set_index(["person_id", "wave"])
    assert answers.index.tolist() == [("007", 1), ("007", 2), ("008", 1), ("008", 2), ("009", 1)]
    assert answers["C1"].tolist()[:3] == [4.0, 0.0, 3.0]
    assert answers["P1"].dropna().tolist() == [1.0, 2.0, 1.0]
    assert not found.reasons.frame["P1"].notna().any()  # asked once: an empty cell later says nothing
    assert "not_asked_by_design" in codes(found.findings)
    assert found.reasons.frame["C1"].isna().all()  # a wave without an answer is missing, not unasked


def test_redcap_forms_that_an_event_does_not_have_are_not_asked(waves):
    text = REDCAP.replace("007,wave_2_arm_1,,,,,0,0,0,2", "007,wave_2_arm_1,,,,,,0,0,").replace(
        "008,wave_2_arm_1,,,,,,0,0,0", "008,wave_2_arm_1,,,9,2,,0,0,"
    )
    found = waves(text)
    at_second = found.answers.frame["wave"] == 2
    assert found.reasons.frame.loc[at_second, "C1"].astype("str").tolist() == ["not_asked"] * 2
    assert found.reasons.frame.loc[~at_second, "C1"].isna().all()


def test_redcap_checkboxes_are_kept_as_sets(table):
    assert table(REDCAP).multiple == {"help": ("help___1", "help___2")}


def test_redcap_labelled_exports(waves, table, instrument):
    raw = table(REDCAP_LABELLED)
    assert raw.frame.frame["Help (choice=Police)"].tolist() == ["1", "0"]
    found = waves(REDCAP_LABELLED.replace("QUESTION", instrument.item("C1").text["en"].replace('"', "")))
    assert found.answers.frame["C1"].tolist() == [4.0, 0.0]
    assert found.answers.frame["wave"].tolist() == [1, 2]


def test_redcap_repeats_of_the_only_form_are_waves(waves):
    found = waves(
        "record_id,redcap_repeat_instrument,redcap_repeat_instance,site,c1,visit_complete\n"
        "007,,,2,,\n007,visit,1,,4,2\n007,visit,2,,0,2\n008,,,1,,\n"
    )
    answers = found.answers.frame
    assert answers[["person_id", "wave", "C1", "P1"]].to_numpy().tolist()[:2] == [
        ["007", 1, 4.0, 2.0],
        ["007", 2, 0.0, 2.0],
    ]
    assert "repeats_are_waves" in codes(found.findings)


def test_redcap_repeats_within_an_event_are_joined_and_earlier_ones_counted(table):
    found = table(
        "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,c1,child,visit_complete\n"
        "007,wave_1_arm_1,,,4,,2\n007,wave_1_arm_1,children,1,,first,2\n007,wave_1_arm_1,children,2,,second,2\n"
        "007,wave_2_arm_1,,,0,,2\n"
    )
    assert found.frame.frame[["c1", "child"]].to_numpy().tolist() == [["4", "second"], ["0", ""]]
    (said,) = [finding for finding in found.warnings if finding.code == "repeats_joined"]
    assert (said.severity, said.count) == ("warning", 1)


def test_qualtrics_has_three_rows_of_names(waves, table):
    raw = table(QUALTRICS)
    assert names(raw) == ["StartDate", "Status", "Finished", "person_id", "c1_w1", "c2_w1"]
    assert raw.variable_by_name["c1_w1"].label == "Pushed, grabbed or shoved you"
    assert {"identifying_dropped", "preview_rows", "survey_program"} <= codes(raw.warnings)
    assert "jane@example.org" not in str(raw)
    answers = waves(QUALTRICS).answers.frame
    assert answers[["person_id", "C1", "C2"]].to_numpy().tolist() == [["007", 4.0, 0.0], ["008", 3.0, 1.0]]


def test_an_older_qualtrics_export_has_two_rows_of_names(table):
    raw = table("ResponseID,ResponseSet,id,Q1\nResponse ID,Response Set,Your number,Pushed you\nR_1,Default,007,4\n")
    assert raw.frame.frame["Q1"].tolist() == ["4"]
    assert raw.variable_by_name["Q1"].label == "Pushed you"


def test_a_qualtrics_export_for_spss_loses_what_identifies(export, instrument):
    path = export(
        {"IPAddress": ["10.0.0.1"], "LocationLatitude": [51.5], "person_id": ["007"], "c1_w1": [4.0]}, "export.sav"
    )
    assert names(read_table(path)) == ["person_id", "c1_w1"]


def test_kobo_names_are_used_without_their_groups(waves, table):
    raw = table(KOBO)
    assert {"person_id", "c1_w1", "help", "help/police"} <= set(names(raw))
    assert raw.multiple == {"help": ("help/police", "help/friend")}
    assert "_home_latitude" not in names(raw)
    assert waves(KOBO).answers.frame["C1"].tolist() == [4.0, 3.0]


def test_odk_central_names_are_used_without_their_groups(waves):
    assert waves(ODK).answers.frame[["person_id", "C1"]].to_numpy().tolist() == [["007", 4.0]]


def test_two_groups_with_one_question_name_keep_their_groups(table):
    raw = table("_uuid;_submission_time;a/q;b/q\nu;t;1;2\n")
    assert {"a/q", "b/q"} <= set(names(raw))


def test_limesurvey_codes_questions_and_people(waves, table):
    raw = table(LIMESURVEY)
    assert raw.variable_by_name["c1_w1"].label == "Pushed, grabbed or shoved you"
    assert {"c2_w1", "c4_w1", "more[SQ001]", "participant_id", "response_number"} <= set(names(raw))
    assert "ipaddr" not in names(raw)
    assert raw.multiple == {"grid": ("c2_w1", "c4_w1")}
    assert "unfinished_rows" in codes(raw.warnings)
    answers = waves(LIMESURVEY).answers.frame
    assert answers[["person_id", "C1", "C2", "C4"]].to_numpy().tolist() == [
        ["007", 4.0, 0.0, 1.0],
        ["008", 3.0, 1.0, 0.0],
    ]


def test_an_ordinary_table_is_of_no_program(table):
    raw = table("person_id,c1_w1\n007,4\n")
    assert raw.warnings == ()
    assert raw.variable_by_name["c1_w1"].label == ""
