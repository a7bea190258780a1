"""Linear mixed models: what a fit offers, what it admits, what it refuses, and how parts add up."""

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import (
    LinearMixedStatistics,
    explained,
    fit_from_statistics,
    likelihood_ratio_test,
    lmm,
    profile_conf_int,
    statistics_from_chunks,
    variance_test,
)


def waves(n=60, seed=11, sd=(1.5, 0.1, 1.0)):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"person_id": np.repeat(np.arange(n), 5), "wave": np.tile(np.arange(1, 6), n)})
    frame["months"] = frame["wave"].map({1: 0, 2: 3, 3: 6, 4: 12, 5: 24}).astype(float)
    frame["arm"] = random.integers(0, 2, n)[frame["person_id"]]
    frame["site"] = frame["person_id"] % 6
    level, slope = random.normal(0, sd[0], n), random.normal(0, sd[1], n)
    frame["score"] = (
        20 - 0.1 * frame["months"] + level[frame["person_id"]] + slope[frame["person_id"]] * frame["months"]
    )
    frame["score"] += random.normal(0, sd[2], len(frame))
    return frame[(random.random(len(frame)) > 0.2) | (frame["wave"] == 1)].reset_index(drop=True)


FORMULA = "score ~ C(wave) * arm"


@pytest.fixture(scope="module")
def fit():
    return lmm(FORMULA, waves(), groups="person_id", re_formula="~ months")


def test_rows_come_back_where_they_were():
    data = waves()
    data.loc[[3, 40], "score"] = np.nan
    mixed = data.sample(frac=1, random_state=2)
    fit = lmm(FORMULA, mixed, groups="person_id", re_formula="~ months")
    assert fit.fittedvalues.index.equals(mixed.index)
    assert set(fit.resid.index[fit.resid.isna()]) == {3, 40}
    np.testing.assert_allclose((fit.fittedvalues + fit.resid).dropna(), mixed["score"].dropna())
    assert "2 rows were left out" in str(fit.trust)


def test_modes_and_fitted_values_agree(fit):
    data = waves()
    modes = fit.random_effects.loc[data["person_id"]].to_numpy()
    whole = fit.predict() + modes[:, 0] + modes[:, 1] * data["months"]
    np.testing.assert_allclose(fit.fittedvalues, whole)


def test_normal_equations_hold(fit):
    """The conditional modes and the population terms solve Henderson's equations."""
    design, D = fit.design, fit.cov_re.to_numpy()
    rest = design.to_user(design.y, "y").to_numpy() - fit.fittedvalues.to_numpy()
    rest = rest[design.rows]
    np.testing.assert_allclose(design.X.T @ rest, 0, atol=1e-6)
    pulled = np.add.reduceat(design.Z * rest[:, None], design.groups.starts)
    np.testing.assert_allclose(pulled, fit.random_effects.to_numpy() @ np.linalg.inv(D) * fit.scale, atol=1e-6)


def test_table_and_tests_are_of_one_piece(fit):
    table = fit.table()
    np.testing.assert_allclose(table["statistic"], table["estimate"] / table["std_error"])
    one = fit.f_test(np.eye(len(fit.names))[[1]])
    assert one.p_value == pytest.approx(fit.pvalues.iloc[1])
    assert one.df_denominator == pytest.approx(fit.df.iloc[1])
    width = table["conf_high"] - table["conf_low"]
    assert (fit.conf_int(0.01).diff(axis=1)["conf_high"] > width).all()


@pytest.mark.parametrize("df", ["satterthwaite", "kenward-roger", "normal"])
def test_degrees_of_freedom(df):
    fit = lmm(FORMULA, waves(), groups="person_id", df=df)
    contrasts = np.eye(len(fit.names))[1:5]
    joint = fit.f_test(contrasts)
    assert 0 < joint.p_value < 1
    assert np.isinf(fit.df).all() == (df == "normal")
    assert len(fit.contrast_df(contrasts)) == 4
    assert f"degrees of freedom: {df}" in fit.summary()


def test_kenward_roger_errors_are_not_smaller():
    plain = lmm(FORMULA, waves(20), groups="person_id", re_formula="~ months")
    adjusted = lmm(FORMULA, waves(20), groups="person_id", re_formula="~ months", df="kenward-roger")
    assert (adjusted.bse >= plain.bse * (1 - 1e-9)).all()
    np.testing.assert_allclose(adjusted.df, plain.df_kenward_roger)


