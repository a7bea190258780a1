"""JSON Schemas of YAML files: what a file breaks, in words and with its line; and what every setting means."""

from __future__ import annotations

import difflib
import re
import sys
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
    found = {
        (document.line([*error.absolute_path, *deeper]), _place(document.value, error.absolute_path), what, fix)
        for error in schema_errors(document.value, schema)
        for what, fix, deeper in _in_words(error, schema)
    }
    return [
        Problem(what, f"{where}, line {line}{f' ({place})' if place else ''}", fix)
        for line, place, what, fix in sorted(found)
    ]


def schema_errors(value: object, schema: Schema) -> list[ValidationError]:
    """Return everything in `value` that `schema` does not allow, as the validator says it."""
    # Where JupyterLab is installed, jsonschema builds forty grammars for web addresses while it is imported: a second
    # and a half, at every command, for a format that no schema here uses.
    unneeded = "rfc3987_syntax"
    kept = sys.modules.get(unneeded)
    sys.modules.setdefault(unneeded, None)  # type: ignore[arg-type]  # the documented way to make an import fail
    try:
        from jsonschema import Draft202012Validator
    finally:
        if kept is None:
            sys.modules.pop(unneeded, None)
    return list(Draft202012Validator(dict(schema)).iter_errors(value))


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


def settings_table(part: Schema, schema: Schema, prefix: str = "") -> Iterator[str]:
    """Yield the lines of a Markdown table of every setting; settings of nested groups follow their group.

    Parameters
    ----------
    part : mapping
        The schema, or the part of it whose settings are told.
    schema : mapping
        The whole, where `$defs` stand.

    Examples
    --------
    >>> schema = {"properties": {"seed": {"type": "integer", "description": "A number.", "default": 1}}}
    >>> for line in settings_table(schema, schema):
    ...     print(line)
    | setting | what | meaning |
    |---|---|---|
    | `seed` | whole number | A number. Left out: `1`. |
    """
    if not prefix:
        yield "| setting | what | meaning |\n|---|---|---|"
    for name, setting in part["properties"].items():
        target = {**_target(setting, schema), **setting}
        mark = "**" if name in part.get("required", ()) else ""
        yield f"| {mark}`{prefix}{name}`{mark} | {_kind(setting, target)} | {_in_full(target)} |"
        group = _group(target)
        if group and "$ref" not in setting:
            yield from settings_table(group, schema, f"{prefix}{name}.")


def _target(setting: Schema, schema: Schema) -> Schema:
    name = str(setting.get("$ref", "")).rpartition("/")[2]
    target: Schema = schema.get("$defs", {}).get(name, {})
    return target


def _group(target: Schema) -> Schema | None:
    """The group of settings that a setting holds, once or in a list or by name."""
    inside = [target, target.get("items", {}), *target.get("patternProperties", {}).values()]
    return next((part for part in inside if "properties" in part), None)


def _kind(setting: Schema, target: Schema) -> str:
    name = str(setting.get("$ref", "")).rpartition("/")[2]
    if "anyOf" in target:
        return " or ".join(_kind(one, one) for one in target["anyOf"])
    if "enum" in target or "const" in target:
        return "<br>".join(f"`{value}`" for value in target.get("enum", [target.get("const")]))
    named = {"text": "text per language", "item_settings": "settings of an item", "ids": "list of ids"}
    if name in named:
        return named[name]
    kinds = target.get("type", "")
    words = [_word(kind, target) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    return " or ".join(words)


def _word(kind: str, target: Schema) -> str:
    simple = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "`null`"}
    if kind == "array":
        inner = target.get("items", {}).get("enum", ())
        return "list of " + ", ".join(f"`{value}`" for value in inner) if inner else "list"
    if kind == "object":
        return "group" if "properties" in target else "names → values"
    return simple.get(kind, kind)


def _in_full(target: Schema) -> str:
    text = str(target.get("description", "")).replace("|", "\\|")
    default = target.get("default")
    return text if default is None else f"{text} Left out: `{str(default).lower()}`."
