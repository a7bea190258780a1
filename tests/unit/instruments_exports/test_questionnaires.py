"""Questionnaires on paper: read by python-docx, the gate first, routing in words, only what is offered."""

import io
import re
from html import unescape

import docx
import pytest

from mirabal_toolkit.errors import MirabalError
from mirabal_toolkit.instruments.catalogue import bundled_instruments
from mirabal_toolkit.instruments.exports.kit import export_files

OPEN = [one for one in bundled_instruments() if one.rights.wording_redistributable]
KINDS = ("interviewer-script", "self-complete", "self-complete-large-print")


def papers(instrument, form, language="en"):
    """Kind → content, of one format."""
    files = export_files(instrument, [form], language)
    found = {kind: content for kind in KINDS for name, content in files.items() if name.endswith(f".{kind}.{form}")}
    assert set(found) == set(KINDS)
    return found


def words_of(page):
    body = re.sub(r"<style.*?</style>", " ", page.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def words_of_word(content):
    document = docx.Document(io.BytesIO(content))
    return [text.text for text in document.element.body.iter() if text.tag.endswith("}t") and text.text]


@pytest.mark.parametrize("instrument", OPEN, ids=lambda one: one.reference)
def test_every_question_stands_in_every_paper(instrument):
    for form, read in (("html", words_of), ("docx", lambda content: " ".join(words_of_word(content)))):
        for kind, content in papers(instrument, form).items():
            said = re.sub(r"\s+", " ", read(content))
            for item in instrument.items:
                if kind == "interviewer-script" or not item.office:
                    text = re.sub(r"\s+", " ", item.text["en"]).strip()
                    assert text in said, (form, kind, item.id)


def test_the_gate_stands_before_everything_she_is_asked(partner):
    for content in papers(partner, "html").values():
        said = words_of(content)
        gate = [said.index(partner.item(name).text["en"]) for name in partner.gate.items]
        others = [said.index(item.text["en"]) for item in partner.items if not item.office and item.block != "A"]
        assert max(gate) < min(others)
    assert "Go on only if every answer above is “Yes”" in words_of(papers(partner, "html")["interviewer-script"])
    assert "stop here and put this away" in words_of(papers(partner, "html")["self-complete"])


def test_words_for_a_call_say_on_paper_that_they_must_be_changed(partner):
    pages = {kind: words_of(content) for kind, content in papers(partner, "html").items()}
    told = {kind: "change the words about talking, calling and hanging up" in said for kind, said in pages.items()}
    assert told == {"interviewer-script": False, "self-complete": True, "self-complete-large-print": True}
    online = next(one for one in OPEN if one.id == "help-seeking")  # its gate was written to be read
    assert "hanging up" not in words_of(papers(online, "html")["self-complete"])


def test_who_is_asked_is_said_in_words(partner):
    pages = {kind: words_of(content) for kind, content in papers(partner, "html").items()}
    told = "B2 (Contact with him) is “Living together” or “Living apart, saw him in person”"
    assert f"Ask only if {told}" in pages["interviewer-script"]
    assert f"Answer only if {told}" in pages["self-complete"]
    assert not re.search(r"ask_if|\bB2 in\b|==", " ".join(pages.values()))


def test_cards_show_the_answers_that_are_read_out(partner):
    said = words_of_word(papers(partner, "docx")["interviewer-script"])
    card = said.index("Response card A")
    assert said[card + 1 : card + 6] == ["Never", "Once", "Two to five times", "Most weeks", "Most days"]
    assert "Response card A" not in words_of_word(papers(partner, "docx")["self-complete"])


def test_answers_no_longer_offered_are_not_printed(traps):
    for form, read in (("html", words_of), ("docx", lambda content: " ".join(words_of_word(content)))):
        for content in papers(traps, form).values():
            said = read(content)
            assert "=Never | ever" in said
            assert "Long ago" not in said


def test_texts_are_no_markup(traps):
    for content in papers(traps, "html").values():
        page = content.decode()
        assert "<script" not in page
        assert "&lt;b&gt;he&lt;/b&gt;" in page
        assert not re.search(r'(src|href)="(?!#)|url\(|@import', page)  # nothing is fetched


def test_large_print_is_large(partner):
    sizes = {}
    for kind, content in papers(partner, "docx").items():
        sizes[kind] = docx.Document(io.BytesIO(content)).styles["Normal"].font.size.pt
    assert sizes["self-complete-large-print"] >= 16
    assert sizes["self-complete"] < 12


def test_another_language_and_an_unknown_one():
    short = next(one for one in OPEN if one.id == "partner-safety-short")
    said = words_of(papers(short, "html", "ro")["self-complete"])
    assert short.item("C1").text["ro"] in said
    with pytest.raises(MirabalError, match="xx"):
        export_files(short, ["html"], "xx")
