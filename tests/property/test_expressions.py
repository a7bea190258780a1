"""Whatever is written as a condition: it is refused in our own words, or means what Python means by it."""

from __future__ import annotations

import math
import string

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mirabal_toolkit.core.expressions import evaluate, parse_condition
from mirabal_toolkit.errors import InputError

NAMES = ("a", "b", "c")

SIGNS = "()+-*/<>,=! .'\"[]{}_0129é٣\t"
PIECES = st.sampled_from([*SIGNS, "and", "or", "not", "in", "==", "!=", "<=", "max", "answered", "a", "B2"])


@given(st.one_of(st.text(max_size=600), st.lists(PIECES, max_size=120).map("".join), st.lists(PIECES).map(" ".join)))
def test_random_text_is_parsed_or_refused_in_our_words(source: str) -> None:
    try:
        condition = parse_condition(source)
    except InputError:
        return
    assert all(name[0] in string.ascii_letters + "_" for name in condition.names)
    rows = {name: np.array([1.0, math.nan]) for name in condition.names}
    assert evaluate(condition, rows.__getitem__, {}).shape in ((), (2,))


def _numbers() -> st.SearchStrategy[str]:
    leaves = st.one_of(st.integers(0, 9).map(str), st.sampled_from(NAMES))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            st.tuples(inner, st.sampled_from("+-*"), st.sampled_from(NAMES)).map(" ".join),
            inner.map(lambda text: f"-{text}"),
            st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
        ),
        max_leaves=6,
    )


def _truths() -> st.SearchStrategy[str]:
    compared = st.tuples(_numbers(), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), _numbers()).map(" ".join)
    member = st.tuples(_numbers(), st.sampled_from(["in", "not in"]), _numbers()).map(
        lambda t: f"{t[0]} {t[1]} ({t[2]}, 3)"
    )
    return st.recursive(
        st.one_of(compared, member),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
            inner.map(lambda text: f"not ({text})"),
            inner.map(lambda text: f"not {text}"),
            inner.map(lambda text: f"({text})"),
        ),
        max_leaves=6,
    )


ANSWERS = st.fixed_dictionaries({name: st.integers(-3, 9) for name in NAMES})


@given(_truths(), ANSWERS)
def test_known_answers_mean_what_python_means(source: str, answers: dict[str, int]) -> None:
    ours = _ours(source, answers)
    if ours is not None:
        assert bool(ours) == bool(eval(source, {"max": max}, answers))  # noqa: S307  (text made above)


@given(_truths(), ANSWERS, st.sampled_from(NAMES))
def test_a_decided_condition_does_not_depend_on_the_missing_answer(
    source: str, answers: dict[str, int], missing: str
) -> None:
    """With one answer missing the result is unknown, or the same whatever the answer would have been.

    `max` is left out: it is taken over the answers there are, by definition.
    """
    if "max" in source:
        return
    decided = _ours(source, {**answers, missing: math.nan})
    if decided is None or math.isnan(decided):
        return
    assert {_ours(source, {**answers, missing: value}) for value in range(-3, 10)} == {decided}


def _ours(source: str, answers: dict[str, float]) -> float | None:
    """Our value; None where the text is over the limits of the language."""
    try:
        condition = parse_condition(source)
    except InputError as error:
        if "nested" in str(error) or "longer" in str(error):
            return None
        raise
    return float(evaluate(condition, lambda name: np.asarray(answers[name], dtype=float), {}))
