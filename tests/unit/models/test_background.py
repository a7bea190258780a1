"""Covariates in the models of change, and what is refused before any model runs."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.plan import PlannedOutcome
from mirabal_toolkit.errors import FindingsError
from mirabal_toolkit.models.background import NOT_KNOWN, background, choice_column
from mirabal_toolkit.models.checks import check_panel
from mirabal_toolkit.models.fitting import has_empty_cell, wave_formula
from mirabal_toolkit.models.measured import measure, started
from mirabal_toolkit.models.over_waves import model_over_waves
from mirabal_toolkit.plans.loading import load_plan


@pytest.fixture
def plan():
    """The default plan with two outcomes and two covariates."""
    outcomes = (PlannedOutcome("physical_any", model="gee"), PlannedOutcome("space_score", model="lmm"))
    return replace(load_plan("steps-to-safety"), outcomes=outcomes, covariates=("P2", "P1"), cluster="P1")


def changes(records):
    return [row for row in records if row["analysis"] == "model_contrast" and row["scale"] != "odds_ratio"]


def test_covariates_stand_in_the_model_and_answers_stay_in_points(panel, plan):
    people = started(panel)
    with_them = model_over_waves(measure(panel, plan, plan.outcomes[1], "as_reported", people))
    without = model_over_waves(measure(panel, replace(plan, covariates=()), plan.outcomes[1], "as_reported", people))
    adjusted, plain = changes(with_them)[-1], changes(without)[-1]
    assert adjusted["n_persons"] == plain["n_persons"]
    assert adjusted["scale"] == "points"
    assert adjusted["estimate"] != plain["estimate"]
    assert adjusted["estimate"] == pytest.approx(plain["estimate"], abs=3)


def test_adjusted_predictions_equal_statsmodels_standardised_ones(panel, plan):
    """With one wave seen alone, standardising over the sample is a mean of fitted values."""
    people = started(panel)
    task = measure(panel, replace(plan, covariates=("P2",)), plan.outcomes[1], "as_reported", people)
    from statsmodels.regression.mixed_linear_model import MixedLM

    data = task.long()
    fit = MixedLM.from_formula("value ~ C(wave) + x_P2", data, groups="person_id").fit(reml=True)
    ours = changes(model_over_waves(task))
    assert [row["estimate"] for row in ours] == pytest.approx(list(fit.params.iloc[1:5]), abs=1e-3)
    assert [row["std_error"] for row in ours] == pytest.approx(
        list(fit.bse.iloc[1:5]), rel=3e-3
    )  # its optimiser stops a little early


def test_nobody_is_lost_because_of_an_unknown_covariate(panel, plan):
    people = started(panel)
    holed = panel.people.frame.copy()
    holed.loc[people[:7], ["P1", "P2"]] = np.nan
    panel = replace(panel, people=SealedFrame(holed))
    known = background(panel, plan, people)
    assert known.filled
    assert known.frame.notna().all(axis=None)
    assert (known.frame["x_P1"] == NOT_KNOWN).sum() >= 7
    assert known.frame["x_P2"].mean() == pytest.approx(0)
    rows = changes(model_over_waves(measure(panel, plan, plan.outcomes[1], "as_reported", people)))
    assert all("covariate_filled" in row["flags"] for row in rows)


def test_options_are_named(panel):
    people = started(panel)
    assert set(choice_column(panel, "P1", people)) <= {"site_a", "site_b", "site_c", "site_d", NOT_KNOWN}


def test_formulas_are_built_from_declared_terms():
    assert wave_formula() == "value ~ C(wave)"
    assert wave_formula(["C(x_P1)"], by="arm") == "value ~ C(wave) * C(arm) + C(x_P1)"


def test_an_empty_cell_of_an_arm_or_a_site_is_seen():
    data = pd.DataFrame({"wave": [1, 1, 2, 2] * 2, "arm": [0] * 4 + [1] * 4, "value": [0, 1, 0, 1, 0, 1, 0, 0]})
    assert not has_empty_cell(data)
    assert has_empty_cell(data, wave_formula(by="arm"))
    assert has_empty_cell(data.assign(x=["a"] * 7 + ["b"]), wave_formula(["C(x)"]))


def test_what_the_data_cannot_give_is_named_all_at_once(panel, plan):
    people = started(panel)
    same = panel.people.frame.assign(P1=1.0, P2=30.0)
    broken = replace(panel, people=SealedFrame(same))
    with pytest.raises(FindingsError) as caught:
        check_panel(broken, plan, people)
    told = str(caught.value)
    assert "the covariate P2 is the same for everybody" in told
    assert "the covariate P1 is the same for everybody" in told
    assert "the site P1 is the same for everybody" in told


def test_a_covariate_without_answers_and_too_many_terms_are_refused(panel, plan):
    people = started(panel)
    empty = replace(panel, people=SealedFrame(panel.people.frame.assign(P2=np.nan)))
    with pytest.raises(FindingsError) as caught:
        check_panel(empty, plan, people)
    assert "the covariate P2 has no answer of anybody" in str(caught.value)
    with pytest.raises(FindingsError) as caught:
        check_panel(panel, plan, people[:6])
    assert "6 people started, and the models would estimate" in str(caught.value)


def without_wave(panel, wave):
    flow = panel.flow.frame.copy()
    flow.loc[wave, "wave_missed"] += flow.loc[wave, "interviewed"]
    flow.loc[wave, "interviewed"] = 0
    return replace(panel, flow=SealedFrame(flow))


def test_a_last_wave_with_nobody_is_refused_and_one_between_is_not(panel, plan):
    last = panel.waves[-1]
    with pytest.raises(FindingsError) as caught:
        check_panel(without_wave(panel, last), plan, started(panel))
    assert f"nobody was interviewed at the last wave (wave {last})" in str(caught.value)
    check_panel(without_wave(panel, 2), plan, started(panel))
