"""The names a notebook uses, and what is said when its cells are run out of order."""

import subprocess
import sys
from pathlib import Path

import pytest
from docx import Document

import mirabal_toolkit as mt
from mirabal_toolkit import workflow_data
from mirabal_toolkit.errors import FindingsError, UsageError
from mirabal_toolkit.reporting import delivery
from mirabal_toolkit.reporting.documents.word_template import read_template
from mirabal_toolkit.workflow_analysis import AnalysisRequest, prepare
from mirabal_toolkit.workflow_reading import DataRequest


@pytest.fixture(scope="module")
def waves(tmp_path_factory):
    export = tmp_path_factory.mktemp("steps") / "few.sav"
    mt.simulate("partner-safety-short", export, people=6)
    return mt.read(export)


def test_tab_offers_every_public_name_before_it_is_loaded():
    code = "import sys, mirabal_toolkit as mt;print(sorted(set(mt.__all__) - set(dir(mt))), 'pandas' in sys.modules)"
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (finished.stdout.strip(), finished.stderr) == ("[] False", "")


@pytest.mark.parametrize(
    ("step", "needs"),
    [
        (lambda waves: mt.clean(mt.clean(waves)), "what `read` gives"),
        (mt.score, "what `clean` gives"),
        (lambda waves: mt.analyse(waves, mt.load_plan("short-form")), "to_panel()"),
        (lambda waves: mt.analyse(mt.score(mt.clean(waves)).to_panel(), "short-form"), "`load_plan`"),
        (lambda waves: mt.release(mt.clean(waves)), "what `analyse` gives"),
        (lambda waves: mt.report(mt.clean(waves), "never"), "what `release` gives"),
    ],
)
def test_a_step_given_what_another_step_takes_names_the_road(waves, step, needs):
    with pytest.raises(UsageError) as caught:
        step(waves)
    assert needs in caught.value.problem.what
    assert "read(…) → clean(…) → score(…).to_panel() → analyse(" in caught.value.problem.fix


def test_a_plan_for_another_questionnaire_is_refused_in_one_line_with_the_way_on():
    with pytest.raises(FindingsError) as caught:
        mt.load_plan("steps-to-safety").check_against(mt.load_instrument("partner-safety-short"))
    (problem,) = caught.value.problems
    assert "mirabal plans list" in problem.fix


def test_a_slip_in_the_profile_is_told_before_anything_is_read(tmp_path):
    nothing = DataRequest((Path(tmp_path / "no-such-file.sav"),))
    with pytest.raises(UsageError, match="no disclosure profile"):
        prepare(AnalysisRequest(nothing, tmp_path / "out", profile="funders"), lambda *_: None)


@pytest.fixture
def asked(monkeypatch):
    """What the roads are asked for, by name, instead of going them."""
    found = {}

    def instead(road, name):
        monkeypatch.setattr(road, name, lambda *given, **named: found.update({name: (given, named)}))

    instead(workflow_data, "run_check")
    instead(workflow_data, "import_study")
    instead(delivery, "deliver")
    return found


def test_whatever_is_said_to_check_and_import_study_reaches_the_road(asked):
    data = DataRequest((Path("a.sav"), Path("b.sav")), "partner-safety@1.0.0", Path("m.yaml"))
    said = {"mapping": "m.yaml", "instrument": "partner-safety@1.0.0"}
    mt.check(["a.sav", "b.sav"], profile="public", **said)
    request, _ = asked["run_check"][0]
    assert (request.data, request.profile, request.out) == (data, "public", None)
    mt.import_study(["a.sav", "b.sav"], "study.parquet", **said)
    read, place, _ = asked["import_study"][0]
    assert (read, place) == (data, Path("study.parquet"))


def test_whatever_is_said_to_report_reaches_what_writes_it(asked, tmp_path, root):
    released = mt.open_results(root / "tests" / "data" / "results-version-1")
    house = tmp_path / "house.docx"
    Document().save(house)
    mt.report(released, tmp_path / "out", formats=["docx"], briefing=True, language="ro")
    given, named = asked["deliver"]
    assert given[:2] == (released, tmp_path / "out")
    assert (given[2].formats, given[2].briefing, given[2].language, given[2].template) == (("docx",), True, "ro", None)
    assert named["command"]["language"] == "ro"
    mt.report(released, tmp_path / "out", template=house)
    assert asked["deliver"][0][2].template == read_template(house)
