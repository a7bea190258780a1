"""A questionnaire as it lies on paper: what stands where, whatever it is printed with.

Two kinds: the script an interviewer goes through with her, and the one a woman fills in herself. In both the
safety gate comes first. `questionnaire_html` and `questionnaire_docx` print it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mirabal_toolkit.core.instrument import Instrument, Item, in_language
from mirabal_toolkit.instruments.exports.layout import Section, sections
from mirabal_toolkit.instruments.exports.phrases import phrase
from mirabal_toolkit.instruments.exports.words import routing_words
from mirabal_toolkit.instruments.exports.xlsform import allowed_text

Mode = Literal["script", "self"]
PartKind = Literal["office", "gate", "questions", "closing"]

#: A grid has at most so many columns of answers, and at least so many questions.
MOST_COLUMNS, FEWEST_ROWS = 9, 2
#: Answers whose labels are together no longer stand on one line.
ONE_LINE = 66


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to ring or tick; `aside` for “don't know” and the like."""

    code: str
    label: str
    aside: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question on paper.

    Parameters
    ----------
    number : str
        The id of the item.
    text, note, routing : str
        What is asked; what is for the interviewer alone; who is asked.
    kind : str
        ``choice``, ``number``, ``date`` or ``text``.
    answers : tuple of Answer
    allowed : str
        For numbers: which are allowed.
    card : str
        Letter of the card with the answers; "" without one.
    """

    number: str
    text: str
    kind: Literal["choice", "number", "date", "text"]
    answers: tuple[Answer, ...] = ()
    note: str = ""
    routing: str = ""
    allowed: str = ""
    card: str = ""

    @property
    def in_line(self) -> bool:
        """Whether the answers fit on one line."""
        return sum(len(answer.label) + 4 for answer in self.answers) <= ONE_LINE


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that follow one another; in a grid if they share their answers, with the routing they share."""

    questions: tuple[Question, ...]
    grid: bool
    routing: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the questionnaire; `ending` says what to do when the safety gate is not passed."""

    kind: PartKind
    id: str
    title: str
    intro: str
    routing: str
    attribution: str
    groups: tuple[Group, ...]
    ending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """Answers to hand over or read out."""

    letter: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A whole questionnaire, ready to be printed.

    Parameters
    ----------
    large : bool
        Large print: no grids, every question by itself.
    """

    mode: Mode
    large: bool
    language: str
    title: str
    kind: str
    facts: tuple[str, ...]
    banner: str
    person: str
    wave: str
    waves: tuple[str, ...]
    begin: str
    instructions: tuple[str, ...]
    parts: tuple[Part, ...]
    cards: tuple[Card, ...]
    thanks: str
    rights_title: str
    rights: tuple[str, ...]


def questionnaire(instrument: Instrument, language: str, mode: Mode, *, large: bool = False) -> Questionnaire:
    """Lay a questionnaire out.

    Parameters
    ----------
    instrument : Instrument
    language : str
    mode : str
        ``script`` for interviewers, ``self`` for those who fill it in themselves.
    large : bool
        Large print.
    """
    return _Layout(instrument, language, mode, large).whole()


