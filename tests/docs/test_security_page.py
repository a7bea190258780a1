"""Every promise of SECURITY.md names a test that is there."""

import ast
import re

import pytest

PROMISE = re.compile(r"^\| (?P<what>.+?) \| `(?P<file>tests/[\w/]+\.py)::(?P<test>\w+)` \|$", re.MULTILINE)
AGAINST = ("The partner", "A colleague", "A thief", "A curious reader", "A malicious file")


@pytest.fixture(scope="module")
def page(root):
    return (root / "SECURITY.md").read_text(encoding="utf-8")


def test_every_row_is_a_promise_with_a_test(page):
    rows = [line for line in page.splitlines() if line.startswith("| ") and line != "| promised | held by |"]
    assert len(rows) > 30
    assert len(PROMISE.findall(page)) == len(rows)


def test_the_tests_exist(page, root):
    for match in PROMISE.finditer(page):
        file = root / match["file"]
        names = [node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)]
        assert match["test"] in names, match["file"]


@pytest.mark.parametrize("whom", AGAINST)
def test_against_everybody_something_is_promised_and_something_is_not(page, whom):
    section = page.split(f"## {whom}", 1)[1].split("\n## ", 1)[0]
    assert PROMISE.search(section)
    assert "Not promised: " in section
