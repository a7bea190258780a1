"""`mirabal power` as a user runs it."""

import json

import pytest

from mirabal_toolkit.core.plan import Power
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.workflow_power import simulate_power

PLAN = """\
format: "1"
id: small
version: "1.0.0"
date: "2026-01-01"
title: A small plan
description: Two indicators.
instrument: partner-safety
outcomes:
  - {outcome: injured, model: gee, headline: true}
  - {outcome: space_score, model: lmm, headline: true}
power: {people: [20, 40], simulations: 12, dropout: 0.3, change: {injured: -30}}
"""


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_the_page_and_its_numbers(mirabal, tmp_path, plan):
    found = mirabal("power", plan, "--out", "p")
    assert found.returncode == 0, found.stderr
    assert "Physically injured: 57% at the start, −30 to the end" in found.stdout
    numbers = json.loads((tmp_path / "p" / "power.json").read_text(encoding="utf-8"))
    lines = [(line["outcome"], line["method"], line["people"]) for line in numbers["lines"]]
    assert lines == [
        (outcome, method, people)
        for outcome in ("injured", "space_score")
        for method in ("model", "paired")
        for people in (20, 40)
    ]
    injured, space = numbers["assumptions"]
    assert injured["change"] == pytest.approx(-30, abs=0.6)
    assert (injured["assumed_by_plan"], space["assumed_by_plan"]) == (True, False)
    for line in numbers["lines"]:
        assert line["seen"] == pytest.approx(0.7 * line["people"], abs=0.12 * line["people"])
        assert abs(line["bias"]) < 5 * line["bias_error"] + 1
    names = {path.relative_to(tmp_path / "p").as_posix() for path in (tmp_path / "p").rglob("*") if path.is_file()}
    assert {"power.html", "manifest.json", "tables/power.csv", "figures/power-curves.svg"} <= names


def test_the_numbers_do_not_depend_on_the_number_of_processes(plan):
    instrument, declared = load_instrument("partner-safety"), Power((25,), 11, ("injured",), dropout=0.3)
    one, two = (
        simulate_power(instrument, load_plan(plan), declared, seed=5, jobs=jobs, progress=lambda *_: None)
        for jobs in (1, 2)
    )
    assert [(line.method, line.people, line.simulations) for line in one.lines] == [
        ("model", 25, 11),
        ("paired", 25, 11),
    ]
    assert one.lines == two.lines


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--people", "5,60"), "10 to 5,000 people"),
        (("--people", "many"), "whole numbers"),
        (("--simulations", "1"), "at least two simulations"),
        (("--outcomes", "happiness"), "no outcome of this plan"),
    ],
)
def test_impossible_studies(mirabal, plan, arguments, told):
    found = mirabal("power", plan, *arguments)
    assert found.returncode == 2
    assert told in found.stderr


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("{injured: -90}", "injured cannot change by -90 points"),
        ("{injured: -10, physical_any: -10}", "made of the same questions"),
    ],
)
def test_impossible_changes(mirabal, plan, change, told):
    outcomes = "  - {outcome: injured, model: gee, headline: true}\n  - {outcome: physical_any, headline: true}\n"
    text = PLAN.replace("  - {outcome: injured, model: gee, headline: true}\n", outcomes)
    plan.write_text(text.replace("{injured: -30}", change), encoding="utf-8")
    found = mirabal("power", plan)
    assert found.returncode == 2
    assert told in found.stderr
