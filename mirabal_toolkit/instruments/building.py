"""A parsed instrument file → `Instrument`: block defaults, missing codes and patterns written out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from mirabal_toolkit.core.expressions import Condition, parse_condition
from mirabal_toolkit.core.instrument import (
    Block,
    Change,
    Gate,
    Instrument,
    Item,
    Language,
    MeasureOfSuccess,
    Option,
    Outcome,
    ResponseSet,
    Rights,
    Roles,
    Scale,
    ScoringExample,
    Wave,
)
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.core.reliability import Reliability
from mirabal_toolkit.errors import InputError, Problem

Raw = Mapping[str, Any]
Kind = TypeVar("Kind")

#: Keys of the file that go into `Instrument` as they stand.
_PLAIN = ("id", "version", "status", "effective", "title", "description", "citation", "validation", "reference_period")
_OPTIONAL = ("derived_from", "minutes", "default_plan", "people")


class Builder:
    """Builds the parts of one instrument; keeps every problem it meets instead of stopping at the first.

    Parameters
    ----------
    raw : mapping
        The file, already checked against the schema.
    """

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.problems: list[Problem] = []

    def build(self, fingerprint: str) -> Instrument:
        """Return the instrument; FindingsError if it contradicts itself."""
        return Instrument(**self.parts(fingerprint))

    def parts(self, fingerprint: str) -> dict[str, Any]:
        """Return what an `Instrument` is made of, whatever contradicts what."""
        raw, items = self.raw, self._items()
        return dict(
            **{key: raw[key] for key in _PLAIN},
            **{key: raw[key] for key in _OPTIONAL if key in raw},
            authors=tuple(raw["authors"]),
            rights=_rights(raw["rights"]),
            languages=tuple(Language(code, **language) for code, language in raw["languages"].items()),
            roles=_roles(raw.get("roles", {})),
            waves=_each(Wave, raw["waves"]),
            blocks=tuple(_block(block) for block in raw["blocks"]),
            response_sets=self._response_sets(),
            items=items,
            scales=tuple(_scale(scale, items) for scale in raw.get("scales", ())),
            outcomes=_each(Outcome, raw.get("outcomes", ())),
            measures_of_success=_each(MeasureOfSuccess, raw.get("measures_of_success", ())),
            gate=_gate(raw.get("gate")),
            changes=tuple(_change(change) for change in raw.get("changes", ())),
            tests=tuple(self._example(example, items) for example in raw.get("tests", ())),
            fingerprint=fingerprint,
        )

    def _response_sets(self) -> tuple[ResponseSet, ...]:
        shared = _each(Option, self.raw.get("missing_codes", ()))
        return tuple(
            ResponseSet(
                id=name,
                options=(*_each(Option, raw["options"]), *(shared if raw.get("add_missing_codes", True) else ())),
                direction=raw.get("direction", "neutral"),
            )
            for name, raw in self.raw["response_sets"].items()
        )

    def _items(self) -> tuple[Item, ...]:
        return tuple(
            self._item(block["id"], {**block.get("defaults", {}), **raw})
            for block in self.raw["blocks"]
            for raw in block["items"]
        )

    def _item(self, block: str, raw: Raw) -> Item:
        settings = {key: value for key, value in raw.items() if value is not None}
        settings.setdefault("type", "choice")
        pattern = settings.pop("variable", self.raw["variable"])
        return Item(
            **{
                **settings,
                "block": block,
                "variable": pattern.replace("{item}", raw["id"].lower()),
                "text": settings.get("text", {}),
                "ask_if": self._condition(settings.get("ask_if"), raw["id"]),
                "otherwise": MissingReason(settings.get("otherwise", MissingReason.NOT_APPLICABLE)),
                "waves": tuple(settings.get("waves", ())),
            }
        )

    def _condition(self, source: str | None, item: str) -> Condition | None:
        if source is None:
            return None
        try:
            return parse_condition(source)
        except InputError as error:
            self.problems.append(Problem(error.problem.what, f"item {item}, ask_if", error.problem.fix))
            return None

    def _example(self, raw: Raw, items: tuple[Item, ...]) -> ScoringExample:
        answers: dict[str, float | str] = {}
        for name, answer in raw["answers"].items():
            for item in self._span(name, [item.id for item in items], raw["title"]):
                if item in answers:
                    self.problems.append(Problem(f"answers {item} twice", f"example “{raw['title']}”"))
                answers[item] = answer
        return ScoringExample(raw["title"], answers, raw["expected"])

    def _span(self, name: str, ids: list[str], title: str) -> list[str]:
        """``C1..C8`` → the items from C1 to C8 in the order of the questionnaire."""
        first, dots, last = name.partition("..")
        last = last if dots else first
        if first not in ids or last not in ids or ids.index(first) > ids.index(last):
            self.problems.append(Problem(f"names “{name}”, which are not items in order", f"example “{title}”"))
            return []
        return ids[ids.index(first) : ids.index(last) + 1]


def _each(kind: Callable[..., Kind], raws: Iterable[Raw]) -> tuple[Kind, ...]:
    """Build one `kind` from each mapping; lists become tuples."""
    return tuple(kind(**{key: _frozen(value) for key, value in raw.items()}) for raw in raws)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _rights(raw: Raw) -> Rights:
    return Rights(class_=raw["class"], **{key: value for key, value in raw.items() if key != "class"})


def _roles(raw: Raw) -> Roles:
    reasons = {option: MissingReason(reason) for option, reason in raw.get("wave_reasons", {}).items()}
    return Roles(**{**raw, "wave_reasons": reasons})


def _gate(raw: Raw | None) -> Gate | None:
    return None if raw is None else Gate(tuple(raw["items"]), raw["pass_option"], MissingReason(raw["reason"]))


def _block(raw: Raw) -> Block:
    return Block(**{key: raw[key] for key in ("id", "title", "intro", "attribution") if key in raw})


def _scale(raw: Raw, items: tuple[Item, ...]) -> Scale:
    """A scale; without a list of severe items, those of its items that are marked severe."""
    marked = [item.id for item in items if item.severe and item.id in raw["items"]]
    published = {"reliability": Reliability(**raw["reliability"])} if "reliability" in raw else {}
    return _each(Scale, [{"severe": marked, **raw, **published}])[0]


def _change(raw: Raw) -> Change:
    recode = {int(old): new for old, new in raw.get("recode", {}).items()}
    return Change(**{**raw, "recode": recode})
