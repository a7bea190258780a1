"""The JSON Schema of ``results.json``, for programs that read it: one file a version, kept for good.

``python -m mirabal_toolkit.reporting.results_schema`` writes the schema of the version that is written now; those
of older versions stay as they are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mirabal_toolkit.core.results import ESTIMATE_COLUMNS
from mirabal_toolkit.reporting.records import SCHEMA_VERSION

Schema = dict[str, Any]

_FOLDER = Path(__file__).parent / "schema"
_SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}

_MEANINGS = {
    "analysis": "What kind of number this is; the reference of results lists them.",
    "outcome": "Id of the outcome, item or scale.",
    "indicator": "Which of several numbers of the outcome.",
    "estimand": "Who is asked about: for instance everybody asked, or only those in contact.",
    "population": "Which people: all who started, or those seen at every wave.",
    "model": "By which model; empty for numbers as they were observed.",
    "term": "Which part of the analysis, as its description says.",
    "wave": "Number of the wave.",
    "contrast": "Which waves are compared, as `w5 - w1`.",
    "scale": "Unit: percent, percentage_points, points, odds_ratio …",
    "estimate": "The number itself.",
    "std_error": "Its standard error.",
    "df": "Degrees of freedom.",
    "statistic": "Test statistic.",
    "p_value": "Two-sided p value.",
    "p_adjusted": "The same, adjusted within the family of the plan.",
    "conf_low": "Lower end of the interval at the plan's level.",
    "conf_high": "Upper end of it.",
    "count": "People counted, as released.",
    "n_universe": "People who were meant to be asked, as released.",
    "n_obs": "Person-waves, or pairs, used; as released.",
    "n_persons": "People used, as released.",
    "flags": "What to know before using the number; the reference says what each means.",
}


def results_schema() -> Schema:
    """Return the schema of the ``results.json`` that this toolkit writes.

    A file that obeys it may hold further keys: new ones do not raise the version.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"results.json, version {SCHEMA_VERSION}",
        "description": "Everything that a report was allowed to say, one record an estimate. A number that is hidden "
        "or does not exist is null.",
        "type": "object",
        "required": ["schema", "instrument", "plan", "profile", "months", "untrusted", "decisions", "estimates"],
        "properties": {
            "schema": {"const": SCHEMA_VERSION},
            "instrument": _object(id={"type": "string"}, version={"type": "string"}),
            "plan": _object(id={"type": "string"}, version={"type": "string"}, sha256=_SHA256),
            "profile": _object(
                name={"type": "string"},
                threshold={"type": "integer"},
                hide_zeros={"type": "boolean"},
                rounding={"type": "integer"},
                minimum_base={"type": "integer"},
                minimum_df={"type": "integer"},
                releasable={"type": "boolean"},
            ),
            "months": {
                "type": "object",
                "description": "Number of the wave → months since the start.",
                "patternProperties": {"^[0-9]+$": {"type": ["number", "null"]}},
                "additionalProperties": False,
            },
            "untrusted": {"type": "boolean", "description": "Whether any model could not be trusted."},
            "decisions": {
                "type": "array",
                "items": _object(
                    rule={"type": "string"},
                    analysis={"type": "string"},
                    count={"type": "integer"},
                    comment={"type": "string"},
                ),
            },
            "estimates": {"type": "array", "items": _estimate()},
        },
    }


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "required": list(properties), "properties": properties}


def _estimate() -> Schema:
    properties = {
        name: {**_kind(name, dtype), "description": _MEANINGS[name]} for name, dtype in ESTIMATE_COLUMNS.items()
    }
    infinite = {
        "type": "object",
        "description": "Numbers that are infinite (and null in their own place): 1 or -1.",
        "additionalProperties": {"enum": [1, -1]},
    }
    return {
        "type": "object",
        "required": list(properties),
        "properties": {**properties, "infinite": infinite},
    }


def _kind(name: str, dtype: str) -> Schema:
    if name == "flags":
        return {"type": "array", "items": {"type": "string"}}
    kinds = {"str": ["string", "null"], "Int64": ["integer", "null"]}
    return {"type": kinds.get(dtype, ["number", "null"])}


def schema_file(version: int = SCHEMA_VERSION) -> Path:
    """Return where the schema of a version is."""
    return _FOLDER / f"results-{version}.schema.json"


def schema_text() -> str:
    """Return the schema as its file holds it."""
    return json.dumps(results_schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    schema_file().write_text(schema_text(), encoding="utf-8")
