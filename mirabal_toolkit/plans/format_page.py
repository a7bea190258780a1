"""The page `docs/plan-format.md`, written from the JSON Schema so that the two cannot differ.

To write it again::

    python -m mirabal_toolkit.plans.format_page > docs/plan-format.md
"""

from __future__ import annotations

import sys

from mirabal_toolkit.plans.loading import plan_schema
from mirabal_toolkit.yaml_schema import settings_table

_HEAD = """# The format of an analysis plan

<!-- Written from mirabal_toolkit/plans/schema/plan.schema.json by
     `python -m mirabal_toolkit.plans.format_page`; change it there. -->

A plan is one YAML file that says what will be analysed, before anybody looks.
[How to write a plan](how-to/write-a-plan.md) shows the way;
[steps-to-safety](../analyses/steps-to-safety.yaml) is a full example with comments.

YAML is read strictly: no key twice, no anchors (`&`, `*`) or tags (`!`). Put quotes around versions and dates.

    mirabal plans new my-plan.yaml       a plan to start from, with every setting in it
    mirabal plans lint my-plan.yaml      everything that is wrong, at once, with its line
    mirabal plans show my-plan.yaml      what it does, in plain words

Settings in **bold** must be there. `what.inner` is a setting inside `what`; `outcomes` and `amendments` are lists of
such groups.
"""


def format_page() -> str:
    """Return the page as Markdown.

    Examples
    --------
    >>> format_page().splitlines()[0]
    '# The format of an analysis plan'
    """
    schema = plan_schema()
    return "\n".join([_HEAD, *settings_table(schema, schema)]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(format_page())
