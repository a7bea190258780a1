"""The worked examples of every bundled instrument are scored as they say."""

from __future__ import annotations

import dataclasses

import pytest

from mirabal_toolkit.instruments.catalogue import bundled_instruments
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.scoring import ExampleScore, example_problems, example_scores

EXAMPLES = [
    pytest.param(found, id=f"{instrument.id}: {found.example}: {found.score}")
    for instrument in bundled_instruments()
    for found in example_scores(instrument)
]


@pytest.mark.parametrize("found", EXAMPLES)
def test_worked_example(found: ExampleScore) -> None:
    assert found.agrees, f"expected {found.expected}, computed {found.computed}"


def test_every_example_of_partner_safety_is_scored() -> None:
    instrument = load_instrument("partner-safety@1.0.0")
    assert len(instrument.tests) >= 18
    assert len(example_scores(instrument)) == sum(len(example.expected) for example in instrument.tests)


def test_a_wrong_example_is_named() -> None:
    instrument = load_instrument("partner-safety@1.0.0")
    wrong = dataclasses.replace(
        instrument.tests[0], title="wrong", expected={"physical_any.experienced": 1, "physical_score.experienced": None}
    )
    problems = example_problems(dataclasses.replace(instrument, tests=(wrong,)))
    assert [problem.where for problem in problems] == ["example “wrong”"] * 2
    assert "physical_any.experienced should be 1" in problems[0].what


def test_an_instrument_without_examples_has_no_scores() -> None:
    instrument = dataclasses.replace(load_instrument("partner-safety@1.0.0"), tests=())
    assert example_scores(instrument) == ()
