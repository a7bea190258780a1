"""Notebook 1 as programme staff meet it: in JupyterLab, in a browser, run from top to bottom, saved.

Needs the extra ``notebooks``. MIRABAL_PICTURE names a file for a picture of it.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Chromium, Page

from mirabal_toolkit.cli.notebooks import LAB_OPTIONS
from mirabal_toolkit.notebooks.copying import copy_notebooks

NAME = "1-what-changed.ipynb"
PATIENCE = 900  # seconds, for a busy machine
OUTPUTS = "[...document.querySelectorAll('.jp-NotebookPanel .jp-Cell-outputArea')].map(one => one.innerText)"


def waited_for(page: Page, script: str) -> None:
    """Wait until a script in the page gives something true; a page that is still loading gives nothing."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if page.run(script):
                return
        except RuntimeError:
            pass
        time.sleep(0.5)
    raise TimeoutError(script)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[tuple[str, Path]]:
    """JupyterLab on this computer only, as `mirabal notebooks --open` starts it, and the folder it shows."""
    folder = tmp_path_factory.mktemp("notebooks")
    copy_notebooks(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [*LAB_OPTIONS, "--no-browser", "--allow-root", f"--port={port}", "--expose-app-in-browser"]
    options += ["--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    own = {name: str(tmp_path_factory.mktemp(name)) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    environment = {**os.environ, **own, "JUPYTER_CONFIG_PATH": str(root / "notebooks")}
    with subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], env=environment) as server:
        address = f"http://127.0.0.1:{port}"
        for _ in range(2 * PATIENCE):
            try:
                urllib.request.urlopen(f"{address}/api")  # noqa: S310 — our own server
                break
            except urllib.error.URLError:
                time.sleep(0.5)
        yield address, folder
        server.terminate()


@pytest.fixture(scope="module")
def opened(browser: Chromium, lab: tuple[str, Path]) -> Page:
    """Notebook 1, run from top to bottom."""
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    page = Page(browser, target, browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
    for domain in ("Page", "Runtime"):
        page.call(f"{domain}.enable")
    page.resize(1280, 6400)  # so high that nothing is left out because nobody looks at it
    page.call("Page.navigate", url=f"{lab[0]}/lab/tree/{NAME}?reset")
    waited_for(page, "!!window.jupyterapp && !!document.querySelector('.jp-NotebookPanel .jp-Cell')")
    time.sleep(3)
    page.run("window.ran = false; jupyterapp.commands.execute('notebook:run-all-cells').then(() => ran = true); 0")
    waited_for(page, "window.ran")
    waited_for(page, f"{OUTPUTS}.at(-1).includes('report.docx')")
    return page


def test_staff_see_results_and_no_error(opened: Page) -> None:
    shown = "\n".join(opened.run(OUTPUTS))
    assert "120 women were interviewed at the start" in shown
    assert "Traceback" not in shown
    assert opened.run("document.querySelectorAll('.jp-OutputArea-output img, .jp-OutputArea-output svg').length") >= 2
    if "MIRABAL_PICTURE" in os.environ:
        Path(os.environ["MIRABAL_PICTURE"]).write_bytes(opened.picture())


def test_code_is_folded_but_for_the_line_to_change(opened: Page) -> None:
    editors = (
        "[...document.querySelectorAll('.jp-CodeCell')].filter(one => one.querySelector('.cm-content')?.offsetParent)"
    )
    assert opened.run(f"{editors}.map(one => one.innerText.includes('YOUR_FILE'))") == [True]


def test_choosing_another_outcome_shows_it(opened: Page) -> None:
    heading = "document.querySelector('.mirabal-explore .outcome h3').innerText"
    before = opened.run(heading)
    opened.run(
        "(() => { const one = document.querySelector('.widget-dropdown select'); one.selectedIndex = 5;"
        " one.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    waited_for(opened, f"{heading} !== {json.dumps(before)}")


def test_saved_it_holds_nothing_of_a_respondent(opened: Page, lab: tuple[str, Path]) -> None:
    path = lab[1] / NAME
    before = path.stat().st_mtime_ns
    opened.run("jupyterapp.commands.execute('docmanager:save').then(() => 1)")
    for _ in range(60):
        if path.stat().st_mtime_ns != before:
            break
        time.sleep(0.5)
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert path.stat().st_mtime_ns != before
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in saved["cells"])
    assert "widgets" not in saved["metadata"]
    assert "women were interviewed" not in path.read_text(encoding="utf-8")
