"""A small questionnaire with every kind of item, and the bundled one."""

import pytest

from mirabal_toolkit.core.expressions import parse_condition
from mirabal_toolkit.core.instrument import (
    Block,
    Gate,
    Instrument,
    Item,
    Language,
    Option,
    Outcome,
    ResponseSet,
    Rights,
    Roles,
    Scale,
    Wave,
)
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.instruments.loading import load_instrument

REASONS = (
    Option(97, "not_applicable", {"en": "Does not apply"}, "not_applicable"),
    Option(98, "dont_know", {"en": "Don’t know"}, "dont_know"),
    Option(99, "refused", {"en": "Prefer not to say"}, "refused"),
)


def response_set(name, *names, first=0, reasons=REASONS, direction="neutral"):
    options = tuple(Option(code, option, {"en": option}) for code, option in enumerate(names, start=first))
    return ResponseSet(name, (*options, *reasons), direction)


def item(name, block="B", **fields):
    fields = {"type": "choice", "variable": f"{name.lower()}_w{{wave}}"} | fields
    if "ask_if" in fields:
        fields["ask_if"] = parse_condition(fields["ask_if"])
    return Item(id=name, block=block, label={"en": f"Label of {name}"}, text={}, **fields)


def harm(name, **fields):
    usual = {
        "response_set": "frequency",
        "ask_if": "B2 in (together, apart)",
        "otherwise": MissingReason.NO_CONTACT,
    }
    return item(name, "C", **(usual | fields))


def outcome(name, indicator, kind, estimands=("as_reported",), **fields):
    return Outcome(name, {"en": name}, indicator, kind, "higher_is_worse", estimands, **fields)


ITEMS = (
    item("P1", "P", variable="site", response_set="site"),
    item("P2", "P", variable="first_seen", type="date"),
    item("A0", "A", response_set="ended"),
    item("A_date", "A", type="date"),
    item("A1", "A", response_set="yes_no"),
    item("A2", "A", response_set="yes_no"),
    item("B2", response_set="contact"),
    item("K0", type="integer", response_set="number", minimum=0, maximum=20, unit="children"),
    harm("C1"),
    harm("C2", severe=True),
    harm("C3", response_set="yes_no", ask_if="B2 in (together, apart) and C1 > 0",
         otherwise=MissingReason.NOT_APPLICABLE),
    item("F1", "F", response_set="frequency"),
    item("G1", "G", response_set="always_never"),
    item("G2", "G", response_set="always_never", waves=(2, 3)),
    item("K1", "K", response_set="frequency", ask_if="K0 > 0"),
    item("M1", "M", type="integer", response_set="number", minimum=0, maximum=10),
    item("N1", "N", type="text"),
)  # fmt: skip

BOTH = ("experienced", "while_in_contact")


@pytest.fixture(scope="session")
def small() -> Instrument:
    """Three waves, every kind of item, routing, gate and scale."""
    return Instrument(
        id="small",
        version="1.0.0",
        status="draft",
        effective="2026-01-01",
        title={"en": "Small"},
        description={"en": ""},
        authors=("nobody",),
        citation="",
        validation="none",
        reference_period={"en": "the last three months"},
        rights=Rights("own", "nobody", "CC-BY-4.0", "", True),
        languages=(Language("en", "English", "original"),),
        roles=Roles(
            interview_date="A_date",
            wave_outcome="A0",
            wave_reasons={
                "not_reached": MissingReason.WAVE_MISSED,
                "unsafe": MissingReason.UNSAFE_TO_CONTACT,
                "withdrew": MissingReason.WITHDRAWN,
            },
            contact="B2",
            site="P1",
        ),
        waves=(Wave(1, 0, 14, {}), Wave(2, 3, 14, {}), Wave(3, 6, 14, {})),
        blocks=tuple(Block(name, {"en": name}) for name in "PABCFGKMN"),
        response_sets=(
            response_set("frequency", "never", "once", "few", "weeks", "days", direction="higher_is_worse"),
            response_set("always_never", "never", "rarely", "sometimes", "often", "always"),
            response_set("yes_no", "no", "yes"),
            response_set("site", "north", "south", first=1, reasons=()),
            response_set("contact", "together", "apart", "remote", "none", first=1),
            response_set("ended", "done", "partly", "not_reached", "unsafe", "withdrew", first=1, reasons=()),
            response_set("number"),
        ),
        items=ITEMS,
        scales=(
            Scale("physical", {}, ("C1", "C2"), 0, 4, severe=("C2", "C3"), no_contact_is_zero=True,
                  direction="higher_is_worse"),
            Scale("control", {}, ("F1",), 0, 4, no_contact_is_zero=True, direction="higher_is_worse"),
            Scale("space", {}, ("G1", "F1"), 0, 4, reversed=("F1",), direction="higher_is_better"),
        ),
        outcomes=(
            outcome("hurt", "any", "binary", BOTH, scale="physical"),
            outcome("hurt_badly", "severe", "binary", BOTH, scale="physical"),
            outcome("kinds", "variety", "count", BOTH, scale="physical"),
            outcome("free", "score", "score", scale="space"),
            outcome("often", "category", "binary", BOTH, item="C1", categories=("weeks", "days")),
            outcome("controlled", "category", "binary", item="F1", categories=("once", "few", "weeks", "days")),
            outcome("wellbeing", "value", "score", item="M1"),
            outcome("freedom", "value", "ordinal", item="G1"),
        ),
        gate=Gate(("A1", "A2"), "yes", MissingReason.UNSAFE_TO_CONTACT),
    )  # fmt: skip


@pytest.fixture(scope="session")
def partner_safety() -> Instrument:
    """The bundled questionnaire."""
    return load_instrument("partner-safety@1.0.0")
