"""The wave as people say it: baseline, second follow-up, 6 months, 3_month_arm_1, its label in any language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mirabal_toolkit.core.instrument import Instrument, Wave
from mirabal_toolkit.readers.words import plain_words

#: How the first round is called; the last two where there are rounds before and after only.
START_WORDS = r"base ?line|bl|base|start|intake|entry|enrol?ment|pre|before"
#: How a round is called that has a number.
ROUND_WORDS = r"wave|w|time ?point|time|t|round|r|survey|visit|interview|phase"
FOLLOW_UP = r"follow ?up|fup|fu"

_ARM = re.compile(r" arm \d+[a-z]?$")
_TAIL = rf"(?: (?:{FOLLOW_UP}|assessment|survey|interview|visit|questionnaire|data))*"
_START = re.compile(rf"(?:{START_WORDS}){_TAIL}")
_ROUND = re.compile(rf"(?:{ROUND_WORDS}) ?0?(\d{{1,2}})")
_MONTHS = re.compile(rf"(?:(?:months?|mo|m) ?(\d{{1,2}})|(\d{{1,2}}) ?(?:months?|mths?|mo|m)){_TAIL}")
_FOLLOW_UP = re.compile(rf"(?:(?:{FOLLOW_UP}) ?(\d{{1,2}})|(\d{{1,2}})(?:st|nd|rd|th)? ?(?:{FOLLOW_UP}))")


def waves_of_follow_ups(numbers: Iterable[int], waves: tuple[Wave, ...]) -> dict[int, int]:
    """Return number of a follow-up → wave; 0 is the first wave.

    Numbers in a row (1, 2, 3) count the follow-ups; others (3, 6, 12) are months where the instrument
    has such waves.
    """
    listed = sorted({*numbers} - {0})
    order = {number: wave.number for number, wave in enumerate(waves)}
    months = {int(wave.months): wave.number for wave in waves if wave.months == int(wave.months)}
    in_a_row = listed == list(range(1, len(listed) + 1))
    use = order if in_a_row or not set(listed) <= set(months) else months
    return {0: waves[0].number} | {number: use[number] for number in listed if number in use}


def follow_up_in(text: str) -> int | None:
    """Return the number of the follow-up that a text names, 0 for the first round; None where it names none.

    Examples
    --------
    >>> follow_up_in("Baseline_arm_1"), follow_up_in("2nd follow-up"), follow_up_in("fu12"), follow_up_in("later")
    (0, 2, 12, None)
    """
    words = _without_arm(text)
    if _START.fullmatch(words):
        return 0
    match = _FOLLOW_UP.fullmatch(words)
    return int(match[1] or match[2]) if match else None


def wave_of_text(text: str, instrument: Instrument) -> int | None:
    """Return the wave that a text names by its label, number or months; None where it names none."""
    words = _without_arm(text)
    if not words:
        return None
    for wave in instrument.waves:
        if any(plain_words(label) == words for label in wave.label.values()):
            return wave.number
    if match := _MONTHS.fullmatch(words):
        months = int(match[1] or match[2])
        return next((wave.number for wave in instrument.waves if wave.months == months), None)
    if match := _ROUND.fullmatch(words):
        return next((wave.number for wave in instrument.waves if wave.number == int(match[1])), None)
    number = follow_up_in(text)
    return None if number is None else waves_of_follow_ups([number], instrument.waves).get(number)


def waves_of_texts(texts: Iterable[str], instrument: Instrument) -> dict[str, int]:
    """Return text → wave, for those that name one; follow-ups are counted together."""
    listed = list(texts)
    follow_ups = {text: number for text in listed if (number := follow_up_in(text)) is not None}
    by_order = waves_of_follow_ups(follow_ups.values(), instrument.waves)
    labels = {plain_words(label) for wave in instrument.waves for label in wave.label.values()}
    found: dict[str, int] = {}
    for text in listed:
        own = plain_words(text) in labels
        wave = by_order.get(follow_ups[text]) if text in follow_ups and not own else wave_of_text(text, instrument)
        if wave is not None:
            found[text] = wave
    return found


def _without_arm(text: str) -> str:
    """Return plain words; REDCap adds the arm to the name of an event, people put signs between letters and numbers."""
    return _ARM.sub("", plain_words(text))
