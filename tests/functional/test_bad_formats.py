"""Every format with everything wrong: one plain message and the right exit code, or a result; nothing is lost."""

import datetime as dt
import random
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.readers import ReadOptions, read
from mirabal_toolkit.readers.limits import ReadLimits

#: Stands in every cell that could be printed; no message may hold it.
CANARY = "Jane Doe 07700 900123"

FRAME = pd.DataFrame({"person_id": [CANARY, "2", "3"], "c1_w1": [1.0, 97.0, 3.0], "c1_w2": [0.0, None, 2.0]})
#: Portable files have names of eight capitals.
SHORT = {"person_id": "PID", "c1_w1": "C1_W1", "c1_w2": "C1_W2", "c2_w1": "C2_W1"}
SAS = Path(__file__).parents[1] / "unit" / "readers" / "data" / "iris.sas7bdat"


def write_sav(path):
    pyreadstat.write_sav(FRAME, path, variable_value_labels={"c1_w1": {0: "Never", 97: "Does not apply"}})


def write_zsav(path):
    pyreadstat.write_sav(FRAME, path, compress=True)


def write_dta(path):
    pyreadstat.write_dta(FRAME, path, variable_value_labels={"c1_w1": {0: "Never", 97: "Does not apply"}})


def write_old_dta(path):
    pyreadstat.write_dta(FRAME, path, version=12, variable_value_labels={"c1_w1": {0: "Never"}})


def write_csv(path):
    FRAME.to_csv(path, index=False)


def write_xlsx(path):
    book = openpyxl.Workbook()
    for row in [list(FRAME.columns), *FRAME.astype(object).where(FRAME.notna(), None).to_numpy().tolist()]:
        book.active.append(row)
    book.active["A6"] = "4"
    book.active["B6"] = 1
    book.save(path)


def write_parquet(path):
    FRAME.to_parquet(path)


