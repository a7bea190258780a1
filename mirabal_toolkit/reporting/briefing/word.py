"""The briefing as a Word document of two pages."""

from __future__ import annotations

import io
from typing import Any

from mirabal_toolkit.file_safety import clean_text, steady_archive
from mirabal_toolkit.reporting.briefing.content import Briefing, Panel
from mirabal_toolkit.reporting.documents.docx import Sheet, add_margins
from mirabal_toolkit.reporting.documents.word_styles import new_document
from mirabal_toolkit.reporting.documents.word_template import paper_of
from mirabal_toolkit.reporting.documents.word_xml import element
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.fitting import A4

COLUMNS = 2
#: Size of the large numbers and of the words that stand where a number is hidden, in points.
LARGE, WORDS = 16, 11
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_BORDERS = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="C9D1D9"/>' for side in _SIDES)
_MARGINS = "".join(
    f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in zip(_SIDES, (90, 130, 90, 130), strict=False)
)


def render_docx_briefing(briefing: Briefing, edition: Edition, template: bytes | None = None) -> bytes:
    """Return the briefing as a .docx file; equal briefings give equal bytes.

    Parameters
    ----------
    briefing : Briefing
    edition : Edition
    template : bytes or None
        As for the report (see `documents.docx`).
    """
    document = new_document(briefing.title, briefing.language, template=template)
    sheet = Sheet(document, edition, A4 if template is None else paper_of(document))
    document.add_paragraph(clean_text(briefing.title), style="Title")
    document.add_paragraph(clean_text(briefing.subtitle), style="Subtitle")
    for number, banner in enumerate(briefing.banners):
        document.add_paragraph(banner, style="Banner" if briefing.urgent or number else "Lead")
    for text in briefing.opening:
        document.add_paragraph(clean_text(text))
    add_margins(document, edition, urgent=briefing.urgent)
    document.add_heading(edition.say("briefing_panels"), level=1)
    _add_panels(sheet, briefing.panels)
    heading = document.add_heading(edition.say("briefing_rest"), level=1)
    heading.paragraph_format.page_break_before = True
    for part in briefing.parts:
        document.add_heading(clean_text(part.heading), level=2)
        for text in part.texts:
            document.add_paragraph(clean_text(text), style="List Bullet" if len(part.texts) > 1 else "Normal")
    document.add_paragraph(clean_text(briefing.source), style="Table note")
    buffer = io.BytesIO()
    document.save(buffer)
    return steady_archive(buffer.getvalue())


def _add_panels(sheet: Sheet, panels: tuple[Panel, ...]) -> None:
    from docx.shared import Twips

    if not panels:
        return
    rows = -(-len(panels) // COLUMNS)
    table = sheet.document.add_table(rows, COLUMNS)
    width = sheet.paper.text_width(landscape=False) // COLUMNS
    table.autofit = False
    properties = table._tbl.tblPr  # noqa: SLF001 — the documented way to reach the XML
    layout = next(child for child in properties if child.tag.endswith("}tblLayout"))
    layout.addprevious(element(f"<w:tblBorders>{_BORDERS}</w:tblBorders>"))
    layout.addnext(element(f"<w:tblCellMar>{_MARGINS}</w:tblCellMar>"))
    for row in table.rows:
        row._tr.get_or_add_trPr().append(element("<w:cantSplit/>"))  # noqa: SLF001
    for number, panel in enumerate(panels):
        cell = table.cell(number // COLUMNS, number % COLUMNS)
        _write_panel(cell, panel)
    for cell in table._cells:  # noqa: SLF001 — every cell once
        cell.width = Twips(width)


def _write_panel(cell: Any, panel: Panel) -> None:
    from docx.shared import Pt

    heading = cell.paragraphs[0]
    heading.style, heading.paragraph_format.space_before = "Heading 2", Pt(0)
    heading.add_run(clean_text(panel.heading or panel.label))
    if panel.heading:
        cell.add_paragraph(clean_text(panel.label), style="Lead").paragraph_format.space_after = Pt(2)
    for end in panel.ends:
        line = cell.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        line.paragraph_format.tab_stops.add_tab_stop(Pt(62))
        line.add_run(f"{clean_text(end.when)}\t")
        number = line.add_run(clean_text(end.text))
        number.bold, number.font.size = True, Pt(LARGE if end.text[:1].isdigit() else WORDS)
    if panel.moved:
        cell.add_paragraph().add_run(panel.moved).bold = True
    cell.add_paragraph(clean_text(panel.sentence), style="Table text").paragraph_format.space_after = Pt(4)
