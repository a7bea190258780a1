"""Whatever an export holds: cleaning ends in a sound panel, twice is once, order is nothing, no assault is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mirabal_toolkit.cleaning import Link, clean, reopen
from mirabal_toolkit.core.cleaning_rules import CleaningRules
from mirabal_toolkit.core.data import CleanedData, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument, Item, Scale
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.errors import FindingsError
from mirabal_toolkit.instruments.loading import load_instrument

ITEMS = ("P1", "P2", "A0", "A_date", "A1", "B2", "K0", "B3", "C1", "C4", "C8", "C8a", "E2", "I1", "I2", "K1", "L1")
HARM = ("C1", "C4", "C8", "C8a", "E2", "K1")


def _short() -> Instrument:
    whole = load_instrument("partner-safety@1.0.0")
    assert whole.gate is not None
    scales = tuple(
        replace(
            scale,
            items=tuple(name for name in scale.items if name in ITEMS),
            severe=tuple(name for name in scale.severe if name in ITEMS),
        )
        for scale in whole.scales
        if scale.id in ("physical", "intimidation", "children")
    )
    # L1 is asked at some waves only, so that both ways of not asking meet.
    items = tuple(replace(item, waves=(1, 3)) if item.id == "L1" else item for item in whole.items if item.id in ITEMS)
    gate = replace(whole.gate, items=("A1",))
    # What further steps look at: minutes, the partner, two ways to leave, opinions that point both ways.
    minutes = Item("T1", "t1_w{wave}", "A", "number", {"en": "Minutes"}, {}, unit="minutes", office=True)
    partner = Item("R1", "r1_w{wave}", "A", "integer", {"en": "Partner"}, {}, office=True)
    ways = {"withdrew": "keep", "moved_on": "erase"}
    roles = replace(whole.roles, duration="T1", partner_id="R1", withdrawal=ways)
    opinions = Scale("opinions", {"en": "Opinions"}, ("I1", "I2", "L1"), 0, 4, reversed=("I2",))
    scales = (*scales, replace(opinions, direction="higher_is_better"))
    return replace(
        whole, items=(*items, minutes, partner), gate=gate, scales=scales, roles=roles, outcomes=(), tests=()
    )


INSTRUMENT = _short()

# Few ids, spelled in many ways, so that rows meet; few codes, so that all of them meet.
IDS = st.sampled_from(["01", "1", " 01", "01\u00a0", "ab", "AB", "a b", "Ab ", "11", "O1", "", None])
CODES = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 97, 98, 99, 12, -1, 1.5, None, None, None])
DATES = st.sampled_from(["2024-01-01", "2024-04-01", "2024-03-01", "2024-07-01", "1582-10-15", None])
REASONS = st.sampled_from([None] * 12 + [reason.value for reason in MissingReason])
ROW = st.fixed_dictionaries(
    {
        "person_id": IDS,
        "wave": st.sampled_from([1, 1, 2, 2, 3, 4, 5, 9, None]),
        **{item.id: DATES if item.type == "date" else CODES for item in INSTRUMENT.items},
        **{f"{item.id}?": REASONS for item in INSTRUMENT.items},
    }
)
#: Rows that look like interviews, so that routing is reached and not only mended.
INTERVIEW = ROW.map(lambda row: {**row, "A0": 1, "A1": 1, "person_id": row["person_id"] or "77", "A0?": None})
TABLE = st.lists(st.one_of(ROW, INTERVIEW), min_size=1, max_size=14)

#: Usual cleaning, and cleaning that takes out what it otherwise only counts.
RULES = st.sampled_from(
    [
        None,
        CleaningRules(
            parameters={
                "check_straight_lining": {"answers": 2, "opposed": 1, "drop": True},
                "check_speed": {"answers": 1, "seconds_per_answer": 30, "drop": True},
            }
        ),
        CleaningRules(switch_off=("check_straight_lining", "check_dates", "report_similar_ids", "normalise_ids")),
    ]
)
DECISIONS = st.builds(
    Link, st.sampled_from(["1", "11", "ab", "O1"]), st.sampled_from(["01", "1", "77", "ab"]), same=st.just("yes")
)
LINKS = st.lists(DECISIONS, max_size=3)

PATIENT = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def wave_data(rows: list[dict[str, Any]]) -> WaveData:
    answers: dict[str, Any] = {
        "person_id": pd.Series([row["person_id"] for row in rows], dtype="str"),
        "wave": pd.Series([row["wave"] for row in rows], dtype="Int64"),
    }
    for item in INSTRUMENT.items:
        values = [row[item.id] for row in rows]
        answers[item.id] = (
            pd.Series(pd.to_datetime(values, format="ISO8601"), dtype="datetime64[us]")
            if item.type == "date"
            else pd.Series(values, dtype=float)
        )
    reasons = {item.id: pd.Series([row[f"{item.id}?"] for row in rows], dtype="str") for item in INSTRUMENT.items}
    return WaveData(INSTRUMENT, SealedFrame(pd.DataFrame(answers)), SealedFrame(pd.DataFrame(reasons)))


def cleaned_or_none(
    rows: list[dict[str, Any]], rules: CleaningRules | None = None, links: Sequence[Link] = ()
) -> CleanedData | None:
    """Clean, or None where there is nothing to clean and cleaning says so."""
    try:
        return clean(wave_data(rows), rules=rules, links=links)
    except FindingsError as error:
        if "not one answer" in str(error):
            return None
        raise


def assert_same(one: CleanedData, other: CleanedData) -> None:
    for part in ("answers", "reasons", "status"):
        pd.testing.assert_frame_equal(getattr(one, part).frame, getattr(other, part).frame)


@PATIENT
@given(TABLE, RULES, LINKS)
def test_cleaning_twice_is_cleaning_once(
    rows: list[dict[str, Any]], rules: CleaningRules | None, links: list[Link]
) -> None:
    once = cleaned_or_none(rows, rules, links)
    if once is None:
        return
    twice = clean(reopen(once), rules=rules, links=links)
    assert_same(once, twice)
    assert [step for step in twice.trail.steps if step.changed] == []


@PATIENT
@given(TABLE, RULES, LINKS, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_nothing(
    rows: list[dict[str, Any]], rules: CleaningRules | None, links: list[Link], random: Any
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    one, other = cleaned_or_none(rows, rules, links), cleaned_or_none(shuffled, rules, links[::-1])
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert_same(one, other)
        assert one.trail == other.trail
        assert one.findings == other.findings


@PATIENT
@given(st.lists(INTERVIEW, min_size=1, max_size=10))
def test_no_report_of_harm_is_lost(rows: list[dict[str, Any]]) -> None:
    """Everybody once at a wave, passed the gate: whatever else she says, harm she reports stays."""
    for number, row in enumerate(rows):
        row |= {"person_id": f"P{number}X{number}", "wave": 1 + number % 2}
    cleaned = clean(wave_data(rows))
    before, after = pd.DataFrame(rows).set_index(["person_id", "wave"]), cleaned.answers.frame
    for item in HARM:
        codes = {option.code for option in INSTRUMENT.options(item) if option.kind == "valid" and option.code > 0}
        told = before[item].isin(codes)
        pd.testing.assert_series_equal(
            after.loc[before.index[told], item], before.loc[told, item].astype(float), check_dtype=True
        )


@PATIENT
@given(TABLE)
def test_a_cleaned_panel_is_sound(rows: list[dict[str, Any]]) -> None:
    cleaned = cleaned_or_none(rows)
    if cleaned is None:
        return
    answers, reasons, status = cleaned.answers.frame, cleaned.reasons.frame, cleaned.status.frame["status"]
    assert answers.index.is_monotonic_increasing
    assert len(answers) == answers.index.get_level_values("person_id").nunique() * len(cleaned.waves)
    by_wave = [item.id for item in INSTRUMENT.items if not item.per_person]
    gone = (status != "interviewed").to_numpy()
    wave_reasons = ["wave_missed", "unsafe_to_contact", "withdrawn", "died"]
    assert not reasons.loc[~gone, by_wave].isin(wave_reasons).any(axis=None)
    assert (reasons.loc[gone, by_wave].isin(wave_reasons) | reasons.loc[gone, by_wave].isna()).all(axis=None)
    before = len(wave_data(rows).answers)
    assert next(step for step in cleaned.trail.steps if step.unit == "rows").before == before
    # “11” may stand in a finding as a count
    values = {row["person_id"] for row in rows if row["person_id"] and len(row["person_id"].strip()) > 1} - {"11"}
    said = " ".join(f"{finding.message} {finding.advice}" for finding in cleaned.findings)
    assert not any(f" {value} " in said for value in values), "a finding holds an id"


def test_the_trail_counts_cells_of_the_whole_frame_down() -> None:
    """Cell counts of one step to the next fit, where steps count all cells."""
    rng = np.random.default_rng(1)
    rows = [
        {
            "person_id": f"{number:03d}",
            "wave": wave,
            **{f"{item}?": None for item in ITEMS},
            **{item: float(rng.choice([0, 1, 97, 98, 99])) for item in ITEMS},
            "A_date": "2024-01-01",
            "A0": 1.0,
            "A1": 1.0,
            "B2": 1.0,
            "P2": 30.0,
            **dict.fromkeys(("T1", "T1?", "R1", "R1?")),
        }
        for number in range(20)
        for wave in (1, 2)
    ]
    cleaned = clean(wave_data(rows))
    codes = [step for step in cleaned.trail.steps if step.step == "read_missing_codes"]
    raw = pd.DataFrame(rows)[list(ITEMS)]
    numeric = raw.drop(columns=["A_date", "P1"])
    assert {step.what.rpartition(": ")[2]: step.changed for step in codes} == {
        "not_applicable": int((numeric == 97).sum().sum()),
        "dont_know": int((raw.drop(columns="A_date") == 98).sum().sum()),
        "refused": int((numeric == 99).sum().sum()),
    }
    assert codes[0].before == raw.notna().sum().sum()
    assert all(first.after == second.before for first, second in pairwise(codes))
