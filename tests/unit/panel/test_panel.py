"""The panel and its flow, against plain pandas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.cleaning import clean, reopen
from mirabal_toolkit.core.data import WAVE_STATUSES, Bridge, PanelData, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import FindingsError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.panel import assemble, combine, late_starters, participant_flow, retention, starters
from mirabal_toolkit.scoring import score
from mirabal_toolkit.synthetic.simulating import simulate


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument("partner-safety@1.0.0")


@pytest.fixture(scope="module")
def waves(instrument: Instrument) -> WaveData:
    """A study of 120 people in which two come late and one is never reached."""
    data = simulate(instrument, people=120, seed=11).waves
    answers = data.answers.frame
    items = [name for name in answers.columns if name not in ("person_id", "wave")]
    at_first = [item for item in items if not instrument.item(item).per_person]
    second = answers[(answers["wave"] == 2) & (answers["A0"] == 1)]
    people = sorted(second["person_id"])
    late = answers["person_id"].isin(people[:2]) & (answers["wave"] == 1)
    lost = late | (answers["person_id"] == people[2])
    answers.loc[lost, at_first] = None
    reasons = data.reasons.frame
    reasons.loc[lost, at_first] = None
    return WaveData(instrument, SealedFrame(answers), SealedFrame(reasons))


@pytest.fixture(scope="module")
def panel(waves: WaveData) -> PanelData:
    return assemble(score(clean(waves)))


def raw_status(waves: WaveData) -> pd.DataFrame:
    """How waves ended, straight from the rows as read: A0 codes 1 and 2 are interviews, 6 unsafe, 7 withdrew."""
    frame = waves.answers.frame
    wide = frame.pivot_table(index="person_id", columns="wave", values="A0", aggfunc="first", dropna=False)
    names = {1: "interviewed", 2: "interviewed", 6: "unsafe_to_contact", 7: "withdrawn"}
    return wide.map(lambda code: names.get(code, "wave_missed"))


def test_flow_is_what_counting_gives(waves, panel):
    expected = raw_status(waves)
    flow = panel.flow.frame
    assert flow.index.tolist() == [1, 2, 3, 4, 5]
    assert flow.columns.tolist() == ["eligible", *WAVE_STATUSES]
    for status in WAVE_STATUSES:
        assert flow[status].tolist() == (expected == status).sum().tolist(), status
    assert (flow["eligible"] == 120).all()
    assert (flow[list(WAVE_STATUSES)].sum(axis=1) == flow["eligible"]).all()
    assert flow["interviewed"].iloc[-1] < flow["interviewed"].iloc[0]


def test_participant_flow_follows_those_who_started(waves, panel):
    seen = raw_status(waves) == "interviewed"
    flow = participant_flow(panel)
    assert flow["months"].tolist() == [0, 3, 6, 9, 12]
    assert (flow["started"] == seen[1].sum()).all()
    assert flow["retained"].tolist() == [int((seen[1] & seen[wave]).sum()) for wave in range(1, 6)]
    assert (flow["retained"] + flow["joined_late"]).tolist() == flow["interviewed"].tolist()
    assert flow["interviewed_so_far"].iloc[-1] == seen.any(axis=1).sum()


def test_who_started_and_who_came_late(waves, panel):
    seen = raw_status(waves) == "interviewed"
    assert starters(panel).tolist() == sorted(seen.index[seen[1]])
    assert late_starters(panel).tolist() == sorted(seen.index[~seen[1] & seen.any(axis=1)])
    counts = {finding.code: finding.count for finding in panel.findings}
    assert counts["appears_later"] == len(late_starters(panel)) == 2
    assert counts["never_interviewed"] == (~seen.any(axis=1)).sum() == 1


def test_retention_has_wilson_intervals(panel):
    """Wilson (1927): centre (p + z²/2n) / (1 + z²/n), written out here by hand."""
    table = retention(panel)
    last = table.loc[5]
    n, p, z = last["n_persons"], last["count"] / last["n_persons"], 1.959963984540054
    centre, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert last["percent"] == pytest.approx(100 * p)
    assert last["conf_low"] == pytest.approx(100 * (centre - half) / (1 + z**2 / n))
    assert last["conf_high"] == pytest.approx(100 * (centre + half) / (1 + z**2 / n))
    assert table["percent"].iloc[0] == 100


def test_people_hold_what_was_asked_once(waves, panel, instrument):
    once = [item.id for item in instrument.items if item.per_person]
    people = panel.people.frame
    assert people.columns.tolist() == once
    expected = clean(waves).answers.frame["P1"].groupby(level="person_id").first()
    pd.testing.assert_series_equal(people["P1"], expected)
    assert set(panel.answers.columns) == {item.id for item in instrument.items if item.is_numeric}


def test_the_fingerprint_does_not_depend_on_the_order_of_rows_but_on_every_answer(waves, panel):
    order = np.random.default_rng(5).permutation(len(waves.answers))
    answers, reasons = waves.answers.frame, waves.reasons.frame
    shuffled = WaveData(waves.instrument, SealedFrame(answers.iloc[order]), SealedFrame(reasons.iloc[order]))
    assert assemble(score(clean(shuffled))).fingerprint == panel.fingerprint
    where = answers.index[answers["F1"] == 1][0]
    answers.loc[where, "F1"] = 2
    changed = WaveData(waves.instrument, SealedFrame(answers), SealedFrame(reasons))
    assert assemble(score(clean(changed))).fingerprint != panel.fingerprint


def test_a_study_cleaned_twice_is_the_same_study(waves, panel):
    assert assemble(score(clean(reopen(clean(waves))))).fingerprint == panel.fingerprint


def test_one_wave_is_an_error_where_more_were_planned(waves, instrument):
    frame = waves.answers.frame
    first = (frame["wave"] == 1).to_numpy()
    one = WaveData(instrument, SealedFrame(frame[first]), SealedFrame(waves.reasons.frame[first]))
    panel = assemble(score(clean(one)))
    assert [finding.severity for finding in panel.findings if finding.code == "only_one_wave"] == ["error"]
    assert panel.waves == (1,)
    single = replace(instrument, waves=instrument.waves[:1])
    assert "only_one_wave" not in {
        finding.code for finding in assemble(score(clean(replace(one, instrument=single)))).findings
    }


def test_a_wave_with_nobody_and_an_outcome_of_nobody_are_said(waves, instrument):
    answers = waves.answers.frame
    items = [item.id for item in instrument.items if not item.per_person and item.id != "A0"]
    answers.loc[answers["wave"] == 1, items] = None
    answers["H1"] = np.nan
    answers.loc[answers["wave"] == 1, "A0"] = 3
    reasons = waves.reasons.frame
    reasons.loc[answers["wave"] == 1, items] = None
    panel = assemble(score(clean(WaveData(instrument, SealedFrame(answers), SealedFrame(reasons)))))
    codes = {(finding.code, finding.wave) for finding in panel.findings}
    assert ("nobody_interviewed", 1) in codes
    assert any("safety_level.as_reported" in one.message for one in panel.findings if one.code == "outcome_missing")
    assert retention(panel)["percent"].isna().all()


def test_a_flow_that_does_not_add_up_is_refused(panel):
    flow = panel.flow.frame.assign(eligible=7)
    with pytest.raises(FindingsError, match="does not add up"):
        replace(panel, flow=SealedFrame(flow))


@pytest.fixture(scope="module")
def elsewhere() -> PanelData:
    """People of a comparison site, asked the same under names that begin with CS_."""
    return assemble(score(clean(simulate(load_instrument("comparison-site"), people=15, seed=3).waves)))


def test_two_files_keep_what_is_known_of_the_versions_of_either(panel, elsewhere):
    own, theirs = (Bridge(version, "9.0.0", (1,), not_comparable=("injured",)) for version in ("1.0.0", "1.1.0"))
    together = combine(replace(panel, bridges=(own,)), replace(elsewhere, bridges=(theirs,)))
    assert together.bridges == (own, theirs)


def of_arm(frame: pd.DataFrame, arm: str) -> pd.DataFrame:
    """The rows of one arm of a combined frame, under the ids of its own file."""
    hers = frame[frame.index.get_level_values("person_id").str.startswith(f"{arm}:")]
    return hers.rename(index=lambda name: name.removeprefix(f"{arm}:") if isinstance(name, str) else name)


@pytest.mark.parametrize("name", ["answers", "reasons", "people"])
def test_two_files_keep_every_answer_of_either_under_the_names_of_the_first(panel, elsewhere, name):
    together = getattr(combine(panel, elsewhere), name).frame
    own = getattr(panel, name).frame
    theirs = getattr(elsewhere, name).frame.rename(columns=lambda item: item.removeprefix("CS_"))
    shared = [item for item in own if item in theirs]
    assert len(shared) > (2 if name == "people" else 50)
    found = of_arm(together, "comparison-site")
    pd.testing.assert_frame_equal(found[shared].astype(object), theirs[shared].astype(object), check_names=False)
    first = of_arm(together, "partner-safety").loc[own.index]
    pd.testing.assert_frame_equal(first[list(own)].astype(object), own.astype(object), check_names=False)
    assert found.drop(columns=[*shared, "arm"], errors="ignore").isin(["not_asked", np.nan]).all().all()


def test_two_files_say_of_whom_each_person_is_and_what_only_one_of_them_asked(panel, elsewhere):
    together = combine(panel, elsewhere)
    assert together.people.frame["arm"].value_counts().to_dict() == {"partner-safety": 120, "comparison-site": 15}
    assert set(together.scores.columns) == set(panel.scores.columns) & set(elsewhere.scores.columns)
    assert (together.flow.frame == panel.flow.frame + elsewhere.flow.frame).all().all()
    theirs = {item.removeprefix("CS_") for item in elsewhere.answers.columns}
    alone = [item for item in panel.answers.columns if item not in theirs]
    assert alone
    assert (of_arm(together.reasons.frame, "comparison-site")[alone] == "not_asked").all().all()


def test_two_files_that_cannot_stand_side_by_side_are_refused(panel, elsewhere):
    shorter = assemble(score(clean(simulate(elsewhere.instrument, people=5, waves=2, seed=3).waves)))
    with pytest.raises(FindingsError, match="both files are of partner-safety"):
        combine(panel, panel)
    with pytest.raises(FindingsError, match="the waves of the two files differ"):
        combine(panel, shorter)
    with pytest.raises(FindingsError, match="no outcome in common"):
        combine(panel, replace(elsewhere, scores=SealedFrame(elsewhere.scores.frame.add_prefix("other."))))
