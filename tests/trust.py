"""Write ``docs/trust.md``: each promise, the test that holds it, and the figure last measured.

``python tests/trust.py`` runs the tests of every promise but the slow ones and writes the page; ``python
tests/trust.py --slow`` the slow ones too (FUZZ_SECONDS for each target of fuzzing); ``--page`` writes the page from
what was measured before. Figures are kept in ``docs/trust.json``: a test that is not run keeps its last one.

What takes hours can be run in pieces, on several computers or evenings: ``pytest -m slow -o junit_family=xunit1
--junitxml=piece1.xml`` with ATTACK_FROM and ATTACK_STUDIES, FUZZ_SEED and FUZZ_SECONDS, or FAULT_SEED set; then
``python tests/trust.py --told piece*.xml`` adds the pieces up.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE, FIGURES = ROOT / "docs" / "trust.md", ROOT / "docs" / "trust.json"

HEAD = """# What is promised, and what holds it

Nobody has to believe us. Every promise below names the test that holds it, and what that test found when it was last
run. This page is written by `make trust` from such a run, not by hand; `make trust-slow` runs what takes hours too.
Whether a promise covers what worries you, and what is **not** promised, stands in `SECURITY.md`.
"""


@dataclass(frozen=True)
class Promise:
    """What is promised, and by which tests it is held.

    Parameters
    ----------
    section : str
    text : str
    tests : tuple of str
        ``file::function``.
    """

    section: str
    text: str
    tests: tuple[str, ...]


RELEASED = "A number that is hidden stays hidden"
REPEAT, FAULTS, FUZZ = "A number can be traced and repeated", "Nothing is half done", "Whatever a file holds"
VERIFY, RESUME, KILLED = (
    "tests/functional/test_verify.py",
    "tests/functional/test_resume.py",
    "tests/functional/test_faults.py",
)
SAFE, READERS = "tests/unit/safekeeping", "tests/fuzz/test_readers_of_anything.py"

OWN = (
    Promise(
        RELEASED,
        "Random studies, a thousand when all are run: an attacker with a solver pins no small count from what leaves",
        ("tests/property/test_disclosure_attack.py::test_no_small_count_is_pinned_in_a_thousand_studies",),
    ),
    Promise(
        REPEAT,
        "A file of a report that was changed by one bit is found and named",
        (f"{VERIFY}::test_one_changed_byte_is_found",),
    ),
    Promise(REPEAT, "So is a changed manifest", (f"{VERIFY}::test_a_changed_manifest_is_found",)),
    Promise(
        REPEAT,
        "The same analysis done again gives every number",
        (f"{VERIFY}::test_the_analysis_done_again_gives_every_number",),
    ),
    Promise(
        REPEAT,
        "Other data, another plan and other numbers are named",
        (f"{VERIFY}::test_other_data_another_plan_and_another_number_are_named",),
    ),
    Promise(
        REPEAT,
        "Another run, in two processes, writes the same bytes",
        (f"{VERIFY}::test_another_run_in_two_processes_writes_the_same_bytes",),
    ),
    Promise(
        REPEAT,
        "A report written again from its own numbers is the same to the byte",
        ("tests/functional/test_report_again.py::test_the_report_again_is_the_same_to_the_byte",),
    ),
    Promise(
        REPEAT,
        "Results of every version so far open, and obey their schema",
        (
            "tests/unit/reporting/test_results_schema.py::test_an_old_report_opens_and_its_tables_can_be_made",
            "tests/unit/reporting/test_results_schema.py::test_an_old_report_obeys_the_schema_of_its_version",
        ),
    ),
    Promise(
        FAULTS,
        "A run that is killed at any moment leaves what was there, or what was to be",
        (f"{KILLED}::test_a_killed_run_leaves_the_old_or_the_new",),
    ),
    Promise(
        FAULTS,
        "The same for import, writing, erase, seal, report and analysis, two hundred times",
        (f"{KILLED}::test_two_hundred_killed_runs_leave_the_old_or_the_new",),
    ),
    Promise(
        FAULTS,
        "Files that belong together change together, wherever the run is cut off",
        (f"{SAFE}/test_files.py::test_a_run_killed_while_files_change_is_finished_by_the_next",),
    ),
    Promise(
        FAULTS,
        "A full disk and lost rights leave everything as it was",
        (
            "tests/functional/test_full_disk.py::test_a_study_file_is_whole_or_as_it_was",
            "tests/functional/test_full_disk.py::test_a_folder_of_outputs_is_whole_or_as_it_was",
            f"{KILLED}::test_rights_that_are_lost_while_working_leave_everything_as_it_was",
        ),
    ),
    Promise(
        FAULTS,
        "An analysis without room on the disk, or in memory, leaves the older report as it was, and can go on later",
        (
            "tests/functional/test_full_disk.py::test_an_analysis_on_a_full_disk_leaves_the_old_report",
            "tests/functional/test_full_disk.py::test_an_analysis_without_memory_leaves_the_old_report_and_goes_on_later",
        ),
    ),
    Promise(
        FAULTS,
        "Two runs into one place are refused; a dead run keeps nobody out",
        (
            f"{KILLED}::test_two_runs_into_one_place_are_refused",
            f"{SAFE}/test_folders.py::test_a_second_run_is_refused_until_the_first_is_dead",
            f"{SAFE}/test_folders.py::test_many_runs_never_hold_a_lock_together",
        ),
    ),
    Promise(
        FAULTS,
        "A run that is stopped says so, and leaves nothing half done",
        (f"{KILLED}::test_a_run_that_is_stopped_leaves_nothing_half_done",),
    ),
    Promise(
        FAULTS,
        "No process outlives the one it works for",
        (f"{RESUME}::test_no_process_outlives_the_one_it_works_for",),
    ),
    Promise(
        FAULTS,
        "A run that was cut off goes on without doing again what it had finished, to the same numbers",
        (f"{RESUME}::test_what_was_finished_is_not_done_again_and_the_numbers_are_the_same",),
    ),
    Promise(
        FAULTS,
        "A note of unfinished changes that somebody planted is not followed",
        (f"{SAFE}/test_files.py::test_a_planted_note_is_not_followed",),
    ),
    Promise(
        FAULTS,
        "No answer waits in the folder of everybody’s temporary files while a workbook is written",
        ("tests/functional/test_full_disk.py::test_answers_wait_nowhere_else_while_a_workbook_is_written",),
    ),
    Promise(
        FUZZ,
        "Spoilt expressions, questionnaires, plans, mappings, CSV and SPSS files are read as they are, or refused in "
        "plain words, in reasonable time",
        (f"{READERS}::test_a_few_cases",),
    ),
    Promise(
        FUZZ,
        "The same for longer, ten minutes each where all is run",
        (f"{READERS}::test_minutes_of_cases",),
    ),
)

#: Tests marked slow, which the usual run leaves out.
SLOW = ("test_two_hundred_", "test_minutes_of_cases", "_in_a_thousand_studies")


def promises() -> tuple[Promise, ...]:
    """Return the promises of SECURITY.md, by whom they protect from, then the others."""
    return (*_of_security((ROOT / "SECURITY.md").read_text(encoding="utf-8")), *OWN)


def _of_security(text: str) -> Iterator[Promise]:
    section = ""
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:]
        row = re.fullmatch(r"\| (.+) \| (.*`tests/.+`.*) \|", line)
        if row:
            yield Promise(section, row[1], tuple(re.findall(r"`(tests/[^`]+::\w+)", row[2])))


def measure(tests: Iterable[str]) -> dict[str, dict[str, object]]:
    """Run tests and return, for each, how many cases it had, how many passed, and the figures they told."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "told.xml")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:xdist",
            "-m",
            "slow or not slow",
            f"--junitxml={told}",
            "-o",
            "junit_family=xunit1",
            *tests,
        ]
        subprocess.run(command, cwd=ROOT, check=False)
        return found_in([told])


