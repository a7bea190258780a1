"""A design says what it left out, keeps the caller's rows findable, and refuses what cannot be fitted."""

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.design import Roles, build_design


def wave_data(n_people=12, n_waves=4, seed=3):
    random = np.random.default_rng(seed)
    who = np.repeat([f"p{k:02d}" for k in range(n_people)], n_waves)
    return pd.DataFrame(
        {
            "who": who,
            "wave": np.tile(np.arange(1, n_waves + 1), n_people),
            "arm": np.repeat(random.integers(0, 2, n_people), n_waves),
            "age": np.repeat(random.normal(40, 9, n_people), n_waves),
            "site": np.repeat(random.choice(list("xyz"), n_people), n_waves),
            "y": random.normal(size=n_people * n_waves),
        }
    )


def test_rows_of_a_person_stand_together_and_point_back():
    data = wave_data().sample(frac=1, random_state=1)
    design = build_design("y ~ wave", data, Roles("who", "~ wave", time="wave"))
    assert (np.diff(design.groups.codes) >= 0).all()
    assert design.groups.labels.tolist() == sorted(data["who"].unique())
    np.testing.assert_array_equal(design.y, data["y"].to_numpy()[design.rows])
    same_person = np.diff(design.groups.codes) == 0
    assert (np.diff(design.time_codes)[same_person] > 0).all()
    back = design.to_user(design.y, "y")
    pd.testing.assert_series_equal(back, data["y"])


def test_missing_values_are_counted_in_rows_and_people():
    data = wave_data()
    data.loc[data["who"] == "p03", "age"] = np.nan
    data.loc[0, "y"] = np.nan
    design = build_design("y ~ wave + age", data, Roles("who"))
    assert (design.n_rows_dropped, design.n_persons_dropped) == (5, 1)
    assert design.n_groups == 11
    assert design.to_user(design.y, "y").isna().sum() == 5


def test_a_variable_inside_a_spline_counts_as_used():
    data = wave_data()
    data.loc[2, "age"] = np.nan
    design = build_design("y ~ bs(age, df=3)", data, Roles("who"))
    assert "age" in design.recipe.variables
    assert design.n_rows_dropped == 1


def test_new_data_get_the_same_columns():
    data = wave_data()
    design = build_design("y ~ C(wave) * arm + scale(age)", data, Roles("who"))
    np.testing.assert_allclose(design.matrix(data)[design.rows], design.X)


def test_an_unseen_category_is_refused():
    data = wave_data()
    design = build_design("y ~ C(wave)", data, Roles("who"))
    with pytest.raises(ModelError, match="category"):
        design.matrix(data.assign(wave=9))


def test_new_data_with_missing_values_are_refused():
    data = wave_data()
    design = build_design("y ~ age", data, Roles("who"))
    with pytest.raises(ModelError, match="Missing values in age"):
        design.matrix(data.assign(age=np.nan))


def test_people_within_sites():
    data = wave_data()
    design = build_design("y ~ wave", data, Roles("site/who"))
    assert design.n_groups == 12
    assert design.groups.outer_codes.tolist() == sorted(design.groups.outer_codes)
    assert design.groups.labels[0][0] == design.groups.outer_labels[0]


def test_ordered_outcome_becomes_codes():
    data = wave_data().assign(y=pd.Categorical(np.tile(["low", "mid", "high", "mid"], 12), ["low", "mid", "high"]))
    design = build_design("y ~ wave", data, Roles("who"), outcome="ordered")
    assert design.outcome_levels == ("low", "mid", "high")
    assert set(design.y) == {0.0, 1.0, 2.0}


def test_transformed_outcome():
    data = wave_data().assign(y=lambda d: np.exp(d["y"]))
    design = build_design("np.log(y) ~ wave", data, Roles("who"))
    np.testing.assert_allclose(design.y, np.log(data["y"].to_numpy()[design.rows]))


def test_no_intercept_is_not_collinear():
    design = build_design("y ~ 0 + C(wave)", wave_data(), Roles("who"))
    assert design.X.shape[1] == 4


def test_sizes_of_groups():
    data = wave_data().iloc[1:]
    assert build_design("y ~ 1", data, Roles("who")).groups.sizes.tolist() == [3] + [4] * 11


BAD = {
    "unknown column": ("y ~ nothing_here", {}, "who", "nothing_here"),
    "unknown in a call": ("y ~ np.log(nothing_here)", {}, "who", "nothing_here"),
    "unknown groups": ("y ~ wave", {}, "nobody", "nobody"),
    "one person": ("y ~ wave", {"who": "a"}, "who", "one person"),
    "too few people": ("y ~ C(wave) * C(site) * age", {}, "who", "12 people for"),
    "collinear": ("y ~ wave + I(2 * wave)", {}, "who", r"`I\(2 \* wave\)` is a combination of `wave`"),
    "zero column": ("y ~ wave + I(0 * age)", {}, "who", "it is zero|combination"),
    "constant outcome": ("y ~ wave", {"y": 1.0}, "who", "same in every row"),
    "infinite covariate": ("y ~ wave + age", {"age": np.inf}, "who", "`age`"),
    "log of a negative": ("y ~ np.sqrt(age)", {"age": -1.0}, "who", "sqrt"),
    "missing ids": ("y ~ wave", {"who": None}, "who", "48 missing ids"),
    "nothing left": ("y ~ age", {"age": np.nan}, "who", "No rows are left"),
    "text outcome": ("site ~ wave", {}, "who", "not a number"),
    "syntax": ("y ~ wave +", {}, "who", "cannot be read"),
    "no outcome": ("~ wave", {}, "who", "exactly one outcome"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_bad_input_names_the_term(case):
    formula, columns, groups, text = BAD[case]
    with pytest.raises(ModelError, match=text):
        build_design(formula, wave_data().assign(**columns), Roles(groups))


def test_one_category_in_an_ordered_outcome():
    with pytest.raises(ModelError, match="one category"):
        build_design("y ~ wave", wave_data().assign(y="same"), Roles("who"), outcome="ordered")


def test_negative_weights():
    with pytest.raises(ModelError, match="negative"):
        build_design("y ~ wave", wave_data().assign(w=-1.0), Roles("who", weights="w"))


def test_infinite_slope_column():
    data = wave_data().assign(dose=np.inf)
    with pytest.raises(ModelError, match="`dose`"):
        build_design("y ~ wave", data, Roles("who", "~ dose"))


def test_an_unseen_category_is_refused_by_formulaic_too():
    design = build_design("y ~ 0 + C(wave)", wave_data(), Roles("who"))
    with pytest.raises(ModelError, match="category"):
        design.matrix(wave_data().assign(wave=9))


def test_a_formula_that_cannot_be_computed():
    with pytest.raises(ModelError, match="cannot be evaluated"):
        build_design("y ~ np.log(site)", wave_data(), Roles("who"))


def test_a_computed_ordered_outcome_is_refused():
    with pytest.raises(ModelError, match="must be a column"):
        build_design("np.round(y) ~ wave", wave_data(), Roles("who"), outcome="ordered")


def test_columns_learnt_once_serve_another_part():
    data = wave_data()
    first = build_design("y ~ C(wave)", data, Roles("who", "~ wave"), like="itself")
    part = build_design("y ~ C(wave)", data[data["wave"] < 3], Roles("who", "~ wave"), like=first)
    assert part.names == first.names
    assert part.source is None
