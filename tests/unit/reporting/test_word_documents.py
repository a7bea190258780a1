"""Word files as Word meets them: by the rules of the format, with a user's own template, with references that lead."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm
from openxml_audit import AppPrediction, OpenXmlValidator, predict
from PIL import Image

from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.reporting.documents.blocks import (
    Bullets,
    FigureBlock,
    Outline,
    Paragraph,
    Section,
    Subheading,
    TableBlock,
)
from mirabal_toolkit.reporting.documents.docx import render_docx_report
from mirabal_toolkit.reporting.documents.outline import Shelf
from mirabal_toolkit.reporting.documents.references import with_references
from mirabal_toolkit.reporting.documents.word_template import read_template
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.render_docx import render_docx
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table

COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def table(name: str, columns: int) -> Table:
    heads = (
        Column("label", "Indicator", "label"),
        *(Column(f"c{n}", "%", span=f"{n // 2} months") for n in range(columns)),
    )
    row = Row((Cell("Any <physical> & harm\x0b"), *(Cell("12 (8 to 17)", 12.0, marks=("a",)) for _ in range(columns))))
    return Table(name, f"Table {name}", heads, (RowGroup("Safety", (row, row)),), (Note("few", "a"), Note("all")))


def figure() -> Any:
    picture = io.BytesIO()
    Image.new("RGB", (20, 10)).save(picture, format="png")
    sheet = SimpleNamespace(id="f", caption="What “they” said", alt="A picture of <nothing>")
    return SimpleNamespace(id="f", sheet=sheet, png=picture.getvalue(), size=(7.0, 3.0))


@pytest.fixture(scope="module")
def edition(few: ReleasableResults) -> Edition:
    return Edition(few)


@pytest.fixture(scope="module")
def outline(edition: Edition) -> Outline:
    upright, lying = TableBlock(table("headline", 3), 1), TableBlock(table("before-after", 14), 2)
    sections = (
        Section("summary", "Summary", (Paragraph("Said."), Bullets(("one", "=two")), upright)),
        Section("measures", "Measures", (Subheading("First"), FigureBlock(figure(), 1))),
        Section("every-wave", "Appendix A", (Paragraph("All", lead=True), lying), own_page=True),
        Section("data", "Appendix B", (Paragraph("Upright again"), TableBlock(table("cleaning", 3), 3)), own_page=True),
        Section("provenance", "Appendix C", (Paragraph("Not turned"),), own_page=True),
    )
    return Outline("A title & more", "Sub", ("Internal",), True, "en", with_references(sections, edition))


def problems(path: Path) -> list[str]:
    result = OpenXmlValidator().validate(path)
    found = [error.description for error in result.errors]
    return found if predict(result).prediction is AppPrediction.OPENS_CLEAN else [*found, "Word would repair it"]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A house template: US letter, wide margins, red headings, a header, and some text that must go."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(216), Mm(279)
    section.left_margin = section.right_margin = Mm(40)
    section.header.paragraphs[0].text = "House of Safety"
    document.styles["Heading 1"].font.name = "Georgia"
    document.add_paragraph("How to use this template")
    path = tmp_path / "house.docx"
    document.save(str(path))
    return path


def test_a_report_keeps_the_rules_of_the_format(outline: Outline, edition: Edition, tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(render_docx_report(outline, edition))
    assert problems(path) == []


@pytest.mark.parametrize("columns", [3, 14])
def test_a_table_alone_keeps_the_rules_of_the_format_and_its_title(columns: int, tmp_path: Path) -> None:
    titled = replace(table("alone", columns), title="Safer & <freer>")
    path = tmp_path / "table.docx"
    path.write_bytes(render_docx(titled, "ro"))
    document = docx.Document(str(path))
    assert problems(path) == []
    assert document.core_properties.title == document.paragraphs[0].text == titled.title
    assert (document.sections[0].page_width > document.sections[0].page_height) == (columns > 3)
    assert document.core_properties.language == "ro-RO"


def test_the_rules_are_really_looked_at(outline: Outline, edition: Edition, tmp_path: Path) -> None:
    document = docx.Document(io.BytesIO(render_docx_report(outline, edition)))
    properties = document.tables[0]._tbl.tblPr
    properties.append(properties[0])
    path = tmp_path / "report.docx"
    document.save(str(path))
    assert problems(path) != []


def test_a_sentence_that_names_a_table_leads_to_it(outline: Outline, edition: Edition) -> None:
    document = docx.Document(io.BytesIO(render_docx_report(outline, edition)))
    (field,) = [text.text.split() for text in document.element.iter(qn("w:instrText")) if "REF _Ref" in text.text]
    assert field[0] == "REF"
    starts = [mark for mark in document.element.iter(qn("w:bookmarkStart")) if mark.get(qn("w:name")) == field[1]]
    (caption,) = [mark.getparent() for mark in starts]
    texts = "".join(text.text for text in caption.iter(qn("w:t")))
    assert texts == "Table 2. Table before-after"
    sentence = next(paragraph.text for paragraph in document.paragraphs if "All numbers" in paragraph.text)
    assert sentence == "All numbers: Table 2."


def test_contents_name_every_section_and_ask_for_its_page(outline: Outline, edition: Edition) -> None:
    document = docx.Document(io.BytesIO(render_docx_report(outline, edition)))
    lines = [line for line in document.paragraphs if line.style.style_id == "TOC1"]
    titles = [section.title for section in outline.sections]
    assert [line.text.split("\t")[0] for line in lines] == titles
    for line, title in zip(lines, titles, strict=True):
        (field,) = [text.text.split() for text in line._p.iter(qn("w:instrText")) if "TOC " not in text.text]
        (start,) = [mark for mark in document.element.iter(qn("w:bookmarkStart")) if mark.get(qn("w:name")) == field[1]]
        assert field[0] == "PAGEREF"
        assert "".join(text.text for text in start.getparent().iter(qn("w:t"))) == title
    # Word would put a warning before the reader.
    assert document.settings.element.find(qn("w:updateFields")) is None


def test_contents_are_a_field_for_word_and_plain_lines_for_others(outline: Outline, edition: Edition) -> None:
    document = docx.Document(io.BytesIO(render_docx_report(outline, edition)))
    lines = [line._p for line in document.paragraphs if line.style.style_id == "TOC1"]
    for_word = [choice for line in lines for choice in line.iter(f"{{{COMPATIBILITY}}}Choice")]
    assert [choice.get("Requires") for choice in for_word] == ["w15"] * 4
    assert for_word[0].nsmap["w15"] == "http://schemas.microsoft.com/office/word/2012/wordml"
    (parts,) = zip(*for_word, strict=True)
    assert [part.get(qn("w:fldCharType")) for part in parts] == ["begin", None, "separate", "end"]
    assert parts[1].text.split() == ["TOC", "\\o", '"1-1"', "\\h", "\\z", "\\u"]
    for choice in for_word:
        choice.getparent().remove(choice)
    kinds = [mark.get(qn("w:fldCharType")) for line in lines for mark in line.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"] * len(lines)


def test_contents_have_the_style_that_a_template_has_for_them(
    outline: Outline, edition: Edition, template: Path
) -> None:
    document = docx.Document(str(template))
    style = document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    style.element.styleId = "Verzeichnis1"
    document.save(str(template))
    written = docx.Document(io.BytesIO(render_docx_report(outline, edition, read_template(template))))
    listed = [line.text.split("\t")[0] for line in written.paragraphs if line.style.style_id == "Verzeichnis1"]
    assert listed == [section.title for section in outline.sections]


def test_an_appendix_begins_on_a_page_of_its_own_but_never_after_an_empty_one(
    outline: Outline, edition: Edition
) -> None:
    document = docx.Document(io.BytesIO(render_docx_report(outline, edition)))
    breaks = {
        line.text: line.paragraph_format.page_break_before for line in document.paragraphs if "Head" in line.style.name
    }
    assert breaks["Measures"] is not True
    # Where the page is turned, it is a new one anyway.
    assert breaks["Appendix A"] is not True
    assert breaks["Appendix B"] is not True
    assert breaks["Appendix C"] is True


def test_no_bookmark_or_picture_has_the_number_of_another(outline: Outline, edition: Edition) -> None:
    document = docx.Document(io.BytesIO(render_docx_report(outline, edition)))
    ids = [mark.get(qn("w:id")) for mark in document.element.iter(qn("w:bookmarkStart"))]
    assert len(ids) == len(set(ids)) == len(list(document.element.iter(qn("w:bookmarkEnd"))))


def test_a_template_gives_its_looks_and_none_of_its_text(
    outline: Outline, edition: Edition, template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(render_docx_report(outline, edition, read_template(template)))
    document = docx.Document(str(path))
    assert problems(path) == []
    assert document.styles["Heading 1"].font.name == "Georgia"
    assert document.sections[0].header.paragraphs[-1].text == "House of Safety"
    assert not any("How to use" in paragraph.text for paragraph in document.paragraphs)
    sizes = {(round(section.page_width.mm), round(section.page_height.mm)) for section in document.sections}
    assert sizes == {(216, 279), (279, 216)}
    text = document.sections[0].page_width - 2 * Mm(40)
    widths = [int(column.get(qn("w:w"))) * 635 for column in document.tables[0]._tbl.tblGrid]
    assert sum(widths) <= text


def test_an_internal_report_says_so_above_the_header_of_a_template(
    outline: Outline, edition: Edition, template: Path
) -> None:
    document = docx.Document(io.BytesIO(render_docx_report(outline, edition, read_template(template))))
    assert document.sections[0].header.paragraphs[0].text == "Internal – not for release"


def test_a_template_without_the_styles_is_refused_with_their_names(template: Path) -> None:
    document = docx.Document(str(template))
    for name in ("Caption", "List Bullet"):
        document.styles[name].delete()
    document.save(str(template))
    with pytest.raises(UsageError, match="Caption, List Bullet") as refusal:
        read_template(template)
    assert "use each of these styles once" in str(refusal.value.problem.fix)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x05\x06" + bytes(18)], ids=["empty", "pdf", "empty zip"])
def test_what_is_no_word_document_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "template.docx"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a Word document"):
        read_template(path)


def test_a_template_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_template(tmp_path / "nowhere.docx")


def test_figures_that_show_one_thing_together_say_which_they_are(edition: Edition) -> None:
    place = Shelf({}, {name: figure() for name in ("f", "f-part-2", "f-scores")})
    captions = [block.caption(edition) for name in ("f", "f-scores") for block in place.figure(name)]  # type: ignore[union-attr]
    said = "What “they” said"
    assert captions == [f"Figure 1. {said} (1 of 2)", f"Figure 2. {said} (2 of 2)", f"Figure 3. {said}"]
