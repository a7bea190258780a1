"""What people hand in by mistake: a clear message, the right exit code, and nothing lost."""

import shutil

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.cli.main import exit_code_of


@pytest.fixture
def said(capsys):
    """Run `mirabal …` in this process; returns (exit code, what stood on stderr)."""

    def run(*arguments):
        code = exit_code_of([str(argument) for argument in arguments])
        message = capsys.readouterr().err
        assert "Traceback" not in message
        return code, message

    return run


@pytest.fixture(scope="module")
def example():
    return pyreadstat.read_sav(mt.example_export(), user_missing=True)


@pytest.fixture
def quick(tmp_path):
    """Options for a report that is soon written: two outcomes, one format."""
    plan = tmp_path / "quick.yaml"
    plan.write_text(
        'format: "1"\nid: quick\nversion: "1.0.0"\ntitle: Two outcomes\ninstrument: partner-safety\n'
        "outcomes:\n  - {outcome: physical_any, model: gee, headline: true}\n"
        "  - {outcome: money_control, model: gee}\n",
        encoding="utf-8",
    )
    return ("--plan", plan, "--formats", "html", "--quiet")


def write(frame, meta, path):
    kept = [name for name in frame.columns if name in meta.column_names]
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={name: meta.column_names_to_labels[name] for name in kept},
        variable_value_labels={name: labels for name, labels in meta.variable_value_labels.items() if name in kept},
        missing_ranges={name: ranges for name, ranges in meta.missing_ranges.items() if name in kept},
    )
    return path


def waves_of(frame, *waves):
    suffixes = tuple(f"_w{wave}" for wave in (1, 2, 3, 4, 5) if wave not in waves)
    return frame[[name for name in frame.columns if not name.endswith(suffixes)]]


def test_a_missing_file(said, tmp_path):
    code, message = said("analyse", tmp_path / "nowhere.sav", "--out", tmp_path / "r")
    assert code == 5
    assert "nowhere.sav" in message


def test_a_text_file_named_sav(said, tmp_path):
    path = tmp_path / "waves.sav"
    path.write_text("person_id,c1_w1\nJANE-CANARY,1\n", encoding="utf-8")
    code, message = said("analyse", path, "--out", tmp_path / "r")
    assert code == 5
    assert "text" in message
    assert "CANARY" not in message


def test_a_truncated_file(said, tmp_path):
    path = tmp_path / "waves.sav"
    path.write_bytes(mt.example_export().read_bytes()[:100_000])
    code, message = said("analyse", path, "--out", tmp_path / "r")
    assert code == 5
    assert "waves.sav" in message


def test_no_recognisable_id(said, tmp_path, example):
    frame, meta = example
    path = write(frame.drop(columns=["person_id", "case_no"]), meta, tmp_path / "waves.sav")
    code, message = said("analyse", path, "--out", tmp_path / "r")
    assert code == 5
    assert "person_id" in message


def test_two_instruments_equally_likely(tmp_path):
    from dataclasses import replace

    from mirabal_toolkit.errors import InputError
    from mirabal_toolkit.readers import read

    one = mt.load_instrument("partner-safety")
    twin = replace(one, id="twin-safety")
    with pytest.raises(InputError) as caught:
        read([mt.example_export()], [one, twin])
    assert "twin-safety" in str(caught.value)
    assert "--instrument" in str(caught.value)


def test_only_one_wave(said, tmp_path, example):
    frame, meta = example
    path = write(waves_of(frame, 1), meta, tmp_path / "waves.sav")
    code, message = said("analyse", path, "--out", tmp_path / "r")
    assert code == 3
    assert "one wave" in message


def test_a_wave_with_no_rows_is_analysed_and_said(said, tmp_path, example, quick):
    """Nobody was reached at wave 2: the report is written, and the gap is a finding."""
    frame, meta = example
    emptied = frame.copy()
    emptied[[name for name in frame.columns if name.endswith("_w2")]] = np.nan
    path = write(emptied, meta, tmp_path / "waves.sav")
    assert said("analyse", path, "--out", tmp_path / "r", *quick)[0] == 0
    assert (tmp_path / "r" / "report.html").is_file()
    assert said("check", path)[0] == 3


def test_an_outcome_without_a_single_answer_is_said_not_estimated(said, tmp_path, example, quick):
    frame, meta = example
    emptied = frame.copy()
    emptied[[name for name in frame.columns if name.startswith("f2_")]] = np.nan
    path = write(emptied, meta, tmp_path / "waves.sav")
    assert said("analyse", path, "--out", tmp_path / "r", *quick)[0] == 0
    results = pd.read_json(tmp_path / "r" / "results.json", typ="series")["estimates"]
    money = [row for row in results if row["outcome"] == "money_control"]
    assert money
    assert all(row["estimate"] is None for row in money)


def test_ids_that_differ_only_by_spaces_or_case_are_one_person(example):
    frame, _ = example
    panel = mt.score(mt.clean(mt.read(mt.example_export()))).to_panel()
    plain = set(frame["person_id"].str.strip().str.upper())
    assert set(panel.people.frame.index) == plain
    assert any(finding.code == "similar_ids" for finding in panel.findings)


def test_an_output_folder_with_other_things_is_left_alone(said, tmp_path):
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter.docx").write_text("mine", encoding="utf-8")
    code, message = said("analyse", mt.example_export(), "--out", out)
    assert code == 2
    assert "choose" in message
    assert [path.name for path in out.iterdir()] == ["chapter.docx"]


def test_an_output_folder_that_cannot_be_written(said, tmp_path, quick, monkeypatch):
    def refused(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refused)
    code, message = said("analyse", mt.example_export(), "--out", tmp_path / "report", *quick)
    assert code == 2
    assert "cannot be written" in message


def test_a_plan_that_names_an_unknown_outcome(said, tmp_path):
    plan = tmp_path / "plan.yaml"
    original = (bundled_folder("analyses") / "steps-to-safety.yaml").read_text(encoding="utf-8")
    plan.write_text(original.replace("outcome: injured", "outcome: wounded"), encoding="utf-8")
    code, message = said("analyse", mt.example_export(), "--plan", plan, "--out", tmp_path / "r")
    assert code == 3
    assert "wounded" in message
    assert "injured" in message


def test_a_plan_with_a_slip_in_its_yaml(said, tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text('format: "1"\nid: [mine\n', encoding="utf-8")
    code, message = said("analyse", mt.example_export(), "--plan", plan, "--out", tmp_path / "r")
    assert code == 5
    assert "line 3" in message or "line 2" in message


def test_a_failed_run_leaves_the_earlier_report_as_it_was(said, tmp_path, quick):
    out = tmp_path / "r"
    assert said("analyse", mt.example_export(), "--out", out, *quick)[0] == 0
    (out / "my notes.txt").write_text("keep me", encoding="utf-8")
    before = {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    broken = tmp_path / "broken.sav"
    broken.write_bytes(mt.example_export().read_bytes()[:50_000])
    assert said("analyse", broken, "--out", out, *quick)[0] == 5
    assert {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    shutil.copy(mt.example_export(), broken)
    assert said("analyse", broken, "--out", out, *quick)[0] == 0
    assert (out / "my notes.txt").read_text(encoding="utf-8") == "keep me"
