"""Models for repeated measures, against a dense likelihood written out here and against mixed models."""

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import likelihood_ratio_test, lmm, mmrm

FORMULA = "score ~ C(wave) * arm + age"


def waves(n=50, seed=7, n_waves=4):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"who": np.repeat(np.arange(n), n_waves), "wave": np.tile(np.arange(1, n_waves + 1), n)})
    frame["arm"] = random.integers(0, 2, n)[frame["who"]]
    frame["age"] = random.normal(40, 8, n)[frame["who"]]
    steps = random.normal(0, 1, (n, n_waves)).cumsum(axis=1) + random.normal(0, 1, (n, 1))
    frame["score"] = 10 + 0.05 * frame["age"] - 0.5 * frame["wave"] + steps.ravel() * (1 + 0.1 * frame["wave"])
    return frame[(random.random(len(frame)) > 0.25) | (frame["wave"] == 1)].reset_index(drop=True)


def dense(fit, data, sigma):
    """Restricted deviance, estimates and their covariance for a covariance of the waves, person by person."""
    X = fit.design.matrix(data)
    information, pulled, squares, logdet = 0.0, 0.0, 0.0, 0.0
    for rows in data.groupby("who").indices.values():
        seen = data["wave"].to_numpy()[rows] - 1
        inverse = np.linalg.inv(sigma[np.ix_(seen, seen)])
        logdet += np.linalg.slogdet(sigma[np.ix_(seen, seen)])[1]
        y = data["score"].to_numpy()[rows]
        information = information + X[rows].T @ inverse @ X[rows]
        pulled = pulled + X[rows].T @ inverse @ y
        squares += y @ inverse @ y
    covariance = np.linalg.inv(information)
    beta = covariance @ pulled
    rest = squares - pulled @ beta
    deviance = logdet + np.linalg.slogdet(information)[1] + rest + (len(data) - len(beta)) * np.log(2 * np.pi)
    return deviance, beta, covariance


@pytest.mark.parametrize("cov", ["unstructured", "cs", "csh", "ar1", "toeplitz"])
def test_the_likelihood_is_the_dense_one_and_highest_there(cov):
    data = waves()
    fit = mmrm(FORMULA, data, groups="who", time="wave", cov=cov)
    deviance, beta, covariance = dense(fit, data, fit.cov_waves.to_numpy())
    assert fit.llf == pytest.approx(-deviance / 2, rel=1e-10)
    np.testing.assert_allclose(fit.params, beta, rtol=1e-6)
    np.testing.assert_allclose(fit.cov_params(), covariance, rtol=1e-6, atol=1e-10)
    assert fit.trust.ok
    structure, theta = fit.criterion.structure, fit.minimum.theta
    scale = fit.cov_waves.iloc[0, 0] / structure.sigma(theta)[0, 0]
    for j in range(len(theta)):
        for way in (-1e-3, 1e-3):
            moved = theta + way * np.eye(len(theta))[j]
            assert dense(fit, data, structure.sigma(moved) * scale)[0] > deviance


def test_satterthwaite_of_an_unstructured_covariance_by_differences():
    data = waves(30)
    fit = mmrm(FORMULA, data, groups="who", time="wave")
    sigma = fit.cov_waves.to_numpy()
    rows, columns = np.tril_indices(4)

    def at(entries):
        moved = np.zeros((4, 4))
        moved[rows, columns] = moved[columns, rows] = entries
        return dense(fit, data, moved)

    centre, J = sigma[rows, columns], len(rows)
    steps = np.eye(J) * 2e-4 * np.abs(centre).max()
    hessian = np.empty((J, J))
    slopes = np.empty((J, len(fit.names)))
    h = steps[0, 0]
    for i in range(J):
        slopes[i] = (np.diag(at(centre + steps[i])[2]) - np.diag(at(centre - steps[i])[2])) / (2 * h)
        for j in range(i + 1):
            corners = [at(centre + a * steps[i] + b * steps[j])[0] for a in (1, -1) for b in (1, -1)]
            hessian[i, j] = hessian[j, i] = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * h**2)
    variance = np.diag(at(centre)[2])
    spread = 2 * np.einsum("jr,jk,kr->r", slopes, np.linalg.inv(hessian), slopes)
    np.testing.assert_allclose(fit.df_satterthwaite, 2 * variance**2 / spread, rtol=2e-4)


@pytest.mark.parametrize("df", ["satterthwaite", "kenward-roger"])
def test_compound_symmetry_is_a_random_intercept(df):
    data = waves()
    ours = mmrm(FORMULA, data, groups="who", time="wave", cov="cs", df=df)
    mixed = lmm(FORMULA, data, groups="who", df=df)
    assert ours.llf == pytest.approx(mixed.llf, rel=1e-10)
    np.testing.assert_allclose(ours.table(), mixed.table(), rtol=1e-5)


