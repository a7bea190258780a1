"""Fixed phrases, in one place, so that a report can be written in another language.

English is complete; another language is another mapping of the same keys, and a phrase that
lacks there is said in English.
"""

from __future__ import annotations

from collections.abc import Mapping

from mirabal_toolkit.reporting.words.english import ENGLISH
from mirabal_toolkit.reporting.words.people import WOMEN, Words, speak_of

CATALOGUES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}


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
    """
    template = CATALOGUES.get(language, ENGLISH).get(key, ENGLISH[key])
    return speak_of(template, about).format(**values)
