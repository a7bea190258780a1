"""Columns of plain formulas are formulaic's, name by name and number by number."""

import numpy as np
import pandas as pd
import pytest
from formulaic import Formula

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.design_columns import learn
from mirabal_toolkit.mixed.design_plain import learn_plain

random = np.random.default_rng(8)
DATA = pd.DataFrame(
    {
        "wave": random.integers(1, 5, 60),
        "arm": random.integers(0, 2, 60),
        "age": random.normal(40, 8, 60),
        "half": random.choice([0.5, 1.5], 60),
        "site": random.choice(list("cab"), 60),
        "region": pd.Categorical(random.choice(["north", "south"], 60), ["south", "north"]),
        "yes": random.random(60) > 0.5,
        "one": "same",
    }
)
TABLE = {name: DATA[name] for name in DATA}
PLAIN = [
    "1",
    "age",
    "C(wave) * arm + age",
    "C(wave) * site * arm",
    "site * C(wave) + age:arm + age + arm",
    "wave:arm + wave + arm",
    "C(wave):site + C(wave) + site",
    "region * age",
    "C(half) * region",
    "age:C(wave) + age + C(wave)",
]
NOT_PLAIN = [
    "0 + C(wave)",
    "C(wave):arm",
    "np.log(age)",
    "bs(age, df=4)",
    "C(wave, Treatment(2))",
    "yes",
    "one",
    "I(age**2)",
]


@pytest.mark.parametrize("formula", PLAIN)
def test_same_as_formulaic(formula):
    spec = learn_plain(Formula(formula), TABLE)
    reference = Formula(formula).get_model_matrix(DATA)
    assert spec.names == tuple(reference.columns)
    np.testing.assert_array_equal(spec.matrix(TABLE, len(DATA)), np.asarray(reference, dtype=float))


@pytest.mark.parametrize("formula", NOT_PLAIN)
def test_left_to_formulaic(formula):
    assert learn_plain(Formula(formula), TABLE) is None


@pytest.mark.parametrize("formula", [*PLAIN, "0 + C(wave)", "bs(age, df=4)", "yes"])
def test_new_rows_get_the_columns_learnt(formula):
    recipe, matrix = learn(Formula(formula), TABLE, formula)
    np.testing.assert_allclose(recipe.matrix(DATA.iloc[5:9]), matrix[5:9], atol=1e-12)


@pytest.mark.parametrize(("column", "value"), [("wave", 7), ("site", "z"), ("region", "east")])
def test_an_unseen_category_is_refused(column, value):
    term = "C(wave)" if column == "wave" else column
    recipe, _ = learn(Formula(term), TABLE, term)
    with pytest.raises(ModelError, match="category"):
        recipe.matrix(DATA.assign(**{column: value}))