def test_no_variance_between_people_is_said():
    data = waves(sd=(0.0, 0.0, 1.0))
    means = data.groupby("person_id")["score"].transform("mean")
    data["score"] -= 0.8 * (means - data["score"].mean())
    fit = lmm(FORMULA, data, groups="person_id")
    assert fit.singular
    assert fit.converged
    assert fit.cov_re.iloc[0, 0] == 0.0
    assert "boundary" in fit.summary().split("\n\n")[0]


def test_a_singular_slope_is_dropped_when_asked():
    data = waves(sd=(1.5, 0.0, 1.0), seed=3)
    kept = lmm(FORMULA, data, groups="person_id", re_formula="~ months")
    assert kept.singular
    dropped = lmm(FORMULA, data, groups="person_id", re_formula="~ months", drop_singular=True)
    assert not dropped.singular
    assert list(dropped.cov_re) == ["Intercept"]
    assert "`months` was left out" in str(dropped.trust)
    plain = lmm(FORMULA, data, groups="person_id")
    assert dropped.llf == pytest.approx(plain.llf)


def test_variances_that_cannot_be_told_apart_are_flagged():
    random = np.random.default_rng(1)
    data = pd.DataFrame({"who": np.repeat(np.arange(30), 2), "t": np.tile([0.0, 1.0], 30)})
    data["y"] = random.normal(size=60) + random.normal(size=30)[data["who"]]
    fit = lmm("y ~ t", data, groups="who", re_formula="~ t")
    assert not fit.trust.ok
    assert not fit.converged
    assert fit.summary().startswith("DO NOT RELY ON THIS FIT")


def test_outcome_without_rest_is_refused():
    data = waves().assign(score=lambda d: 2.0 * d["wave"])
    with pytest.raises(ModelError, match="without rest"):
        lmm("score ~ wave", data, groups="person_id")


