"""Nothing by which one partner learns the other's answers."""

from dataclasses import replace

import pandas as pd
import pytest

from mirabal_toolkit.core.data import AuditTrail
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.plan import AnalysisPlan, PlannedOutcome
from mirabal_toolkit.core.results import Results, estimates_frame
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.mixed.agreement import cohen_kappa
from mirabal_toolkit.mixed.counts import PairedCounts
from mirabal_toolkit.models.informants import _of_answers, _of_scores

PLAN = AnalysisPlan("plan", "1.0.0", "", "", "partner-safety", (PlannedOutcome("injured"),))
BASE = {"analysis": "agreement", "outcome": "injured", "indicator": "own_physical_any", "estimand": "experienced"}
FLOW = pd.DataFrame({"eligible": [120], "interviewed": [120]}, index=pd.Index([1], name="wave"))


def pairs(both, first_only, second_only, neither):
    cells = [(1.0, 1.0)] * both + [(1.0, 0.0)] * first_only + [(0.0, 1.0)] * second_only + [(0.0, 0.0)] * neither
    return pd.DataFrame(cells).to_numpy()


def results(*records):
    return Results(
        instrument=load_instrument("partner-safety"),
        plan=PLAN,
        estimates=SealedFrame(estimates_frame(records)),
        flow=SealedFrame(FLOW),
        months={1: 0.0},
        trail=AuditTrail(),
    )


def answers(*cells, wave=1):
    return list(_of_answers({**BASE, "wave": wave, "n_obs": sum(cells), "n_persons": sum(cells)}, pairs(*cells), 0.95))


def released(records, profile="funder"):
    return release(results(*records), profile).estimates.frame


def numbers(frame):
    return frame[["estimate", "conf_low", "conf_high", "p_value", "count", "n_obs", "n_persons"]]


@pytest.mark.parametrize("cells", [(30, 12, 4, 41), (30, 12, 0, 41), (40, 0, 0, 40), (0, 40, 40, 0), (1, 12, 9, 41)])
def test_one_small_or_empty_cell_hides_the_whole_table(cells):
    found = released(answers(*cells))
    assert numbers(found).isna().all(axis=None)
    assert found["flags"].map(lambda flags: flags == ("suppressed",)).all()


def test_a_hidden_table_looks_the_same_whatever_is_in_it():
    frames = [released(answers(*cells)) for cells in [(30, 12, 4, 41), (40, 0, 0, 40)]]
    pd.testing.assert_frame_equal(frames[0], frames[1])


def test_a_safe_table_is_recomputed_from_its_rounded_cells():
    found = released(answers(31, 12, 9, 41)).set_index("term")
    rounded = PairedCounts(both=30, stopped=10, started=10, neither=40)
    assert found.loc[["both_yes", "first_only", "second_only", "neither"], "count"].tolist() == [30, 10, 10, 40]
    assert found.loc["kappa", "estimate"] == round(cohen_kappa(rounded).estimate, 2)
    assert found.loc["percent_agreement", "estimate"] == pytest.approx(100 * 70 / 90)
    assert found.loc["mcnemar", "p_value"] == 1.0
    assert (found["n_obs"] == 90).all()


def test_one_wave_hidden_leaves_the_other():
    found = released([*answers(31, 12, 9, 41, wave=1), *answers(31, 12, 2, 41, wave=2)])
    assert numbers(found[found["wave"] == 2]).isna().all(axis=None)
    assert found.loc[found["wave"] == 1, "n_obs"].notna().all()


def test_a_public_report_has_no_table_of_couples_at_all():
    found = released(answers(300, 120, 90, 410), "public")
    assert numbers(found).isna().all(axis=None)


def test_an_internal_one_has_it_as_it_is():
    found = released(answers(30, 12, 0, 41), "internal").set_index("term")
    assert found.loc["second_only", "count"] == 0


def scores(spread, n=60):
    first = pd.Series(range(n), dtype=float)
    second = first + spread * (first % 7 - 3)
    table = pd.concat([first, second], axis=1).to_numpy()
    return list(_of_scores({**BASE, "wave": 1, "scale": "points", "n_obs": n, "n_persons": n}, table, 0.95))


def test_scores_that_agree_too_closely_are_hidden():
    assert numbers(released(scores(0.5))).isna().all(axis=None)
    assert released(scores(12.0))["estimate"].notna().all()


def test_scores_of_few_couples_are_hidden():
    assert numbers(released(scores(12.0, n=20))).isna().all(axis=None)


def paired_rows(prefix, before, after, n):
    part = {
        **BASE,
        "analysis": f"{prefix}paired_change",
        "indicator": "any",
        "contrast": "w5 - w1",
        "n_obs": n,
        "n_persons": n,
    }
    return [
        {**part, "term": "before", "wave": 1, "scale": "percent", "count": before, "estimate": 100 * before / n},
        {**part, "term": "after", "wave": 5, "scale": "percent", "count": after, "estimate": 100 * after / n},
        {**part, "term": "change", "scale": "percentage_points", "estimate": 100 * (after - before) / n},
        {**part, "term": "stopped", "scale": "people", "count": before - 3, "estimate": before - 3},
        {**part, "term": "started", "scale": "people", "count": after - 3, "estimate": after - 3},
    ]


def test_the_second_account_is_protected_like_the_first():
    first, second = paired_rows("", 33, 12, 61), paired_rows("second_", 33, 12, 61)
    mixed = [row for both in zip(second, first, strict=True) for row in both]
    found = released(mixed)
    assert found["analysis"].tolist() == [row["analysis"] for row in mixed]
    ours = found[found["analysis"] == "second_paired_change"].drop(columns="analysis").reset_index(drop=True)
    theirs = found[found["analysis"] == "paired_change"].drop(columns="analysis").reset_index(drop=True)
    pd.testing.assert_frame_equal(ours, theirs)
    assert ours.loc[0, "count"] == 35


def test_a_profile_that_rounds_nothing_still_hides_empty_cells():
    fine = replace(PROFILES["funder"], name="fine", threshold=1, rounding=1)
    assert numbers(release(results(*answers(30, 12, 0, 41)), fine).estimates.frame).isna().all(axis=None)
