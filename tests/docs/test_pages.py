"""What pages show is run: each page in a folder of its own, its files, commands and Python in their order.

A line that begins with four spaces and `mirabal` is a command; a block of Python is run; a block of YAML whose first
line is `# file: NAME` or the name of a file is written; a block of text after a command must stand in what it said.
Pages whose commands estimate models take long: they are run by `make slow`, and their commands are parsed here.
"""

import contextlib
import io
import os
import re
import shlex
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import typer.main

import mirabal_toolkit as mt
from mirabal_toolkit.cli.main import app, exit_code_of
from mirabal_toolkit.cli.strictness import with_usual_strictness
from mirabal_toolkit.safe_yaml import parse_yaml

DOCS = Path(__file__).parents[2] / "docs"
#: Run by tests of their own, which know more about them.
TESTED_APART = {"bringing-data.md", "cleaning.md", "coming-from-other-programs.md", "formats.md", "protecting-data.md"}
PAGES = {
    path.relative_to(DOCS).as_posix(): path
    for path in sorted(DOCS.rglob("*.md"))
    if not {"_build", "generated", "decisions"} & set(path.relative_to(DOCS).parts)
}
#: Commands with a file that stands for the reader’s own.
STANDS_FOR_OTHERS = ("mirabal analyse waves.sav",)
#: Exit codes other than 0 that are the right answer.
EXPECTED = {"mirabal check examples/five-waves.sav": 3}
HEAVY = re.compile(r"^mirabal (demo|power|write|analyse(?!.*--dry-run))|^python -m pip")


@dataclass(frozen=True)
class Step:
    """One thing a page shows: a command, a block of Python, a file to write, or what a command says."""

    kind: str
    text: str


def steps_of(page):
    """What a page shows, in its order."""
    text = page.read_text(encoding="utf-8")
    pattern = r"^```(python|yaml|text)\n(.*?)^```$|^    ((?:mirabal|python) [^\n]*)$"
    found = re.finditer(pattern, text, flags=re.MULTILINE | re.DOTALL)
    # Words after three spaces explain a command.
    return [Step(one[1] or "command", one[2] or re.split(r"\s{3,}", one[3])[0]) for one in found]


def commands_of(page):
    return [step.text for step in steps_of(page) if step.kind == "command"]


def is_heavy(page):
    python = " ".join(step.text for step in steps_of(page) if step.kind == "python")
    return "mt.analyse" in python or any(HEAVY.match(command) for command in commands_of(page))


def to_run():
    """Every page that shows something, marked by what it costs."""
    for name, page in PAGES.items():
        if name not in TESTED_APART and any(step.kind in ("command", "python") for step in steps_of(page)):
            yield pytest.param(page, id=name, marks=[pytest.mark.slow] if is_heavy(page) else [])


def test_the_pages_show_something():
    assert len(PAGES) > 15
    assert sum(len(commands_of(page)) for page in PAGES.values()) > 50


@pytest.mark.parametrize("name", list(PAGES))
def test_every_command_is_written_as_the_program_takes_it(name):
    for command in commands_of(PAGES[name]):
        for part in command.split(" && "):
            words = shlex.split(part)
            if words[0] == "mirabal":
                parse(words[1:])


@cache
def program():
    return typer.main.get_command(app)


def parse(words):
    """Parse a command line without running anything; an unknown option or name raises."""
    context = program().make_context("mirabal", list(with_usual_strictness(words)))
    while hasattr(context.command, "commands"):
        name, *rest = [*context._protected_args, *context.args]
        assert name in context.command.commands, name
        try:
            context = context.command.commands[name].make_context(name, rest, parent=context)
        except typer.BadParameter as error:
            if "does not exist" in str(error):  # files are there when the page is followed
                return
            raise


@pytest.mark.parametrize("page", list(to_run()))
def test_everything_a_page_shows_is_so(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "examples").mkdir()
    shutil.copy(mt.example_export(), tmp_path / "examples" / "five-waves.sav")
    space, said = {}, ""
    for step in steps_of(page):
        if step.kind == "command":
            said = run(step.text)
        elif step.kind == "python":
            exec(step.text, space)  # noqa: S102 - the page's own code
        elif step.kind == "yaml":
            write(step.text, tmp_path)
        else:
            assert_said(step.text, said, tmp_path)


def run(commands):
    """Run what one line shows, and return all that was said."""
    heard = io.StringIO()
    for command in commands.split(" && "):
        if command.startswith("mirabal") and command not in STANDS_FOR_OTHERS:
            with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard):
                code = exit_code_of(shlex.split(command)[1:])
            assert code == EXPECTED.get(command, 0), f"{command}\n{heard.getvalue()}"
    return heard.getvalue()


def write(text, folder):
    """Write a file a page shows, if it says its name; every YAML of a page must at least be sound."""
    parse_yaml(text, "a page")
    named = re.match(r"# (?:file: )?([\w./-]+\.yaml)$", text.splitlines()[0])
    if named:
        path = folder / named[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def assert_said(text, said, folder):
    """Hold that a block of text stands in what the command before it said, or in a file it wrote."""
    written = [path for path in folder.rglob("*") if path.suffix in (".yaml", ".csv", ".txt") and path.is_file()]
    everything = [said, *(path.read_text(encoding="utf-8") for path in written)]
    wanted = " ".join(text.split())
    assert any(wanted in " ".join(one.split()) for one in everything), text


def test_a_wrong_page_is_noticed(tmp_path, monkeypatch):
    """Each kind of mistake a page can hold fails."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Exception, match="nonsense"):
        parse(["analyse", "a.sav", "--nonsense"])
    with pytest.raises(AssertionError):
        parse(["nonsense"])
    with pytest.raises(AssertionError):
        run("mirabal plans show nonsense")
    with pytest.raises(AssertionError):
        assert_said("nonsense", run("mirabal plans list"), Path(os.curdir))