@dataclass(frozen=True)
class _Layout:
    instrument: Instrument
    language: str
    mode: Mode
    large: bool

    def phrase(self, name: str, **parts: str) -> str:
        return phrase(name, self.language, **parts)

    def whole(self) -> Questionnaire:
        instrument = self.instrument
        parts = _joined([self.part(section) for section in sections(instrument)])
        gate = next((part.title for part in parts if part.kind == "gate"), "")
        return Questionnaire(
            mode=self.mode,
            large=self.large,
            language=self.language,
            title=in_language(instrument.title, self.language),
            kind=self.phrase("script" if self.mode == "script" else "self_complete"),
            facts=self.facts(),
            banner=self.banner(),
            person=self.phrase("person_number"),
            wave=self.phrase("wave"),
            waves=self.waves(),
            begin=self.phrase("before_begin"),
            instructions=self.instructions(gate),
            parts=tuple(part for part in parts if self.mode == "script" or part.kind in ("gate", "questions")),
            cards=tuple(Card(letter, self.card_answers(name)) for name, letter in self.letters().items()),
            thanks=self.phrase("thanks"),
            rights_title=self.phrase("rights"),
            rights=self.rights(),
        )

    def waves(self) -> tuple[str, ...]:
        waves = self.instrument.waves
        return tuple(in_language(wave.label, self.language) for wave in waves) if len(waves) > 1 else ()

    def facts(self) -> tuple[str, ...]:
        period = in_language(self.instrument.reference_period, self.language)
        facts = [self.instrument.reference]
        facts += [self.phrase("looks_back", period=period)] if period else []
        minutes = self.instrument.minutes
        return (*facts, self.phrase("minutes", minutes=f"{minutes:g}")) if minutes else tuple(facts)

    def banner(self) -> str:
        """Drafts say so, of the questionnaire and of the translation; and so do words for a call, put on paper."""
        statuses = {language.code: language.status for language in self.instrument.languages}
        draft = self.instrument.status == "draft" or statuses.get(self.language) == "draft"
        told = [self.phrase("draft")] if draft else []
        if self.mode == "self" and self.spoken():
            told.append(self.phrase("self_spoken"))
        return " ".join(told)

    def spoken(self) -> bool:
        """Whether the safety gate was written for a conversation: it tells an interviewer what to do."""
        gate = self.instrument.gate
        return gate is not None and any(self.instrument.item(name).note for name in gate.items)

    def instructions(self, gate: str) -> tuple[str, ...]:
        if self.mode == "self":
            return tuple(self.phrase(f"self_{number}") for number in (1, 2, 3))
        numbered = (2, 3, 4)
        first = [self.phrase("script_1", gate=gate)] if gate else []
        return (*first, *(self.phrase(f"script_{number}") for number in numbered))

    def rights(self) -> tuple[str, ...]:
        rights = self.instrument.rights
        texts = [f"{rights.holder}, {rights.licence}. {rights.notice}", self.instrument.citation]
        texts += [f"{block.id}: {block.attribution}" for block in self.instrument.blocks if block.attribution]
        return (*texts, f"Validation: {self.instrument.validation}")

    def part(self, section: Section) -> Part:
        items = section.items
        office = {"office": "office", "closing": "office_after"}.get(section.part)
        routings = [self.routing(item) for item in items]
        together = len(set(routings)) == 1 and len(items) > 1 and section.part != "office"
        shared = routings[0] if together else ""
        questions = [
            self.question(item, "" if shared else routing) for item, routing in zip(items, routings, strict=True)
        ]
        block = section.block
        return Part(
            kind=section.part,
            id="" if office else block.id,
            title=self.phrase(office) if office else in_language(block.title, self.language),
            intro="" if office else in_language(block.intro, self.language),
            routing=self.phrase("all_if", routing=shared) if shared else "",
            attribution="" if office else block.attribution,
            groups=self.groups(questions, items, section),
            ending=self.ending() if section.part == "gate" else (),
        )

    def ending(self) -> tuple[str, ...]:
        gate = self.instrument.gate
        options = self.instrument.options(gate.items[0]) if gate else ()
        answer = next((in_language(o.label, self.language) for o in options if gate and o.name == gate.pass_option), "")
        if self.mode == "self":
            return (self.phrase("gate_ends_self", answer=answer),)
        return (self.phrase("gate_ends_script", answer=answer), self.phrase("gate_ends"))

    def routing(self, item: Item) -> str:
        return routing_words(item, self.instrument, self.language, "ask_if" if self.mode == "script" else "answer_if")

    def question(self, item: Item, routing: str) -> Question:
        kind = {"choice": "choice", "date": "date", "text": "text"}.get(item.type, "number")
        limited = kind == "number" and (item.minimum is not None or item.maximum is not None)
        return Question(
            number=item.id,
            text=in_language(item.text, self.language) or in_language(item.label, self.language),
            kind=kind,  # type: ignore[arg-type]
            answers=self.answers(item) if kind == "choice" else (),
            note=in_language(item.note, self.language) if self.mode == "script" else "",
            routing=routing,
            allowed=allowed_text(item, self.instrument, self.language) if limited else "",
            card=self.letters().get(item.response_set or "", "") if kind == "choice" else "",
        )

    def answers(self, item: Item) -> tuple[Answer, ...]:
        return tuple(
            Answer(str(option.code), in_language(option.label, self.language), option.kind != "valid")
            for option in self.instrument.options(item.id)
            if not option.retired
        )

    def groups(self, questions: Sequence[Question], items: Sequence[Item], section: Section) -> tuple[Group, ...]:
        """Neighbours with the same answers share a grid, but not in large print and not at the gate."""
        runs: list[list[Question]] = []
        names: list[str] = []
        for question, item in zip(questions, items, strict=True):
            name = item.response_set or "" if question.kind == "choice" else ""
            gridded = name and section.part == "questions" and not self.large and len(question.answers) <= MOST_COLUMNS
            if gridded and runs and names[-1] == name:
                runs[-1].append(question)
            else:
                runs.append([question])
                names.append(name if gridded else "")
        return tuple(_group(run) for run in runs)

    def letters(self) -> dict[str, str]:
        """Cards for answers that come up again and again, in the order in which they do."""
        if self.mode != "script":
            return {}
        asked = [item for section in sections(self.instrument) for item in section.items if not item.office]
        used = Counter(item.response_set for item in asked if item.type == "choice" and item.response_set)
        gate = set(self.instrument.gate.items) if self.instrument.gate else set()
        names = [
            name
            for name in dict.fromkeys(item.response_set for item in asked if item.id not in gate)
            if name and used[name] > 1 and len(self.instrument.response_set_by_id[name].valid) > 2
        ]
        return {name: chr(ord("A") + place) for place, name in enumerate(names[:26])}

    def card_answers(self, name: str) -> tuple[str, ...]:
        options = self.instrument.response_set_by_id[name].valid
        return tuple(in_language(option.label, self.language) for option in options if not option.retired)


def _group(run: Sequence[Question]) -> Group:
    """Questions as a grid, if they are enough; routing that all share is said once."""
    if len(run) < FEWEST_ROWS:
        return Group(tuple(run), grid=False)
    routings = {question.routing for question in run}
    shared = routings.pop() if len(routings) == 1 else ""
    return Group(tuple(replace(question, routing="") if shared else question for question in run), True, shared)


def _joined(parts: Sequence[Part]) -> list[Part]:
    """Parts for the office that follow one another become one."""
    joined: list[Part] = []
    for part in parts:
        if joined and part.kind == joined[-1].kind == "office":
            joined[-1] = replace(joined[-1], groups=(*joined[-1].groups, *part.groups))
        else:
            joined.append(part)
    return joined
