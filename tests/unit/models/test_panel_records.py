"""Panel models as estimates: units, contrasts, refusals; covariates over time."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.models.panel_models import correlated_effects_test, fit_panel_model
from mirabal_toolkit.models.panel_records import panel_records, within_between_records
from mirabal_toolkit.models.within_between import within_between

MODELS = ("entity", "random_effects", "first_differences", "within_between")


def asked(measured, *models):
    planned = replace(measured.planned, headline=True)
    return replace(measured, planned=planned, plan=replace(measured.plan, panel_models=models))


def long(values):
    table = pd.DataFrame(values, columns=range(1, values.shape[1] + 1)).rename_axis("person_id")
    rows = table.reset_index().melt("person_id", var_name="wave", value_name="value").dropna()
    return rows.astype({"wave": int}).sort_values(["person_id", "wave"], ignore_index=True)


def test_complete_pairs_give_the_mean_change_whatever_the_model():
    rng = np.random.default_rng(2)
    first = rng.normal(50, 10, size=(40, 1))
    values = np.hstack([first, first + rng.normal(5, 3, size=(40, 1))])
    for model in MODELS[:3]:
        fit = fit_panel_model(model, long(values))
        assert fit.estimate == pytest.approx([np.diff(values).mean()])


def test_percents_are_in_percentage_points(measured, waves_of_answers):
    rows = list(panel_records(asked(measured(waves_of_answers), *MODELS)))
    by = {(row["model"], row.get("contrast")): row for row in rows}
    assert {model for model, _ in by} == {
        "panel-entity",
        "panel-random_effects",
        "panel-first_differences",
        "panel-mundlak",
    }
    last = by["panel-entity", "w5 - w1"]
    seen = np.nanmean(waves_of_answers, axis=0)
    assert last["estimate"] == pytest.approx(100 * (seen[-1] - seen[0]), abs=8)
    assert last["conf_low"] < last["estimate"] < last["conf_high"]
    assert last["scale"] == "percentage_points"


def test_only_headline_outcomes_that_are_asked_for(measured, waves_of_answers):
    assert list(panel_records(measured(waves_of_answers))) == []
    one = asked(measured(waves_of_answers), "entity")
    assert {row["model"] for row in panel_records(one)} == {"panel-entity"}
    aside = replace(one, planned=replace(one.planned, headline=False))
    assert list(panel_records(aside)) == []


def test_an_outcome_that_does_not_vary_is_a_flagged_row(measured):
    rows = list(panel_records(asked(measured(np.zeros((30, 3))), *MODELS)))
    assert [row["flags"] for row in rows] == [("not_estimable",)] * 3
    assert all("estimate" not in row for row in rows)


def test_people_seen_once_tell_nothing_of_change():
    values = np.full((30, 3), np.nan)
    values[:, 0] = np.arange(30)
    with pytest.raises(ModelError, match="too few people"):
        fit_panel_model("entity", long(values))


def test_the_same_waves_for_everybody_leave_nothing_to_test():
    values = np.random.default_rng(1).normal(size=(40, 3))
    with pytest.raises(ModelError, match="same waves"):
        correlated_effects_test(long(values))


def test_the_test_finds_those_who_are_lost_because_they_are_worse():
    rng = np.random.default_rng(3)
    level = rng.normal(0, 10, size=(150, 1))
    values = level + rng.normal(size=(150, 4))
    worse = (level[:, 0] > 0) & (rng.random(150) < 0.9)
    values[worse, 2:] = np.nan
    assert correlated_effects_test(long(values)).p_value < 1e-6


def test_within_and_between_are_told_apart():
    rng = np.random.default_rng(4)
    level = rng.normal(0, 10, size=(120, 1))
    x = level / 10 + rng.normal(size=(120, 4))
    rows = long(2 * (x - x.mean(axis=1, keepdims=True)) - 6 * x.mean(axis=1, keepdims=True) + rng.normal(size=x.shape))
    rows["x"] = long(x)["value"]
    found = {one.part: one.estimate for one in within_between(rows, ("x",), binary=False)}
    assert found["within"] == pytest.approx(2, abs=0.2)
    assert found["between"] == pytest.approx(-6, abs=0.3)


def test_ratios_and_the_people_behind_a_category(measured, waves_of_answers):
    one = measured(waves_of_answers)
    index = pd.MultiIndex.from_product([one.values.index, one.values.columns], names=["person_id", "wave"])
    apart = pd.DataFrame({"B2=apart": np.random.default_rng(5).integers(0, 2, size=len(index)).astype(float)}, index)
    within, between = within_between_records(one, apart)
    assert (within["term"], between["term"]) == ("within B2=apart", "between B2=apart")
    assert within["scale"] == "odds_ratio"
    assert 0 < within["conf_low"] < within["estimate"] < within["conf_high"]
    seen = one.long().merge(apart.reset_index(), on=["person_id", "wave"])
    assert within["count"] == seen.loc[seen["B2=apart"] == 1, "person_id"].nunique()


def test_a_covariate_that_never_varies_is_a_flagged_row(measured, waves_of_answers):
    one = measured(waves_of_answers)
    index = pd.MultiIndex.from_product([one.values.index, one.values.columns], names=["person_id", "wave"])
    [row] = within_between_records(one, pd.DataFrame({"x": 1.0}, index))
    assert row["flags"] == ("not_estimable",)
