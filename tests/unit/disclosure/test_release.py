import re

import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.disclosure.release import _worded, release
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
    ],
)
def test_counts_in_words_are_protected_like_counts(message, count, released):
    assert _worded((finding(message, count),), PROFILES["funder"])[0].message == released


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
    }
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
