"""The last look before a folder leaves."""

from __future__ import annotations

import json
import shutil

import pytest


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A small released report, made by the toolkit itself."""
    import mirabal_toolkit as mt
    from mirabal_toolkit.core.plan import PlannedOutcome
    from mirabal_toolkit.synthetic import simulate

    study = simulate(mt.load_instrument("partner-safety@1.0.0"), people=70, waves=2, seed=3)
    plan = mt.load_plan("steps-to-safety")
    plan = type(plan)(
        **{
            **{name: getattr(plan, name) for name in ("id", "version", "title", "description", "instrument")},
            "outcomes": (PlannedOutcome("physical_any", headline=True), PlannedOutcome("feels_safe", headline=True)),
            "fingerprint": plan.fingerprint,
        }
    )
    results = mt.analyse(mt.score(mt.clean(study.waves)).to_panel(), plan)
    folders = {}
    for profile in ("funder", "internal"):
        folders[profile] = tmp_path_factory.mktemp("outputs") / profile
        mt.report(mt.release(results, profile), folders[profile], formats=("html",))
    return folders


@pytest.fixture
def folder(report, tmp_path):
    return shutil.copytree(report["funder"], tmp_path / "report")


def test_what_the_toolkit_released_may_leave(mirabal, folder):
    finished = mirabal("check-outputs", folder)
    assert finished.returncode == 0, finished.stderr
    assert "Whoever sends it still decides" in finished.stderr


def test_an_internal_report_may_not(mirabal, report):
    finished = mirabal("check-outputs", report["internal"])
    assert finished.returncode == 4
    assert "hides nothing" in finished.stderr
    assert "--profile funder" in finished.stderr


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("waves.sav", "a file of answers"),
        ("study.parquet", "a file of answers"),
        ("study.links.yaml", "links answers to people"),
        ("tables/mine.ipynb", "a notebook"),
        ("letter.docx", "did not write"),
    ],
)
def test_files_of_others_are_named(mirabal, folder, name, told):
    (folder / name).write_bytes(b"x")
    finished = mirabal("check-outputs", folder)
    assert finished.returncode == 4
    assert told in finished.stderr
    assert name in finished.stderr


def test_a_file_changed_by_hand_is_named(mirabal, folder):
    with (folder / "report.html").open("a", encoding="utf-8") as page:
        page.write("<p>and 3 women more</p>")
    finished = mirabal("check-outputs", folder)
    assert finished.returncode == 4
    assert "report.html" in finished.stderr


def test_a_small_count_slipped_into_results_or_a_table_is_found(mirabal, folder):
    path = folder / "results.json"
    results = json.loads(path.read_text(encoding="utf-8"))
    next(row for row in results["estimates"] if row["count"])["count"] = 3
    path.write_text(json.dumps(results), encoding="utf-8")
    table = folder / "tables" / "before-after.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    cells[2] = "2"
    table.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]), encoding="utf-8")
    finished = mirabal("check-outputs", folder, "--json")
    assert finished.returncode == 4
    found = {
        problem["where"]
        for problem in json.loads(finished.stdout)
        if "fewer" in problem["what"] or "smaller" in problem["what"]
    }
    assert found == {"results.json", "tables/before-after.csv, column n_before"}


@pytest.mark.parametrize("missing", ["manifest.json", "results.json"])
def test_what_is_no_report_is_said(mirabal, folder, missing):
    (folder / missing).unlink()
    finished = mirabal("check-outputs", folder)
    assert finished.returncode == 5
    assert missing in finished.stderr
