"""An instrument that contradicts itself cannot be built, and says everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mirabal_toolkit.core.expressions import parse_condition
from mirabal_toolkit.core.instrument import (
    Block,
    Gate,
    Instrument,
    Item,
    Language,
    MeasureOfSuccess,
    Option,
    Outcome,
    ResponseSet,
    Rights,
    Roles,
    Scale,
    ScoringExample,
    Wave,
    in_language,
)
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.errors import FindingsError, UsageError

EN = {"en": "words"}


def option(code: int, name: str, kind: Any = "valid") -> Option:
    return Option(code, name, EN, kind)


def item(item_id: str, **settings: Any) -> Item:
    usual = {
        "variable": f"{item_id.lower()}_w{{wave}}",
        "block": "A",
        "type": "choice",
        "label": EN,
        "text": EN,
        "response_set": "often",
    }
    return Item(id=item_id, **{**usual, **settings})


OFTEN = ResponseSet("often", (option(0, "never"), option(1, "once"), option(99, "refused", "refused")))
CODES = ResponseSet("codes", (option(99, "refused", "refused"),))
NUMBER: dict[str, Any] = {"type": "integer", "response_set": "codes", "minimum": 0, "maximum": 9}
SCORE = Outcome("harm_score", EN, "score", "score", "higher_is_worse", ("as_reported",), scale="harm")
RIGHTS = Rights("own", "us", "CC-BY-4.0", "", wording_redistributable=True)


def small(**changes: Any) -> Instrument:
    """A sound instrument of four items, with changes."""
    parts: dict[str, Any] = {
        "id": "small",
        "version": "1.0.0",
        "status": "draft",
        "effective": "2026-01-31",
        "title": EN,
        "description": EN,
        "authors": ("us",),
        "citation": "us",
        "validation": "none",
        "reference_period": EN,
        "rights": RIGHTS,
        "languages": (Language("en", "English", "original"),),
        "roles": Roles(),
        "waves": (Wave(1, 0, 21, EN), Wave(2, 3, 21, EN)),
        "blocks": (Block("A", EN),),
        "response_sets": (OFTEN, CODES),
        "items": (item("A1"), item("A2"), item("N", **NUMBER), item("T", type="text", response_set=None)),
        "scales": (Scale("harm", EN, ("A1", "A2"), 0, 1),),
        "outcomes": (SCORE,),
        "measures_of_success": (MeasureOfSuccess(1, EN),),
    }
    return Instrument(**{**parts, **changes})


def with_item(**settings: Any) -> dict[str, Any]:
    """One more item, with settings."""
    sound = small()
    return {"items": (*sound.items, item(**{"item_id": "X", **settings}))}


def with_scale(**settings: Any) -> dict[str, Any]:
    return {"scales": (replace(small().scales[0], **settings),)}


def with_outcome(**settings: Any) -> dict[str, Any]:
    return {"outcomes": (replace(SCORE, **settings),)}


def with_example(answers: dict[str, Any], expected: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"tests": (ScoringExample("one", answers, expected or {"harm_score.as_reported": 0.0}),)}


def asked_if(source: str) -> dict[str, Any]:
    return with_item(ask_if=parse_condition(source))


def of_item(indicator: str, kind: str, **settings: Any) -> dict[str, Any]:
    return with_outcome(scale=None, item="A1", indicator=indicator, kind=kind, **settings)


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "item id twice": (with_item(item_id="A1", variable="other"), "item “A1” is defined twice"),
    "variable twice, but for case": (with_item(variable="A1_W{wave}"), "variable “a1_w{wave}” is defined twice"),
    "block twice": ({"blocks": (Block("A", EN), Block("A", EN))}, "block “A” is defined twice"),
    "response set twice": ({"response_sets": (OFTEN, OFTEN, CODES)}, "response set “often” is defined twice"),
    "scale twice": ({"scales": small().scales * 2}, "scale “harm” is defined twice"),
    "outcome twice": ({"outcomes": (SCORE, SCORE)}, "outcome “harm_score” is defined twice"),
    "wave twice": ({"waves": (Wave(1, 0, 21, EN), Wave(1, 3, 21, EN))}, "wave “1” is defined twice"),
    "code twice": (
        {"response_sets": (replace(OFTEN, options=(*OFTEN.options, option(1, "often"))), CODES)},
        "code 1 is used twice",
    ),
    "option name twice": (
        {"response_sets": (replace(OFTEN, options=(*OFTEN.options, option(2, "once"))), CODES)},
        "option name “once” is used twice",
    ),
    "unknown block": (with_item(block="Z"), "names the unknown block “Z”"),
    "reserved id": (with_item(item_id="wave"), "has an id that means something else"),
    "a word of conditions": (with_item(item_id="max"), "has an id that means something else"),
    "impossible variable": (with_item(variable="x 1"), "its variable name “x 1” cannot stand in a data file"),
    "two wave places": (with_item(variable="x{wave}_{wave}"), "cannot stand in a data file"),
    "choice without answers": (with_item(response_set=None), "is a choice without a response set"),
    "unknown response set": (with_item(response_set="odd"), "names the unknown response set “odd”"),
    "choice of missing codes": (with_item(response_set="codes"), "its response set “codes” has no valid answer"),
    "number with answers": (
        with_item(**{**NUMBER, "response_set": "often"}),
        "has the type integer, but its response set has the answer “never”",
    ),
    "missing code in range": (with_item(**{**NUMBER, "maximum": 120}), "its missing code 99 lies inside its range"),
    "unknown wave": (with_item(waves=(1, 7)), "is asked at wave 7, which does not exist"),
    "minimum above maximum": (with_item(**{**NUMBER, "minimum": 10}), "its minimum is above its maximum"),
    "condition on itself": (asked_if("X == once"), "looks at X, which is asked later or is itself"),
    "condition on unknown": (asked_if("Y > 0"), "names “Y”, which is neither an item nor an answer"),
    "condition on unknown answer": (asked_if("A1 == daily"), "names “daily”, which is neither"),
    "condition with an answer apart": (asked_if("A1 > 0 and once > 0"), "names “once”, which is neither"),
    "condition on a missing reason": (asked_if("A1 == refused"), "names “refused”, which is neither"),
    "condition on text": (asked_if("answered(T)"), "looks at T, which is a text"),
    "scale of unknown": (with_scale(items=("A1", "Z")), "names the unknown item “Z”"),
    "scale of text": (with_scale(items=("A1", "T")), "item T is a text and cannot be added up"),
    "scale too narrow": (with_scale(maximum=0.5), "item A1 has codes 0 to 1, outside 0 to 0.5"),
    "scale too narrow for a number": (with_scale(items=("A1", "N")), "item N has codes 0 to 9, outside 0 to 1"),
    "reversed item out of range": (
        with_scale(items=("A1", "N"), reversed=("N",)),
        "the reversed item N has codes 0 to 9, outside 0 to 1",
    ),
    "reversed stranger": (with_scale(reversed=("N",)), "calls “N” reversed, which is not one of its items"),
    "severe stranger": (with_scale(severe=("Z",)), "names the unknown item “Z”"),
    "share answered": (with_scale(minimum_answered=0.0), "minimum_answered must lie above 0"),
    "scale upside down": (with_scale(minimum=2), "its minimum is not below its maximum"),
    "scores that fall": (with_scale(score_range=(10, 0)), "its score_range does not rise"),
    "threshold lacking": (with_outcome(indicator="at_least", kind="binary"), "“at_least” needs a threshold"),
    "threshold unused": (with_outcome(threshold=5), "“at_least” needs a threshold, and nothing else has one"),
    "threshold out of reach": (
        with_outcome(indicator="at_least", kind="binary", threshold=101),
        "its threshold lies outside the scores of harm, 0 to 100",
    ),
    "threshold of an item": (of_item("at_least", "binary", threshold=1), "“at_least” is computed from a scale"),
    "outcome of nothing": (with_outcome(scale=None), "must name either a scale or an item"),
    "outcome of both": (with_outcome(item="A1"), "must name either a scale or an item"),
    "outcome of unknown scale": (with_outcome(scale="odd"), "names the unknown scale “odd”"),
    "outcome of unknown item": (
        of_item("value", "ordinal") | {"outcomes": (replace(SCORE, scale=None, item="Z"),)},
        "names the unknown item “Z”",
    ),
    "unknown measure": (with_outcome(measure=4), "names the unknown measure of success 4"),
    "no estimand": (with_outcome(estimands=()), "has no estimand"),
    "kind does not fit": (with_outcome(kind="binary"), "is “score”, which is score, not binary"),
    "score of an item": (of_item("score", "score"), "“score” is computed from a scale"),
    "category of a scale": (with_outcome(indicator="category", kind="binary"), "“category” is computed from an item"),
    "category without any": (of_item("category", "binary"), "is a category without categories"),
    "unknown category": (of_item("category", "binary", categories=("daily",)), "names the unknown answer “daily”"),
    "missing reason as category": (
        of_item("category", "binary", categories=("refused",)),
        "names the unknown answer “refused”",
    ),
    "categories unused": (of_item("value", "ordinal", categories=("once",)), "has categories, which “value”"),
    "nothing severe": (with_outcome(indicator="severe", kind="binary"), "but the scale harm has none"),
    "unknown role": ({"roles": Roles(site="Z")}, "role site names the unknown item “Z”"),
    "unknown wave reason": (
        {"roles": Roles(wave_outcome="A1", wave_reasons={"gone": MissingReason.WITHDRAWN})},
        "names the unknown answer “gone”",
    ),
    "unknown gate item": (
        {"gate": Gate(("Z",), "once", MissingReason.UNSAFE_TO_CONTACT)},
        "names the unknown item “Z”",
    ),
    "unknown gate answer": (
        {"gate": Gate(("A1",), "yes", MissingReason.UNSAFE_TO_CONTACT)},
        "names the unknown answer “yes”",
    ),
    "wording not ours": (
        {"rights": replace(RIGHTS, class_="scoring_only", wording_redistributable=False)},
        "holds wording that may not be passed on",
    ),
    "unknown language": (with_item(text={"ro": "vorbe"}), "has wording in “ro”"),
    "example with unknown item": (with_example({"Z": 1}), "answers the unknown item “Z”"),
    "example with unknown code": (with_example({"A1": 7}), "gives A1 an answer that it cannot have"),
    "example with unknown answer": (with_example({"A1": "daily"}), "gives A1 an answer that it cannot have"),
    "example out of range": (with_example({"N": 12}), "gives N an answer that it cannot have"),
    "example with unknown score": (
        with_example({"A1": 1}, {"harm_score.experienced": 1.0}),
        "expects the unknown score “harm_score.experienced”",
    ),
}


@pytest.mark.parametrize(("changes", "problem"), BROKEN.values(), ids=BROKEN)
def test_each_contradiction_is_named(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(FindingsError) as caught:
        small(**changes)
    assert any(problem in found.what for found in caught.value.problems), str(caught.value)


def test_the_sound_one_is_built_and_all_problems_come_at_once() -> None:
    assert small().reference == "small@1.0.0"
    with pytest.raises(FindingsError) as caught:
        small(
            **with_item(block="Z", response_set="odd", waves=(9,)), **with_scale(maximum=0), **with_outcome(measure=5)
        )
    assert len(caught.value.problems) >= 6
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    "source", ["A1 == once", "A1 in (never, once) and N > 2", "not answered(A1)", "max(A1, N) > 0"]
)
def test_sound_conditions_pass(source: str) -> None:
    asked = small(**asked_if(source)).item("X").ask_if
    assert asked is not None
    assert asked.source == source


@pytest.mark.parametrize("answer", [0, 99, "once", "refused", "no_contact"])
def test_sound_example_answers_pass(answer: float | str) -> None:
    assert small(**with_example({"A1": answer, "N": 3, "T": "text"})).tests[0].answers["A1"] == answer


def test_treatment_may_be_severe_without_being_part_of_the_mean() -> None:
    scale = small(**with_scale(severe=("N",))).scale_by_id["harm"]
    assert "N" not in scale.items


def test_look_up_by_id() -> None:
    instrument = small()
    assert instrument.item("A1").id == "A1"
    assert instrument.outcome("harm_score").scale == "harm"
    assert instrument.wave(2).months == 3
    assert [found.id for found in instrument.items_in_block("A")] == ["A1", "A2", "N", "T"]
    assert instrument.options("T") == ()
    assert instrument.option_codes["A1"] == {"never": 0.0, "once": 1.0, "refused": 99.0}


@pytest.mark.parametrize(
    "look",
    [lambda i: i.item("Z"), lambda i: i.outcome("Z"), lambda i: i.wave(9), lambda i: i.options("Z")],
)
def test_unknown_ids_are_wrong_use(look: Callable[[Instrument], object]) -> None:
    with pytest.raises(UsageError, match="has no"):
        look(small())


def test_response_sets_keep_answers_and_reasons_apart() -> None:
    assert [found.name for found in OFTEN.valid] == ["never", "once"]
    assert OFTEN.reasons == {99: MissingReason.REFUSED}


def test_a_retired_option_is_known_but_not_offered() -> None:
    answers = ResponseSet("often", (option(0, "never"), Option(1, "once", EN, retired=True), option(2, "daily")))
    assert [found.name for found in answers.offered] == ["never", "daily"]
    assert [found.code for found in answers.valid] == [0, 1, 2]


def test_items_know_whether_they_are_asked_once() -> None:
    assert item("A1", variable="site").per_person
    assert not item("A1").per_person
    assert item("A1").is_numeric
    assert not item("T", type="date", response_set=None).is_numeric


def test_texts_fall_back() -> None:
    assert in_language({"ro": "a", "en": "b"}, "ro") == "a"
    assert in_language({"ro": "a", "en": "b"}, "it") == "b"
    assert in_language({"ro": "a"}, "it") == "a"
    assert in_language({}, "it") == ""
