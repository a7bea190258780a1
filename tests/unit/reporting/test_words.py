"""Sentences: right, complete, and free of what must never be said."""

from __future__ import annotations

import importlib
import pkgutil
import re
import string
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

import mirabal_toolkit.reporting as room
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.reporting import words
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.words.catalogue import phrase
from mirabal_toolkit.reporting.words.english import ENGLISH
from mirabal_toolkit.reporting.words.findings import counted_changes
from mirabal_toolkit.reporting.words.limitations import limitations
from mirabal_toolkit.reporting.words.methods import methods, references
from mirabal_toolkit.reporting.words.summary import (
    change_in_words,
    indicator_sentences,
    interval_in_words,
    opening,
    summary,
)

FORBIDDEN = re.compile(
    r"\b(effects?|impacts?|caused?|reduc(ed|tion|tions)|proves?|proven|success rate|works)\b"
    r"|\d+ ?% (fewer|less|lower|decrease)",
    re.IGNORECASE,
)


def all_sentences(released: ReleasableResults) -> list[str]:
    edition = Edition(released)
    told = [opening(edition), *methods(edition), *limitations(edition), counted_changes(edition.indicators, edition)]
    return told + [sentence for _, sentences in summary(edition) for sentence in sentences]


def test_forbidden_words_are_recognised() -> None:
    for bad in ("an 80% reduction", "the effect of", "80% fewer women", "violence was reduced by 3", "the impact"):
        assert FORBIDDEN.search(bad)


def test_what_must_never_be_said_is_never_said(released: ReleasableResults, internal: ReleasableResults) -> None:
    for sentence in (*all_sentences(released), *all_sentences(internal)):
        assert not FORBIDDEN.search(sentence), sentence


def test_no_phrase_of_the_catalogue_says_it_either() -> None:
    """Of an effect only the comparison of two arms may speak, and only in words the declared design chooses."""
    allowed = {"lead_comparison_randomised", "lead_comparison_non_randomised"}
    for key, text in ENGLISH.items():
        assert key in allowed or not FORBIDDEN.search(text), key


def test_every_phrase_the_room_asks_for_exists() -> None:
    folder = Path(str(room.__file__)).parent
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))
    code += (folder / "templates" / "report.html.j2").read_text(encoding="utf-8")
    asked = set(re.findall(r"""\bsay\(\s*"([a-z_]+)\"""", code))
    assert len(asked) > 80
    assert asked <= set(ENGLISH)


def test_phrases_name_their_places() -> None:
    for key, text in ENGLISH.items():
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(text)), key


def test_another_language_falls_back_to_english() -> None:
    assert phrase("hidden", "xx") == phrase("hidden", "en")


def test_a_sentence_gives_both_ends_the_change_its_interval_and_every_n(internal: ReleasableResults) -> None:
    edition = Edition(internal)
    one = next(one for one in edition.indicators if one.outcome.id == "physical_any")
    before, after = (edition.series(one)[wave] for wave in (1, 5))
    change = edition.paired(one).change
    assert change is not None
    text = indicator_sentences(one, edition)
    assert f"({before.count:.0f} of {before.n_obs:.0f})" in text
    assert f"({after.count:.0f} of {after.n_obs:.0f})" in text
    assert f"Among the {change.n_obs:.0f} who answered both times" in text
    assert "percentage points fewer (95% interval: " in text
    assert "were physically attacked or hurt at the start" in text


def test_nobody_comes_with_how_many_it_could_be(internal: ReleasableResults) -> None:
    edition = Edition(internal)
    one = next(one for one in edition.indicators if one.outcome.id == "weapon_used" and one.first)
    assert re.search(r"0% \(0 of \d+; it could be up to \d+%\)", indicator_sentences(one, edition))


def test_a_hidden_end_is_said_to_be_hidden_and_begins_with_a_capital(released: ReleasableResults) -> None:
    edition = Edition(released)
    one = next(one for one in edition.indicators if one.outcome.id == "sexual_severe" and one.first)
    text = indicator_sentences(one, edition)
    assert "fewer than 5 of" in text
    assert "hidden to protect them" in text
    assert text[0].isupper()


