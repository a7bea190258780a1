"""A report held against what it says of itself, and against the same analysis done again.

Like `workflow`, this joins rooms and computes nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.errors import InputError, Problem, UsageError
from mirabal_toolkit.safekeeping.manifest import read_manifest
from mirabal_toolkit.verifying.files import changed_files, foreign_files, other_versions
from mirabal_toolkit.verifying.numbers import Compared, compare_estimates, compare_file
from mirabal_toolkit.workflow import Progress
from mirabal_toolkit.workflow_analysis import STEPS, AnalysisRequest, prepare, released_from


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found out about a folder of outputs.

    Parameters
    ----------
    files : int
        Files whose SHA-256 was recomputed.
    problems : tuple of Problem
        What is not as it was written, or did not come again.
    versions : tuple of str
        What wrote the folder and is not what is installed now; it may explain numbers that differ.
    foreign : tuple of str
        Files that the toolkit did not write.
    numbers : Compared or None
        Of a rerun: how many numbers came again.
    """

    files: int
    problems: tuple[Problem, ...]
    versions: tuple[str, ...]
    foreign: tuple[str, ...]
    numbers: Compared | None = None


def verify(folder: str | Path) -> Verified:
    """Recompute every SHA-256 of a folder of outputs.

    Parameters
    ----------
    folder : path
        As `analyse`, `check --out` or `power --out` wrote it.

    Raises
    ------
    InputError
        If it holds no manifest that can be read.
    """
    place = Path(folder)
    manifest = read_manifest(place)
    return Verified(
        files=len(manifest["outputs"]) + 1,
        problems=tuple(changed_files(place, manifest)),
        versions=other_versions(manifest),
        foreign=foreign_files(place, manifest),
    )


def verify_again(request: AnalysisRequest, progress: Progress) -> Verified:
    """Recompute every SHA-256, repeat the analysis on the data, and compare every number; nothing is written.

    Parameters
    ----------
    request : AnalysisRequest
        The data and options of the first run; ``out`` is the folder to verify. Profile and seed are those of
        its manifest, and so is the plan where none is named.

    Raises
    ------
    UsageError
        If the folder does not hold an analysis.
    MirabalError
        As in `run_analysis`.
    """
    from mirabal_toolkit.disclosure.profiles import PROFILES

    first = verify(request.out)
    manifest = read_manifest(request.out)
    asked = manifest.get("command", {})
    if asked.get("command") not in ("analyse", "report"):
        raise UsageError(
            f"{request.out.name} was written by `mirabal {asked.get('command')}`; only an analysis can be repeated",
            fix="leave --rerun out: its files can be verified",
        )
    plan = request.plan or manifest["plan"]["id"]
    # A plan's own rules have a name of their own, by which no profile is found: they come with the plan.
    profile = manifest["profile"] if manifest["profile"] in PROFILES else None
    request = replace(request, plan=plan, profile=profile, seed=manifest["seed"])
    released = released_from(prepare(request, progress), request, progress)
    progress("Comparing", 5, STEPS)
    numbers = _compared(request.out, released)
    origins = (*_other_origins(manifest, released), *_other_decisions(asked, request))
    return replace(first, problems=(*first.problems, *origins, *numbers.problems), numbers=numbers)


def _compared(folder: Path, released: ReleasableResults) -> Compared:
    from mirabal_toolkit.reporting.records import audit_json, flow_json, results_json

    now = json.loads(results_json(released))
    found = compare_estimates(_read(folder, "results.json")["estimates"], now["estimates"])
    for name, content in (("flow.json", flow_json(released)), ("audit.json", audit_json(released))):
        found += compare_file(_read(folder, name), json.loads(content), name)
    return found


def _read(folder: Path, name: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(
            f"{name} is missing or cannot be read",
            where=folder.name,
            fix="name the folder that `mirabal analyse` wrote",
        ) from None
    return content


def _other_origins(manifest: dict[str, Any], released: ReleasableResults) -> list[Problem]:
    """Return what the second run was made from and the first was not."""
    found = []
    then = sorted(str(source.get("sha256")) for source in manifest["inputs"])
    if then != sorted(source.sha256 for source in released.sources):
        found.append(Problem("these are not the files the report was made from", "inputs", "give the same files"))
    elif manifest["panel"] != released.fingerprint:
        found.append(
            Problem("the same files were read or cleaned otherwise", "panel", "give the same --mapping, --links")
        )
    for name, now in (("instrument", released.instrument.fingerprint), ("plan", released.plan.fingerprint)):
        if manifest[name]["sha256"] != now:
            told = f"the {name} {manifest[name]['id']} is not the one the report was made with"
            found.append(Problem(told, name, f"give that version: --{name} FILE"))
    return found


def _other_decisions(asked: dict[str, Any], request: AnalysisRequest) -> list[Problem]:
    """Return which files that say how data are read are not those of the first run."""
    now = request.described()
    return [
        Problem(f"this is not the {name} file the report was made with", name, f"give the same one: --{name} FILE")
        for name in ("mapping", "links")
        if name in asked and not isinstance(asked[name], bool) and asked[name] != now[name]
    ]
