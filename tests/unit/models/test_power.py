"""Power by simulation against closed forms, and numbers that do not depend on how they are computed."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mirabal_toolkit.core.plan import PlannedOutcome
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.over_waves import model_over_waves
from mirabal_toolkit.models.power import Trial, summarise, try_study
from mirabal_toolkit.plans.loading import load_plan

PLAN = load_plan("steps-to-safety")
STUDIES, PEOPLE = 250, 40


def power_of(draw, outcome, instrument, seed):
    rng = np.random.default_rng(seed)
    planned = PlannedOutcome(outcome)
    estimand = instrument.outcome(outcome).estimands[0]
    trials = [try_study(draw(rng), planned, estimand, PLAN, instrument)["paired"] for _ in range(STUDIES)]
    return np.array([trial.p_value for trial in trials]), np.array(
        [trial.conf_high - trial.conf_low for trial in trials]
    )


def test_scores_have_the_power_of_the_paired_t_test(instrument):
    change, sd = 5.0, 12.0

    def draw(rng):
        first = rng.normal(50, 15, size=PEOPLE)
        return np.column_stack([first, first + rng.normal(change, sd, size=PEOPLE)])

    found, widths = power_of(draw, "space_score", instrument, 3)
    critical, shift = stats.t.ppf(0.975, PEOPLE - 1), change / sd * np.sqrt(PEOPLE)
    exact = stats.nct.sf(critical, PEOPLE - 1, shift) + stats.nct.cdf(-critical, PEOPLE - 1, shift)
    # p is Wilcoxon's: with normal changes its relative efficiency is 3/π, which costs two or three points of power.
    assert exact - 0.03 - 3 * np.sqrt(exact * (1 - exact) / STUDIES) < (found < 0.05).mean() < exact + 0.05
    expected_width = 2 * critical * sd / np.sqrt(PEOPLE)
    assert widths.mean() == pytest.approx(expected_width, rel=0.02)


def test_answers_have_the_power_of_the_exact_mcnemar_test(instrument):
    stopped, started, both = 0.30, 0.08, 0.30
    cells = np.array([[1, 0], [0, 1], [1, 1], [0, 0]], dtype=float)

    def draw(rng):
        chances = [stopped, started, both, 1 - stopped - started - both]
        return cells[rng.choice(4, size=PEOPLE, p=chances)]

    found, _ = power_of(draw, "injured", instrument, 4)
    apart = np.arange(PEOPLE + 1)
    chance_apart = stats.binom.pmf(apart, PEOPLE, stopped + started)
    exact = sum(
        weight * sum(
            stats.binom.pmf(k, d, stopped / (stopped + started))
            for k in range(d + 1)
            if stats.binomtest(k, d, 0.5).pvalue < 0.05
        )
        for d, weight in zip(apart.tolist(), chance_apart.tolist(), strict=True)
        if 0 < d <= 34
    )  # fmt: skip
    assert (found < 0.05).mean() == pytest.approx(exact, abs=3 * np.sqrt(exact * (1 - exact) / STUDIES))


def test_the_main_model_is_the_one_of_the_report(instrument, waves_of_answers):
    planned = PlannedOutcome("injured", model="gee")
    trial = try_study(waves_of_answers, planned, "experienced", PLAN, instrument)["model"]
    table = pd.DataFrame(waves_of_answers, columns=range(1, 6)).rename_axis("person_id")
    records = model_over_waves(
        Measured(instrument.outcome("injured"), planned, "experienced", PLAN, table, table.notna())
    )
    [row] = [one for one in records if one.get("contrast") == "w5 - w1" and one["scale"] == "percentage_points"]
    assert (trial.estimate, trial.conf_low, trial.p_value) == pytest.approx(
        (row["estimate"], row["conf_low"], row["p_value"])
    )


def test_a_study_without_an_estimate_finds_nothing():
    nothing = Trial(float("nan"), float("nan"), float("nan"), float("nan"), 10)
    line = summarise([Trial(-9, -16, -2, 0.01, 60), nothing], ("injured", "model", 100), -8.0, 0.95)
    assert (line.power, line.estimated, line.width, line.seen) == (0.5, 1, 14.0, 35.0)


def test_everybody_alike_gives_no_estimate(instrument):
    trials = try_study(np.zeros((20, 5)), PlannedOutcome("injured", model="gee"), "experienced", PLAN, instrument)
    assert np.isnan(trials["model"].estimate)
    assert not trials["paired"].p_value < 0.05
