"""The whole report: which files, whether they stand alone, and whether they are the same twice."""

from __future__ import annotations

import io
import json
import pickle
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import docx
import lxml.html
import pytest
from docx.oxml.ns import qn

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.results import ESTIMATE_COLUMNS, ReleasableResults
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.reporting.choices import FORMATS, Choices
from mirabal_toolkit.reporting.delivery import deliver
from mirabal_toolkit.reporting.documents import outline
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.gallery import all_figures
from mirabal_toolkit.reporting.opening import open_folder
from mirabal_toolkit.reporting.tables.shelf import all_tables
from mirabal_toolkit.reporting.writing import write_report


@pytest.fixture(scope="session")
def folder(few: ReleasableResults, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reports") / "report"
    deliver(few, path, Choices(FORMATS), command={"command": "test"})
    return path


@pytest.fixture(scope="session")
def page(folder: Path) -> lxml.html.HtmlElement:
    return lxml.html.fromstring((folder / "report.html").read_bytes())


@pytest.fixture(scope="session")
def document(folder: Path) -> docx.document.Document:
    return docx.Document(io.BytesIO((folder / "report.docx").read_bytes()))


def test_the_output_folder_is_complete(folder: Path) -> None:
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"report.html", "report.docx", "results.json", "flow.json", "audit.json"} <= names
    figures = {name.rsplit(".", 1)[0] for name in names if name.startswith("figures/")}
    tables = {name.rsplit(".", 1)[0] for name in names if name.startswith("tables/")}
    assert {f"{name}.{kind}" for name in figures for kind in ("svg", "png", "csv", "txt")} <= names
    assert {f"{name}.{kind}" for name in tables for kind in ("csv", "xlsx", "html", "docx", "tex")} <= names
    assert {"report.pdf", "tables.xlsx", "tables.tex"} <= names
    assert {"tables/before-after", "tables/headline", "tables/participant-flow", "tables/cleaning"} <= tables
    assert {"figures/trajectories", "figures/before-after", "figures/participant-flow"} <= figures


def test_figures_and_tables_take_little_to_the_processes_that_write_them(few: ReleasableResults) -> None:
    edition = Edition(few)
    things = [*all_figures(edition), *all_tables(edition)]
    assert len(things) > 20
    assert max(len(pickle.dumps(thing)) for thing in things) < len(pickle.dumps(few)) / 4


