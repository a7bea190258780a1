"""The language of conditions: grammar, three-valued truth, limits."""

from __future__ import annotations

import numpy as np
import pytest

from mirabal_toolkit.core.expressions import MAX_DEPTH, MAX_LENGTH, Number, Operation, evaluate, parse_condition
from mirabal_toolkit.errors import InputError

NAN = float("nan")
OPTIONS = {"B2": {"together": 1, "apart": 2, "remote": 3, "none": 4}}


def result(source: str, **answers: list[float]) -> list[float | None]:
    """Evaluate and write unknown as None, so that results can be compared."""
    columns = {name: np.asarray(values, dtype=float) for name, values in answers.items()}
    values = np.atleast_1d(evaluate(parse_condition(source), columns.__getitem__, OPTIONS))
    return [None if np.isnan(value) else float(value) for value in values]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("7 - 2 - 1", 4),
        ("12 / 2 / 3", 2),
        ("-2 * -3", 6),
        ("2 - -2", 4),
        ("1.5 + 0.25", 1.75),
        ("1 < 2", 1),
        ("2 <= 2", 1),
        ("2 > 2", 0),
        ("2 >= 3", 0),
        ("1 == 2", 0),
        ("1 != 2", 1),
        ("1 + 1 == 2", 1),
        ("not 1 == 2", 1),
        ("not 0 and 0", 0),  # not binds tighter than and
        ("1 or 1 and 0", 1),  # and binds tighter than or
        ("(1 or 1) and 0", 0),
        ("3 in (1, 2, 3)", 1),
        ("3 not in (1, 2, 3)", 0),
        ("2 in (1 + 1)", 1),
        ("max(1, 5, 3)", 5),
        ("min(1, 5, 3)", 1),
        ("count(1 > 0, 0 > 1, 2 > 1)", 2),
        ("answered(1)", 1),
        ("1 / 0", None),
    ],
)
def test_precedence_and_operators(source: str, expected: float | None) -> None:
    assert result(source) == [expected]


@pytest.mark.parametrize(
    ("left", "right", "conjunction", "disjunction"),
    [
        (1, 1, 1, 1),
        (1, 0, 0, 1),
        (1, NAN, None, 1),
        (0, 1, 0, 1),
        (0, 0, 0, 0),
        (0, NAN, 0, None),
        (NAN, 1, None, 1),
        (NAN, 0, 0, None),
        (NAN, NAN, None, None),
    ],
)
def test_truth_has_three_values(
    left: float, right: float, conjunction: float | None, disjunction: float | None
) -> None:
    assert result("a and b", a=[left], b=[right]) == [conjunction]
    assert result("a or b", a=[left], b=[right]) == [disjunction]


def test_a_comparison_with_a_missing_answer_is_unknown() -> None:
    for source in ("a == 1", "a != 1", "a < 1", "a in (1, 2)", "a not in (1, 2)", "not a == 1", "a + 1", "-a"):
        assert result(source, a=[NAN]) == [None], source


def test_functions_know_missing_answers() -> None:
    columns = {"a": [1, NAN, NAN], "b": [2, 2, NAN]}
    assert result("answered(a)", **columns) == [1, 0, 0]
    assert result("answered(a, b)", **columns) == [1, 0, 0]
    assert result("not answered(b)", **columns) == [0, 0, 1]
    assert result("max(a, b)", **columns) == [2, 2, None]
    assert result("min(a, b)", **columns) == [1, 2, None]
    assert result("count(a > 0, b > 0)", **columns) == [2, 1, 0]


def test_options_are_known_beside_their_item() -> None:
    contact = [1, 2, 3, 4, NAN]
    assert result("B2 in (together, apart)", B2=contact) == [1, 1, 0, 0, None]
    assert result("B2 not in (none)", B2=contact) == [1, 1, 1, 0, None]
    assert result("apart == B2", B2=contact) == [0, 1, 0, 0, None]
    assert result("(B2) != none", B2=contact) == [1, 1, 1, 0, None]


def test_an_option_elsewhere_is_looked_up_as_an_item() -> None:
    condition = parse_condition("B2 == apart and apart > 0 and B2 + apart > 2")
    assert condition.names == ("B2", "apart")
    assert condition.looked_up(OPTIONS) == ("B2", "apart")
    assert parse_condition("B2 in (apart, none)").looked_up(OPTIONS) == ("B2",)


def test_rows_are_evaluated_together_and_constants_stretch() -> None:
    assert result("a > 1 and 1 == 1", a=[0, 1, 2]) == [0, 0, 1]


def test_what_overflows_is_no_crash() -> None:
    assert result("a * a - a * a", a=[1e300]) == [None]
    assert result("a * a > 1", a=[1e300]) == [1]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("", "lacks an item"),
        ("   ", "lacks an item"),
        ("B2 ==", "lacks an item"),
        ("B2 == 1 and", "lacks an item"),
        ("(B2 == 1", "lacks “)”"),
        ("B2 == 1)", "goes on with “)”"),
        ("B2 in together", "lacks “(”"),
        ("B2 in ()", "lacks an item"),
        ("B2 in (1,)", "lacks an item"),
        ("1 < 2 < 3", "goes on with “<”"),
        ("B2 = 1", "cannot be read at character 4"),
        ("B2 == 'apart'", "cannot be read at character 7"),
        ("3abc", "goes on with “abc”"),
        ("B2 B3", "goes on with “B3”"),
        ("and", "lacks an item"),
        ("not", "lacks an item"),
        ("max()", "lacks an item"),
        ("__import__(os)", "goes on with “(”"),
        ("a.b", "cannot be read at character 2"),
        ("a[0]", "cannot be read at character 2"),
        ("lambda: 1", "cannot be read at character 7"),
    ],
)
def test_what_is_not_of_the_language_is_refused_with_its_place(source: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_condition(source)
    assert what in caught.value.problem.what
    assert source in caught.value.problem.where


def test_numbers_without_an_end_are_refused() -> None:
    with pytest.raises(InputError, match="too large"):
        parse_condition("9" * 400)


def test_length_is_limited() -> None:
    longest = "1" + " " * (MAX_LENGTH - 1)
    assert parse_condition(longest).root == Number(1.0)
    with pytest.raises(InputError, match="longer than"):
        parse_condition(longest + " ")


@pytest.mark.parametrize("nest", ["({})", "not {}", "not ({})", "-{}", "- ({})", "max({})", "1 in (({}))"])
def test_depth_is_limited(nest: str) -> None:
    fine, deep = "1", "1"
    for _ in range(3):
        fine = nest.format(fine)
    for _ in range(MAX_DEPTH + 1):
        deep = nest.format(deep)
    assert parse_condition(fine).source == fine
    with pytest.raises(InputError, match="nested"):
        parse_condition(deep)


def test_long_chains_are_no_depth() -> None:
    source = " or ".join(["a"] * 90)
    assert result(source, a=[0, 1]) == [0, 1]


def test_the_tree_is_what_was_written() -> None:
    root = parse_condition("1 - 2 - 3").root
    assert root == Operation("-", (Operation("-", (Number(1), Number(2))), Number(3)))
