"""Check an instrument file by every rule, and report everything at once."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.instrument_checks import find_problems
from mirabal_toolkit.errors import FindingsError, InputError, Problem
from mirabal_toolkit.instruments.building import Builder
from mirabal_toolkit.instruments.differences import version_key
from mirabal_toolkit.instruments.lint_history import history_problems
from mirabal_toolkit.instruments.lint_rules import RULES
from mirabal_toolkit.instruments.loading import (
    bundled_versions,
    instrument_schema,
    is_version,
    load_instrument,
    read_bytes,
)
from mirabal_toolkit.instruments.places import with_lines
from mirabal_toolkit.safe_yaml import parse_yaml
from mirabal_toolkit.yaml_schema import schema_errors, schema_problems


@dataclass(frozen=True)
class LintReport:
    """What is wrong with a file.

    Parameters
    ----------
    file : str
        Its name.
    problems : tuple of Problem
        Everything found, in the order of the lines; empty when it is sound.
    compared_with : str
        The version before it, empty if none is known.
    instrument : Instrument or None
        What the file holds; None if nothing can be built from it.
    """

    file: str
    problems: tuple[Problem, ...]
    compared_with: str = ""
    instrument: Instrument | None = None


def lint_file(path: Path) -> LintReport:
    """Check a file by every rule of the format and of good practice.

    Earlier versions are looked for beside the file, and among the bundled ones of the same id.

    Raises
    ------
    InputError
        If it cannot be read, or is not YAML.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.loading import bundled_path
    >>> lint_file(bundled_path("partner-safety@1.0.0")).problems
    ()
    """
    content = read_bytes(path)
    document = parse_yaml(content, path.name)
    problems = schema_problems(document, instrument_schema(), path.name)
    instrument, found = _looked_into(_pruned(document.value) if problems else document.value)
    if instrument is None:
        return LintReport(path.name, tuple(problems))
    earlier, unread = _earlier(instrument, path)
    found += unread
    found += [problem for rule in RULES for problem in rule(instrument)]
    found += _name_problems(instrument, path)
    found += list(history_problems(instrument, earlier)) if is_version(instrument.version) else []
    problems += with_lines(_unrepeated(found), document, path.name)
    whole = None if problems else Builder(document.value).build(hashlib.sha256(content).hexdigest())
    return LintReport(path.name, tuple(problems), earlier[-1].reference if earlier else "", whole)


def _looked_into(raw: Any) -> tuple[Instrument | None, list[Problem]]:
    """The instrument however wrong it is, and its contradictions; None if there is too little to look at."""
    try:
        builder = Builder(raw)
        instrument = _unchecked(builder.parts(""))
        return instrument, [*builder.problems, *find_problems(instrument)]
    except (AttributeError, KeyError, TypeError, ValueError):
        return None, []  # the schema has said why


def _unchecked(parts: Mapping[str, Any]) -> Instrument:
    """An instrument without the checks of its constructor, so that all rules can look at it. It stays in this file."""
    instrument = object.__new__(Instrument)
    for field in dataclasses.fields(Instrument):
        usual = None if field.default is dataclasses.MISSING else field.default
        object.__setattr__(instrument, field.name, parts.get(field.name, usual))
    return instrument


def _pruned(value: Any) -> Any:
    """The document without what the schema does not know, so that a slip in one place hides no other."""
    value = copy.deepcopy(value)
    for error in schema_errors(value, instrument_schema()):
        known = error.schema.get("properties") if isinstance(error.schema, Mapping) else None
        if error.validator == "additionalProperties" and known and isinstance(error.instance, dict):
            for name in set(error.instance) - set(known):
                del error.instance[name]
    return value


def _earlier(instrument: Instrument, path: Path) -> tuple[list[Instrument], list[Problem]]:
    """Earlier versions beside the file and among the bundled, oldest first."""
    found: dict[str, Instrument] = {}
    problems: list[Problem] = []
    if not is_version(instrument.version):
        return [], []
    beside = [other for other in path.parent.glob("*.yaml") if is_version(other.stem) and other.name != path.name]
    for other in beside if is_version(path.stem) else ():
        if version_key(other.stem) < version_key(instrument.version):
            try:
                found[other.stem] = load_instrument(other)
            except (FindingsError, InputError):
                problems.append(
                    Problem(f"cannot be compared with {other.name} beside it, which is not sound", "version")
                )
    for version in bundled_versions(instrument.id):
        if version not in found and version_key(version) < version_key(instrument.version):
            found[version] = load_instrument(f"{instrument.id}@{version}")
    kept = [one for one in found.values() if one.id == instrument.id]
    return sorted(kept, key=lambda one: version_key(one.version)), problems


def _name_problems(instrument: Instrument, path: Path) -> list[Problem]:
    """A file named as a version stands for that version, in a folder named as the id."""
    if not is_version(path.stem):
        return []
    problems = []
    if path.stem != instrument.version:
        problems.append(Problem(f"the file is named {path.name}, but holds {instrument.version}", "version"))
    if path.resolve().parent.name != instrument.id:
        problems.append(Problem("the folder is not named as the id", "id", "put it into a folder of that name"))
    return problems


def _unrepeated(problems: Sequence[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
