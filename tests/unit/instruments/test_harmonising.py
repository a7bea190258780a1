"""Waves 1 and 2 collected with one version and waves 3 to 5 with the next become one panel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.cleaning import clean
from mirabal_toolkit.core.crosswalk import apply_crosswalk, join_waves
from mirabal_toolkit.core.data import KEYS, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.instruments.harmonising import harmonise, make_crosswalk
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.panel import assemble
from mirabal_toolkit.scoring import score
from mirabal_toolkit.synthetic import simulate

Put = Callable[..., Path]
OLD, NEW = load_instrument("partner-safety@1.0.0"), load_instrument("partner-safety@1.1.0")


def some_waves(waves: WaveData, numbers: tuple[int, ...]) -> WaveData:
    kept = waves.answers.frame["wave"].isin(numbers)
    answers, reasons = waves.answers.frame[kept], waves.reasons.frame[kept]
    return replace(
        waves,
        answers=SealedFrame(answers.reset_index(drop=True)),
        reasons=SealedFrame(reasons.reset_index(drop=True)),
    )


@pytest.fixture(scope="module")
def parts() -> tuple[WaveData, WaveData]:
    """The same 60 women: two waves answered in 1.0.0, three in 1.1.0."""
    early = some_waves(simulate(OLD, people=60, seed=7).waves, (1, 2))
    late = some_waves(simulate(NEW, people=60, seed=7).waves, (3, 4, 5))
    return early, late


@pytest.fixture(scope="module")
def joined(parts: tuple[WaveData, WaveData]) -> WaveData:
    return harmonise(parts)


def test_the_newest_version_is_arrived_at_with_every_row(parts: tuple[WaveData, WaveData], joined: WaveData) -> None:
    assert joined.instrument.reference == "partner-safety@1.1.0"
    assert len(joined.answers) == sum(len(part.answers) for part in parts)
    assert sorted(joined.answers.frame["wave"].unique()) == [1, 2, 3, 4, 5]
    pd.testing.assert_frame_equal(
        harmonise(list(reversed(parts))).answers.frame.sort_values(KEYS, ignore_index=True),
        joined.answers.frame.sort_values(KEYS, ignore_index=True),
    )


def test_a_renamed_item_keeps_every_answer_and_reason(parts: tuple[WaveData, WaveData], joined: WaveData) -> None:
    early = joined.answers.frame["wave"] <= 2
    assert "C8a" not in joined.answers.columns
    np.testing.assert_array_equal(joined.answers.frame.loc[early, "C8_treated"], parts[0].answers.frame["C8a"])
    reasons = parts[0].reasons.frame["C8a"].astype("str")
    np.testing.assert_array_equal(joined.reasons.frame.loc[early, "C8_treated"].isna(), reasons.isna())
    assert (joined.reasons.frame.loc[early, "C8_treated"].dropna().to_numpy() == reasons.dropna().to_numpy()).all()


def test_what_did_not_change_is_untouched(parts: tuple[WaveData, WaveData], joined: WaveData) -> None:
    shared = [item.id for item in NEW.items if item.id in OLD.item_by_id]
    early = joined.answers.frame[joined.answers.frame["wave"] <= 2]
    pd.testing.assert_frame_equal(early[[*KEYS, *shared]], parts[0].answers.frame[[*KEYS, *shared]])
    late = joined.answers.frame[joined.answers.frame["wave"] > 2].reset_index(drop=True)
    pd.testing.assert_frame_equal(late, parts[1].answers.frame)


def test_a_new_item_was_not_asked_before(joined: WaveData) -> None:
    early = joined.answers.frame["wave"] <= 2
    assert joined.answers.frame.loc[early, "E9"].isna().all()
    assert set(joined.reasons.frame.loc[early, "E9"]) == {"not_asked"}
    assert joined.answers.frame.loc[~early, "E9"].notna().any()


def test_the_panel_has_all_waves_and_no_change_of_what_was_not_asked(joined: WaveData) -> None:
    panel = assemble(score(clean(joined)))
    scores = panel.scores.frame
    asked = scores["images_shared.as_reported"].groupby("wave").count()
    assert (asked.loc[[1, 2]] == 0).all()
    assert (asked.loc[[3, 4, 5]] > 0).all()
    assert (scores["physical_severe.experienced"].groupby("wave").count() > 0).all()


def test_severe_harm_of_early_waves_is_scored_as_by_the_old_version(
    parts: tuple[WaveData, WaveData], joined: WaveData
) -> None:
    """C8a decides about severe harm; under its new name it still does."""
    before = score(clean(parts[0])).scores.frame["physical_severe.experienced"]
    after = score(clean(joined)).scores.frame["physical_severe.experienced"].reindex(before.index)
    pd.testing.assert_series_equal(before, after)


def test_findings_tell_what_cannot_be_compared(joined: WaveData) -> None:
    told = {(finding.code, finding.item) for finding in joined.findings}
    assert ("harmonised", "") in told
    assert ("partly_comparable", "B4") in told
    assert ("outcome_not_comparable", "images_shared") in told
    assert all("1.0.0" in finding.message for finding in joined.findings if finding.code != "instrument_detected")


def test_the_crosswalk_is_plain_data() -> None:
    walk = make_crosswalk(OLD, NEW)
    assert [crossing.item for crossing in walk.crossings] == [item.id for item in NEW.items]
    assert walk.renamed == {"C8a": "C8_treated"}
    assert (walk.not_asked, walk.not_comparable, walk.partial, walk.dropped) == (("E9",), (), ("B4",), ())
    assert walk.outcomes_of("no") == ("images_shared",)


# Changes that the bundled versions do not show, on the small questionnaire.


def change(kind: str, item: str, comparability: str, was: str = "", recode: str = "") -> str:
    more = (f", was: {was}" if was else "") + (f", recode: {recode}" if recode else "")
    return (
        f'  - {{kind: {kind}, item: {item}, from_version: "1.0.0", date: "2026-02-01", reason: better,'
        f' comparability: "{comparability}"{more}}}\n'
    )


def two_versions(put: Put, edits: tuple[tuple[str, str], ...], *log: str) -> tuple[Instrument, Instrument]:
    newer = put("2.0.0", *edits, ("changes: []\n", "changes:\n" + "".join(log)))
    return load_instrument(put("1.0.0")), load_instrument(newer)


def answered(instrument: Instrument, wave: int = 1, **answers: list[float]) -> WaveData:
    length = len(next(iter(answers.values())))
    frame: dict[str, Any] = {"person_id": [f"p{n}" for n in range(length)], "wave": [wave] * length, **answers}
    reasons = pd.DataFrame({name: pd.Series([None] * length, dtype="str") for name in answers})
    return WaveData(instrument, SealedFrame(pd.DataFrame(frame)), SealedFrame(reasons))


WHOLE = '      - {id: A2, label: {en: Two}, text: {en: Did he hit?, ro: A lovit?}, ask_if: "A1 >= once"}'
OTHER = WHOLE.replace("A2", "B2")
PARTS = f"{WHOLE.replace('A2', 'A2a')}\n{WHOLE.replace('A2', 'A2b')}"
SCALE = "items: [A1, A2, A3]"
SPANS = ("A1..A2", "A1")


def test_recoded_answers_take_their_new_codes(shelved: Put) -> None:
    extended = ("ro: Zilnic}}\n", "ro: Zilnic}}\n      - {code: 5, name: hourly, label: {en: Hourly, ro: Orar}}\n")
    log = (
        change("options_changed", "often", "partial", recode='{"2": 5, "1": 2}'),
        change("scale_changed", "harm", "no"),
    )
    older, newer = two_versions(shelved, (extended, ("maximum: 2}", "maximum: 5}")), *log)
    waves = harmonise([answered(older, A1=[0.0, 1.0, 2.0, 99.0, np.nan]), answered(newer, wave=2, A1=[5.0] * 5)])
    assert waves.answers.frame["A1"].tolist()[:4] == [0.0, 2.0, 5.0, 99.0]
    assert np.isnan(waves.answers.frame["A1"][4])
    assert waves.answers.frame["A1"].tolist()[5:] == [5.0] * 5  # what is new already is not recoded
    assert ("outcome_not_comparable", "harm_any") in {(found.code, found.item) for found in waves.findings}


def test_recodes_follow_one_another_from_version_to_version(shelved: Put) -> None:
    first = change("options_changed", "A1", "partial", recode='{"2": 1}')
    second = change("options_changed", "A1", "partial", recode='{"1": 0}').replace('"1.0.0"', '"1.5.0"')
    older, newer = two_versions(shelved, (), second, first)
    (crossing,) = [one for one in make_crosswalk(older, newer).crossings if one.item == "A1"]
    assert dict(crossing.recode) == {2: 0, 1: 0}


def test_split_items_get_the_answer_of_the_whole(shelved: Put) -> None:
    log = (
        change("split", "A2a", "partial", "A2"),
        change("split", "A2b", "no", "A2"),
        change("scale_changed", "harm", "partial"),
    )
    older, newer = two_versions(shelved, ((WHOLE, PARTS), (SCALE, "items: [A1, A2a, A2b, A3]"), SPANS), *log)
    waves = harmonise([answered(older, A2=[0.0, 2.0, 98.0])], newer)
    frame, reasons = waves.answers.frame, waves.reasons.frame
    assert frame["A2a"].tolist() == [0.0, 2.0, 98.0]
    assert frame["A2b"].isna().all()
    assert set(reasons["A2b"]) == {"not_asked"}
    told = {(found.code, found.item, found.count) for found in waves.findings}
    assert {("partly_comparable", "A2a", 3), ("not_comparable", "A2b", 3)} <= told


def test_merged_items_take_the_highest_answer_and_never_a_missing_code(shelved: Put) -> None:
    two = shelved("1.0.0", (WHOLE, f"{WHOLE}\n{OTHER.replace('B2', 'A2x')}"))
    older = load_instrument(two)
    log = ("changes: []\n", "changes:\n" + change("merged", "M", "partial", was='"A2, A2x"'))
    newer = load_instrument(
        shelved("2.0.0", (WHOLE, WHOLE.replace("A2", "M")), (SCALE, "items: [A1, M, A3]"), SPANS, log)
    )
    waves = harmonise([answered(older, A2=[0.0, 98.0, 99.0, np.nan], A2x=[2.0, 1.0, 98.0, np.nan])], newer)
    assert waves.answers.frame["M"].tolist()[:3] == [2.0, 1.0, 99.0]
    assert np.isnan(waves.answers.frame["M"][3])


def test_what_cannot_be_compared_is_set_aside_and_counted(shelved: Put) -> None:
    edits = (
        ("en: Did he hit?", "en: Did he ever hit?"),
        ("ro: A lovit?}, ask_if", "ro: A lovit?}, variable: HIT, ask_if"),
    )
    log = (change("reworded", "A2", "no"), change("renamed", "A2", "no", "A2"))
    older, newer = two_versions(shelved, edits, *log)
    waves = harmonise([answered(older, A1=[1.0, 1.0], A2=[2.0, np.nan])], newer)
    assert waves.answers.frame["A2"].isna().all()
    assert set(waves.reasons.frame["A2"]) == {"not_asked"}
    (found,) = [finding for finding in waves.findings if finding.code == "not_comparable"]
    assert (found.item, found.count, found.severity) == ("A2", 1, "warning")


def test_dropped_items_are_told(shelved: Put) -> None:
    edits = ((f"{WHOLE}\n", ""), (SCALE, "items: [A1, A3]"), SPANS)
    log = (change("removed", "A2", "no"), change("scale_changed", "harm", "partial"))
    older, newer = two_versions(shelved, edits, *log)
    waves = harmonise([answered(older, A1=[1.0], A2=[1.0])], newer)
    assert "A2" not in waves.answers.columns
    assert ("item_dropped", "A2", 1) in {(found.code, found.item, found.count) for found in waves.findings}


def test_an_item_that_the_files_never_held_is_not_invented(shelved: Put) -> None:
    older, newer = two_versions(shelved, (), change("reworded", "A1", "yes"))
    waves = harmonise([answered(older, A1=[1.0])], newer)
    assert waves.answers.columns == ["person_id", "wave", "A1"]
    both = harmonise([answered(older, A1=[1.0]), answered(newer, wave=2, A1=[0.0], A4=[3.0])])
    assert both.answers.frame["A4"].isna().tolist() == [True, False]
    assert both.reasons.frame["A4"].tolist()[0] == "not_asked"


def test_what_cannot_be_done_is_wrong_use(shelved: Put, parts: tuple[WaveData, WaveData]) -> None:
    small = load_instrument(shelved("1.0.0"))
    with pytest.raises(UsageError, match="no waves"):
        harmonise([])
    with pytest.raises(UsageError, match="two instruments"):
        harmonise([answered(small, A1=[1.0]), parts[0]], OLD)
    with pytest.raises(UsageError, match="is newer than"):
        harmonise(parts, OLD)
    with pytest.raises(UsageError, match="cannot be joined"):
        join_waves(parts)
    with pytest.raises(UsageError, match="this crosswalk leads"):
        apply_crosswalk(parts[1], make_crosswalk(OLD, NEW), NEW)
