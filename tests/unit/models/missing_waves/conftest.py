"""Studies laid out for the questions about lost waves."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.core.plan import MissingData, PlannedOutcome
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.missing_waves.layout import People
from mirabal_toolkit.plans.loading import load_plan

WAVES = range(1, 5)


@pytest.fixture(scope="session")
def instrument():
    return load_instrument("partner-safety")


@pytest.fixture(scope="session")
def plan():
    asked = MissingData(imputations=12, iterations=4)
    return replace(load_plan("steps-to-safety"), missing_data=asked, covariates=(), comparison=None)


@pytest.fixture
def study(instrument, plan):
    """Return a function that lays out values (people × 4 waves) with the status of every wave."""

    def lay_out(values, outcome="injured", status=None, universe=None, order=None):
        table = np.asarray(values, dtype=float)
        people = pd.Index([f"p{i:04d}" for i in range(len(table))], name="person_id")
        frame = pd.DataFrame(table, index=people, columns=WAVES)
        how = np.where(np.isnan(table), "wave_missed", "interviewed") if status is None else np.asarray(status)
        asked = ~np.isnan(table) if universe is None else np.asarray(universe)
        applies = pd.DataFrame(asked, index=people, columns=WAVES)
        frame = frame if order is None else frame.iloc[order]
        measured = Measured(
            outcome=instrument.outcome(outcome),
            planned=PlannedOutcome(outcome, model="gee", headline=True),
            estimand=instrument.outcome(outcome).estimands[0],
            plan=plan,
            values=frame,
            universe=applies.loc[frame.index],
        )
        site = pd.Series(np.resize(["site_a", "site_b", "site_a"], len(table)), index=people, dtype="str")
        known = People(
            status=pd.DataFrame(how, index=people, columns=WAVES).astype("str"),
            numbers=pd.DataFrame({"P2": 20.0 + np.arange(len(table)) % 30}, index=people),
            categories=pd.DataFrame({"P1": site}),
            by_wave={},
            limits={outcome: (0.0, 1.0) if measured.outcome.kind == "binary" else (0.0, 100.0)},
        )
        return measured, known

    return lay_out


@pytest.fixture(scope="session")
def lived():
    """Complete answers of 200 people, yes or no: more no from wave to wave; (200, 4)."""
    rng = np.random.default_rng(3)
    person = 1.3 * rng.normal(size=(200, 1))
    return (rng.random((200, 4)) < 1 / (1 + np.exp(-(1.0 - 0.7 * np.arange(4) + person)))).astype(float)


@pytest.fixture(scope="session")
def scored():
    """Complete scores of 200 people, falling; (200, 4)."""
    rng = np.random.default_rng(4)
    return np.clip(55 - 8 * np.arange(4) + 12 * rng.normal(size=(200, 1)) + 9 * rng.normal(size=(200, 4)), 0, 100)


def lose_at_random(values, seed=5, *, on=0.0):
    """Take out later waves: from the first missed on, with log odds −1.5 plus `on` × the value before."""
    rng = np.random.default_rng(seed)
    kept = values.copy()
    for wave in range(1, values.shape[1]):
        odds = np.exp(-1.5 + on * np.nan_to_num(kept[:, wave - 1], nan=values.mean()))
        kept[rng.random(len(values)) < odds / (1 + odds), wave] = np.nan
    return kept


@pytest.fixture(scope="session")
def lose():
    return lose_at_random
