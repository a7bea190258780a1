"""The report as a Word document: headings, contents, captions that count, native tables."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mirabal_toolkit.file_safety import clean_text, steady_archive
from mirabal_toolkit.reporting.documents.blocks import (
    Bullets,
    FigureBlock,
    Outline,
    Paragraph,
    Section,
    Subheading,
    TableBlock,
)
from mirabal_toolkit.reporting.documents.references import segments
from mirabal_toolkit.reporting.documents.word_styles import new_document, set_page, style_ids
from mirabal_toolkit.reporting.documents.word_template import paper_of
from mirabal_toolkit.reporting.documents.word_xml import (
    append_runs,
    bookmarked,
    contents_xml,
    element,
    field_runs,
    paragraph_xml,
    switched,
    text_run,
)
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.fitting import A4, Paper, fit_table
from mirabal_toolkit.reporting.tables.render_docx import table_xml

#: The largest a picture may be on an A4 page with its caption, in inches.
PICTURE_WIDTH, PICTURE_HEIGHT = 6.65, 8.7
TWIPS_PER_INCH = 1440


@dataclass(frozen=True)
class Sheet:
    """A document being written: what it is about, and the paper it is on."""

    document: Any
    edition: Edition
    paper: Paper

    @cached_property
    def styles(self) -> dict[str, str]:
        """The ids of the document's styles, by name."""
        return style_ids(self.document)

    def add(self, *parts: str) -> None:
        """Append paragraphs and tables, each given as XML."""
        for part in parts:
            self.document.element.body.insert_element_before(element(part), "w:sectPr")

    def add_paragraph(self, style: str, runs: str, properties: str = "") -> None:
        """Append a paragraph of runs; `properties` are XML beside its style."""
        self.add(paragraph_xml(runs, self.styles[style], properties))

    def turn_page(self, *, landscape: bool) -> bool:
        """Go on in pages of the wanted orientation; begin a section, and say so, only where it changes."""
        from docx.enum.section import WD_SECTION

        section = self.document.sections[-1]
        turns = bool((section.page_width > section.page_height) != landscape)
        if turns:
            set_page(self.document.add_section(WD_SECTION.NEW_PAGE), landscape=landscape, paper=self.paper)
        return turns

    def lies(self, block: TableBlock) -> bool:
        """Say whether a table needs a page on its side."""
        return fit_table(block.table, self.paper).landscape


def render_docx_report(outline: Outline, edition: Edition, template: bytes | None = None) -> bytes:
    """Return the report as a .docx file; equal outlines give equal bytes.

    Parameters
    ----------
    outline : Outline
    edition : Edition
    template : bytes or None
        A Word document whose styles, paper, header and footer are used (see `word_template.read_template`).
    """
    document = new_document(outline.title, outline.language, template=template)
    sheet = Sheet(document, edition, A4 if template is None else paper_of(document))
    _add_front(sheet, outline)
    for number, section in enumerate(outline.sections, start=1):
        turned = sheet.turn_page(landscape=_begins_landscape(section, sheet))
        page = switched("pageBreakBefore", on=section.own_page and not turned)
        sheet.add_paragraph("Heading 1", bookmarked(text_run(section.title), _bookmark(number), number), page)
        _add_blocks(sheet, section)
    buffer = io.BytesIO()
    document.save(buffer)
    return steady_archive(buffer.getvalue())


def _reference(block: TableBlock | FigureBlock) -> tuple[str, int]:
    """Return name and number of the bookmark around ``Table 1`` in a caption."""
    number = (1 if isinstance(block, TableBlock) else 2) * 10_000 + block.number
    return f"_Ref{number:09d}", number


def _bookmark(number: int) -> str:
    return f"_Toc{number:09d}"


def _add_front(sheet: Sheet, outline: Outline) -> None:
    sheet.add_paragraph("Title", text_run(outline.title))
    sheet.add_paragraph("Subtitle", text_run(outline.subtitle))
    for number, banner in enumerate(outline.banners):
        sheet.add_paragraph("Banner" if outline.urgent or number else "Lead", text_run(banner))
    sheet.add_paragraph("Heading 2", text_run(sheet.edition.say("contents")))
    entries = [(section.title, _bookmark(number)) for number, section in enumerate(outline.sections, start=1)]
    sheet.add(*contents_xml(entries, sheet.styles["toc 1"], sheet.paper.text_width(landscape=False)))
    add_margins(sheet.document, sheet.edition, urgent=outline.urgent)


