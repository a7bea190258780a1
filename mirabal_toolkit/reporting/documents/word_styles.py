"""A Word document with the styles of the report: A4, real headings, one typeface, a language."""

from __future__ import annotations

import datetime as dt
import io
from functools import lru_cache
from typing import Any

from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.reporting.documents.word_template import open_template
from mirabal_toolkit.reporting.tables.fitting import A4, Paper

FONT = "Arial"
LANGUAGES = {"en": "en-GB", "ro": "ro-RO", "it": "it-IT", "el": "el-GR"}
#: Signs of a title in the properties of a document.
LONGEST_TITLE = 255
#: Documents carry no date of their own, so that equal results give equal bytes.
FIXED_DATE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_INK, _QUIET = "1B1F24", "50585F"

#: Ids by which Word knows its own styles, where they differ from those python-docx makes of their names.
STYLE_IDS = {"toc 1": "TOC1"}

#: Style, size in points, bold, colour, space before and after in points.
_STYLES = (
    ("Normal", 10, False, _INK, 0, 6),
    ("Title", 24, True, _INK, 0, 4),
    ("Subtitle", 12, False, _QUIET, 0, 10),
    ("Heading 1", 16, True, _INK, 18, 6),
    ("Heading 2", 12.5, True, _INK, 12, 4),
    ("Caption", 10, True, _INK, 12, 4),
    ("List Bullet", 10, False, _INK, 0, 4),
)
#: The same for styles that Word does not have.
_OWN_STYLES = (
    ("Table text", 8.5, False, _INK, 1, 1),
    ("Table text small", 7, False, _INK, 1, 1),
    ("Table note", 8, False, _QUIET, 2, 0),
    ("Lead", 10, False, _QUIET, 0, 6),
    ("Banner", 10.5, True, "7A2E00", 0, 6),
    ("toc 1", 10.5, False, _INK, 0, 3),
)


def new_document(title: str, language: str, *, landscape: bool = False, template: bytes | None = None) -> Any:
    """Return an empty document with the styles of the report, or with those of a template where it has them.

    Parameters
    ----------
    title : str
        Title in the document's properties.
    language : str
        Language code of the text.
    landscape : bool
        Whether the page lies on its side.
    template : bytes or None
        A template that `word_template.read_template` has read.
    """
    from docx import Document

    code = LANGUAGES.get(language, language)
    if template is None:
        document = Document(io.BytesIO(_empty(code)))
        set_page(document.sections[0], landscape=landscape)
    else:
        document = open_template(template)
        _prepare(document, code, as_template=True)
    _set_properties(document, title, code)
    return document


@lru_cache(maxsize=8)
def _empty(language: str) -> bytes:
    """Return a document with the styles of the report and nothing in it; a report is many files of such."""
    from docx import Document

    document = Document()
    _drop_table_styles(document)
    for style in _STYLES:
        _set_style(document.styles[style[0]], *style[1:])
    _prepare(document, language, as_template=False)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _prepare(document: Any, language: str, *, as_template: bool) -> None:
    _drop_second_styles(document)
    _add_own_styles(document, as_template=as_template)
    _set_language(document, language)


def _drop_second_styles(document: Any) -> None:
    """Take out the copy of the styles that Word 2010 kept: Word repairs files whose copy says something else."""
    relations = document.part.rels
    for name in [name for name, relation in relations.items() if relation.reltype.endswith("/stylesWithEffects")]:
        del relations[name]


def _drop_table_styles(document: Any) -> None:
    """Take out python-docx's hundred looks of tables, nine tenths of its styles: tables of the report have their own.

    Its picture of an empty page goes too, which folders would show for every document.
    """
    from docx.enum.style import WD_STYLE_TYPE

    plain = document.styles.default(WD_STYLE_TYPE.TABLE)
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style != plain:
            style.element.getparent().remove(style.element)
    relations = document.part.package.rels
    for name in [name for name, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[name]


def style_ids(document: Any) -> dict[str, str]:
    """Return the ids of the styles of paragraphs, by name; python-docx would look through all for every paragraph."""
    from docx.enum.style import WD_STYLE_TYPE

    return {style.name: style.style_id for style in document.styles if style.type == WD_STYLE_TYPE.PARAGRAPH}


def set_page(section: Any, *, landscape: bool, paper: Paper = A4) -> None:
    """Make the pages of a section lie upright or on their side; margins of a template stay as they are."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Twips

    short, long = Twips(paper.width), Twips(paper.height)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    if not paper.own_margins:
        side, top = (paper.side_lying, paper.top_lying) if landscape else (paper.side, paper.top)
        section.left_margin = section.right_margin = Twips(side)
        section.top_margin = section.bottom_margin = Twips(top)


def _add_own_styles(document: Any, *, as_template: bool) -> None:
    """Add the styles Word does not have, unless a template has them; beside a template in its typeface."""
    from docx.enum.style import WD_STYLE_TYPE

    known = {style.name for style in document.styles}
    for name, *look in _OWN_STYLES:
        if name in known:
            continue
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.element.styleId = STYLE_IDS.get(name, style.style_id)
        style.base_style = document.styles["Normal"]
        _set_style(style, *look, typeface="" if as_template else FONT)
        if name.startswith("Table text"):
            style.paragraph_format.line_spacing = 1.0


def _set_style(style: Any, *look: Any, typeface: str = FONT) -> None:
    from docx.shared import Pt, RGBColor

    size, bold, colour, before, after = look
    font = style.font
    font.size, font.bold, font.italic = Pt(size), bold, False
    font.color.rgb = RGBColor.from_string(colour)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    if not typeface:
        return
    font.name = typeface
    fonts = style.element.rPr.rFonts
    for attribute in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[attribute]
    borders = style.element.pPr.find(f"{{{fonts.nsmap['w']}}}pBdr") if style.element.pPr is not None else None
    if borders is not None:
        style.element.pPr.remove(borders)


def _set_language(document: Any, language: str) -> None:
    from docx.oxml.ns import qn

    for tag in document.styles.element.iter(qn("w:lang")):
        tag.set(qn("w:val"), language)


def _set_properties(document: Any, title: str, language: str) -> None:
    properties = document.core_properties
    properties.title, properties.language = clean_text(title)[:LONGEST_TITLE], language
    properties.author = properties.last_modified_by = "Mirabal toolkit"
    properties.comments = properties.keywords = properties.subject = properties.category = ""
    properties.created = properties.modified = FIXED_DATE
    properties.revision = 1
