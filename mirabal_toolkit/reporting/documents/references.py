"""Where else the numbers of a section stand: sentences whose table names lead to the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import takewhile

from mirabal_toolkit.reporting.documents.blocks import Link, Paragraph, Section, TableBlock
from mirabal_toolkit.reporting.edition import Edition

#: Section → tables of other sections with its numbers in full.
ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "summary": ("before-after", "before-after-scores"),
    "reached": ("attrition", "lost-and-retained"),
    "sensitivity": ("sensitivity", "bounds"),
    "before-after": ("before-after", "before-after-scores"),
    "measures": ("by-wave", "by-wave-scores", "model"),
    "limitations": ("bounds",),
}


def with_references(sections: tuple[Section, ...], edition: Edition) -> tuple[Section, ...]:
    """Return the sections, some with a sentence more after their opening words: where their numbers stand in full."""
    blocks = [block for section in sections for block in section.blocks]
    tables = {block.table.id: block for block in blocks if isinstance(block, TableBlock)}
    return tuple(_referring(section, tables, edition) for section in sections)


def _referring(section: Section, tables: Mapping[str, TableBlock], edition: Edition) -> Section:
    found = [tables[name] for name in ELSEWHERE.get(section.id, ()) if name in tables]
    links = tuple(Link(block.label(edition), block) for block in found if block not in section.blocks)
    if not links:
        return section
    text = edition.say("see_numbers", where=", ".join(link.text for link in links))
    opening = tuple(takewhile(lambda block: isinstance(block, Paragraph), section.blocks))
    rest = section.blocks[len(opening) :]
    return replace(section, blocks=(*opening, Paragraph(text, lead=True, links=links), *rest))


def segments(paragraph: Paragraph) -> Iterator[tuple[str, Link | None]]:
    """Yield the text of a paragraph in pieces, each with the link it is, if it is one.

    Examples
    --------
    >>> list(segments(Paragraph("As said.")))
    [('As said.', None)]
    """
    rest = paragraph.text
    for link in paragraph.links:
        before, _, rest = rest.partition(link.text)
        yield before, None
        yield link.text, link
    yield rest, None
