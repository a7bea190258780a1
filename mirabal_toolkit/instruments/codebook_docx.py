"""Codebooks as Word documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from mirabal_toolkit.instruments.codebook import Codebook, ItemCard, ScaleCard, WaveTable
from mirabal_toolkit.instruments.exports import word
from mirabal_toolkit.instruments.exports.word import Look, paragraph, run

_NAME_WIDTH = 1_700
_LABEL_WIDTH, _LEAST_LABEL = 4_200, 2_600
_CARD_WIDTHS = (1_300, 4_400, 600, word.TEXT_WIDTH - 6_300)
#: What belongs to a card stays on the page of what follows.
_KEPT = Look(keep=True)


def codebook_docx(book: Codebook) -> bytes:
    """Return a codebook as a Word document; the same bytes every time."""
    document = word.new_document(f"{book.title} – Codebook", book.language)
    word.append(document, *_cover(book), *_blocks(book), *_scores(book), *_gaps(book))
    word.add_footer(document, f"{book.reference} · Codebook")
    return word.document_bytes(document)


def _cover(book: Codebook) -> Iterator[str]:
    yield paragraph("Title", run(book.title))
    yield paragraph("Subtitle", run(f"Codebook · {book.reference}"))
    yield paragraph("Normal", run(book.description))
    yield _facts(book.facts)
    yield paragraph("Gap")
    for text in book.reading:
        yield paragraph("Normal", run(text), look=Look(fill=word.SOFT))


def _facts(pairs: Sequence[tuple[str, str]]) -> str:
    """Names and texts beside each other."""
    widths = [_NAME_WIDTH, word.TEXT_WIDTH - _NAME_WIDTH]
    rows = [
        word.table_row([
            word.cell(paragraph("Small cell", run(name, colour=word.QUIET), look=_KEPT), widths[0]),
            word.cell(paragraph("Small cell", run(text), look=_KEPT), widths[1]),
        ])
        for name, text in pairs
    ]  # fmt: skip
    return word.table(widths, rows) if rows else ""


def _blocks(book: Codebook) -> Iterator[str]:
    for block in book.blocks:
        yield paragraph("Heading 1", run(f"{block.id}  {block.title}"), look=Look(keep=True, under_line=word.ACCENT))
        if block.intro:
            yield paragraph("Quiet", run(block.intro), look=Look(keep=True))
        for item in block.items:
            yield from _item(item)
        if block.attribution:
            yield paragraph("Quiet", run(block.attribution))


def _item(item: ItemCard) -> Iterator[str]:
    head = [run(f"{item.id}   ", colour=word.ACCENT), run(item.label)]
    yield paragraph("Heading 2", *head, look=Look(keep=True))
    if item.text:
        yield paragraph("Normal", run(item.text), look=Look(keep=True))
    if item.note:
        yield paragraph("Note for you", run(item.note), look=Look(keep=True, left_line=word.LINE, fill=word.SOFT))
    yield _facts_and_codes(item) if item.codes else _facts(item.facts)
    if item.numbers:
        yield paragraph("Gap", look=_KEPT)
        yield _waves(item.numbers, f"{item.id} by wave")
    yield paragraph("Gap")


def _facts_and_codes(item: ItemCard) -> str:
    """Facts at the left, codes at the right: two cards then stand on a page."""
    rows = []
    for fact, line in zip_longest(item.facts, item.codes):
        name, text = fact or ("", "")
        code, label, remark = (line.code, line.label, line.remark) if line else ("", "", "")
        last = [run(f"  ({remark})", colour=word.QUIET)] if remark else []
        cells = (
            paragraph("Small cell", run(name, colour=word.QUIET), look=_KEPT),
            paragraph("Small cell", run(text), look=_KEPT),
            paragraph("Small cell", run(code, bold=True, colour=word.ACCENT), look=Look(align="right", keep=True)),
            paragraph("Small cell", run(label), *last, look=_KEPT),
        )
        rows.append(word.table_row([word.cell(cell, width) for cell, width in zip(cells, _CARD_WIDTHS, strict=True)]))
    return word.table(list(_CARD_WIDTHS), rows)


def _waves(table: WaveTable, caption: str) -> str:
    """A table with one column a wave."""
    columns = max(len(table.waves), 1)
    label = max(min(_LABEL_WIDTH, word.TEXT_WIDTH - 1_500 * columns), _LEAST_LABEL)
    width = min((word.TEXT_WIDTH - label) // columns, 1_900)
    widths = [label, *([width] * len(table.waves))]
    rule = word.border("bottom", word.INK, 8)
    names = ["", *table.waves]
    head = [_cell(name, size, rule, bold=True, keep=True) for name, size in zip(names, widths, strict=True)]
    rows = [word.table_row(head, header=True)]
    for row in table.rows:
        colour = word.QUIET if row.aside else ""
        cells = [
            _cell(text, size, word.border("bottom"), bold=row.total, colour=colour, keep=row is not table.rows[-1])
            for text, size in zip((row.label, *row.cells), widths, strict=True)
        ]
        rows.append(word.table_row([cells[0].replace('w:val="right"', 'w:val="left"'), *cells[1:]]))
    return word.table(widths, rows, caption=caption)


def _cell(text: str, width: int, rule: str, *, bold: bool = False, colour: str = "", keep: bool = False) -> str:
    inside = paragraph("Small cell", run(text, bold=bold, colour=colour), look=Look(align="right", keep=keep))
    return word.cell(inside, width, borders=rule)


def _scores(book: Codebook) -> Iterator[str]:
    if not (book.scales or book.single):
        return
    yield paragraph("Heading 1", run("Scores"), look=Look(keep=True, under_line=word.ACCENT))
    for scale in book.scales:
        yield from _scale(scale)
    if book.single:
        yield paragraph("Heading 2", run("From single items"), look=Look(keep=True))
        yield from _outcomes(book.single)


def _scale(scale: ScaleCard) -> Iterator[str]:
    yield paragraph("Heading 2", run(f"{scale.id}   ", colour=word.ACCENT), run(scale.label), look=Look(keep=True))
    yield _facts(scale.facts)
    yield from _outcomes(scale.outcomes)
    if scale.numbers:
        yield _waves(scale.numbers, f"{scale.id}: reliability by wave")
    yield paragraph("Gap")


def _outcomes(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, rules in pairs:
        yield paragraph("Normal", run(name, bold=True), look=Look(keep=True))
        for rule in rules.split("\n"):
            yield paragraph("Quiet", run(rule), look=Look(indent=240))


def _gaps(book: Codebook) -> Iterator[str]:
    if book.numbers is None:
        return
    yield paragraph("Heading 1", run("Missing answers"), look=Look(keep=True, under_line=word.ACCENT))
    told = "Of the questions that applied to those interviewed, the share refused, not known or left out."
    yield paragraph("Normal", run(told), look=Look(keep=True))
    yield _waves(book.numbers.gaps, "Missing answers by block and wave")
    yield paragraph("Heading 2", run("At which waves people were interviewed"), look=Look(keep=True))
    widths = [3_000, 1_500]
    rows = [
        word.table_row([
            word.cell(paragraph("Cell", run(text, font=word.SYMBOLS)), widths[0]),
            word.cell(paragraph("Cell", run(count), look=Look(align="right")), widths[1]),
        ])
        for text, count in book.numbers.patterns
    ]  # fmt: skip
    yield word.table(widths, rows)