def test_written_again_from_its_own_numbers_a_report_is_the_same(folder: Path, tmp_path: Path) -> None:
    written = write_report(open_folder(folder), tmp_path, Choices(FORMATS))
    names = {path.relative_to(tmp_path).as_posix() for path in written}
    assert names == {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")} - {"manifest.json"}
    for name in sorted(names):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_only_what_was_asked_for_is_written(few: ReleasableResults, tmp_path: Path) -> None:
    described = replace(few, plan=replace(few.plan, outcomes=(), distributions=()))
    names = {path.name for path in write_report(described, tmp_path, Choices(("html",)))}
    assert "report.html" in names
    assert [name for name in names if name.endswith((".docx", ".xlsx"))] == ["register.xlsx"]


def test_an_unknown_format_is_refused(few: ReleasableResults, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no report format “odt”"):
        write_report(few, tmp_path, Choices(("html", "odt")))
    assert not list(tmp_path.iterdir())


def test_the_page_needs_nothing_else(page: lxml.html.HtmlElement, folder: Path) -> None:
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert not page.xpath("//script | //link | //iframe | //object | //*[@onclick]")
    assert all(source.startswith("data:image/svg+xml;base64,") for source in page.xpath("//@src"))
    assert all(target.startswith("#") for target in page.xpath("//@href"))
    assert "url(" not in text
    assert "@import" not in text


def test_the_page_can_be_read_without_eyes(page: lxml.html.HtmlElement) -> None:
    assert page.get("lang") == "en"
    assert page.xpath("string(//title)") == "Steps to safety"
    assert page.xpath("//body/a[1]/@href") == ["#summary"]
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3")]
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all(len(alt) > 80 for alt in page.xpath("//img/@alt"))
    assert len(page.xpath("//img/@alt")) == len(page.xpath("//img"))
    assert len(page.xpath("//figure//details//table")) == len(page.xpath("//figure"))
    assert all(page.xpath("//*[@role='region']/@aria-label"))
    assert len(page.xpath("//*[@role='region'][@tabindex='0'][@aria-label]")) == len(page.xpath("//*[@role='region']"))


def test_anchors_of_the_page_are_unique_and_lead_somewhere(page: lxml.html.HtmlElement) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {target.removeprefix("#") for target in page.xpath("//@href")} <= set(ids)
    assert {name for names in page.xpath("//@aria-labelledby") for name in names.split()} <= set(ids)


def test_tables_and_figures_are_numbered_in_their_order(page: lxml.html.HtmlElement) -> None:
    captions = [caption.text_content() for caption in page.xpath("//main/section//caption[not(ancestor::details)]")]
    assert [caption.split(".")[0] for caption in captions] == [f"Table {n}" for n in range(1, len(captions) + 1)]
    figures = [caption.text_content() for caption in page.xpath("//figcaption")]
    assert [caption.split(".")[0] for caption in figures] == [f"Figure {n}" for n in range(1, len(figures) + 1)]


def test_the_page_says_where_it_comes_from(folder: Path, few: ReleasableResults) -> None:
    text = (folder / "report.html").read_text(encoding="utf-8")
    for value in (few.plan.fingerprint, few.instrument.fingerprint, few.fingerprint, few.sources[0].sha256):
        assert value in text
    assert "small numbers are hidden, others rounded to multiples of 5" in text


def test_an_internal_report_says_that_it_must_not_leave(internal: ReleasableResults, tmp_path: Path) -> None:
    kept = replace(internal, plan=replace(internal.plan, outcomes=(), distributions=()))
    write_report(kept, tmp_path)
    assert "not for release" in (tmp_path / "report.html").read_text(encoding="utf-8")
    document = docx.Document(str(tmp_path / "report.docx"))
    assert document.sections[0].header.paragraphs[0].text == "Internal – not for release"


def test_labels_are_text_whatever_they_hold(
    instrument: Instrument, release_of: Callable[..., ReleasableResults], tmp_path: Path
) -> None:
    nasty = "=cmd|x <script>alert('1')</script> & {brace} {{ 7*7 }} $x^2$ \x00\x0b\\"
    outcome = replace(instrument.outcome("feels_safe"), label={"en": nasty}, statement={"en": nasty})
    changed = replace(instrument, outcomes=(outcome,), title={"en": nasty}, tests=())
    released = release_of(changed)
    plan = replace(released.plan, title=nasty)
    write_report(replace(released, plan=plan), tmp_path)
    page = lxml.html.fromstring((tmp_path / "report.html").read_bytes())
    assert not page.xpath("//script")
    assert page.xpath("string(//h1)") == nasty.replace("\x00\x0b", "")
    assert nasty.replace("\x00\x0b", "") in docx.Document(str(tmp_path / "report.docx")).paragraphs[0].text
    for path in tmp_path.rglob("*.csv"):
        assert not re.search(r'(^|,)"?[=@]', path.read_text(encoding="utf-8-sig"), re.MULTILINE), path.name


def test_word_headings_contents_and_captions_are_real(document: docx.document.Document) -> None:
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    contents = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "toc 1"]
    assert contents == [f"{heading}\t" for heading in headings]
    body = document.element.body
    instructions = [text.text.strip() for text in body.iter(qn("w:instrText"))]
    assert sum(text.startswith("PAGEREF _Toc") for text in instructions) == len(headings)
    assert sum(text.startswith("SEQ Table") for text in instructions) == len(document.tables)
    assert sum(text.startswith("SEQ Figure") for text in instructions) == len(document.inline_shapes)
    begins = [mark.get(qn("w:fldCharType")) for mark in body.iter(qn("w:fldChar"))]
    assert begins.count("begin") == begins.count("end") == begins.count("separate") == len(instructions)
    anchors = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))}
    names = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert anchors == {name for name in names if name.startswith("_Toc")}
    referred = {text.split()[1] for text in instructions if text.startswith("REF ")}
    assert referred
    assert referred <= set(names)


def test_word_pictures_have_descriptions_and_fit_the_page(document: docx.document.Document) -> None:
    for shape in document.inline_shapes:
        assert len(shape._inline.docPr.get("descr")) > 80
        assert shape.width.inches <= 6.7
        assert shape.height.inches <= 8.8
    ids = [shape._inline.docPr.get("id") for shape in document.inline_shapes]
    assert len(ids) == len(set(ids))


def test_word_uses_only_styles_it_has(document: docx.document.Document) -> None:
    known = {style.style_id for style in document.styles}
    used = {mark.get(qn("w:val")) for mark in document.element.body.iter(qn("w:pStyle"))}
    assert used <= known


