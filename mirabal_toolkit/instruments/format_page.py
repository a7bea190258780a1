"""The page `docs/instrument-format.md`, written from the JSON Schema so that the two cannot differ.

To write it again::

    python -m mirabal_toolkit.instruments.format_page > docs/instrument-format.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from mirabal_toolkit.instruments.loading import instrument_schema

_HEAD = """# The format of a questionnaire file

<!-- Written from mirabal_toolkit/instruments/schema/instrument.schema.json by
     `python -m mirabal_toolkit.instruments.format_page`; change it there. -->

A questionnaire is one YAML file, `instruments/<id>/<version>.yaml`.
[partner-safety](../instruments/partner-safety/1.0.0.yaml) is a full example with comments;
[the README beside it](../instruments/README.md) says how to make your own.

YAML is read strictly: version 1.2 (so `no` is a word, not false), no key twice, no anchors (`&`, `*`) or tags
(`!`), UTF-8, at most 1 MB. Put quotes around versions, dates, and texts that hold a colon, or a comma inside braces.

**Conditions** (`ask_if`) are a small language of their own: names of items and their answers, numbers,
`==` `!=` `<` `<=` `>` `>=`, `in (…)`, `not in (…)`, `and`, `or`, `not`, `+ - * /`, and `answered(…)`, `max(…)`,
`min(…)`, `count(…)`. For example `B2 in (together, apart) and K0 > 0`. An answer is called by its name beside its
item. A comparison with a missing answer is unknown, and who is unknown is asked. At most 500 characters, nested at
most 20 deep, and only items further up may be named.

**Versions.** A version that has been used is never changed: copy it, raise the number, and write what changed under
`changes`. MAJOR: something cannot be compared any more, or is gone. MINOR: something was added, renamed, scored or
routed otherwise. PATCH: a slip of wording, a translation. `mirabal instruments lint FILE` computes the least number
from both files. An entry about a response set holds for all items that have it. Entries stay in later versions, so that
data of any two versions can be harmonised. An id alone means the newest version whose status is `stable`.

**Placeholders** such as `{service}` in a text are filled in by whoever uses the questionnaire; every language must have
the same ones, and the same numbers.

Settings in **bold** must be there.
"""

_TITLES = {
    "option": "An answer option",
    "response_set": "A response set",
    "block": "A block",
    "item": "An item",
    "wave": "A wave",
    "scale": "A scale",
    "outcome": "An outcome",
    "change": "A change",
    "test": "A worked example",
}


def format_page() -> str:
    """Return the page as Markdown.

    Examples
    --------
    >>> format_page().splitlines()[0]
    '# The format of a questionnaire file'
    """
    schema = instrument_schema()
    parts = [_HEAD, "## The file\n", *_table(schema, schema)]
    for name, title in _TITLES.items():
        part = schema["$defs"][name]
        parts += [f"\n## {title}\n", f"{part['description']}\n", *_table(part, schema)]
    return "\n".join(parts) + "\n"


def _table(part: Mapping[str, Any], schema: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Rows for every setting; settings of nested groups follow their group."""
    if not prefix:
        yield "| setting | what | meaning |\n|---|---|---|"
    for name, setting in part["properties"].items():
        target = {**_target(setting, schema), **setting}
        mark = "**" if name in part.get("required", ()) else ""
        yield f"| {mark}`{prefix}{name}`{mark} | {_kind(setting, target)} | {_meaning(target)} |"
        group = _group(target)
        if group and "$ref" not in setting:
            yield from _table(group, schema, f"{prefix}{name}.")


def _target(setting: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(setting.get("$ref", "")).rpartition("/")[2]
    target: Mapping[str, Any] = schema["$defs"].get(name, {})
    return target


def _group(target: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The group of settings that a setting holds, once or in a list or by name."""
    inside = [target, target.get("items", {}), *target.get("patternProperties", {}).values()]
    return next((part for part in inside if "properties" in part), None)


def _kind(setting: Mapping[str, Any], target: Mapping[str, Any]) -> str:
    name = str(setting.get("$ref", "")).rpartition("/")[2]
    if "enum" in target or "const" in target:
        return "<br>".join(f"`{value}`" for value in target.get("enum", [target.get("const")]))
    if name in ("text", "item_settings"):
        return {"text": "text per language", "item_settings": "settings of an item"}[name]
    kinds = target.get("type", "")
    words = [_word(kind, target) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    return " or ".join(words)


def _word(kind: str, target: Mapping[str, Any]) -> str:
    simple = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "`null`"}
    if kind == "array":
        return "list"
    if kind == "object":
        return "group" if "properties" in target else "names → values"
    return simple.get(kind, kind)


def _meaning(target: Mapping[str, Any]) -> str:
    text = str(target.get("description", "")).replace("|", "\\|")
    default = target.get("default")
    return text if default is None else f"{text} Left out: `{str(default).lower()}`."


if __name__ == "__main__":
    sys.stdout.write(format_page())
