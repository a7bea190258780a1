"""Data at their ends: nobody, everybody, all alike, told apart without error, waves of one person, nobody seen twice.

Whatever the data, a row has numbers that can be true, or a flag and none; nothing stops.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.core.results import estimates_frame
from mirabal_toolkit.models.background import Background
from mirabal_toolkit.models.run import estimate

NAN = np.nan
RNG = np.random.default_rng(1)
COINS = (RNG.random((20, 5)) < 0.5).astype(float)
NOISE = RNG.normal(0, 5, (20, 5))

CASES = {
    "two people": COINS[:2],
    "everybody, always": np.ones((20, 5)),
    "nobody, ever": np.zeros((20, 5)),
    "told apart without error": np.tile([1.0, 1, 1, 0, 0], (20, 1)),
    "nobody ever changes": np.repeat(COINS[:, :1], 5, axis=1),
    "seen at the first wave only": np.column_stack([COINS[:, :1], np.full((20, 4), NAN)]),
    "nobody at a wave": np.column_stack([COINS[:, :2], np.full((20, 1), NAN), COINS[:, 3:]]),
    "one person at the last wave": np.column_stack([COINS[:, :4], [1.0] + [NAN] * 19]),
    "nobody seen both early and late": np.where(np.arange(20)[:, None] < 10, [1, 1, NAN, NAN, NAN], [NAN, NAN, 1, 1, 1])
    * COINS,
    "three come at wave 3 only": np.vstack([COINS[:17], [[NAN, NAN, 1, NAN, NAN]] * 3]),
}
#: Those that are run each time; the others with the slow tests.
OFTEN = ("told apart without error", "seen at the first wave only", "nobody seen both early and late")
LIMITS = {"percent": (0, 100), "percentage_points": (-100, 100)}


def estimated(measured, values, outcome, model, beside):
    task = measured(values, outcome=outcome, model=model, beside=beside)
    people = task.values.index
    site = pd.Series(np.resize(list("abc"), len(people)), index=people)
    group = pd.DataFrame({"P1": pd.Series(np.resize(["x", "y"], len(people)), index=people)})
    known = Background(pd.DataFrame(index=people), site=site, subgroups=group)
    planned = replace(task.planned, headline=True)
    return estimates_frame(estimate(replace(task, background=known, planned=planned, estimand="as_reported")))


@pytest.mark.parametrize("case", [pytest.param(one, marks=() if one in OFTEN else pytest.mark.slow) for one in CASES])
def test_every_row_can_be_true_or_is_flagged(measured, case):
    values = CASES[case]
    alike = case in ("everybody, always", "nobody, ever", "told apart without error", "nobody ever changes")
    scores = 30 + 20 * values + (0 if alike else NOISE[: len(values)])
    for table, outcome, model, beside in (
        (values, "feels_safe", "gee", ("glmm",)),
        (scores, "space_score", "lmm", ("mmrm",)),
    ):
        rows = estimated(measured, table, outcome, model, beside)
        told = rows[rows["conf_low"].notna() & rows["conf_high"].notna()]
        assert (told["conf_low"] <= told["estimate"] + 1e-9).all()
        assert (told["conf_high"] >= told["estimate"] - 1e-9).all()
        for scale, (low, high) in LIMITS.items():
            inside = told[told["scale"] == scale]
            assert ((inside["conf_low"] >= low - 1e-9) & (inside["conf_high"] <= high + 1e-9)).all()
        changes = told[told["analysis"].isin(["model_contrast", "panel_model", "site_change", "paired_mean_change"])]
        # An interval of no width would say that chance has no part.
        later = changes[~changes["term"].isin(["before", "after"])]
        assert (later["conf_high"] - later["conf_low"] > 1e-6).all()
        asked = rows[rows["analysis"] == "model_contrast"]
        assert len(asked)
        assert (
            asked["estimate"]
            .notna()
            .eq(~asked["flags"].map({"not_estimable", "not_converged"}.intersection).astype(bool))
            .all()
        )
