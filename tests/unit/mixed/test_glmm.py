"""What a user of glmm meets: answers, warnings and errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, special

from mirabal_toolkit.errors import ModelError, UsageError
from mirabal_toolkit.mixed import glmm
from mirabal_toolkit.mixed.glmm_results import average_over_people


@pytest.fixture(scope="module")
def waves() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    people, n_waves = 80, 5
    person, wave = np.repeat(np.arange(people), n_waves), np.tile(np.arange(1, n_waves + 1), people)
    arm, x = np.repeat(rng.integers(0, 2, people), n_waves), rng.normal(size=people * n_waves)
    eta = 0.3 - 0.2 * wave + 0.3 * arm + 0.3 * x + np.repeat(rng.normal(size=people), n_waves)
    return pd.DataFrame(
        {
            "person_id": person,
            "wave": wave,
            "arm": arm,
            "x": x,
            "hurt": (rng.random(len(eta)) < special.expit(eta)).astype(int),
            "visits": rng.poisson(np.exp(eta)),
        }
    )


# ---- errors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"family": "gamma"}, "no family `gamma`"),
        ({"link": "log"}, "no link `log`"),
        ({"n_quad": 0}, "1 to 25"),
        ({"n_quad": 26}, "1 to 25"),
        ({"penalty": "ridge"}, "no penalty `ridge`"),
        ({"family": "negative_binomial", "penalty": "firth"}, "not defined"),
    ],
)
def test_wrong_choices(waves: pd.DataFrame, choices: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        glmm("hurt ~ arm", waves, groups="person_id", **choices)


def test_answers_that_are_not_yes_or_no(waves: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="0 or 1") as caught:
        glmm("visits ~ arm", waves, groups="person_id")
    assert "`visits`" in str(caught.value)


@pytest.mark.parametrize("shift", [-1.0, 0.5])
@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_counts_that_are_none(waves: pd.DataFrame, family: str, shift: float) -> None:
    broken = waves.assign(visits=waves["visits"] + shift)
    with pytest.raises(ModelError, match="whole number"):
        glmm("visits ~ arm", broken, groups="person_id", family=family)


def test_too_many_person_terms(waves: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match="person-specific terms"):
        glmm("hurt ~ arm", waves, groups="person_id", re_formula="~ x + wave + arm")


@pytest.mark.parametrize(
    ("change", "formula", "message"),
    [
        ({}, "hurt ~ nowhere", "nowhere"),
        ({"hurt": 1}, "hurt ~ arm", "same in every row"),
        ({"person_id": 1}, "hurt ~ arm", "one person only"),
        ({"double": lambda d: 2 * d["x"]}, "hurt ~ x + double", "Collinear"),
        ({"x": lambda d: d["x"].where(d["wave"] > 1, np.inf)}, "hurt ~ x", "nfinite"),
        ({"x": np.nan}, "hurt ~ x", "No rows"),
        ({"person_id": lambda d: d["person_id"].where(d["wave"] > 1)}, "hurt ~ arm", "missing ids"),
    ],
)
def test_data_that_cannot_carry_the_model(waves: pd.DataFrame, change: dict, formula: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        glmm(formula, waves.assign(**change), groups="person_id")


# ---- trust --------------------------------------------------------------------------------------------


def test_a_good_fit_is_called_one(waves: pd.DataFrame) -> None:
    fit = glmm("hurt ~ C(wave) + arm", waves, groups="person_id")
    assert fit.trust.ok
    assert not fit.trust.notes
    assert fit.summary().startswith("This fit can be relied upon.")
    assert "9 nodes" in fit.summary()


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
@pytest.mark.parametrize("answer", [0, 1])
def test_zero_cell_is_named_and_the_penalty_recommended(waves: pd.DataFrame, link: str, answer: int) -> None:
    zero = waves.assign(hurt=waves["hurt"].where(waves["wave"] < 5, answer))
    fit = glmm("hurt ~ C(wave) + arm", zero, groups="person_id", link=link)
    assert fit.separated == ("C(wave)[T.5]",)
    assert not fit.trust.ok
    assert "penalty='weakly_informative'" in str(fit.trust)
    assert fit.summary().startswith("DO NOT RELY")


@pytest.mark.parametrize("penalty", ["weakly_informative", "firth"])
def test_penalised_zero_cell(waves: pd.DataFrame, penalty: str) -> None:
    zero = waves.assign(hurt=waves["hurt"].where(waves["wave"] < 5, 0))
    fit = glmm("hurt ~ C(wave) + arm", zero, groups="person_id", penalty=penalty)
    assert fit.converged
    assert fit.trust.ok
    assert "never varies" in str(fit.trust)
    assert -9.0 < fit.params["C(wave)[T.5]"] < -3.0
    assert np.isfinite(fit.bse).all()
    assert f"Penalised likelihood: {penalty}" in fit.summary()


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_zero_cell_of_counts(waves: pd.DataFrame, family: str) -> None:
    zero = waves.assign(visits=waves["visits"].where(waves["wave"] < 5, 0))
    fit = glmm("visits ~ C(wave)", zero, groups="person_id", family=family)
    assert fit.separated == ("C(wave)[T.5]",)
    fit = glmm("visits ~ C(wave)", zero, groups="person_id", family=family, penalty="weakly_informative")
    assert fit.trust.ok


def test_perfect_prediction(waves: pd.DataFrame) -> None:
    fit = glmm("hurt ~ x", waves.assign(hurt=(waves["x"] > 0).astype(int)), groups="person_id")
    assert "x" in fit.separated
    assert not fit.trust.ok


def test_people_who_never_change(waves: pd.DataFrame) -> None:
    fit = glmm("hurt ~ C(wave)", waves.assign(hurt=waves["person_id"] % 2), groups="person_id")
    assert "Nobody's answer differs" in str(fit.trust)
    assert not fit.trust.ok


@pytest.mark.slow
def test_people_who_hardly_ever_change(waves: pd.DataFrame) -> None:
    steady = waves.assign(hurt=waves["person_id"] % 2)
    steady.loc[steady.index[::80], "hurt"] = 1 - steady["hurt"][::80]
    fit = glmm("hurt ~ arm", steady, groups="person_id")
    assert "Nearly all people answer the same" in str(fit.trust)


def test_everybody_once(waves: pd.DataFrame) -> None:
    fit = glmm("hurt ~ arm", waves[waves["wave"] == 1], groups="person_id")
    assert "one row only" in str(fit.trust)
    assert not fit.trust.ok


def test_one_person_once_among_others(waves: pd.DataFrame) -> None:
    some = waves[(waves["wave"] == 1) | (waves["person_id"] > 0)]
    fit = glmm("hurt ~ arm", some, groups="person_id")
    assert fit.trust.ok
    assert fit.n_groups == 80


def test_two_people(waves: pd.DataFrame) -> None:
    fit = glmm("hurt ~ 1", waves[waves["person_id"].isin([0, 2])], groups="person_id")
    assert "2 people" in str(fit.trust)


def test_singular_slope_is_said(waves: pd.DataFrame) -> None:
    # everybody has the same slope exactly in the middle of two mirrored halves
    fit = glmm(
        "visits ~ wave",
        waves.assign(visits=6 - waves["wave"]),
        groups="person_id",
        family="poisson",
        re_formula="~ wave",
    )
    assert fit.singular
    assert "singular" in str(fit.trust)


# ---- answers ------------------------------------------------------------------------------------------


def integrated(eta: np.ndarray, y: np.ndarray, codes: np.ndarray, sd: float) -> float:
    """Log-likelihood of a random-intercept logit by the trapezoid rule: another way to the same number."""
    u = np.linspace(-9.0, 9.0, 181)
    logs = -np.logaddexp(0.0, -(2 * y - 1)[:, None] * (eta[:, None] + sd * u))
    by_person = np.zeros((codes.max() + 1, len(u)))
    np.add.at(by_person, codes, logs)
    density = np.exp(by_person - 0.5 * u**2) / np.sqrt(2 * np.pi)
    return float(np.log(density.sum(axis=1) * (u[1] - u[0])).sum())


@pytest.mark.parametrize("penalty", ["weakly_informative", "firth"])
def test_penalised_fit_against_a_general_optimiser(waves: pd.DataFrame, penalty: str) -> None:
    zero = waves.assign(hurt=waves["hurt"].where(waves["wave"] < 5, 0), last=(waves["wave"] == 5).astype(int))
    X = np.column_stack([np.ones(len(zero)), zero["last"], zero["x"]])
    y, codes = zero["hurt"].to_numpy(), zero["person_id"].to_numpy()
    share, width = zero["last"].mean(), 2 * zero["x"].std(ddof=0)

    def objective(v: np.ndarray) -> float:
        eta, size = X @ v[:3], np.log1p(v[3] ** 2 / 25)
        if penalty == "firth":
            mean = special.expit(eta)
            extra = 0.5 * np.linalg.slogdet((X.T * (mean * (1 - mean))) @ X)[1]
        else:
            centre = v[0] + v[1] * share + v[2] * zero["x"].mean()
            extra = -np.log1p(np.array([centre / 10, v[1] / 2.5, v[2] * width / 2.5]) ** 2).sum()
        return -(integrated(eta, y, codes, v[3]) + extra - size)

    found = optimize.minimize(objective, np.array([0.3, -4.0, 0.3, 1.0]), method="BFGS", options={"gtol": 1e-5})
    fit = glmm("hurt ~ last + x", zero, groups="person_id", penalty=penalty, n_quad=25)
    np.testing.assert_allclose(fit.params, found.x[:3], atol=2e-4)
    assert fit.sd_re.iloc[0] == pytest.approx(abs(found.x[3]), abs=2e-4)
    assert fit.llf == pytest.approx(integrated(X @ found.x[:3], y, codes, found.x[3]), abs=1e-3)


def test_names_and_shapes(waves: pd.DataFrame) -> None:
    fit = glmm("hurt ~ arm + x", waves, groups="person_id", re_formula="~ wave", n_quad=5)
    assert list(fit.params.index) == ["Intercept", "arm", "x"]
    assert fit.cov_params().shape == (3, 3)
    assert list(fit.cov_re.index) == ["Intercept", "wave"]
    assert fit.random_effects.shape == fit.random_effects_sd.shape == (80, 2)
    assert fit.joint_estimates.shape == (6,)
    assert fit.joint_covariance.shape == (6, 6)
    assert fit.n_parameters == 6
    assert fit.scale == 1.0
    assert fit.dispersion == np.inf
    assert fit.aic == pytest.approx(-2 * fit.llf + 12)
    np.testing.assert_allclose(np.diag(fit.joint_covariance)[:3] ** 0.5, fit.bse)
    with pytest.raises(UsageError, match="ICC"):
        _ = fit.icc


def test_conditional_modes_maximise_the_joint_density(waves: pd.DataFrame) -> None:
    fit = glmm("hurt ~ arm + x", waves, groups="person_id")
    sd = fit.sd_re.iloc[0]
    eta = fit.population_eta() + fit.random_effects["Intercept"].to_numpy()[waves["person_id"]]
    gap = np.bincount(waves["person_id"], weights=waves["hurt"] - special.expit(eta))
    np.testing.assert_allclose(gap, fit.random_effects["Intercept"] / sd**2, atol=1e-6)


def test_icc(waves: pd.DataFrame) -> None:
    fit = glmm("hurt ~ arm", waves, groups="person_id")
    variance = fit.cov_re.iloc[0, 0]
    assert fit.icc == pytest.approx(variance / (variance + np.pi**2 / 3))


def test_variance_test(waves: pd.DataFrame) -> None:
    found = glmm("hurt ~ arm", waves, groups="person_id").variance_test()
    assert found.statistic > 4.0
    assert found.p_value < 0.05
    none = waves.assign(hurt=(waves["wave"] + waves["person_id"]) % 2)
    found = glmm("hurt ~ arm", none, groups="person_id").variance_test()
    assert found.statistic == pytest.approx(0.0, abs=1e-6)
    assert found.p_value >= 0.499
    found = glmm("hurt ~ wave", waves, groups="person_id", re_formula="~ wave", n_quad=3).variance_test()
    assert "2 and 3" in found.mixture


def test_predictions(waves: pd.DataFrame) -> None:
    fit = glmm("hurt ~ C(wave) + arm", waves, groups="person_id")
    typical = fit.predict(which="typical")
    np.testing.assert_allclose(typical, special.expit(fit.population_eta()))
    population = fit.predict()
    assert np.all(np.abs(population - 0.5) <= np.abs(typical - 0.5))
    np.testing.assert_allclose(fit.predict(waves), population)
    np.testing.assert_allclose(fit.predict(waves, which="person"), fit.fittedvalues)
    np.testing.assert_allclose(fit.predict(which="person"), fit.fittedvalues)
    np.testing.assert_allclose(fit.resid, waves["hurt"] - fit.fittedvalues)
    stranger = waves.head(3).assign(person_id=-1)
    np.testing.assert_allclose(fit.predict(stranger, which="person"), fit.predict(stranger, which="typical"))


def test_people_within_sites(waves: pd.DataFrame) -> None:
    nested = waves.assign(site=waves["person_id"] % 4, person_id=waves["person_id"] // 4)
    fit = glmm("hurt ~ arm", nested, groups="site/person_id")
    assert fit.n_groups == 80
    assert fit.llf == pytest.approx(glmm("hurt ~ arm", waves, groups="person_id").llf, rel=1e-10)
    np.testing.assert_allclose(fit.predict(nested, which="person"), fit.fittedvalues)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_population_average_against_simulation(link: str) -> None:
    fit_family = {"logit": "BinomialLogit", "probit": "BinomialProbit", "cloglog": "BinomialCloglog"}[link]
    family = getattr(__import__("mirabal_toolkit.mixed.families", fromlist=[fit_family]), fit_family)()
    draws = np.random.default_rng(1).normal(size=200_000)
    found = average_over_people(family, link, np.array([0.7]), np.array([1.5]))
    assert found[0] == pytest.approx(float(family.mean(0.7 + 1.5 * draws).mean()), abs=3e-3)


def test_population_average_of_counts(waves: pd.DataFrame) -> None:
    fit = glmm("visits ~ arm", waves, groups="person_id", family="poisson")
    ratio = fit.predict() / fit.predict(which="typical")
    np.testing.assert_allclose(ratio, np.exp(0.5 * fit.cov_re.iloc[0, 0]))


def test_offset_is_known_exposure(waves: pd.DataFrame) -> None:
    longer = waves.assign(log_time=np.log(2.0), visits=waves["visits"])
    with_offset = glmm("visits ~ arm", longer, groups="person_id", family="poisson", offset="log_time")
    without = glmm("visits ~ arm", waves, groups="person_id", family="poisson")
    assert with_offset.params["Intercept"] == pytest.approx(without.params["Intercept"] - np.log(2.0), abs=1e-6)
    assert with_offset.llf == pytest.approx(without.llf, rel=1e-10)
    np.testing.assert_allclose(with_offset.predict(longer), without.predict(), rtol=1e-6)
    with pytest.raises(ModelError, match="log_time"):
        with_offset.predict(waves)


def test_negative_binomial_says_its_dispersion(waves: pd.DataFrame) -> None:
    fit = glmm("visits ~ arm", waves, groups="person_id", family="negative_binomial")
    assert "Dispersion theta" in fit.summary()
    assert fit.dispersion > 1.0


def test_missing_answers_are_counted(waves: pd.DataFrame) -> None:
    holes = waves.assign(hurt=waves["hurt"].where(waves.index % 7 > 0))
    fit = glmm("hurt ~ arm", holes, groups="person_id")
    assert fit.nobs == int(holes["hurt"].notna().sum())
    assert fit.fittedvalues.isna().sum() == holes["hurt"].isna().sum()
    assert "Left out" in fit.summary()


@pytest.mark.slow
def test_negative_binomial_of_counts_that_vary_little_is_a_poisson(waves: pd.DataFrame) -> None:
    even = waves.assign(visits=3 + waves["hurt"])
    fit = glmm("visits ~ x", even, groups="person_id", family="negative_binomial")
    plain = glmm("visits ~ x", even, groups="person_id", family="poisson")
    assert fit.trust.ok
    assert "no more than Poisson" in str(fit.trust)
    assert fit.llf == pytest.approx(plain.llf, abs=1e-4)
    np.testing.assert_allclose(fit.params, plain.params, atol=1e-4)
    np.testing.assert_allclose(fit.bse, plain.bse, rtol=1e-3)


def test_offset_of_an_impossible_size(waves: pd.DataFrame) -> None:
    broken = waves.assign(log_time=1e308)
    with np.errstate(all="ignore"), pytest.raises(ModelError, match="cannot be computed"):
        glmm("visits ~ arm", broken, groups="person_id", family="poisson", offset="log_time")


def test_where_a_cell_has_no_information_left_the_penalty_forbids_the_place() -> None:
    """A search that strays far out must be turned back, not die of a singular matrix."""
    from types import SimpleNamespace

    from mirabal_toolkit.mixed.families import BinomialLogit
    from mirabal_toolkit.mixed.glmm_penalty import Jeffreys
    from mirabal_toolkit.mixed.quadrature_rule import Parameters

    X = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    penalty = Jeffreys(SimpleNamespace(X=X, offset=np.zeros(4), weight=np.ones(4)), BinomialLogit(), counts=False)
    near = Parameters(np.zeros(2), np.zeros(0), np.eye(1))
    far = Parameters(np.array([0.0, -2000.0]), np.zeros(0), np.eye(1))
    assert np.isfinite(penalty.value_and_slope(near)[0])
    assert penalty.value_and_slope(far)[0] == -np.inf
