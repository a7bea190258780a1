"""Reports speak of those who were asked: women, practitioners, or people."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mirabal_toolkit.cleaning.pipeline import DEFAULT_STEPS
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.words.english import ENGLISH
from mirabal_toolkit.reporting.words.people import PEOPLE, WOMEN, speak_of, words_for

MEN = {"en": {"one": "man", "many": "men"}}


def test_the_instrument_says_who_they_are(instrument: Instrument) -> None:
    assert words_for(instrument, "en") == WOMEN
    assert words_for(replace(instrument, people=MEN), "en") == ("man", "men")
    assert words_for(replace(instrument, id="training-feedback"), "en") == PEOPLE
    # A word in another language is none of this one's.
    assert words_for(replace(instrument, id="training-feedback", people=MEN), "ro") == PEOPLE


@pytest.mark.parametrize("words", [PEOPLE, ("practitioner", "practitioners")])
def test_no_phrase_is_left_that_speaks_of_women(words: tuple[str, str]) -> None:
    changed = 0
    for key, template in ENGLISH.items():
        spoken = speak_of(template, words)
        assert not re.search(r"\b(wom[ae]n|she|hers?|herself|he|him|his)\b", spoken, re.IGNORECASE), key
        assert re.findall(r"\{[^{}]*\}", spoken) == re.findall(r"\{[^{}]*\}", template), key
        changed += spoken != template
    assert changed > 80


def test_why_data_were_cleaned_is_said_of_anybody() -> None:
    reasons = [speak_of(step.why, PEOPLE) for step in DEFAULT_STEPS]
    assert not [reason for reason in reasons if re.search(r"\b(wom[ae]n|she|hers?)\b", reason, re.IGNORECASE)]
    assert "Who withdraws decides what becomes of what they told: it is a promise made to them." in reasons


def test_of_women_every_phrase_stays_as_it_is() -> None:
    assert all(speak_of(template, WOMEN) == template for template in ENGLISH.values())


def test_words_are_changed_in_phrases_and_never_in_values(released: ReleasableResults, instrument: Instrument) -> None:
    edition = Edition(replace(released, instrument=replace(instrument, people=MEN)))
    label = "Women’s aid called"
    said = edition.say("comparison_hidden", label=label)
    assert said == f"{label}: hidden, to protect the men counted."