def test_kenward_roger_of_a_balanced_unstructured_model_is_exact():
    """Complete data, wave by arm: the comparison of arms at a wave is a t test with n − 2 degrees of freedom."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame({"who": np.repeat(np.arange(24), 3), "wave": np.tile([1, 2, 3], 24)})
    frame["arm"] = frame["who"] % 2
    frame["score"] = random.normal(size=72) + random.normal(size=24)[frame["who"]]
    fit = mmrm("score ~ C(wave) * arm", frame, groups="who", time="wave", df="kenward-roger")
    at_first = frame[frame["wave"] == 1].groupby("arm")["score"].agg(["mean", "var", "count"])
    pooled = (at_first["var"] * (at_first["count"] - 1)).sum() / (24 - 2)
    assert fit.df["arm"] == pytest.approx(22, rel=1e-4)
    assert fit.params["arm"] == pytest.approx(at_first["mean"][1] - at_first["mean"][0])
    assert fit.bse["arm"] == pytest.approx(np.sqrt(pooled * (1 / at_first["count"]).sum()), rel=1e-4)


@pytest.mark.parametrize("cov", ["unstructured", "cs", "ar1"])
def test_arms_with_their_own_covariance_are_separate_fits(cov):
    data = waves(80)
    joint = mmrm("score ~ C(wave) * arm", data, groups="who", time="wave", cov=cov, by="arm", reml=False)
    parts = [
        mmrm("score ~ C(wave)", data[data["arm"] == a], groups="who", time="wave", cov=cov, reml=False) for a in (0, 1)
    ]
    assert joint.llf == pytest.approx(sum(part.llf for part in parts), rel=1e-9)
    for arm, part in enumerate(parts):
        np.testing.assert_allclose(joint.cov_waves.loc[arm], part.cov_waves, rtol=1e-4)
    assert "for each arm" in joint.summary()


def test_own_covariances_are_tested_against_one():
    data = waves(80)
    one = mmrm(FORMULA, data, groups="who", time="wave")
    two = mmrm(FORMULA, data, groups="who", time="wave", by="arm")
    test = likelihood_ratio_test(one, two)
    assert test.df == (10,)
    assert 0 < test.p_value < 1
    assert np.isfinite(two.df_kenward_roger).all()
    assert np.isfinite(two.df_satterthwaite).all()


def test_rows_come_back_where_they_were():
    data = waves().sample(frac=1, random_state=4)
    fit = mmrm(FORMULA, data, groups="who", time="wave")
    assert fit.resid.index.equals(data.index)
    np.testing.assert_allclose(fit.fittedvalues + fit.resid, data["score"])
    other = mmrm(FORMULA, data.sort_index(), groups="who", time="wave")
    np.testing.assert_allclose(fit.params, other.params)


def test_frequency_weights_are_repeated_people():
    data = waves(30)
    twice = pd.concat([data, data.assign(who=data["who"] + 100)])
    weighted = mmrm(FORMULA, data.assign(times=2), groups="who", time="wave", weights="times")
    repeated = mmrm(FORMULA, twice, groups="who", time="wave")
    assert weighted.llf == pytest.approx(repeated.llf)
    np.testing.assert_allclose(weighted.table(), repeated.table(), rtol=1e-6)


def with_a_repeat(data):
    return pd.concat([data, data.iloc[[0]]])


def never_together(data):
    return data[~((data["wave"] == 4) & data["who"].isin(data.loc[data["wave"] == 2, "who"]))]


def changing_arm(data):
    return data.assign(arm=data["wave"] % 2)


BAD = {
    "two rows at a wave": (with_a_repeat, {}, "two rows at the same `wave`"),
    "waves never seen together": (never_together, {}, "Nobody was seen at both waves 2 and 4"),
    "unknown structure": (lambda data: data, {"cov": "spiral"}, "no covariance structure `spiral`"),
    "arm changes": (changing_arm, {"by": "arm"}, "`arm` changes within a person"),
    "unknown arm": (lambda data: data, {"by": "nowhere"}, "`nowhere`"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case):
    change, options, text = BAD[case]
    with pytest.raises(ModelError, match=text):
        mmrm("score ~ wave", change(waves()), groups="who", time="wave", **options)


def test_waves_that_repeat_each_other_are_flagged():
    data = waves().pivot_table(index=["who", "arm", "age"], columns="wave", values="score").dropna()
    random = np.random.default_rng(0)
    data[4] = data[3] + random.normal(0, 1e-5, len(data))
    long = data.stack().rename("score").reset_index()
    fit = mmrm("score ~ C(wave)", long, groups="who", time="wave")
    assert not fit.trust.ok
    assert "nearly singular" in fit.summary()


def test_missing_rows_are_said():
    data = waves()
    data.loc[5, "score"] = np.nan
    fit = mmrm(FORMULA, data, groups="who", time="wave")
    assert "1 rows were left out" in str(fit.trust)
