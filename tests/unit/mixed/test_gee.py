"""What gee() refuses, flags and answers."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.cov_struct import Independence
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_estimating_equations import GEE

from mirabal_toolkit.errors import ModelError, UsageError
from mirabal_toolkit.mixed import contrasts, gee, predictions


def panel(n_people=40, seed=3):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "person_id": np.repeat(np.arange(n_people), 4),
            "wave": np.tile([1, 2, 3, 4], n_people),
            "arm": np.repeat(rng.integers(0, 2, n_people), 4),
        }
    )
    person = np.repeat(rng.normal(0, 1, n_people), 4)
    chance = 1 / (1 + np.exp(-(0.6 - 0.3 * data["wave"] + person)))
    data["hurt"] = (rng.random(len(data)) < chance).astype(int)
    data["visits"] = rng.poisson(np.exp(0.3 + 0.3 * person))
    data["score"] = 10 - data["wave"] + 2 * person + rng.normal(0, 1, len(data))
    return data[(data["wave"] == 1) | (rng.random(len(data)) > 0.15)].reset_index(drop=True)


DATA = panel()
LOGIT = {"groups": "person_id", "family": "binomial"}


class TestBadInput:
    @pytest.mark.parametrize(
        ("choice", "value"),
        [("family", "gamma"), ("corr", "toeplitz"), ("cov_type", "hc3"), ("df", "kr"), ("penalty", "ridge")],
    )
    def test_an_unknown_choice_is_refused_and_the_known_ones_listed(self, choice, value):
        with pytest.raises(UsageError, match=choice) as caught:
            gee("hurt ~ C(wave)", DATA, **{"groups": "person_id", choice: value})
        assert "Choose one of" in str(caught.value)

    def test_a_penalty_on_a_gaussian_outcome_is_refused(self):
        with pytest.raises(UsageError, match="gaussian"):
            gee("score ~ C(wave)", DATA, groups="person_id", penalty="firth")

    def test_satterthwaite_needs_a_sandwich(self):
        with pytest.raises(UsageError, match="sandwich"):
            gee("hurt ~ C(wave)", DATA, cov_type="naive", df="satterthwaite", **LOGIT)

    @pytest.mark.parametrize("corr", ["ar1", "unstructured"])
    def test_correlations_in_time_need_a_time(self, corr):
        with pytest.raises(UsageError, match="when each row was seen"):
            gee("hurt ~ C(wave)", DATA, corr=corr, **LOGIT)

    @pytest.mark.parametrize("corr", ["ar1", "unstructured"])
    def test_two_rows_of_a_person_at_one_time_are_refused(self, corr):
        twice = pd.concat([DATA, DATA.iloc[[0]]])
        with pytest.raises(ModelError, match="1 rows repeat a time"):
            gee("hurt ~ C(wave)", twice, time="wave", corr=corr, **LOGIT)

    def test_ar1_needs_numbers(self):
        named = DATA.assign(label="w" + DATA["wave"].astype(str))
        with pytest.raises(ModelError, match="not a number"):
            gee("hurt ~ C(wave)", named, time="label", corr="ar1", **LOGIT)
        assert gee("hurt ~ C(wave)", named, time="label", corr="unstructured", **LOGIT).converged

    def test_too_many_times_for_an_unstructured_correlation(self):
        days = DATA.assign(day=np.arange(len(DATA)))
        with pytest.raises(ModelError, match="cannot be estimated"):
            gee("hurt ~ C(wave)", days, time="day", corr="unstructured", **LOGIT)

    @pytest.mark.parametrize(("family", "bad"), [("binomial", 2.0), ("poisson", -1.0)])
    def test_answers_that_do_not_suit_the_family(self, family, bad):
        wrong = DATA.assign(hurt=DATA["hurt"].astype(float).where(DATA.index != 5, bad))
        with pytest.raises(ModelError, match="hurt"):
            gee("hurt ~ C(wave)", wrong, groups="person_id", family=family)

    def test_as_many_terms_as_people(self):
        few = DATA[DATA["person_id"] < 4]
        with pytest.raises(ModelError, match="4 people for 4 terms"):
            gee("score ~ C(wave)", few, groups="person_id")

    @pytest.mark.parametrize(
        ("change", "formula", "message"),
        [
            ({}, "hurt ~ C(wave) + nowhere", "nowhere"),
            ({"hurt": 1}, "hurt ~ C(wave)", "same in every row"),
            ({"person_id": 1}, "hurt ~ C(wave)", "one person only"),
            ({"twin": DATA["arm"] * 2.0}, "hurt ~ arm + twin", "Collinear"),
            ({"hurt": np.nan}, "hurt ~ C(wave)", "No rows are left"),
            ({"arm": np.inf}, "hurt ~ arm", "Infinite"),
            ({"person_id": DATA["person_id"].where(DATA.index > 3)}, "hurt ~ C(wave)", "missing ids"),
        ],
    )
    def test_data_that_cannot_carry_the_model(self, change, formula, message):
        with pytest.raises(ModelError, match=message):
            gee(formula, DATA.assign(**change), **LOGIT)


class TestSeparation:
    EMPTY = DATA.assign(hurt=DATA["hurt"].where(DATA["wave"] < 4, 0))

    def test_an_empty_cell_never_looks_clean(self):
        fit = gee("hurt ~ C(wave)", self.EMPTY, **LOGIT)
        assert not fit.trust.ok
        assert not fit.converged
        assert fit.separated == ("C(wave)[T.4]",)
        assert np.isnan(fit.bse["C(wave)[T.4]"])
        assert np.isnan(fit.pvalues["C(wave)[T.4]"])
        assert fit.summary().startswith("DO NOT RELY ON THIS FIT.")

    def test_the_other_terms_keep_their_standard_errors(self):
        fit = gee("hurt ~ C(wave)", self.EMPTY, corr="independence", cov_type="robust", **LOGIT)
        seen = self.EMPTY[self.EMPTY["wave"] < 4]
        alone = gee("hurt ~ C(wave)", seen, corr="independence", cov_type="robust", **LOGIT)
        np.testing.assert_allclose(fit.params[alone.params.index], alone.params, rtol=1e-5)
        np.testing.assert_allclose(fit.bse[alone.params.index], alone.bse, rtol=1e-3)

    def test_a_penalty_gives_finite_estimates_with_standard_errors_that_know_little(self):
        fit = gee("hurt ~ C(wave)", self.EMPTY, penalty="firth", cov_type="robust", **LOGIT)
        naive = gee("hurt ~ C(wave)", self.EMPTY, penalty="firth", cov_type="naive", **LOGIT)
        assert fit.converged
        assert fit.trust.ok
        assert "never varies" in str(fit.trust)
        assert -8 < fit.params["C(wave)[T.4]"] < -2
        # not below model-based in any direction
        assert np.linalg.eigvalsh((fit.cov_params() - naive.cov_params()).to_numpy()).min() > -1e-10
        assert fit.bse["C(wave)[T.4]"] > 1

    def test_separation_by_a_number_is_found(self):
        data = DATA.assign(dose=DATA["hurt"] * 1.0 + 0.001 * DATA["wave"])
        fit = gee("hurt ~ dose", data, **LOGIT)
        assert not fit.trust.ok
        assert "dose" in fit.separated

    def test_counts_of_nothing_in_one_wave(self):
        data = DATA.assign(visits=DATA["visits"].where(DATA["wave"] != 2, 0))
        fit = gee("visits ~ C(wave)", data, groups="person_id", family="poisson")
        assert fit.separated == ("C(wave)[T.2]",)
        assert gee("visits ~ C(wave)", data, groups="person_id", family="poisson", penalty="firth").converged

    def test_an_empty_cell_of_an_interaction(self):
        data = DATA.assign(hurt=DATA["hurt"].where((DATA["wave"] != 3) | (DATA["arm"] == 0), 1))
        assert gee("hurt ~ C(wave) * arm", data, **LOGIT).separated == ("C(wave)[T.3]:arm",)

    def test_a_rare_answer_is_not_called_separation(self):
        place = DATA.index[DATA["wave"] == 4][0]
        fit = gee("hurt ~ C(wave)", self.EMPTY.assign(hurt=self.EMPTY["hurt"].where(DATA.index != place, 1)), **LOGIT)
        assert fit.separated == ()
        assert fit.converged

    def test_predictions_carry_the_verdict(self):
        fit = gee("hurt ~ C(wave)", self.EMPTY, **LOGIT)
        table = predictions(fit, "wave")
        assert "DO NOT RELY" in table.attrs["trust"]
        assert table["std_error"].isna().tolist() == [False, False, False, True]
        changes = contrasts(fit, "wave")
        assert changes["p_adjusted"].isna().tolist() == [False, False, True]


class TestCovariance:
    def test_mancl_derouen_is_that_of_statsmodels(self):
        fit = gee("hurt ~ C(wave) + arm", DATA, corr="independence", cov_type="mancl-derouen", **LOGIT)
        other = GEE.from_formula(
            "hurt ~ C(wave) + arm", "person_id", DATA, family=Binomial(), cov_struct=Independence()
        ).fit(cov_type="bias_reduced", ctol=1e-12, maxiter=200)
        np.testing.assert_allclose(fit.params[other.params.index], other.params, rtol=1e-8)
        np.testing.assert_allclose(fit.bse[other.params.index], other.standard_errors("bias_reduced"), rtol=1e-7)

    @pytest.mark.parametrize("cov_type", ["mancl-derouen", "kauermann-carroll"])
    def test_large_clusters_give_the_same_as_small_ones_would(self, cov_type):
        """Leverage is computed in the smaller of two dimensions; both must agree with the definition."""
        sites = DATA.assign(site=DATA["person_id"] % 12)
        fit = gee("score ~ wave + arm", sites, groups="site", corr="exchangeable", cov_type=cov_type)
        np.testing.assert_allclose(fit.cov_params(), by_definition(fit, sites, cov_type), rtol=1e-8)

    def test_a_person_with_a_term_of_her_own_is_named(self):
        data = DATA.assign(her=(DATA["person_id"] == 7).astype(float))
        fit = gee("score ~ C(wave) + her", data, groups="person_id", corr="independence")
        assert "1 people determine a term alone" in str(fit.trust)
        assert np.isfinite(fit.bse).all()

    def test_few_people_and_a_plain_sandwich_are_noted(self):
        few = DATA[DATA["person_id"] < 20]
        assert "too small with 20 people" in str(gee("score ~ wave", few, groups="person_id", cov_type="robust").trust)
        assert "too small" not in str(gee("score ~ wave", few, groups="person_id").trust)


def by_definition(fit, data, cov_type):
    """Covariance with m × m leverage matrices, as printed in the papers."""
    design, rho = fit.design, fit.root.corr.rho
    parts = []
    for code in range(design.n_groups):
        inside = design.groups.codes == code
        X, r = design.X[inside], design.y[inside] - design.X[inside] @ fit.estimates
        R = np.full((len(r), len(r)), rho)
        np.fill_diagonal(R, 1.0)
        parts.append((X, np.linalg.inv(R), r))
    bread = np.linalg.inv(sum(X.T @ V @ X for X, V, _ in parts))
    meat = np.zeros_like(bread)
    for X, V, r in parts:
        values, vectors = np.linalg.eig(np.eye(len(r)) - X @ bread @ X.T @ V)
        exponent = -1.0 if cov_type == "mancl-derouen" else -0.5
        corrected = (vectors @ np.diag(values.astype(complex) ** exponent) @ np.linalg.inv(vectors)).real @ r
        meat += np.outer(X.T @ V @ corrected, X.T @ V @ corrected)
    return bread @ meat @ bread


class TestDegreesOfFreedom:
    def test_clusters_minus_parameters(self):
        fit = gee("hurt ~ C(wave)", DATA, **LOGIT)
        assert set(fit.df) == {fit.n_groups - 4.0}

    def test_normal(self):
        assert np.isinf(gee("hurt ~ C(wave)", DATA, df="normal", **LOGIT).df).all()

    def test_one_sample_of_equal_people_has_one_less_than_people(self):
        """Fay & Graubard (2001), section 3.1: their estimator is exact there."""
        rng = np.random.default_rng(1)
        data = pd.DataFrame({"person_id": np.repeat(np.arange(12), 3), "y": rng.normal(size=36)})
        for cov_type in ("robust", "fay-graubard"):
            fit = gee("y ~ 1", data, groups="person_id", corr="independence", cov_type=cov_type, df="satterthwaite")
            np.testing.assert_allclose(fit.df, 11.0, rtol=1e-10)

    def test_few_people_behind_a_term_have_few_degrees_of_freedom(self):
        data = DATA.assign(rare=(DATA["person_id"] < 3).astype(float))
        fit = gee("score ~ rare", data, groups="person_id", df="satterthwaite")
        assert fit.df["rare"] < 4 < fit.df["Intercept"]


class TestAnswers:
    def test_predictions_of_rows_keep_the_callers_order_and_index(self):
        shuffled = DATA.sample(frac=1, random_state=2)
        shuffled.loc[shuffled.index[3], "hurt"] = np.nan
        fit = gee("hurt ~ C(wave)", shuffled, **LOGIT)
        assert fit.fittedvalues.index.equals(shuffled.index)
        assert fit.fittedvalues.isna().sum() == 1
        known = fit.fittedvalues.dropna()
        np.testing.assert_allclose(fit.predict(shuffled.loc[known.index]), known)
        np.testing.assert_allclose(fit.resid.dropna(), shuffled["hurt"].dropna() - known)
        np.testing.assert_allclose(fit.predict(scale="link").dropna(), np.log(known / (1 - known)))

    def test_time_at_risk(self):
        """Twice the time at risk, twice the expected count, and the same terms but the intercept."""
        data = DATA.assign(log_time=np.log(1.0 + DATA["wave"]), twice=np.log(2.0 + 2.0 * DATA["wave"]))
        choices = {"groups": "person_id", "family": "poisson"}
        one = gee("visits ~ arm", data, offset="log_time", **choices)
        two = gee("visits ~ arm", data, offset="twice", **choices)
        assert one.params["Intercept"] - two.params["Intercept"] == pytest.approx(np.log(2))
        np.testing.assert_allclose(one.bse, two.bse)
        np.testing.assert_allclose(one.predict(data), one.fittedvalues)
        np.testing.assert_allclose(one.resid, data["visits"] - one.predict(data))
        averages = predictions(one, "arm", over="rows")["estimate"]
        assert averages[1] == pytest.approx(one.predict(data.assign(arm=1)).mean())
        with pytest.raises(ModelError, match="lack the offset"):
            one.predict(data.drop(columns="log_time"))

    def test_what_was_left_out_is_said(self):
        fit = gee("hurt ~ C(wave)", DATA.assign(hurt=DATA["hurt"].where(DATA["person_id"] != 2)), **LOGIT)
        assert "1 people altogether" in fit.summary()

    def test_working_correlation_as_a_table(self):
        plain = gee("score ~ C(wave)", DATA, groups="person_id").working_correlation
        assert plain.shape == (4, 4)
        for corr in ("ar1", "unstructured"):
            fit = gee("score ~ C(wave)", DATA, groups="person_id", time="wave", corr=corr)
            table = fit.working_correlation
            assert list(table.index) == [1, 2, 3, 4]
            np.testing.assert_allclose(np.diag(table), 1.0)
            np.testing.assert_allclose(table, table.T)
        assert "Working correlation parameter" in gee("score ~ 1", DATA, groups="person_id").summary()

    def test_people_seen_once_only(self):
        once = DATA[DATA["wave"] == 1]
        fit = gee("hurt ~ arm", once, **LOGIT)
        assert fit.converged
        assert fit.root.corr.rho == 0.0

    def test_a_correlation_out_of_range_is_moved_and_said(self):
        # every person's two answers are opposite: the correlation is -1
        data = pd.DataFrame({"person_id": np.repeat(np.arange(20), 2), "x": np.tile([0.0, 1.0], 20)})
        data["y"] = np.where(data["x"] == 1, 1.0, -1.0) * np.repeat(np.where(np.arange(20) % 2, 1.0, -1.0), 2)
        fit = gee("y ~ 1", data, groups="person_id")
        assert "moved to its edge" in str(fit.trust)

    def test_an_impossible_unstructured_correlation_is_refused(self):
        rng = np.random.default_rng(5)
        data = pd.DataFrame({"person_id": np.repeat(np.arange(12), 2)})
        data["wave"] = np.tile([1, 2, 2, 3, 1, 3], 4)
        base = rng.normal(size=12).repeat(2)
        data["score"] = base * np.where(np.tile([1, 1, 1, 1, 1, -1], 4) == 1, 1.0, -1.0)
        with pytest.raises(ModelError, match="not positive definite"):
            gee(
                "score ~ 1",
                pd.concat([data, pd.DataFrame({"person_id": [99] * 3, "wave": [1, 2, 3], "score": [0.1, 0.2, 0.1]})]),
                groups="person_id",
                time="wave",
                corr="unstructured",
            )

    def test_unseen_pairs_of_waves_are_noted(self):
        data = DATA[~((DATA["wave"] == 4) & DATA["person_id"].isin(DATA.loc[DATA["wave"] == 3, "person_id"]))]
        fit = gee("score ~ 1", data, groups="person_id", time="wave", corr="unstructured")
        assert "seen together by nobody" in str(fit.trust)
