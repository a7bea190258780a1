"""The truth is checked against plain computations on the complete answers, and against the normal law."""

import pytest

from mirabal_toolkit.synthetic import Change, Course, Dropout, long_run_truth, simulate

PEOPLE = 3000


@pytest.fixture(scope="module")
def complete(small):
    return simulate(small, people=PEOPLE, seed=9, dropout=Dropout.none())


def truth(study, outcome, estimand, wave, population="everybody"):
    frame = study.truth.frame.set_index(["outcome", "estimand", "wave", "population"])
    row = frame.loc[(outcome, estimand, wave, population)]
    return row["estimate"], row["n"]


@pytest.mark.parametrize("wave", [1, 2, 3])
def test_yes_or_no_outcomes_by_hand(complete, wave):
    rows = complete.waves.answers.frame.query("wave == @wave")
    met = rows["B2"].isin([1, 2])
    hurt = (rows[["C1", "C2"]] > 0).any(axis=1)
    badly = (rows[["C2", "C3"]] > 0).any(axis=1)
    often = rows["C1"] >= 3
    for name, indicator in (("hurt", hurt), ("hurt_badly", badly), ("often", often)):
        assert truth(complete, name, "experienced", wave) == (pytest.approx(100 * indicator.mean()), PEOPLE)
        assert truth(complete, name, "while_in_contact", wave) == (
            pytest.approx(100 * indicator[met].mean()),
            met.sum(),
        )


@pytest.mark.parametrize("wave", [1, 2, 3])
def test_counts_and_scores_by_hand(complete, wave):
    rows = complete.waves.answers.frame.query("wave == @wave")
    kinds = (rows[["C1", "C2"]] > 0).sum(axis=1)
    free = 25 * (rows["G1"] + 4 - rows["F1"]) / 2
    assert truth(complete, "kinds", "experienced", wave) == (pytest.approx(kinds.mean()), PEOPLE)
    assert truth(complete, "free", "as_reported", wave) == (pytest.approx(free.mean()), PEOPLE)
    assert truth(complete, "wellbeing", "as_reported", wave) == (pytest.approx(rows["M1"].mean()), PEOPLE)


def test_ordinal_outcomes_have_no_mean(complete):
    assert "freedom" not in set(complete.truth.frame["outcome"])


def test_truth_does_not_depend_on_what_is_lost(small, complete):
    study = simulate(small, people=PEOPLE, seed=9, dropout=Dropout(retention=0.2))
    for wave in (1, 2, 3):
        assert truth(study, "hurt", "experienced", wave) == truth(complete, "hurt", "experienced", wave)
        reached = study.waves.answers.frame.query("wave == @wave")["A0"].isin([1, 2]).sum()
        assert truth(study, "hurt", "experienced", wave, "interviewed")[1] == reached


def test_what_a_study_sees_agrees_with_the_truth_of_those_it_reached(small):
    study = simulate(small, people=PEOPLE, seed=9, dropout=Dropout(refused=0.02, dont_know=0.02))
    for wave in (1, 2, 3):
        seen = study.waves.answers.frame.query("wave == @wave")["F1"].dropna()
        estimate, n = truth(study, "controlled", "as_reported", wave, "interviewed")
        assert len(seen) < n
        assert 100 * (seen > 0).mean() == pytest.approx(estimate, abs=1.0)


def test_the_long_run_meets_the_probabilities_asked_for(small):
    """F1 is asked of everybody, so its percentage is the course itself; 4 standard errors are 1.3 points."""
    change = Change(courses={"F1": Course(0.7, 0.3)})
    long_run = long_run_truth(small, people=25_000, change=change).set_index(["outcome", "wave"])["estimate"]
    assert long_run["controlled", 1] == pytest.approx(70, abs=1.3)
    assert long_run["controlled", 3] == pytest.approx(30, abs=1.3)


def test_a_large_study_agrees_with_the_long_run(small):
    study = simulate(small, people=20_000, seed=2)
    long_run = long_run_truth(small, people=20_000, seed=1).set_index(["outcome", "estimand", "wave"])["estimate"]
    for name in ("hurt", "hurt_badly"):
        for wave in (1, 3):
            estimate, _ = truth(study, name, "experienced", wave)
            # 4 standard errors of a difference between two percentages of 20,000 each
            assert estimate == pytest.approx(long_run[name, "experienced", wave], abs=2.0)


def test_harm_falls_and_freedom_grows_in_the_bundled_instrument(partner_safety):
    study = simulate(partner_safety, people=2000, seed=1)
    falls = {name: truth(study, name, estimand, 1)[0] - truth(study, name, estimand, 5)[0]
             for name, estimand in (("injured", "experienced"), ("coercion_any", "experienced"),
                                    ("space_score", "as_reported"), ("feels_safe", "as_reported"))}  # fmt: skip
    assert falls["injured"] > 35
    assert 0 < falls["coercion_any"] < 20
    assert falls["space_score"] < -15
    assert falls["feels_safe"] < -10
