"""Schema problems in words: every rule, with line, place and fix."""

from __future__ import annotations

from typing import Any

import pytest

from mirabal_toolkit.safe_yaml import parse_yaml
from mirabal_toolkit.yaml_schema import schema_problems

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 5, "description": "A short name."},
        "format": {"const": "1"},
        "kind": {"enum": ["one", "two"]},
        "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "count": {"type": ["integer", "null"], "minimum": 1},
        "code": {"type": "string", "pattern": "^[a-z]+$", "description": "Small letters."},
        "things": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"$ref": "#/$defs/thing"}},
        "texts": {
            "type": "object",
            "minProperties": 1,
            "patternProperties": {"^[a-z]{2}$": {}},
            "additionalProperties": False,
        },
        "odd": {"not": {}},
    },
    "required": ["name"],
    "additionalProperties": False,
    "$defs": {
        "thing": {
            "type": "object",
            "properties": {"id": {"$ref": "#/$defs/id"}, "size": {"type": "number"}},
            "required": ["id"],
            "additionalProperties": False,
        },
        "id": {"type": "string", "description": "Its id."},
    },
}


@pytest.mark.parametrize(
    ("text", "what", "where", "fix"),
    [
        ("{}", "“name” is lacking", "a.yaml, line 1", "A short name."),
        ("name: 5", "should be text", "a.yaml, line 1 (name)", "put it in quotes"),
        ("name: [a]", "should be text", "a.yaml, line 1 (name)", "A short name."),
        ("name: ''", "is empty", "a.yaml, line 1 (name)", "A short name."),
        ("name: abcdef", "is longer than 5 characters", "a.yaml, line 1 (name)", "A short name."),
        ("name: a\nformat: 1", "should be one of: 1", "a.yaml, line 2 (format)", "put it in quotes"),
        ("name: a\nkind: three", "should be one of: one, two", "a.yaml, line 2 (kind)", ""),
        ("name: a\nshare: 0", "is not above 0", "a.yaml, line 2 (share)", ""),
        ("name: a\nshare: 2", "is above 1", "a.yaml, line 2 (share)", ""),
        ("name: a\ncount: 0", "is below 1", "a.yaml, line 2 (count)", ""),
        ("name: a\ncount: x", "should be a whole number or null", "a.yaml, line 2 (count)", ""),
        ("name: a\ncode: A1", "is not written as it should be", "a.yaml, line 2 (code)", "Small letters."),
        ("name: a\nthings: []", "is empty", "a.yaml, line 2 (things)", ""),
        ("name: a\ntexts: {}", "is empty", "a.yaml, line 2 (texts)", ""),
        ("name: a\ntexts:\n  xxx: a", "“xxx” is not known here", "a.yaml, line 3 (texts)", ""),
        ("name: a\nkidn: one", "“kidn” is not known here", "a.yaml, line 2", "did you mean “kind”?"),
        ("name: a\nodd: 1", "breaks the rule “not”", "a.yaml, line 2 (odd)", ""),
        ("name: a\nthings:\n - id: x\n - size: 1", "“id” is lacking", "a.yaml, line 4 (things, number 2)", "Its id."),
        (
            "name: a\nthings:\n - id: x\n   size: big",
            "should be a number",
            "a.yaml, line 4 (thing x, size)",
            "",
        ),
        ("name: a\nthings:\n - id: x\n - id: x", "holds something twice", "a.yaml, line 2 (things)", ""),
        ("text", "should be a group of settings", "a.yaml, line 1", ""),
    ],
)
def test_each_rule_in_words(text: str, what: str, where: str, fix: str) -> None:
    (problem,) = schema_problems(parse_yaml(text, "a.yaml"), SCHEMA, "a.yaml")
    assert problem.what.startswith(what)
    assert (problem.where, problem.fix) == (where, fix)


def test_all_problems_come_at_once_in_the_order_of_lines() -> None:
    text = "share: 7\ncode: A\nthings:\n - size: x\n"
    problems = schema_problems(parse_yaml(text, "a.yaml"), SCHEMA, "a.yaml")
    assert [problem.where.split(",")[1].split()[1] for problem in problems] == ["1", "1", "2", "4", "4"]


def test_a_sound_file_has_none() -> None:
    assert schema_problems(parse_yaml("name: a\nthings:\n - id: x", "a.yaml"), SCHEMA, "a.yaml") == []
