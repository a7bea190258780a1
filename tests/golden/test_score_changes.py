"""The size of a change of scores, and reliable change, agree with R (tests/golden/r/score_changes.R)."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.core.plan import PlannedOutcome
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.paired import first_to_last
from mirabal_toolkit.models.reliable_change import reliable_change
from mirabal_toolkit.plans.loading import load_plan

# Closed forms on both sides: they agree to rounding.
TIGHT = 1e-9
CASES = ["plain", "tied", "large"]


@pytest.fixture(scope="module")
def scored():
    """Return a function that lays out pairs of scores, (n, 2), as an outcome that is worse where higher."""
    outcome = load_instrument("partner-safety").outcome("physical_score")
    plan = load_plan("steps-to-safety")

    def lay_out(pairs, **parts):
        frame = pd.DataFrame(np.asarray(pairs), columns=[1, 2])
        planned = PlannedOutcome(outcome.id)
        return Measured(outcome, planned, "experienced", plan, frame, frame.notna(), **parts)

    return lay_out


def _of(case, golden_values):
    pairs = pd.read_csv(golden_values / "counts_score_pairs.csv").query("case == @case")[["before", "after"]]
    return pairs, pd.read_csv(golden_values / "score_changes.csv").query("case == @case")


@pytest.mark.parametrize("case", CASES)
def test_the_standardised_change_has_the_interval_of_bonett(case, scored, golden_values):
    pairs, expected = _of(case, golden_values)
    (row,) = [row for row in first_to_last(scored(pairs)) if row.get("term") == "standardised"]
    names = {"estimate": "d_av", "std_error": "std_error", "conf_low": "low", "conf_high": "high"}
    for name, there in names.items():
        assert row[name] == pytest.approx(expected[there].iloc[0], abs=TIGHT)


@pytest.mark.parametrize("direction", ["higher_is_worse", "higher_is_better"])
@pytest.mark.parametrize("case", CASES)
def test_who_changed_reliably(case, direction, scored, golden_values):
    pairs, expected = _of(case, golden_values)
    terms = ("improved", "unchanged", "deteriorated")
    assert len(expected) == 2
    for there in expected.itertuples(index=False):
        data = scored(pairs, reliability=there.reliability)
        data = replace(data, outcome=replace(data.outcome, direction=direction))
        counts = {row["term"]: row["count"] for row in reliable_change(data)}
        known = (there.fallen, there.stayed, there.risen)
        assert counts == dict(zip(terms, known if direction == "higher_is_worse" else known[::-1], strict=True))


def test_the_standardised_change_is_that_of_the_authors_own_example(scored):
    """statpsych 1.7.0 (by Bonett), `ci.stdmean.ps(.05, 110.4, 102.1, 15.3, 14.6, .75, 25)`, as its manual prints it."""
    drawn = np.random.default_rng(5).normal(size=(25, 2))
    plain = np.linalg.qr(drawn - drawn.mean(axis=0))[0] * np.sqrt(24)
    before, other = plain[:, 0], plain[:, 1]
    pairs = np.column_stack([102.1 + 14.6 * before, 110.4 + 15.3 * (0.75 * before + np.sqrt(1 - 0.75**2) * other)])
    (row,) = [row for row in first_to_last(scored(pairs)) if row.get("term") == "standardised"]
    found = [row[name] for name in ("estimate", "std_error", "conf_low", "conf_high")]
    assert found == pytest.approx([0.5550319, 0.1609934, 0.2394905, 0.8705732], abs=5e-8)
