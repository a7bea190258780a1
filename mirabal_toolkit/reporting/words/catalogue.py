"""Fixed phrases, in one place, so that a report can be written in another language.

English is complete; another language is a file of the same keys (``languages/``), and a phrase that
lacks there is said in English.
"""

from __future__ import annotations

from mirabal_toolkit.reporting.words.english import ENGLISH
from mirabal_toolkit.reporting.words.languages.reading import read_language
from mirabal_toolkit.reporting.words.people import WOMEN, Words, speak_of


def phrase(key: str, language: str = "en", about: Words = WOMEN, **values: object) -> str:
    """Return the phrase `key` with `values` put in their places.

    `about` are the words for one of those who answered, and for several.

    Raises
    ------
    KeyError
        If English has no such phrase, or a value it needs is not given.

    Examples
    --------
    >>> phrase("count_of", count="73", n="120")
    '73 of 120'
    >>> phrase("count_of", "it", count="73", n="120")
    '73 su 120'
    """
    english, other = ENGLISH[key], read_language(language)
    if key not in other.phrases:
        return speak_of(english, about).format(**values)
    template = other.phrases[key]
    return other.finished((template if about == WOMEN else other.about_others(template)).format(**values))
