import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.core.plan import PlannedOutcome
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.plans.loading import load_plan


@pytest.fixture(scope="session")
def instrument():
    return load_instrument("partner-safety")


@pytest.fixture
def measured(instrument):
    """Return a function that lays out a table of values (people × waves 1…) as an outcome."""

    def lay_out(values, outcome="injured", estimand="experienced", model="gee", beside=()):
        table = np.asarray(values, dtype=float)
        people = pd.Index([f"p{i:04d}" for i in range(len(table))], name="person_id")
        frame = pd.DataFrame(table, index=people, columns=range(1, table.shape[1] + 1))
        return Measured(
            outcome=instrument.outcome(outcome),
            planned=PlannedOutcome(outcome, model=model, beside=beside),
            estimand=estimand,
            plan=load_plan("steps-to-safety"),
            values=frame,
            universe=frame.notna(),
        )

    return lay_out


@pytest.fixture
def waves_of_answers():
    """Yes-or-no answers of 150 people at five waves, falling, with drop-out; (150, 5)."""
    rng = np.random.default_rng(11)
    person = rng.normal(size=(150, 1))
    chance = 1 / (1 + np.exp(-(1.2 - 0.6 * np.arange(5) + person)))
    answers = (rng.random((150, 5)) < chance).astype(float)
    lost_from = rng.integers(2, 9, size=(150, 1))
    return np.where(np.arange(5) >= lost_from, np.nan, answers)


@pytest.fixture(scope="session")
def panel():
    """The panel of the bundled example: 120 artificial women at five waves."""
    from mirabal_toolkit.workflow import clean, example_export, read, score

    return score(clean(read(example_export(), instrument="partner-safety@1.0.0"))).to_panel()
