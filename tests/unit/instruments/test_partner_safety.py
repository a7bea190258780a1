"""The bundled questionnaire holds what the design asks for: blocks, counts, routing, scores, rights."""

from __future__ import annotations

import re

import numpy as np
import pytest

from mirabal_toolkit.core.expressions import evaluate
from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.instruments.loading import load_instrument

COUNTS = {"C": 8, "D": 3, "E": 8, "F": 10, "G": 10, "H": 5, "I": 6, "J": 5, "K": 8, "L": 5, "M": 8}
SEVERE = ["C4", "C5", "C6", "C7", "C8a", "D2", "D3", "E2"]


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument("partner-safety@1.0.0")


def numbered(instrument: Instrument, block: str) -> list[str]:
    return [item.id for item in instrument.items_in_block(block) if re.fullmatch(rf"{block}[1-9]\d*", item.id)]


def test_every_block_has_its_items(instrument: Instrument) -> None:
    assert [block.id for block in instrument.blocks] == list("PABCDEFGHIJKLMN")
    for block, count in COUNTS.items():
        assert numbered(instrument, block) == [f"{block}{number}" for number in range(1, count + 1)], block
    assert [item.id for item in instrument.items if item.severe] == SEVERE


def test_every_item_is_worded_labelled_and_named_in_data(instrument: Instrument) -> None:
    for item in instrument.items:
        assert item.text["en"].endswith((".", "?")), item.id
        assert 0 < len(item.label["en"]) < 60, item.id
        assert item.per_person == (item.block == "P"), item.id
        if not item.per_person:
            assert item.variable == f"{item.id.lower()}_w{{wave}}"


def test_five_waves_in_a_year(instrument: Instrument) -> None:
    assert [(wave.number, wave.months, wave.window_days) for wave in instrument.waves] == [
        (1, 0, 21), (2, 3, 21), (3, 6, 21), (4, 9, 21), (5, 12, 21),
    ]  # fmt: skip


def test_every_question_can_be_left_unanswered(instrument: Instrument) -> None:
    """Don't know and prefer not to say, with the same codes everywhere, except for the office's own records."""
    for item in instrument.items:
        if item.type in ("date", "text") or item.id in ("A0", "P1"):
            continue
        kinds = {option.kind: option.code for option in instrument.options(item.id)}
        wide = 900 if item.id == "P2" else 0
        assert kinds["not_applicable"] == 97 + wide, item.id
        assert kinds["dont_know"] == 98 + wide, item.id
        assert kinds["refused"] == 99 + wide, item.id


def asked(instrument: Instrument, item: Item, **answers: float) -> bool:
    """Whether the item is asked of somebody with these answers; unknown counts as asked."""
    if item.ask_if is None:
        return True
    value = evaluate(item.ask_if, lambda name: np.asarray(answers.get(name, np.nan)), instrument.option_codes)
    return bool(np.isnan(value) or value == 1)


def routed_out(instrument: Instrument, **answers: float) -> dict[MissingReason, set[str]]:
    left_out: dict[MissingReason, set[str]] = {}
    for item in instrument.items:
        if not asked(instrument, item, **answers):
            left_out.setdefault(item.otherwise, set()).add(item.id)
    return left_out


def ids(*spans: str) -> set[str]:
    """``ids("C1-3")`` → C1, C2, C3."""
    found = set()
    for span in spans:
        first, _, last = span[1:].partition("-")
        found |= {f"{span[0]}{number}" for number in range(int(first), int(last or first) + 1)}
    return found


IN_PERSON = ids("C1-8", "D1-3", "E1", "F9", "G4")
CHILDREN = {"B3", "G6", *ids("K1-8", "L1-5")}


def test_together_with_children_everything_is_asked(instrument: Instrument) -> None:
    assert routed_out(instrument, B2=1, K0=2, B3=1, B4=2, C8=1) == {}


@pytest.mark.parametrize(("contact", "silent"), [(3, set()), (4, ids("I1-6", "J1-5"))])
def test_without_meeting_only_remote_items_are_asked(instrument: Instrument, contact: int, silent: set[str]) -> None:
    left_out = routed_out(instrument, B2=contact, K0=2, B3=1, B4=2)
    assert left_out == {MissingReason.NO_CONTACT: IN_PERSON | silent, MissingReason.NOT_APPLICABLE: {"C8a"}}


