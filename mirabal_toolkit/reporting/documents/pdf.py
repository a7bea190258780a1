"""The report as PDF: tagged for screen readers (PDF/UA), fonts inside, set by Typst.

What the report says goes to Typst as data, never as its program, so no label can be taken for a command.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from mirabal_toolkit.reporting.documents.blocks import (
    Block,
    Bullets,
    FigureBlock,
    Outline,
    Paragraph,
    Section,
    Subheading,
    TableBlock,
)
from mirabal_toolkit.reporting.documents.references import segments
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.text import drawable
from mirabal_toolkit.reporting.tables.fitting import fit_table, unbroken
from mirabal_toolkit.reporting.tables.spec import Cell, Table

#: What the file keeps to: tags, reading order, descriptions of figures, names of languages.
STANDARD = "ua-1"
#: Size of the room for a figure on an upright page, in inches: figures that are higher are made smaller.
ROOM_WIDE, ROOM_HIGH = 6.6, 8.6
#: Tables lower than this, in points, are not broken over two pages.
MOST_WHOLE = 480

Plain = dict[str, Any]


def render_pdf_report(outline: Outline, edition: Edition) -> bytes:
    """Return the report as PDF; equal outlines give equal bytes. Typst must be installed (see `Choices`)."""
    import matplotlib as mpl
    import typst

    program = (resources.files("mirabal_toolkit.reporting") / "templates" / "report.typ").read_bytes()
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    # Its types allow a program in memory with fonts in a folder only by halves.
    compile_pdf: Any = typst.compile
    written: bytes = compile_pdf(
        program,
        root=str(fonts),
        font_paths=[str(fonts)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"report": json.dumps(_report(outline, edition), ensure_ascii=False)},
        pdf_standards=STANDARD,
        timestamp=0,
    )
    return written


def _report(outline: Outline, edition: Edition) -> Plain:
    return {
        "title": _text(outline.title),
        "subtitle": _text(outline.subtitle),
        "banners": [_text(banner) for banner in outline.banners],
        "urgent": outline.urgent,
        "header": edition.say("header_internal") if outline.urgent else None,
        "language": outline.language,
        "contents": edition.say("contents"),
        "runs": list(_runs(outline.sections, edition)),
    }


def _text(text: str) -> str:
    """Return text as the fonts can show it: PDF/UA allows no sign without a shape."""
    return drawable(text).replace("\n", " ")


def _runs(sections: Sequence[Section], edition: Edition) -> Iterator[Plain]:
    """Yield stretches of blocks on pages that lie alike."""
    run: Plain = {"lies": False, "blocks": []}
    for lies, block in _laid(sections, edition):
        if lies != run["lies"]:
            if run["blocks"]:
                yield run
            # A page that is turned is a new one anyway; to ask for one more would leave it empty.
            run = {"lies": lies, "blocks": [{**block, "own_page": False}]}
            continue
        run["blocks"].append(block)
    yield run


def _laid(sections: Sequence[Section], edition: Edition) -> Iterator[tuple[bool, Plain]]:
    """Yield every heading and block with whether its page lies on its side; what leads to a table goes with it."""
    for section in sections:
        kinds = [_lies(block) for block in section.blocks]
        followed = [*kinds, False]
        for place in reversed(range(len(kinds))):
            if isinstance(section.blocks[place], Paragraph | Subheading):
                followed[place] = followed[place + 1]
        yield followed[0], _heading(1, section.title, f"section-{section.id}", own_page=section.own_page)
        for number, (lies, block) in enumerate(zip(followed, section.blocks, strict=False)):
            yield lies, _plain(block, f"{section.id}-{number}", edition)


def _heading(level: int, text: str, name: str, *, own_page: bool = False) -> Plain:
    return {"kind": "heading", "level": level, "text": _text(text), "id": name, "own_page": own_page}


def _lies(block: Block) -> bool:
    return isinstance(block, TableBlock) and fit_table(block.table).landscape


def _plain(block: Block, name: str, edition: Edition) -> Plain:
    if isinstance(block, Paragraph):
        parts = [{"text": _text(text), "to": _anchor(link.block) if link else None} for text, link in segments(block)]
        return {"kind": "paragraph", "lead": block.lead, "parts": parts}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "items": [_text(item) for item in block.items]}
    if isinstance(block, Subheading):
        return _heading(2, block.text, f"part-{name}")
    if isinstance(block, TableBlock):
        return {"kind": "table", "caption": _text(block.caption(edition)), "id": _anchor(block), **_table(block.table)}
    return _figure(block, edition)


def _anchor(block: TableBlock) -> str:
    return f"table-{block.number}"


def _figure(block: FigureBlock, edition: Edition) -> Plain:
    figure = block.figure
    wide, high = figure.size
    return {
        "kind": "figure",
        "caption": _text(block.caption(edition)),
        "alt": _text(figure.sheet.alt),
        "svg": figure.svg.decode(),
        "width": min(1.0, ROOM_HIGH / (high * ROOM_WIDE / wide)),
    }


def _table(table: Table) -> Plain:
    fit = fit_table(table)
    laid = fit.table
    words = [column.kind in ("label", "text") for column in laid.columns]
    headers = [Cell(column.header, under=column.under) for column in laid.columns]
    return {
        "widths": list(fit.widths),
        "small": fit.small,
        "whole": fit.height < MOST_WHOLE,
        "words": words,
        "spans": [{"label": _text(span.label), "width": span.width} for span in laid.spans],
        "headers": [{**_cell(cell), "words": left} for cell, left in zip(headers, words, strict=True)],
        "groups": [
            {"label": _text(group.label), "rows": [[_cell(cell) for cell in row.cells] for row in group.rows]}
            for group in laid.groups
        ],
        "notes": [{"mark": note.mark, "text": _text(note.text)} for note in laid.notes],
    }


def _cell(cell: Cell) -> Plain:
    return {"text": _text(unbroken(cell.text)), "marks": "".join(cell.marks), "under": _text(cell.under)}
