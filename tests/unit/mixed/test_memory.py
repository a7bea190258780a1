"""A fit holds less than three times its design matrix, beside buffers that do not grow with the people."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed import clmm, gee, glmm, lmm, mmrm
from mirabal_toolkit.mixed.design import Roles, build_design

TERMS = "C(wave) * arm + age + first + second"
COLUMNS = 13  # of the design matrix of TERMS, intercept included
WAVES = 5


def panel(n_people):
    random = np.random.default_rng(n_people)
    size = n_people * WAVES
    person, wave = np.repeat(np.arange(n_people), WAVES), np.tile(np.arange(WAVES), n_people)
    data = pd.DataFrame({"person_id": person, "wave": wave + 1, "arm": random.integers(0, 2, n_people)[person]})
    data["age"] = random.normal(38, 9, n_people)[person]
    data["first"], data["second"] = random.normal(size=size), random.normal(size=size)
    data["score"] = -0.3 * wave + random.normal(size=n_people)[person] + random.logistic(size=size)
    data["hurt"] = (data["score"] > 0).astype(int)
    data["grade"] = np.digitize(data["score"], [-1.0, 0.5])
    return data


def peak(call):
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


FITS = {
    "gee": lambda data: gee(f"hurt ~ {TERMS}", data, groups="person_id", family="binomial"),
    "lmm": lambda data: lmm(f"score ~ {TERMS}", data, groups="person_id", re_formula="~ wave"),
    "mmrm": lambda data: mmrm(f"score ~ {TERMS}", data, groups="person_id", time="wave"),
    "glmm": lambda data: glmm(f"hurt ~ {TERMS}", data, groups="person_id", n_quad=3),
    "clmm": lambda data: clmm(f"grade ~ {TERMS}", data, groups="person_id", n_quad=3),
}


@pytest.mark.parametrize("name", FITS)
def test_memory_grows_by_less_than_three_design_matrices(name):
    # the difference of two sizes leaves out what every fit holds whatever its size
    small, large = panel(12_000), panel(24_000)
    grown = peak(lambda: FITS[name](large)) - peak(lambda: FITS[name](small))
    design = 8 * COLUMNS * (len(large) - len(small))
    assert 1.0 < grown / design < 3.0


def test_a_small_linear_model_too_holds_less_than_three_design_matrices():
    data = panel(10_000)
    assert peak(lambda: FITS["lmm"](data)) / (8 * COLUMNS * len(data)) < 3.0


def test_a_design_is_checked_without_copies_of_it():
    data = panel(20_000)
    build = peak(lambda: build_design(f"score ~ {TERMS}", data, Roles("person_id")))
    assert build / (8 * COLUMNS * len(data)) < 2.0