def test_without_children_nothing_about_children_is_asked(instrument: Instrument) -> None:
    assert routed_out(instrument, B2=1, K0=0, B4=2, C8=1) == {MissingReason.NOT_APPLICABLE: CHILDREN}


def test_without_his_contact_to_the_children_parenting_is_left_out(instrument: Instrument) -> None:
    left_out = routed_out(instrument, B2=1, K0=1, B3=5, B4=2, C8=1)
    assert left_out == {MissingReason.NOT_APPLICABLE: {"K8", *ids("L1-5")}}


def test_treatment_is_asked_after_an_injury(instrument: Instrument) -> None:
    assert routed_out(instrument, B2=2, K0=1, B3=1, B4=2, C8=0) == {MissingReason.NOT_APPLICABLE: {"C8a"}}


def test_the_gate_lets_nobody_through_with_a_no(instrument: Instrument) -> None:
    assert instrument.gate is not None
    assert instrument.gate.items == ("A1", "A2", "A3", "A4")
    assert (instrument.gate.pass_option, instrument.gate.reason) == ("yes", MissingReason.UNSAFE_TO_CONTACT)


def test_scales_and_outcomes_are_those_of_the_design(instrument: Instrument) -> None:
    assert instrument.scale_by_id["accountability"].reversed == ("J5",)
    for scale, block in (("physical", "C"), ("sexual", "D"), ("intimidation", "E"), ("coercion", "F")):
        assert list(instrument.scale_by_id[scale].items) == numbered(instrument, block)
        assert instrument.scale_by_id[scale].no_contact_is_zero
        for indicator in ("any", "variety", "score"):
            outcome = instrument.outcome(f"{scale}_{indicator}")
            assert (outcome.indicator, outcome.measure) == (indicator, 3)
            assert outcome.estimands == ("experienced", "while_in_contact")
    severe = {outcome.scale: outcome for outcome in instrument.outcomes if outcome.indicator == "severe"}
    assert set(severe) == {"physical", "sexual", "intimidation"}
    for block, scale, measure in (
        ("I", "respect", 1),
        ("G", "space", 2),
        ("L", "parenting", 4),
        ("J", "accountability", 5),
    ):
        assert list(instrument.scale_by_id[scale].items) == numbered(instrument, block)
        assert instrument.outcome(f"{scale}_score").measure == measure
    assert {measure.number for measure in instrument.measures_of_success} == {1, 2, 3, 4, 5, 6}


def test_feeling_safe_is_very_or_quite(instrument: Instrument) -> None:
    assert instrument.outcome("feels_safe").categories == ("very", "quite")
    assert instrument.outcome("feels_very_safe").categories == ("very",)
    assert instrument.outcome("feels_not_safe_at_all").categories == ("not_at_all",)


def test_every_outcome_can_be_said_in_a_sentence(instrument: Instrument) -> None:
    for outcome in instrument.outcomes:
        statement = outcome.statement["en"]
        assert statement[0].islower(), outcome.id
        assert not statement.endswith("."), outcome.id
        assert not re.search(r"effect|impact|reduc", statement + outcome.label["en"]), outcome.id
        assert len(outcome.label["en"]) < 60, outcome.id


def test_rights_and_validation_are_said(instrument: Instrument) -> None:
    assert (instrument.rights.class_, instrument.rights.licence) == ("own", "CC-BY-4.0")
    assert instrument.validation.startswith("none:")
    (wellbeing,) = [block for block in instrument.blocks if block.attribution]
    assert wellbeing.id == "M"
    assert "Open Government Licence" in wellbeing.attribution


def test_free_text_and_what_could_point_to_a_person_is_marked(instrument: Instrument) -> None:
    marked = {item.id: item.sensitivity for item in instrument.items}
    assert {name for name, kind in marked.items() if kind == "free_text"} == {"N1", "N2"}
    assert {name for name, kind in marked.items() if kind == "quasi"} == {"P1", "P2", "P3", "P4", "A_date"}
    assert {marked[name] for name in ids("C1-8", "D1-3", "E1-8", "F1-10")} == {"sensitive"}


def test_every_outcome_has_a_worked_example(instrument: Instrument) -> None:
    worked = {name for test in instrument.tests for name in test.expected}
    declared = {f"{outcome.id}.{estimand}" for outcome in instrument.outcomes for estimand in outcome.estimands}
    assert worked == declared
    assert len(instrument.tests) >= 8
