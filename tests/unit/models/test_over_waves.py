import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed import glmm
from mirabal_toolkit.models.fitting import FORMULA
from mirabal_toolkit.models.over_waves import model_over_waves


def rows_of(records, analysis, scale=None):
    return [row for row in records if row["analysis"] == analysis and scale in (None, row.get("scale"))]


def test_predicted_percentages_without_dropout_are_the_observed_ones(measured):
    rng = np.random.default_rng(3)
    answers = (rng.random((80, 4)) < [0.7, 0.5, 0.4, 0.2]).astype(float)
    predicted = rows_of(model_over_waves(measured(answers)), "model_prediction")
    assert [row["estimate"] for row in predicted] == pytest.approx(list(100 * answers.mean(axis=0)))


def test_changes_are_differences_of_predictions_and_odds_ratios_stand_beside(measured, waves_of_answers):
    records = model_over_waves(measured(waves_of_answers))
    predicted = {row["wave"]: row["estimate"] for row in rows_of(records, "model_prediction")}
    changes = rows_of(records, "model_contrast", "percentage_points")
    ratios = rows_of(records, "model_contrast", "odds_ratio")
    for change, ratio, wave in zip(changes, ratios, (2, 3, 4, 5), strict=True):
        assert change["contrast"] == f"w{wave} - w1"
        assert change["estimate"] == pytest.approx(predicted[wave] - predicted[1])
        odds = [predicted[w] / (100 - predicted[w]) for w in (wave, 1)]
        assert ratio["estimate"] == pytest.approx(odds[0] / odds[1], rel=1e-6)
        assert change["df"] == 150 - 5


def test_the_population_model_agrees_with_statsmodels(measured, waves_of_answers):
    """Estimates to three digits (its moment estimator of the correlation differs), small-sample SE likewise."""
    from statsmodels.genmod.cov_struct import Exchangeable
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_estimating_equations import GEE

    data = measured(waves_of_answers).long()
    fit = GEE.from_formula("value ~ C(wave)", "person_id", data, cov_struct=Exchangeable(), family=Binomial()).fit(
        cov_type="bias_reduced"
    )
    ours = rows_of(model_over_waves(measured(waves_of_answers)), "model_contrast", "odds_ratio")
    assert [np.log(row["estimate"]) for row in ours] == pytest.approx(list(fit.params.iloc[1:]), rel=5e-3)
    assert [row["std_error"] for row in ours] == pytest.approx(list(fit.bse.iloc[1:]), rel=1e-2)


def test_a_wave_with_nobody_is_penalised_and_flagged(measured, waves_of_answers):
    answers = waves_of_answers.copy()
    answers[:, 4] = np.where(np.isnan(answers[:, 4]), np.nan, 0)
    records = model_over_waves(measured(answers))
    assert all(row["flags"] == ("penalised",) for row in records)
    last = next(row for row in rows_of(records, "model_prediction") if row["wave"] == 5)
    assert 0 < last["estimate"] < 3
    assert 0 < last["conf_low"] < last["conf_high"] < 100


def test_scores_get_a_mixed_model_with_its_variances(measured):
    rng = np.random.default_rng(5)
    scores = 50 - 5 * np.arange(5) + 12 * rng.normal(size=(100, 1)) + 8 * rng.normal(size=(100, 5))
    records = model_over_waves(measured(scores, outcome="space_score", estimand="as_reported", model="lmm"))
    change = rows_of(records, "model_contrast")[-1]
    assert change["estimate"] == pytest.approx((scores[:, 4] - scores[:, 0]).mean())
    parameters = {row["term"]: row["estimate"] for row in rows_of(records, "model_parameters")}
    assert 0.4 < parameters["icc"] < 0.9


@pytest.mark.parametrize("answers", [[[1, np.nan]] * 40, [[1, 1]] * 40, [[np.nan, 1]] * 40, [[1, 0], [0, 1]]], ids=str)
def test_what_cannot_be_estimated_is_said_without_numbers(measured, answers):
    (row,) = model_over_waves(measured(np.array(answers, dtype=float)))
    assert row["flags"] == ("not_estimable",)
    assert "estimate" not in row


def test_row_order_does_not_matter(measured, waves_of_answers):
    shuffled = waves_of_answers[np.random.default_rng(1).permutation(len(waves_of_answers))]
    one, other = (pd.DataFrame(model_over_waves(measured(a))) for a in (waves_of_answers, shuffled))
    np.testing.assert_allclose(one["estimate"], other["estimate"], rtol=1e-8)


