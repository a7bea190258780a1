"""Check a parsed YAML file against a JSON Schema: every problem at once, in words, with its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mirabal_toolkit.errors import Problem
from mirabal_toolkit.safe_yaml import ParsedYaml

if TYPE_CHECKING:
    from jsonschema import ValidationError

Schema = Mapping[str, Any]
Step = str | int

_KINDS = {
    "string": "text",
    "object": "a group of settings",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def schema_problems(document: ParsedYaml, schema: Schema, where: str) -> list[Problem]:
    """Return everything in `document` that `schema` does not allow, in the order of its lines.

    Parameters
    ----------
    document : ParsedYaml
    schema : mapping
        A JSON Schema (2020-12). The descriptions in it are what users are told as the fix.
    where : str
        Name of the file for messages.

    Examples
    --------
    >>> from mirabal_toolkit.safe_yaml import parse_yaml
    >>> schema = {"properties": {"title": {"type": "string"}}, "additionalProperties": False}
    >>> for problem in schema_problems(parse_yaml("titel: 1", "a.yaml"), schema, "a.yaml"):
    ...     print(problem)
    “titel” is not known here
      where: a.yaml, line 1
      to mend it: did you mean “title”?
    """
    from jsonschema import Draft202012Validator

    found = {
        (document.line([*error.absolute_path, *deeper]), _place(document.value, error.absolute_path), what, fix)
        for error in Draft202012Validator(dict(schema)).iter_errors(document.value)
        for what, fix, deeper in _in_words(error, schema)
    }
    return [
        Problem(what, f"{where}, line {line}{f' ({place})' if place else ''}", fix)
        for line, place, what, fix in sorted(found)
    ]


def _in_words(error: ValidationError, schema: Schema) -> Iterator[tuple[str, str, tuple[Step, ...]]]:
    """Yield what is wrong, the fix, and the steps from the place of the error to the culprit."""
    instance: Any = error.instance
    if error.validator == "required":
        for name in _rule(error):
            if name not in instance:
                yield f"“{name}” is lacking", _meaning(_schema_at(error), name, schema), ()
    elif error.validator == "additionalProperties":
        known = list(_schema_at(error).get("properties", {}))
        for name in _unknown_keys(error, known):
            near = difflib.get_close_matches(name, known, n=1)
            yield f"“{name}” is not known here", f"did you mean “{near[0]}”?" if near else _described(error), (name,)
    else:
        yield _what(error), _fix(error), ()


def _what(error: ValidationError) -> str:
    rule = _rule(error)
    if error.validator == "type":
        kinds = [rule] if isinstance(rule, str) else list(rule)
        return f"should be {' or '.join(_KINDS[kind] for kind in kinds)}"
    if error.validator in ("enum", "const"):
        allowed = rule if isinstance(rule, list) else [rule]
        return f"should be one of: {', '.join(str(value) for value in allowed)}"
    simple = {
        "pattern": "is not written as it should be",
        "minItems": "is empty",
        "minProperties": "is empty",
        "minLength": "is empty",
        "uniqueItems": "holds something twice",
        "maxLength": f"is longer than {rule} characters",
        "minimum": f"is below {rule}",
        "exclusiveMinimum": f"is not above {rule}",
        "maximum": f"is above {rule}",
    }
    return simple.get(str(error.validator), f"breaks the rule “{error.validator}” of the file format")


def _fix(error: ValidationError) -> str:
    """What to do: quotes where YAML read a number or a date, else what the setting means."""
    bare = error.instance is not None and not isinstance(error.instance, str | list | dict)
    if error.validator in ("type", "const") and bare and _wants_text(error):
        return "put it in quotes"
    return _described(error)


def _wants_text(error: ValidationError) -> bool:
    rule = _rule(error)
    return isinstance(rule, str) if error.validator == "const" else "string" in rule


def _rule(error: ValidationError) -> Any:
    return error.validator_value


def _schema_at(error: ValidationError) -> Schema:
    return error.schema if isinstance(error.schema, Mapping) else {}


def _described(error: ValidationError) -> str:
    return str(_schema_at(error).get("description", ""))


def _meaning(here: Schema, name: str, schema: Schema) -> str:
    setting = here.get("properties", {}).get(name, {})
    target = schema.get("$defs", {}).get(str(setting.get("$ref", "")).rpartition("/")[2], {})
    return str(setting.get("description") or target.get("description", ""))


def _unknown_keys(error: ValidationError, known: Sequence[str]) -> list[str]:
    patterns = list(_schema_at(error).get("patternProperties", {}))
    instance: Any = error.instance
    return [key for key in instance if key not in known and not any(re.search(pattern, key) for pattern in patterns)]


def _place(document: Any, path: Sequence[Step]) -> str:
    """The place by the names people gave: “block C, item C1, text”."""
    node, parts = document, []
    for step in path:
        node = node[step]
        if isinstance(step, str):
            parts.append(step)
        elif isinstance(node, dict) and isinstance(node.get("id"), str) and parts:
            parts[-1] = f"{parts[-1].removesuffix('s')} {node['id']}"
        else:
            parts.append(f"number {step + 1}")
    return ", ".join(parts)
