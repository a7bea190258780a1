"""Commands, targets and files named within sentences are there: in every page, and in what the program itself says."""

import re

import pytest
import typer.main

from mirabal_toolkit.cli.main import app

#: Named as an example of a slip, of what shells offer, or as what a reader is to write.
NOT_OURS = {"mirabal analyze", "mirabal --install-completion", "mirabal --help"}
TO_BE_WRITTEN = {"models/ever.py"}
FOLDERS = "tests docs benchmarks instruments analyses notebooks examples"


@pytest.fixture(scope="module")
def pages(root):
    found = [*root.glob("*.md"), *(root / "instruments").rglob("*.md"), *(root / "docs").rglob("*.md")]
    return [page for page in found if not {"_build", "generated"} & set(page.relative_to(root).parts)]


@pytest.fixture(scope="module")
def program():
    return typer.main.get_command(app)


def unknown(command, program):
    """Return the first word of a command that the program does not know; words for files are anybody's."""
    node, words = program, command.split()[1:]
    while hasattr(node, "commands") and words and words[0] not in ("…", "..."):
        if words[0] not in node.commands:
            return words[0]
        node = node.commands[words.pop(0)]
    options = {name for one in node.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
    named = re.findall(r"(?<!\S)\[?(--[a-z-]+)", " ".join(words))
    return next((name for name in named if name not in options), None)


def commands_in(text):
    found = (re.sub(r"\s+", " ", one) for one in re.findall(r"`(mirabal [^`{}]+)`", text))
    return [one for one in found if one not in NOT_OURS]


def test_every_command_named_in_a_sentence_is_one(root, pages, program):
    sources = [*pages, *(root / "mirabal_toolkit").rglob("*.py"), *(root / "notebooks").rglob("*.py")]
    named = {(path, one) for path in sources for one in commands_in(path.read_text(encoding="utf-8"))}
    assert len(named) > 100
    assert [f"{path.name}: {one}" for path, one in sorted(named) if unknown(one, program)] == []


def test_every_make_target_and_file_named_in_a_sentence_is_there(root, pages):
    targets = set(re.findall(r"^([\w-]+):", (root / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    rooms = [path.name for path in (root / "mirabal_toolkit").iterdir() if (path / "__init__.py").is_file()]
    inside = re.compile(rf"`((?:mirabal_toolkit|{'|'.join([*FOLDERS.split(), *rooms])})/[\w./-]+)`")
    checked = 0
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert set(re.findall(r"`make ([\w-]+)`", text)) <= targets, page.name
        for name in set(inside.findall(text)) - TO_BE_WRITTEN:
            checked += 1
            assert (root / name).exists() or (root / "mirabal_toolkit" / name).exists(), f"{page.name}: {name}"
    assert checked > 100


@pytest.mark.parametrize("wrong", ["mirabal nonsense", "mirabal plans nonsense", "mirabal analyse DATA --nonsense"])
def test_a_wrong_command_is_noticed(program, wrong):
    assert unknown(wrong, program) is not None


def test_a_right_command_is_not(program):
    assert unknown("mirabal analyse DATA --out DIR --seed 4", program) is None
    assert unknown("mirabal instruments …", program) is None
