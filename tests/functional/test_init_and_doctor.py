"""The first hour: a folder, a doctor, and the same manners of every command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from mirabal_toolkit.cli.main import app, exit_code_of
from mirabal_toolkit.first_hour import doctor
from mirabal_toolkit.first_hour.folder import make_study_folder


def every_command(command, path=()):
    """(words, command) of every command there is, however deep."""
    if not hasattr(command, "commands"):
        yield path, command
    for name, part in getattr(command, "commands", {}).items():
        yield from every_command(part, (*path, name))


COMMANDS = dict(every_command(typer.main.get_command(app)))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("init") / "my study – Nö"
    return make_study_folder(folder)


def test_a_study_folder_explains_itself(study):
    names = {path.relative_to(study.folder).as_posix() for path in study.folder.rglob("*")}
    assert {"README.md", ".gitignore", "plan.yaml", "data/raw", "study", "outputs"} <= names
    assert sum(name.endswith(".ipynb") for name in names) == 7
    assert set(study.files) == {path for path in study.folder.rglob("*") if path.is_file()}


def test_the_plan_in_it_can_be_run(study, capsys):
    assert exit_code_of(["plans", "lint", str(study.folder / "plan.yaml")]) == 0
    assert "can be run on partner-safety" in capsys.readouterr().out


@pytest.mark.parametrize("instrument", ["movers", "comparison-site"])
def test_every_questionnaire_gets_a_plan_that_suits_it(tmp_path, instrument, capsys):
    made = make_study_folder(tmp_path / "study", instrument)
    assert exit_code_of(["plans", "lint", str(made.folder / "plan.yaml")]) == 0
    assert instrument in capsys.readouterr().out


def test_git_leaves_out_everything_that_holds_answers(study, tmp_path):
    subprocess.run(["git", "init", "--quiet", str(study.folder)], check=True)
    private = ["data/raw/waves.sav", "study/study.parquet", "study/study.links.yaml", "outputs/report/report.html"]
    private += ["WAVES.SAV", "Export.Xlsx", "notes.xlsx", "notebooks/mine.csv", "notebooks/.ipynb_checkpoints/x.ipynb"]
    for name in private:
        (study.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (study.folder / name).write_text("answers", encoding="utf-8")
    listed = subprocess.run(
        ["git", "-C", str(study.folder), "-c", "core.quotePath=false", "ls-files", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert set(listed) & set(private) == set()
    assert {"README.md", "plan.yaml", ".gitignore", "notebooks/values/models-in-r.csv"} <= set(listed)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    assert exit_code_of(["init", str(tmp_path)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert "mirabal init my-study" in capsys.readouterr().err


def test_the_readme_of_the_folder_names_commands_that_exist(study):
    text = (study.folder / "README.md").read_text(encoding="utf-8")
    used = [line.split()[1] for line in text.splitlines() if line.startswith("    mirabal ")]
    assert {(word,) for word in used} <= set(COMMANDS)
    assert len(used) >= 5


def test_init_says_the_next_step(tmp_path, capsys):
    assert exit_code_of(["init", str(tmp_path / "new"), "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["instrument"].startswith("partner-safety@")
    assert "README.md" in said.err


def test_the_doctor_finds_everything_needed_here(capsys):
    assert exit_code_of(["doctor", "--json"]) == 0
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert found["pandas"]["status"] == "ok"
    assert found["font of the figures"]["found"].startswith("DejaVu Sans 2")
    assert found["writing: this folder"]["status"] == "ok"


def test_what_lacks_is_told_with_what_to_do(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(doctor, "VERSIONED_PACKAGES", ("no-such-package",))
    monkeypatch.setattr(doctor, "PARTS", {"notebooks": (("no_such_module",), "notebooks in the browser", "notebooks")})
    monkeypatch.setattr(doctor, "LEAST_SPACE", 10**18)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert exit_code_of(["doctor"]) == 3
    said = capsys.readouterr().out
    for told in ("no-such-package", "PROBLEM", "mirabal-toolkit[notebooks]", "make room", "not found"):
        assert told in said


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path):
    checks = {one.name: one for one in [doctor._writing("here", tmp_path / "not there")]}
    assert checks["writing: here"].status == "problem"


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_takes_what_scripts_give(path):
    known = {name for parameter in COMMANDS[path].params for name in parameter.opts}
    assert {"--json", "--quiet", "--no-progress"} <= known


@pytest.mark.parametrize(
    "arguments",
    [
        ("plans", "list"),
        ("plans", "show", "steps-to-safety"),
        ("instruments", "list"),
        ("instruments", "diff", "partner-safety@1.0.0", "partner-safety@1.1.0"),
        ("notebooks",),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_json_is_json_and_nothing_else(arguments, capsys):
    assert exit_code_of([*arguments, "--json", "--quiet", "--no-progress"]) == 0
    said = capsys.readouterr()
    json.loads(said.out)
    assert said.err == ""


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_fits_80_columns_without_colour(path, capsys, monkeypatch):
    for name, value in (("COLUMNS", "80"), ("TERMINAL_WIDTH", "80"), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)
    assert exit_code_of([*path, "--help"]) == 0
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    assert "\x1b" not in said


@pytest.mark.parametrize("arguments", [("notebooks",), ("doctor",), ("plans", "list"), ("instruments", "list")])
def test_what_is_printed_fits_80_columns(arguments, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    exit_code_of(list(arguments))
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    assert "\x1b" not in said


def test_signs_reach_a_pipe_that_speaks_another_encoding(mirabal):
    shown = mirabal("instruments", "show", "wellbeing", "--lang", "el", PYTHONIOENCODING="ascii")
    assert shown.returncode == 0
    assert sum("α" <= sign <= "ω" for sign in shown.stdout) > 100


def test_the_shell_completes_commands():
    """As `mirabal --install-completion` sets it up for bash."""
    program = Path(sys.executable).parent / "mirabal"
    asked = {"_MIRABAL_COMPLETE": "complete_bash", "COMP_WORDS": "mirabal note", "COMP_CWORD": "1"}
    finished = subprocess.run([program], env=asked, capture_output=True, text=True, check=False)
    assert finished.stdout.split() == ["notebooks"]
