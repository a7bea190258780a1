"""`mirabal verify`: a changed byte is found and named; the analysis done again gives the same numbers."""

import json
import shutil

import pytest

from mirabal_toolkit import workflow_analysis, workflow_reading, workflow_verify
from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.reporting.choices import Choices
from mirabal_toolkit.safekeeping import manifest as manifests
from mirabal_toolkit.verifying.numbers import compare_estimates, compare_file
from mirabal_toolkit.workflow_data import simulate_file

PLAN = """
format: "1"
id: small
version: 1.0.0
title: A small plan
instrument: partner-safety-short
seed: 5
outcomes:
  - {outcome: feels_safe, model: gee, headline: true}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Data, a plan, and the report made from them."""
    place = tmp_path_factory.mktemp("verify")
    for seed, name in ((1, "waves.sav"), (2, "others.sav")):
        simulate_file("partner-safety-short", place / name, people=60, waves=2, seed=seed)
    (place / "plan.yaml").write_text(PLAN)
    request = workflow_analysis.AnalysisRequest(
        workflow_reading.DataRequest((place / "waves.sav",)),
        place / "out",
        str(place / "plan.yaml"),
        choices=Choices(("html",)),
    )
    workflow_analysis.run_analysis(request, lambda *_: None)
    return place


@pytest.fixture
def folder(study, tmp_path):
    """A copy of the report, to be changed."""
    return shutil.copytree(study / "out", tmp_path / "report")


def verify(capsys, *arguments):
    """Return exit code, what was found as JSON, and the messages."""
    code = exit_code_of(["verify", *map(str, arguments), "--json"])
    out, messages = capsys.readouterr()
    return code, json.loads(out) if out else None, messages


def test_an_untouched_report_is_as_it_was_written(folder, capsys):
    code, found, messages = verify(capsys, folder)
    assert (code, found["problems"], found["other_versions"]) == (0, [], [])
    assert found["files"] == sum(path.is_file() for path in folder.rglob("*"))
    assert f"{found['files']} files are as they were written" in messages


@pytest.mark.parametrize("name", ["report.html", "results.json", "tables/headline.csv", "flow.json"])
def test_one_changed_byte_is_found(folder, capsys, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    code, found, _ = verify(capsys, folder)
    assert (code, [problem["where"] for problem in found["problems"]]) == (3, [name])


def test_a_missing_file_is_named_and_a_new_one_is_told(folder, capsys):
    (folder / "audit.json").unlink()
    (folder / "notes.txt").write_text("mine")
    code, found, messages = verify(capsys, folder)
    assert (code, [problem["where"] for problem in found["problems"]]) == (3, ["audit.json"])
    assert found["not_ours"] == ["notes.txt"]
    assert "Not written by the toolkit: notes.txt" in messages


def test_a_changed_manifest_is_found(folder, capsys):
    told = json.loads((folder / "manifest.json").read_text())
    told["seed"] = 6
    (folder / "manifest.json").write_text(json.dumps(told))
    code, found, _ = verify(capsys, folder)
    assert (code, [problem["where"] for problem in found["problems"]]) == (3, ["manifest.json"])


def test_a_manifest_cannot_point_out_of_its_folder(folder, capsys):
    told = json.loads((folder / "manifest.json").read_text())
    told["outputs"]["../../plan.yaml"] = "0" * 64
    (folder / "manifest.json").write_text(manifests.format_manifest(told))
    code, found, _ = verify(capsys, folder)
    assert (code, found["problems"][0]["what"]) == (3, "the manifest names a file outside the folder")


def test_other_versions_are_told_and_are_no_fault(folder, capsys):
    told = json.loads((folder / "manifest.json").read_text())
    told["versions"]["scipy"] = "0.1"
    told["code"]["sha256"] = "0" * 64
    (folder / "manifest.json").write_text(manifests.format_manifest(told))
    code, found, messages = verify(capsys, folder)
    assert code == 0
    assert any(line.startswith("scipy 0.1 then, ") for line in found["other_versions"])
    assert "with other programs, questionnaires or plans" in messages


def test_what_is_no_report_is_refused(tmp_path, capsys):
    assert verify(capsys, tmp_path)[0] == 5
    assert verify(capsys, tmp_path, "--rerun")[0] == 2
    assert verify(capsys, tmp_path, tmp_path / "x.sav")[0] == 2


def test_the_analysis_done_again_gives_every_number(study, capsys, record_property):
    before = {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}
    code, found, messages = verify(capsys, study / "out", "--rerun", study / "waves.sav", "--plan", study / "plan.yaml")
    assert (code, found["problems"]) == (0, [])
    assert found["numbers"]["identical"] > 500
    assert found["numbers"]["rounded"] == 0
    assert "numbers came again" in messages
    record_property("numbers that came again", found["numbers"]["identical"])
    assert {path: path.read_bytes() for path in study.rglob("*") if path.is_file()} == before


def test_other_data_another_plan_and_another_number_are_named(study, folder, tmp_path, capsys):
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN + "confidence_level: 0.9\n")
    (tmp_path / "links.yaml").write_text("links: []\n")
    options = ("--plan", plan, "--links", tmp_path / "links.yaml")
    code, found, _ = verify(capsys, folder, "--rerun", study / "others.sav", *options)
    where = {problem["where"] for problem in found["problems"]}
    assert code == 3
    assert {"inputs", "plan", "links", "results.json", "audit.json"} <= where


