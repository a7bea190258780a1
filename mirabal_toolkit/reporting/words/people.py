"""What a report calls those who answered: the catalogue speaks of women, other questionnaires ask other people."""

from __future__ import annotations

import re

from mirabal_toolkit.core.instrument import Instrument

Words = tuple[str, str]

WOMEN: Words = ("woman", "women")
PEOPLE: Words = ("person", "people")
#: Questionnaires about women that do not say so themselves: their stable versions are older than the setting.
ABOUT_WOMEN = frozenset({"partner-safety", "partner-safety-short", "comparison-site"})

#: Of others than women nobody knows whether to say she or he, nor whom they are in contact with. Longer ones first.
_PRONOUNS = {
    "that she is safer, or that he is elsewhere": "that there is more safety, or less contact",
    "of her or of him": "of them",
    "contact with him": "contact",
    "his presence": "contact",
    "made to her": "made to them",
    "she reports": "they report",
    "she was": "they were",
    "she is": "they are",
    "she": "they",
    "her": "their",
}
_FINDER = re.compile(r"\b(" + "|".join(("woman", "women", *_PRONOUNS)) + r")\b", re.IGNORECASE)


def words_for(instrument: Instrument, language: str) -> Words:
    """Return the words for one of those who answer, and for several."""
    said = instrument.people.get(language)
    if said is not None:
        return said["one"], said["many"]
    return WOMEN if instrument.id in ABOUT_WOMEN else PEOPLE


def speak_of(template: str, words: Words) -> str:
    """Return a phrase about women as one about others; in the catalogue values are not yet in their places.

    Examples
    --------
    >>> speak_of("Women seen twice: a level of her own for each woman in {women}", ("person", "people"))
    'People seen twice: a level of their own for each person in {women}'
    """
    if words == WOMEN:
        return template
    # What stands in braces is the name of a value, not a word.
    parts = re.split(r"(\{[^{}]*\})", template)
    return "".join(
        part if part.startswith("{") else _FINDER.sub(lambda found: _other(found[0], words), part) for part in parts
    )


def _other(found: str, words: Words) -> str:
    other = {"woman": words[0], "women": words[1], **_PRONOUNS}[found.lower()]
    return other[:1].upper() + other[1:] if found[0].isupper() else other
