"""Pieces of a Word document: paragraphs, tables and styles of questionnaires and codebooks.

Bodies are written as WordprocessingML, in the order of elements of ECMA-376 Part 1, section 17; Word repairs or
refuses files that mix it up. A questionnaire has thousands of cells, which python-docx would add one by one.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from mirabal_toolkit.file_safety import clean_text, steady_archive

FONT = "Arial"
SYMBOLS = "Segoe UI Symbol"
INK, QUIET, ACCENT, STOP = "1B1F24", "545D66", "14505C", "8A2C0D"
SOFT, STOP_SOFT, LINE = "F2F5F7", "FDF1EA", "C9D1D8"
LANGUAGES = {"en": "en-GB", "ro": "ro-RO", "it": "it-IT", "el": "el-GR"}
#: Width of the text of an A4 page with the margins of `new_document`, in twips.
TEXT_WIDTH = 10_092
TWIPS_PER_POINT = 20
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FIXED_DATE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)

#: Style, size in points (normal print), bold, colour, space before and after.
_STYLES = (
    ("Normal", 10.5, False, INK, 0, 5),
    ("Title", 23, True, INK, 0, 0),
    ("Subtitle", 12.5, True, ACCENT, 2, 4),
    ("Heading 1", 14, True, ACCENT, 16, 5),
    ("Heading 2", 11.5, True, INK, 10, 3),
    ("List Bullet", 10.5, False, INK, 0, 2),
)
_OWN_STYLES = (
    ("Facts", 10, False, QUIET, 0, 4),
    ("Routing", 10, True, ACCENT, 2, 4),
    ("Note for you", 9.5, False, "343C44", 2, 4),
    ("Cell", 10, False, INK, 2, 2),
    ("Small cell", 8.5, False, INK, 1, 1),
    ("Quiet", 9, False, QUIET, 0, 3),
    ("Stop", 10.5, False, "5F1D07", 1, 1),
    ("Gap", 4, False, QUIET, 0, 0),
    ("Card answer", 24, False, INK, 9, 9),
)


def new_document(title: str, language: str, *, scale: float = 1.0) -> Any:
    """Return an empty A4 document with the styles of questionnaires.

    Parameters
    ----------
    title : str
        Title in the document's properties.
    language : str
    scale : float
        How much larger than normal print.
    """
    from docx import Document
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Mm

    document = Document()
    for name, *look in _STYLES:
        _set_style(document.styles[name], scale, *look)
    for name, *look in _OWN_STYLES:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        _set_style(style, 1.0 if name == "Card answer" else scale, *look)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(16)
    section.top_margin, section.bottom_margin = Mm(16), Mm(18)
    _set_properties(document, title, LANGUAGES.get(language, language))
    return document


def _set_style(style: Any, scale: float, *look: Any) -> None:
    from docx.shared import Pt, RGBColor

    size, bold, colour, before, after = look
    font = style.font
    font.name, font.size, font.bold, font.italic = FONT, Pt(round(size * scale * 2) / 2), bold, False
    font.color.rgb = RGBColor.from_string(colour)
    for spacing in style.element.rPr.findall(f"{{{_NAMESPACE}}}spacing"):
        style.element.rPr.remove(spacing)
    fonts = style.element.rPr.rFonts
    for attribute in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[attribute]
    form = style.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), 1.08
    properties = style.element.pPr
    borders = properties.find(f"{{{_NAMESPACE}}}pBdr") if properties is not None else None
    if borders is not None:
        properties.remove(borders)


def _set_properties(document: Any, title: str, language: str) -> None:
    from docx.oxml.ns import qn

    for tag in document.styles.element.iter(qn("w:lang")):
        tag.set(qn("w:val"), language)
    properties = document.core_properties
    properties.title, properties.language = clean_text(title)[:255], language
    properties.author = properties.last_modified_by = "Mirabal toolkit"
    properties.comments = properties.keywords = properties.subject = properties.category = ""
    properties.created = properties.modified = _FIXED_DATE
    properties.revision = 1


def add_footer(document: Any, text: str) -> None:
    """Put a text and the page number at the foot of every page."""
    paragraph = document.sections[0].footer.paragraphs[0]
    field = (
        f"{run('Page ', colour=QUIET, size=8)}"
        '<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:fldChar w:fldCharType="separate"/></w:r>'
        f"{run('1', size=8)}"
        '<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:fldChar w:fldCharType="end"/></w:r>'
    )
    tab = "<w:r><w:tab/></w:r>"
    stops = [("clear", 4320), ("clear", 8640), ("right", TEXT_WIDTH)]
    tabs = "".join(f'<w:tab w:val="{kind}" w:pos="{place}"/>' for kind, place in stops)
    right = f"<w:tabs>{tabs}</w:tabs>"
    new = _element(f"<w:p><w:pPr>{right}</w:pPr>{run(text, colour=QUIET, size=8)}{tab}{field}</w:p>")
    paragraph._p.getparent().replace(paragraph._p, new)  # noqa: SLF001 - the documented way to reach the XML


def document_bytes(document: Any) -> bytes:
    """Return the file of a document; the same bytes every time."""
    buffer = io.BytesIO()
    document.save(buffer)
    return steady_archive(buffer.getvalue())


def append(document: Any, *xml: str) -> None:
    """Append paragraphs and tables, as XML, to the body."""
    for part in xml:
        if part:
            document.element.body.insert_element_before(_element(_with_styles(document, part)), "w:sectPr")


def _with_styles(document: Any, xml: str) -> str:
    """Names of styles become their ids."""
    for name, *_ in (*_STYLES, *_OWN_STYLES):
        marker = f'w:val="style:{name}"'
        if marker in xml:
            xml = xml.replace(marker, f"w:val={quoteattr(document.styles[name].style_id)}")
    return xml


def _element(xml: str) -> Any:
    from docx.oxml import parse_xml

    head, end, rest = xml.partition(">")
    slash = "/" if head.endswith("/") else ""
    return parse_xml(f'{head.removesuffix("/")} xmlns:w="{_NAMESPACE}"{slash}{end}{rest}')


def run(text: str, *, bold: bool = False, colour: str = "", size: float = 0, font: str = "") -> str:
    """Return a run of text; line breaks in it stay."""
    properties = (
        (f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}" w:eastAsia="{font}"/>' if font else "")
        + ("<w:b/>" if bold else "")
        + (f'<w:color w:val="{colour}"/>' if colour else "")
        + (f'<w:sz w:val="{round(size * 2)}"/>' if size else "")
    )
    inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    lines = clean_text(text).split("\n")
    texts = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f"<w:r>{inside}{texts}</w:r>"


def box(*, colour: str = "") -> str:
    """Return an empty box to tick."""
    return run("☐", colour=colour, font=SYMBOLS)


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph lies: kept with the next one, on a new page, shaded, with a line at its left or below."""

    keep: bool = False
    new_page: bool = False
    fill: str = ""
    left_line: str = ""
    under_line: str = ""
    align: str = ""
    indent: int = 0


