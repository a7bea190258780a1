"""Make the .ipynb files from the .py files: same cells, no results, the same bytes every time.

python notebooks/pair.py            (or: make notebooks)
"""

from pathlib import Path

import jupytext

from mirabal_toolkit.notebooks.stripping import as_text, stripped

HERE = Path(__file__).parent
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def notebook_of(script: Path) -> str:
    """The text of the .ipynb that goes with a .py."""
    notebook = jupytext.read(script, fmt="py:percent")
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{script.stem}-{number}"
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return as_text(stripped(notebook))


if __name__ == "__main__":
    for path in sorted(HERE.glob("[0-9]*.py")):
        path.with_suffix(".ipynb").write_text(notebook_of(path), encoding="utf-8", newline="\n")
