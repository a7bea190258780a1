"""What points to a person: recognised by its form, counted, and never shown.

Patterns are those of the countries the questionnaires are for: United Kingdom, Romania, Italy, Greece.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

#: Kind → what it is called in findings.
KINDS = {
    "email": "e-mail addresses",
    "phone": "phone numbers",
    "health_number": "health-service or national numbers",
    "postcode": "postcodes",
    "date": "exact dates",
    "name": "names of people",
    "address": "addresses",
    "place": "positions on a map",
    "free_text": "free text",
    "long_number": "long numbers, as of phones, records or accounts",
}

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^\W\d_]{2,}")
_DATE = re.compile(r"(?<!\d)(?:\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2})(?!\d)")
_PHONE = re.compile(r"(?<![\w.])(?:\+|00?)[1-9][\d ()./-]{7,18}\d(?!\w)")
_POSTCODE = re.compile(r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?!\w)", re.IGNORECASE)
_TEN = re.compile(r"(?<![\d.,])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d.,])")
_RUN = re.compile(r"(?<![\d.,])\d{11}(?:\d{2})?(?![\d.,])")
_FISCAL = re.compile(r"(?<!\w)[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?!\w)", re.IGNORECASE)
_NAME = re.compile(
    r"[^\W\d_a-z][^\W\d_]*(?:[-'’][^\W\d_]+)?\.?(?:[ ,]+[^\W\d_a-z][^\W\d_]*(?:[-'’][^\W\d_]+)?\.?){1,3}"
)

#: Digits of a phone number, and the fewest of a number that is no answer.
_PHONE_DIGITS = (9, 15)
_LONG_NUMBER = 1e8
#: Ids that are looked at: what most of them are, the first show.
_IDS = 5000
#: Words from which on a text tells something, and share of a column that must look like names or like ids.
_WORDS_OF_A_STORY = 7
_MOST = 0.5

#: How variables are called that hold such things, word by word. A site has a name, too: “name” counts alone, or
#: beside a word for a person.
_NAMED = {
    "email": r"e-?mails?",
    "phone": r"phones?|tel|telephone|mobile|telefono?|cellulare|whats-?app",
    "health_number": r"nhs|cnp|amka|ssn|nino|codice-fiscale|national-id|passport|health-number|chi-number",
    "postcode": r"post-?codes?|zip|zip-?code|cod-postal",
    "name": r"(?:sur|first-?|last-?|fore-?|maiden-?|full-?|family-?|given-?)names?|nume|prenume|cognome|nome",
    "address": r"address(?:es)?|street|adresa|indirizzo|house-number",
    "date": r"dob|date-of-birth|birth-?dates?|birthday|data-nasterii|data-di-nascita",
    "place": r"latitude|longitude|gps|geopoint|ip-address",
}
_NAMED_RE = {kind: re.compile(rf"(?:^|-)(?:{words})(?:-|$)") for kind, words in _NAMED.items()}
_NAME_OF = re.compile(
    r"(?:(?:^|-)(?:her|his|partner|client|woman|man|child|person|participant)-(?:s-)?|^)names?(?:-?\d+)?$"
)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a column seems to hold, by a key of `KINDS`, and in how many cells."""

    kind: str
    cells: int

    @property
    def words(self) -> str:
        """The kind in words."""
        return KINDS[self.kind]


def suspect_texts(values: pd.Series[Any]) -> Suspicion | None:
    """Say what in a column of text points to people; None where nothing does.

    One e-mail address, phone number, postcode, national number or exact date is enough; names must fill
    half of the column, and free text is a column in which somebody wrote a sentence.

    Examples
    --------
    >>> suspect_texts(pd.Series(["yes", "ask me at 07700 900123"]))
    Suspicion(kind='phone', cells=1)
    >>> suspect_texts(pd.Series(["north", "south"])) is None
    True
    """
    texts, often = _different(values)
    for kind, holds in _HOLDS.items():
        cells = int(often[[holds(text) for text in texts]].sum()) if texts else 0
        if cells:
            return Suspicion(kind, cells)
    named = [_NAME.fullmatch(text) is not None for text in texts]
    if texts and sum(named) > _MOST * len(texts):
        return Suspicion("name", int(often[named].sum()))
    told = [len(text.split()) >= _WORDS_OF_A_STORY for text in texts]
    return Suspicion("free_text", int(often[told].sum())) if any(told) else None


