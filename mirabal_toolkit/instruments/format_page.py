"""The page `docs/instrument-format.md`, written from the JSON Schema so that the two cannot differ.

To write it again::

    python -m mirabal_toolkit.instruments.format_page > docs/instrument-format.md
"""

from __future__ import annotations

import sys

from mirabal_toolkit.instruments.loading import instrument_schema
from mirabal_toolkit.yaml_schema import settings_table

_HEAD = """# The format of a questionnaire file

<!-- Written from mirabal_toolkit/instruments/schema/instrument.schema.json by
     `python -m mirabal_toolkit.instruments.format_page`; change it there. -->

A questionnaire is one YAML file, `instruments/<id>/<version>.yaml`.
[partner-safety](../instruments/partner-safety/1.0.0.yaml) is a full example with comments;
[the README beside it](../instruments/README.md) says how to make your own.

YAML is read strictly: version 1.2 (so `no` is a word, not false), no key twice, no anchors (`&`, `*`) or tags
(`!`), UTF-8, at most 1 MB. Put quotes around versions, dates, and texts that hold a colon, or a comma inside braces.

**Conditions** (`ask_if`) are a small language of their own: names of items and their answers, numbers,
`==` `!=` `<` `<=` `>` `>=`, `in (…)`, `not in (…)`, `and`, `or`, `not`, `+ - * /`, and `answered(…)`, `max(…)`,
`min(…)`, `count(…)`. For example `B2 in (together, apart) and K0 > 0`. An answer is called by its name beside its
item. A comparison with a missing answer is unknown, and who is unknown is asked. At most 500 characters, nested at
most 20 deep, and only items further up may be named.

**Versions.** A version that has been used is never changed: copy it, raise the number, and write what changed under
`changes`. MAJOR: something cannot be compared any more, or is gone. MINOR: something was added, renamed, scored or
routed otherwise. PATCH: a slip of wording, a translation. `mirabal instruments lint FILE` computes the least number
from both files. An entry about a response set holds for all items that have it. Entries stay in later versions, so that
data of any two versions can be harmonised. An id alone means the newest version whose status is `stable`.

**Placeholders** such as `{service}` in a text are filled in by whoever uses the questionnaire; every language must have
the same ones, and the same numbers.

Settings in **bold** must be there.
"""

_TITLES = {
    "option": "An answer option",
    "response_set": "A response set",
    "block": "A block",
    "item": "An item",
    "wave": "A wave",
    "scale": "A scale",
    "outcome": "An outcome",
    "change": "A change",
    "test": "A worked example",
}


def format_page() -> str:
    """Return the page as Markdown.

    Examples
    --------
    >>> format_page().splitlines()[0]
    '# The format of a questionnaire file'
    """
    schema = instrument_schema()
    parts = [_HEAD, "## The file\n", *settings_table(schema, schema)]
    for name, title in _TITLES.items():
        part = schema["$defs"][name]
        parts += [f"\n## {title}\n", f"{part['description']}\n", *settings_table(part, schema)]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(format_page())
