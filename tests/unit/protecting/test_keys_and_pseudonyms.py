"""Keys stay away from data and from others; pseudonyms follow from the key alone."""

import hashlib
import hmac
import json
from base64 import b32encode
from pathlib import Path

import pandas as pd
import pytest

from mirabal_toolkit.cleaning.identity import id_key, tidy_id
from mirabal_toolkit.core.data import WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.protecting import (
    Key,
    Spellings,
    new_key,
    pseudonym,
    pseudonymise,
    read_key,
    refuse_beside,
    usual_key,
)
from mirabal_toolkit.protecting.pseudonyms import pseudonym_number

KEY = Key((b"k" * 32,))


def waves_of(people: list[str | None], wave: list[int] | None = None) -> WaveData:
    """Rows with one answer each."""
    rows = pd.DataFrame({"person_id": pd.Series(people, dtype="str"), "wave": wave or [1] * len(people), "C1": 1.0})
    reasons = pd.DataFrame({"C1": pd.Series([None] * len(people), dtype="str")})
    return WaveData(load_instrument("partner-safety"), SealedFrame(rows), SealedFrame(reasons))


def made(waves: WaveData, key: Key = KEY) -> list[str]:
    """The pseudonyms, in the order of rows."""
    return pseudonymise(waves, key, Spellings(id_key, tidy_id)).answers.frame["person_id"].tolist()


def test_a_pseudonym_is_the_hmac_of_the_id() -> None:
    digest = hmac.new(b"k" * 32, b"person:a007", hashlib.sha256).digest()
    assert made(waves_of(["A 007"])) == ["p" + b32encode(digest[:10]).decode().lower()]


def test_spellings_of_one_id_get_one_pseudonym_and_no_id_gets_none() -> None:
    first, second, third, nobody = made(waves_of(["A007", " a 007", "A008", None], [1, 2, 1, 1]))
    assert first == second != third
    assert pd.isna(nobody)


def test_two_spellings_with_answers_at_one_wave_stay_two() -> None:
    first, second = made(waves_of(["A007", "a007"]))
    assert first != second


def test_another_key_makes_other_pseudonyms_and_a_changed_key_goes_on_from_the_old() -> None:
    changed = KEY.changed()
    assert made(waves_of(["A007"]), Key((b"j" * 32,))) != made(waves_of(["A007"]))
    assert pseudonym(changed, pseudonym(KEY, "a007"), since=1) == pseudonym(changed, "a007") != pseudonym(KEY, "a007")
    assert pseudonym_number(changed, pseudonym_number(KEY, 12.0), since=1) == pseudonym_number(changed, 12.0)
    assert changed.id_after(1) == KEY.id != changed.id


def test_a_key_shows_nothing_of_itself() -> None:
    assert "k" * 8 not in repr(KEY)
    assert (b"k" * 32).hex()[:8] not in repr(KEY) + KEY.id


def test_a_key_is_written_for_its_owner_alone_and_never_over_another(tmp_path: Path) -> None:
    place = tmp_path / "settings" / "pseudonyms.key"
    key = new_key(place)
    assert read_key(place) == key
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(InputError):
        new_key(place)
    assert read_key(place) == key


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "pseudonyms.key"
    new_key(place)
    place.chmod(0o640)
    with pytest.raises(InputError, match="others on this computer"):
        read_key(place)


@pytest.mark.parametrize("content", ["", "[]", '{"secrets": []}', '{"secrets": ["abcd"]}', '{"secrets": [1]}', "key"])
def test_what_is_no_key_is_refused(tmp_path: Path, content: str) -> None:
    place = tmp_path / "pseudonyms.key"
    place.write_text(content)
    place.chmod(0o600)
    with pytest.raises(InputError, match="not a key"):
        read_key(place)


def test_a_lost_key_is_said_to_be_lost(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="backup"):
        read_key(tmp_path / "gone.key")


@pytest.mark.parametrize("key", ["study/k.key", "study/deep/er/k.key", "study/../study/k.key", "link/k.key"])
def test_no_key_beside_the_data(tmp_path: Path, key: str) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "study")
    with pytest.raises(UsageError, match="folder of the study"):
        refuse_beside(tmp_path / key, tmp_path / "study" / "study.parquet")
    refuse_beside(tmp_path / "elsewhere" / "k.key", tmp_path / "study" / "study.parquet")


def test_the_usual_key_lies_with_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert usual_key() == tmp_path / "mirabal" / "pseudonyms.key"


def test_the_file_of_a_key_says_what_it_is(tmp_path: Path) -> None:
    new_key(tmp_path / "k.key")
    assert "away from the data" in json.loads((tmp_path / "k.key").read_text())["note"]
