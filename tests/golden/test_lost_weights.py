"""Weights for lost waves against R's glm and geepack (tests/golden/r/lost_weights.R)."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.core.plan import PlannedOutcome
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.missing_waves.layout import People
from mirabal_toolkit.models.missing_waves.weights import weighted_records
from mirabal_toolkit.plans.loading import load_plan

OUTCOMES = {"y": "injured", "s": "space_score"}


def laid_out(data, name):
    """Answers at four waves, and what is known of everybody: age, and which waves had an answer."""
    instrument, outcome = load_instrument("partner-safety"), OUTCOMES[name]
    people = pd.Index([f"p{place:04d}" for place in range(len(data))], name="person_id")
    values = (
        data[[f"{name}{wave}" for wave in range(1, 5)]].set_axis(people).set_axis(range(1, 5), axis=1).astype(float)
    )
    status = values.notna().replace({True: "interviewed", False: "wave_missed"}).astype("str")
    age = pd.DataFrame({"P2": data["age"].to_numpy(float)}, index=people)
    measured = Measured(
        outcome=instrument.outcome(outcome),
        planned=PlannedOutcome(outcome, model="gee", headline=True),
        estimand="as_reported",
        plan=replace(load_plan("steps-to-safety"), covariates=()),
        values=values,
        universe=values.notna(),
    )
    return measured, People(status, age, pd.DataFrame(index=people), {}, {outcome: (0.0, 100.0)})


@pytest.mark.parametrize("name", ["y", "s"])
def test_weights_and_the_weighted_change_are_those_of_r(golden_values, name):
    """The same two logit models, products over waves and cut: equal to six digits, where glm stops iterating."""
    expected = pd.read_csv(golden_values / "lost_weights.csv").set_index("outcome").loc[name]
    records = list(weighted_records(*laid_out(pd.read_csv(golden_values / "missing_waves_data.csv"), name)))
    change = next(row for row in records if row["analysis"] == "weighted_change")
    assert change["estimate"] / (100 if name == "y" else 1) == pytest.approx(expected["change"], rel=1e-6)
    assert change["n_obs"] == expected["rows"]
    weights = {row["term"]: row["estimate"] for row in records if row["analysis"] == "weights"}
    terms = ["smallest", "median", "largest", "effective"]
    np.testing.assert_allclose([weights[term] for term in terms], expected[terms].to_numpy(float), rtol=1e-6)
