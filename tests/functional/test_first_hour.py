"""Where people stumbled in their first hour, and no longer should: see docs/decisions, "the first hour"."""

import shutil

import pytest

from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.instruments.loading import reference_path
from mirabal_toolkit.plans.loading import load_plan


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_folders_for_what_is_written_need_not_be_made_first(here):
    assert exit_code_of(["simulate", "wellbeing", "--people", "12", "--out", "raw/export.csv", "--quiet"]) == 0
    assert exit_code_of(["import", "raw/export.csv", "--out", "study/study.parquet", "--quiet"]) == 0
    assert exit_code_of(["write", "study/study.parquet", "--to", "clean/clean.csv", "--quiet"]) == 0
    assert exit_code_of(["plans", "new", "plans/mine.yaml"]) == 0
    for made in ("raw/export.csv", "study/study.parquet", "study/study.mapping.yaml", "clean/clean.csv"):
        assert (here / made).is_file(), made


def test_a_new_plan_for_a_questionnaire_of_ones_own_says_how_to_check_it(here, capsys):
    own = here / "mine" / "1.0.0.yaml"
    own.parent.mkdir()
    shutil.copy(reference_path("wellbeing"), own)
    assert exit_code_of(["plans", "new", "plan.yaml", "--instrument", "mine/1.0.0.yaml"]) == 0
    said = capsys.readouterr().err
    assert "mirabal plans lint plan.yaml --instrument mine/1.0.0.yaml" in said
    assert "--plan plan.yaml --instrument mine/1.0.0.yaml" in (here / "plan.yaml").read_text(encoding="utf-8")
    command = said.partition("then: mirabal ")[2].split()
    assert exit_code_of(command) == 0


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["Women", "survey", "2026.sav"], 'a name with spaces needs quotation marks: "Women survey 2026.sav"'),
        (["raw/wave.csv"], "did you mean “raw/waves.csv”?"),
        (["rwa/waves.csv"], "there is no folder “rwa”: look at its spelling"),
        (["nothing-like-it.xlsx"], "look at the spelling and the folder"),
    ],
)
def test_a_name_that_is_not_there_is_met_with_what_is(here, capsys, typed, told):
    (here / "raw").mkdir()
    for name in ("Women survey 2026.sav", "raw/waves.csv"):
        (here / name).touch()
    assert exit_code_of(["analyse", *typed]) == 5
    assert told in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(("instrument", "most"), [("partner-safety", 6), ("wellbeing", 5)])
def test_a_new_plan_has_no_more_headlines_than_are_read(here, instrument, most):
    assert exit_code_of(["plans", "new", "plan.yaml", "--instrument", instrument]) == 0
    headlines = [planned.outcome for planned in load_plan("plan.yaml").outcomes if planned.headline]
    assert len(headlines) == most
    assert exit_code_of(["plans", "lint", "plan.yaml"]) == 0
