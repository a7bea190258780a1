"""Pages of the site that are written from the program say all of it."""

import csv
import os
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer.main

import mirabal_toolkit
from mirabal_toolkit import mixed
from mirabal_toolkit.cli.main import app
from mirabal_toolkit.core import results

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

from site_pages import PAGES, checked, commands, decisions, results_format, write_pages  # noqa: E402


def every_command(group, name="mirabal"):
    for short, part in group.commands.items():
        full = f"{name} {short}"
        if hasattr(part, "commands"):
            yield from every_command(part, full)
        elif not part.hidden:
            yield full, part


def test_every_command_and_option_stands_on_its_page():
    text = commands.page()
    found = list(every_command(typer.main.get_command(app)))
    assert len(found) > 20
    for full, part in found:
        section = text.partition(f" `{full}`\n")[2].partition("\n##")[0]
        assert section, full
        for option in part.params:
            if option.param_type_name == "option" and "--help" not in option.opts:
                assert f"`{option.opts[0]}`" in section, (full, option.opts)


def test_every_exit_code_is_told():
    told = re.findall(r"^\| (\d) \| \S", commands.page(), flags=re.MULTILINE)
    assert told == [str(code) for code in range(7)]


def test_everything_a_result_can_hold_is_told():
    text = results_format.page()
    for name in [*results.ESTIMATE_COLUMNS, *results.ANALYSES, *results.FLAGS]:
        assert f"| `{name}` |" in text, name


@pytest.mark.parametrize("test", sorted(checked.GOLDEN.glob("test_*.py")), ids=lambda path: path.stem)
def test_every_comparison_names_its_program_and_its_values(test):
    text = checked.page()
    section = text.partition(f"`tests/golden/{test.name}`")[2].partition("\n## ")[0]
    assert "- Made by `tests/golden/" in section
    assert re.search(r"R \d|base R", section)
    files = re.findall(r"`([\w]+\.csv)`", section)
    assert files
    rows = 0
    for name in files:
        with (checked.GOLDEN / "values" / name).open(encoding="utf-8", newline="") as lines:
            rows += len(list(csv.reader(lines))) - 1
    assert f"- {rows:,} rows of reference values" in section


def test_every_public_function_stands_on_the_page_of_python():
    text = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^[.]{2} auto(?:function|class):: ([\w.]+)$", text, flags=re.MULTILINE))
    public = {f"mirabal_toolkit.{name}" for name in mirabal_toolkit.__all__ if not name.startswith("_")}
    assert public | {f"mirabal_toolkit.mixed.{name}" for name in mixed.__all__} <= named
    for name in named:
        module, _, attribute = name.rpartition(".")
        assert getattr(import_module(module), attribute).__doc__


def test_every_decision_is_in_the_contents():
    text = decisions.page()
    assert all(path.stem in text for path in decisions.FOLDER.glob("*.md") if path.stem != "README")


def test_a_page_that_has_not_changed_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setitem(PAGES, "results-format", lambda: "first")
    monkeypatch.setitem(PAGES, "commands", lambda: "always the same")
    written = {path.stem: path for path in write_pages(tmp_path / "generated")}
    assert set(written) == set(PAGES)
    os.utime(written["commands"], (1, 1))
    monkeypatch.setitem(PAGES, "results-format", lambda: "second")
    write_pages(tmp_path / "generated")
    assert written["commands"].stat().st_mtime == 1
    assert written["results-format"].read_text(encoding="utf-8") == "second"