def suspect_ids(values: pd.Series[Any]) -> Suspicion | None:
    """Say whether ids are themselves names, numbers or addresses of people: more than half of the first.

    Examples
    --------
    >>> suspect_ids(pd.Series(["9434765919", "401 023 2137"])).kind
    'health_number'
    >>> suspect_ids(pd.Series(["W001", "W002"])) is None
    True
    """
    texts, often = _different(values.drop_duplicates().iloc[:_IDS])
    for kind in ("email", "health_number", "phone", "name"):
        here = [bool(_NAME.fullmatch(text) if kind == "name" else _HOLDS[kind](text)) for text in texts]
        if texts and sum(here) > _MOST * len(texts):
            return Suspicion(kind, int(often[here].sum()))
    return None


def suspect_numbers(values: pd.Series[Any]) -> Suspicion | None:
    """Say whether a column of numbers holds some that are too long to be answers.

    Examples
    --------
    >>> suspect_numbers(pd.Series([1.0, 2.0, 7700900123.0]))
    Suspicion(kind='long_number', cells=1)
    """
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    long = np.isfinite(numbers) & (np.abs(numbers) >= _LONG_NUMBER)
    if not long.any():
        return None
    national = [is_national_number(f"{abs(number):.0f}") for number in numbers[long][:1000]]
    return Suspicion("health_number" if sum(national) > _MOST * len(national) else "long_number", int(long.sum()))


def suspect_name(name: str) -> str:
    """Return the kind of thing that a variable of this name or label holds of people; empty if nothing.

    Examples
    --------
    >>> suspect_name("Client_Name"), suspect_name("tel2"), suspect_name("site_name"), suspect_name("dateOfBirth")
    ('name', 'phone', '', 'date')
    """
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[a-z])(?=\d)|[\W_]+", "-", name).casefold().strip("-")
    for kind, pattern in _NAMED_RE.items():
        if pattern.search(parts):
            return kind
    return "name" if _NAME_OF.search(parts) else ""


def _different(values: pd.Series[Any]) -> tuple[list[str], npt.NDArray[np.int64]]:
    counts = values.dropna().astype("str").str.strip().value_counts()
    counts = counts[counts.index != ""]
    return [str(text) for text in counts.index], np.asarray(counts, dtype=np.int64)


def is_national_number(text: str) -> bool:
    """Tell whether a text is a number of the NHS, a Romanian CNP, a Greek AMKA, or an Italian codice fiscale.

    Check digits are computed, so that nearly all other numbers are told apart.

    References
    ----------
    NHS Data Dictionary, "NHS number" (modulus 11). CNP: Romanian law 105/1996 (weights 279146358279).
    AMKA: Luhn's algorithm, US patent 2,950,048.

    Examples
    --------
    >>> is_national_number("943 476 5919"), is_national_number("943 476 5918")
    (True, False)
    """
    digits = re.sub(r"[ -]", "", text)
    if _FISCAL.fullmatch(digits):
        return True
    if not (digits.isascii() and digits.isdigit()):
        return False
    checks = {10: _is_nhs, 11: _is_amka, 13: _is_cnp}
    return len(digits) in checks and len(set(digits)) > 1 and checks[len(digits)]([int(digit) for digit in digits])


def _is_nhs(digits: list[int]) -> bool:
    rest = sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=False)) % 11
    return (11 - rest) % 11 == digits[9]


def _is_cnp(digits: list[int]) -> bool:
    rest = sum(weight * digit for weight, digit in zip((2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9), digits, strict=False)) % 11
    return (1 if rest == 10 else rest) == digits[12] and digits[0] > 0 and _is_day(digits[5:7], digits[3:5])


def _is_amka(digits: list[int]) -> bool:
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0 and _is_day(digits[0:2], digits[2:4])


def _is_day(day: list[int], month: list[int]) -> bool:
    return 1 <= 10 * day[0] + day[1] <= 31 and 1 <= 10 * month[0] + month[1] <= 12


def _has_phone(text: str) -> bool:
    low, high = _PHONE_DIGITS
    found = _PHONE.finditer(_DATE.sub(" ", text))
    return any(low <= sum(sign.isdigit() for sign in match.group()) <= high for match in found)


def _has_national_number(text: str) -> bool:
    return any(is_national_number(match.group()) for sort in (_TEN, _RUN, _FISCAL) for match in sort.finditer(text))


#: Kind → whether one text holds such a thing; the surest first.
_HOLDS: dict[str, Callable[[str], bool]] = {
    "email": lambda text: _EMAIL.search(text) is not None,
    "health_number": _has_national_number,
    "phone": _has_phone,
    "postcode": lambda text: _POSTCODE.search(text) is not None,
    "date": lambda text: _DATE.search(text) is not None,
}
