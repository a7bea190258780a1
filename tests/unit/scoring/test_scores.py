"""Outcomes of the real questionnaire: universes, estimands, severity."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mirabal_toolkit.core.data import score_name
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.scoring import score
from mirabal_toolkit.synthetic.design import Dropout
from mirabal_toolkit.synthetic.simulating import simulate

C = [f"C{number}" for number in range(1, 9)]
E = [f"E{number}" for number in range(1, 9)]


def value(scored, name: str, row: int = 0) -> float | None:
    found = float(scored.scores.frame[name].iloc[row])
    return None if math.isnan(found) else found


def inside(scored, name: str, row: int = 0) -> bool:
    return bool(scored.universe.frame[name].iloc[row])


def test_columns_are_every_outcome_under_every_estimand(instrument, cleaned):
    scored = score(cleaned({"B2": 1}))
    names = [score_name(outcome.id, estimand) for outcome in instrument.outcomes for estimand in outcome.estimands]
    assert scored.scores.columns == scored.universe.columns == names


def test_only_interviews_are_in_a_universe(cleaned):
    gone = {"status": "wave_missed"}
    scored = score(cleaned(dict.fromkeys(C, 0), gone, otherwise="wave_missed"))
    assert inside(scored, "physical_any.experienced", 0)
    assert not scored.universe.frame.iloc[1].any()
    assert scored.scores.frame.iloc[1].isna().all()


def test_missing_answers_stay_in_the_universe(cleaned):
    scored = score(cleaned(dict.fromkeys(C, "refused")))
    assert inside(scored, "physical_any.experienced")
    assert value(scored, "physical_any.experienced") is None


def test_no_children_is_outside_and_not_zero(cleaned):
    scored = score(cleaned({f"K{number}": "not_applicable" for number in range(1, 9)}))
    assert not inside(scored, "children_scared.as_reported")
    assert not inside(scored, "children_score.as_reported")


def test_all_indicators_of_a_scale_have_the_same_people_while_in_contact(cleaned):
    """Threats to kill are asked from afar; she is outside the scale, so outside its severe part too."""
    remote = {**dict.fromkeys(E, 0), "E1": "no_contact", "E2": 2}
    scored = score(cleaned(remote))
    for indicator in ("any", "severe", "variety", "score"):
        assert not inside(scored, f"intimidation_{indicator}.while_in_contact")
        assert inside(scored, f"intimidation_{indicator}.experienced")
    assert value(scored, "intimidation_severe.experienced") == 1
    assert value(scored, "intimidation_variety.experienced") == 1


def test_no_contact_is_not_zero_where_the_scale_does_not_say_so(cleaned):
    scored = score(cleaned({f"I{number}": "no_contact" for number in range(1, 7)}))
    assert not inside(scored, "respect_score.as_reported")


def test_severe_harm_is_harm(cleaned):
    """Treatment is recorded, the injury was not: the contradiction must not hide what happened."""
    scored = score(cleaned({**dict.fromkeys(C, 0), "C8a": 1}))
    assert value(scored, "physical_severe.experienced") == 1
    assert value(scored, "physical_any.experienced") == 1


def test_severe_needs_enough_of_the_severe_items(cleaned):
    told = {**dict.fromkeys(C, 0), "C8a": "not_applicable"}
    scored = score(cleaned({**told, "C4": "refused"}, {**told, "C4": "refused", "C5": "refused"}))
    assert value(scored, "physical_severe.experienced", 0) == 0
    assert value(scored, "physical_severe.experienced", 1) is None
    assert value(scored, "physical_any.experienced", 1) == 0


def test_a_reversed_item_without_contact_counts_as_the_minimum_after_turning(instrument, cleaned):
    scales = tuple(replace(scale, reversed=("C1",)) if scale.id == "physical" else scale for scale in instrument.scales)
    data = replace(cleaned(dict.fromkeys(C, "no_contact")), instrument=replace(instrument, scales=scales))
    assert value(score(data), "physical_score.experienced") == 0


def test_value_under_experienced_is_the_lowest_code(instrument, cleaned):
    outcomes = (
        replace(instrument.outcome("weapon_used"), id="on_scale", indicator="value", kind="ordinal", categories=()),
        replace(instrument.outcome("safety_level"), id="off_scale", estimands=("experienced",)),
        replace(instrument.outcome("anxious_yesterday"), id="a_number", estimands=("experienced",)),
    )
    row = {"C7": "no_contact", "H1": "no_contact", "M4": "no_contact"}
    scored = score(replace(cleaned(row), instrument=replace(instrument, outcomes=outcomes, tests=())))
    assert [value(scored, f"{name}.experienced") for name in ("on_scale", "off_scale", "a_number")] == [0, 1, 0]
    assert not inside(scored, "on_scale.while_in_contact")


def test_scores_agree_with_what_the_simulator_knows():
    """The simulator computes the truth of complete lives by itself; cleaning and scoring must find exactly it."""
    from mirabal_toolkit.cleaning import clean

    study = simulate(load_instrument("partner-safety@1.0.0"), people=150, seed=3, dropout=Dropout.none())
    scored = score(clean(study.waves))
    truth = study.truth.frame.query("population == 'everybody'")
    assert len(truth) >= 200
    for row in truth.itertuples():
        column = scored.scores.frame[score_name(row.outcome, row.estimand)].xs(row.wave, level="wave")
        factor = 100 if scored.cleaned.instrument.outcome(row.outcome).kind == "binary" else 1
        assert column.count() == row.n, (row.outcome, row.estimand, row.wave)
        np.testing.assert_allclose(factor * column.mean(), row.estimate, rtol=1e-12, err_msg=row.outcome)
