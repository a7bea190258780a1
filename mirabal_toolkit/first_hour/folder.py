"""A new study folder, no questions asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.notebooks.copying import copy_notebooks
from mirabal_toolkit.plans.starting import new_plan

PLAN = "plan.yaml"
#: Folders that hold answers of people: kept out of version control whole.
PRIVATE = ("data", "study")

README = """\
# Our study

Made by `mirabal init`. Nothing here is sent anywhere; everything runs on this computer.

| folder or file | what belongs there |
|---|---|
| `data/raw/` | exports from SPSS, Excel, REDCap … as they come. Never change them |
| `study/` | what the toolkit makes of them: one clean study file, and how each variable was understood |
| `plan.yaml` | what will be analysed; settle it before anybody looks at results |
| `notebooks/` | the same, to read and click; saved with JupyterLab they keep no results |
| `outputs/` | reports; may be made again at any time |

`data/` and `study/` hold answers of people. Keep this folder on an encrypted disk, give files neutral names, and send
nobody anything but what lies in `outputs/` and passed `mirabal check-outputs`.

## From an export to a report

In a terminal, in this folder, with your export as `data/raw/waves.sav`:

    mirabal import data/raw/waves.sav --out study/study.parquet
    mirabal check study/study.parquet
    mirabal analyse study/study.parquet --plan plan.yaml --out outputs/report
    mirabal check-outputs outputs/report

The first writes `study/study.mapping.yaml`, which says how each variable was understood: look through it, correct
it, and import again with `--mapping study/study.mapping.yaml`.
The second ends with 3 if something in the data needs a decision. Then open `outputs/report/report.html`.

No data yet? Practise with artificial people:

    mirabal simulate {instrument} --people 60 --out data/raw/waves.sav

Something does not work? `mirabal doctor` says what this computer lacks.
"""

#: Endings of files that hold answers, links between people, or keys, in small or capital letters.
_ENDINGS = ("sav", "zsav", "por", "dta", "sas7bdat", "xpt", "parquet", "csv", "tsv", "xls", "xlsx", "ods", "zip", "key")

_PATTERNS = "\n".join(
    "*." + "".join(f"[{sign}{sign.upper()}]" if sign.isalpha() else sign for sign in ending) for ending in _ENDINGS
)

GITIGNORE = f"""\
# Answers of people never belong into version control, whatever they are called.
/data/
/study/
/outputs/
{_PATTERNS}
*.links.yaml
*.mapping.yaml
removals.jsonl
.ipynb_checkpoints/
.mirabal*/

# What the notebooks show from R is not about your people.
!/notebooks/values/*.csv
"""


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """What was made: the folder, its files, the questionnaire its plan is for."""

    folder: Path
    files: tuple[Path, ...]
    instrument: str


def make_study_folder(folder: Path, instrument: str = "partner-safety") -> StudyFolder:
    """Make a study folder: a place for data, a plan, notebooks, a README, and a ``.gitignore`` that keeps data out.

    Parameters
    ----------
    folder : Path
        Does not exist yet, or is empty.
    instrument : str
        Id, ``id@version`` or path of the questionnaire that the plan is for.

    Raises
    ------
    UsageError
        If there is something in `folder`, it cannot be written, or the questionnaire is unknown.
    """
    chosen = load_instrument(instrument)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty, and is left as it is", fix="name a new folder: mirabal init my-study")
    texts = {
        "README.md": README.format(instrument=instrument),
        ".gitignore": GITIGNORE,
        PLAN: _plan_text(instrument),
    }
    try:
        for name in ("data/raw", "study", "outputs"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for private in PRIVATE:
            (folder / private).chmod(0o700)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        why = f"{folder} cannot be written ({error.strerror})"
        raise UsageError(why, fix="name a folder of your own: mirabal init my-study") from None
    copied = copy_notebooks(folder / "notebooks")
    return StudyFolder(folder, (*(folder / name for name in texts), *copied.written), chosen.reference)


def _plan_text(reference: str) -> str:
    """Return the bundled plan of a questionnaire with its notes, or, where it has none, one to start from."""
    instrument = load_instrument(reference)
    bundled = bundled_folder("analyses") / f"{instrument.default_plan}.yaml"
    if instrument.default_plan and bundled.is_file():
        return bundled.read_text(encoding="utf-8")
    return new_plan(instrument, "our-plan", PLAN)
