"""The parts of a plan that only some plans have: how they are read, and what is refused at once."""

import pytest

from mirabal_toolkit.core.plan import Comparison, Informants, MissingData, Power
from mirabal_toolkit.errors import FindingsError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.plans.loading import load_plan

PLAN = """\
format: "1"
id: mine
version: "1.0.0"
title: My plan
instrument: partner-safety
outcomes:
  - {outcome: physical_any, model: gee, headline: true}
  - {outcome: space_score, model: lmm}
"""


def loaded(tmp_path, more=""):
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN + more, encoding="utf-8")
    return load_plan(path)


def problems(tmp_path, more):
    with pytest.raises(FindingsError) as caught:
        loaded(tmp_path, more).check_against(load_instrument("partner-safety@1.0.0"))
    return str(caught.value)


def test_every_section_becomes_its_type(tmp_path):
    plan = loaded(
        tmp_path,
        """\
cluster: P1
covariates: [P2, P3]
time_varying: [B2]
panel_models: [entity, within_between]
comparison:
  {arm: file, reference: comparison-site, treated: partner-safety, weights: overlap, propensity: [P2, first_wave]}
subgroups: [P1]
completers: true
paired_interval: tango
missing_data: {imputations: 20, outcomes: [space_score], auxiliaries: [P1, safety_score], reference_based: true}
measurement: [physical]
informants: {instrument: client-account, pairs: [[physical_any, own_physical_any]]}
power: {people: [60, 100], dropout: 0.3, change: {physical_any: -20}}
""",
    )
    plan.check_against(load_instrument("partner-safety@1.0.0"))
    assert plan.comparison == Comparison(
        "file", "comparison-site", "partner-safety", weights="overlap", propensity=("P2", "first_wave")
    )
    assert plan.missing_data == MissingData(
        imputations=20, outcomes=("space_score",), auxiliaries=("P1", "safety_score"), reference_based=True
    )
    assert plan.informants == Informants("client-account", (("physical_any", "own_physical_any"),))
    assert plan.power == Power(people=(60, 100), dropout=0.3, change={"physical_any": -20})
    assert (plan.cluster, plan.covariates, plan.time_varying) == ("P1", ("P2", "P3"), ("B2",))
    assert (plan.panel_models, plan.subgroups, plan.measurement) == (
        ("entity", "within_between"),
        ("P1",),
        ("physical",),
    )


def test_absent_sections_ask_for_nothing(tmp_path):
    plan = loaded(tmp_path)
    assert (plan.comparison, plan.missing_data, plan.informants, plan.power) == (None,) * 4
    assert (plan.measurement, plan.design, plan.covariates) == ("none", "longitudinal", ())


def test_outcomes_of_a_section(tmp_path):
    plan = loaded(tmp_path)
    assert [planned.outcome for planned in plan.outcomes_of("headline")] == ["physical_any"]
    assert len(plan.outcomes_of("all")) == 2
    assert [planned.outcome for planned in plan.outcomes_of(("space_score",))] == ["space_score"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("covariates: [P9]", "names the unknown item “P9”"),
        ("covariates: [B2]", "names “B2”, which is asked at every wave"),
        ("covariates: [P4]", "names “P4”, which is a date"),
        ("subgroups: [P3]", "which has no answers to choose from"),
        ("cluster: Q1", "names the unknown item “Q1”"),
        ("time_varying: [P1]", "put it under covariates"),
        ("comparison: {arm: P1, reference: site_a, treated: site_b}", "has 4 answers; an arm has two"),
        ("comparison: {arm: P1, reference: site_a, treated: site_x}", "names the unknown answer “site_x” of P1"),
        ("comparison: {arm: file, reference: a, treated: a}", "gives both arms the same name"),
        ("comparison: {arm: file, reference: cas, treated: movers}", "neither of which is of the plan's instrument"),
        (
            "comparison: {arm: file, reference: comparison-site, treated: partner-safety, weights: overlap}",
            "propensity",
        ),
        ("missing_data: {outcomes: [injured]}", "names “injured”, which is no outcome of this plan"),
        ("missing_data: {auxiliaries: [nothing]}", "no item and no outcome"),
        ("missing_data: {reference_based: true}", "declare a comparison"),
        ("measurement: [nothing]", "names the unknown scale “nothing”"),
        ("group: P1", "groups people in a plan over several waves"),
        ("design: cross_sectional", "names no group"),
        ("informants: {instrument: client-account, pairs: [[nothing, a]]}", "informants, pairs"),
        ("power: {change: {injured: -3}}", "power, change"),
    ],
)
def test_what_the_instrument_cannot_give_is_named(tmp_path, more, told):
    assert told in problems(tmp_path, more)


def test_all_problems_come_at_once(tmp_path):
    told = problems(tmp_path, "covariates: [P9]\ncluster: Q1\nmeasurement: [nothing]\n")
    assert all(name in told for name in ("P9", "Q1", "nothing"))


def test_an_outcome_named_twice_is_refused(tmp_path):
    plan = PLAN.replace("outcome: space_score, model: lmm", "outcome: physical_any, model: gee")
    path = tmp_path / "plan.yaml"
    path.write_text(plan, encoding="utf-8")
    with pytest.raises(FindingsError, match="cannot be run") as caught:
        load_plan(path).check_against(load_instrument("partner-safety"))
    assert "twice" in str(caught.value)
