from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.core.plan import MissingData
from mirabal_toolkit.models.background import Background
from mirabal_toolkit.models.missing_waves.analysing import LostWaves, estimate_lost
from mirabal_toolkit.models.missing_waves.reference import Arms, drawn_arms, expected_at_the_end


@pytest.fixture(scope="module")
def two_arms():
    """Scores of 160 women: level in the reference arm, 10 points a wave in the treated one; (160, 4), arm (160,)."""
    rng = np.random.default_rng(8)
    treated = np.arange(160) % 2 == 0
    rise = np.where(treated[:, None], 10 * np.arange(4), 0)
    return 35 + rise + 7 * rng.normal(size=(160, 1)) + 6 * rng.normal(size=(160, 4)), treated


def rows_of(study, values, treated):
    measured, people = study(np.clip(values, 0, 100), outcome="space_score")
    arms = pd.Series(treated.astype(int), index=measured.values.index)
    measured = replace(measured, background=Background(pd.DataFrame(index=arms.index), treated=arms))
    names = arms.map({1: "treated", 0: "reference"}).astype("str")
    people = replace(people, categories=people.categories.assign(arm=names))
    asked = MissingData(imputations=15, iterations=3, weights=False, bounds=False, reference_based=True)
    rows = estimate_lost(LostWaves(measured, people, asked))
    return {row["model"]: row for row in rows if row["analysis"] == "reference_change"}


def test_with_nobody_lost_all_rules_agree(study, two_arms):
    values, treated = two_arms
    found = rows_of(study, values, treated)
    d = values[:, 3] - values[:, 0]
    assert len(found) == 3
    for row in found.values():
        assert row["estimate"] == pytest.approx(d[treated].mean() - d[~treated].mean(), rel=1e-9)


def test_those_lost_take_the_course_of_the_reference_arm(study, two_arms):
    """Half of the treated lost after wave 2: at random +30; increments of the reference arm from +10; its means."""
    values, treated = two_arms
    values = values.copy()
    values[(np.arange(160) % 4 == 0)[:, None] & (np.arange(4) >= 2)] = np.nan
    found = {name: row["estimate"] for name, row in rows_of(study, values, treated).items()}
    assert found["missing-at-random"] == pytest.approx(30, abs=4)
    # half of the treated stay at +30, the others reach +10 by copied increments, about 0 to +5 by jumping
    assert found["copy-increments"] == pytest.approx(20, abs=4)
    assert found["jump-to-reference"] == pytest.approx(15, abs=4)
    assert found["jump-to-reference"] < found["copy-increments"] < found["missing-at-random"]


def test_the_last_wave_keeps_what_she_was_beyond_her_arm():
    """With a correlation of 0.5 and equal spread, half of her own distance from the treated mean stays."""
    arms = Arms(np.array([50.0, 80.0]), np.array([50.0, 60.0]), np.array([[100.0, 50.0], [50.0, 100.0]]))
    mean, variance = expected_at_the_end(arms, np.array([[70.0], [50.0]]), 1, "jump-to-reference")
    assert mean == pytest.approx([70.0, 60.0], abs=1e-3)
    assert variance == pytest.approx(75.0, abs=1e-3)


def test_the_covariance_drawn_from_is_pooled_within_arms():
    values = np.random.default_rng(4).multivariate_normal([50.0, 60.0], [[9.0, 4.0], [4.0, 16.0]], size=30)
    treated = np.arange(30) < 12
    values[treated] += 25.0  # how far the arms lie apart says nothing of how people differ within one
    within = [(len(part) - 1) * np.cov(part, rowvar=False) for part in (values[treated], values[~treated])]
    found = drawn_arms(values, treated, np.random.default_rng(1))
    np.testing.assert_allclose(found.covariance, sum(within) / 28, rtol=1e-12)
