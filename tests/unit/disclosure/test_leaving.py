"""The last look at a folder that somebody else may have had in hand."""

import json
import sys
from dataclasses import asdict

import pytest

from mirabal_toolkit.disclosure.leaving import problems_of
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.safekeeping.manifest import write_manifest


@pytest.fixture
def folder(tmp_path):
    """A report of one table, as it was written."""
    place = tmp_path / "report"
    (place / "tables").mkdir(parents=True)
    (place / "tables" / "change.csv").write_text("indicator,n\nfear,60\n", encoding="utf-8")
    (place / "results.json").write_text(json.dumps({"profile": asdict(PROFILES["funder"]), "estimates": []}))
    write_manifest(place, {"command": {"command": "analyse"}, "inputs": []})
    return place


def told(folder):
    return [problem.what for problem in problems_of(folder)]


def test_a_report_as_it_was_written_may_leave(folder):
    assert told(folder) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("leads_to", ["../study.parquet", "nowhere", ".."])
def test_a_link_in_the_folder_is_named(folder, leads_to):
    (folder.parent / "study.parquet").write_text("answers")
    (folder / "data").symlink_to(leads_to)
    assert told(folder) == ["a link lies in the folder; what it leads to may be sent in its place"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_file_of_the_report_that_became_a_link_is_named(folder):
    table = folder / "tables" / "change.csv"
    table.rename(folder.parent / "change.csv")
    table.symlink_to(folder.parent / "change.csv")
    assert told(folder) == ["a file was changed after the toolkit wrote it, so nobody has checked it"]


@pytest.mark.parametrize("content", [b"indicator,n\n\xff\xfe,3\n", b'a,n\n"' + b"x" * 200_000 + b'",3\n'])
def test_a_table_that_cannot_be_read_is_named(folder, content):
    (folder / "tables" / "change.csv").write_bytes(content)
    assert told(folder)[-1] == "the table cannot be read"
