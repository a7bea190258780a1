"""An instrument as plain data and as plain text, for `mirabal instruments list` and `show`."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from mirabal_toolkit.core.instrument import Block, Instrument, Item, Outcome, Scale, in_language

_RIGHTS = {"own": "own wording", "third_party_free": "by others, free to use", "scoring_only": "scoring only"}


def summary(instrument: Instrument, language: str = "en") -> dict[str, Any]:
    """Return what a catalogue says of an instrument, as plain data.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> entry = summary(load_instrument("partner-safety@1.0.0"))
    >>> entry["id"], entry["version"], entry["languages"], len(entry["waves"])
    ('partner-safety', '1.0.0', {'en': 'original'}, 5)
    """
    return {
        "id": instrument.id,
        "version": instrument.version,
        "status": instrument.status,
        "title": in_language(instrument.title, language),
        "languages": {item.code: item.status for item in instrument.languages},
        "items": len(instrument.items),
        "minutes": instrument.minutes,
        "waves": [{"number": wave.number, "months": wave.months} for wave in instrument.waves],
        "rights": _RIGHTS[instrument.rights.class_],
        "licence": instrument.rights.licence,
        "validation": instrument.validation,
    }


def full_record(instrument: Instrument, language: str = "en") -> dict[str, Any]:
    """Return everything `show` tells, as plain data."""
    return {
        **summary(instrument, language),
        "description": in_language(instrument.description, language),
        "reference_period": in_language(instrument.reference_period, language),
        "citation": instrument.citation,
        "notice": instrument.rights.notice,
        "link": instrument.rights.link,
        "default_plan": instrument.default_plan,
        "fingerprint": instrument.fingerprint,
        "blocks": [_block_record(instrument, block, language) for block in instrument.blocks],
        "response_sets": {
            response_set.id: [
                {
                    "code": o.code,
                    "name": o.name,
                    "label": in_language(o.label, language),
                    "kind": o.kind,
                    "retired": o.retired,
                }
                for o in response_set.options
            ]
            for response_set in instrument.response_sets
        },
        "scales": [_scale_record(scale, language) for scale in instrument.scales],
        "outcomes": [_outcome_record(outcome, language) for outcome in instrument.outcomes],
    }


def _block_record(instrument: Instrument, block: Block, language: str) -> dict[str, Any]:
    return {
        "id": block.id,
        "title": in_language(block.title, language),
        "intro": in_language(block.intro, language),
        "attribution": block.attribution,
        "items": [
            {
                "id": item.id,
                "variable": item.variable,
                "type": item.type,
                "label": in_language(item.label, language),
                "text": in_language(item.text, language),
                "response_set": item.response_set,
                "ask_if": item.ask_if.source if item.ask_if else None,
                "otherwise": item.otherwise.value if item.ask_if else None,
                "severe": item.severe,
                "sensitivity": item.sensitivity,
            }
            for item in instrument.items_in_block(block.id)
        ],
    }


def _scale_record(scale: Scale, language: str) -> dict[str, Any]:
    return {
        "id": scale.id,
        "label": in_language(scale.label, language),
        "items": list(scale.items),
        "reversed": list(scale.reversed),
        "severe": list(scale.severe),
        "minimum_answered": scale.minimum_answered,
        "score_range": list(scale.score_range),
        "direction": scale.direction,
        "source": scale.source,
        "reliability": None if scale.reliability is None else asdict(scale.reliability),
    }


def _outcome_record(outcome: Outcome, language: str) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "label": in_language(outcome.label, language),
        "indicator": outcome.indicator,
        "kind": outcome.kind,
        "of": outcome.scale or outcome.item,
        "threshold": outcome.threshold,
        "direction": outcome.direction,
        "estimands": list(outcome.estimands),
        "measure": outcome.measure,
    }


def as_text(instrument: Instrument, language: str = "en", width: int = 80) -> str:
    """Return the instrument as text for a terminal, no line longer than `width`.

    Parameters
    ----------
    instrument : Instrument
    language : str
        Language of titles and questions; English where it lacks.
    width : int
        Columns, at least 60.
    """
    write = _Writer(instrument, language, max(width, 60))
    write.head()
    for block in instrument.blocks:
        write.block(block)
    write.answers()
    write.scales()
    write.outcomes()
    return "\n".join(write.lines) + "\n"


class _Writer:
    """Collects the lines of `as_text`."""

    def __init__(self, instrument: Instrument, language: str, width: int) -> None:
        self.instrument, self.language, self.width = instrument, language, width
        self.lines: list[str] = []

    def put(self, text: str, first: str = "", rest: str | None = None) -> None:
        """Add wrapped text: `first` begins the first line, `rest` (spaces by default) the others."""
        rest = " " * len(first) if rest is None else rest
        self.lines += textwrap.wrap(text, self.width, initial_indent=first, subsequent_indent=rest) or [first.rstrip()]

    def heading(self, text: str) -> None:
        self.lines.append("")
        self.put(text)
        self.lines.append("─" * min(len(text), self.width))

    def head(self) -> None:
        instrument = self.instrument
        self.put(f"{in_language(instrument.title, self.language)} ({instrument.reference}, {instrument.status})")
        self.lines += ["═" * len(self.lines[0]), ""]
        self.put(in_language(instrument.description, self.language))
        self.lines.append("")
        for name, text in _facts(instrument, self.language):
            self.put(text, f"{name:<12}")

    def block(self, block: Block) -> None:
        items = self.instrument.items_in_block(block.id)
        self.heading(f"{block.id}  {in_language(block.title, self.language)}")
        if block.attribution:
            self.put(block.attribution, "   ")
        usual = _usual(_routing(item) for item in items)
        usual_set = _usual(item.response_set or item.type for item in items)
        self.put("; ".join(part for part in (f"answers: {usual_set}", usual) if part), "   ")
        for item in items:
            own = [item.response_set or item.type] if (item.response_set or item.type) != usual_set else []
            own += [_routing(item) or "asked of everybody"] if _routing(item) != usual else []
            mark = "*" if item.severe else " "
            text = in_language(item.text, self.language) or in_language(item.label, self.language)
            self.put(text, f"{item.id:>6}{mark} ")
            if own:
                self.put("; ".join(own), " " * 8 + "→ ")

    def answers(self) -> None:
        self.heading("Answers")
        for response_set in self.instrument.response_sets:
            options = [
                f"{o.code} {in_language(o.label, self.language)}{' (no longer offered)' if o.retired else ''}"
                for o in response_set.options
            ]
            self.put(" · ".join(options), f"{response_set.id}: ", "    ")

    def scales(self) -> None:
        if self.instrument.scales:
            self.heading("Scales (0–100 unless it says otherwise or an outcome counts)")
        order = [item.id for item in self.instrument.items]
        for scale in self.instrument.scales:
            parts = [f"mean of {spans(scale.items, order)}"]
            parts += [f"reversed: {spans(scale.reversed, order)}"] if scale.reversed else []
            parts += [f"severe: {spans(scale.severe, order)}"] if scale.severe else []
            low, high = scale.score_range
            parts += [f"scored {low:g} to {high:g}"] if (low, high) != (0, 100) else []
            parts.append(f"when {scale.minimum_answered:.0%} of what applies is answered")
            self.put(f"{in_language(scale.label, self.language)}; {'; '.join(parts)}", f"{scale.id}: ", "    ")

    def outcomes(self) -> None:
        titles = {m.number: in_language(m.title, self.language) for m in self.instrument.measures_of_success}
        groups = [*((number, f"Outcomes, measure {number}: {title}") for number, title in titles.items())]
        for measure, title in [*groups, (None, "Outcomes beside the measures of success" if groups else "Outcomes")]:
            chosen = [outcome for outcome in self.instrument.outcomes if outcome.measure == measure]
            if chosen:
                self.heading(title)
            for outcome in chosen:
                label = in_language(outcome.label, self.language)
                estimands = ", ".join(outcome.estimands)
                self.put(f"{label} ({outcome.kind}; {estimands})", f"{outcome.id}: ", "    ")


def spans(item_ids: Sequence[str], order: Sequence[str]) -> str:
    """Return item ids in short, neighbours in the questionnaire joined.

    Examples
    --------
    >>> spans(["C1", "C2", "C3", "D1"], ["C1", "C2", "C3", "C4", "D1"])
    'C1–C3, D1'
    """
    runs: list[list[str]] = []
    for name in item_ids:
        follows = bool(runs) and order.index(name) == order.index(runs[-1][-1]) + 1
        runs[-1].append(name) if follows else runs.append([name])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


def _facts(instrument: Instrument, language: str) -> list[tuple[str, str]]:
    months = ", ".join(f"{wave.months:g}" for wave in instrument.waves)
    windows = {wave.window_days for wave in instrument.waves}
    window = f", give or take {windows.pop()} days" if len(windows) == 1 else ""
    looks_back = in_language(instrument.reference_period, language)
    facts = [
        ("Waves", f"{len(instrument.waves)}, at {months} months{window}; looks back on {looks_back}"),
        ("Length", f"{len(instrument.items)} items, about {instrument.minutes:g} minutes"),
        ("Languages", ", ".join(f"{item.name} ({item.status})" for item in instrument.languages)),
        ("Validation", instrument.validation),
        ("Rights", f"{instrument.rights.holder}, {instrument.rights.licence}. {instrument.rights.notice}"),
        ("Wording at", instrument.rights.link),
        ("Cite as", instrument.citation),
    ]
    return [(name, text) for name, text in facts if text]


def _routing(item: Item) -> str:
    return f"asked if {item.ask_if.source}, else {item.otherwise.value}" if item.ask_if else ""


def _usual(values: Iterable[str]) -> str:
    return Counter(values).most_common(1)[0][0]
