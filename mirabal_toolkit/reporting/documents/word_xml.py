"""Pieces of WordprocessingML that python-docx has no words for: fields, bookmarks, table rows.

The order of elements is that of ECMA-376, Part 1, section 17; Word repairs or refuses files that
mix it up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from mirabal_toolkit.file_safety import clean_text

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DECLARATION = f'xmlns:w="{NAMESPACE}"'
_END_OF_TAG = re.compile("/?>")


def element(xml: str) -> Any:
    """Return an element from XML whose outermost tag lacks the declaration of the ``w`` namespace."""
    from docx.oxml import parse_xml

    return parse_xml(_END_OF_TAG.sub(rf" {_DECLARATION}\g<0>", xml, count=1))


def paragraph_xml(runs: str, style: str = "", properties: str = "") -> str:
    """Return a paragraph of runs; `style` is the id of its style, `properties` the rest inside of its ``w:pPr``."""
    named = f"<w:pStyle w:val={quoteattr(style)}/>" if style else ""
    inside = f"<w:pPr>{named}{properties}</w:pPr>" if named or properties else ""
    return f"<w:p>{inside}{runs}</w:p>"


def switched(name: str, *, on: bool) -> str:
    """Return a property of a paragraph that is on or off, whatever its style says."""
    return f"<w:{name}/>" if on else f'<w:{name} w:val="0"/>'


def text_run(text: str, properties: str = "") -> str:
    """Return a run of text as XML; `properties` is the inside of its ``w:rPr``."""
    inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inside}<w:t xml:space="preserve">{escape(clean_text(text))}</w:t></w:r>'


def field_runs(instruction: str, shown: str) -> str:
    """Return the runs of a field that shows `shown` until Word works it out again."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f"{text_run(shown)}"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def append_runs(paragraph: Any, runs: str) -> None:
    """Append runs, as XML, to a python-docx paragraph."""
    for child in list(element(f"<w:p>{runs}</w:p>")):
        paragraph._p.append(child)  # noqa: SLF001 — the documented way to reach the XML


def bookmarked(runs: str, name: str, number: int) -> str:
    """Return runs inside a bookmark."""
    start = f'<w:bookmarkStart w:id="{number}" w:name={quoteattr(name)}/>'
    return f'{start}{runs}<w:bookmarkEnd w:id="{number}"/>'


def contents_xml(entries: Sequence[tuple[str, str, int]], width: int) -> list[str]:
    """Return the paragraphs of a list of contents: titles that lead to their pages, and the numbers of these.

    Every number is a field of its own (``PAGEREF``): LibreOffice works it out when it opens the file, Word when
    fields are updated. A field of Word's own contents (``TOC``) shows what was written into it, and nobody but the
    program that lays out the pages knows their numbers; to make Word ask at once it must be told to put a warning
    before the reader, which a report that is sent on should not.

    Parameters
    ----------
    entries : sequence of (text, bookmark, level)
    width : int
        Of the text, in twips; numbers end there.
    """
    return [_contents_line(text, bookmark, level, width) for text, bookmark, level in entries]


def _contents_line(text: str, bookmark: str, level: int, width: int) -> str:
    tabs = f'<w:tabs><w:tab w:val="right" w:pos="{width}"/></w:tabs>'
    number = "<w:r><w:tab/></w:r>" + field_runs(rf"PAGEREF {bookmark} \h", "")
    link = f'<w:hyperlink w:anchor={quoteattr(bookmark)} w:history="1">{text_run(text)}{number}</w:hyperlink>'
    return paragraph_xml(link, f"TOC{level}", tabs)