def write_zip(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.csv", FRAME.to_csv(index=False))


def write_sas(path):
    shutil.copy(SAS, path)


WRITERS = {
    "plain.sav": write_sav,
    "packed.zsav": write_zsav,
    "new.dta": write_dta,
    "old.dta": write_old_dta,
    "export.xpt": lambda path: pyreadstat.write_xport(FRAME, path),
    "export.por": lambda path: pyreadstat.write_por(FRAME.rename(columns=SHORT), path),
    "export.sas7bdat": write_sas,
    "export.csv": write_csv,
    "export.xlsx": write_xlsx,
    "export.parquet": write_parquet,
    "export.zip": write_zip,
}


@pytest.fixture(scope="module")
def instrument():
    return load_instrument("partner-safety")


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Name → bytes of one good file of each kind."""
    folder = tmp_path_factory.mktemp("good")
    for name, write in WRITERS.items():
        write(folder / name)
    return {name: (folder / name).read_bytes() for name in WRITERS}


@pytest.fixture
def said(capsys):
    """Run `mirabal …` in this process; returns (exit code, what stood on stderr)."""

    def run(*arguments):
        code = exit_code_of([str(argument) for argument in arguments])
        message = capsys.readouterr().err
        assert "Traceback" not in message
        assert CANARY not in message
        return code, message

    return run


def outcome(path, instrument, limits):
    """Return the findings of reading, or the text of the clean error; anything else fails the test."""
    try:
        return read([path], instrument, options=ReadOptions(limits=limits)).findings
    except InputError as error:
        return str(error)


def mutated(data, chance):
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 4, 16))):
        changed[chance.randrange(len(changed))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return bytes(changed)


def survive(count, names, sources, instrument, folder):
    """Read files with bytes flipped; return how many gave rows and how many a clean error."""
    chance = random.Random(20261121)  # noqa: S311  (a test that can be repeated)
    limits = ReadLimits(seconds=10, memory_bytes=1_000_000_000)
    readable = refused = 0
    for number in range(count):
        name = names[number % len(names)]
        path = folder / name
        path.write_bytes(mutated(sources[name], chance))
        told = outcome(path, instrument, limits)
        assert CANARY not in str(told)
        refused += isinstance(told, str)
        readable += isinstance(told, tuple)
    return readable, refused


def test_good_files_of_every_kind_are_read(sources, instrument, tmp_path):
    """Else the tests below would prove nothing."""
    for name, data in sources.items():
        path = tmp_path / name
        path.write_bytes(data)
        told = outcome(path, instrument, ReadLimits())
        assert isinstance(told, tuple) or "sas7bdat" in name, (name, told)


def test_fifteen_files_with_bytes_flipped_end_in_rows_or_a_clean_error(sources, instrument, tmp_path):
    names = [name for name in WRITERS if name not in ("plain.sav", "packed.zsav")]  # test_bad_input_readers has those
    readable, refused = survive(15, names, sources, instrument, tmp_path)
    assert readable + refused == 15
    assert readable
    assert refused


@pytest.mark.slow
def test_five_hundred_files_with_bytes_flipped_end_in_rows_or_a_clean_error(sources, instrument, tmp_path):
    readable, refused = survive(500, list(WRITERS), sources, instrument, tmp_path)
    assert readable + refused == 500


@pytest.mark.parametrize("name", ["new.dta", "export.csv", "export.xlsx", "export.parquet"])
def test_a_wrong_ending_is_said_on_the_command_line(said, sources, tmp_path, name):
    path = tmp_path / "waves.sav"
    path.write_bytes(sources[name])
    code, message = said("import", path, "--out", tmp_path / "study.parquet")
    assert code == 5
    assert "the file is named .sav, but it is" in message
    assert f"rename it to end in {Path(name).suffix}" in message
    assert path.read_bytes() == sources[name]
    assert not (tmp_path / "study.parquet").exists()


@pytest.mark.parametrize("text", ["person_id,c1_w1\n", "person_id,c1_w1\n\n\n"])
def test_zero_rows(said, tmp_path, text):
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    code, message = said("check", path)
    assert code == 5
    assert "2 variable(s) and holds no rows" in message


def test_zero_rows_in_spss(said, tmp_path):
    path = tmp_path / "export.sav"
    pyreadstat.write_sav(FRAME.iloc[:0], path)
    code, message = said("check", path)
    assert code == 5
    assert "3 variable(s) and holds no rows" in message


def test_zero_columns(said, tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(",,\n,,\n", encoding="utf-8")
    code, message = said("check", path)
    assert code == 5
    assert "first row holds no names" in message


def test_a_folder_a_link_to_itself_and_no_file(said, tmp_path):
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    for path, words in ((tmp_path, "folder"), (loop, "leads back to itself"), (tmp_path / "no.csv", "no such file")):
        code, message = said("check", path)
        assert code == 5
        assert words in message


def test_no_permission(said, tmp_path, monkeypatch):
    path = tmp_path / "export.csv"
    write_csv(path)

    real = Path.open

    def forbidden(self, *arguments, **how):
        if self == path:
            raise PermissionError(13, "Permission denied")
        return real(self, *arguments, **how)

    monkeypatch.setattr(Path, "open", forbidden)  # who runs tests as root may read everything
    code, message = said("check", path)
    assert code == 5
    assert "may not be read by you" in message


@pytest.mark.parametrize("name", ["export.csv", "export.xlsx", "new.dta", "export.parquet"])
def test_a_file_that_changes_while_it_is_read(instrument, sources, tmp_path, monkeypatch, name):
    from mirabal_toolkit.readers import delimited, parquet, stata_sas, workbooks

    path = tmp_path / name
    path.write_bytes(sources[name])
    module = {"export.csv": delimited, "export.xlsx": workbooks, "new.dta": stata_sas, "export.parquet": parquet}[name]
    real = module.sha256_of

    def and_then_somebody_saves(place):
        found = real(place)
        place.write_bytes(sources[name] + b" ")
        return found

    monkeypatch.setattr(module, "sha256_of", and_then_somebody_saves)
    with pytest.raises(InputError, match=r"changed while|cut short"):
        read([path], instrument)


def test_two_sheets_that_claim_the_same_wave(instrument, tmp_path):
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("again")):
        sheet.append(["person_id", "c1_w1"])
        sheet.append(["a", 1])
    book.save(tmp_path / "export.xlsx")
    with pytest.raises(InputError, match="claim wave 1"):
        read([tmp_path / "export.xlsx"], instrument)


def test_people_who_appear_only_later_are_kept(instrument, tmp_path):
    first, second = tmp_path / "wave1.csv", tmp_path / "wave2.csv"
    first.write_text("person_id,c1\nA,1\n", encoding="utf-8")
    second.write_text("person_id,c1\nA,0\nLATE,2\n", encoding="utf-8")
    answers = read([first, second], instrument).answers.frame
    assert answers[["person_id", "wave"]].to_numpy().tolist() == [["A", 1], ["A", 2], ["LATE", 2]]


def test_negative_ages_and_mixed_types_are_kept_apart_and_counted(instrument, tmp_path):
    path = tmp_path / "export.csv"
    path.write_text("person_id,age_start,c1_w1\nA,-34,1\nB,thirty,x\nC,41,2\n", encoding="utf-8")
    waves = read([path], instrument)
    assert waves.answers.frame["P2"].tolist()[0] == -34.0  # cleaning counts it as out of range
    assert [finding.count for finding in waves.findings if finding.code == "not_a_number"] == [1, 1]


def test_ids_spoilt_by_a_spreadsheet_stay_as_written_and_are_said(instrument, tmp_path):
    path = tmp_path / "export.csv"
    path.write_text("person_id,c1_w1\n1.0,1\n1E+05,2\n007,0\n", encoding="utf-8")
    waves = read([path], instrument)
    assert waves.answers.frame["person_id"].tolist() == ["1.0", "1E+05", "007"]
    found = {finding.code: finding for finding in waves.findings}
    assert (found["id_rounded"].severity, found["id_rounded"].count) == ("error", 1)
    assert (found["id_with_decimals"].severity, found["id_with_decimals"].count) == ("warning", 1)
    assert "1E+05" not in str(waves.findings)


def test_emoji_and_text_from_right_to_left(instrument, tmp_path):
    path = tmp_path / "export.csv"
    path.write_text("person_id,c1_w1,n1_w1\nعمر 🙂,1,שלום\n", encoding="utf-8")
    answers = read([path], instrument).answers.frame
    assert answers["person_id"].tolist() == ["عمر 🙂"]


def test_a_wave_missing_entirely_is_said(instrument, tmp_path):
    path = tmp_path / "export.csv"
    path.write_text("person_id,c1_w1,c1_w3\nA,1,0\n", encoding="utf-8")
    waves = read([path], instrument)
    assert 2 in {finding.wave for finding in waves.findings if finding.code == "wave_without_rows"}


def test_the_same_answers_in_every_format_are_the_same_answers(tmp_path):
    """Days, codes, missing codes and ids of one export, written by other programs in seven formats."""
    whole = load_instrument("partner-safety")
    frame = pd.DataFrame(
        {
            "person_id": ["007", "010", "a 3"],
            "a_date_w1": [dt.date(2024, 3, 4), dt.date(2024, 3, 5), None],
            "c1_w1": [4.0, 3.0, 98.0],
            "c2_w1": [0.0, None, 99.0],
        }
    )
    days = {"variable_format": {"a_date_w1": "DATE11"}}
    pyreadstat.write_sav(frame, tmp_path / "a.sav", **days)
    pyreadstat.write_dta(frame, tmp_path / "a.dta", variable_format={"a_date_w1": "%td"})
    pyreadstat.write_xport(frame, tmp_path / "a.xpt", variable_format={"a_date_w1": "DATE9."})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_csv(tmp_path / "a.tsv", index=False, sep="\t")
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    read_back = {path.suffix: read([path], whole) for path in sorted(tmp_path.iterdir())}
    reference = read_back.pop(".sav")
    assert reference.answers.frame["A_date"].notna().sum() == 2
    short = tmp_path / "a.por"
    pyreadstat.write_por(frame.drop(columns="a_date_w1").rename(columns=SHORT), short)
    answers = read([short], whole).answers.frame
    assert answers.equals(reference.answers.frame.drop(columns="A_date"))
    for ending, waves in read_back.items():
        pd.testing.assert_frame_equal(waves.answers.frame, reference.answers.frame, obj=ending)
        pd.testing.assert_frame_equal(waves.reasons.frame, reference.reasons.frame, obj=ending)
