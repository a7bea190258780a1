"""What a user of clmm meets: answers, warnings and errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import special

from mirabal_toolkit.errors import ModelError, UsageError
from mirabal_toolkit.mixed import clmm, glmm


@pytest.fixture(scope="module")
def waves() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    people, n_waves = 80, 4
    person, wave = np.repeat(np.arange(people), n_waves), np.tile(np.arange(1, n_waves + 1), people)
    arm = np.repeat(rng.integers(0, 2, people), n_waves)
    latent = 0.3 * wave + 0.4 * arm + np.repeat(rng.normal(size=people), n_waves) + rng.logistic(size=len(wave))
    safety = np.array(["never", "rarely", "often", "always"])[np.digitize(latent, [0.0, 1.0, 2.0])]
    ordered = pd.Categorical(safety, ["never", "rarely", "often", "always"], ordered=True)
    yes = (latent > 1.0).astype(int)
    return pd.DataFrame({"person_id": person, "wave": wave, "arm": arm, "safety": ordered, "yes": yes})


@pytest.mark.parametrize(
    ("choices", "message"),
    [({"link": "cloglog"}, "no link"), ({"penalty": "firth"}, "no penalty"), ({"n_quad": 0}, "1 to 25")],
)
def test_wrong_choices(waves: pd.DataFrame, choices: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        clmm("safety ~ arm", waves, groups="person_id", **choices)


def test_one_category(waves: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="one category only"):
        clmm("safety ~ arm", waves[waves["safety"] == "often"], groups="person_id")


def test_intercept_in_disguise(waves: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="add up to a constant"):
        clmm("safety ~ 0 + C(wave)", waves, groups="person_id")


def test_two_categories_are_a_mixed_logit(waves: pd.DataFrame) -> None:
    for link in ("logit", "probit"):
        ordered = clmm("yes ~ C(wave) + arm", waves, groups="person_id", link=link, n_quad=10)
        binary = glmm("yes ~ C(wave) + arm", waves, groups="person_id", link=link, n_quad=10)
        assert ordered.llf == pytest.approx(binary.llf, rel=1e-10)
        np.testing.assert_allclose(ordered.params, binary.params.iloc[1:], rtol=1e-5)
        np.testing.assert_allclose(ordered.bse, binary.bse.iloc[1:], rtol=1e-5)
        assert ordered.thresholds.iloc[0] == pytest.approx(-binary.params["Intercept"], rel=1e-5)
        assert ordered.thresholds_se.iloc[0] == pytest.approx(binary.bse["Intercept"], rel=1e-5)
        assert ordered.icc == pytest.approx(binary.icc, rel=1e-5)


def test_names_and_shapes(waves: pd.DataFrame) -> None:
    fit = clmm("safety ~ C(wave) + arm", waves, groups="person_id")
    assert fit.levels == ("never", "rarely", "often", "always")
    assert list(fit.thresholds.index) == ["never|rarely", "rarely|often", "often|always"]
    assert fit.thresholds.is_monotonic_increasing
    assert "Intercept" not in fit.params.index
    assert fit.n_parameters == 8
    assert fit.trust.ok
    assert "Thresholds" in fit.summary()


def test_predicted_probabilities(waves: pd.DataFrame) -> None:
    fit = clmm("safety ~ C(wave) + arm", waves, groups="person_id")
    for which in ("population", "typical", "person"):
        table = fit.predict(which=which)
        assert tuple(table.columns) == fit.levels
        np.testing.assert_allclose(table.sum(axis=1), 1.0)
        assert (table.to_numpy() > 0).all()
    eta = fit.population_eta()
    np.testing.assert_allclose(
        fit.predict(which="typical")["never"], special.expit(fit.thresholds["never|rarely"] - eta)
    )
    np.testing.assert_allclose(fit.predict(waves), fit.predict())
    pd.testing.assert_frame_equal(fit.predict(which="person"), fit.fittedvalues)
    with pytest.raises(UsageError, match="rows of the fit"):
        fit.predict(waves, which="person")


def test_population_average_is_near_the_sample(waves: pd.DataFrame) -> None:
    fit = clmm("safety ~ C(wave)", waves, groups="person_id")
    shares = waves["safety"].value_counts(normalize=True)[list(fit.levels)]
    np.testing.assert_allclose(fit.predict().mean(), shares, atol=0.02)


def test_offset_moves_everybody(waves: pd.DataFrame) -> None:
    fit = clmm("safety ~ arm", waves, groups="person_id")
    moved = clmm("safety ~ arm", waves.assign(shift=1.5), groups="person_id", offset="shift")
    np.testing.assert_allclose(moved.thresholds, fit.thresholds + 1.5, rtol=1e-5)


def test_a_wave_with_one_answer_is_named(waves: pd.DataFrame) -> None:
    flat = waves.assign(safety=waves["safety"].where(waves["wave"] < 4, "never"))
    fit = clmm("safety ~ C(wave)", flat, groups="person_id")
    assert "C(wave)[T.4]" in fit.separated
    assert not fit.trust.ok
    fit = clmm("safety ~ C(wave)", flat, groups="person_id", penalty="weakly_informative")
    assert fit.trust.ok
    assert np.isfinite(fit.bse).all()
    assert "Penalised" in fit.summary()


def test_proportional_odds_sees_a_term_that_moves_one_threshold_only(waves: pd.DataFrame) -> None:
    codes = waves["safety"].cat.codes.to_numpy()
    rng = np.random.default_rng(2)
    # at the last wave nearly everybody gives one of the extreme answers
    extreme = 3 * rng.integers(0, 2, len(codes))
    bent = np.where((waves["wave"] == 4) & (rng.random(len(codes)) < 0.8), extreme, codes)
    found = clmm("safety ~ C(wave) + arm", waves.assign(safety=bent), groups="person_id").proportional_odds_test()
    assert list(found.index) == ["C(wave)", "arm"]
    assert list(found["df"]) == [6, 2]
    assert found["p_value"]["C(wave)"] < 1e-4
    assert found["p_value"]["arm"] > 0.001


def test_proportional_odds_with_probit_and_two_categories(waves: pd.DataFrame) -> None:
    found = clmm("safety ~ arm", waves, groups="person_id", link="probit").proportional_odds_test()
    assert 0.0 <= found["p_value"]["arm"] <= 1.0
    assert found["converged"]["arm"]
    found = clmm("yes ~ arm", waves, groups="person_id").proportional_odds_test()
    assert found["df"]["arm"] == 0
    assert found["statistic"]["arm"] == pytest.approx(0.0, abs=1e-7)
    assert np.isnan(found["p_value"]["arm"])


def test_icc_needs_one_term(waves: pd.DataFrame) -> None:
    fit = clmm("safety ~ wave", waves, groups="person_id", re_formula="~ wave", n_quad=3)
    assert fit.cov_re.shape == (2, 2)
    with pytest.raises(UsageError, match="ICC"):
        _ = fit.icc


def test_separation_with_probit(waves: pd.DataFrame) -> None:
    flat = waves.assign(safety=waves["safety"].where(waves["wave"] < 4, "always"))
    fit = clmm("safety ~ C(wave)", flat, groups="person_id", link="probit")
    assert "C(wave)[T.4]" in fit.separated
