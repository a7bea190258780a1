import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed import contrasts, gee
from mirabal_toolkit.models.missing_waves.analysing import LostWaves, estimate_lost
from mirabal_toolkit.models.missing_waves.chains import chains_apart, impute, seeds_of
from mirabal_toolkit.models.missing_waves.completed import changes
from mirabal_toolkit.models.missing_waves.draws import draw_logit, draw_matches, draw_ordered, ordered_values
from mirabal_toolkit.models.missing_waves.imputed import Filled, imputed_records
from mirabal_toolkit.models.missing_waves.layout import lay_out

ROUNDS = 4


def filled_in(study, values, m=12, **parts):
    measured, people = study(values, **parts)
    layout = lay_out(measured, people)
    return Filled(measured, layout, impute(layout, seeds_of(1, "a", m), ROUNDS))


def change_of(filled):
    return next(row for row in imputed_records(filled) if row.get("term") == "change")


@pytest.mark.parametrize("outcome", ["injured", "space_score"])
def test_with_nothing_missing_the_change_is_that_of_the_complete_data(study, lived, scored, outcome):
    values = lived if outcome == "injured" else scored
    row = change_of(filled_in(study, values, outcome=outcome))
    d = (values[:, -1] - values[:, 0]) * (100 if outcome == "injured" else 1)
    assert row["estimate"] == pytest.approx(d.mean(), rel=1e-12)
    assert row["std_error"] == pytest.approx(d.std(ddof=1) / np.sqrt(len(d)), rel=1e-12)
    assert row["df"] == len(d) - 1


@pytest.mark.parametrize("family", ["binomial", "gaussian"])
def test_the_quick_change_of_a_complete_table_is_that_of_the_model(lived, scored, family):
    """The same estimate and the same Kauermann–Carroll standard error as a GEE of all waves."""
    values = lived if family == "binomial" else scored
    long = pd.DataFrame(values, columns=[1, 2, 3, 4]).reset_index(names="person_id")
    long = long.melt("person_id", var_name="wave", value_name="value").astype({"wave": int})
    fit = gee("value ~ C(wave)", long, groups="person_id", family=family)
    expected = contrasts(fit, "wave", adjust="none").iloc[2]
    found = changes(values[:, 0], values[:, -1], np.ones((len(values), 2), dtype=bool))
    assert found.estimates[0] == pytest.approx(expected["estimate"], rel=1e-7)
    assert np.sqrt(found.variances[0]) == pytest.approx(expected["std_error"], rel=1e-6)


def test_the_order_of_people_changes_nothing(study, lived, lose):
    values = lose(lived)
    order = np.random.default_rng(9).permutation(len(values))
    measured, people = study(values)
    shuffled, _ = study(values, order=order)
    asked = measured.plan.missing_data
    assert estimate_lost(LostWaves(measured, people, asked)) == estimate_lost(LostWaves(shuffled, people, asked))


def test_the_first_imputations_do_not_depend_on_how_many_there_are(study, scored, lose):
    values = lose(scored, on=0.02)
    few, many = (filled_in(study, values, m=m, outcome="space_score").imputed for m in (2, 5))
    # standardising uses all imputations, so equal but for what that moves at the last digits
    np.testing.assert_allclose(few.trace[0, :2], many.trace[0, :2], atol=8)
    assert np.array_equal(seeds_of(1, "a", 2)[1].random(3), seeds_of(1, "a", 5)[1].random(3))
    assert not np.array_equal(seeds_of(1, "a", 1)[0].random(3), seeds_of(1, "b", 1)[0].random(3))


def test_answers_that_were_given_are_never_changed(study, scored, lose):
    values = lose(scored)
    filled = filled_in(study, values, outcome="space_score").imputed.values
    seen = ~np.isnan(values)
    assert np.array_equal(filled[:, seen], np.broadcast_to(values[seen], filled[:, seen].shape))
    assert not np.isnan(filled).any()
    assert set(np.unique(filled)) <= set(np.unique(values[seen]))


def test_the_dead_and_those_it_did_not_apply_to_are_not_filled_in(study, lived):
    values = lived[:60].copy()
    values[:5, 3] = np.nan
    status = np.full(values.shape, "interviewed", dtype=object)
    status[0, 3], status[1, 3], status[2, 3] = "died", "withdrawn", "wave_missed"
    universe = np.ones_like(values, dtype=bool)
    universe[:4, 3] = False
    layout = lay_out(*study(values, status=status, universe=universe))
    # person 0 died; 1 withdrew and 2 was missed; 3 was rightly not asked; 4 was asked and did not answer
    assert layout.lost[:5, 3].tolist() == [False, True, True, False, True]
    assert layout.counts[:5, 3].tolist() == [False, True, True, False, True]
    assert layout.counts[5:].all()


