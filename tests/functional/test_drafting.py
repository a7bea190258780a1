"""A first instrument from an export: it loads, and the same file is then read with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from mirabal_toolkit import workflow
from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.instruments.loading import load_instrument

SCALE = {1.0: "Niciodată", 2.0: "Uneori", 3.0: "Mereu", 9.0: "Refuz să răspund", 8.0: "Nu știu"}


def drafted(folder: Path, *files: Path | str, language: str = "en"):
    out = folder / "mine.yaml"
    assert exit_code_of(["instruments", "draft", *map(str, files), "--out", str(out), "--lang", language, "-q"]) == 0
    return load_instrument(out), out


def labelled(path: Path, frame: pd.DataFrame, labels: dict[str, str] | None = None) -> Path:
    choices = [name for name in frame.columns if name.casefold().startswith(("q1", "q2")) or "_q" in name]
    pyreadstat.write_sav(
        frame,
        str(path),
        column_labels=[(labels or {}).get(name, "") for name in frame.columns],
        variable_value_labels=dict.fromkeys(choices, SCALE),
        missing_ranges={name: [8, 9] for name in choices},
    )
    return path


def wide(waves=(1, 2, 3), style="{item}_w{wave}") -> pd.DataFrame:
    rng = np.random.default_rng(3 if len(waves) > 1 else waves[0])
    frame = pd.DataFrame({"pid": [f"{number:03d}" for number in range(12)], "site": np.arange(12) % 3 + 1.0})
    for wave in waves:
        for item in ("q1", "q2"):
            frame[style.format(item=item, wave=wave)] = rng.choice([1.0, 2.0, 3.0, 8.0, 9.0], 12)
        frame[style.format(item="age", wave=wave)] = rng.integers(18, 60, 12).astype(float)
    return frame


def test_the_example_is_read_with_the_instrument_made_from_it(tmp_path):
    export = workflow.example_export()
    instrument, out = drafted(tmp_path, export)
    assert [wave.number for wave in instrument.waves] == [1, 2, 3, 4, 5]
    assert instrument.item("c1").variable == "c1_w{wave}"
    assert instrument.item("a_date").type == "date"
    assert instrument.item("site").per_person
    assert instrument.item("n1").sensitivity == "free_text"
    again = workflow.read(export, instrument=str(out))
    assert set(instrument.item_by_id) == set(again.answers.columns) - {"person_id", "wave"}
    own = workflow.read(export)
    assert again.answers.frame["c1"].count() == own.answers.frame["C1"].count()
    codes = {finding.code for finding in workflow.clean(again).findings}
    assert not {"recoded", "uncertain_match", "item_not_in_file"} & codes


def test_lint_asks_only_for_what_a_file_cannot_say(tmp_path, capsys):
    _, out = drafted(tmp_path, labelled(tmp_path / "wide.sav", wide()))
    capsys.readouterr()
    exit_code_of(["instruments", "lint", str(out)])
    told = capsys.readouterr()
    remarks = [line for line in (told.out + told.err).splitlines() if line.startswith(("has ", "is ", "names "))]
    assert all("dont_know" in line for line in remarks), remarks


def test_codes_and_missing_codes_become_response_sets(tmp_path):
    labels = {"q1_w1": "W1: M-a lovit", "q1_w2": "W2: M-a lovit", "q1_w3": "W3: M-a lovit"}
    instrument, out = drafted(tmp_path, labelled(tmp_path / "wide.sav", wide(), labels), language="ro")
    options = {option.code: (option.label["ro"], option.kind) for option in instrument.options("q1")}
    assert options == {
        1: ("Niciodată", "valid"),
        2: ("Uneori", "valid"),
        3: ("Mereu", "valid"),
        8: ("Nu știu", "dont_know"),
        9: ("Refuz să răspund", "refused"),
    }
    assert instrument.item("q1").label["ro"] == "M-a lovit"
    assert instrument.item("q1").response_set == instrument.item("q2").response_set
    assert instrument.item("age").type == "integer"
    waves = workflow.read(tmp_path / "wide.sav", instrument=str(out))
    assert len(waves.answers) == 36
    cleaned = workflow.clean(waves)
    assert not [finding for finding in cleaned.findings if finding.severity == "error"]
    reasons = set(cleaned.reasons.frame["q1"].dropna())
    assert reasons == {"refused", "dont_know"}


@pytest.mark.parametrize(
    ("style", "waves", "months"),
    [
        ("T{wave}_{item}", (0, 1, 2), None),
        ("{item}_{wave}m", (0, 6, 12), [0, 6, 12]),
        ("{item}_{wave}", ("baseline", "fu1", "fu2"), None),
        ("{item}.{wave}", (1, 2, 3), None),
    ],
)
def test_waves_of_every_style(tmp_path, style, waves, months):
    file = labelled(tmp_path / "wide.sav", wide(waves, style))
    instrument, out = drafted(tmp_path, file)
    assert [wave.number for wave in instrument.waves] == [1, 2, 3]
    if months:
        assert [wave.months for wave in instrument.waves] == months
    read = workflow.read(file, instrument=str(out)).answers.frame
    assert sorted(read["wave"].unique()) == [1, 2, 3]
    assert len(read) == 36


def test_long_files_and_one_file_a_wave(tmp_path):
    parts = []
    for wave in (1, 2):
        part = wide((wave,), "{item}").assign(round=float(wave))
        parts.append(part)
    long = labelled(tmp_path / "long.sav", pd.concat(parts, ignore_index=True))
    instrument, out = drafted(tmp_path, long)
    assert len(instrument.waves) == 2
    assert instrument.item("site").per_person
    assert not instrument.item("q1").per_person
    assert len(workflow.read(long, instrument=str(out)).answers) == 24
    files = [
        labelled(tmp_path / f"wave{number}.sav", part.drop(columns="round")) for number, part in enumerate(parts, 1)
    ]
    instrument, out = drafted(tmp_path, *files)
    assert len(instrument.waves) == 2
    assert len(workflow.read(files, instrument=str(out)).answers) == 24
