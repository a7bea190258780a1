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
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_WORD_2013 = "http://schemas.microsoft.com/office/word/2012/wordml"
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


def contents_xml(entries: Sequence[tuple[str, str]], style: str, width: int) -> list[str]:
    """Return the paragraphs of a list of contents: titles that lead to their pages, and the numbers of these.

    For Word they are what its own field of contents (``TOC``) shows until it is updated. Every number is a field of
    its own, too (``PAGEREF``): nobody but the program that lays out the pages knows them. LibreOffice works those out
    when it opens the file, but shows as it was written what stands in a ``TOC``; so only Word is shown that one.

    Parameters
    ----------
    entries : sequence of (text, bookmark)
    style : str
        Id of the style of the lines.
    width : int
        Of the text, in twips; numbers end there.
    """
    tabs = f'<w:tabs><w:tab w:val="right" w:pos="{width}"/></w:tabs>'
    lines = [_contents_line(text, bookmark) for text, bookmark in entries]
    if lines:
        begin, end = _field_ends(r'TOC \o "1-1" \h \z \u')
        lines[0], lines[-1] = begin + lines[0], lines[-1] + end
    return [paragraph_xml(line, style, tabs) for line in lines]


def _contents_line(text: str, bookmark: str) -> str:
    number = "<w:r><w:tab/></w:r>" + field_runs(rf"PAGEREF {bookmark} \h", "")
    return f'<w:hyperlink w:anchor={quoteattr(bookmark)} w:history="1">{text_run(text)}{number}</w:hyperlink>'


def _field_ends(instruction: str) -> tuple[str, str]:
    """Return what stands before and after the result of a field that Word reads and others pass over."""
    begin, separate, end = (f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end"))
    named = f'<w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText>'
    return _for_word(begin) + _for_word(named) + _for_word(separate), _for_word(end)


def _for_word(content: str) -> str:
    """Return a run that is empty for programs that do not know what Word 2013 brought (ECMA-376, Part 3)."""
    return (
        f'<w:r><mc:AlternateContent xmlns:mc="{_COMPATIBILITY}"><mc:Choice xmlns:w15="{_WORD_2013}" Requires="w15">'
        f"{content}</mc:Choice><mc:Fallback/></mc:AlternateContent></w:r>"
    )
