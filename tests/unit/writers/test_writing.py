"""Cleaned data written for other programs and read back: nothing changes that the format can hold."""

import csv
import io
import os
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.core.data import CleanedData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.synthetic import simulate
from mirabal_toolkit.writers import lay_out, write_table
from mirabal_toolkit.writers.stata import LONGEST_NAME, stata_names

LAYOUTS = ("wide", "long")


@pytest.fixture(scope="module")
def cleaned() -> CleanedData:
    """Forty artificial women at five waves, cleaned, with all that real files have in them."""
    study = simulate(load_instrument("partner-safety@1.0.0"), people=40, waves=5, seed=3)
    return mt.clean(study.waves)


@pytest.fixture(scope="module")
def short() -> CleanedData:
    """The same of a questionnaire with fewer items, for what takes long."""
    study = simulate(load_instrument("partner-safety-short"), people=30, waves=5, seed=5)
    return mt.clean(study.waves)


@pytest.fixture(scope="module")
def scored(cleaned):
    return mt.score(cleaned)


def differences(first, second):
    """Cells and reasons that differ, and wave outcomes that do."""
    one, other = (data.answers.frame.sort_index() for data in (first, second))
    why, why_other = (data.reasons.frame.sort_index().astype(object).fillna("") for data in (first, second))
    pd.testing.assert_index_equal(one.index, other.index)
    answers = ((one != other) & ~(one.isna() & other.isna())).sum()
    reasons = (why != why_other).sum()
    return answers[answers > 0].to_dict(), reasons[reasons > 0].to_dict()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("ending", ["sav", "zsav", "dta", "csv", "xlsx", "parquet"])
def test_written_and_read_again_nothing_has_changed(short, tmp_path, ending, layout):
    path = tmp_path / f"study.{ending}"
    written = mt.write(short, path, layout=layout)
    again = mt.clean(mt.read(path, instrument=short.instrument, mapping=written.beside[1]))
    assert differences(short, again) == ({}, {})
    assert short.reasons.frame.notna().any(axis=None)
    second = tmp_path / f"second.{ending}"
    mt.write(again, second, layout=layout)
    assert (second.read_bytes() == path.read_bytes()) or ending == "dta"  # Stata files hold the minute of writing


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("ending", ["sav", "dta"])
def test_files_with_labels_are_understood_without_a_mapping(short, tmp_path, ending, layout):
    path = tmp_path / f"study.{ending}"
    mt.write(short, path, layout=layout)
    read = mt.read(path)
    assert read.instrument.reference == short.instrument.reference
    assert not [finding for finding in read.findings if finding.severity != "note"]
    assert differences(short, mt.clean(read)) == ({}, {})


def test_spss_sees_labels_user_missing_codes_dates_and_measures(scored, tmp_path):
    path = tmp_path / "study.sav"
    mt.write(scored, path, scores=True)
    frame, about = pyreadstat.read_sav(path, user_missing=True)
    assert about.column_names_to_labels["c8_w3"] == "She was injured (wave 3)"
    assert about.variable_value_labels["c8_w3"][99.0] == "Prefer not to say"
    (declared,) = about.missing_ranges["c8_w3"]
    assert declared["lo"] > 4
    assert declared["hi"] == 99
    assert about.variable_measure["c8_w3"] == "ordinal"
    assert about.original_variable_types["a_date_w1"].startswith("DATE")
    shown, _ = pyreadstat.read_sav(path)
    assert set(shown["c8_w3"].dropna()) <= {0, 1, 2, 3, 4}
    assert (frame["c8_w3"].notna()).all()
    scores = scored.scores.frame["injured.experienced"].xs(3, level="wave").reindex(frame["person_id"])
    np.testing.assert_array_equal(frame["score_injured_experienced_w3"], scores.to_numpy())


def test_stata_sees_extended_missing_values_with_their_labels(cleaned, tmp_path):
    path = tmp_path / "study.dta"
    mt.write(cleaned, path, layout="long")
    frame, about = pyreadstat.read_dta(path, user_missing=True)
    reasons = cleaned.reasons.frame["C8"].astype(object)
    letters = {"refused": "r", "dont_know": "d", "no_contact": "c", "wave_missed": "m", "unsafe_to_contact": "s"}
    for reason, letter in letters.items():
        assert (frame["C8"] == letter).sum() == (reasons == reason).sum()
    assert about.variable_value_labels["C8"]["c"] == "Missing: no contact with him"
    assert about.variable_value_labels["C8"]["r"] == "Prefer not to say"
    plain = pd.read_stata(path, convert_categoricals=False)
    assert set(plain["C8"].dropna()) <= {0, 1, 2, 3, 4}
    answers = cleaned.answers.frame["C8"].to_numpy()
    np.testing.assert_array_equal(plain["C8"].to_numpy(dtype=float), answers)


def test_names_that_stata_cannot_take_are_shortened_and_said(scored):
    table = lay_out(scored, "wide", scores=True)
    named = stata_names(table)
    names = [one.name for one in named.variables]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= LONGEST_NAME
    assert all(name.endswith("_w3") for name, one in zip(names, table.variables, strict=True) if one.wave == 3)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_csv_holds_every_code_and_the_codebook_says_what_it_means(cleaned, tmp_path, layout):
    path = tmp_path / "study.csv"
    written = mt.write(cleaned, path, layout=layout)
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = list(csv.DictReader(io.StringIO(written.beside[0].read_text(encoding="utf-8-sig"))))
    name, wave = ("c8_w3", 3) if layout == "wide" else ("C8", None)
    missing = {row["code"]: row["missing_reason"] for row in rows if row["variable"] == name and row["missing_reason"]}
    reasons = cleaned.reasons.frame["C8"]
    reasons = reasons if wave is None else reasons.xs(wave, level="wave")
    found = frame[name].map(missing).fillna("")
    assert found.tolist() == reasons.astype(object).fillna("").tolist()


