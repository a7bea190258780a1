"""The report as a Word document: headings, contents, captions that count, native tables."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from mirabal_toolkit.file_safety import clean_text, steady_archive
from mirabal_toolkit.reporting.documents.outline import (
    Bullets,
    FigureBlock,
    Outline,
    Paragraph,
    Section,
    Subheading,
    TableBlock,
)
from mirabal_toolkit.reporting.documents.word_styles import new_document, set_page
from mirabal_toolkit.reporting.documents.word_xml import (
    add_bookmark,
    append_runs,
    contents_paragraphs,
    field_runs,
    text_run,
)
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.fitting import fit_table
from mirabal_toolkit.reporting.tables.render_docx import add_table

CONTENTS_INSTRUCTION = r'TOC \o "1-1" \h \n \z \u'
#: The largest a picture may be on an A4 page with its caption, in inches.
PICTURE_WIDTH, PICTURE_HEIGHT = 6.65, 8.7


def render_docx_report(outline: Outline, edition: Edition) -> bytes:
    """Return the report as a .docx file; equal outlines give equal bytes."""
    document = new_document(outline.title, outline.language)
    _add_front(document, outline, edition)
    for number, section in enumerate(outline.sections, start=1):
        _turn_page(document, landscape=_begins_landscape(section))
        heading = document.add_heading(clean_text(section.title), level=1)
        add_bookmark(heading, _bookmark(number), number)
        _add_blocks(document, section, edition)
    buffer = io.BytesIO()
    document.save(buffer)
    return steady_archive(buffer.getvalue())


def _bookmark(number: int) -> str:
    return f"_Toc{number:09d}"


def _add_front(document: Any, outline: Outline, edition: Edition) -> None:
    document.add_paragraph(clean_text(outline.title), style="Title")
    document.add_paragraph(clean_text(outline.subtitle), style="Subtitle")
    for number, banner in enumerate(outline.banners):
        document.add_paragraph(banner, style="Banner" if outline.urgent or number else "Lead")
    document.add_paragraph(edition.say("contents"), style="Heading 2")
    entries = [(section.title, _bookmark(number), 1) for number, section in enumerate(outline.sections, start=1)]
    for paragraph in contents_paragraphs(entries, CONTENTS_INSTRUCTION):
        document.element.body.insert_element_before(paragraph, "w:sectPr")
    _add_margins(document, outline, edition)


def _add_margins(document: Any, outline: Outline, edition: Edition) -> None:
    """Write the page number below every page, and above it whether it may be released."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    section = document.sections[0]
    if outline.urgent:
        header = section.header.paragraphs[0]
        header.style = document.styles["Banner"]
        header.add_run(edition.say("header_internal"))
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.style = document.styles["Table note"]
    append_runs(footer, field_runs("PAGE", "1"))


def _turn_page(document: Any, *, landscape: bool) -> None:
    """Go on in pages of the wanted orientation; begin a section only where it changes."""
    from docx.enum.section import WD_SECTION

    section = document.sections[-1]
    if (section.page_width > section.page_height) != landscape:
        set_page(document.add_section(WD_SECTION.NEW_PAGE), landscape=landscape)


def _begins_landscape(section: Section) -> bool:
    """Say whether the first thing after a section's opening words needs a page on its side."""
    first = next((block for block in section.blocks if not isinstance(block, Paragraph)), None)
    return isinstance(first, TableBlock) and fit_table(first.table).landscape


def _add_blocks(document: Any, section: Section, edition: Edition) -> None:
    adders: dict[type, Callable[[Any, Any, Edition], None]] = {
        Paragraph: _add_paragraph,
        Subheading: _add_subheading,
        Bullets: _add_bullets,
        TableBlock: _add_table_block,
        FigureBlock: _add_figure,
    }
    for block in section.blocks:
        adders[type(block)](document, block, edition)


def _add_paragraph(document: Any, block: Paragraph, edition: Edition) -> None:
    del edition
    paragraph = document.add_paragraph(clean_text(block.text), style="Lead" if block.lead else "Normal")
    paragraph.paragraph_format.keep_with_next = block.lead


def _add_subheading(document: Any, block: Subheading, edition: Edition) -> None:
    del edition
    _turn_page(document, landscape=False)
    document.add_heading(clean_text(block.text), level=2)


def _add_bullets(document: Any, block: Bullets, edition: Edition) -> None:
    del edition
    for item in block.items:
        document.add_paragraph(clean_text(item), style="List Bullet")


def _add_table_block(document: Any, block: TableBlock, edition: Edition) -> None:
    _turn_page(document, landscape=fit_table(block.table).landscape)
    caption = document.add_paragraph(style="Caption")
    caption.paragraph_format.keep_with_next = True
    _write_caption(caption, "table_caption", "Table", (block.number, block.table.title), edition)
    add_table(document, block.table)


def _add_figure(document: Any, block: FigureBlock, edition: Edition) -> None:
    from docx.shared import Inches

    _turn_page(document, landscape=False)
    wide, high = block.figure.size
    scale = min(PICTURE_WIDTH / wide, PICTURE_HEIGHT / high)
    picture = document.add_paragraph(style="Normal")
    picture.paragraph_format.keep_with_next = True
    shape = picture.add_run().add_picture(io.BytesIO(block.figure.png), width=Inches(wide * scale))
    properties = shape._inline.docPr  # noqa: SLF001 — the documented way to reach the XML
    properties.set("descr", clean_text(block.figure.sheet.alt))
    properties.set("title", clean_text(block.figure.sheet.caption))
    caption = document.add_paragraph(style="Caption")
    caption.paragraph_format.space_before = 0
    _write_caption(caption, "figure_caption", "Figure", (block.number, block.figure.sheet.caption), edition)


def _write_caption(paragraph: Any, key: str, sequence: str, parts: tuple[int, str], edition: Edition) -> None:
    """Write a caption whose number is a field, so that Word counts on when something is put in between."""
    number, title = parts
    before, after = edition.say(key, number="\0", title=title).split("\0", 1)
    append_runs(paragraph, text_run(before) + field_runs(f"SEQ {sequence} \\* ARABIC", str(number)) + text_run(after))
