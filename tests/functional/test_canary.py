"""A value planted in every column of an export stands in no output, message, error or temporary file of any command.

Study files, links files and files written back hold answers: that is what they are for. Nothing else may.
"""

import os
import tempfile
import traceback

import openpyxl
import pandas as pd
import pyrage
import pyreadstat
import pytest
import typer
from canary import DAY, FILE, NUMBER, WORD, World, planted, telling_files, tokens_in

import mirabal_toolkit as mt
from mirabal_toolkit.cli.main import app
from mirabal_toolkit.errors import MirabalError
from mirabal_toolkit.workflow_data import simulate_file

TEXTS, SHORT, SMALL = "training-feedback", "partner-safety-short", "small.csv"
PLAN = (
    'format: "1"\nid: quick\nversion: "1.0.0"\ntitle: Two outcomes\ninstrument: partner-safety-short\n'
    "outcomes:\n  - {outcome: harm_any, model: gee, headline: true}\n  - {outcome: speaks_freely, model: gee}\n"
)
#: What holds answers: the export, study and links files, what was written back. Mapping files hold none.
STUDIES = ("study", "coded", "plain")
ANSWERS = (
    *("raw", "written", "settings/mirabal"),
    *(f"study/{name}.{ending}" for name in STUDIES for ending in ("parquet", "links.yaml")),
)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """Settings, temporary files and the working folder are our own, so that everything that is written is found."""
    import matplotlib.font_manager  # noqa: F401  (finds its fonts in the real home, once)

    folder = tmp_path_factory.mktemp("world")
    for name in ("raw", "study", "written", "out", "temporary", "settings", "home", "here"):
        (folder / name).mkdir()
    with pytest.MonkeyPatch.context() as own:
        own.setenv("XDG_CONFIG_HOME", str(folder / "settings"))
        own.setenv("HOME", str(folder / "home"))
        own.setenv("TMPDIR", str(folder / "temporary"))
        own.setattr(tempfile, "tempdir", str(folder / "temporary"))
        own.chdir(folder / "here")
        before = os.umask(0o022)
        yield folder
        os.umask(before)


def _export(path, instrument):
    simulate_file(instrument, path, people=24, waves=2, seed=3)
    planted(pd.read_csv(path, dtype=str, keep_default_na=False)).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def world(elsewhere):
    """Every command that sees answers, run once on planted exports; one questionnaire asks for texts."""
    world, out, study = World(elsewhere), elsewhere / "out", elsewhere / "study"
    told, raw = (_export(elsewhere / "raw" / name, which) for name, which in ((f"{FILE}.csv", TEXTS), (SMALL, SHORT)))
    plan = elsewhere / "here" / "plan.yaml"
    plan.write_text(PLAN, encoding="utf-8")
    reading = ("--instrument", SHORT)
    world.run("import", "import", told, "--out", study / "study.parquet", "--instrument", TEXTS)
    world.run("import --pseudonymise", "import", raw, "--out", study / "coded.parquet", "--pseudonymise", *reading)
    world.run("import --json", "import", raw, "--out", study / "plain.parquet", "--json", *reading)
    world.run("check", "check", raw, "--out", out / "check", *reading)
    reporting = ("--formats", "html,xlsx", "--jobs", 1)
    world.run("analyse", "analyse", study / "coded.parquet", "--plan", plan, "--out", out / "report", *reporting)
    world.run("analyse --dry-run", "analyse", raw, "--plan", plan, "--dry-run", "--json", *reading)
    world.run("write", "write", study / "plain.parquet", "--to", elsewhere / "written" / "clean.csv", "--scores")
    world.run("codebook", "instruments", "codebook", TEXTS, told, "--out", out / "codebook", "--profile", "internal")
    world.run("draft", "instruments", "draft", told, "--out", out / "mine.yaml")
    world.run("report", "report", out / "report", "--out", out / "again", "--formats", "docx,pdf,latex", "--briefing")
    world.run("explore", "explore", out / "report", "--out", out / "explore")
    world.run("score", "instruments", "score", SHORT, raw)
    world.run("rotate-key", "rotate-key", study / "coded.parquet")
    world.run("erase", "erase", study / "study.parquet", "--person", f"{WORD.upper()}0003")
    world.run("check-outputs", "check-outputs", out / "report")
    world.run("verify", "verify", out / "report")
    keys = pyrage.x25519.Identity.generate()
    (elsewhere / "settings" / "mirabal" / "mine.txt").write_text(str(keys))
    world.run("seal", "seal", study / "plain.parquet", "--to", keys.to_public())
    world.run(
        "unseal", "unseal", study / "plain.parquet.age", "--identity", elsewhere / "settings" / "mirabal" / "mine.txt"
    )
    return world


