"""Two accounts: linked by id, never pooled, and refused where they cannot be set side by side."""

from dataclasses import replace

import numpy as np
import pytest

from mirabal_toolkit.core.plan import Informants
from mirabal_toolkit.errors import FindingsError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.models.informants import two_accounts
from mirabal_toolkit.models.measured import started
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.synthetic import Dropout, simulate
from mirabal_toolkit.workflow import clean, score

PAIRS = (("injured", "own_injured"), ("respect_score", "own_respect_score"))
PLAN = replace(load_plan("steps-to-safety"), informants=Informants("client-account", PAIRS))


def panel_of(instrument, people, seed):
    study = simulate(load_instrument(instrument), people=people, waves=2, seed=seed, dropout=Dropout.none())
    return score(clean(study.waves)).to_panel()


@pytest.fixture(scope="module")
def hers():
    return panel_of("partner-safety", 80, 1)


@pytest.fixture(scope="module")
def his():
    return panel_of("client-account", 60, 2)


@pytest.fixture(scope="module")
def records(hers, his):
    return list(two_accounts(hers, his, PLAN))


def of(records, **parts):
    return [row for row in records if all(row.get(name) == value for name, value in parts.items())]


def both_at(hers, his, wave):
    column = hers.scores.frame["injured.experienced"].xs(wave, level="wave")
    other = his.scores.frame["own_injured.experienced"].xs(wave, level="wave")
    people = started(hers).intersection(started(his))
    pair = np.column_stack([column.reindex(people), other.reindex(people)])
    return pair[~np.isnan(pair).any(axis=1)]


@pytest.mark.parametrize("wave", [1, 2])
def test_cells_count_couples_with_both_answers(records, hers, his, wave):
    pair = both_at(hers, his, wave)
    for term, answers in (("both_yes", (1, 1)), ("first_only", (1, 0)), ("second_only", (0, 1)), ("neither", (0, 0))):
        [row] = of(records, analysis="agreement", outcome="injured", wave=wave, term=term)
        assert row["count"] == int((pair == answers).all(axis=1).sum())
        assert row["n_obs"] == len(pair) <= 60


def test_the_second_account_is_its_own(records, his):
    [row] = of(records, analysis="second_prevalence", outcome="own_injured", wave=1)
    alone = his.scores.frame["own_injured.experienced"].xs(1, level="wave").dropna()
    assert (row["count"], row["n_obs"]) == (int(alone.sum()), len(alone))


def test_no_row_mixes_the_two(records):
    for row in records:
        second = row["analysis"].startswith("second_")
        assert row["outcome"].startswith("own_") == second
    assert {row["analysis"] for row in records} == {
        "agreement",
        "second_prevalence",
        "second_mean",
        "second_paired_change",
        "second_paired_mean_change",
    }


def test_scores_have_limits_and_move_together(records, hers, his):
    bias, low, high = (
        of(records, analysis="agreement", outcome="respect_score", wave=1, term=term)[0]["estimate"]
        for term in ("bias", "limit_low", "limit_high")
    )
    assert (low + high) / 2 == pytest.approx(bias)
    [together] = of(records, analysis="agreement", outcome="respect_score", term="rm_correlation")
    # Of two waves only the changes are left within a couple.
    changes = [
        panel.scores.frame[column].unstack("wave").reindex(started(hers).intersection(started(his))).diff(axis=1)[2]
        for panel, column in ((hers, "respect_score.as_reported"), (his, "own_respect_score.as_reported"))
    ]
    x, y = np.array([pair for pair in zip(*changes, strict=True) if not np.isnan(pair).any()]).T
    assert together["estimate"] == pytest.approx((x * y).sum() / np.sqrt((x**2).sum() * (y**2).sum()))
    assert together["n_persons"] >= len(x)


def test_an_account_beside_itself_agrees_fully(hers):
    plan = replace(PLAN, informants=Informants("partner-safety", (("injured", "injured"),)))
    rows = [row for row in two_accounts(hers, hers, plan) if row["analysis"] == "agreement"]
    assert {row["estimate"] for row in of(rows, term="kappa")} == {1.0}
    assert {row["estimate"] for row in of(rows, term="percent_agreement")} == {100.0}


@pytest.mark.parametrize(
    ("informants", "told"),
    [
        (None, "does not say which outcomes"),
        (Informants("wellbeing", PAIRS), "expects a second account by wellbeing"),
        (Informants("client-account", (("injured", "no_such"),)), "cannot be set side by side"),
        (Informants("client-account", (("injured", "own_respect_score"),)), "cannot be set side by side"),
        (Informants("client-account", (("safety_level", "own_injured"),)), "cannot be set side by side"),
    ],
)
def test_what_cannot_be_set_side_by_side(hers, his, informants, told):
    with pytest.raises(FindingsError, match=told):
        list(two_accounts(hers, his, replace(PLAN, informants=informants)))


def test_files_without_a_common_couple_are_refused(hers, his):
    strangers = replace(
        his,
        status=type(his.status)(his.status.frame.rename(index=lambda name: f"x{name}", level="person_id")),
    )
    with pytest.raises(FindingsError, match="nobody is in both files"):
        list(two_accounts(hers, strangers, PLAN))
