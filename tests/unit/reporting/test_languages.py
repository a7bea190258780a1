"""Reports in other languages: complete places, honest drafts, signs of the language between digits."""

from __future__ import annotations

import re
from string import Formatter

import lxml.html
import pytest

from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.reporting.briefing.content import make_briefing
from mirabal_toolkit.reporting.briefing.page import render_html_briefing
from mirabal_toolkit.reporting.choices import Choices
from mirabal_toolkit.reporting.documents.html import render_html_report
from mirabal_toolkit.reporting.documents.outline import make_outline
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.shelf import all_tables
from mirabal_toolkit.reporting.words.catalogue import phrase
from mirabal_toolkit.reporting.words.english import ENGLISH
from mirabal_toolkit.reporting.words.languages.reading import LANGUAGES, read_language
from mirabal_toolkit.reporting.words.numbers import written_in
from mirabal_toolkit.reporting.words.people import PEOPLE

DRAFTS = tuple(code for code in LANGUAGES if code != "en")
#: Sections everybody reads; their phrases must be there in every language.
NEEDED = ("summary_", "opening", "change_", "interval_", "share_", "briefing_", "banner_", "lead_summary", "section_")
#: Phrases that only two groups, several countries or second accounts need; they may lack.
RARE = re.compile(r"_(comparison|groups|accounts|subgroups|sites|measurement|compared|once|power|check|draft|yearly)")


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("code", DRAFTS)
def test_every_phrase_is_one_of_english_with_the_same_places(code: str) -> None:
    language = read_language(code)
    assert language.draft
    for key, text in language.phrases.items():
        assert key in ENGLISH, key
        # A language may put the same value twice, or leave out none.
        assert set(places(text)) == set(places(ENGLISH[key])), key
        assert text.strip() == text != "", key


@pytest.mark.parametrize("code", DRAFTS)
def test_what_everybody_reads_is_translated(code: str) -> None:
    phrases = read_language(code).phrases
    wanted = {key for key in ENGLISH if key.startswith(NEEDED) and not RARE.search(key)}
    assert wanted - set(phrases) == set()


def test_all_drafts_have_the_same_phrases() -> None:
    keys = [set(read_language(code).phrases) for code in DRAFTS]
    assert keys[0] == keys[1] == keys[2]


@pytest.mark.parametrize("code", DRAFTS)
def test_a_draft_says_that_it_is_one(code: str, few: ReleasableResults) -> None:
    edition = Edition(few, code)
    page = lxml.html.fromstring(render_html_briefing(make_briefing(edition), edition))
    assert page.get("lang") == code
    assert phrase("banner_draft", code) in page.xpath("//p[@class='banner urgent']/text()")
    assert phrase("banner_draft", "en") not in page.text_content()


@pytest.mark.parametrize("code", DRAFTS)
def test_the_summary_is_in_the_language_with_its_signs(code: str, few: ReleasableResults) -> None:
    edition = Edition(few, code)
    with written_in(read_language(code).numbers):
        outline = make_outline(edition, {table.id: table for table in all_tables(edition)}, {})
        page = lxml.html.fromstring(render_html_report(outline, edition))
    summary = page.xpath("string(//section[@id='summary'])")
    english = ("women were", "answered both times", "percentage points", "at the start", "There is no comparison")
    assert not [text for text in english if text in summary]
    intervals = page.xpath("//table[@id='table-headline']//td/text()")
    to = read_language(code).numbers.to
    assert any(re.fullmatch(rf"[−+]?\d+ {to} [−+]?\d+", text) for text in intervals)
    assert not re.search(r"\d\.\d+ ", "".join(page.xpath("//table[@id='table-by-wave-scores']//td/text()")))


def test_others_than_women_are_called_by_other_words() -> None:
    assert "persone" in phrase("limit_lost", "it", PEOPLE)
    assert "donne" not in phrase("limit_lost", "it", PEOPLE)
    assert phrase("flow_box_people", "ro", PEOPLE, n=3) == "3 persoane"


def test_a_phrase_that_lacks_is_said_in_english() -> None:
    lacking = next(key for key in ENGLISH if key not in read_language("ro").phrases and not places(ENGLISH[key]))
    assert phrase(lacking, "ro") == ENGLISH[lacking]


def test_a_language_nobody_wrote_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="language “fr”") as refusal:
        Choices(language="fr")
    assert refusal.value.problem.fix == "use one of: en, ro, it, el"