def test_an_unclear_change_is_called_unclear(internal: ReleasableResults) -> None:
    edition = Edition(internal)
    for one in edition.indicators:
        change = edition.paired(one).change
        if change is None or change.conf_low is None or change.conf_high is None:
            continue
        unclear = change.conf_low <= 0 <= change.conf_high
        assert ("No clear change" in indicator_sentences(one, edition)) == unclear


def test_a_change_that_may_be_chance_among_all_that_were_tested_says_so(internal: ReleasableResults) -> None:
    """Its interval leaves 0 out, the test for the whole family does not: both are said."""
    edition = Edition(internal)
    told = 0
    for one in edition.indicators:
        change = edition.paired(one).change
        if change is None or change.conf_low is None or change.conf_high is None:
            continue
        clear = change.conf_low > 0 or change.conf_high < 0
        taken_back = clear and change.p_adjusted is not None and change.p_adjusted >= 0.05
        told += taken_back
        assert ("does not rule out chance" in indicator_sentences(one, edition)) == taken_back
    assert told > 0


@pytest.mark.parametrize(
    ("change", "binary", "text"),
    [
        (-49.2, True, "49 percentage points fewer"),
        (1.2, True, "1 percentage point more"),
        (0.3, True, "a change of less than one percentage point"),
        (-1.0, False, "1 point lower"),
        (12.4, False, "12 points higher"),
    ],
)
def test_changes_in_words(released: ReleasableResults, change: float, *, binary: bool, text: str) -> None:
    assert change_in_words(change, 0, Edition(released), binary=binary) == text


@pytest.mark.parametrize(
    ("ends", "binary", "text"),
    [
        ((-59.0, -37.0), True, "37 to 59 fewer"),
        ((3.0, 9.0), True, "3 to 9 more"),
        ((-4.0, 9.0), True, "from 4 fewer to 9 more"),
        ((-4.0, 9.0), False, "from 4 lower to 9 higher"),
        ((None, 9.0), False, "not known"),
    ],
)
def test_intervals_in_words(
    released: ReleasableResults, ends: tuple[float | None, float | None], *, binary: bool, text: str
) -> None:
    assert interval_in_words(ends, 0, Edition(released), binary=binary) == text


def test_limitations_tell_of_the_missing_comparison_group_and_the_bounds(released: ReleasableResults) -> None:
    text = " ".join(limitations(Edition(released)))
    assert "no comparison group" in text
    assert re.search(r"it lies between \d+% \(if it held for none of the others\) and \d+%", text)


def test_methods_are_those_that_ran(internal: ReleasableResults, released: ReleasableResults) -> None:
    assert "McNemar" in " ".join(methods(Edition(internal)))
    assert "must not leave" in methods(Edition(internal))[-1]
    assert "multiples of 5" in methods(Edition(released))[-1]
    frame = internal.estimates.frame
    described = replace(internal, estimates=SealedFrame(frame[frame["analysis"] == "prevalence"]))
    text = " ".join(methods(Edition(described)))
    assert "McNemar" not in text
    assert "equations" not in text
    assert not any(reference.startswith(("McNemar", "Liang")) for reference in references(Edition(described)))


def test_titles_count_only_what_has_a_better_way(internal: ReleasableResults) -> None:
    edition = Edition(internal)
    police = tuple(one for one in edition.indicators if one.outcome.id == "police_called")
    assert counted_changes(police, edition) == "No indicator could be compared between the first and the last wave"


def test_no_two_parts_of_the_catalogue_give_the_same_key() -> None:
    """The last would win, and a page would say what another page means."""
    modules = [
        importlib.import_module(f"{words.__name__}.{found.name}") for found in pkgutil.iter_modules(words.__path__)
    ]
    parts = {
        id(part): part
        for module in modules
        for name, part in vars(module).items()
        if name.isupper() and isinstance(part, Mapping) and set(part) < set(ENGLISH)
    }
    counted = Counter(key for part in parts.values() for key in part)
    assert len(counted) == len(ENGLISH)
    assert [key for key, times in counted.items() if times > 1] == []
