"""What a user decides about cleaning: strictness, links between ids, steps in the plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mirabal_toolkit import workflow, workflow_analysis, workflow_reading
from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.errors import FindingsError


@pytest.fixture
def export() -> str:
    return str(workflow.example_export())


def wrong_wave(export: str, folder: Path) -> Path:
    """The example with one variable under a name that only its label explains."""
    import pyreadstat

    data, meta = pyreadstat.read_sav(export, user_missing=True)
    names = ["frage_17" if name == "c3_w3" else name for name in data.columns]
    labels = [meta.column_names_to_labels[name] or "" for name in data.columns]
    path = folder / "renamed.sav"
    pyreadstat.write_sav(data.set_axis(names, axis=1), str(path), column_labels=labels)
    return path


def test_strict_refuses_what_is_not_sure_and_lists_it(export, tmp_path, capsys):
    doubtful = wrong_wave(export, tmp_path)
    study = tmp_path / "study.parquet"
    assert exit_code_of(["import", str(doubtful), "--out", str(study), "--strict=0.95", "--quiet"]) == 3
    told = capsys.readouterr().err
    assert "frage_17 was taken for C3" in told
    assert "--mapping" in told
    assert not study.exists()
    mapping = tmp_path / "study.mapping.yaml"
    assert mapping.exists(), "the mapping to correct is there"
    assert exit_code_of(["analyse", str(doubtful), "--strict", "0.95", "--dry-run", "--quiet"]) == 3
    assert exit_code_of(["check", str(doubtful), "--strict=0.99", "--quiet"]) == 3
    capsys.readouterr()
    agreed = ["import", str(doubtful), "--out", str(study), "--strict=0.95", "--mapping", str(mapping), "--quiet"]
    assert exit_code_of(agreed) == 0
    assert exit_code_of(["import", str(doubtful), "--out", str(study), "--strict", "--quiet"]) == 0


def test_links_are_proposed_decided_and_followed(export, tmp_path, capsys):
    study, links = tmp_path / "study.parquet", tmp_path / "study.links.yaml"
    assert exit_code_of(["import", export, "--out", str(study), "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["links"] == str(links)
    before = workflow.clean(workflow.read(study))
    links.write_text(links.read_text().replace('same: "?"', "same: yes"))
    after = workflow.clean(workflow.read(study), links=links)
    people = [len(one.answers.frame.index.unique("person_id")) for one in (before, after)]
    assert people[0] - people[1] == 1
    merged = [step.changed for step in after.trail.steps if step.step == "merge_linked_ids"]
    assert merged == [1]
    assert exit_code_of(["analyse", str(study), "--links", str(links), "--dry-run", "--json", "--quiet"]) == 0


def test_a_plan_can_change_the_cleaning(export, tmp_path):
    plan = tmp_path / "mine.yaml"
    usual = (bundled_folder("analyses") / "steps-to-safety.yaml").read_text(encoding="utf-8")
    rules = (
        "cleaning: {switch_off: [check_reversals], parameters: {check_dates: {window_days: 400, slack_days: 400}}}\n"
    )
    plan.write_text(usual + rules, encoding="utf-8")
    request = workflow_analysis.AnalysisRequest(
        workflow_reading.DataRequest((Path(export),)), tmp_path / "out", plan=str(plan)
    )
    panel = workflow_analysis.prepare(request, lambda *_: None).panel
    assert "check_reversals" not in {step.step for step in panel.trail.steps}
    assert not {"outside_window", "look_back_gap"} & {finding.code for finding in panel.findings}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("cleaning: {switch_of: [check_dates]}", "did you mean “switch_off”"),
        ("cleaning: {parameters: {check_dates: {window_days: soon}}}", "line"),
        ("cleaning: {switch_off: [settle_status]}", "cannot be switched off"),
        ("cleaning: {parameters: {check_dates: {windows: 3}}}", "window_days"),
    ],
)
def test_a_wrong_rule_is_told(export, tmp_path, rules, said):
    plan = tmp_path / "mine.yaml"
    usual = (bundled_folder("analyses") / "steps-to-safety.yaml").read_text(encoding="utf-8")
    plan.write_text(f"{usual}{rules}\n", encoding="utf-8")
    request = workflow_analysis.AnalysisRequest(
        workflow_reading.DataRequest((Path(export),)), tmp_path / "out", plan=str(plan)
    )
    with pytest.raises(FindingsError) as caught:
        workflow_analysis.prepare(request, lambda *_: None)
    assert said in str(caught.value)
