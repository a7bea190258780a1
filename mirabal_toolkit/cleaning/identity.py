"""Who is who: spelling of person ids, rows without an id, ids that look alike."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mirabal_toolkit.cleaning.cells import Cells, Mask, has_answers, substantive_items
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.instrument import Instrument

#: Characters that are not seen: zero-width space, joiners, byte-order mark, soft hyphen.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u2060\u00ad"))


def tidy_id(written: str) -> str:
    """Return an id in one spelling: composed characters, single spaces, none at the ends.

    Leading zeros and case stay as they are.

    Examples
    --------
    >>> tidy_id(" 007\u00a0 a ")
    '007 a'
    """
    if written.isascii() and written.isprintable() and " " not in written:
        return written
    return " ".join(unicodedata.normalize("NFC", written).translate(_UNSEEN).split())


def id_key(written: str) -> str:
    """Return what all spellings of one id have in common; empty for what is no id.

    Examples
    --------
    >>> id_key("a 007\u00a0") == id_key("A007")
    True
    """
    return _loose(tidy_id(written))


def _loose(tidy: str) -> str:
    """What two spellings of one id have in common: everything but spaces and case."""
    return tidy.replace(" ", "").casefold()


def normalise_ids(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Bring person ids into one spelling; see `NORMALISE_IDS`."""
    codes, names = pd.factorize(cells.person)
    written = np.asarray(names, dtype=object)
    tidy = np.array([tidy_id(str(name)) for name in written], dtype=object)
    spelling, findings = _settle_spelling(cells, instrument, codes, tidy)
    changed = int(sum(old != new for old, new in zip(written, spelling, strict=True)))
    settled = np.array([*(name or None for name in spelling), None], dtype=object)
    person = pd.Series(settled[codes], dtype="str")
    before = len({name for name in written if tidy_id(str(name))})
    # Ids made of spaces alone become missing ids; the next step counts them.
    audit = step.counted("people", before, int(person.nunique()), max(changed, before - int(person.nunique())))
    if changed:
        text = f"{changed} spelling(s) of person ids differed by spaces, unseen characters or case"
        findings = [Finding("note", "ids_respelled", text, count=changed), *findings]
    return StepResult(replace(cells, person=person), (audit,), tuple(findings))


def _settle_spelling(
    cells: Cells, instrument: Instrument, codes: NDArray[np.intp], tidy: NDArray[np.object_]
) -> tuple[list[str], list[Finding]]:
    """One spelling for ids that differ only by spaces or case, unless both hold answers at the same wave."""
    loose = pd.Series([_loose(name) for name in tidy], dtype="str")
    spellings = pd.Series(tidy, dtype="str").groupby(loose).transform("nunique").to_numpy()
    alike = spellings > 1
    if not alike.any():
        return list(tidy), []
    rows = np.flatnonzero((codes >= 0) & alike[codes])
    table = _spelling_table(cells, instrument, rows).assign(
        loose=loose.to_numpy()[codes[rows]], tidy=tidy[codes[rows]].astype(str)
    )
    table = table[table["loose"] != ""]
    conflicts = _conflicts(table)
    usual = _usual_spelling(table[~table["loose"].isin(conflicts)])
    settled = [usual.get(key, name) for key, name in zip(loose, tidy, strict=True)]
    folded = int(sum(old != new for old, new in zip(tidy, settled, strict=True)))
    return settled, _alike_findings(folded, len(conflicts))


def _spelling_table(cells: Cells, instrument: Instrument, rows: NDArray[np.intp]) -> pd.DataFrame:
    return pd.DataFrame({"wave": cells.wave[rows], "content": has_answers(cells, instrument)[rows]})


def _conflicts(table: pd.DataFrame) -> set[str]:
    """Ids of which two spellings hold answers at the same wave: perhaps two people."""
    counts = table[table["content"]].groupby(["loose", "wave"])["tidy"].nunique()
    return set(counts.index[counts > 1].get_level_values("loose"))


def _usual_spelling(table: pd.DataFrame) -> dict[str, str]:
    """The spelling with the most answered waves, then rows, then the first in the alphabet."""
    counts = table.groupby(["loose", "tidy"])["content"].agg(["sum", "size"]).reset_index()
    counts = counts.sort_values(["loose", "sum", "size", "tidy"], ascending=[True, False, False, True])
    return dict(counts.drop_duplicates("loose")[["loose", "tidy"]].itertuples(index=False, name=None))


def _alike_findings(folded: int, conflicts: int) -> list[Finding]:
    findings = []
    if folded:
        text = f"{folded} id(s) differed from another only by spaces or case and were taken as the same person"
        advice = "check that they are the same person, and mend the ids in the file"
        findings.append(Finding("warning", "ids_alike", text, count=folded, advice=advice))
    if conflicts:
        text = f"{conflicts} group(s) of ids differ only by spaces or case, and both hold answers at the same wave"
        advice = "they were kept apart; find out whether they are one person or two, and mend the ids in the file"
        findings.append(Finding("error", "ids_alike_in_conflict", text, count=conflicts, advice=advice))
    return findings


def drop_rows_without_id(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Remove rows that belong to nobody; see `DROP_ROWS_WITHOUT_ID`."""
    nameless: Mask = cells.person.isna().to_numpy()
    kept = cells.keep(~nameless)
    audit = step.counted("rows", len(cells), len(kept))
    filled = int((nameless & cells.any_valid(substantive_items(instrument))).sum())
    if not nameless.any():
        return StepResult(kept, (audit,))
    text = f"{int(nameless.sum())} row(s) have no person id, {filled} of them with answers; they cannot be used"
    finding = Finding(
        "error" if filled else "note",
        "no_person_id",
        text,
        item=instrument.roles.person_id,
        count=int(nameless.sum()),
        advice="add the ids in the file if they can be known",
    )
    return StepResult(kept, (audit,), (finding,))


NORMALISE_IDS = Step(
    "normalise_ids",
    what="person ids brought into one spelling",
    why="The same woman must be found at every wave, and spaces cannot be seen.",
    rule="Spaces at the ends, double and no-break spaces and unseen characters are removed. Ids that differ only by "
    "spaces or case become one, in the spelling with the most answered waves, unless both hold answers at "
    "the same wave: then they may be two people, and stay two. Leading zeros stay.",
    run=normalise_ids,
)

DROP_ROWS_WITHOUT_ID = Step(
    "drop_rows_without_id",
    what="rows without a person id removed",
    why="Answers that belong to nobody cannot be followed over waves.",
    rule="Rows whose person id is empty are removed.",
    run=drop_rows_without_id,
    after=(NORMALISE_IDS.name,),
    needed=True,
)
