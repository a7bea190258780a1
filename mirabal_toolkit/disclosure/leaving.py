"""Look for what must not leave in a folder that is about to.

The files themselves are looked at, and nobody is trusted, not even the toolkit that wrote them: somebody may
have added a file, or changed one by hand.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mirabal_toolkit.core.results import DisclosureProfile
from mirabal_toolkit.errors import InputError, Problem
from mirabal_toolkit.safekeeping.hashes import file_hash
from mirabal_toolkit.safekeeping.manifest import MANIFEST, incomplete, read_manifest

RESULTS = "results.json"

#: Endings of files that hold answers, keys, or links between people.
ANSWERS = (".sav", ".zsav", ".por", ".dta", ".xpt", ".sas7bdat", ".parquet", ".feather", ".rds", ".rdata", ".db")
SECRETS = (".key", ".pem", ".links.yaml", ".mapping.yaml")
NOTEBOOKS = (".ipynb",)

#: Columns of a table that count people, as the toolkit names them.
_COUNTS = re.compile(r"^(n|people|count|persons|smallest)(_.*)?$")


def problems_of(folder: Path) -> list[Problem]:
    """Return what must not leave in `folder`, and what somebody must look at first.

    Parameters
    ----------
    folder : Path
        An output folder of the toolkit.

    Returns
    -------
    list of Problem
        Empty when everything may leave by the rules of its profile.

    Raises
    ------
    InputError
        If it is not an output folder, or its manifest or results cannot be read.
    """
    manifest = read_manifest(folder)
    results = _read_json(folder, RESULTS)
    profile = _profile(results)
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() or path.is_symlink()]
    files = {path.relative_to(folder).as_posix(): path for path in paths}
    return [
        *_internal(profile),
        *_changed(files, manifest.get("outputs", {})),
        *_foreign(files, manifest.get("outputs", {})),
        *_small_results(results, profile),
        *(problem for name, path in files.items() if path.suffix == ".csv" for problem in _small(name, path, profile)),
    ]


def _read_json(folder: Path, name: str) -> dict[str, Any]:
    try:
        content = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise incomplete(folder, name) from None
    return content if isinstance(content, dict) else {}


def _profile(results: Mapping[str, Any]) -> DisclosureProfile:
    try:
        return DisclosureProfile(**results["profile"])
    except (KeyError, TypeError):
        fix = "write the report again with `mirabal analyse`"
        raise InputError("results.json does not say by which profile it was protected", fix=fix) from None


def _internal(profile: DisclosureProfile) -> Iterator[Problem]:
    if not profile.releasable:
        text = f"the report was written with the profile “{profile.name}”, which hides nothing"
        yield Problem(text, fix="write it again for those who will read it: --profile funder, or public")


def _changed(files: Mapping[str, Path], outputs: Mapping[str, str]) -> Iterator[Problem]:
    for name, digest in outputs.items():
        if name not in files:
            yield Problem("a file of the report is missing", name, "write the report again")
        elif files[name].is_symlink() or file_hash(files[name]) != digest:
            yield Problem("a file was changed after the toolkit wrote it, so nobody has checked it", name)


def _foreign(files: Mapping[str, Path], outputs: Mapping[str, str]) -> Iterator[Problem]:
    for name in sorted(files.keys() - outputs.keys() - {MANIFEST}):
        lower = name.lower()
        if files[name].is_symlink():
            yield Problem("a link lies in the folder; what it leads to may be sent in its place", name, "take it out")
        elif lower.endswith(ANSWERS):
            yield Problem("a file of answers lies in the folder", name, "take it out before anything leaves")
        elif lower.endswith(SECRETS):
            yield Problem("a file that links answers to people lies in the folder", name, "take it out")
        elif lower.endswith(NOTEBOOKS):
            yield Problem("a notebook lies in the folder; what it has shown may stand in it", name, "take it out")
        else:
            yield Problem("a file that the toolkit did not write", name, "look at it yourself, or take it out")


def _small_results(results: Mapping[str, Any], profile: DisclosureProfile) -> Iterator[Problem]:
    found: dict[str, int] = {}
    for row in results.get("estimates", ()):
        if any(_is_small(row.get(name), profile) for name in ("count", "n_obs", "n_persons", "n_universe")):
            found[row.get("analysis", "")] = found.get(row.get("analysis", ""), 0) + 1
    for analysis, number in found.items():
        yield Problem(f"{number} estimate(s) of “{analysis}” count fewer people than may be told", RESULTS)


def _small(name: str, path: Path, profile: DisclosureProfile) -> Iterator[Problem]:
    """Look for small numbers in the columns of a table that count people."""
    if path.parent.name not in ("tables", "figures"):
        return
    try:
        lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (OSError, ValueError, csv.Error):
        yield Problem("the table cannot be read", name, "write the report again")
        return
    headers, rows = (lines[0], lines[1:]) if lines else ([], [])
    for place, header in enumerate(headers):
        small = sum(place < len(row) and _is_small(_number(row[place]), profile) for row in rows)
        if small and _COUNTS.match(header):
            yield Problem(f"{small} number(s) of people smaller than may be told", f"{name}, column {header}")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_small(count: Any, profile: DisclosureProfile) -> bool:
    if not isinstance(count, int | float):
        return False
    # 0 is never looked for: a base of nobody tells nothing.
    return 1 <= count < profile.threshold
