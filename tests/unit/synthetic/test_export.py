import datetime as dt

import pandas as pd
import pyreadstat
import pytest

from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.synthetic import Dropout, simulate
from mirabal_toolkit.synthetic.export import wide_export, write_study


@pytest.fixture(scope="module")
def study(small):
    return simulate(small, people=300, seed=2)


@pytest.fixture(scope="module", params=[".sav", ".zsav"])
def spss(study, request, tmp_path_factory):
    path = tmp_path_factory.mktemp("spss") / f"study{request.param}"
    write_study(study, path)
    return pyreadstat.read_sav(path, user_missing=True)


def test_one_row_a_person_one_column_an_item_and_wave(spss, study):
    frame, _ = spss
    assert len(frame) == 300
    assert {"person_id", "site", "first_seen", "c1_w1", "c1_w3", "g2_w2"} <= set(frame.columns)
    assert "g2_w1" not in frame.columns
    assert frame["person_id"].iloc[0] == "0001"


def test_answers_come_back_as_they_were(spss, study):
    frame, _ = spss
    answers = study.waves.answers.frame
    for wave in (1, 2, 3):
        long = answers.query("wave == @wave").set_index("person_id")["C1"]
        wide = frame.set_index("person_id")[f"c1_w{wave}"]
        pd.testing.assert_series_equal(wide.mask(wide >= 97), long, check_names=False)


def test_missing_reasons_have_their_codes_and_missed_waves_are_empty(spss, study):
    frame, _ = spss
    reasons, answers = study.waves.reasons.frame, study.waves.answers.frame
    for wave in (1, 3):
        here = (answers["wave"] == wave).to_numpy()
        said = reasons.loc[here, "C1"].astype("object").to_numpy()
        expected = pd.Series(said).map({"no_contact": 97.0, "refused": 99.0, "dont_know": 98.0})
        written = frame[f"c1_w{wave}"]
        pd.testing.assert_series_equal(written.where(written >= 97), expected, check_names=False)
    away = frame["a0_w3"].isin([3, 5])
    assert away.sum() > 50
    assert frame.loc[away, ["c1_w3", "m1_w3", "a_date_w3"]].isna().all(axis=None)


def test_labels_missing_codes_and_measures_stand_beside(spss):
    _, meta = spss
    assert meta.column_names_to_labels["c1_w3"] == "Label of C1 (wave 3)"
    assert meta.column_names_to_labels["site"] == "Label of P1"
    assert meta.variable_value_labels["c1_w2"][0] == "never"
    assert meta.variable_value_labels["c1_w2"][98] == "Don’t know"
    assert sorted(entry["lo"] for entry in meta.missing_ranges["c1_w2"]) == [97, 98, 99]
    measures = meta.variable_measure
    assert (measures["c1_w1"], measures["b2_w1"], measures["m1_w1"]) == ("ordinal", "nominal", "scale")


def test_dates_are_spss_dates(spss, study):
    frame, meta = spss
    assert meta.original_variable_types["a_date_w1"] == "DATE11"
    assert frame["a_date_w1"].iloc[0] == study.waves.answers.frame["A_date"].iloc[0].date()
    assert isinstance(frame["first_seen"].iloc[0], dt.date)


def test_the_same_study_gives_the_same_bytes(study, tmp_path):
    for name in ("one.sav", "two.sav"):
        write_study(study, tmp_path / name)
    assert (tmp_path / "one.sav").read_bytes() == (tmp_path / "two.sav").read_bytes()


def test_csv_and_parquet_hold_the_same_table(study, tmp_path):
    write_study(study, tmp_path / "study.csv")
    write_study(study, tmp_path / "study.parquet")
    csv = pd.read_csv(tmp_path / "study.csv", dtype={"person_id": "str"})
    parquet = pd.read_parquet(tmp_path / "study.parquet")
    expected = wide_export(study).frame
    assert list(csv.columns) == list(parquet.columns) == list(expected.columns)
    for name in ("c1_w1", "k0_w2", "m1_w3"):
        pd.testing.assert_series_equal(csv[name].astype(float), expected[name], check_names=False)
        pd.testing.assert_series_equal(parquet[name].astype("float64"), expected[name], check_names=False)
    assert "1.0" not in (tmp_path / "study.csv").read_text(encoding="utf-8").splitlines()[1].split(",")
    assert csv["person_id"].iloc[0] == "0001"
    assert csv["first_seen"].iloc[0] == str(expected["first_seen"].iloc[0].date())


def test_more_than_three_missing_codes_become_a_range(small, tmp_path):
    from dataclasses import replace

    from mirabal_toolkit.core.instrument import Option

    sets = [
        replace(rs, options=(*rs.options, Option(96, "no_contact", {"en": "No contact"}, "no_contact")))
        if rs.id == "frequency"
        else rs
        for rs in small.response_sets
    ]
    study = simulate(replace(small, response_sets=tuple(sets)), people=200, dropout=Dropout(retention=0.9))
    write_study(study, tmp_path / "study.sav")
    frame, meta = pyreadstat.read_sav(tmp_path / "study.sav", user_missing=True)
    assert meta.missing_ranges["c1_w1"] == [{"lo": 96.0, "hi": 99.0}]
    assert (frame.loc[frame["b2_w1"] == 4, "c1_w1"] == 96).all()


def test_other_endings_are_refused(study, tmp_path):
    with pytest.raises(UsageError, match=r"\.xyz"):
        write_study(study, tmp_path / "study.xyz")


def test_a_folder_that_is_not_there_is_said_and_nothing_is_left_behind(study, tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        write_study(study, tmp_path / "nowhere" / "study.sav")
    assert list(tmp_path.iterdir()) == []
