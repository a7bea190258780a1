"""Read an analysis plan from YAML, telling everything that is wrong at once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.core.cleaning_rules import CleaningRules
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.plan import (
    Amendment,
    AnalysisPlan,
    Comparison,
    DisclosureRules,
    Informants,
    MissingData,
    PlannedOutcome,
    Power,
)
from mirabal_toolkit.errors import FindingsError, InputError, Problem, UsageError
from mirabal_toolkit.safe_yaml import ParsedYaml, parse_yaml
from mirabal_toolkit.yaml_schema import schema_problems

_ID = re.compile(r"[a-z][a-z0-9-]*")


def bundled_plans() -> tuple[str, ...]:
    """Return the ids of the plans that come with the toolkit, sorted."""
    return tuple(sorted(path.stem for path in bundled_folder("analyses").glob("*.yaml")))


def load_plan(reference: str | Path) -> AnalysisPlan:
    """Load a plan by id or from a file.

    Parameters
    ----------
    reference : str or Path
        Id of a bundled plan (``steps-to-safety``), or the path of a YAML file.

    Raises
    ------
    UsageError
        If there is no such plan.
    InputError
        If the file is not readable YAML; the line is named.
    FindingsError
        If the plan is not as the schema asks; every problem with its line.

    Examples
    --------
    >>> load_plan("steps-to-safety").instrument
    'partner-safety'
    """
    path = _find(reference)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"the plan cannot be read: {error.strerror}",
            where=path.name,
            fix="look at the spelling and the folder; or see `mirabal plans list`",
        ) from None
    parsed = parse_yaml(content, path.name)
    _check_schema(parsed, path.name)
    return _plan(parsed.value, hashlib.sha256(content).hexdigest())


def lint_plan(reference: str | Path, instrument_of: Callable[[str], Instrument]) -> AnalysisPlan:
    """Load a plan and check it against its instrument; problems name the line and the key.

    Parameters
    ----------
    reference : str or Path
        As in `load_plan`.
    instrument_of : callable
        Instrument id → instrument.

    Raises
    ------
    FindingsError
        Every problem, with file, line and fix.
    """
    plan = load_plan(reference)
    try:
        plan.check_against(instrument_of(plan.instrument))
    except FindingsError as error:
        path = _find(reference)
        parsed = parse_yaml(path.read_bytes(), path.name)
        located = [
            Problem(problem.what, f"{path.name}, line {_line(parsed, problem.where)} ({problem.where})", problem.fix)
            for problem in error.problems
        ]
        raise FindingsError(error.problem.what, problems=located) from None
    return plan


def _line(parsed: ParsedYaml, where: str) -> int:
    """Return the line of a place as checks name it: ``outcome injured``, ``comparison, arm``."""
    if where.startswith("outcome "):
        named = [outcome["outcome"] for outcome in parsed.value["outcomes"]]
        return parsed.line(["outcomes", named.index(where.removeprefix("outcome "))])
    return parsed.line(where.split(", ") if where else ["instrument"])


def plan_id_from(name: str) -> str:
    """Return an id a plan may have, from the name of a file.

    Examples
    --------
    >>> plan_id_from("My plan_2")
    'my-plan-2'
    """
    cleaned = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return cleaned if re.fullmatch(r"[a-z][a-z0-9-]+", cleaned) else f"plan-{cleaned or 'mine'}"


def _find(reference: str | Path) -> Path:
    name = str(reference)
    if _ID.fullmatch(name) and name in bundled_plans():
        return bundled_folder("analyses") / f"{name}.yaml"
    if Path(name).suffix in (".yaml", ".yml") and Path(name).is_file():
        return Path(name)
    raise UsageError(
        f"there is no plan “{name}”",
        fix=f"name a YAML file, or one of: {', '.join(bundled_plans())}",
    )


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema of plan files."""
    text = resources.files(__package__).joinpath("schema/plan.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _check_schema(parsed: ParsedYaml, where: str) -> None:
    problems = schema_problems(parsed, plan_schema(), where)
    if problems:
        raise FindingsError(f"the plan {where} has {len(problems)} problem(s)", problems=problems)


def _plan(content: dict[str, Any], fingerprint: str) -> AnalysisPlan:
    plain = {name: value for name, value in content.items() if name not in ("format", *_BUILDERS)}
    built = {name: build(content[name]) for name, build in _BUILDERS.items() if name in content}
    return AnalysisPlan(**{"description": ""} | _with_tuples(plain) | built, fingerprint=fingerprint)


def _with_tuples(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with lists as tuples, as the frozen types hold them."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in content.items()}


def _one(kind: type[Any]) -> Callable[[Mapping[str, Any]], Any]:
    return lambda content: kind(**_with_tuples(content))


def _many(kind: type[Any]) -> Callable[[list[Mapping[str, Any]]], tuple[Any, ...]]:
    return lambda contents: tuple(kind(**_with_tuples(content)) for content in contents)


def _informants(content: Mapping[str, Any]) -> Informants:
    return Informants(content["instrument"], tuple((first, second) for first, second in content["pairs"]))


#: Keys whose value is more than a word, a number or a list of words.
_BUILDERS: dict[str, Callable[[Any], Any]] = {
    "outcomes": _many(PlannedOutcome),
    "amendments": _many(Amendment),
    "comparison": _one(Comparison),
    "disclosure_rules": _one(DisclosureRules),
    "missing_data": _one(MissingData),
    "informants": _informants,
    "power": _one(Power),
    "cleaning": _one(CleaningRules),
}
