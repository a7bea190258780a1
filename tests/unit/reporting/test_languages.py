"""Reports in other languages: complete places, honest drafts, signs of the language between digits."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from string import Formatter

import docx
import lxml.html
import pytest

from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.reporting.briefing.content import make_briefing
from mirabal_toolkit.reporting.briefing.page import render_html_briefing
from mirabal_toolkit.reporting.choices import Choices
from mirabal_toolkit.reporting.documents.docx import render_docx_report
from mirabal_toolkit.reporting.documents.html import render_html_report
from mirabal_toolkit.reporting.documents.outline import make_outline
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.gallery import all_figures
from mirabal_toolkit.reporting.tables.shelf import all_tables
from mirabal_toolkit.reporting.words import catalogue
from mirabal_toolkit.reporting.words.catalogue import phrase
from mirabal_toolkit.reporting.words.english import ENGLISH
from mirabal_toolkit.reporting.words.languages.reading import LANGUAGES, Language, read_language
from mirabal_toolkit.reporting.words.numbers import written_in
from mirabal_toolkit.reporting.words.people import PEOPLE

DRAFTS = tuple(code for code in LANGUAGES if code != "en")
#: The only phrases that are what they are in every language.
TITLES_OF_PAPERS = {"checklist_strobe_reference", "checklist_trend_reference"}


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", re.sub(r"\{[^{}]*\}", " ", text))


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
def test_every_phrase_of_english_has_one_in_the_language(code: str) -> None:
    """A new phrase of English is put into every language with it, as a draft."""
    assert set(ENGLISH) - set(read_language(code).phrases) == set()


@pytest.mark.parametrize("code", DRAFTS)
def test_no_sentence_stayed_english(code: str) -> None:
    phrases = read_language(code).phrases
    same = {key for key in ENGLISH if phrases[key] == ENGLISH[key] and len(words_of(ENGLISH[key])) > 2}
    assert same <= TITLES_OF_PAPERS


@pytest.mark.parametrize("code", DRAFTS)
def test_a_draft_says_that_it_is_one(code: str, few: ReleasableResults) -> None:
    edition = Edition(few, code)
    page = lxml.html.fromstring(render_html_briefing(make_briefing(edition), edition))
    assert page.get("lang") == code
    assert phrase("banner_draft", code) in page.xpath("//p[@class='banner urgent']/text()")
    assert phrase("banner_draft", "en") not in page.text_content()


@pytest.mark.parametrize("code", DRAFTS)
def test_a_whole_report_shows_no_english_sentence_of_the_catalogue(code: str, few: ReleasableResults) -> None:
    edition, language = Edition(few, code), read_language(code)
    with written_in(language.numbers):
        tables = {table.id: table for table in all_tables(edition)}
        outline = make_outline(edition, tables, {})
        page = lxml.html.fromstring(render_html_report(outline, edition))
        document = docx.Document(io.BytesIO(render_docx_report(outline, edition)))
        sheets = all_figures(edition)
    texts = {
        "html": page.text_content() + " ".join(page.xpath("//@aria-label")),
        "docx": "\n".join(document.element.body.itertext("{*}t")),
        "figures": "\n".join(text for one in sheets for text in (one.title, one.caption, one.alt)),
    }
    for kind, text in texts.items():
        left = {part: key for part, key in english_parts(code).items() if part in text}
        assert left == {}, kind
    of_summary(page, language)


def english_parts(code: str) -> dict[str, str]:
    """Return pieces of English phrases, between the places for values, that are none of the language's."""
    found = {}
    for key, english in ENGLISH.items():
        for part, *_ in Formatter().parse(english):
            if len(words_of(part)) > 3 and part not in read_language(code).phrases.get(key, ""):
                found[part.strip()] = key
    return found


def of_summary(page: lxml.html.HtmlElement, language: Language) -> None:
    intervals = page.xpath("//table[@id='table-headline']//td/text()")
    assert any(re.fullmatch(rf"[−+]?\d+ {language.numbers.to} [−+]?\d+", text) for text in intervals)
    assert not re.search(r"\d\.\d+ ", "".join(page.xpath("//table[@id='table-by-wave-scores']//td/text()")))


def test_others_than_women_are_called_by_other_words() -> None:
    assert "persone" in phrase("limit_lost", "it", PEOPLE)
    assert "donne" not in phrase("limit_lost", "it", PEOPLE)
    assert phrase("flow_box_people", "ro", PEOPLE, n=3) == "3 persoane"


def test_a_phrase_that_lacks_is_said_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    romanian = read_language("ro")
    without = replace(romanian, phrases={key: text for key, text in romanian.phrases.items() if key != "show_numbers"})
    monkeypatch.setattr(catalogue, "read_language", lambda _: without)
    assert phrase("show_numbers", "ro") == ENGLISH["show_numbers"]
    assert phrase("contents", "ro") == "Cuprins"


def test_romanian_puts_de_behind_numbers_from_twenty_on() -> None:
    assert [phrase("opening_one", "ro", started=n) for n in ("19", "20", "119", "1.200")] == [
        "19 femei au fost intervievate.",
        "20 de femei au fost intervievate.",
        "119 femei au fost intervievate.",
        "1.200 de femei au fost intervievate.",
    ]
    assert phrase("change_less_share", "ro", points="3,5") == "cu 3,5 puncte procentuale mai puțin"
    assert phrase("flow_box_people", "ro", PEOPLE, n=20) == "20 de persoane"


def test_a_month_is_one_month_in_every_language(few: ReleasableResults) -> None:
    soon = replace(few, months={**few.months, 2: 1.0})
    said = {code: Edition(soon, code).at_wave(2) for code in LANGUAGES}
    assert said == {"en": "at 1 month", "ro": "la 1 lună", "it": "a 1 mese", "el": "στον 1 μήνα"}


def test_a_language_nobody_wrote_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="language “fr”") as refusal:
        Choices(language="fr")
    assert refusal.value.problem.fix == "use one of: en, ro, it, el"


def test_greek_puts_no_question_mark_between_labels(few: ReleasableResults) -> None:
    assert Edition(few, "el").listed(["α", "β"]) == "α· β"
    assert Edition(few).listed(["a", "b"]) == "a; b"
    assert phrase("methods_amended", "ro", number=50).startswith("A fost modificat de 50 de ori;")
