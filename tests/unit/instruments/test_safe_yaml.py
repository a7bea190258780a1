"""YAML without its traps: what is refused, where, and that nothing is quietly changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.safe_yaml import MAX_BYTES, MAX_DEPTH, parse_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("country: NO", {"country": "NO"}),
        ("answer: yes", {"answer": "yes"}),
        ("answer: off", {"answer": "off"}),
        ("site: 012", {"site": 12}),
        ("time: 22:30", {"time": "22:30"}),
        ('version: "1.10"', {"version": "1.10"}),
        ("text: ‘ș’ ț λ", {"text": "‘ș’ ț λ"}),
        ("flag: true\nnothing: null", {"flag": True, "nothing": None}),
        ("- a\n- [1, 2.5]", ["a", [1, 2.5]]),
        ("", None),
    ],
)
def test_values_are_those_of_yaml_1_2(text: str, value: object) -> None:
    assert parse_yaml(text, "a.yaml").value == value


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("a: 1\nb: 2\na: 3", "the same key is written twice", 3),
        ("a:\n  b: 1\n  b: 1", "the same key is written twice", 3),
        ("a: 1\nb: &x [1]\nc: *x", "anchors and aliases", 2),
        ("a: 1\nb: *x", "anchors and aliases", 2),
        ("a: !!python/object/apply:os.system ['true']", "tags", 1),
        ("a: 1\nb: !custom 2", "tags", 2),
        ("a: [1,\nb", "is not valid YAML", 2),
        ("a: 1\n b: 2", "is not valid YAML", 2),
        ("a: 'x", "is not valid YAML", 1),
        ("a: b: c", "is not valid YAML", 1),
        ("a\n---\nb", "another document", 2),
        ("a: 1\nb: .inf", "a number without an end", 2),
        ("a: 1\nb: .nan", "a number without an end", 2),
        (f"a: 1\nb: {10**400}", "too large to work with", 2),
        ("a: 1\n97: refused", "a key is not text", 1),
        ('a: "\\ud800"', "half a character", 1),
    ],
)
def test_traps_are_refused_with_their_line(text: str, what: str, line: int) -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "a.yaml")
    assert what in caught.value.problem.what
    assert caught.value.problem.where.startswith("a.yaml")
    assert caught.value.problem.where.endswith(f"line {line}")
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("text", ["a: " + "9" * 5000, "a: 2026-02-30", "a: \x00", "a: \x1b[31m"])
def test_what_cannot_be_read_is_refused_in_our_words(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "a.yaml")
    assert text[3:20] not in str(caught.value)


def test_an_alias_bomb_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    with pytest.raises(InputError, match="anchors"):
        parse_yaml("\n".join(lines), "bomb.yaml")


def test_depth_is_limited() -> None:
    assert parse_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH, "a.yaml").value is not None
    with pytest.raises(InputError, match="nested deeper"):
        parse_yaml("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "a.yaml")
    with pytest.raises(InputError, match="nested deeper"):
        parse_yaml("[" * 100_000, "a.yaml")


def test_size_is_limited() -> None:
    with pytest.raises(InputError, match="larger than 1 MB"):
        parse_yaml(b"#" * (MAX_BYTES + 1), "a.yaml")
    with pytest.raises(InputError, match="larger than 1 MB"):
        parse_yaml("é" * (MAX_BYTES // 2 + 1), "a.yaml")


def test_bytes_are_utf_8_with_or_without_a_mark() -> None:
    assert parse_yaml("\ufeffa: ș".encode(), "a.yaml").value == {"a": "ș"}
    with pytest.raises(InputError) as caught:
        parse_yaml("a: 1\nb: é".encode("latin-1"), "a.yaml")
    assert "is not UTF-8" in caught.value.problem.what
    assert caught.value.problem.where == "a.yaml, line 2"


def test_lines_are_known_or_those_of_the_nearest_thing_around() -> None:
    parsed = parse_yaml("a: 1\nb:\n  - c: 2\n    d: 3\n  - e\n", "a.yaml")
    assert [parsed.line(path) for path in (["a"], ["b"], ["b", 0], ["b", 0, "d"], ["b", 1])] == [1, 2, 3, 4, 5]
    assert parsed.line(["b", 0, "z", 4]) == 3
    assert parsed.line([]) == 1


SIGNS = "{}[],:-?&*!|>%@`'\"#\n ab01~=\t"
PIECES = st.sampled_from([*SIGNS, ": ", "\n  ", "- ", "<<", "---", "!!int ", "0x", "1e9"])


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join)))
def test_any_text_is_read_or_refused_in_our_words(text: str) -> None:
    try:
        parse_yaml(text, "a.yaml")
    except InputError as error:
        if not error.problem.where.startswith("a.yaml"):
            raise
