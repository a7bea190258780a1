"""Waves 1–2 collected with one version, 3–5 with the next: one panel, and what cannot be compared is said."""

import json
import re

import pyreadstat
import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.workflow import read
from mirabal_toolkit.workflow_data import import_study, simulate_file
from mirabal_toolkit.workflow_reading import DataRequest

PLAN = """\
format: "1"
id: versions
version: "1.0.0"
date: "2026-01-01"
title: Several versions
instrument: partner-safety
outcomes:
  - {outcome: space_score, model: lmm, headline: true}
  - {outcome: injured, model: gee, headline: true}
  - {outcome: money_control, model: gee, headline: true}
  - {outcome: coercion_score, model: lmm}
"""

CHANGES = """\
changes:
  - {kind: added, item: E10, from_version: "1.1.0", date: "2027-06-01", reason: Asked for, comparability: "no"}
  - {kind: reworded, item: F2, from_version: "1.1.0", date: "2027-06-01", reason: Too narrow, comparability: "no"}
  - {kind: reworded, item: G1, from_version: "1.1.0", date: "2027-06-01", reason: Clearer, comparability: partial}
"""


def cut(source, target, drop):
    """Leave out the variables of some waves."""
    frame, facts = pyreadstat.read_sav(source, user_missing=True)
    kept = [name for name in frame.columns if not name.endswith(drop)]
    pyreadstat.write_sav(
        frame[kept],
        target,
        column_labels=[facts.column_names_to_labels[name] for name in kept],
        variable_value_labels={n: v for n, v in facts.variable_value_labels.items() if n in kept},
        missing_ranges={n: v for n, v in facts.missing_ranges.items() if n in kept},
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two versions of our own, the later of which words F2 and G1 anew and asks E10."""
    place = tmp_path_factory.mktemp("versions")
    text = (bundled_folder("instruments") / "partner-safety" / "1.1.0.yaml").read_text(encoding="utf-8")
    (place / "1.1.0.yaml").write_text(text, encoding="utf-8")
    text = text.replace('version: "1.1.0"', 'version: "2.0.0"', 1).replace("changes:\n", CHANGES, 1)
    more = '      - {id: E10, label: {en: Came to work}, text: {en: "He came to your work."}}\n'
    for before, after in (
        ("  - id: F\n", f"{more}\n  - id: F\n"),
        ("You could see the people you wanted to see.", "You could meet the people you wanted to meet."),
        ("He controlled your money: took it,", "He decided over your money: took it,"),
    ):
        assert text.count(before) == 1
        text = text.replace(before, after)
    (place / "2.0.0.yaml").write_text(text, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def files(folder, tmp_path_factory):
    place = tmp_path_factory.mktemp("files")
    simulate_file(str(folder / "1.1.0.yaml"), place / "early.sav", people=40, waves=2, seed=4)
    simulate_file(str(folder / "2.0.0.yaml"), place / "all.sav", people=40, waves=5, seed=4)
    cut(place / "all.sav", place / "late.sav", ("_w1", "_w2"))
    return place / "early.sav", place / "late.sav"


def test_the_change_log_makes_them_one_panel(files, folder):
    waves = read(files, instrument=str(folder))
    assert waves.instrument.version == "2.0.0"
    assert sorted(waves.answers.frame["wave"].unique()) == [1, 2, 3, 4, 5]
    (bridge,) = waves.bridges
    assert (bridge.from_version, bridge.waves) == ("1.1.0", (1, 2))
    assert "money_control" in bridge.not_comparable
    assert {"space_score", "coercion_score"} <= set(bridge.partial)
    early = waves.answers.frame[waves.answers.frame["wave"] < 3]
    assert early["F2"].isna().all()
    assert early["G1"].notna().any()
    assert set(waves.reasons.frame.loc[early.index, "E10"]) == {"not_asked"}


def test_bundled_versions_are_told_apart_without_being_named(tmp_path):
    simulate_file("partner-safety@1.0.0", tmp_path / "early.sav", people=20, waves=2, seed=1)
    simulate_file("partner-safety@1.1.0", tmp_path / "all.sav", people=20, waves=5, seed=1)
    cut(tmp_path / "all.sav", tmp_path / "late.sav", ("_w1", "_w2"))
    waves = read([tmp_path / "late.sav", tmp_path / "early.sav"])
    assert waves.instrument.reference == "partner-safety@1.1.0"
    assert waves.answers.frame.loc[waves.answers.frame["wave"] == 1, "C8_treated"].notna().any()
    assert read(tmp_path / "early.sav").instrument.reference == "partner-safety@1.0.0"


@pytest.fixture(scope="module")
def results(files, folder):
    place = files[0].parent
    (place / "plan.yaml").write_text(PLAN, encoding="utf-8")
    panel = mt.score(mt.clean(read(files, instrument=str(folder)))).to_panel()
    return mt.analyse(panel, mt.load_plan(str(place / "plan.yaml")))


def flags_of(results, outcome, analysis):
    rows = results.estimates.frame.query("outcome == @outcome and analysis == @analysis")
    assert len(rows)
    return [set(flags) for flags in rows["flags"]], rows["estimate"]


def test_no_change_is_estimated_where_it_cannot_be_compared(results):
    for analysis in ("paired_change", "model_contrast"):
        flags, estimates = flags_of(results, "money_control", analysis)
        assert all("not_comparable" in found for found in flags)
        assert estimates.isna().all()
    levels = results.estimates.frame.query("outcome == 'money_control' and analysis == 'prevalence'").dropna(
        subset="estimate"
    )
    assert set(levels["wave"]) == {3, 4, 5}


def test_partly_comparable_change_is_estimated_and_flagged(results):
    flags, estimates = flags_of(results, "space_score", "paired_mean_change")
    assert all("partly_comparable" in found for found in flags)
    assert estimates.notna().any()
    flags, _ = flags_of(results, "injured", "paired_change")
    assert not set.union(*flags) & {"partly_comparable", "not_comparable"}


def test_the_report_says_so(results, tmp_path):
    mt.report(mt.release(results, "internal"), tmp_path / "out", formats=("html",))
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", (tmp_path / "out" / "report.html").read_text(encoding="utf-8")))
    assert "answers to 1.1.0 (waves 1, 2) were carried over to 2.0.0" in text
    assert "no change is estimated across the versions: He controlled her money." in text
    assert "Comparable in part only, and marked in the tables: Space for action, 0–100; Coercion" in text
    assert "the earlier waves are left out, and no change is estimated across them" in text
    audit = json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))
    assert {"harmonised", "not_comparable", "outcome_not_comparable"} <= {one["code"] for one in audit["findings"]}


def test_exports_of_several_versions_are_imported_one_by_one_and_read_together(files, folder, tmp_path):
    def quiet(_text, _done, _total):
        return None

    with pytest.raises(UsageError, match="several versions") as caught:
        import_study(DataRequest(files, str(folder)), tmp_path / "both.parquet", quiet)
    assert "those of each version by themselves" in caught.value.problem.fix
    studies = [tmp_path / "early.parquet", tmp_path / "late.parquet"]
    for study, file, version in zip(studies, files, ("1.1.0", "2.0.0"), strict=True):
        import_study(DataRequest((file,), str(folder / f"{version}.yaml")), study, quiet)
    together = read(studies, instrument=str(folder))
    assert together.bridges == read(files, instrument=str(folder)).bridges
    # A study of several versions keeps what it knows about them.
    import_study(DataRequest(tuple(studies), str(folder)), tmp_path / "whole.parquet", quiet)
    assert read(tmp_path / "whole.parquet", instrument=str(folder)).bridges == together.bridges