BAD = {
    "one row each": ("score ~ arm", {"person_id": np.arange(1000)}, "~ 1", "one row only"),
    "collinear": ("score ~ arm + I(1 - arm)", {}, "~ 1", r"`I\(1 - arm\)` is a combination"),
    "no person-specific terms": ("score ~ arm", {}, "~ 0", "person-specific terms"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case):
    formula, columns, re_formula, text = BAD[case]
    data = waves()
    data = data.assign(**{name: values[: len(data)] for name, values in columns.items()})
    with pytest.raises(ModelError, match=text):
        lmm(formula, data, groups="person_id", re_formula=re_formula)


# ---- people within sites -----------------------------------------------------------------------------


def test_sites():
    data = waves(80, sd=(1.5, 0.0, 1.0))
    data["score"] += np.array([2.0, -1.0, 0.5, 1.5, -2.0, -1.0])[data["site"]]
    fit = lmm("score ~ months", data, groups="site/person_id")
    assert fit.trust.ok
    assert fit.outer_variance > 0
    assert len(fit.outer_effects) == 6
    assert len(fit.random_effects) == 80
    assert "between sites" in fit.summary()
    np.testing.assert_allclose(fit.design.X.T @ fit.resid.to_numpy()[fit.design.rows], 0, atol=1e-6)
    share = explained(fit)
    assert share.marginal < share.conditional < 1


def test_sites_without_spread_are_said():
    data = waves(80)
    data["score"] -= data.groupby("site")["score"].transform("mean")
    fit = lmm("score ~ C(wave)", data, groups="site/person_id")
    assert fit.outer_variance == 0.0
    assert fit.singular
    assert fit.trust.ok
    alone = lmm("score ~ C(wave)", data, groups="person_id")
    assert fit.llf == pytest.approx(alone.llf, rel=1e-9)


def test_sites_twice_in_a_model_are_flagged():
    fit = lmm("score ~ C(wave) + C(site)", waves(80), groups="site/person_id")
    assert not fit.trust.ok
    assert "flat" in str(fit.trust)


def test_what_sites_do_not_offer():
    data = waves()
    fit = lmm("score ~ months", data, groups="site/person_id")
    for refused in (fit.kenward_roger, lambda: profile_conf_int(fit), lambda: variance_test(fit)):
        with pytest.raises(ModelError, match="people within sites"):
            refused()
    with pytest.raises(ModelError, match="need a person-specific intercept"):
        lmm("score ~ months", data, groups="site/person_id", re_formula="~ 0 + months")
    part = LinearMixedStatistics.from_data("score ~ months", data, groups="site/person_id")
    with pytest.raises(ModelError, match="cannot be added"):
        part + part


# ---- sums --------------------------------------------------------------------------------------------


def same(one, other, rel=1e-7):
    assert one.llf == pytest.approx(other.llf, rel=1e-10)
    np.testing.assert_allclose(one.params, other.params, rtol=rel, atol=rel)
    np.testing.assert_allclose(one.bse, other.bse, rtol=rel)
    np.testing.assert_allclose(one.cov_re, other.cov_re, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(one.df, other.df, rtol=1e-5)


def test_parts_add_up_to_the_whole(fit):
    data = waves()
    parts = [data[data["person_id"] % 3 == k] for k in range(3)]
    total = LinearMixedStatistics.from_data(FORMULA, parts[0], groups="person_id", re_formula="~ months")
    for part in parts[1:]:
        total = total + LinearMixedStatistics.from_data(FORMULA, part, groups="person_id", like=total)
    summed = fit_from_statistics(total)
    same(summed, fit)
    assert (summed.nobs, summed.n_groups) == (fit.nobs, fit.n_groups)
    np.testing.assert_allclose(summed.predict(data), fit.predict(data))


def test_sums_hold_no_rows():
    statistics = LinearMixedStatistics.from_data(FORMULA, waves(), groups="person_id")
    design = statistics.design
    assert design.source is None
    for values in (design.y, design.X, design.rows, design.index, design.groups.labels, design.groups.codes):
        assert len(values) == 0
    with pytest.raises(ModelError, match="holds no rows"):
        fit_from_statistics(statistics).random_effects  # noqa: B018 - asking is the test


def test_chunks_are_the_whole(fit):
    data = waves()
    chunks = (data.iloc[k : k + 37] for k in range(0, len(data), 37))
    statistics = statistics_from_chunks(FORMULA, chunks, groups="person_id", re_formula="~ months")
    same(fit_from_statistics(statistics), fit)


def test_someone_who_comes_back_is_found():
    data = waves()
    data["wave"] = data["wave"].astype("category")
    chunks = [data[data["wave"] != 3], data[data["wave"] == 3]]
    with pytest.raises(ModelError, match="comes back"):
        statistics_from_chunks(FORMULA, chunks, groups="person_id")


def test_no_chunks():
    with pytest.raises(ModelError, match="no rows"):
        statistics_from_chunks(FORMULA, [], groups="person_id")


def test_parts_with_other_columns_are_not_added():
    data = waves()
    one = LinearMixedStatistics.from_data("score ~ months", data, groups="person_id")
    other = LinearMixedStatistics.from_data("score ~ wave", data, groups="person_id")
    with pytest.raises(ModelError, match="different columns"):
        one + other


def test_too_few_people_in_sums():
    data = waves()
    whole = LinearMixedStatistics.from_data(FORMULA, data, groups="person_id")
    few = LinearMixedStatistics.from_data(FORMULA, data[data["person_id"] < 8], groups="person_id", like=whole)
    with pytest.raises(ModelError, match="8 people for 10"):
        fit_from_statistics(few)


def test_frequency_weights_are_repeated_people():
    data = waves(30)
    times = np.array([1, 2, 3])[data["person_id"] % 3]
    copies = [data[times > k].assign(person_id=lambda d, k=k: d["person_id"] + 1000 * k) for k in range(3)]
    repeated = lmm(FORMULA, pd.concat(copies), groups="person_id", re_formula="~ months")
    weighted = lmm(FORMULA, data.assign(times=times), groups="person_id", re_formula="~ months", weights="times")
    same(weighted, repeated)
    assert weighted.n_groups == repeated.n_groups


def test_weights_that_differ_within_a_person():
    data = waves().assign(times=lambda d: d["wave"])
    with pytest.raises(ModelError, match="differ within a person"):
        lmm(FORMULA, data, groups="person_id", weights="times")


# ---- comparisons -------------------------------------------------------------------------------------


def test_a_slope_is_tested_with_the_mixture(fit):
    smaller = lmm(FORMULA, waves(), groups="person_id")
    test = likelihood_ratio_test(smaller, fit)
    assert test.df == (1, 2)
    assert test.statistic == pytest.approx(2 * (fit.llf - smaller.llf))
    again = variance_test(fit)
    assert again.p_value == pytest.approx(test.p_value, rel=1e-6)


def test_an_intercept_is_tested_against_none():
    data = waves()
    test = variance_test(lmm(FORMULA, data, groups="person_id", reml=False))
    X = np.column_stack([pd.get_dummies(data["wave"]), pd.get_dummies(data["wave"]).mul(data["arm"], axis=0)])
    rest = data["score"] - X.astype(float) @ np.linalg.lstsq(X.astype(float), data["score"], rcond=None)[0]
    none = -len(data) / 2 * (np.log(2 * np.pi * (rest**2).mean()) + 1)
    assert test.df == (0, 1)
    assert test.statistic == pytest.approx(2 * (lmm(FORMULA, data, groups="person_id", reml=False).llf - none))


def test_population_terms_are_tested_by_full_likelihood():
    data = waves()
    fits = [lmm(f, data, groups="person_id", reml=False) for f in ("score ~ C(wave)", FORMULA)]
    assert likelihood_ratio_test(*fits).df == (5,)
    with pytest.raises(ModelError, match="larger one"):
        likelihood_ratio_test(*reversed(fits))
    restricted = [lmm(f, data, groups="person_id") for f in ("score ~ C(wave)", FORMULA)]
    with pytest.raises(ModelError, match="Restricted"):
        likelihood_ratio_test(*restricted)
    with pytest.raises(ModelError, match="different likelihoods"):
        likelihood_ratio_test(fits[0], restricted[1])


def test_explained_variance_of_an_intercept_model():
    fit = lmm(FORMULA, waves(), groups="person_id")
    between, fixed = fit.cov_re.iloc[0, 0], np.var(fit.predict())
    share = explained(fit)
    assert share.icc == pytest.approx(between / (between + fit.scale))
    assert share.marginal == pytest.approx(fixed / (fixed + between + fit.scale))
    assert share.conditional == pytest.approx((fixed + between) / (fixed + between + fit.scale))


def test_profile_reaches_zero_for_a_spread_that_may_be_none():
    fit = lmm(FORMULA, waves(40, sd=(0.25, 0.0, 1.0), seed=1), groups="person_id")
    interval = profile_conf_int(fit).loc["sd Intercept"]
    assert interval["conf_low"] == 0.0
    assert interval["conf_high"] > fit.cov_re.iloc[0, 0] ** 0.5


@pytest.mark.slow
def test_profile_intervals_move_with_the_units():
    data = waves(40)
    one = profile_conf_int(lmm("score ~ months", data, groups="person_id", re_formula="~ months"))
    tiny = data.assign(score=data["score"] * 1e-5, months=data["months"] * 1000)
    other = profile_conf_int(lmm("score ~ months", tiny, groups="person_id", re_formula="~ months"))
    units = [1e-5, 1e-8, 1e-5, 1e-8, 1.0, 1e-5]
    np.testing.assert_allclose(other.to_numpy(), one.to_numpy() * np.array(units)[:, None], rtol=1e-5)


def test_one_term_alone_has_a_profile():
    interval = profile_conf_int(lmm("score ~ 1", waves(30), groups="person_id")).loc["Intercept"]
    assert interval["conf_low"] < 20 < interval["conf_high"] + 2


def test_models_without_an_intercept():
    data = waves(30)
    with_one = lmm("score ~ C(wave)", data, groups="person_id")
    without = lmm("score ~ 0 + C(wave)", data, groups="person_id")
    np.testing.assert_allclose(without.predict(), with_one.predict(), rtol=1e-7)
    assert without.scale == pytest.approx(with_one.scale, rel=1e-6)
    assert explained(without).icc == pytest.approx(explained(with_one).icc, rel=1e-5)


def test_f_test_by_the_normal_distribution_is_walds():
    fit = lmm(FORMULA, waves(), groups="person_id", df="normal")
    joint = fit.f_test(np.eye(len(fit.names))[[1]])
    assert joint.statistic == pytest.approx(fit.tvalues.iloc[1] ** 2)
    assert joint.p_value == pytest.approx(fit.pvalues.iloc[1])


def test_summary_says_what_was_left_out():
    data = waves()
    data.loc[data["person_id"] == 3, "score"] = np.nan
    text = lmm(FORMULA, data, groups="person_id").summary()
    assert "1 people altogether" in text
