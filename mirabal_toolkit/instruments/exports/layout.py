"""In which order a questionnaire is asked: the safety gate before anything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mirabal_toolkit.core.instrument import Block, Instrument, Item
from mirabal_toolkit.instruments.exports.logic import ALWAYS, Among, Statement, asked, every

Part = Literal["office", "gate", "questions", "closing"]


@dataclass(frozen=True, slots=True)
class Section:
    """Items that stand together.

    Parameters
    ----------
    part : str
        ``office`` (staff fill it in before), ``gate`` (is it safe to talk?), ``questions``, or
        ``closing`` (staff fill it in afterwards).
    block : Block
    items : tuple of Item
    """

    part: Part
    block: Block
    items: tuple[Item, ...]


def sections(instrument: Instrument) -> tuple[Section, ...]:
    """Return the questionnaire in the order it is gone through.

    What staff know beforehand comes first, then the block of the safety gate, then the other blocks in
    their order; how the attempt ended is written down last. Where a condition looks at something that
    this would move behind it, the blocks stay as they are.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> [(part.part, part.block.id) for part in sections(load_instrument("partner-safety@1.0.0"))][:4]
    [('office', 'P'), ('office', 'A'), ('gate', 'A'), ('questions', 'P')]
    """
    gate = {instrument.item(name).block for name in instrument.gate.items} if instrument.gate else set()
    ending = instrument.roles.wave_outcome
    asked_of_her: list[Section] = []
    office: list[Section] = []
    closing: list[Section] = []
    for block in instrument.blocks:
        items = instrument.items_in_block(block.id)
        office += _section("office", block, (item for item in items if item.office and item.id != ending))
        closing += _section("closing", block, (item for item in items if item.office and item.id == ending))
        part: Part = "gate" if block.id in gate else "questions"
        asked_of_her += _section(part, block, (item for item in items if not item.office))
    first = sorted(asked_of_her, key=lambda section: section.part != "gate")
    for ordered in ((*office, *first, *closing), (*office, *asked_of_her, *closing)):
        if in_order(ordered, instrument):
            return ordered
    return tuple(
        Section("gate" if block.id in gate else "questions", block, instrument.items_in_block(block.id))
        for block in instrument.blocks
    )


def _section(part: Part, block: Block, items: Iterable[Item]) -> list[Section]:
    found = tuple(items)
    return [Section(part, block, found)] if found else []


def in_order(ordered: Iterable[Section], instrument: Instrument) -> bool:
    """Whether every condition looks only at items before its own."""
    seen: set[str] = set()
    for section in ordered:
        for item in section.items:
            if item.ask_if and not set(item.ask_if.looked_up(instrument.option_codes)) <= seen:
                return False
            seen.add(item.id)
    return True


def gate_passed(instrument: Instrument, names: Iterable[str] | None = None) -> Statement:
    """Return that the safety gate is passed: every question of it answered, and as it must be.

    Parameters
    ----------
    instrument : Instrument
    names : iterable of str, optional
        Only these questions of the gate.
    """
    if instrument.gate is None:
        return ALWAYS
    codes = instrument.option_codes
    wanted = instrument.gate.items if names is None else names
    return every(Among(name, (codes[name][instrument.gate.pass_option],)) for name in wanted)


def shown(item: Item, instrument: Instrument) -> Statement:
    """Return when a program shows an item: its own condition, once the questions of the gate before it are passed."""
    own = asked(item.ask_if, instrument)
    if item.office or instrument.gate is None:
        return own
    before: Iterable[str] | None = None
    if item.block in {instrument.item(name).block for name in instrument.gate.items}:
        order = [other.id for section in sections(instrument) for other in section.items]
        before = [name for name in instrument.gate.items if order.index(name) < order.index(item.id)]
    return every((gate_passed(instrument, before), own))


def waves_of(item: Item, instrument: Instrument) -> tuple[int, ...]:
    """Return the waves at which an item is asked: what is asked once, at the first."""
    numbers = tuple(wave.number for wave in instrument.waves)
    if item.per_person:
        return numbers[:1]
    return tuple(number for number in numbers if not item.waves or number in item.waves)