def add_margins(document: Any, edition: Edition, *, urgent: bool) -> None:
    """Write the page number below every page, and above it whether it may be released."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    section = document.sections[0]
    if urgent:
        first = section.header.paragraphs[0]
        # A template may have a header of its own, which stays below.
        warning = first.insert_paragraph_before() if first.text else first
        warning.style = document.styles["Banner"]
        warning.add_run(edition.say("header_internal"))
    footer = section.footer.paragraphs[0]
    if not any(paragraph.text for paragraph in section.footer.paragraphs):
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        footer.style = document.styles["Table note"]
        append_runs(footer, field_runs("PAGE", "1"))


def _begins_landscape(section: Section, sheet: Sheet) -> bool:
    """Say whether the first thing after a section's opening words needs a page on its side."""
    first = next((block for block in section.blocks if not isinstance(block, Paragraph)), None)
    return isinstance(first, TableBlock) and sheet.lies(first)


def _add_blocks(sheet: Sheet, section: Section) -> None:
    adders: dict[type, Callable[[Sheet, Any], None]] = {
        Paragraph: _add_paragraph,
        Subheading: _add_subheading,
        Bullets: _add_bullets,
        TableBlock: _add_table_block,
        FigureBlock: _add_figure,
    }
    for block in section.blocks:
        adders[type(block)](sheet, block)


def _add_paragraph(sheet: Sheet, block: Paragraph) -> None:
    runs = [
        field_runs(rf"REF {_reference(link.block)[0]} \h", text) if link else text_run(text)
        for text, link in segments(block)
    ]
    sheet.add_paragraph("Lead" if block.lead else "Normal", "".join(runs), switched("keepNext", on=block.lead))


def _add_subheading(sheet: Sheet, block: Subheading) -> None:
    sheet.turn_page(landscape=False)
    sheet.add_paragraph("Heading 2", text_run(block.text))


def _add_bullets(sheet: Sheet, block: Bullets) -> None:
    for item in block.items:
        sheet.add_paragraph("List Bullet", text_run(item))


def _add_table_block(sheet: Sheet, block: TableBlock) -> None:
    sheet.turn_page(landscape=sheet.lies(block))
    caption = sheet.edition.say("table_caption", number="\0", title=block.table.title)
    sheet.add_paragraph("Caption", _caption_runs(block, caption), switched("keepNext", on=True))
    sheet.add(*table_xml(block.table, sheet.styles, sheet.paper))


def _add_figure(sheet: Sheet, block: FigureBlock) -> None:
    from docx.shared import Inches

    sheet.turn_page(landscape=False)
    wide, high = block.figure.size
    most = min(PICTURE_WIDTH, sheet.paper.text_width(landscape=False) / TWIPS_PER_INCH)
    scale = min(most / wide, PICTURE_HEIGHT / high)
    picture = sheet.document.add_paragraph()
    picture.paragraph_format.keep_with_next = True
    shape = picture.add_run().add_picture(io.BytesIO(block.figure.png), width=Inches(wide * scale))
    properties = shape._inline.docPr  # noqa: SLF001 — the documented way to reach the XML
    properties.set("descr", clean_text(block.figure.sheet.alt))
    properties.set("title", clean_text(block.title(sheet.edition)))
    text = sheet.edition.say("figure_caption", number="\0", title=block.title(sheet.edition))
    sheet.add_paragraph("Caption", _caption_runs(block, text), '<w:spacing w:before="0"/>')


def _caption_runs(block: TableBlock | FigureBlock, text: str) -> str:
    """Return a caption whose number is a field, so that Word counts on when something is put in between.

    The word and number are bookmarked, for sentences that refer to them.
    """
    before, after = text.split("\0", 1)
    sequence = "Table" if isinstance(block, TableBlock) else "Figure"
    number = field_runs(f"SEQ {sequence} \\* ARABIC", str(block.number))
    return bookmarked(text_run(before) + number, *_reference(block)) + text_run(after)
