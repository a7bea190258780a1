"""`mirabal simulate`, then `mirabal analyse` without any other argument: the truth comes out again."""

import json

import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.synthetic import simulate


@pytest.fixture(scope="module")
def study():
    """The same people as `mirabal simulate partner-safety --people 500 --waves 5 --seed 7`."""
    return simulate(mt.load_instrument("partner-safety"), people=500, waves=5, seed=7)


@pytest.fixture(scope="module")
def truth(study):
    frame = study.truth.frame
    among_interviewed = frame[frame["population"] == "interviewed"]
    return among_interviewed.set_index(["outcome", "estimand", "wave"])["estimate"]


@pytest.mark.slow
def test_a_simulated_file_is_analysed_without_further_arguments(mirabal, tmp_path, truth):
    made = mirabal("simulate", "partner-safety", "--people", 500, "--waves", 5, "--seed", 7, "--out", "big.sav")
    assert made.returncode == 0, made.stderr
    analysed = mirabal("analyse", "big.sav", "--out", "r", "--profile", "internal")
    assert analysed.returncode == 0, analysed.stderr
    results = json.loads((tmp_path / "r" / "results.json").read_text(encoding="utf-8"))
    seen = [row for row in results["estimates"] if row["analysis"] == "prevalence"]
    assert len(seen) > 100
    for row in seen:
        expected = truth.loc[row["outcome"], row["estimand"], row["wave"]]
        # What she refused or did not know is lost from the answers but not from the truth: a few points.
        assert row["estimate"] == pytest.approx(expected, abs=4), row
        if "zero_cell" not in row["flags"]:
            assert row["conf_low"] - 1 <= expected <= row["conf_high"] + 1
