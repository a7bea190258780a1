"""Who was erased is looked for wherever data may hold her, and where nobody can look is said."""

import gzip
import zipfile

import pandas as pd
import pyreadstat
import pytest

from mirabal_toolkit.erasing import look_through
from mirabal_toolkit.erasing.search import LARGEST
from mirabal_toolkit.readers import texts_in

HER = "XYZZY-4711"


def data(ids):
    return pd.DataFrame({"person_id": ids, "C1": [1.0, 2.0]})


def write(place, kind, frame):
    path = place / f"raw.{kind}"
    if kind in ("sav", "zsav"):
        pyreadstat.write_sav(frame, path, compress=kind == "zsav", row_compress=kind == "sav")
    elif kind == "dta":
        pyreadstat.write_dta(frame, path)
    elif kind == "por":
        pyreadstat.write_por(frame.rename(columns={"person_id": "ID"}), path)
    elif kind == "parquet":
        frame.to_parquet(path)
    elif kind == "xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_csv(path, index=False, encoding="utf-16" if kind == "tsv" else "utf-8")
    return path


@pytest.mark.parametrize("kind", ["sav", "zsav", "dta", "por", "parquet", "xlsx", "csv", "tsv"])
def test_every_kind_of_data_is_looked_through(tmp_path, kind):
    path = write(tmp_path, kind, data(["QWERT-0815", HER]))
    assert look_through([tmp_path], [HER.lower()], texts_in).holding == (path,)
    assert look_through([tmp_path], ["XYZZY-471", "YZZY-4711"], texts_in).holding == ()


@pytest.mark.parametrize("kind", ["sav", "zsav", "dta", "parquet", "xlsx"])
def test_ids_that_are_numbers_are_found(tmp_path, kind):
    path = write(tmp_path, kind, data([10_071, 10_072]))
    assert look_through([tmp_path], ["10072"], texts_in).holding == (path,)
    assert look_through([tmp_path], ["1007"], texts_in).holding == ()


def shut(place):
    """Files into which nobody can look, each with her id in it."""
    (place / "mail.csv.gz").write_bytes(gzip.compress(HER.encode()))
    (place / "study.age").write_bytes(b"age-encryption.org/v1\n-> scrypt 3rG8 18\n" + bytes(range(256)))
    (place / "letter.pdf").write_bytes(b"%PDF-1.7 stream" + bytes(range(128, 256)))
    (place / "broken.parquet").write_bytes(b"PAR1" + bytes(200))
    (place / "broken.zip").write_bytes(b"PK\x05\x06" + bytes(18) + b"PK\x03\x04")
    with zipfile.ZipFile(place / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in "abcdef":
            with archive.open(name, "w", force_zip64=True) as file:
                for _ in range(LARGEST // 6 // 4_000_000 + 2):
                    file.write(bytes(4_000_000))
    with zipfile.ZipFile(place / "locked.zip", "w") as archive:
        archive.writestr("a.csv", HER)
    locked = bytearray((place / "locked.zip").read_bytes())
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        locked[locked.index(mark) + at] |= 1
    (place / "locked.zip").write_bytes(bytes(locked).replace(HER.encode(), b"0123456789"))
    return {path.name for path in place.iterdir()}


def test_where_nobody_can_look_is_said(tmp_path):
    names = shut(tmp_path)
    (tmp_path / "empty.txt").touch()
    (tmp_path / "notes.txt").write_text("nothing of her")
    found = look_through([tmp_path], [HER], texts_in)
    assert found.holding == ()
    assert {path.name for path in found.unseen} == names - {"broken.zip"}
    assert not found.too_short


def test_an_id_of_three_letters_is_not_looked_for_and_that_is_said(tmp_path):
    (tmp_path / "notes.txt").write_text("A12")
    found = look_through([tmp_path], ["A12"], texts_in)
    assert (found.holding, found.unseen, found.too_short) == ((), (), True)


def test_an_id_on_the_edge_between_two_pieces_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("mirabal_toolkit.erasing.search._PIECE", 2000)
    (tmp_path / "long.txt").write_text("." * 1995 + HER + "." * 5000)
    assert look_through([tmp_path], [HER], texts_in).holding
