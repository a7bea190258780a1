"""Files stay small enough to read in one sitting, and nobody's machine stands in them."""

import ast
import re

import pytest

MOST_LINES = 450
MOST_FUNCTION_LINES = 60


@pytest.fixture(scope="module")
def sources(root):
    return sorted((root / "mirabal_toolkit").rglob("*.py"))


def test_no_file_is_longer_than_a_sitting(sources, root):
    long = {
        str(path.relative_to(root)): length
        for path in sources
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_no_function_is_longer_than_a_page(sources, root):
    long = {
        f"{path.relative_to(root)}:{node.name}": body
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (body := _body_lines(node)) > MOST_FUNCTION_LINES
    }
    assert long == {}


def _body_lines(node):
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(node.body) > 1
    return node.end_lineno - (node.body[1] if documented else first).lineno + 1


def test_no_path_of_one_machine_in_the_project(root):
    pattern = re.compile(r"(?<![\w.])/(?:home|work|root|tmp)/[a-z]")
    folders = ("mirabal_toolkit", "instruments", "analyses", "examples", "benchmarks", "docs", "tests")
    suffixes = {".py", ".md", ".yaml", ".json", ".R", ".toml"}
    found = [
        str(path.relative_to(root))
        for folder in folders
        for path in (root / folder).rglob("*")
        if path.suffix in suffixes and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
