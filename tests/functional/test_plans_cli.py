"""`mirabal plans` as a user types it."""

import json

import pytest

from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.instruments.catalogue import bundled_instruments
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.plans.loading import bundled_plans, load_plan, plan_id_from


def test_list_names_every_plan_and_its_instrument(capsys):
    assert exit_code_of(["plans", "list", "--json"]) == 0
    plans = {record["id"]: record["instrument"] for record in json.loads(capsys.readouterr().out)}
    assert set(plans) == set(bundled_plans())
    assert plans["help-seeking-countries"] == "help-seeking"


@pytest.mark.parametrize("plan", bundled_plans())
def test_show_says_the_sha_and_every_outcome(plan, capsys):
    assert exit_code_of(["plans", "show", plan]) == 0
    told = capsys.readouterr().out
    loaded = load_plan(plan)
    assert loaded.fingerprint in told
    assert told.count("\n  - ") == len(loaded.outcomes)


@pytest.mark.parametrize("instrument", [one.id for one in bundled_instruments() if one.default_plan])
def test_every_default_plan_is_of_its_instrument(instrument):
    loaded = load_instrument(instrument)
    assert load_plan(loaded.default_plan).instrument == instrument


@pytest.mark.parametrize("instrument", ["partner-safety", "help-seeking", "wellbeing", "case-record"])
def test_a_new_plan_is_sound_and_is_never_written_over_another(instrument, tmp_path, capsys):
    file = tmp_path / "our-plan.yaml"
    assert exit_code_of(["plans", "new", str(file), "--instrument", instrument]) == 0
    written = file.read_text(encoding="utf-8")
    assert exit_code_of(["plans", "lint", str(file)]) == 0
    assert load_plan(file).id == "our-plan"
    assert {planned.outcome for planned in load_plan(file).outcomes} == set(load_instrument(instrument).outcome_by_id)
    assert exit_code_of(["plans", "new", str(file)]) == 2
    assert file.read_text(encoding="utf-8") == written
    assert "exists already" in capsys.readouterr().err


def test_lint_names_line_key_and_fix_of_everything(tmp_path, capsys):
    file = tmp_path / "plan.yaml"
    exit_code_of(["plans", "new", str(file)])
    text = file.read_text(encoding="utf-8").replace("outcome: injured, model: gee", "outcome: injured, model: lmm")
    file.write_text(text + "covariates: [P9]\n", encoding="utf-8")
    line = 1 + text[: text.index("outcome: injured")].count("\n")
    assert exit_code_of(["plans", "lint", str(file)]) == 3
    told = capsys.readouterr().err
    assert f"plan.yaml, line {line} (outcome injured)" in told
    assert "use gee, glmm" in told
    assert f"line {text.count(chr(10)) + 1} (covariates)" in told


def test_lint_takes_another_instrument_and_says_that_it_differs(capsys):
    assert exit_code_of(["plans", "lint", "children", "--instrument", "wellbeing"]) == 3
    assert "is for the instrument “child-parent”" in capsys.readouterr().err


def test_a_new_plan_is_named_alone_or_by_out(tmp_path, capsys):
    file, other = tmp_path / "our-plan.yaml", tmp_path / "other.yaml"
    assert exit_code_of(["plans", "new", str(file), "--out", str(other)]) == 2
    assert "name two files" in capsys.readouterr().err
    assert exit_code_of(["plans", "new", "--out", str(file)]) == 0
    assert [one.name for one in tmp_path.iterdir()] == ["our-plan.yaml"]


def test_a_plan_ends_in_yaml(tmp_path, capsys):
    assert exit_code_of(["plans", "new", str(tmp_path / "plan.txt")]) == 2
    assert "plan.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "plan_id"), [("My plan", "my-plan"), ("2026", "plan-2026"), ("é", "plan-mine")])
def test_ids_of_new_plans_come_from_the_name_of_the_file(name, plan_id):
    assert plan_id_from(name) == plan_id
