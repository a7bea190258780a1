"""Tables of a check: what was found by severity, and where the file's words differ from the instrument's."""

from __future__ import annotations

from mirabal_toolkit.core.data import SEVERITIES
from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.core.quality import LabelAgreement, ReleasableCheck
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.words import numbers

#: Labels less alike than this are worth a look.
ALIKE = 0.6


def by_severity(check: ReleasableCheck) -> dict[str, int]:
    """Return how many findings there are of each severity."""
    found = list(check.released.findings.frame.get("severity", ()))
    return {severity: found.count(severity) for severity in SEVERITIES}


def agreement(check: ReleasableCheck, edition: Edition) -> Table:
    """Return the items, those first whose words in the file differ from the instrument's."""
    say = edition.say
    columns = (
        Column("item", say("header_item"), "label"),
        Column("variables", say("header_variables"), "text"),
        Column("label", say("header_file_label"), "text"),
        Column("likeness", say("header_likeness")),
        Column("codes_same", say("header_codes_same")),
        Column("codes_other", say("header_codes_other"), "text"),
    )
    differ = [one for one in check.agreement if _differs(one)]
    agree = [one for one in check.agreement if not _differs(one)]
    groups = tuple(
        RowGroup(say(key), tuple(_row(one, edition) for one in members))
        for key, members in (("agreement_differ", differ), ("agreement_agree", agree))
        if members
    )
    return Table("agreement", say("table_label_agreement"), columns, groups)


def _differs(one: LabelAgreement) -> bool:
    return bool(one.codes_other or one.codes_unknown) or (one.likeness is not None and one.likeness < ALIKE)


def _row(one: LabelAgreement, edition: Edition) -> Row:
    item = edition.instrument.item(one.item)
    name = f"{one.item}: {in_language(item.label, edition.language)}"
    first, last = one.variables[0], one.variables[-1]
    variables = first if first == last else edition.say("variables_to", first=first, last=last)
    likeness = (
        Cell(numbers.NO_VALUE) if one.likeness is None else Cell(numbers.percent(100 * one.likeness), one.likeness)
    )
    unknown = [edition.say("code_unknown", code=code) for code in one.codes_unknown]
    codes = Cell(str(one.codes_same) if item.response_set else numbers.NO_VALUE, float(one.codes_same))
    texts = (label_cell(name), label_cell(variables), label_cell(one.label))
    return Row((*texts, likeness, codes, label_cell("; ".join((*one.codes_other, *unknown)))))
