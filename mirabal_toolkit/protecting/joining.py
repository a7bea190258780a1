"""Study files that were imported apart: what of them fits together, and what does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mirabal_toolkit.core.data import Finding, Protection, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.errors import FindingsError


def fitting_together(parts: Sequence[WaveData]) -> list[WaveData]:
    """Return waves of the same people from several files, without what cannot be compared between them.

    Days since a person's first interview in one file do not begin where they begin in another: such dates
    are left out of all of them.

    Parameters
    ----------
    parts : sequence of WaveData

    Raises
    ------
    FindingsError
        If ids are pseudonyms by different keys, or stand beside plain ones: nobody could be followed.
    """
    if len({part.protection.key_id for part in parts}) > 1:
        raise FindingsError(
            "nobody can be followed through these files: their ids are pseudonyms by different keys, or some are none",
            fix="import all of them with --pseudonymise and the same --key, or bring study files to one key: "
            "mirabal rotate-key",
        )
    names = {name for part in parts for name in part.protection.in_days}
    return [_without(part, names) for part in parts] if names else list(parts)


def protection_of(parts: Sequence[WaveData]) -> Protection:
    """Return what was done to all of them."""
    kept_out = dict.fromkeys(name for part in parts for name in part.protection.kept_out)
    first = parts[0].protection
    return Protection(first.key_id, first.partners, kept_out=tuple(kept_out))


def _without(part: WaveData, names: set[str]) -> WaveData:
    here = [name for name in part.answers.columns if name in names]
    if not here:
        return part
    said = Finding(
        "note",
        "dates_apart",
        f"dates that count days within each file were left out where files stand together: {', '.join(here)}",
        advice="import all files at once, or with --keep dates, to have interviews compared by date",
    )
    return replace(
        part,
        answers=SealedFrame(part.answers.frame.drop(columns=here)),
        reasons=SealedFrame(part.reasons.frame.drop(columns=here)),
        findings=(*part.findings, said),
        protection=replace(part.protection, in_days=()),
    )
