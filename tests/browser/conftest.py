"""A report and a browser to read it in. `make browser` runs these tests; the usual run leaves them out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.fspath).parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    with Chromium() as running:
        yield running


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `mirabal demo` writes; MIRABAL_DEMO names one that is there already."""
    if "MIRABAL_DEMO" in os.environ:
        return Path(os.environ["MIRABAL_DEMO"])
    from mirabal_toolkit.reporting.choices import Choices
    from mirabal_toolkit.workflow import example_export
    from mirabal_toolkit.workflow_analysis import AnalysisRequest, run_analysis
    from mirabal_toolkit.workflow_reading import DataRequest

    folder = tmp_path_factory.mktemp("demo") / "out"
    choices = Choices(("html", "docx"), briefing=True)
    run_analysis(AnalysisRequest(DataRequest((example_export(),)), folder, choices=choices), lambda *_: None)
    return folder


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which looks for what keeps people from reading a page."""
    return (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