def test_people_it_never_applied_to_are_left_out(study, lived):
    values = lived[:40].copy()
    values[:3] = np.nan
    universe = ~np.isnan(values)
    status = np.full(values.shape, "interviewed", dtype=object)
    assert len(lay_out(*study(values, status=status, universe=universe)).values) == 37


def test_answers_lost_by_what_was_said_before_are_made_up_for(study, lived, lose):
    """Those who said yes are lost more: answers alone are too low, imputed ones near the truth."""
    errors = []
    for seed in range(6):
        values = lose(lived, seed, on=3.0)
        row = change_of(filled_in(study, values, m=20))
        alone = 100 * (np.nanmean(values[:, -1]) - np.nanmean(values[:, 0]))
        truth = 100 * (lived[:, -1].mean() - lived[:, 0].mean())
        errors.append((row["estimate"] - truth, alone - truth))
    imputed, alone = np.mean(errors, axis=0)
    assert alone < -3
    assert abs(imputed) < abs(alone) / 2


def test_a_rare_answer_stays_rare():
    """With nobody of 60 saying yes, hardly anybody is made to say yes."""
    rng = np.random.default_rng(1)
    X = np.concatenate([np.ones((30, 100, 1)), rng.normal(size=(30, 100, 5))], axis=2)
    weights = rng.multinomial(60, np.full(60, 1 / 60), size=30).astype(float)
    linear, _ = draw_logit(X[:, :60], np.zeros(60), X[:, 60:], weights, np.zeros((30, 6)))
    assert 0 < (1 / (1 + np.exp(-linear))).mean() < 0.03


def test_a_predictor_that_separates_gives_finite_odds():
    X = np.tile(np.column_stack([np.ones(40), np.repeat([-1.0, 1.0], 20)]), (5, 1, 1))
    y = np.repeat([0.0, 1.0], 20)
    linear, beta = draw_logit(X, y, X[:, [0, -1]], np.ones((5, 40)), np.zeros((5, 2)))
    assert np.isfinite(beta).all()
    assert (linear[:, 0] < -2).all()
    assert (linear[:, 1] > 2).all()


def test_matches_come_from_those_nearest():
    from mirabal_toolkit.models.missing_waves.draws import Noise

    x = np.arange(100.0)
    seen = np.column_stack([np.ones(100), x])[None].repeat(20, axis=0)
    lost = np.column_stack([np.ones(2), [10.2, 80.4]])[None].repeat(20, axis=0)
    rng = np.random.default_rng(2)
    noise = Noise(rng.normal(size=(20, 2)), rng.chisquare(98, 20), rng.random((20, 2)), rng.random((20, 100)))
    found = draw_matches(seen, x * 3, lost, noise) / 3
    assert (np.abs(found[:, 0] - 10.2) <= 3).all()
    assert (np.abs(found[:, 1] - 80.4) <= 3).all()
    assert len(np.unique(found[:, 0])) > 2


def test_an_ordered_model_finds_shares_and_slope():
    rng = np.random.default_rng(3)
    x = rng.normal(size=4000)
    latent = 1.2 * x + rng.logistic(size=4000)
    place = np.digitize(latent, [-1.0, 0.5, 2.0])
    seen = np.column_stack([np.ones(4000), x])[None]
    found = draw_ordered(seen, place, seen, np.ones((1, 4000)), np.array([[-0.5, 0.0, 0.5, 0.0]]))
    np.testing.assert_allclose(found.params[0], [-1.0, 0.5, 2.0, 1.2], atol=0.12)
    codes = ordered_values(found, rng.random((1, 4000)), np.array([1.0, 2.0, 3.0, 4.0]))
    np.testing.assert_allclose(np.bincount(codes[0].astype(int))[1:], np.bincount(place), rtol=0.1)
    higher = ordered_values(found, rng.random((1, 4000)), np.array([1.0, 2.0, 3.0, 4.0]), shift=1.0)
    assert higher.mean() > codes.mean() + 0.3


def test_chains_that_lie_apart_are_told():
    rng = np.random.default_rng(4)
    together = rng.normal(size=(20, 30))
    assert chains_apart(together) < 1.1
    assert chains_apart(together + 3 * rng.normal(size=30)) > 1.5


def test_chains_that_have_not_settled_go_on_and_are_flagged(study, scored, lose, monkeypatch):
    monkeypatch.setattr("mirabal_toolkit.models.missing_waves.chains.SETTLED", 0.1)
    monkeypatch.setattr("mirabal_toolkit.models.missing_waves.imputed.SETTLED", 0.1)
    filled = filled_in(study, lose(scored), outcome="space_score")
    assert len(filled.imputed.trace) == 3 * ROUNDS
    assert "chains_apart" in change_of(filled)["flags"]


def test_too_few_people_are_said_not_to_be_estimable(study):
    measured, people = study([[1, 0, 0, 0], [1, 1, np.nan, 0]])
    assert estimate_lost(LostWaves(measured, people, measured.plan.missing_data))[0]["flags"] == ("not_estimable",)