def test_a_mixed_model_beside_agrees_on_points_and_is_steeper_in_odds(measured, waves_of_answers):
    records = model_over_waves(measured(waves_of_answers, beside=("glmm",)))
    last = [row for row in records if row["analysis"] == "model_contrast" and row["contrast"] == "w5 - w1"]
    points = {row["model"]: row["estimate"] for row in last if row["scale"] == "percentage_points"}
    odds = {row["model"]: row["estimate"] for row in last if row["scale"] == "odds_ratio"}
    assert list(points) == ["gee-logit", "glmm-logit"]
    assert points["glmm-logit"] == pytest.approx(points["gee-logit"], abs=3)
    assert odds["glmm-logit"] < odds["gee-logit"] < 1


def test_counts_get_a_mixed_count_model(measured):
    rng = np.random.default_rng(8)
    rate = np.exp(1.0 - 0.4 * np.arange(4) + 0.5 * rng.normal(size=(120, 1)))
    data = measured(rng.poisson(rate), outcome="physical_variety", model="glmm")
    (ratio,) = [r for r in model_over_waves(data) if r.get("scale") == "rate_ratio" and r["contrast"] == "w4 - w1"]
    assert np.log(ratio["estimate"]) == pytest.approx(-1.2, abs=3 * ratio["std_error"])


def test_ordered_answers_get_shares_that_add_up_and_one_odds_ratio_a_wave(measured):
    rng = np.random.default_rng(9)
    latent = 0.8 * np.arange(3) + rng.normal(size=(150, 1)) + rng.logistic(size=(150, 3))
    answers = 1 + (latent[:, :, None] > np.array([-1.0, 1, 2.5])).sum(axis=2)
    records = model_over_waves(measured(answers, outcome="safety_level", estimand="as_reported", model="clmm"))
    shares = pd.DataFrame(rows_of(records, "ordinal_prediction"))
    assert shares.groupby("wave")["estimate"].sum().tolist() == pytest.approx([100, 100, 100])
    assert set(shares["term"]) == {"1", "2", "3", "4"}
    ratios = rows_of(records, "model_contrast", "odds_ratio")
    assert [row["contrast"] for row in ratios] == ["w2 - w1", "w3 - w1"]
    assert ratios[1]["estimate"] > ratios[0]["estimate"] > 1


def test_a_wave_with_nobody_does_not_break_the_mixed_model(measured, waves_of_answers):
    answers = waves_of_answers.copy()
    answers[:, 4] = np.where(np.isnan(answers[:, 4]), np.nan, 0)
    records = model_over_waves(measured(answers, model="glmm"))
    last = next(row for row in rows_of(records, "model_prediction") if row["wave"] == 5)
    assert last["flags"] == ("penalised",)
    assert 0 < last["estimate"] < 5


def test_scores_by_mmrm_are_the_observed_means_when_nobody_is_lost(measured):
    rng = np.random.default_rng(10)
    scores = 50 - 5 * np.arange(4) + 12 * rng.normal(size=(80, 1)) + 8 * rng.normal(size=(80, 4))
    records = model_over_waves(measured(scores, outcome="space_score", estimand="as_reported", model="mmrm"))
    predicted = [row["estimate"] for row in rows_of(records, "model_prediction")]
    assert predicted == pytest.approx(list(scores.mean(axis=0)))
    assert rows_of(records, "model_contrast")[0]["df"] == pytest.approx(79, abs=1)


def test_where_women_differ_very_much_more_quadrature_nodes_are_used(measured):
    """With nine nodes this fit says that it cannot be relied on; the report must not lose it for that."""
    from mirabal_toolkit.mixed import glmm

    rng = np.random.default_rng(3)
    chance = 1 / (1 + np.exp(-(4 - 0.5 * np.arange(5) + 4 * rng.normal(size=(300, 1)))))
    data = measured((rng.random((300, 5)) < chance).astype(float), model="glmm")
    assert not glmm("value ~ C(wave)", data.long(), groups="person_id", family="binomial", n_quad=9).trust.ok
    records = model_over_waves(data)
    assert not any("not_converged" in row["flags"] for row in records)
    assert len(rows_of(records, "model_prediction")) == 5


def test_where_people_differ_very_much_more_nodes_are_used(measured):
    """With nine nodes the spread of these people is 5.05, with 25 or more 5.21; the fit itself has no complaint."""
    rng = np.random.default_rng(8)
    odds = 0.5 - 0.6 * np.arange(4) + 3.5 * rng.normal(size=(60, 1))
    task = measured((rng.random((60, 4)) < 1 / (1 + np.exp(-odds))).astype(float), model="glmm")
    (spread,) = [row["estimate"] for row in rows_of(model_over_waves(task), "model_parameters")]
    few, many = (
        float(fit.cov_re.to_numpy()[0, 0]) ** 0.5
        for fit in (glmm(FORMULA, task.long(), groups="person_id", family="binomial", n_quad=n) for n in (9, 25))
    )
    assert abs(few - many) > 0.1
    assert spread == pytest.approx(many, abs=0.01)
