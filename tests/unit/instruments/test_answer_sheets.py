"""A CSV of answers, scored in one command."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from mirabal_toolkit.cli.instruments import app
from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.errors import FindingsError, InputError
from mirabal_toolkit.instruments.answer_sheets import AnswerSheet, read_answer_sheet
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.workflow import example_export

CASR, PHQ, TRAINING = (load_instrument(name) for name in ("casr-sf", "wellbeing", "training-feedback"))
HEADER = "id," + ",".join(f"casr{n}" for n in range(1, 16))


def sheet(tmp_path: Path, text: str | bytes, instrument: Any = CASR) -> AnswerSheet:
    file = tmp_path / "answers.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_answer_sheet(file, instrument)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["score", *arguments], catch_exceptions=False)


def written(tmp_path: Path, text: str) -> str:
    file = tmp_path / "answers.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_student_scores_casr_sf_in_one_command(tmp_path: Path) -> None:
    ones, eleven, ten = ",".join("1" * 15), ",".join("5" * 11) + ",,,,", ",".join("2" * 10) + ",,,,,"
    told = run("casr-sf", written(tmp_path, f"{HEADER}\na,{ones}\nb,{eleven}\nc,{ten}\n"), "--quiet")
    assert told.exit_code == 0
    assert [(row["person_id"], row["casr_sf_total"]) for row in table(told.stdout)] == [
        ("a", "15"),
        ("b", "75"),
        ("c", ""),
    ]


def test_scores_go_to_a_file_or_to_json(tmp_path: Path) -> None:
    file, out = written(tmp_path, f"{HEADER}\na,{','.join('3' * 15)}\n"), tmp_path / "scores.csv"
    assert run("casr-sf", file, "--out", str(out)).exit_code == 0
    assert table(out.read_text(encoding="utf-8"))[0]["casr_sf_total"] == "45"
    assert out.stat().st_mode & 0o077 == 0  # as personal as the answers
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
    (record,) = json.loads(run("casr-sf", file, "--json", "--quiet").stdout)
    assert (record["person_id"], record["wave"], record["casr_sf_total"]) == ("a", 1, 45.0)


def test_a_folder_that_is_not_there_leaves_nothing_behind(tmp_path: Path) -> None:
    file = written(tmp_path, f"{HEADER}\na,{','.join('3' * 15)}\n")
    assert exit_code_of(["instruments", "score", "casr-sf", file, "--out", str(tmp_path / "no" / "s.csv")]) == 5


@pytest.mark.parametrize("name", ["CASR1", "casr_1", "Casr1_W1", "casr1_w1", "CASR-1"])
def test_columns_are_found_however_they_are_written(tmp_path: Path, name: str) -> None:
    assert sheet(tmp_path, f"id,{name}\na,4\n").waves.answers.frame["CASR1"].tolist() == [4.0]


@pytest.mark.parametrize("pattern", ["item{}", "q{}", "{}", "Q{}", "question {}", "v{}"])
def test_numbered_columns_are_the_items_in_order(tmp_path: Path, pattern: str) -> None:
    header = ",".join(pattern.format(n) for n in range(1, 16))
    frame = sheet(tmp_path, f"{header}\n{','.join(str(n % 6) for n in range(15))}\n").waves.answers.frame
    assert [frame[f"CASR{n}"][0] for n in range(1, 16)] == [float(n % 6) for n in range(15)]


@pytest.mark.parametrize("sign", [";", "\t", ","])
def test_every_usual_separator_is_read(tmp_path: Path, sign: str) -> None:
    text = "\ufeff" + "id,casr1,casr2\r\na,1,2\r\n\r\nb,3,4\r\n".replace(",", sign)
    assert sheet(tmp_path, text).waves.answers.frame["CASR2"].tolist() == [2.0, 4.0]


def test_answers_are_codes_names_or_labels_in_any_language(tmp_path: Path) -> None:
    short = load_instrument("partner-safety-short")
    words = ["4", "most_days", "Most days", "Quasi ogni giorno", "În cele mai multe zile", "Τις περισσότερες μέρες"]
    frame = sheet(tmp_path, "id,pss_e4_w1\n" + "".join(f"p{n},{w}\n" for n, w in enumerate(words)), short)
    assert frame.waves.answers.frame["E4"].tolist() == [4.0] * len(words)


def test_gaps_reasons_and_decimal_commas(tmp_path: Path) -> None:
    answers = sheet(tmp_path, "id;casr1;casr2;casr3;casr4\na;;NA;no_contact;2,0\n").waves
    row, why = answers.answers.frame.iloc[0], answers.reasons.frame.iloc[0]
    assert np.isnan([row["CASR1"], row["CASR2"], row["CASR3"]]).all()
    assert row["CASR4"] == 2.0
    assert why["CASR3"] == "no_contact"
    assert why[["CASR1", "CASR2", "CASR4"]].isna().all()


def test_waves_in_names_or_in_a_column(tmp_path: Path) -> None:
    wide = sheet(tmp_path, "id,casr1_w1,casr1_w2,casr2_w2\na,1,2,3\nb,4,5,0\n").waves.answers.frame
    assert wide[["person_id", "wave", "CASR1"]].values.tolist() == [
        ["a", 1, 1.0],
        ["b", 1, 4.0],
        ["a", 2, 2.0],
        ["b", 2, 5.0],
    ]
    assert wide["CASR2"].isna().tolist() == [True, True, False, False]
    long = sheet(tmp_path, "id,wave,casr1\na,1,1\na,3,2\n").waves.answers.frame
    assert long[["wave", "CASR1"]].values.tolist() == [[1, 1.0], [3, 2.0]]


def test_without_ids_people_are_numbered_and_told_so(tmp_path: Path) -> None:
    found = sheet(tmp_path, "casr1\n" + "1\n" * 12)
    assert found.numbered
    assert found.waves.answers.frame["person_id"].tolist()[:2] == ["01", "02"]


def test_what_is_no_item_is_left_out_and_named(tmp_path: Path) -> None:
    assert sheet(tmp_path, "id,casr1,remark\na,1,x\n").ignored == ("remark",)
    told = run("casr-sf", written(tmp_path, "casr1,remark\n1,secret\n"))
    assert "left out: remark" in told.stderr
    assert "secret" not in told.output


def test_text_and_dates_are_kept(tmp_path: Path) -> None:
    text = "id,tf_z1_w2,tf_c1_w2\na,I will ask,very\n"
    assert sheet(tmp_path, text, TRAINING).waves.answers.frame["TF_Z1"].tolist() == ["I will ask"]
    short = load_instrument("partner-safety-short")
    frame = sheet(tmp_path, "id,pss_a_date_w1,pss_site\na,2026-03-01,1\n", short).waves.answers.frame
    assert frame["A_date"].dt.day.tolist() == [1]


BAD: dict[str, tuple[str, str]] = {
    "words that are no answer": (
        "id,casr1\na,7 times secret\nb,often\nc,1\n",
        "2 cell(s) cannot be read as an answer to CASR1",
    ),
    "a wave that does not exist": ("id,wave,casr1\na,9,1\nb,x,1\n", "2 row(s) have no wave of the instrument"),
    "two columns for one item": ("id,casr1,CASR_1\na,1,2\n", "the columns casr1 and CASR_1 are both CASR1"),
}


@pytest.mark.parametrize(("text", "what"), BAD.values(), ids=BAD)
def test_all_that_cannot_be_read_is_counted_and_never_shown(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(FindingsError) as caught:
        sheet(tmp_path, text)
    assert what in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_date_that_is_none_is_counted(tmp_path: Path) -> None:
    with pytest.raises(FindingsError, match="to mend"):
        sheet(tmp_path, "id,pss_a_date_w1\na,yesterday\n", load_instrument("partner-safety-short"))


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "nothing known": (b"id,price\na,1\n", "no column is an item of casr-sf@1.0.0"),
    "no answers": (b"id,casr1\n", "holds no answers"),
    "empty": (b"", "holds no answers"),
    "not text": (b"id,casr1\na,\xff\xfe\n", "is not UTF-8 text"),
    "too many cells": (b"id,casr1\na,1,2,3\n", "1 row(s) have more cells"),
    "too many columns": (b",".join(b"x%d" % n for n in range(5_001)) + b"\n1\n", "more than 5000 columns"),
}


@pytest.mark.parametrize(("content", "what"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_table_of_answers_cannot_be_read(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(InputError) as caught:
        sheet(tmp_path, content)
    assert what in str(caught.value)


def test_a_file_that_is_not_there_or_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_answer_sheet(tmp_path / "none.csv", CASR)
    monkeypatch.setattr("mirabal_toolkit.instruments.answer_sheets.MAX_BYTES", 4)
    with pytest.raises(InputError, match="is larger than"):
        sheet(tmp_path, "id,casr1\na,1\n")


def test_impossible_answers_are_left_out_of_scores_and_counted(tmp_path: Path) -> None:
    told = run("casr-sf", written(tmp_path, f"{HEADER}\na,{','.join('1' * 14)},7\n"))
    assert table(told.stdout)[0]["casr_sf_total"] == "15"  # the mean of the fourteen that can be
    assert "CASR15" in told.stderr


def test_ids_that_look_like_formulas_stay_text(tmp_path: Path) -> None:
    told = run("casr-sf", written(tmp_path, f"{HEADER}\n=1+1,{','.join('1' * 15)}\n"), "--quiet")
    assert "'=1+1,1,15,1" in told.stdout.casefold()


def test_outcomes_with_two_estimands_have_both(tmp_path: Path) -> None:
    text = "id,pss_b2_w1," + ",".join(f"pss_{n}_w1" for n in ("c1", "c3", "c4", "c8")) + "\na,none,,,,\n"
    (row,) = table(run("partner-safety-short", written(tmp_path, text), "--quiet").stdout)[:1]
    assert row["physical_any.experienced"] == "0"
    assert row["physical_any.while_in_contact"] == ""


def test_exports_of_survey_programs_are_scored_too(tmp_path: Path) -> None:
    out = tmp_path / "scores.csv"
    assert run("partner-safety", str(example_export()), "--out", str(out), "--quiet").exit_code == 0
    rows = table(out.read_text(encoding="utf-8"))
    assert {row["wave"] for row in rows} == {"1", "2", "3", "4", "5"}
    assert any(row["physical_any.experienced"] == "1" for row in rows)


def test_phq_4_by_words(tmp_path: Path) -> None:
    text = "id,wb_q1,wb_q2,wb_q3,wb_q4\na,Not at all,Several days,More than half the days,Nearly every day\n"
    assert PHQ.outcome("phq4_total").scale == "phq4"
    (row,) = table(run("wellbeing", written(tmp_path, text), "--quiet").stdout)[:1]
    assert (row["phq4_total"], row["phq4_moderate"]) == ("6", "1")
