"""Compare value labels with the answers of an item: the same labels under other codes are recoded, and said."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from mirabal_toolkit.core.instrument import Instrument, Item, Option
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.readers.raw import TOLERANCE, Code, Variable
from mirabal_toolkit.readers.words import plain_words, similarity

#: Words in labels of user-missing codes, and what they mean: in English, the languages of the instruments, and others.
#: Short ones must be the whole label.
_REASON_WORDS = (
    (
        (
            *("refus", "prefer not", "declin", "no answer", "not stated", "rather not", "did not answer"),
            *(
                "refuz",
                "prefer sa nu",
                "nu raspund",
                "nu vreau",
                "rifiut",
                "preferisc",
                "non risp",
                "αρνει",
                "αρνη",
                "προτιμ",
            ),
            *("verweiger", "keine angabe", "keine antwort", "prefere ne pas", "prefiere no", "no contesta", "rehus"),
        ),
        MissingReason.REFUSED,
    ),
    (
        (
            *("dont know", "do not know", "not sure", "unsure", "cant say", "cannot say", "unknown"),
            *("nu stiu", "nu stie", "non so", "non sa", "δεν γνωριζ", "δεν ξερ", "δεν ειμαι σιγουρ"),
            *("weiss nicht", "weiß nicht", "ne sais pas", "ne sait pas", "no sabe", "no se sabe"),
        ),
        MissingReason.DONT_KNOW,
    ),
    (
        (
            "no contact",
            "fara contact",
            "niciun contact",
            "nessun contatto",
            "χωρις επαφη",
            "kein kontakt",
            "sin contacto",
        ),
        MissingReason.NO_CONTACT,
    ),
    (
        ("not asked", "nu s a intrebat", "non chiesto", "non posta", "δεν ρωτηθηκε", "nicht gefragt"),
        MissingReason.NOT_ASKED,
    ),
    (
        (
            *("not applic", "does not apply", "doesnt apply", "n a", "na", "inapplic", "skip"),
            *("nu se aplica", "nu este cazul", "non applicabil", "non si applica", "δεν ισχυει", "δεν εφαρμοζ"),
            *("trifft nicht zu", "entfallt", "sans objet", "non applicable", "no aplica", "no procede"),
        ),
        MissingReason.NOT_APPLICABLE,
    ),
)


#: A label at least so like an option, and so much more than any other, is taken for it, with doubt.
_ALIKE, _CLEARLY = 0.75, 0.15
#: Letters shared by two spellings of one word.
_TYPED = 0.85


@dataclass(frozen=True, slots=True)
class CodeProposal:
    """How codes of a variable become codes of an item.

    Parameters
    ----------
    codes, missing : mapping
        As in `VariableMatch`.
    agreement : float or None
        Share of value labels that are answers of the item, 0–1; None when there is nothing to compare.
    reason : str
        In words; empty when codes stay as they are.
    by_likeness : int
        How many labels are only like an answer of the item, not the same.
    """

    codes: Mapping[Code, float] = field(default_factory=dict)
    missing: Mapping[Code, MissingReason] = field(default_factory=dict)
    agreement: float | None = None
    reason: str = ""
    by_likeness: int = 0


def propose_codes(variable: Variable, item: Item, instrument: Instrument) -> CodeProposal:
    """Return the codes to change and the missing codes to name.

    Parameters
    ----------
    variable : Variable
        From the file, with its value labels and user-missing codes.
    item : Item
        What it holds.
    instrument : Instrument
    """
    if not item.is_numeric:
        return CodeProposal()
    options = instrument.options(item.id)
    variable = _with_answers_in_words(variable, options)
    same = _match_labels(variable, options)
    alike = _match_alike(variable, options, same) if item.id != instrument.roles.site else {}
    matched = same | alike
    codes: dict[Code, float] = {}
    missing: dict[Code, MissingReason] = {}
    for code, option in matched.items():
        if not _same(code, option.code):
            if option.kind == "valid":
                codes[code] = float(option.code)
            else:
                missing[code] = MissingReason(option.kind)
    said = _recoding(codes, matched, options, missing)
    missing |= _declared_missing(variable, item, instrument, {*codes, *missing})
    valid_labels = [code for code in variable.value_labels if not _is_declared_missing(variable, code)]
    comparable = (
        bool(valid_labels) and item.type == "choice" and item.id != instrument.roles.site
    )  # sites have own names
    agreement = sum(code in matched for code in valid_labels) / len(valid_labels) if comparable else None
    return CodeProposal(codes, missing, agreement, said, len(alike))


def _with_answers_in_words(variable: Variable, options: tuple[Option, ...]) -> Variable:
    """Take words in the cells that are answers of the item for labels of themselves; other words stay unseen."""
    if not variable.texts:
        return variable
    known = {plain_words(text) for option in options for text in (*option.label.values(), option.name)}
    words: dict[Code, str] = {text: text for text in variable.texts if plain_words(text) in known}
    return replace(variable, value_labels={**words, **variable.value_labels})


def _same(code: Code, other: float) -> bool:
    return not isinstance(code, str) and abs(code - other) < TOLERANCE


def _match_labels(variable: Variable, options: tuple[Option, ...]) -> dict[Code, Option]:
    """Return file code → option with the same label; labels that two codes share say nothing."""
    by_words: dict[str, Option] = {}
    for option in options:
        for text in (*option.label.values(), option.name):
            by_words.setdefault(plain_words(text), option)
    labels = {code: plain_words(label) for code, label in variable.value_labels.items()}
    often = Counter(labels.values())
    return {code: by_words[words] for code, words in labels.items() if words in by_words and often[words] == 1}


def _match_alike(variable: Variable, options: tuple[Option, ...], same: Mapping[Code, Option]) -> dict[Code, Option]:
    """Return file code → the option that its label is like, for labels that are no option's own words.

    Only where one option is far more like it than all others, and no other label is that option's.
    """
    taken = {option.code for option in same.values()}
    found: dict[Code, Option] = {}
    for code, label in variable.value_labels.items():
        if code in same or not plain_words(label):
            continue
        ranked = sorted(options, key=lambda option: -_likeness(label, option))
        best, second = (*(_likeness(label, option) for option in ranked[:2]), 0.0, 0.0)[:2]
        if best >= _ALIKE and best - second >= _CLEARLY and ranked[0].code not in taken:
            found[code] = ranked[0]
    often = Counter(option.code for option in found.values())
    return {code: option for code, option in found.items() if often[option.code] == 1}


def _likeness(label: str, option: Option) -> float:
    """Return how like a label is to an option in any language, 0–1; a slip of typing is let pass."""
    return max((_likeness_of_texts(label, text) for text in option.label.values()), default=0.0)


@lru_cache(maxsize=65_536)
def _likeness_of_texts(label: str, text: str) -> float:
    slips = difflib.SequenceMatcher(None, plain_words(label), plain_words(text)).ratio()
    return max(slips if slips >= _TYPED else 0.0, similarity(label, text))


def turned(codes: Mapping[Code, float]) -> Literal["reversed", "shifted", "other"]:
    """Return what a recoding does: turn the order round, move all codes by as much, or something else.

    Examples
    --------
    >>> turned({0.0: 4.0, 1.0: 3.0, 3.0: 1.0, 4.0: 0.0}), turned({1.0: 0.0, 2.0: 1.0}), turned({1.0: 3.0})
    ('reversed', 'shifted', 'other')
    """
    pairs = [(code, target) for code, target in codes.items() if not isinstance(code, str)]
    if len(pairs) > 1 and len({round(code + target, 6) for code, target in pairs}) == 1:
        return "reversed"
    if len(pairs) > 1 and len({round(code - target, 6) for code, target in pairs}) == 1:
        return "shifted"
    return "other"


def _recoding(
    codes: dict[Code, float],
    matched: Mapping[Code, Option],
    options: tuple[Option, ...],
    missing: dict[Code, MissingReason],
) -> str:
    """Complete `codes` where only some codes are labelled, and say in words what is done.

    Under a recoding, a code without a label of its own cannot keep its number: it would be read as
    another answer. If the labelled ones are exactly reversed it is reversed too, else it is
    set aside as unexplained.
    """
    if not codes:
        others = [code for code in missing if not isinstance(code, str)]  # Stata's .a to .z are its way, no doubt
        return "its labels give other codes for missing answers" if others else ""
    if all(isinstance(code, str) for code in codes):
        return ""  # answers written out, each of them as the questionnaire has it: no doubt, no other code
    valid = [option.code for option in options if option.kind == "valid"]
    low, high = min(valid), max(valid)
    pairs = {code: option.code for code, option in matched.items() if option.kind == "valid"}
    is_reversed = all(_same(code, low + high - target) for code, target in pairs.items())
    covered = {round(code) for code in pairs if not isinstance(code, str)}
    for code in sorted(set(valid) - covered):
        if float(code) in missing:
            continue
        if is_reversed and len(pairs) > 1:
            codes[float(code)] = float(low + high - code)
        else:
            missing[float(code)] = MissingReason.UNEXPLAINED
    return (
        "its labels run the other way round" if is_reversed and len(pairs) > 1 else "its labels stand under other codes"
    )


def _declared_missing(
    variable: Variable, item: Item, instrument: Instrument, done: set[Code]
) -> dict[Code, MissingReason]:
    """Return reasons of single user-missing codes that the response set of the item does not know."""
    known = reasons_of(item, instrument)
    found: dict[Code, MissingReason] = {}
    singles: list[Code] = [low for low, high in variable.missing_ranges if low == high]
    ranged: list[Code] = [code for code in variable.value_labels if _is_declared_missing(variable, code)]
    for code in dict.fromkeys([*singles, *ranged, *variable.missing_texts]):
        hint = reason_in_label(variable.value_labels.get(code, ""))
        own = None if isinstance(code, str) else known.get(round(code))
        if code in done or (own is not None and item.response_set is not None):
            continue
        found[code] = hint or own or MissingReason.UNEXPLAINED
    return found


def _is_declared_missing(variable: Variable, code: Code) -> bool:
    if isinstance(code, str):
        return code in variable.missing_texts
    return any(low <= code <= high for low, high in variable.missing_ranges)


def reasons_of(item: Item, instrument: Instrument) -> dict[int, MissingReason]:
    """Return code → missing reason of an item; for numbers, those that all response sets agree on."""
    if item.response_set is not None:
        return instrument.response_set_by_id[item.response_set].reasons
    agreed: dict[int, MissingReason] = {}
    disputed: set[int] = set()
    for response_set in instrument.response_sets:
        for code, reason in response_set.reasons.items():
            if agreed.setdefault(code, reason) is not reason:
                disputed.add(code)
    return {code: reason for code, reason in agreed.items() if code not in disputed}


def reason_in_label(label: str) -> MissingReason | None:
    """Return the missing reason that a label means, or None.

    Examples
    --------
    >>> reason_in_label("Refused to answer").value, reason_in_label("Most days")
    ('refused', None)
    >>> reason_in_label("Nu știu").value, reason_in_label("Δεν ισχύει").value
    ('dont_know', 'not_applicable')
    """
    words = plain_words(label)
    for signs, reason in _REASON_WORDS:
        if any(words == sign if len(sign) < 4 else sign in words for sign in signs):
            return reason
    return None
