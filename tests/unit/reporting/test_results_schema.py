"""results.json obeys its schema, and reports of older versions still open."""

import json
import shutil

import jsonschema
import pytest

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.reporting import results_schema
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.opening import open_folder
from mirabal_toolkit.reporting.records import record_files
from mirabal_toolkit.reporting.tables.shelf import all_tables
from mirabal_toolkit.verifying.files import changed_files

VERSIONS = (1,)


@pytest.fixture(params=VERSIONS)
def old(request, root):
    """A report as version N wrote it, without its documents; it is never written anew."""
    return request.param, root / "tests" / "data" / f"results-version-{request.param}"


def test_the_schema_is_that_of_the_program():
    assert results_schema.schema_file().read_text(encoding="utf-8") == results_schema.schema_text()
    jsonschema.Draft202012Validator.check_schema(results_schema.results_schema())


def test_every_version_has_an_example_and_a_schema():
    assert tuple(range(1, results_schema.SCHEMA_VERSION + 1)) == VERSIONS
    assert all(results_schema.schema_file(version).is_file() for version in VERSIONS)


def test_an_old_report_obeys_the_schema_of_its_version(old):
    version, folder = old
    schema = json.loads(results_schema.schema_file(version).read_text(encoding="utf-8"))
    jsonschema.validate(json.loads((folder / "results.json").read_text(encoding="utf-8")), schema)


def test_an_old_report_opens_and_its_tables_can_be_made(old):
    _, folder = old
    released = open_folder(folder)
    told = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    shown = released.estimates.frame
    assert len(shown) == len(told["estimates"])
    change = shown[(shown["analysis"] == "paired_change") & (shown["term"] == "change")]
    assert change["estimate"].tolist() == [
        one["estimate"] for one in told["estimates"] if (one["analysis"], one["term"]) == ("paired_change", "change")
    ]
    assert {"headline", "before-after"} <= {table.id for table in all_tables(Edition(released))}


def test_an_old_report_is_as_it_was_written(old):
    _, folder = old
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    changed = {problem.where for problem in changed_files(folder, manifest)}
    assert not changed & {path.name for path in folder.iterdir()}


def test_what_is_written_now_obeys_the_schema(old):
    now = json.loads(record_files(open_folder(old[1]))["results.json"])
    jsonschema.validate(now, results_schema.results_schema())
    del now["estimates"][0]["conf_low"]
    with pytest.raises(jsonschema.ValidationError, match="conf_low"):
        jsonschema.validate(now, results_schema.results_schema())


def test_a_report_of_a_newer_version_is_refused(old, tmp_path):
    folder = shutil.copytree(old[1], tmp_path / "newer")
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**told, "schema": 99}))
    with pytest.raises(InputError, match="newer"):
        open_folder(folder)