def test_a_workbook_and_a_parquet_file_hold_the_same_numbers_as_the_csv(cleaned, tmp_path):
    for ending in ("csv", "xlsx", "parquet"):
        mt.write(cleaned, tmp_path / f"study.{ending}", layout="long")
    plain = pd.read_csv(tmp_path / "study.csv")
    sheet = pd.read_excel(tmp_path / "study.xlsx")
    columns = pd.read_parquet(tmp_path / "study.parquet")
    numbers = plain.select_dtypes("number").columns
    assert len(numbers) > 90
    for other in (sheet, columns):
        np.testing.assert_array_equal(other[numbers].to_numpy(dtype=float), plain[numbers].to_numpy(dtype=float))
    ids = cleaned.answers.frame.index.get_level_values("person_id").tolist()
    assert columns["person_id"].tolist() == sheet["person_id"].astype(str).str.zfill(4).tolist() == ids


def with_ids(cleaned, change):
    """The same data under changed ids."""
    frames = {}
    for name in ("answers", "reasons", "status"):
        frame = getattr(cleaned, name).frame
        frames[name] = SealedFrame(frame.rename(index=change, level="person_id"))
    return replace(cleaned, **frames)


def test_no_cell_of_a_spreadsheet_is_a_formula(cleaned, tmp_path):
    first = cleaned.answers.frame.index[0][0]
    odd = with_ids(cleaned, {first: "=HYPERLINK(1)"})
    for ending in ("csv", "xlsx"):
        written = mt.write(odd, tmp_path / f"study.{ending}", layout="long")
        assert any("apostrophe" in loss for loss in written.losses)
    assert "'=HYPERLINK(1)" in (tmp_path / "study.csv").read_text(encoding="utf-8")
    sheet = openpyxl.load_workbook(tmp_path / "study.xlsx")["data"]
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    with zipfile.ZipFile(tmp_path / "study.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_ids_stay_as_they_are_written(cleaned, tmp_path):
    people = cleaned.answers.frame.index.get_level_values("person_id").unique()
    ids = dict(zip(people[:4], ("00012", "1E05", "Ünï 🙂", "NA"), strict=True))
    odd = with_ids(cleaned, ids)
    for ending in ("sav", "dta"):
        path = tmp_path / f"study.{ending}"
        mt.write(odd, path)
        frame, _ = getattr(pyreadstat, f"read_{ending}")(path)
        assert set(ids.values()) <= set(frame["person_id"])


def test_codes_of_reasons_never_stand_where_an_answer_can(cleaned):
    for layout in LAYOUTS:
        for one in lay_out(cleaned, layout).variables:
            lowest, highest = one.lowest, one.highest
            for code in one.missing:
                assert (highest is not None and code > highest) or code < (0 if lowest is None else lowest)


def test_two_formats_of_one_name_have_their_own_codebook_and_mapping(short, tmp_path):
    first = mt.write(short, tmp_path / "clean.sav")
    second = mt.write(short, tmp_path / "clean.csv", layout="long")
    assert not {*first.beside} & {*second.beside}


def test_what_cannot_be_kept_is_said(cleaned, tmp_path):
    told = " ".join(mt.write(cleaned, tmp_path / "study.csv").losses)
    assert "labels" in told
    assert "date(s) lack" in told
    assert "empty text" in " ".join(mt.write(cleaned, tmp_path / "study.sav").losses)


def test_an_unknown_ending_and_lacking_scores_are_wrong_use(cleaned, tmp_path):
    with pytest.raises(UsageError, match="cannot be written"):
        mt.write(cleaned, tmp_path / "study.rds")
    with pytest.raises(UsageError, match="no scores"):
        mt.write(cleaned, tmp_path / "study.sav", scores=True)
    assert not list(tmp_path.iterdir())


def test_without_a_folder_nothing_is_written(cleaned, tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        write_table(lay_out(cleaned), tmp_path / "nowhere" / "study.csv")


FULL_DISK = """
import resource, signal, sys
import mirabal_toolkit as mt
from mirabal_toolkit.errors import MirabalError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.synthetic import simulate
cleaned = mt.clean(simulate(load_instrument("partner-safety-short"), people=30, waves=3, seed=3).waves)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
for ending in ("sav", "dta", "csv", "xlsx", "parquet"):
    try:
        mt.write(cleaned, f"study.{ending}")
    except MirabalError as error:
        print(ending, error.exit_code, error)
"""


def test_a_full_disk_leaves_what_was_there(tmp_path):
    for ending in ("sav", "dta", "csv", "xlsx", "parquet"):
        (tmp_path / f"study.{ending}").write_text("what was there")
    finished = subprocess.run(
        [sys.executable, "-c", FULL_DISK], cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.count(" 5 ") == 5, finished.stdout + finished.stderr
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        f"study.{ending}": "what was there" for ending in ("sav", "dta", "csv", "xlsx", "parquet")
    }
