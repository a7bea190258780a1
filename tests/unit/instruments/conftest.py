"""A small questionnaire in two languages, to be spoilt in every possible way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

TWO_LANGUAGES = """\
format: "1"
id: small-one
version: "1.0.0"
status: stable
effective: "2026-01-31"
title: {en: Small, ro: Mic}
description: {en: For tests}
authors: [us]
citation: us
validation: "none: not yet"
reference_period: {en: last month}
rights: {class: own, holder: us, licence: CC-BY-4.0, notice: free, wording_redistributable: true}
languages: {en: {name: English, status: original}, ro: {name: Romanian, status: draft}}
gate: {items: [S1], pass_option: "yes", reason: unsafe_to_contact}
waves:
  - {number: 1, months: 0, window_days: 7, label: {en: Start}}
  - {number: 2, months: 3, window_days: 7, label: {en: Three}}
missing_codes:
  - {code: 98, name: dont_know, kind: dont_know, label: {en: Don’t know, ro: Nu știu}}
  - {code: 99, name: refused, kind: refused, label: {en: No answer, ro: Nu răspund}}
response_sets:
  yes_no:
    options: [{code: 0, name: "no", label: {en: "No", ro: Nu}}, {code: 1, name: "yes", label: {en: "Yes", ro: Da}}]
  often:
    options:
      - {code: 0, name: never, label: {en: Never, ro: Niciodată}}
      - {code: 1, name: once, label: {en: Once, ro: O dată}}
      - {code: 2, name: daily, label: {en: Every day, ro: Zilnic}}
  number: {options: []}
variable: "{item}_w{wave}"
blocks:
  - id: S
    title: {en: Safe, ro: Siguranță}
    items:
      - {id: S1, response_set: yes_no, sensitivity: none, label: {en: Safe}, text: {en: Is it safe?, ro: Este sigur?}}
  - id: A
    title: {en: First, ro: Întâi}
    intro: {en: "Hello from {service}, 5 questions.", ro: "Bună, {service}, 5 întrebări."}
    defaults: {response_set: often}
    items:
      - {id: A1, label: {en: One}, text: {en: Did he shout?, ro: A țipat?}, note: {en: Wait., ro: Așteptați.}}
      - {id: A2, label: {en: Two}, text: {en: Did he hit?, ro: A lovit?}, ask_if: "A1 >= once"}
      - {id: A3, label: {en: Three}, text: {en: Was he calm?, ro: A fost calm?}, variable: CALM}
      - id: A4
        type: integer
        response_set: number
        minimum: 0
        maximum: 9
        label: {en: How many}
        text: {en: "How many, 0 to 9?", ro: "Câte, 0 la 9?"}
scales:
  - {id: harm, label: {en: Harm}, items: [A1, A2, A3], reversed: [A3], minimum: 0, maximum: 2}
outcomes:
  - {id: harm_any, label: {en: Any}, scale: harm, indicator: any, kind: binary, direction: higher_is_worse,
     estimands: [as_reported], statement: {en: were harmed}}
  - {id: calm, label: {en: Calm}, item: A3, indicator: value, kind: ordinal, direction: higher_is_better,
     estimands: [as_reported]}
changes: []
tests:
  - {title: all, answers: {A1..A2: once, A3: 2}, expected: {harm_any.as_reported: 1}}
"""


def edited(text: str, *edits: tuple[str, str]) -> str:
    """The text with replacements, each of which must find its place."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.fixture
def small() -> str:
    return TWO_LANGUAGES


@pytest.fixture
def shelved(tmp_path: Path) -> Callable[..., Path]:
    """Put a version, with edits, into a folder named as the id; return its file."""

    def put(version: str, *edits: tuple[str, str], base: str = TWO_LANGUAGES) -> Path:
        folder = tmp_path / "small-one"
        folder.mkdir(exist_ok=True)
        text = base.replace('version: "1.0.0"', f'version: "{version}"', 1)
        file = folder / f"{version}.yaml"
        file.write_text(edited(text, *edits), encoding="utf-8")
        return file

    return put
