"""Person ids become pseudonyms: the same woman the same one at every wave, by whoever holds the key only."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import KEYS, PERSON, WAVE, Finding, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.protecting.keys import Key

#: Bytes of the HMAC that are used: of a million people, two meet by chance once in 2.4 million million studies.
_USED = 10
#: Bytes that a number holds exactly.
_USED_IN_NUMBERS = 6

#: What all spellings of one id have in common, and the id without spaces that are not seen.
Spelling = Callable[[str], str]


def pseudonym(key: Key, name: str, *, since: int = 0) -> str:
    """Return the pseudonym of an id: HMAC-SHA256 by each secret of the key in turn.

    Parameters
    ----------
    key : Key
    name : str
        The id, in the spelling all its spellings share; or a pseudonym made by the first secrets.
    since : int
        How many secrets were used already.

    References
    ----------
    RFC 2104 (HMAC); NIST SP 800-107 rev. 1, section 5.3.3 (shortened).

    Examples
    --------
    >>> pseudonym(Key((b"k" * 32,)), "a007")
    'p52xe3joncx7h4lih'
    """
    for secret in key.secrets[since:]:
        digest = hmac.new(secret, b"person:" + name.encode(), hashlib.sha256).digest()
        name = "p" + base64.b32encode(digest[:_USED]).decode().casefold()
    return name


def pseudonym_number(key: Key, number: float, *, since: int = 0) -> float:
    """Return the pseudonym of an id that has to stay a number: a whole one of 48 bits; see `pseudonym`."""
    for secret in key.secrets[since:]:
        digest = hmac.new(secret, f"number:{number:.0f}".encode(), hashlib.sha256).digest()
        number = float(int.from_bytes(digest[:_USED_IN_NUMBERS], "big"))
    return number


@dataclass(frozen=True, slots=True)
class Spellings:
    """How the spellings of ids are compared: `shared` by all spellings of one, `tidy` without unseen spaces."""

    shared: Spelling
    tidy: Spelling


def pseudonymise(waves: WaveData, key: Key, spellings: Spellings) -> WaveData:
    """Return the waves with pseudonyms for the ids of people, and for those of their partners.

    Spellings of one id get one pseudonym, unless two of them hold answers at the same wave: these may be
    two people, and stay two.

    Parameters
    ----------
    waves : WaveData
        With ids as in the export.
    key : Key
    spellings : Spellings
    """
    answers = waves.answers.frame
    codes, written = pd.factorize(answers[PERSON])
    shared = [spellings.shared(str(name)) for name in written]
    tidy = [spellings.tidy(str(name)) for name in written]
    apart = _told_twice(answers, codes, np.asarray(shared, dtype=object), np.asarray(tidy, dtype=object))
    names = [exact if common in apart else common for common, exact in zip(shared, tidy, strict=True)]
    made = [pseudonym(key, name) if name else None for name in names]
    person = pd.Series(np.array([*made, None], dtype=object)[codes], dtype="str", index=answers.index)
    partners = _partners(waves, key, spellings.shared)
    findings = _findings(len(set(tidy) - {""}), len(set(names) - {""}), len(apart))
    return replace(
        waves,
        answers=SealedFrame(answers.assign(**{PERSON: person, **partners})),
        findings=(*waves.findings, *findings),
        protection=replace(waves.protection, key_id=key.id, partners=tuple(partners)),
    )


def _told_twice(answers: pd.DataFrame, codes: Any, shared: Any, tidy: Any) -> set[str]:
    """Return the ids of which two spellings hold answers at one wave."""
    if len(set(shared)) == len(set(tidy)):
        return set()
    given = answers.drop(columns=KEYS).notna().any(axis=1).to_numpy() & (codes >= 0)
    rows = codes[given]
    table = pd.DataFrame({"shared": shared[rows], "tidy": tidy[rows], WAVE: answers[WAVE].to_numpy()[given]})
    counts = table.groupby(["shared", WAVE])["tidy"].nunique()
    return set(counts.index[counts > 1].get_level_values("shared"))


def _partners(waves: WaveData, key: Key, shared: Spelling) -> dict[str, pd.Series[Any]]:
    """Return the column of partners' ids, if there is one, in pseudonyms; numbers stay numbers."""
    name = waves.instrument.roles.partner_id
    if name is None or name not in waves.answers.columns:
        return {}
    values = waves.answers.frame[name]
    if not pd.api.types.is_numeric_dtype(values.dtype):
        made: list[Any] = [None if pd.isna(one) else pseudonym(key, shared(str(one))) for one in values]
        return {name: pd.Series(made, dtype="str", index=values.index)}
    numbers = [np.nan if pd.isna(one) else pseudonym_number(key, float(one)) for one in values]
    return {name: pd.Series(numbers, dtype=float, index=values.index)}


def _findings(spelled: int, people: int, apart: int) -> Sequence[Finding]:
    said = [Finding("note", "pseudonymised", f"the ids of {people} person(s) are pseudonyms", count=people)]
    if spelled > people:
        text = f"{spelled - people} id(s) differed from another only by spaces or case and got the same pseudonym"
        advice = "check in the export that they are the same person"
        said.append(Finding("warning", "ids_alike", text, count=spelled - people, advice=advice))
    if apart:
        text = f"{apart} group(s) of ids differ only by spaces or case, and both hold answers at the same wave"
        advice = "they were kept apart; find out whether they are one person or two, and mend the ids in the file"
        said.append(Finding("error", "ids_alike_in_conflict", text, count=apart, advice=advice))
    return said