#: Commands that see no answers of anybody.
WITHOUT_DATA = {
    "demo", "simulate", "power", "yearly", "init", "notebooks", "doctor", "instruments export", "instruments import",
    "instruments list", "instruments show", "instruments diff", "instruments lint",
    "plans list", "plans show", "plans lint", "plans new",
}  # fmt: skip


def _commands(group, before=""):
    for name, command in group.commands.items():
        yield from _commands(command, f"{name} ") if hasattr(command, "commands") else (f"{before}{name}",)


def test_every_command_that_sees_answers_was_run(world):
    run = {name.split(" --")[0] for name in world.codes} | {
        f"instruments {name}" for name in ("score", "codebook", "draft")
    }
    assert set(_commands(typer.main.get_command(app))) - run <= WITHOUT_DATA


def test_every_command_did_its_work(world):
    allowed = {
        "score": (3, 5),
        "check": (0, 3),
        "erase": (0, 3),
        "check-outputs": (0, 4),
        "analyse": (0, 6),
        "codebook": (0, 3),
    }
    assert {name: code for name, code in world.codes.items() if code not in allowed.get(name, (0,))} == {}, world.said


def test_no_command_says_a_value_of_anybody(world):
    told = {name: tokens_in(said.replace(FILE, "").encode()) for name, said in world.said.items()}
    assert {name: held for name, held in told.items() if held} == {}


def test_no_file_but_those_that_are_meant_to_holds_one(world):
    assert telling_files(world.folder, ANSWERS) == {}


def test_the_search_finds_what_is_there(world):
    held = telling_files(world.folder)
    for name in (f"raw/{FILE}.csv", "study/study.parquet", "written/clean.csv"):
        assert any(WORD in token for token in held[name]), name


def test_a_study_file_holds_no_free_text_and_with_pseudonyms_no_id(world):
    import pyarrow.parquet as pq

    for name in ("study", "coded"):
        table = pq.read_table(world.folder / "study" / f"{name}.parquet")
        texts = table.drop_columns(["person_id"]) if name == "study" else table
        words = " ".join(str(value) for column in texts.columns for value in column.unique().to_pylist())
        assert WORD not in words.casefold()
        assert DAY not in words
        assert tokens_in(repr(table.schema.metadata).encode()) == set()


def test_nothing_is_left_where_nobody_looks(world):
    assert list((world.folder / "temporary").rglob("*")) == []
    assert [path.name for path in (world.folder / "here").iterdir()] == ["plan.yaml"]


def test_whatever_a_command_wrote_is_for_its_user_alone(world):
    written = [path for place in ("out", "study", "written") for path in (world.folder / place).rglob("*")]
    assert len(written) > 50
    assert {path.relative_to(world.folder).as_posix() for path in written if path.stat().st_mode & 0o077} == set()
    assert os.umask(0o022) == 0o022  # a program that calls the toolkit keeps its own


def test_an_error_nobody_foresaw_says_where_and_not_what(world, lines, monkeypatch):
    def fail(*_, **__):
        raise ValueError(f"could not convert string to float: {WORD!r} {NUMBER} {DAY}")

    monkeypatch.setattr("mirabal_toolkit.workflow.clean", fail)
    code = world.run("internal", "check", world.folder / "raw" / SMALL, "--instrument", SHORT)
    assert code == 1
    assert "ValueError in" in world.said["internal"]
    assert tokens_in(world.said["internal"].replace(FILE, "").encode()) == set()


