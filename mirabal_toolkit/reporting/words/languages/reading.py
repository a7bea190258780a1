"""Read the phrases of a language from its file; English needs none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from mirabal_toolkit.reporting.words.numbers import ENGLISH_NUMBERS, NumberStyle

#: Language codes a report can be written in.
LANGUAGES = ("en", "ro", "it", "el")


@dataclass(frozen=True)
class Language:
    """A language of reports.

    Parameters
    ----------
    code, name : str
    draft : bool
        Whether nobody has reviewed it yet.
    numbers : NumberStyle
    people : mapping
        Words for women → words for others.
    phrases : mapping
        Phrase id → phrase; what lacks is said in English.
    """

    code: str
    name: str
    draft: bool
    numbers: NumberStyle
    people: Mapping[str, str]
    phrases: Mapping[str, str]

    def about_others(self, text: str) -> str:
        """Return a phrase about women as one about others."""
        if not self.people:
            return text
        # What stands in braces is the name of a value, not a word.
        parts = re.split(r"(\{[^{}]*\})", text)
        return "".join(part if part.startswith("{") else self._finder.sub(self._other, part) for part in parts)

    def finished(self, text: str) -> str:
        """Return a phrase, its values in their places, with the words that hang on a number.

        Romanian says “19 femei”, but “20 de femei”: its phrases have ``[de]`` behind such a value.

        Examples
        --------
        >>> [ENGLISH_LANGUAGE.finished(f"{n} [de] femei") for n in ("19", "20", "101", "1.120", "puține")]
        ['19 femei', '20 de femei', '101 femei', '1.120 de femei', 'puține femei']
        """
        return _NUMBERED.sub(lambda found: found[1] + (" de " if _takes_de(found[1]) else " "), text)

    @property
    def _finder(self) -> re.Pattern[str]:
        longest_first = sorted(self.people, key=len, reverse=True)
        return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)

    def _other(self, found: re.Match[str]) -> str:
        other = self.people[found[0].lower()]
        return other[:1].upper() + other[1:] if found[0][0].isupper() else other


_NUMBERED = re.compile(r"(\S+) \[de\] ")


def _takes_de(number: str) -> bool:
    """Whether Romanian puts “de” behind a number: from 20 on, by its last two digits."""
    digits = number.lstrip("(−+").replace(".", "")
    return digits.isdecimal() and int(digits) > 0 and not 0 < int(digits) % 100 < 20


ENGLISH_LANGUAGE = Language("en", "English", False, ENGLISH_NUMBERS, {}, {})


@cache
def read_language(code: str) -> Language:
    """Return a language by its code; English for any that there is no file of."""
    if code == "en" or code not in LANGUAGES:
        return ENGLISH_LANGUAGE
    file = resources.files("mirabal_toolkit.reporting.words.languages") / f"{code}.yaml"
    return language_from(file.read_text(encoding="utf-8"), f"{code}.yaml")


def language_from(text: str, where: str) -> Language:
    """Return a language from the text of its file."""
    # Here, not above: English, and `--help`, need no reader of YAML.
    from mirabal_toolkit.safe_yaml import parse_yaml

    content: Any = parse_yaml(text, where).value
    return Language(
        code=content["language"],
        name=content["name"],
        draft=content["status"] == "draft",
        numbers=NumberStyle(**content["numbers"]),
        people=content["people"],
        phrases=content["phrases"],
    )
