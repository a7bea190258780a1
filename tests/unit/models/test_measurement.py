"""Reliability and items as estimates, from a simulated study."""

from dataclasses import replace

import numpy as np
import pingouin
import pytest

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.models.item_functioning import item_functioning
from mirabal_toolkit.models.measured import started
from mirabal_toolkit.models.measurement import FEWEST_FOR_FACTORS, measurement
from mirabal_toolkit.models.ordinal_regression import fit_ordinal
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.synthetic import Dropout, simulate
from mirabal_toolkit.workflow import clean, score

PLAN = replace(load_plan("steps-to-safety"), measurement=("safety", "accountability"), cluster=None)


@pytest.fixture(scope="module")
def panel():
    from mirabal_toolkit.instruments.loading import load_instrument

    study = simulate(load_instrument("partner-safety"), people=220, waves=2, seed=4, dropout=Dropout.none())
    return score(clean(study.waves)).to_panel()


@pytest.fixture(scope="module")
def records(panel):
    return list(measurement(panel, PLAN, started(panel)))


def of(records, **parts):
    return [row for row in records if all(row.get(name) == value for name, value in parts.items())]


def directed(panel, scale_id, wave):
    scale = panel.instrument.scale_by_id[scale_id]
    answers = panel.answers.frame.xs(wave, level="wave")[list(scale.items)].astype(float)
    for item in scale.reversed:
        answers[item] = scale.maximum + scale.minimum - answers[item]
    return answers.dropna()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("scale", ["safety", "accountability"])
@pytest.mark.parametrize("wave", [1, 2])
def test_alpha_is_that_of_pingouin_with_reversed_items_turned_round(panel, records, scale, wave):
    [alpha] = of(records, analysis="reliability", outcome=scale, wave=wave, term="alpha")
    answers = directed(panel, scale, wave)
    theirs, interval = pingouin.cronbach_alpha(data=answers, ci=0.95)
    assert alpha["estimate"] == pytest.approx(theirs, rel=1e-9)
    assert (alpha["conf_low"], alpha["conf_high"]) == pytest.approx(tuple(interval), abs=6e-4)
    assert alpha["n_persons"] == len(answers)


def test_the_mean_correlation_lies_in_its_interval_and_is_that_of_numpy(panel, records):
    [row] = of(records, analysis="reliability", outcome="safety", wave=1, term="inter_item")
    correlations = np.corrcoef(directed(panel, "safety", 1).to_numpy(), rowvar=False)
    assert row["estimate"] == pytest.approx(correlations[np.triu_indices_from(correlations, 1)].mean())
    assert row["conf_low"] < row["estimate"] < row["conf_high"]
    # About as wide as a bootstrap over people makes it: 220 people, four items.
    assert 0.05 < row["conf_high"] - row["conf_low"] < 0.25


def test_omega_is_refused_below_200_people(panel):
    people = started(panel)
    few = list(measurement(panel, PLAN, people[:150]))
    [row] = of(few, analysis="reliability", outcome="safety", wave=1, term="omega")
    assert "estimate" not in row
    assert "no_factor_model" in row["flags"]
    assert FEWEST_FOR_FACTORS == 200


def test_omega_is_given_from_200_people_on(records):
    [row] = of(records, analysis="reliability", outcome="safety", wave=1, term="omega")
    assert row["conf_low"] < row["estimate"] < row["conf_high"]


def test_floor_and_ceiling_count_people_at_the_ends(panel, records):
    for wave in (1, 2):
        answers = directed(panel, "safety", wave)
        for term, extreme in (("floor", 0), ("ceiling", 4)):
            [row] = of(records, analysis="floor_ceiling", outcome="safety", wave=wave, term=term)
            assert row["count"] == int((answers == extreme).all(axis=1).sum())
            assert row["n_obs"] == len(answers)


def test_items_that_are_simulated_to_work_alike_do(records):
    rows = of(records, analysis="dif")
    compared = [row for row in rows if "estimate" in row]
    assert compared
    assert all(row["estimate"] >= -1e-9 for row in compared)
    assert not [row for row in rows if row["term"] == "uniform wave" and row["outcome"] == "H2" and row["flags"]]


def test_nothing_is_measured_unless_asked(panel):
    assert list(measurement(panel, replace(PLAN, measurement="none"), started(panel))) == []


def test_too_few_people_in_a_group_are_not_compared():
    rng = np.random.default_rng(1)
    item, group = rng.integers(0, 4, size=150).astype(float), np.repeat([0, 1], [135, 15])
    with pytest.raises(ModelError, match="too few people"):
        item_functioning(item, rng.normal(size=150), group)


def test_answers_told_perfectly_have_no_ordinal_regression():
    answers = np.repeat([0.0, 1.0, 2.0], 20)
    with pytest.raises(ModelError):
        fit_ordinal(answers, answers[:, None])