def found_in(files: Iterable[Path]) -> dict[str, dict[str, object]]:
    """Return what runs of tests told; the figures of a test that ran several times are added up."""
    found: dict[str, dict[str, object]] = {}
    for file in files:
        suite = ET.parse(file).getroot().find("testsuite")  # noqa: S314  (pytest wrote it)
        for case in suite.iter("testcase"):
            name = case.attrib["classname"].replace(".", "/") + ".py::" + case.attrib["name"].split("[")[0]
            one = found.setdefault(name, {"cases": 0, "passed": 0, "told": {}, "when": ""})
            one["cases"] += 1
            one["passed"] += not any(part.tag in ("failure", "error", "skipped") for part in case)
            one["when"] = max(one["when"], suite.attrib["timestamp"][:10])
            for part in case.iter("property"):
                _tell(one["told"], part.attrib["name"], part.attrib["value"])
    return found


def _tell(told: dict[str, str], name: str, value: str) -> None:
    before = told.get(name, "0")
    told[name] = str(int(before) + int(value)) if before.isdigit() and value.isdigit() else value


def page(measured: dict[str, dict[str, object]]) -> str:
    """Return the page."""
    lines, section = [HEAD], ""
    for promise in promises():
        if promise.section != section:
            section = promise.section
            lines += ["", f"## {section}", "", "| promised | last measured | held by |", "|---|---|---|"]
        held = "<br>".join(f"`{test.partition('::')[2]}` in `{test.partition('::')[0]}`" for test in promise.tests)
        lines.append(f"| {promise.text} | {'<br>'.join(_figures(promise.tests, measured))} | {held} |")
    return "\n".join(lines) + "\n"


def _figures(tests: Iterable[str], measured: dict[str, dict[str, object]]) -> Iterator[str]:
    for test in tests:
        one = measured.get(test)
        if one is None:
            yield "not yet measured" if not any(name in test for name in SLOW) else "takes hours; not yet measured"
            continue
        if one["passed"] != one["cases"]:
            yield f"**broken**: {one['cases'] - one['passed']} of {one['cases']} cases failed ({one['when']})"
            continue
        told = [f"{name}: {_number(value)}" for name, value in one["told"].items()] or [_cases(one["cases"])]
        yield f"{'; '.join(told)} ({one['when']})"


def _cases(number: object) -> str:
    return "holds" if number == 1 else f"holds in {number} cases"


def _number(text: str) -> str:
    return f"{int(text):,}" if text.isdigit() else text


def known() -> dict[str, dict[str, object]]:
    """Return what was measured so far."""
    return json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.is_file() else {}


def main() -> None:
    """Measure and write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--slow", action="store_true")
    options.add_argument("--page", action="store_true")
    options.add_argument("--told", nargs="+", type=Path, metavar="FILE", help="what runs of pieces told, as junit xml")
    options.add_argument("only", nargs="*", help="measure these tests only")
    asked = options.parse_args()
    held = sorted({test for promise in promises() for test in promise.tests})
    tests = asked.only or [test for test in held if asked.slow or not any(name in test for name in SLOW)]
    measured = known()
    if not asked.page:
        measured |= found_in(asked.told) if asked.told else measure(tests)
    FIGURES.write_text(json.dumps(dict(sorted(measured.items())), indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