#: Kinds of bad text files: what is done to the lines of a good one.
BAD_LINES = {
    "the heading twice": lambda lines: [lines[0] + ",c1_w1", *(line + ",1" for line in lines[1:])],
    "a quote that does not end": lambda lines: [lines[0], '"' + lines[1], *lines[2:]],
    "a NUL byte": lambda lines: [lines[0], lines[1].replace(WORD, f"{WORD}\0", 1), *lines[2:]],
    "a field too many": lambda lines: [lines[0], lines[1] + f",{WORD}", *lines[2:]],
    "no heading": lambda lines: lines[1:],
    "no rows": lambda lines: lines[:1],
    "no ids": lambda lines: [line.split(",", 1)[1] for line in lines],
    "a wave in words": lambda lines: ["person_id,wave,c1", *(f"{WORD}{place},{WORD},1" for place in range(9))],
    "waves that are none": lambda lines: ["person_id,wave,c1", *(f"{WORD}{place},{NUMBER},1" for place in range(9))],
    "everybody twice": lambda lines: [*lines, *lines[1:]],
    "two-digit years": lambda lines: [line.replace(DAY, "11/05/37") for line in lines],
    "another encoding": lambda lines: [line.replace(WORD, f"{WORD}\udce9") for line in lines],
    "answers in words": lambda lines: [
        "person_id,c1_w1,c1_w2",
        *(f"{WORD}{place},{WORD},x{WORD}" for place in range(9)),
    ],
    "ids with exponents": lambda lines: ["person_id,c1_w1", "8.675309E+06,1", f"{NUMBER},2"],
    "only the id": lambda lines: [line.split(",", 1)[0] for line in lines],
    "everything in one column": lambda lines: [line.replace(",", "¦") for line in lines],
}


@pytest.mark.parametrize("kind", BAD_LINES)
def test_no_bad_text_file_makes_a_command_tell(world, lines, kind):
    bad = world.folder / "raw" / "bad.csv"
    bad.write_bytes("\n".join(BAD_LINES[kind](lines)).encode("utf-8", "surrogateescape"))
    _refused_in_silence(world, bad)


@pytest.fixture(scope="module")
def lines(world):
    """The small planted export, line by line."""
    path = world.folder / "raw" / SMALL
    return path.read_text(encoding="utf-8").splitlines()


def _sav(lines, path):
    pyreadstat.write_sav(pd.DataFrame({"person_id": [WORD, NUMBER], "c1_w1": [f"{WORD} answered", NUMBER]}), path)


def _sav_cut(lines, path):
    _sav(lines, path)
    path.write_bytes(path.read_bytes()[:-40])


def _sav_of_text(lines, path):
    path.write_text("\n".join(lines), encoding="utf-8")


def _workbook(lines, path):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line.split(","))
    book.active["A2"] = "#REF!"
    book.active.merge_cells("A3:A4")
    book.save(path)


def _parquet_cut(lines, path):
    pd.DataFrame({"person_id": [WORD], "c1_w1": [8675309.0]}).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])


def _archive(lines, path):
    import zipfile

    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"../{WORD}.csv", "\n".join(lines))


BAD_FILES = {
    "bad.sav": _sav, "cut.sav": _sav_cut, "text.sav": _sav_of_text, "bad.xlsx": _workbook, "cut.parquet": _parquet_cut,
    "climbing.zip": _archive,
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
def test_no_bad_binary_file_makes_a_command_tell(world, lines, name):
    bad = world.folder / "raw" / name
    BAD_FILES[name](lines, bad)
    _refused_in_silence(world, bad)


def _refused_in_silence(world, bad):
    """Read and clean a bad file: neither findings nor a whole traceback tell, and nothing is left behind."""
    try:
        told = [finding.message for finding in mt.clean(mt.read(bad, instrument=SHORT)).findings]
    except MirabalError as error:  # what a command says of it is a part of this
        told = traceback.format_exception(error)
    assert tokens_in("".join(told).encode()) == set()
    assert list((world.folder / "temporary").rglob("*")) == []


def test_no_bad_links_mapping_or_key_makes_a_command_tell(world, lines):
    study = world.folder / "study" / "study.parquet"
    for name, option in (("links.yaml", "--links"), ("mapping.yaml", "--mapping")):
        for text in (f"links: [{{late: {WORD}}}]", f"{WORD}: [{NUMBER}", f"links: {WORD}", f"id: {WORD}\nvariables: 1"):
            bad = world.folder / "raw" / name
            bad.write_text(text, encoding="utf-8")
            world.run(name, "check", world.folder / "raw" / SMALL, option, bad, "--instrument", SHORT)
            assert world.codes[name] in (2, 3, 5)
            if name == "links.yaml":  # a mapping holds names of variables, not answers
                assert tokens_in(world.said[name].encode()) == set()
    key = world.folder / "settings" / "bad.key"
    key.write_text(f'{{"secrets": ["{WORD}"]}}', encoding="utf-8")
    key.chmod(0o600)
    assert world.run("key", "rotate-key", study, "--key", key) == 5
    assert tokens_in(world.said["key"].encode()) == set()
    key.unlink()
