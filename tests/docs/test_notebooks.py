"""The notebooks run from top to bottom, are stored without results, and are what their .py files say."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from nbclient import NotebookClient
from nbformat import read

import mirabal_toolkit as mt
from mirabal_toolkit.first_hour.folder import make_study_folder

NAMES = sorted(path.name for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
#: Those that take seconds also run by default.
FAST = {"5-an-instrument-of-your-own.ipynb"}


@pytest.fixture(scope="module")
def folder(root):
    return root / "notebooks"


def test_there_are_seven(folder):
    assert [name[0] for name in NAMES] == list("1234567")


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_notebook_holds_no_result(folder, name):
    notebook = json.loads((folder / name).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_what_its_script_says(folder, name):
    spec = importlib.util.spec_from_file_location("pair", folder / "pair.py")
    pair = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pair)
    assert (folder / name).read_text(encoding="utf-8") == pair.notebook_of((folder / name).with_suffix(".py"))


def test_staff_see_no_code_but_the_line_they_change(folder):
    cells = json.loads((folder / NAMES[0]).read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    shown = [cell for cell in code if not cell["metadata"].get("jupyter", {}).get("source_hidden")]
    assert ["YOUR_FILE" in "".join(cell["source"]) for cell in shown] == [True]


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in FAST else pytest.mark.slow) for name in NAMES])
def test_a_notebook_runs(folder, name, tmp_path):
    """In a study folder, with the plan that lies there."""
    place = make_study_folder(tmp_path / "study").folder / "notebooks"
    notebook = read(folder / name, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(place)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert not [output for output in shown if output.output_type == "error"]
    assert not [output.text for output in shown if output.get("name") == "stderr"], "warnings are for developers"
    if name == NAMES[0]:
        assert (tmp_path / "study" / "outputs" / "report" / "report.docx").is_file()


@pytest.fixture(scope="module")
def given(root):
    """The scores that R was given."""
    return pd.read_csv(root / "tests" / "golden" / "data" / "notebook_models.csv", dtype={"person_id": "str"})


@pytest.mark.slow
def test_r_was_given_the_scores_of_the_example(given):
    """So the columns beside each other in notebook 3 are about the same women."""
    scores = mt.score(mt.clean(mt.read(mt.example_export()))).to_panel().scores.frame.reset_index()
    ours = scores[["person_id", "wave", "space_score.as_reported", "injured.experienced"]]
    pd.testing.assert_frame_equal(ours.set_axis(given.columns, axis=1), given, check_dtype=False, atol=1e-8)


def test_the_models_of_notebook_3_agree_with_r(root, given):
    from mirabal_toolkit.mixed import gee, glmm, lmm

    answered = given.dropna(subset="injured")
    fits = {
        "lmm": lmm("space ~ C(wave)", given.dropna(subset="space"), groups="person_id"),
        "gee": gee(
            "injured ~ C(wave)", answered, groups="person_id", family="binomial", cov_type="robust", df="normal"
        ),
        "glmm": glmm("injured ~ C(wave)", answered, groups="person_id", family="binomial", n_quad=9),
    }
    in_r = pd.read_csv(root / "notebooks" / "values" / "models-in-r.csv")
    for name, fit in fits.items():
        theirs = in_r[in_r["model"] == name]
        # lme4 and geepack stop their search at a relative change near 1e-5; standard errors differ by no more.
        assert list(fit.params) == pytest.approx(list(theirs["estimate"]), rel=1e-4)
        assert list(fit.bse) == pytest.approx(list(theirs["std_error"]), rel=1e-4)


def test_jupyter_is_told_to_strip(root):
    """The wheel puts this file where Jupyter looks; the module it names must be importable."""
    config = json.loads((root / "notebooks" / "jupyter_server_config.d" / "mirabal.json").read_text(encoding="utf-8"))
    (module,) = config["ServerApp"]["jpserver_extensions"]
    finished = subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, check=False)
    assert finished.returncode == 0
    assert "etc/jupyter/jupyter_server_config.d/mirabal.json" in (root / "pyproject.toml").read_text(encoding="utf-8")