def estimate(**parts):
    return {"analysis": "prevalence", "outcome": "a", "wave": 1, "estimate": 10.0, "flags": [], **parts}


@pytest.mark.parametrize(
    ("new", "identical", "rounded", "problem"),
    [
        ([estimate()], 5, 0, None),
        ([estimate(estimate=10.000001)], 4, 1, None),
        ([estimate(estimate=10.1)], 4, 0, "1 value(s) of “prevalence” differ, by up to 0.0099"),
        ([estimate(estimate=None)], 4, 0, "1 value(s) of “prevalence” differ, some are hidden or missing on one side"),
        ([estimate(flags=["rounded"])], 4, 0, "some are hidden or missing"),
        ([], 0, 0, "1 estimate(s) of “prevalence” in the report did not come again"),
        ([estimate(), estimate(wave=2)], 5, 0, "1 estimate(s) of “prevalence” came that are not in the report"),
    ],
)
def test_numbers_are_compared_one_by_one(new, identical, rounded, problem):
    found = compare_estimates([estimate()], new)
    assert (found.identical, found.rounded) == (identical, rounded)
    assert [one.what for one in found.problems] == ([] if problem is None else [found.problems[0].what])
    assert problem is None or problem in found.problems[0].what


def test_a_part_that_is_on_one_side_only_is_a_difference():
    assert compare_file({"waves": [{"n": 1}]}, {"waves": [{"n": 1}, {"n": 2}]}, "flow.json").problems
    assert not compare_file({"waves": [{"n": 1}]}, {"waves": [{"n": 1}]}, "flow.json").problems


@pytest.mark.slow
def test_another_run_in_two_processes_writes_the_same_bytes(study, mirabal, tmp_path):
    """Also with another hash seed, by which Python orders sets."""
    done = mirabal(
        "analyse", study / "waves.sav", "--plan", study / "plan.yaml", "--formats", "html", "--out", "again",
        "--jobs", "2", PYTHONHASHSEED="7",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, second = (manifests.read_manifest(folder) for folder in (study / "out", tmp_path / "again"))
    assert first["outputs"] == second["outputs"]


@pytest.mark.parametrize(("named", "used"), [("internal", "internal"), ("funder, with rules of the plan", None)])
def test_the_analysis_is_repeated_under_the_profile_of_the_report_whoever_wrote_it(folder, monkeypatch, named, used):
    """A report written in Python says its profile in the manifest, not in a command."""
    told = json.loads((folder / manifests.MANIFEST).read_text())
    told |= {"profile": named, "command": {"command": "report", "formats": ["html"]}}
    (folder / manifests.MANIFEST).write_text(json.dumps(told))
    asked = []

    def noted(_prepared, request, _progress):
        asked.append(request.profile)
        raise InputError("far enough")

    monkeypatch.setattr(workflow_verify, "prepare", lambda *_: None)
    monkeypatch.setattr(workflow_verify, "released_from", noted)
    request = workflow_analysis.AnalysisRequest(workflow_reading.DataRequest((folder / "waves.sav",)), folder)
    with pytest.raises(InputError, match="far enough"):
        workflow_verify.verify_again(request, lambda *_: None)
    assert asked == [used]
