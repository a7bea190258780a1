"""Artificial studies with known truth, from answers to estimates (benchmarks/pipeline.py, docs/pipeline.md)."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


def load():
    spec = importlib.util.spec_from_file_location("mirabal_pipeline", ROOT / "benchmarks" / "pipeline.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


PIPELINE = load()


def tallies(cell):
    return {key: PIPELINE.Tally(**sums) for key, sums in cell["tallies"].items()}


def surprise(share, expected, n):
    """How many of its own standard errors a share stands from what is expected."""
    return (share - expected) / np.sqrt(expected * (1 - expected) / n)


def check_unbiased(cell):
    """Every estimate is unbiased and covers; with some twenty of them, at 4 standard errors a false alarm is rare."""
    for key, tally in tallies(cell).items():
        assert abs(tally.bias) < 4.0 * tally.spread / np.sqrt(tally.studies), key
        assert abs(surprise(tally.coverage, 0.95, tally.studies)) < 4.0, key
        assert tally.without <= 0.01 * (tally.studies + tally.without), key


@pytest.mark.parametrize("n_people", PIPELINE.SIZES)
def test_the_stored_simulation_is_unbiased_and_covers(n_people):
    cell = PIPELINE.read_store()[f"at-random {n_people}"]
    assert cell["studies"] >= 200
    assert len(cell["tallies"]) == 18
    check_unbiased(cell)


@pytest.mark.parametrize("n_people", PIPELINE.SIZES)
def test_the_stored_simulation_holds_the_family_wise_error(n_people):
    cell = PIPELINE.read_store()[f"no-change {n_people}"]
    assert cell["studies"] >= 200
    for kind in ("pairs", "model"):
        assert surprise(cell["false"][kind] / cell["studies"], 0.05, cell["studies"]) < 3.0


@pytest.mark.slow
@pytest.mark.parametrize("n_people", PIPELINE.SIZES)
def test_a_new_batch_is_unbiased_and_covers(n_people):
    cell = {}
    strength = PIPELINE.SCENARIOS["at-random"].change.strength
    PIPELINE.run_batch("at-random", n_people, cell, PIPELINE.true_changes(strength))
    assert cell["studies"] == PIPELINE.BATCH
    check_unbiased(cell)


def test_what_is_said_of_one_outcome_looked_at_more_closely_holds():
    """docs/pipeline.md: chance where loss depends on nothing; where it depends on harm told, the model."""
    store = PIPELINE.read_store()
    for n_people in PIPELINE.SIZES:
        cell = store[f"closer at-random {n_people}"]
        assert cell["studies"] >= 300
        check_unbiased(cell)
    lost = tallies(store["closer given-answers 300"])
    assert abs(lost["coercion_score mmrm-kenward-roger"].bias) < 0.1 * lost["coercion_score mmrm-kenward-roger"].spread
    assert lost["coercion_score lmm-satterthwaite"].bias > 0.3 * lost["coercion_score lmm-satterthwaite"].spread
