"""The items of a questionnaire as one flat table, for spreadsheets and scripts."""

from __future__ import annotations

from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.file_safety import csv_bytes
from mirabal_toolkit.instruments.exports.dialects import plain_number
from mirabal_toolkit.instruments.exports.layout import waves_of

COLUMNS = (
    *("item", "variable", "block", "type", "response_set", "codes", "missing_codes", "minimum", "maximum", "unit"),
    *("ask_if", "otherwise", "waves", "required", "severe", "sensitivity", "office", "scales", "reversed_in"),
)


def item_table(instrument: Instrument) -> bytes:
    """Return one row an item: its settings, then label, question and note in every language."""
    languages = [language.code for language in instrument.languages]
    texts = [f"{name}_{code}" for code in languages for name in ("label", "text", "note")]
    rows = [[*COLUMNS, *texts]]
    for item in instrument.items:
        words = [getattr(item, name).get(code, "") for code in languages for name in ("label", "text", "note")]
        rows.append([*_settings(item, instrument), *words])
    return csv_bytes(rows, bom=True)


def _settings(item: Item, instrument: Instrument) -> list[str]:
    options = instrument.options(item.id)
    scales = [scale for scale in instrument.scales if item.id in (*scale.items, *scale.severe)]
    return [
        item.id,
        item.variable,
        item.block,
        item.type,
        item.response_set or "",
        " ".join(f"{option.code}:{option.name}" for option in options if option.kind == "valid"),
        " ".join(f"{option.code}:{option.kind}" for option in options if option.kind != "valid"),
        "" if item.minimum is None else plain_number(item.minimum),
        "" if item.maximum is None else plain_number(item.maximum),
        item.unit,
        item.ask_if.source if item.ask_if else "",
        item.otherwise.value if item.ask_if else "",
        " ".join(str(wave) for wave in waves_of(item, instrument)),
        *("yes" if flag else "no" for flag in (item.required, item.severe)),
        item.sensitivity,
        "yes" if item.office else "no",
        " ".join(scale.id for scale in scales),
        " ".join(scale.id for scale in scales if item.id in scale.reversed),
    ]
