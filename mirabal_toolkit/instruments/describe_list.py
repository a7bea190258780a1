"""The list of instruments as text that fits a narrow terminal, for `mirabal instruments list`."""

from __future__ import annotations

from collections.abc import Iterable

from mirabal_toolkit.core.instrument import Instrument, in_language

_RIGHTS = {"own": "ours", "third_party_free": "others’", "scoring_only": "scoring"}
_HEADER = ("Id", "Version", "Items", "Minutes", "Languages", "Rights", "Validated")
_NOTES = (
    "* a draft translation that nobody has reviewed yet",
    "ours, others’: free to use; scoring: rules only, the wording is not ours",
    "Validated: “none” until somebody has; more in `mirabal instruments show ID`",
)


def catalogue_text(instruments: Iterable[Instrument]) -> str:
    """Return two lines an instrument, at most 80 characters wide: the facts, and the title below.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> print(catalogue_text([load_instrument("partner-safety@1.0.0")]).splitlines()[2])
    partner-safety       1.0.0      99      30  en              ours     none
    """
    lines = [_line(_HEADER), "─" * 80]
    for instrument in instruments:
        lines += [_line(_facts(instrument)), f"  {in_language(instrument.title)}"]
    return "\n".join([*lines, "", *_NOTES]) + "\n"


def _facts(instrument: Instrument) -> tuple[str, ...]:
    drafts = [f"{language.code}{'*' if language.status == 'draft' else ''}" for language in instrument.languages]
    return (
        instrument.id,
        instrument.version,
        str(len(instrument.items)),
        f"{instrument.minutes:g}",
        " ".join(drafts),
        _RIGHTS[instrument.rights.class_],
        instrument.validation.partition(":")[0],
    )


def _line(cells: tuple[str, ...]) -> str:
    name, version, items, minutes, languages, rights, validated = cells
    return f"{name:<20} {version:<7} {items:>5} {minutes:>7}  {languages:<15} {rights:<8} {validated}".rstrip()
