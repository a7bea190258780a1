"""`mirabal check` as a user runs it: what it prints, what it writes, how it ends."""

import csv
import html.parser
import io
import json

import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.core.quality import ITEM_REASONS
from mirabal_toolkit.disclosure.checks import release_check
from mirabal_toolkit.reporting.checking.missingness import missing_figures
from mirabal_toolkit.reporting.delivery import deliver_check
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.records import check_json
from mirabal_toolkit.workflow_data import check_data
from mirabal_toolkit.workflow_reading import DataRequest


@pytest.fixture(scope="module")
def looked():
    """The check of the example, before the gate."""
    return check_data(DataRequest((mt.example_export(),)), lambda *_: None)


@pytest.fixture(scope="module")
def checked(looked, tmp_path_factory):
    """The check of the example, written once."""
    out = tmp_path_factory.mktemp("check") / "data-check"
    found = release_check(looked, "internal")
    deliver_check(found, out, command={"command": "check"})
    return found, out


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_the_page_needs_nothing_else_and_says_it_is_internal(checked):
    _, out = checked
    page = (out / "check.html").read_text(encoding="utf-8")
    assert "not for release" in page
    tags = []
    parser = html.parser.HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, dict(attributes)))
    parser.feed(page)
    assert not [tag for tag, _ in tags if tag in ("script", "link", "iframe")]
    pictures = [attributes for tag, attributes in tags if tag == "img"]
    assert pictures
    assert all(picture["src"].startswith("data:") and len(picture["alt"]) > 60 for picture in pictures)


def test_the_json_holds_every_finding_with_advice_and_what_lacks(checked):
    found, out = checked
    told = json.loads((out / "check.json").read_text(encoding="utf-8"))
    assert [finding["code"] for finding in told["findings"]] == [finding["code"] for finding in found.findings]
    severities = [finding["severity"] for finding in told["findings"]]
    assert severities == sorted(severities, key=["error", "warning", "note"].index)
    for row in told["missing"]:
        assert row["interviewed"] == row["answered"] + sum(row[reason] for reason in ITEM_REASONS)
    for row in told["flow"]:
        parts = ("interviewed", "wave_missed", "unsafe_to_contact", "withdrawn", "died")
        assert row["eligible"] == sum(row[part] for part in parts)


def test_the_numbers_of_the_picture_are_those_of_the_data(checked):
    _, out = checked
    numbers = [row for path in sorted(out.glob("figures/missingness*.csv")) for row in rows_of(path)]
    cleaned = mt.clean(mt.read(mt.example_export()))
    status, reasons = cleaned.status.frame["status"].astype(str), cleaned.reasons.frame
    wave = status.index.get_level_values("wave")
    met = {("Start", 1), ("12 months", 5)}
    for name, number in met:
        here = (status == "interviewed") & (wave == number)
        row = next(row for row in numbers if row["item"] == "C8" and row["wave"] == name)
        assert int(row["interviewed"]) == here.sum()
        assert int(row["refused"]) == (reasons.loc[here.to_numpy(), "C8"] == "refused").sum()
        assert int(row["answered"]) == reasons.loc[here.to_numpy(), "C8"].isna().sum()


def test_no_id_and_no_file_name_is_in_what_is_written(checked):
    _, out = checked
    ids = set(mt.read(mt.example_export()).answers.frame["person_id"].dropna().str.strip())
    for path in out.rglob("*"):
        if path.suffix in (".html", ".json", ".csv", ".txt"):
            text = path.read_text(encoding="utf-8")
            assert not [name for name in ids if f">{name}<" in text or f'"{name}"' in text]
            assert "five-waves" not in text


def test_labels_are_compared_with_the_questionnaire(checked):
    found, out = checked
    table = {row["item"].split(":")[0]: row for row in rows_of(out / "tables" / "agreement.csv")}
    assert table["C8"]["codes_same"] == "8"
    assert set(table) == {one.item for one in found.agreement}


def test_a_check_that_may_leave_shows_no_small_number(looked):
    found = release_check(looked, "funder")
    told = json.loads(check_json(found))
    hidden = 0
    for row in told["missing"]:
        counts = [row[name] for name in ("answered", *ITEM_REASONS)]
        assert all(count is None for count in counts) or all(count % 5 == 0 for count in counts)
        hidden += counts[0] is None
    assert hidden > 50
    assert all(finding["count"] is None or finding["count"] % 5 == 0 for finding in found.findings)
    sheets = missing_figures(found, Edition(found.released))
    assert "hidden" in "".join(cell.text for row in sheets[0].numbers.rows for cell in row.cells)


def test_it_ends_with_3_and_says_where_the_page_is(mirabal):
    finished = mirabal("check", mt.example_export(), "--out", "looked", "--json", "--no-progress")
    assert finished.returncode == 3
    assert {"severity", "code", "item", "wave", "count", "advice", "message"} <= json.loads(finished.stdout)[0].keys()
    assert "check.html" in finished.stderr


def test_an_unknown_profile_is_wrong_use_and_writes_nothing(mirabal, tmp_path):
    finished = mirabal("check", mt.example_export(), "--out", "looked", "--profile", "everybody")
    assert finished.returncode == 2
    assert not (tmp_path / "looked").exists()
