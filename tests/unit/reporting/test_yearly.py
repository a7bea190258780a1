"""The yearly report: every number from a released source, sources never added up, no couple's answers to be learnt."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import lxml.html
import numpy as np
import pytest
from openxml_audit import AppPrediction, OpenXmlValidator, predict

import mirabal_toolkit as mt
from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.reporting.choices import Choices
from mirabal_toolkit.reporting.delivery import deliver_explore, deliver_yearly
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.before_after import before_after, before_after_scores
from mirabal_toolkit.reporting.tables.by_wave import by_wave, by_wave_scores
from mirabal_toolkit.reporting.yearly.sources import Sources
from mirabal_toolkit.reporting.yearly.tables import outcomes
from mirabal_toolkit.synthetic import simulate
from mirabal_toolkit.workflow import analyse, to_panel

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def described(instrument: str, plan: str, wanted: set[str]) -> ReleasableResults:
    """Released results of artificial answers, nothing modelled."""
    loaded = load_plan(plan)
    kept = tuple(replace(one, model=None, beside=()) for one in loaded.outcomes if one.outcome in wanted)
    study = simulate(load_instrument(instrument), people=80, waves=5, seed=3)
    panel = to_panel(mt.score(mt.clean(study.waves)))
    return release(analyse(panel, replace(loaded, outcomes=kept, missing_data=None)), "funder")


@pytest.fixture(scope="module")
def cases() -> ReleasableResults:
    return described(
        "case-record", "case-record", {"attending_or_done", "completed", "partner_reached", "new_incident"}
    )


@pytest.fixture(scope="module")
def clients() -> ReleasableResults:
    return described("client-account", "client-account", {"own_respect_score", "own_physical_any", "own_injured"})


@pytest.fixture(scope="module")
def sources(cases: ReleasableResults, few: ReleasableResults, clients: ReleasableResults) -> Sources:
    return Sources(cases, few, clients)


def with_nobody(released: ReleasableResults | None, outcome: str) -> ReleasableResults:
    """The same results, as if nobody had said yes at the end."""
    assert released is not None
    frame = released.estimates.frame.copy()
    rows = (frame["outcome"] == outcome) & (frame["analysis"] == "paired_change") & (frame["term"] == "after")
    assert rows.any()
    frame.loc[rows, "estimate"] = 0.0
    frame.loc[rows, "flags"] = frame.loc[rows, "flags"].map(
        lambda flags: (*(f for f in flags if f != "suppressed"), "zero_cell")
    )
    return replace(released, estimates=SealedFrame(frame))


def rows_of(table: object) -> dict[str, list[str]]:
    return {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows}  # type: ignore[attr-defined]


def test_every_source_has_rows_of_its_own_in_its_measure(sources: Sources) -> None:
    table = outcomes(sources)
    speakers = {row.cells[0].text.partition(":")[0] for row in table.rows}
    assert speakers == {"Partners", "Clients", "Workers"}
    safety = next(group for group in table.groups if group.label.startswith("3 "))
    assert {row.cells[0].text.partition(":")[0] for row in safety.rows} == speakers


def test_every_number_is_one_of_a_source(sources: Sources) -> None:
    known = {"95", "5"}
    for _, released in sources.given():
        edition = Edition(released)
        for table in (before_after(edition), before_after_scores(edition), by_wave(edition), by_wave_scores(edition)):
            known |= {number for row in table.rows for cell in row.cells for number in NUMBER.findall(cell.text)}
    for row in outcomes(sources).rows:
        for cell in row.cells[1:]:
            assert set(NUMBER.findall(cell.text)) <= known, row.cells[0].text


def test_where_nobody_said_yes_one_of_a_couple_learns_nothing(sources: Sources) -> None:
    known = replace(sources, clients=with_nobody(sources.clients, "own_physical_any"))
    row = next(texts for label, texts in rows_of(outcomes(known)).items() if label.startswith("Clients: Physical harm"))
    assert row[:4] == ["hidden"] * 4
    assert not NUMBER.search("".join(row))


def test_without_the_other_account_a_zero_may_be_shown(sources: Sources) -> None:
    alone = replace(sources, clients=with_nobody(sources.clients, "own_physical_any"), partners=None)
    row = next(texts for label, texts in rows_of(outcomes(alone)).items() if label.startswith("Clients: Physical harm"))
    assert row[1].startswith("0")


def test_sources_under_different_rules_are_not_put_together(sources: Sources, internal: ReleasableResults) -> None:
    with pytest.raises(UsageError, match="“internal”"):
        replace(sources, partners=internal)


def test_a_source_of_another_questionnaire_is_refused(sources: Sources) -> None:
    with pytest.raises(UsageError, match="--clients was given results of the questionnaire partner-safety"):
        replace(sources, clients=sources.partners)


def test_case_files_alone_are_no_yearly_report(cases: ReleasableResults) -> None:
    with pytest.raises(UsageError, match="needs what partners or clients said"):
        Sources(cases)


@pytest.fixture(scope="module")
def folder(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("yearly") / "2026"
    deliver_yearly(sources, "2026", out, Choices(), command={"command": "yearly"})
    return out


def test_the_page_goes_from_referral_to_outcomes(folder: Path) -> None:
    page = lxml.html.fromstring((folder / "programme-report.html").read_bytes())
    assert page.xpath("string(//h1)") == "Programme report 2026"
    sections = page.xpath("//main/section/@id")
    assert sections == ["summary", "referred", "stages", "partners", "outcomes", "read"]
    assert all(page.xpath(f"//section[@id='{name}']//table") for name in sections[1:5])
    assert "cases have a record at referral" in page.xpath("string(//section[@id='summary'])")
    assert "never added up" in page.xpath("string(//section[@id='outcomes'])")


def test_the_word_document_opens_without_repair(folder: Path) -> None:
    result = OpenXmlValidator().validate(folder / "programme-report.docx")
    assert predict(result).prediction is AppPrediction.OPENS_CLEAN


def test_the_same_sources_give_the_same_bytes(folder: Path, sources: Sources, tmp_path: Path) -> None:
    deliver_yearly(sources, "2026", tmp_path / "again", Choices(), command={"command": "yearly"})
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(folder)).read_bytes(), path.name


def test_nothing_is_added_up_over_sources(sources: Sources) -> None:
    bases = [row.cells[3].value for row in outcomes(sources).rows if row.cells[3].value is not None]
    largest = max(float(released.flow.frame["interviewed"].max()) for _, released in sources.given())
    assert np.max(bases) <= largest


def test_the_command_writes_it_from_folders_and_the_last_look_finds_nothing(
    sources: Sources, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["yearly", "--year", "2026", "--out", str(tmp_path / "year"), "--json"]
    for name, released in sources.given():
        # A page that explores has the numbers a report has, and needs no figures drawn.
        deliver_explore(released, tmp_path / name, command={"command": "explore"})
        arguments += [f"--{name}", str(tmp_path / name)]
    assert exit_code_of(arguments) == 0
    documents = [Path(path).name for path in json.loads(capsys.readouterr().out)["documents"]]
    assert documents == ["programme-report.html", "programme-report.docx"]
    manifest = json.loads((tmp_path / "year" / "manifest.json").read_bytes())
    assert set(manifest["command"]["sources"]) == {"cases", "partners", "clients"}
    assert exit_code_of(["check-outputs", str(tmp_path / "year")]) == 0
    assert exit_code_of(["report", str(tmp_path / "year")]) == 2
    assert "mirabal yearly" in capsys.readouterr().err


def test_the_command_says_what_lacks(sources: Sources, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver_explore(sources.cases, tmp_path / "cases", command={"command": "explore"})
    assert exit_code_of(["yearly", "--cases", str(tmp_path / "cases"), "--out", str(tmp_path / "year")]) == 2
    assert "add --partners or --clients" in capsys.readouterr().err
    assert not (tmp_path / "year").exists()
