"""Parts that were found in an export → a first instrument file, sound and to be completed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.instruments.exports.yaml_text import yaml_text
from mirabal_toolkit.instruments.loading import read_instrument
from mirabal_toolkit.instruments.xlsform_import import FILE_ORDER, UNKNOWN

_HEAD = """\
# A first draft, made from the labels of a data file by `mirabal instruments draft`.
# Fill in what says “to be filled in”, the months of the waves, and then scales and outcomes:
# docs/instrument-format.md says how. `mirabal instruments lint FILE` tells what is missing.

"""


def complete_draft(parts: Mapping[str, Any], name: str, language: str, today: str) -> tuple[Instrument, str]:
    """Return the instrument and its file.

    Parameters
    ----------
    parts : mapping
        What was found: items, answers, waves.
    name : str
        From which the id is made, such as the name of the file to be written.
    language : str
        Code of the language of the labels.
    today : str
        ``YYYY-MM-DD``; from when it holds.

    Raises
    ------
    FindingsError
        If what was found contradicts itself.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "draft"
    own = {
        "format": "1",
        "id": (plain if plain[0].isalpha() else f"draft-{plain}")[:64].rstrip("-"),
        "effective": today,
        "title": {language: name},
        "description": {language: "to be filled in"},
        "languages": {language: {"name": language, "status": "draft" if language != "en" else "original"}},
    }
    whole = {**UNKNOWN, **own, **parts}
    text = _HEAD + yaml_text({key: whole[key] for key in FILE_ORDER if key in whole})
    return read_instrument(text.encode("utf-8"), name), text
