"""Exit codes, what is printed where, and how quickly help comes."""

import json
import subprocess
import sys

import pytest

from mirabal_toolkit.version import __version__


def test_without_a_command_it_says_what_most_people_want(mirabal):
    finished = mirabal()
    assert finished.returncode == 0
    for command in ("mirabal demo", "mirabal analyse", "mirabal instruments list"):
        assert command in finished.stdout


def test_version(mirabal):
    assert mirabal("--version").stdout.strip() == f"mirabal-toolkit {__version__}"


@pytest.mark.parametrize("command", ["demo", "analyse", "import", "check", "simulate", "instruments"])
def test_every_command_has_help(mirabal, command):
    finished = mirabal(command, "--help")
    assert finished.returncode == 0
    assert "Usage" in finished.stdout


def test_help_loads_no_heavy_library():
    """Half a second for --help is held by what is imported, which a busy machine cannot blur."""
    code = (
        "import sys; from mirabal_toolkit.cli.main import exit_code_of; exit_code_of(['--help']);"
        "heavy = {'pandas', 'numpy', 'scipy', 'matplotlib', 'statsmodels', 'pyreadstat', 'docx', 'jsonschema'};"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_reading_an_instrument_does_not_wait_for_the_grammars_of_jupyterlab(tmp_path):
    """The package that takes a second and a half to import is stood in for by one that cannot be imported at all."""
    (tmp_path / "rfc3987_syntax.py").write_text("raise RuntimeError('imported')", encoding="utf-8")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r});"
        "from mirabal_toolkit.instruments.loading import load_instrument;"
        "print(load_instrument('partner-safety-short').id)"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (finished.stdout.strip(), finished.stderr) == ("partner-safety-short", "")


@pytest.mark.parametrize(
    "arguments",
    [("analyse",), ("analyze", "x.sav"), ("analyse", "x.sav", "--nonsense"), ("simulate", "no-such", "--out", "x.sav")],
)
def test_wrong_use_exits_with_2_and_no_traceback(mirabal, arguments):
    finished = mirabal(*arguments)
    assert finished.returncode == 2
    assert "Traceback" not in finished.stderr


def test_instruments_list_and_show(mirabal):
    listed = json.loads(mirabal("instruments", "list", "--json").stdout)
    assert "partner-safety" in {instrument["id"] for instrument in listed}
    shown = mirabal("instruments", "show", "partner-safety").stdout
    assert "Space for action" in shown


def test_an_internal_error_tells_where_and_shows_no_data(tmp_path, monkeypatch, capsys):
    from mirabal_toolkit import workflow_data
    from mirabal_toolkit.cli.main import exit_code_of

    def broken(*_arguments, **_options):
        raise ValueError("could not convert string to float: 'Jane Doe 07700'")

    monkeypatch.setattr(workflow_data, "simulate_file", broken)
    code = exit_code_of(["simulate", "partner-safety", "--out", str(tmp_path / "x.sav")])
    said = capsys.readouterr().err
    assert code == 1
    assert "Jane" not in said
    assert "ValueError" in said
