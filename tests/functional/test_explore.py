"""`mirabal explore`: from a study, or from a report that is there, to one page of what was released."""

import json
import re
import shutil

import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.cli.main import exit_code_of


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return mt.simulate("training-feedback", tmp_path_factory.mktemp("data") / "waves.sav", people=60, waves=3, seed=3)


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "explore"
    assert exit_code_of(["explore", str(study), "--out", str(out), "--quiet", "--jobs", "1"]) == 0
    return out


def test_it_writes_one_page_and_the_numbers_it_was_made_from(folder):
    names = {path.name for path in folder.iterdir()}
    assert {"explore.html", "results.json", "register.json", "manifest.json"} <= names
    page = (folder / "explore.html").read_text(encoding="utf-8")
    outcomes = {record["outcome"] for record in json.loads((folder / "results.json").read_text())["estimates"]}
    shown = re.findall(r'<article class="outcome" id="([^"]+)"', page)
    assert len(shown) > 4
    assert all(any(one.startswith(name.replace("_", "-")) for name in outcomes) for one in shown)


def test_what_was_written_may_leave(folder, capsys):
    assert exit_code_of(["check-outputs", str(folder)]) == 0
    assert "Nothing was found" in capsys.readouterr().err


def test_people_who_are_no_women_are_not_called_so(folder):
    assert "women" not in (folder / "explore.html").read_text(encoding="utf-8")


def test_from_a_report_it_says_the_same_at_once(folder, tmp_path, capsys):
    assert exit_code_of(["explore", str(folder), "--out", str(tmp_path / "again"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["page"] == str(tmp_path / "again" / "explore.html")
    assert (tmp_path / "again" / "explore.html").read_bytes() == (folder / "explore.html").read_bytes()


def test_a_report_cannot_be_opened_under_another_profile(folder, tmp_path, capsys):
    assert exit_code_of(["explore", str(folder), "--profile", "internal", "--out", str(tmp_path / "x")]) == 2
    assert "released already" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_a_report_that_somebody_changed_is_refused(folder, tmp_path, capsys):
    changed = shutil.copytree(folder, tmp_path / "changed")
    results = changed / "results.json"
    results.write_text(results.read_text(encoding="utf-8").replace('"count": 5', '"count": 4', 1), encoding="utf-8")
    (changed / "results.json").write_text(results.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert exit_code_of(["explore", str(changed), "--out", str(tmp_path / "x")]) == 5
    assert "changed" in capsys.readouterr().err


def test_a_folder_that_is_no_report_is_refused_with_the_next_step(tmp_path, capsys):
    (tmp_path / "holiday").mkdir()
    assert exit_code_of(["explore", str(tmp_path / "holiday"), "--out", str(tmp_path / "x")]) == 5
    assert "mirabal analyse" in capsys.readouterr().err


def test_a_survey_asked_once_has_a_page_too(tmp_path):
    data = mt.simulate("help-seeking", tmp_path / "once.csv", people=90, waves=1, seed=5)
    assert exit_code_of(["explore", str(data), "--out", str(tmp_path / "out"), "--quiet", "--jobs", "1"]) == 0
    page = (tmp_path / "out" / "explore.html").read_text(encoding="utf-8")
    assert page.count('<article class="outcome"') > 3
    assert "Before and after" not in page
    assert page.count('-groups"') > 3, "the groups the plan compares stand beside each other"
