"""What a file is, whatever it is called."""

import os

import pytest

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.formats import READERS, read_table
from mirabal_toolkit.readers.limits import ReadLimits
from mirabal_toolkit.readers.sniff import KINDS, cannot_open, check_unchanged, kind_of, sniff

HEADS = {
    "sav": b"$FL2@(#) SPSS DATA FILE",
    "zsav": b"$FL3@(#) SPSS DATA FILE",
    "sav_encrypted": b"\x1c\0\0\0\0\0\0\0ENCRYPTEDSAV\x15",
    "por": b" " * 40 + b"ASCII SPSS PORT FILE",
    "spss_pc": b"\0" * 0x104 + b"PCSPSS SYSTEM FILE",
    "dta": b"<stata_dta><header>",
    "xpt": b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!",
    "sas7bdat": b"\0" * 12 + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00\x09\xc7\x31\x8c",
    "parquet": b"PAR1\x15\x04",
    "xlsx": b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml",
    "ods": b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
    "zip": b"PK\x03\x04" + b"\0" * 26 + b"holiday.jpg",
    "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "idl": b"SR\x00\x04\x00\x00",
    "gzip": b"\x1f\x8b\x08",
    "pdf": b"%PDF-1.7",
    "r": b"RDX3\n",
    "sealed": b"age-encryption.org/v1\n",
    "markup": b"<html><table><tr><td>id</td></tr></table>",
    "text": "id;C1\n007;é\n".encode(),
    "unknown": b"\x00\x01\x02\x03",
}


def test_every_kind_is_tried():
    assert set(HEADS) == set(KINDS)


@pytest.mark.parametrize("kind", HEADS)
def test_kinds_are_told_by_their_first_bytes(kind):
    assert kind_of(HEADS[kind]) == kind


def test_an_old_stata_file_is_told_by_its_version_byte():
    assert kind_of(b"\x73\x02\x01\x00" + b"\0" * 100) == "dta"


@pytest.mark.parametrize("kind", sorted(set(HEADS) - set(READERS)))
def test_other_kinds_named_sav_are_refused_with_their_name(tmp_path, kind):
    path = tmp_path / "waves.sav"
    path.write_bytes(HEADS[kind])
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert caught.value.problem.what == f"the file is named .sav, but it is {KINDS[kind]}"
    assert caught.value.problem.fix


@pytest.mark.parametrize("kind", sorted(set(HEADS) - set(READERS)))
def test_kinds_that_are_not_read_are_refused_under_their_own_name_too(tmp_path, kind):
    path = tmp_path / "waves.data"
    path.write_bytes(HEADS[kind])
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert caught.value.problem.what == f"this is {KINDS[kind]}, which cannot be read"
    assert caught.value.problem.fix


@pytest.mark.parametrize("kind", sorted(READERS))
def test_a_wrong_ending_is_said_with_the_right_one(tmp_path, kind):
    path = tmp_path / ("waves.sav" if kind not in ("sav", "zsav") else "waves.csv")
    path.write_bytes(HEADS[kind])
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert caught.value.problem.what == f"the file is named {path.suffix}, but it is {KINDS[kind]}"
    assert "rename it to end in ." in caught.value.problem.fix


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match="no such file") as caught:
        sniff(tmp_path / "nowhere.sav")
    assert "nowhere.sav" in caught.value.problem.where


def test_a_folder_and_an_empty_file_and_a_pipe(tmp_path):
    with pytest.raises(InputError, match="folder"):
        sniff(tmp_path)
    (tmp_path / "empty.sav").touch()
    with pytest.raises(InputError, match="empty"):
        sniff(tmp_path / "empty.sav")
    os.mkfifo(tmp_path / "pipe.sav")
    with pytest.raises(InputError, match="not an ordinary file"):
        sniff(tmp_path / "pipe.sav")


def test_a_link_to_itself_and_an_impossible_name(tmp_path):
    link = tmp_path / "loop.sav"
    link.symlink_to(link)
    with pytest.raises(InputError, match="leads back to itself"):
        sniff(link)
    with pytest.raises(InputError, match="name a file can have"):
        sniff(tmp_path / "a\0b.sav")


def test_no_right_to_read_is_said(tmp_path):
    assert "may not be read" in str(cannot_open(PermissionError(13, "no"), tmp_path / "waves.sav"))


def test_a_file_above_the_limit(tmp_path):
    path = tmp_path / "big.sav"
    path.write_bytes(b"$FL2" + b"x" * 3_000_000)
    with pytest.raises(InputError, match="larger than 2 MB"):
        sniff(path, ReadLimits(file_bytes=2_000_000))


def test_a_file_that_changes_while_it_is_read(tmp_path):
    path = tmp_path / "waves.sav"
    path.write_bytes(HEADS["sav"])
    file = sniff(path)
    check_unchanged(file)
    path.write_bytes(HEADS["sav"] + b"more")
    with pytest.raises(InputError, match="changed while"):
        check_unchanged(file)
    path.unlink()
    with pytest.raises(InputError, match="no such file"):
        check_unchanged(file)
