"""Where data are made to point to nobody, on their way into a study file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mirabal_toolkit.core.data import WaveData
from mirabal_toolkit.errors import UsageError

if TYPE_CHECKING:
    from mirabal_toolkit.cleaning import Link
    from mirabal_toolkit.protecting import Key, Spellings


@dataclass(frozen=True, slots=True)
class ProtectRequest:
    """What shall keep a study file from pointing to people.

    Parameters
    ----------
    keep : tuple of str
        Items to keep though they point to people; ``person_id``, ``dates`` or ``all``.
    pseudonymise : bool
        Whether ids become pseudonyms.
    key : Path or None
        The key for them; `usual_key` when None, made if it is not there.
    bands : mapping
        Item → width of the bands that its numbers become.
    """

    keep: tuple[str, ...] = ()
    pseudonymise: bool = False
    key: Path | None = None
    bands: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Protected:
    """Waves that point to nobody, and the key by which they were made so, if there is one."""

    waves: WaveData
    key: Key | None = None
    key_file: Path | None = None
    made_key: bool = False


def protect(waves: WaveData, request: ProtectRequest, out: Path) -> Protected:
    """Keep out what points to people, and make pseudonyms if asked for.

    Parameters
    ----------
    waves : WaveData
    request : ProtectRequest
    out : Path
        The study file to be, beside which no key may lie.

    Raises
    ------
    FindingsError
        If ids are themselves names or numbers of people, and stay.
    UsageError
        If the key lies with the data, or something asked for is not there.
    InputError
        If the key cannot be read or written.
    """
    from mirabal_toolkit.protecting import (
        banded,
        check_kept,
        kept_out,
        pseudonymise,
        refuse_telling_ids,
        relative_dates,
    )

    check_kept(request.keep, waves)
    if request.key is not None and not request.pseudonymise:
        raise UsageError("a key was given, but no pseudonyms were asked for", fix="add --pseudonymise")
    if not request.pseudonymise and not waves.protection.key_id:
        refuse_telling_ids(waves, request.keep)
    safe = relative_dates(kept_out(banded(waves, request.bands), request.keep), request.keep)
    if not request.pseudonymise:
        return Protected(safe)
    key, place, made = _key(request.key, out, safe)
    return Protected(pseudonymise(safe, key, spellings()), key, place, made)


def _key(asked: Path | None, out: Path, waves: WaveData) -> tuple[Key, Path, bool]:
    """Return the key, where it lies, and whether it is new."""
    from mirabal_toolkit.protecting import new_key, read_key, refuse_beside, usual_key

    if waves.protection.key_id:
        raise UsageError("the ids of this study file are pseudonyms already", fix="leave --pseudonymise out")
    place = asked or usual_key()
    refuse_beside(place, out)
    made = not place.exists()
    return (new_key(place) if made else read_key(place)), place, made


def spellings() -> Spellings:
    """Return how cleaning compares the spellings of ids."""
    from mirabal_toolkit.cleaning.identity import id_key, tidy_id
    from mirabal_toolkit.protecting import Spellings as Compared

    return Compared(id_key, tidy_id)


def pseudonym_of(person: str, key: Key) -> str:
    """Return the pseudonym of somebody whose id is written so."""
    from mirabal_toolkit.protecting import pseudonym

    return pseudonym(key, spellings().shared(person))


def pseudonymous_links(links: Sequence[Link], key: Key) -> tuple[Link, ...]:
    """Return links between pseudonyms, for the study file, from those between ids; only those decided on."""
    return tuple(
        replace(link, late=pseudonym_of(link.late, key), other=pseudonym_of(link.other, key))
        for link in links
        if link.same != "?"
    )


def rotate_keys(studies: Sequence[Path], key: Path | None = None) -> tuple[Path, list[Path]]:
    """Change the key of study files; return where it lies, and the files changed. See `protecting.rotating.rotate`."""
    from mirabal_toolkit.protecting import rotate, usual_key
    from mirabal_toolkit.readers import study_table

    place = key or usual_key()
    return place, rotate({path: study_table(path) for path in studies}, place, _links_beside)


def _links_beside(study: Path, rename: Callable[[str], str]) -> Mapping[Path, bytes]:
    """Return the links file of a study with other pseudonyms: else a woman with two ids would become two women."""
    from mirabal_toolkit.cleaning import read_links
    from mirabal_toolkit.cleaning.links import format_links

    path = study.with_suffix(".links.yaml")
    if not path.is_file():
        return {}
    links = [replace(link, late=rename(link.late), other=rename(link.other)) for link in read_links(path)]
    return {path: format_links(links).encode()}


def seal_all(files: Sequence[Path], recipients: Sequence[str], passphrase: str) -> list[Path]:
    """Seal files by a passphrase, or for the public keys given or listed in files; see `protecting.sealing.seal`."""
    from mirabal_toolkit.protecting.sealing import read_recipients, seal

    keys = read_recipients(recipients)
    return [seal(path, passphrase=passphrase, recipients=keys) for path in files]


def unseal_all(files: Sequence[Path], identity: Path | None, ask: Callable[[str], str]) -> list[Path]:
    """Write the plain files beside sealed ones; see `protecting.sealing.unseal`."""
    from mirabal_toolkit.protecting.sealing import Keyring, unseal

    keyring = Keyring(ask, identity)
    return [unseal(path, keyring) for path in files]