_PLAIN = Look()


def paragraph(style: str, *runs: str, look: Look = _PLAIN) -> str:
    """Return a paragraph as XML."""
    left = f'<w:left w:val="single" w:sz="18" w:space="6" w:color="{look.left_line}"/>' if look.left_line else ""
    under = f'<w:bottom w:val="single" w:sz="10" w:space="2" w:color="{look.under_line}"/>' if look.under_line else ""
    properties = (
        f'<w:pStyle w:val="style:{style}"/>'
        + ("<w:keepNext/>" if look.keep else "")
        + "<w:keepLines/>"
        + ("<w:pageBreakBefore/>" if look.new_page else "")
        + (f"<w:pBdr>{left}{under}</w:pBdr>" if left or under else "")
        + (f'<w:shd w:val="clear" w:color="auto" w:fill="{look.fill}"/>' if look.fill else "")
        + (f'<w:ind w:left="{look.indent}"/>' if look.indent else "")
        + (f'<w:jc w:val="{look.align}"/>' if look.align else "")
    )
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def cell(content: str, width: int, *, fill: str = "", borders: str = "", middle: bool = False) -> str:
    """Return a cell; `content` is one paragraph or more."""
    properties = (
        f'<w:tcW w:w="{width}" w:type="dxa"/>'
        + (f"<w:tcBorders>{borders}</w:tcBorders>" if borders else "")
        + (f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else "")
        + ('<w:vAlign w:val="center"/>' if middle else "")
    )
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def border(side: str, colour: str = LINE, size: int = 4) -> str:
    """Return one border of a cell or table; `size` in eighths of a point."""
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'


def table(
    widths: Sequence[int],
    rows: Sequence[str],
    *,
    borders: str = "",
    caption: str = "",
    padding: int = 60,
    indent: int = 0,
) -> str:
    """Return a table; its rows as `table_row` writes them."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    described = f"<w:tblCaption w:val={quoteattr(clean_text(caption))}/>" if caption else ""
    sides = f'<w:left w:w="{padding}" w:type="dxa"/><w:right w:w="{padding}" w:type="dxa"/>'
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        + (f'<w:tblInd w:w="{indent}" w:type="dxa"/>' if indent else "")
        + (f"<w:tblBorders>{borders}</w:tblBorders>" if borders else "")
        + f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{sides}</w:tblCellMar>'
        '<w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" '
        f'w:noHBand="0" w:noVBand="1"/>{described}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def table_row(cells: Sequence[str], *, header: bool = False) -> str:
    """Return a row that does not break over pages; header rows come again on every page."""
    repeated = "<w:tblHeader/>" if header else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(cells)}</w:tr>"
