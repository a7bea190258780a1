"""Leaving nothing of a respondent in a notebook; copying notebooks; one outcome at a time."""

import json

import pytest

from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.notebooks.copying import bundled_notebooks, copy_notebooks
from mirabal_toolkit.notebooks.server import _load_jupyter_server_extension, strip_before_saving
from mirabal_toolkit.notebooks.stripping import strip_file, stripped, uses_the_toolkit

TOLD = "0042 choked at wave 3"


def notebook(source="import mirabal_toolkit as mt", **metadata):
    """A notebook that has run, with a result everywhere Jupyter keeps one."""
    return {
        "cells": [
            {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Mine"},
            {
                "cell_type": "code",
                "id": "b",
                "metadata": {"execution": {"iopub.status.busy": "2026-01-01"}, "jupyter": {"source_hidden": True}},
                "source": source,
                "execution_count": 3,
                "outputs": [
                    {"output_type": "stream", "name": "stdout", "text": TOLD},
                    {"output_type": "execute_result", "data": {"text/html": TOLD}, "metadata": {}},
                    {"output_type": "error", "ename": "KeyError", "evalue": TOLD, "traceback": [TOLD]},
                ],
            },
        ],
        "metadata": {"kernelspec": {"name": "python3"}, "widgets": {"state": {"value": TOLD}}, **metadata},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def test_nothing_of_a_result_is_left_and_everything_else_is():
    clean = stripped(notebook())
    assert "0042" not in json.dumps(clean)
    assert clean["cells"][1]["source"] == "import mirabal_toolkit as mt"
    assert clean["cells"][1]["metadata"] == {"jupyter": {"source_hidden": True}}
    assert clean["metadata"] == {"kernelspec": {"name": "python3"}}


def test_the_server_strips_what_it_saves_if_the_toolkit_is_used():
    ours, theirs = {"type": "notebook", "content": notebook()}, {"type": "notebook", "content": notebook("import os")}
    strip_before_saving(ours, path="mine.ipynb", contents_manager=None)
    strip_before_saving(theirs, path="theirs.ipynb", contents_manager=None)
    assert "0042" not in json.dumps(ours)
    assert "0042" in json.dumps(theirs), "notebooks that have nothing to do with the toolkit are left alone"
    strip_before_saving({"type": "file", "content": "mirabal_toolkit"})


def test_source_may_be_a_list_of_lines():
    assert uses_the_toolkit(notebook(["import mirabal_", "toolkit as mt"]))
    assert not uses_the_toolkit({"cells": []})


def test_the_extension_registers_the_hook():
    hooks = []

    class Manager:
        register_pre_save_hook = staticmethod(hooks.append)

    class Server:
        contents_manager = Manager

    _load_jupyter_server_extension(Server)
    assert hooks == [strip_before_saving]


def test_a_file_is_stripped_once(tmp_path):
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(notebook()), encoding="utf-8")
    assert strip_file(path)
    assert "0042" not in path.read_text(encoding="utf-8")
    assert not strip_file(path)


@pytest.mark.parametrize("text", ["no json", "[1]", '{"cells": 3}'])
def test_what_is_no_notebook_is_left_as_it_is(tmp_path, text):
    path = tmp_path / "x.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="notebook"):
        strip_file(path)
    assert path.read_text(encoding="utf-8") == text


def test_the_bundled_notebooks_have_titles_and_say_for_whom_they_are():
    known = bundled_notebooks()
    assert [one.path.name[0] for one in known] == list("1234567")
    assert known[0].title == "What changed for the women in our programme?"
    assert known[0].about.startswith("For programme staff")


def test_copying_keeps_what_is_there(tmp_path):
    first = copy_notebooks(tmp_path / "mine")
    names = {path.name for path in first.written}
    assert {one.path.name for one in bundled_notebooks()} | {"models-in-r.csv"} == names
    mine = first.written[0]
    mine.write_text("changed", encoding="utf-8")
    again = copy_notebooks(tmp_path / "mine")
    assert (again.written, len(again.kept)) == ((), len(names))
    assert mine.read_text(encoding="utf-8") == "changed"


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "mine").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be copied"):
        copy_notebooks(tmp_path / "mine")
