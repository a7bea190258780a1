"""Cells, intervals, contrasts and choices of predictions() and contrasts()."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.mixed import adjust_p_values, clmm, contrasts, gee, glmm, lmm, mmrm, predictions
from mirabal_toolkit.mixed.predictions_table import COLUMNS, interval_within


def panel():
    rng = np.random.default_rng(11)
    n_people = 60
    data = pd.DataFrame({"person_id": np.repeat(np.arange(n_people), 3), "wave": np.tile([1, 2, 3], n_people)})
    data["arm"] = pd.Categorical(np.repeat(np.where(np.arange(n_people) % 3, "usual", "new"), 3), ["usual", "new"])
    data["age"] = np.repeat(rng.normal(35, 9, n_people), 3)
    person = np.repeat(rng.normal(0, 1.0, n_people), 3)
    eta = 0.8 - 0.5 * data["wave"] + 0.02 * (data["age"] - 35) + person
    data["hurt"] = (rng.random(len(data)) < 1 / (1 + np.exp(-eta))).astype(int)
    data["months_out"] = rng.uniform(0.5, 3, len(data)).round(2)
    data["visits"] = rng.poisson(np.exp(0.3 * eta) * data["months_out"])
    data["log_time"] = np.log(data["months_out"])
    data["score"] = 10 + eta + rng.normal(0, 1, len(data))
    data["safety"] = pd.cut(data["score"], [-99, 9, 10.5, 99], labels=["low", "middle", "high"])
    return data[(data["wave"] == 1) | (rng.random(len(data)) > 0.25)].reset_index(drop=True)


DATA = panel()
LOGIT = gee("hurt ~ C(wave) * arm + age", DATA, groups="person_id", family="binomial")


class TestPredictions:
    def test_by_hand_each_person_once(self):
        weight = 1 / DATA.groupby("person_id")["wave"].transform("size") / DATA["person_id"].nunique()
        table = predictions(LOGIT, "wave")
        for wave, found in zip([1, 2, 3], table["estimate"], strict=True):
            assert found == pytest.approx((weight * LOGIT.predict(DATA.assign(wave=wave))).sum(), rel=1e-12)

    def test_by_hand_each_row_once(self):
        table = predictions(LOGIT, "wave", over="rows").set_index("wave")
        assert table.loc[2, "estimate"] == pytest.approx(LOGIT.predict(DATA.assign(wave=2)).mean(), rel=1e-12)

    def test_columns_counts_and_terms(self):
        table = predictions(LOGIT, ["wave", "arm"])
        assert list(table.columns) == ["wave", "arm", *COLUMNS]
        assert table["term"].tolist()[:2] == ["wave=1, arm=usual", "wave=1, arm=new"]
        counts = DATA.groupby(["wave", "arm"], observed=True).size()
        assert table["n_obs"].tolist() == counts.tolist()
        assert table["n_persons"].tolist() == counts.tolist()
        assert table["p_value"].isna().all()

    def test_a_fit_that_keeps_no_data_takes_them_again(self):
        bare = replace(LOGIT, design=replace(LOGIT.design, source=None))
        with pytest.raises(UsageError, match="does not keep its data"):
            predictions(bare, "wave")
        pd.testing.assert_frame_equal(predictions(bare, "wave", data=DATA), predictions(LOGIT, "wave"))

    def test_values_can_be_fixed_and_chosen(self):
        table = predictions(LOGIT, "wave", at={"wave": [1, 3], "age": 20.0, "arm": "new"})
        assert table["wave"].tolist() == [1, 3]
        one = DATA.iloc[[0]].assign(age=20.0, arm=pd.Categorical(["new"], ["usual", "new"]))
        assert table["estimate"][1] == pytest.approx(LOGIT.predict(one.assign(wave=3)).iloc[0])
        assert len(predictions(LOGIT, "age", at={"age": 30.0})) == 1

    @pytest.mark.parametrize("interval", ["delta", "simulation"])
    def test_intervals_of_a_percentage_stay_inside(self, interval):
        rare = DATA.assign(hurt=((DATA["wave"] < 3) | (DATA["person_id"] == 1)) * DATA["hurt"])
        rare.loc[rare.index[rare["wave"] == 3][0], "hurt"] = 1
        fit = gee("hurt ~ C(wave)", rare, groups="person_id", family="binomial")
        table = predictions(fit, "wave", interval=interval)
        assert (table["conf_low"] > 0).all()
        assert (table["conf_high"] < 1).all()
        assert (table["conf_low"] < table["estimate"]).all()
        assert (table["estimate"] < table["conf_high"]).all()

    def test_simulated_and_delta_intervals_agree_where_the_model_is_linear(self):
        fit = gee("score ~ C(wave) + age", DATA, groups="person_id", df="normal")
        delta, simulated = (predictions(fit, "wave", interval=kind) for kind in ("delta", "simulation"))
        np.testing.assert_allclose(simulated["conf_low"], delta["conf_low"], atol=0.02)
        np.testing.assert_allclose(simulated["conf_high"], delta["conf_high"], atol=0.02)

    def test_a_higher_level_is_wider(self):
        narrow, wide = (predictions(LOGIT, "wave", level=level) for level in (0.5, 0.99))
        assert (wide["conf_low"] < narrow["conf_low"]).all()

    def test_averages_without_a_logit_fall_back_on_the_plain_interval(self):
        low, high = interval_within("unit", np.array([0.0, 0.5]), np.array([0.1, 0.1]))
        assert low[0] == -0.1
        assert high[1] < 0.6
        low, _ = interval_within("positive", np.array([0.0, 2.0]), np.array([0.1, 0.1]))
        assert low[0] == -0.1
        assert low[1] > 1.9

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"scale": "odds"}, "scale"),
            ({"target": "median"}, "target"),
            ({"over": "sites"}, "over"),
            ({"interval": "bootstrap"}, "interval"),
            ({"level": 95}, "between 0 and 1"),
            ({"by": "site"}, "does not hold `site`"),
            ({"by": "age"}, "distinct values"),
            ({"at": {"site": 1}}, "does not hold `site`"),
            ({"target": "typical"}, "typical person"),
            ({"data": DATA.iloc[:5]}, "data has 5"),
        ],
    )
    def test_what_is_refused(self, options, message):
        by = options.pop("by", "wave")
        with pytest.raises(UsageError, match=message):
            predictions(LOGIT, by, **options)


class TestContrasts:
    def test_methods(self):
        terms = {
            "baseline": ["wave=2 - wave=1", "wave=3 - wave=1"],
            "pairwise": ["wave=2 - wave=1", "wave=3 - wave=1", "wave=3 - wave=2"],
            "consecutive": ["wave=2 - wave=1", "wave=3 - wave=2"],
            "first-last": ["wave=3 - wave=1"],
            "mean": ["wave=1 - mean", "wave=2 - mean", "wave=3 - mean"],
        }
        means = predictions(LOGIT, "wave")["estimate"].to_numpy()
        for method, expected in terms.items():
            table = contrasts(LOGIT, "wave", method)
            assert table["term"].tolist() == expected
            assert list(table.columns) == list(COLUMNS)
        found = contrasts(LOGIT, "wave", "consecutive")["estimate"]
        np.testing.assert_allclose(found, np.diff(means))
        np.testing.assert_allclose(contrasts(LOGIT, "wave", "mean")["estimate"], means - means.mean())

    def test_log_odds_are_the_coefficients(self):
        fit = gee("hurt ~ C(wave) + age", DATA, groups="person_id", family="binomial")
        table = contrasts(fit, "wave", scale="link", adjust="none")
        terms = ["C(wave)[T.2]", "C(wave)[T.3]"]
        np.testing.assert_allclose(table["estimate"], fit.params[terms])
        np.testing.assert_allclose(table["std_error"], fit.bse[terms])
        np.testing.assert_allclose(table["p_value"], fit.pvalues[terms])
        np.testing.assert_allclose(table[["conf_low", "conf_high"]], fit.conf_int().loc[terms])
        np.testing.assert_allclose(table["p_adjusted"], table["p_value"])

    def test_satterthwaite_degrees_of_freedom_reach_the_contrasts(self):
        fit = gee("score ~ C(wave) + age", DATA, groups="person_id", df="satterthwaite")
        table = contrasts(fit, "wave")
        np.testing.assert_allclose(table["df"], fit.df[["C(wave)[T.2]", "C(wave)[T.3]"]], rtol=1e-8)

    def test_change_within_arms_and_the_difference_between_them(self):
        within = contrasts(LOGIT, "wave", "first-last", within="arm").set_index("term")
        between = contrasts(LOGIT, "wave", "first-last", between="arm")
        assert within.index.tolist() == ["wave=3 - wave=1 | arm=usual", "wave=3 - wave=1 | arm=new"]
        assert between["term"].tolist() == ["wave=3 - wave=1, arm=new - arm=usual"]
        assert between["estimate"][0] == pytest.approx(within["estimate"].iloc[1] - within["estimate"].iloc[0])
        assert between["n_persons"][0] == DATA["person_id"].nunique()
        assert within["n_persons"].sum() == DATA["person_id"].nunique()

    def test_counts_are_those_of_the_cells_compared(self):
        table = contrasts(LOGIT, "wave", "consecutive")
        later = DATA[DATA["wave"].isin([2, 3])]
        assert table["n_obs"][1] == len(later)
        assert table["n_persons"][1] == later["person_id"].nunique()

    def test_simulated_intervals(self):
        delta, simulated = (contrasts(LOGIT, "wave", interval=kind) for kind in ("delta", "simulation"))
        np.testing.assert_allclose(simulated["estimate"], delta["estimate"])
        np.testing.assert_allclose(simulated["conf_low"], delta["conf_low"], atol=0.05)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"method": "tukey"}, "no method"),
            ({"within": "arm", "between": "arm"}, "not both"),
            ({"within": "wave"}, "itself"),
            ({"adjust": "sidak"}, "no adjustment"),
            ({"at": {"wave": [2]}}, "single value"),
            ({"between": "arm", "at": {"arm": ["new"]}}, "nothing to compare between"),
        ],
    )
    def test_what_is_refused(self, options, message):
        with pytest.raises(UsageError, match=message):
            contrasts(LOGIT, "wave", **options)


class TestMixedModels:
    def test_typical_and_averaged_people_differ_as_they_must(self):
        fit = glmm("hurt ~ C(wave) + age", DATA, groups="person_id", n_quad=15)
        typical, averaged = (predictions(fit, "wave", target=t) for t in ("typical", "population"))
        # averaging over people pulls towards one half
        assert ((averaged["estimate"] - 0.5).abs() < (typical["estimate"] - 0.5).abs()).all()
        crude = DATA.groupby("wave")["hurt"].mean().to_numpy()
        np.testing.assert_allclose(averaged["estimate"], crude, atol=0.06)
        assert np.isinf(averaged["df"]).all()

    def test_gradients_are_those_of_differences(self):
        for fit, target in (
            (glmm("hurt ~ C(wave) + age", DATA, groups="person_id", re_formula="~ wave", n_quad=5), "population"),
            (clmm("safety ~ C(wave) + age", DATA, groups="person_id"), "population"),
            (clmm("safety ~ C(wave) + age", DATA, groups="person_id", link="probit"), "typical"),
        ):
            check_gradient(fit, target)

    def test_probabilities_of_an_ordinal_answer_sum_to_one(self):
        fit = clmm("safety ~ C(wave) + age", DATA, groups="person_id")
        table = predictions(fit, "wave")
        np.testing.assert_allclose(table.groupby("wave")["estimate"].sum(), 1.0)
        assert table["category"].tolist()[:3] == ["low", "middle", "high"]
        changes = contrasts(fit, "wave", "first-last")
        assert changes["estimate"].sum() == pytest.approx(0.0, abs=1e-12)
        latent = contrasts(fit, "wave", "first-last", scale="link")
        assert latent["estimate"][0] == pytest.approx(fit.params["C(wave)[T.3]"])
        assert latent["std_error"][0] == pytest.approx(fit.bse["C(wave)[T.3]"])

    def test_counts_with_time_at_risk(self):
        fit = glmm("visits ~ C(wave)", DATA, groups="person_id", family="poisson", offset="log_time")
        table = predictions(fit, "wave", over="rows")
        spread = fit.sd_re.iloc[0] ** 2 / 2
        eta = fit.params["Intercept"] + spread + DATA["log_time"]
        assert table["estimate"][0] == pytest.approx(np.exp(eta).mean())
        change = contrasts(fit, "wave", "first-last", scale="link")
        assert change["estimate"][0] == pytest.approx(fit.params["C(wave)[T.3]"])

    @pytest.mark.parametrize("model", ["lmm", "kenward-roger", "mmrm"])
    def test_linear_models(self, model):
        choices = {"mmrm": {"time": "wave"}, "kenward-roger": {"df": "kenward-roger"}}.get(model, {})
        fit = (mmrm if model == "mmrm" else lmm)("score ~ C(wave) + age", DATA, groups="person_id", **choices)
        table = contrasts(fit, "wave")
        np.testing.assert_allclose(table["estimate"], fit.params[["C(wave)[T.2]", "C(wave)[T.3]"]])
        np.testing.assert_allclose(table["std_error"], fit.bse[["C(wave)[T.2]", "C(wave)[T.3]"]])
        np.testing.assert_allclose(table["df"], fit.df[["C(wave)[T.2]", "C(wave)[T.3]"]])
        assert np.isfinite(predictions(fit, "wave")["df"]).all()


def check_gradient(fit, target):
    from mirabal_toolkit.mixed.predictions_cells import build_grid
    from mirabal_toolkit.mixed.predictions_engines import engine_of

    engine = engine_of(fit, "response", target)
    cell = build_grid(fit, ["wave"], {}, "people", DATA).cells[2]
    theta, h = engine.theta, 1e-5
    steps = np.eye(len(theta)) * h
    numeric = [(engine.averages(cell, theta + s) - engine.averages(cell, theta - s)) / (2 * h) for s in steps]
    np.testing.assert_allclose(engine.gradient(cell), np.transpose(numeric), atol=1e-7)


class TestAdjust:
    def test_missing_ones_stay_missing_and_are_not_counted(self):
        found = adjust_p_values(np.array([0.01, np.nan, 0.04]), "bonferroni")
        np.testing.assert_allclose(found, [0.02, np.nan, 0.08])

    @pytest.mark.parametrize("method", ["holm", "bh", "bonferroni", "none"])
    def test_none_at_all(self, method):
        assert adjust_p_values(np.array([]), method).size == 0
