"""Questionnaires as Word documents that a study can go on editing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mirabal_toolkit.instruments.exports import word
from mirabal_toolkit.instruments.exports.phrases import phrase
from mirabal_toolkit.instruments.exports.questionnaire import Answer, Card, Group, Part, Question, Questionnaire
from mirabal_toolkit.instruments.exports.word import Look, paragraph, run

LARGE = 1.7
_NUMBER_WIDTH, _GRID_NUMBER_WIDTH = 780, 640
#: Width of a column of answers; of “don't know” and the like.
_ANSWER_WIDTH, _ASIDE_WIDTH = 880, 590
#: A grid of at most so many questions is not torn apart at the end of a page.
_SHORT_GRID = 6
_WRITE = "_" * 12
#: Width of a bold sign of a number, in twips.
_SIGN = 130


def questionnaire_docx(page: Questionnaire) -> bytes:
    """Return a questionnaire as a Word document; the same bytes every time."""
    document = word.new_document(f"{page.title} – {page.kind}", page.language, scale=LARGE if page.large else 1.0)
    writer = _Writer(page)
    word.append(document, *writer.cover(), *writer.body(), *writer.ending())
    word.add_footer(document, page.facts[0])
    return word.document_bytes(document)


@dataclass(frozen=True)
class _Writer:
    page: Questionnaire

    @property
    def script(self) -> bool:
        return self.page.mode == "script"

    def cover(self) -> Iterator[str]:
        page = self.page
        yield paragraph("Title", run(page.title))
        yield paragraph("Subtitle", run(page.kind))
        yield paragraph("Facts", run(" · ".join(page.facts)), look=Look(under_line=word.ACCENT))
        if page.banner:
            yield paragraph("Normal", run(page.banner, bold=True, colour=word.STOP))
        yield paragraph("Normal", run(f"{page.person}: "), run("_" * 16), look=Look(fill=word.SOFT))
        if page.waves:
            ticks = [part for wave in page.waves for part in (word.box(), run(f"\u00a0{_unbroken(wave)}     "))]
            yield paragraph("Normal", run(f"{page.wave}   "), *ticks, look=Look(fill=word.SOFT))
        yield paragraph("Heading 2", run(page.begin), look=Look(keep=True))
        for text in page.instructions:
            yield paragraph("List Bullet", run(text))

    def body(self) -> Iterator[str]:
        for part in self.page.parts:
            yield from self.part(part)

    def part(self, part: Part) -> Iterator[str]:
        colour = {"gate": word.STOP, "questions": word.ACCENT}.get(part.kind, word.QUIET)
        title = f"{part.id}  {part.title}" if part.id else part.title
        look = Look(keep=True, new_page=self.script and part.kind == "gate", under_line=colour)
        yield paragraph("Heading 1", run(title, colour=colour), look=look)
        if part.routing:
            yield paragraph("Routing", run(f"▸ {part.routing}"), look=Look(keep=True))
        if part.intro:
            yield paragraph("Normal", run(part.intro), look=Look(keep=True))
        for group in part.groups:
            yield from self.group(group)
        if part.ending:
            yield self.stop(part)
            yield paragraph("Gap")
        if part.attribution:
            yield paragraph("Quiet", run(part.attribution))

    def stop(self, part: Part) -> str:
        """What to do when the gate is not passed, in a box."""
        lines = [paragraph("Stop", run(text, bold=text == part.ending[-1])) for text in part.ending]
        sides = "".join(word.border(side, word.STOP, 16) for side in ("top", "left", "bottom", "right"))
        inside = word.cell("".join(lines), word.TEXT_WIDTH - 160, fill=word.STOP_SOFT)
        return word.table([word.TEXT_WIDTH - 160], [word.table_row([inside])], borders=sides, padding=160, indent=160)

    def group(self, group: Group) -> Iterator[str]:
        if group.routing:
            yield paragraph("Routing", run(f"▸ {group.routing}"), look=Look(keep=True))
        if group.grid:
            yield self.grid(group)
        else:
            first = max(_NUMBER_WIDTH, *(_SIGN * len(question.number) + 200 for question in group.questions))
            widths = [first, word.TEXT_WIDTH - first]
            yield word.table(widths, [self.question(question, widths) for question in group.questions])
        yield paragraph("Gap")

    def grid(self, group: Group) -> str:
        """Questions one below the other, their answers beside them."""
        answers = group.questions[0].answers
        columns = [_ASIDE_WIDTH if answer.aside else _ANSWER_WIDTH for answer in answers]
        text_width = word.TEXT_WIDTH - _GRID_NUMBER_WIDTH - sum(columns)
        widths = [_GRID_NUMBER_WIDTH, text_width, *columns]
        line = word.border("bottom", word.INK, 8)
        card = group.questions[0].card
        named = phrase("answers_on", self.page.language, letter=card) if card else ""
        first = paragraph("Small cell", run(named, bold=True, colour=word.ACCENT), look=Look(keep=True))
        head = [
            word.cell(paragraph("Small cell", look=Look(keep=True)), widths[0], borders=line),
            word.cell(first, text_width, borders=line),
        ]
        head += [
            word.cell(self.heading(answer), width, borders=line) for answer, width in zip(answers, columns, strict=True)
        ]
        rows = [word.table_row(head, header=True)]
        last = len(group.questions) - 1
        rows += [
            self.grid_row(question, widths, number, keep=number < last <= _SHORT_GRID)
            for number, question in enumerate(group.questions)
        ]
        return word.table(widths, rows, caption=named, padding=30)

    def heading(self, answer: Answer) -> str:
        text = run(answer.label, bold=not answer.aside, colour=word.QUIET if answer.aside else "", size=7)
        return paragraph("Small cell", text, look=Look(align="center", keep=True))

    def grid_row(self, question: Question, widths: list[int], number: int, *, keep: bool) -> str:
        fill = "F8FAFB" if number % 2 else ""
        line = word.border("bottom")
        texts = paragraph("Cell", run(question.text))
        if question.routing:
            texts += paragraph("Small cell", run(f"▸ {question.routing}", bold=True, colour=word.ACCENT))
        if question.note:
            texts += paragraph("Small cell", run(question.note, colour="343C44"), look=Look(left_line=word.LINE))
        cells = [
            word.cell(
                paragraph("Cell", run(question.number, bold=True, colour=word.ACCENT), look=Look(keep=keep)),
                widths[0],
                fill=fill,
                borders=line,
            ),
            word.cell(texts, widths[1], fill=fill, borders=line),
        ]
        for answer, width in zip(question.answers, widths[2:], strict=True):
            mark = paragraph("Cell", self.mark(answer), look=Look(align="center"))
            cells.append(word.cell(mark, width, fill=fill, borders=line, middle=True))
        return word.table_row(cells)

    def mark(self, answer: Answer) -> str:
        """A code to ring, or a box to tick."""
        colour = word.QUIET if answer.aside else ""
        return run(answer.code, colour=colour) if self.script else word.box(colour=colour)

    def question(self, question: Question, widths: list[int]) -> str:
        """A question by itself: its number at the left."""
        number = paragraph("Normal", run(question.number, bold=True, colour=word.ACCENT))
        parts = [paragraph("Routing", run(f"▸ {question.routing}"), look=Look(keep=True))] if question.routing else []
        parts.append(paragraph("Normal", run(question.text), look=Look(keep=True)))
        if question.note:
            look = Look(fill=word.SOFT, left_line=word.LINE, keep=True)
            parts.append(paragraph("Note for you", run(question.note), look=look))
        parts += self.answers(question)
        return word.table_row([word.cell(number, widths[0]), word.cell("".join(parts), widths[1])])

    def answers(self, question: Question) -> list[str]:
        if question.kind == "text":
            return [paragraph("Normal", look=Look(under_line=word.LINE)) for _ in range(3)]
        if question.kind != "choice":
            aside = question.allowed if question.kind == "number" else phrase("date_parts", self.page.language)
            return [paragraph("Normal", run(f"{_WRITE}   "), run(aside, colour=word.QUIET))]
        valid = [answer for answer in question.answers if not answer.aside]
        asides = [answer for answer in question.answers if answer.aside]
        if question.in_line and not self.page.large:
            return [self.line(list(question.answers))]
        lines = [self.line([answer]) for answer in valid]
        return [*lines, self.line(asides)] if asides else lines

    def line(self, answers: list[Answer]) -> str:
        runs = []
        for answer in answers:
            colour = word.QUIET if answer.aside else ""
            mark = run(f"{answer.code}  ", bold=True, colour=colour) if self.script else self.mark(answer) + run("  ")
            runs += [mark, run(f"{answer.label}      ", colour=colour)]
        return paragraph("Cell", *runs, look=Look(keep=True))

    def ending(self) -> Iterator[str]:
        page = self.page
        yield paragraph("Subtitle", run(page.thanks))
        yield paragraph("Heading 2", run(page.rights_title), look=Look(keep=True))
        for text in page.rights:
            yield paragraph("Quiet", run(text))
        for card in page.cards:
            yield from self.card(card)

    def card(self, card: Card) -> Iterator[str]:
        title = phrase("card", self.page.language, letter=card.letter)
        yield paragraph("Heading 1", run(title, size=18), look=Look(new_page=True, under_line=word.ACCENT))
        for answer in card.answers:
            yield paragraph("Card answer", run(answer))


def _unbroken(text: str) -> str:
    return text.replace(" ", "\u00a0")