def test_word_language_is_set(folder: Path) -> None:
    with zipfile.ZipFile(folder / "report.docx") as archive:
        assert b'w:val="en-GB"' in archive.read("word/styles.xml")


def test_results_json_has_every_estimate_and_no_hidden_number(folder: Path, few: ReleasableResults) -> None:
    content = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert content["schema"] == 1
    assert content["profile"]["name"] == "funder"
    assert len(content["estimates"]) == len(few.estimates)
    assert all(list(record) == list(ESTIMATE_COLUMNS) for record in content["estimates"])
    hidden = [record for record in content["estimates"] if "suppressed" in record["flags"]]
    assert hidden
    for record in hidden:
        assert {record[name] for name in ("estimate", "conf_low", "conf_high", "count", "p_value")} == {None}


def test_flow_and_audit_are_counts(folder: Path, few: ReleasableResults) -> None:
    flow = json.loads((folder / "flow.json").read_text(encoding="utf-8"))
    assert [wave["wave"] for wave in flow["waves"]] == [1, 2, 3, 4, 5]
    assert [wave["months"] for wave in flow["waves"]] == [0, 3, 6, 9, 12]
    assert flow["waves"][0]["interviewed"] == 120
    audit = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    assert [step["step"] for step in audit["steps"]] == ["duplicates", "codes", "routing"]
    assert audit["steps"][0]["changed"] is None  # 4 people are fewer than 5
    assert {finding["severity"] for finding in audit["findings"]} == {"warning", "note"}


def test_results_without_a_single_number_still_make_a_report(few: ReleasableResults, tmp_path: Path) -> None:
    bare = replace(few, estimates=SealedFrame(few.estimates.frame.iloc[:0]))
    write_report(bare, tmp_path, Choices(("html", "docx")))
    assert "Who was reached" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_what_everybody_reads_comes_first_and_what_is_looked_up_has_letters(page: lxml.html.HtmlElement) -> None:
    sections = page.xpath("//main/section/@id")
    titles = [heading.text_content() for heading in page.xpath("//main/section/h2")]
    lettered = [title for title in titles if title.startswith("Appendix ")]
    assert sections[:4] == ["summary", "reached", "before-after", "measures"]
    assert titles[-len(lettered) :] == lettered
    assert [title[:11] for title in lettered] == [f"Appendix {letter}." for letter in "ABCDEFGH"[: len(lettered)]]
    places = page.xpath("//table[@id='table-before-after' or @id='table-model']/ancestor::section/@id")
    assert places == ["every-wave", "models"]


def test_a_section_opens_with_words(page: lxml.html.HtmlElement) -> None:
    first = {section.get("id"): section[1].tag for section in page.xpath("//main/section")}
    assert {name for name, tag in first.items() if tag not in ("p", "ul")} == set()


def test_what_holds_for_every_table_is_said_under_the_first(
    page: lxml.html.HtmlElement, document: docx.document.Document, folder: Path
) -> None:
    note = "Numbers of women are rounded to multiples of 5"
    under_tables = page.xpath("//div[@class='notes'][not(ancestor::details)]/p")
    assert sum(text.text_content().startswith(note) for text in under_tables) == 1
    noted = [text.text for text in document.paragraphs if text.style.name == "Table note"]
    assert sum(text.startswith(note) for text in noted) == 1
    for name in ("headline", "before-after"):  # a table on its own must still say it
        assert note in (folder / "tables" / f"{name}.html").read_text(encoding="utf-8")


def test_wide_tables_are_set_smaller_on_the_screen(page: lxml.html.HtmlElement) -> None:
    assert "wide" in page.xpath("//table[@id='table-before-after']/ancestor::div[2]/@class")[0].split()
    assert "wide" not in page.xpath("//table[@id='table-headline']/ancestor::div[2]/@class")[0].split()
    assert ".tabled.wide table { font-size: .8rem; }" in page.xpath("string(//style)")


def test_a_summary_of_two_groups_begins_with_both_side_by_side(
    few: ReleasableResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outline, "comparison_sentences", lambda edition: (f"{edition.level}: no clear difference.",))
    sections = {section.id: section for section in outline.make_outline(Edition(few), {}, {}).sections}
    blocks = sections["summary"].blocks
    place = next(place for place, block in enumerate(blocks) if isinstance(block, outline.Subheading))
    assert blocks[place] == outline.Subheading("The two groups side by side")
    assert "counts both together" in blocks[place + 1].text
    assert blocks[place + 2] == outline.Bullets(("95%: no clear difference.",))
