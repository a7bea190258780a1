import re
from dataclasses import replace

import pandas as pd
import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.core.data import Finding, Source
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.disclosure.release import _audit, _sources, _worded, release
from mirabal_toolkit.synthetic import simulate


def finding(message, count):
    return Finding("warning", "code", message, count=count)


@pytest.mark.parametrize(
    ("message", "count", "released"),
    [
        (
            "3 answers report harm though there was no contact",
            3,
            "fewer than 5 answers report harm though there was no contact",
        ),
        ("13 rows repeat a person", 13, "15 rows repeat a person"),
        (
            "at wave 2 there are 2 rows without an id",
            2,
            "at wave 2 there are fewer than 5 rows without an id",
        ),
        (
            "the files look like a: 100% of its items are in them",
            100,
            "the files look like a: 100% of its items are in them",
        ),
        (
            "3 of 101 who should have been asked have neither an answer nor a reason",
            3,
            "fewer than 5 of 100 who should have been asked have neither an answer nor a reason",
        ),
        (
            "12 row(s) have no person id, 2 of them with answers",
            12,
            "10 row(s) have no person id, fewer than 5 of them with answers",
        ),
        (
            "nobody has an answer, though 1,063 were interviewed",
            0,
            "nobody has an answer, though 1065 were interviewed",
        ),
        (
            "C2 (waves 1, 2 and 3), 2 answers, years 1900 to 2100, more than 21 days, “1 to 3”, a_2, 2.5",
            2,
            "C2 (waves 1, 2 and 3), fewer than 5 answers, years 1900 to 2100, more than 21 days, “1 to 3”, a_2, 2.5",
        ),
    ],
)
def test_counts_in_words_are_protected_like_counts(message, count, released):
    assert _worded((finding(message, count),), PROFILES["funder"])[0].message == released


@pytest.mark.parametrize(
    ("profile", "rows", "released"),
    [("funder", 101, 100), ("public", 101, 100), ("funder", 2, 5), ("internal", 101, 101)],
)
def test_the_rows_of_a_file_tell_no_more_than_the_people_interviewed(profile, rows, released):
    """With one export a wave they are as many: exact, they would pin the few whom nobody could contact safely."""
    told = _sources((Source("ab" * 32, "sav", rows, 400),), PROFILES[profile])
    assert [source.rows for source in told] == [released]


@pytest.mark.parametrize("profile", [*PROFILES.values(), replace(PROFILES["funder"], name="own", rounding=1)])
def test_what_cleaning_changed_does_not_follow_from_what_was_there_before_and_after(profile):
    """The trap: 129 less 7 shown as 130 and 120 says “6 or 7” where fewer than 8 are hidden and counts rounded to 5."""
    few = range(1, profile.threshold)
    pairs = [(before, changed) for before in range(60, 140) for changed in few]
    steps = pd.DataFrame([{"before": before, "after": before - few_, "changed": few_} for before, few_ in pairs])
    told = _audit(steps.astype("Int64"), profile) if pairs else steps
    possible = {}
    for (before, changed), shown in zip(pairs, told.itertuples(index=False), strict=True):
        assert pd.isna(shown.changed)
        possible.setdefault((shown.before, shown.after), {}).setdefault(changed, before)
    inner = [seen for (before, _), seen in possible.items() if 80 <= before <= 120]
    assert all(set(seen) == set(few) for seen in inner)
    assert inner or not profile.releasable


def test_where_counts_are_not_rounded_rows_are():
    own = replace(PROFILES["funder"], rounding=1)
    assert _sources((Source("ab" * 32, "sav", 101, 400),), own)[0].rows == 100


def test_internal_words_stay():
    kept = finding("3 answers", 3)
    assert _worded((kept,), PROFILES["internal"]) == (kept,)


@pytest.fixture(scope="module")
def results():
    study = simulate(mt.load_instrument("partner-safety"), people=60, waves=5, seed=2)
    panel = mt.score(mt.clean(study.waves)).to_panel()
    many = [finding(f"{count} things were seen", count) for count in range(1, 30)]
    return mt.analyse(panel.with_findings(*many), mt.load_plan("steps-to-safety"))


def test_nothing_that_is_released_counts_one_to_four_people(results):
    released = release(results, "funder")
    frames = {
        "estimates": released.estimates.frame["count"],
        "flow": released.flow.frame.stack(),
        "audit": released.audit.frame["changed"],
        "findings": released.findings.frame["count"],
        "rows of files": pd.Series([source.rows for source in released.sources]),
    }
    assert [source.rows % 5 for source in released.sources] == [0] * len(results.sources)
    for name, counts in frames.items():
        shown = counts.dropna()
        assert not shown.between(1, 4).any(), name
    leading = [int(number[0]) for text in released.findings.frame["message"] if (number := re.match(r"\d+", text))]
    assert leading
    assert all(number >= 5 and number % 5 == 0 for number in leading)


def test_a_hidden_estimate_keeps_no_number_at_all(results):
    frame = release(results, "funder").estimates.frame
    hidden = frame[["suppressed" in flags for flags in frame["flags"]]]
    assert len(hidden) > 20
    numbers = ["estimate", "std_error", "df", "statistic", "p_value", "p_adjusted", "conf_low", "conf_high", "count"]
    assert hidden[numbers].isna().all(axis=None)


def test_internal_leaves_everything_and_says_so(results):
    released = release(results, "internal")
    assert released.estimates.frame.equals(results.estimates.frame)
    assert not released.profile.releasable
