"""The page on how the numbers were checked, written from `tests/golden`."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

from mirabal_toolkit import mixed

GOLDEN = Path(__file__).parents[2] / "tests" / "golden"

_HEAD = """# How the numbers were checked

An estimate counts as right when a program written by others agrees. Below stands every such comparison: which program
made the reference values, with which versions, how many values there are, and where the test is. The scripts that made
them are kept beside the values, so that anybody with R (or PSPP) can make them again; the tests need neither.

    python -m pytest tests/golden

runs them all: {rows} rows of reference values. Each test says beside its comparison how far the two may differ, and
why. Further kinds of check:

- [Calibration](../calibration.md): do 95 % intervals cover, and do 5 % tests reject, as often as they say?
- [The whole road](../pipeline.md), from an export to the estimate, on artificial studies whose truth is known.
- `tests/property/`: what must hold whatever the data, on generated cases; among them an attacker who tries to work out
  hidden counts from what is released.
- The scoring that goes out as SPSS syntax is run by PSPP, the free program that reads it, and must give the toolkit's
  own scores (`tests/golden/pspp/scores.py`).
"""


def page() -> str:
    """Return the page as Markdown."""
    tests = sorted(GOLDEN.glob("test_*.py"))
    used: dict[str, int] = {}
    for test in tests:
        used |= _values(test, test.read_text(encoding="utf-8"))
    head = _HEAD.replace("{rows}", f"{sum(used.values()):,}")
    return head + "\n" + "\n".join(part for test in tests for part in _section(test)) + "\n"


def _section(test: Path) -> Iterator[str]:
    """One comparison: its sentence, its scripts with their programs, its values."""
    source = test.read_text(encoding="utf-8")
    said = ast.get_docstring(ast.parse(source)) or ""
    title, _, rest = said.partition("\n")
    stem = test.stem.removeprefix("test_")
    yield f"## {f'`{stem}`' if stem in mixed.__all__ else stem.replace('_', ' ').capitalize()}\n"
    yield f"{re.sub(r' ?[(:]?(?:see )?tests/golden/r/[a-z_]+[.]R[)]?', '', title).rstrip(':.')}.\n"
    if rest.strip():
        yield f"{rest.strip()}\n"
    scripts = _scripts(test, source)
    values = _values(test, source)
    yield f"- Test: `tests/golden/{test.name}`"
    for script in scripts:
        yield f"- Made by `tests/golden/r/{script.name}`: {_versions(script)}"
    yield f"- {sum(values.values()):,} rows of reference values in " + ", ".join(f"`{name}`" for name in values) + "\n"


def _scripts(test: Path, source: str) -> list[Path]:
    """The R scripts a test names, or those whose name begins like its own."""
    stem = test.stem.removeprefix("test_")
    named = set(re.findall(r"r/([a-z_]+)[.]R", source))
    return [path for path in sorted((GOLDEN / "r").glob("*.R")) if path.stem in named or path.stem.startswith(stem)]


def _versions(script: Path) -> str:
    """The programs and versions that made the values of a script."""
    stem = script.stem.removesuffix("_fits")
    file = GOLDEN / "values" / f"{stem}_versions.txt"
    if not file.is_file():
        return "base R"
    lines = [line.strip() for line in file.read_text(encoding="utf-8").split("\n\n")[0].splitlines()]
    return ", ".join(re.sub(r" version (\S+).*", r" \1", line) for line in lines if line)


def _values(test: Path, source: str) -> dict[str, int]:
    """Files of reference values a test reads → their rows."""
    stem = test.stem.removeprefix("test_")
    files = sorted((GOLDEN / "values").glob("*.csv"))
    used = [path for path in files if path.name in source or path.stem.startswith(stem)]
    return {path.name: _rows(path) for path in used if not re.search(r"_data|_answers|_long|_pairs", path.stem)}


def _rows(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as lines:
        return sum(1 for _ in csv.reader(lines)) - 1
