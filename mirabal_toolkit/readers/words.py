"""Compare labels as people write them: case, accents, punctuation and a repeated wave do not count."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_APOSTROPHES = re.compile("['’‘`´]")
_LEADING_CODE = re.compile(r"^\s*\(?\d{1,3}\)?\s*[-–=:.)]\s*(?=\D)")
_WAVE_WORDS = re.compile(r"\b(?:wave|survey|time|w|t)\s?\d{1,2}\b|\b\d{1,2} months?\b|\bbaseline\b")
#: Words too common to show that two labels mean the same.
_EMPTY_WORDS = frozenset(
    (
        *("a", "an", "and", "are", "at", "be", "by", "did", "do", "for", "has", "have", "he", "her", "him", "his", "i"),
        *("in", "is", "it", "of", "on", "or", "she", "the", "to", "was", "you", "your"),
    )
)

#: A label this long that is the beginning of another was cut off by a program, not chosen.
_CUT_OFF = 24


@lru_cache(maxsize=65_536)
def plain_words(text: str) -> str:
    """Return a text in lower case, without accents, punctuation or a code in front.

    Examples
    --------
    >>> plain_words("1 = Don’t know!"), plain_words("Două ori")
    ('dont know', 'doua ori')
    """
    folded = unicodedata.normalize("NFKD", _LEADING_CODE.sub("", text).casefold())
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+", _APOSTROPHES.sub("", letters).replace("_", " ")))


@lru_cache(maxsize=65_536)
def without_wave(text: str) -> str:
    """Return the plain words of a variable label without the wave in it.

    Examples
    --------
    >>> without_wave("Slapped you (wave 3)")
    'slapped you'
    """
    return " ".join(_WAVE_WORDS.sub(" ", plain_words(text)).split())


def without_wave_words(label: str) -> str:
    """Return a variable label as written, without the wave in it.

    Examples
    --------
    >>> without_wave_words("W3: Slapped you"), without_wave_words("Slapped you (wave 3)")
    ('Slapped you', 'Slapped you')
    """
    bare = re.sub(rf"[(\[]?\s*(?:{_WAVE_WORDS.pattern})\s*[)\]]?", " ", label, flags=re.IGNORECASE)
    return " ".join(bare.split()).strip(" -–—:;,.|/")


@lru_cache(maxsize=65_536)
def _telling_words(words: str) -> frozenset[str]:
    return frozenset(words.split()) - _EMPTY_WORDS


def similarity(first: str, second: str) -> float:
    """Return how alike two labels are, 0–1: shared words, and for near matches shared letters too.

    Parameters
    ----------
    first, second : str
        As written; waves in them are left out.

    Examples
    --------
    >>> similarity("W3: Slapped you", "Slapped you")
    1.0
    >>> similarity("Felt safe at home", "Money was taken")
    0.0
    """
    left, right = without_wave(first), without_wave(second)
    if not left or not right:
        return 0.0
    if left == right:
        return 1.0
    shorter, longer = sorted((left, right), key=len)
    if len(shorter) >= _CUT_OFF and longer.startswith(shorter):
        return 0.95
    words_left, words_right = _telling_words(left), _telling_words(right)
    shared = 2 * len(words_left & words_right) / max(1, len(words_left) + len(words_right))
    if shared < 0.4:
        return round(shared, 3)
    return round(0.95 * max(shared, difflib.SequenceMatcher(None, left, right).ratio()), 3)


def some_names(names: Iterable[str], most: int = 10) -> str:
    """Return the first names, and how many more there are.

    Examples
    --------
    >>> some_names(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    listed = list(names)
    more = len(listed) - most
    return ", ".join(listed) if more <= 0 else f"{', '.join(listed[:most])} and {more} more"
