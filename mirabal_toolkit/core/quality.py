"""What is known about the quality of data: findings, who was reached, which answers lack and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.missing import WAVE_REASONS, MissingReason
from mirabal_toolkit.core.results import ReleasableResults, Results
from mirabal_toolkit.errors import MirabalError

ANSWERED = "answered"

#: Why somebody who was interviewed gave no answer to one question.
ITEM_REASONS = tuple(reason.value for reason in MissingReason if reason not in WAVE_REASONS)

#: Columns of a frame of missingness. `interviewed` is the sum of those after it, which count people.
MISSING_COLUMNS = ("item", "wave", "interviewed", ANSWERED, *ITEM_REASONS)


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """How far a file's words for an item agree with the instrument's.

    Parameters
    ----------
    item : str
    variables : tuple of str
        Names in the files that were taken for the item, wave after wave.
    label : str
        Label of the first of them; empty when the file has none.
    likeness : float or None
        0–1: how alike that label and the instrument's are; None when the file has none.
    codes_same : int
        Labelled codes with the instrument's meaning, in the variable that agrees least.
    codes_other : tuple of str
        Codes whose labels say something else, ``1: “often”, not “once”``.
    codes_unknown : tuple of str
        Labelled codes that the instrument does not have.
    """

    item: str
    variables: tuple[str, ...]
    label: str = ""
    likeness: float | None = None
    codes_same: int = 0
    codes_other: tuple[str, ...] = ()
    codes_unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataCheck:
    """Everything `mirabal check` found; for the disclosure gate only.

    Parameters
    ----------
    results : Results
        Findings, cleaning, participant flow and retention; no outcomes.
    missing : SealedFrame
        Columns `MISSING_COLUMNS`, one row an item and wave at which it is asked.
    agreement : tuple of LabelAgreement
        Empty for study files, which keep no labels.

    Raises
    ------
    MirabalError
        If the counts of missing answers do not add up.
    """

    results: Results
    missing: SealedFrame
    agreement: tuple[LabelAgreement, ...] = ()

    def __post_init__(self) -> None:
        frame = self.missing.frame
        if list(frame.columns) != list(MISSING_COLUMNS):
            raise MirabalError("the counts of missing answers lack their columns")
        if not (frame["interviewed"] == frame[[ANSWERED, *ITEM_REASONS]].sum(axis=1)).all():
            raise MirabalError("the counts of missing answers do not add up")


@dataclass(frozen=True)
class ReleasableCheck:
    """A `DataCheck` after disclosure control: the only one that may be shown. Hidden counts are missing."""

    released: ReleasableResults
    missing: SealedFrame
    agreement: tuple[LabelAgreement, ...] = ()

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Findings as records, in order; a wave or count that is not there, or hidden, is None."""
        return [
            {str(name): _plain(value) for name, value in row.items()}
            for row in self.released.findings.frame.astype(object).to_dict("records")
        ]


def _plain(value: Any) -> str | int | None:
    if isinstance(value, str):
        return value
    return None if pd.isna(value) else int(value)
