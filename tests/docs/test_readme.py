"""Every command the README shows is run, in its order, in one folder."""

import os
import re
import shutil
import subprocess
import sys

import pytest

import mirabal_toolkit as mt

#: Installing is what CI does first; the tests themselves are running now.
RUN_BY_CI = ("python -m pip install",)
#: Exit codes other than 0 that are the right answer for the example.
EXPECTED = {"mirabal check ": 3}


def commands(text):
    """Indented lines that begin like a command, without the words that explain them."""
    lines = re.findall(r"^    (\S.*)$", text, flags=re.MULTILINE)
    return [re.split(r"\s{3,}", line)[0] for line in lines if line.split()[0] in ("mirabal", "python", "make")]


@pytest.fixture(scope="module")
def readme(root):
    return (root / "README.md").read_text(encoding="utf-8")


def test_the_two_commands_to_begin_with_are_there(readme):
    shown = commands(readme)
    assert "python -m pip install . && mirabal demo" in shown
    assert 'python -m pip install -e ".[dev]" && python -m pytest' in shown


def test_ci_runs_the_readmes_installation(root, readme):
    script = (root / ".ci" / "run").read_text(encoding="utf-8").replace(" --quiet", "")
    for command in commands(readme):
        if command.startswith(RUN_BY_CI):
            assert command.split(" && ")[0] in script


def test_every_other_command_works(readme, tmp_path):
    shutil.copy(mt.example_export(), tmp_path / "waves.sav")
    for command in commands(readme):
        if command.startswith(RUN_BY_CI):
            continue
        finished = subprocess.run(
            [sys.executable, "-m", "mirabal_toolkit", *command.split()[1:]],
            cwd=tmp_path,
            env={**os.environ, "MPLBACKEND": "Agg"},
            capture_output=True,
            text=True,
            check=False,
        )
        expected = next((code for start, code in EXPECTED.items() if command.startswith(start)), 0)
        assert finished.returncode == expected, f"{command}\n{finished.stderr}"
    assert (tmp_path / "mirabal-report" / "report.html").is_file()
    assert (tmp_path / "study.mapping.yaml").is_file()


def test_every_kind_of_user_has_a_section_with_a_command(readme):
    sections = re.findall(r"^### (You .*?)$(.*?)(?=^##)", readme, flags=re.MULTILINE | re.DOTALL)
    assert len(sections) == 4
    assert all(commands(text) for _, text in sections)
