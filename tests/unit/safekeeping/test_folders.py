"""A folder is exchanged whole, foreign files are kept, and what a killed run left is cleared away."""

import os
import signal
import subprocess
import sys

import pytest

from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.safekeeping import exchange
from mirabal_toolkit.safekeeping.folders import occupied, whole_folder
from mirabal_toolkit.safekeeping.locks import lock_file, only_run


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def filled(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(params=["in one step", "by two renames"])
def ways(request, monkeypatch):
    if request.param == "by two renames":
        monkeypatch.setattr(exchange, "_system_call", lambda: None)
    return request.param


@pytest.mark.usefixtures("ways")
def test_a_new_folder_takes_the_place_of_the_old_one(tmp_path):
    out = filled(tmp_path / "out", report="old", notes="mine")
    with whole_folder(out, ours=["report"]) as folder:
        (folder / "report").write_text("new")
        assert contents(out) == {"report": "old", "notes": "mine"}
    assert contents(out) == {"report": "new", "notes": "mine"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.usefixtures("ways")
@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_in_the_old_folder_stays_a_link(tmp_path):
    """What it leads to, perhaps the data, must not come into a folder that is sent."""
    (tmp_path / "study.parquet").write_text("answers")
    filled(tmp_path / "out", **{"manifest.json": "old"})
    (tmp_path / "out" / "data").symlink_to("../study.parquet")
    (tmp_path / "out" / "gone").symlink_to("nowhere")
    with whole_folder(tmp_path / "out", {"manifest.json"}) as new:
        (new / "report.html").write_text("new")
    assert os.readlink(tmp_path / "out" / "data") == "../study.parquet"  # noqa: PTH115
    assert (tmp_path / "out" / "gone").is_symlink()
    assert not (tmp_path / "out" / "manifest.json").exists()


@pytest.mark.usefixtures("ways")
def test_nothing_changes_when_writing_fails(tmp_path):
    out = filled(tmp_path / "out", report="old")
    with pytest.raises(IsADirectoryError), whole_folder(out) as folder:
        filled(folder, half="x").write_text("a folder is no file")
    assert contents(tmp_path) == {"out/report": "old"}


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="no such system call")
def test_this_system_exchanges_in_one_step(tmp_path, monkeypatch):
    monkeypatch.setattr(exchange, "_two_renames", None)
    out = filled(tmp_path / "out", report="old")
    with whole_folder(out, ours=["report"]) as folder:
        (folder / "report").write_text("new")
    assert contents(out) == {"report": "new"}


def test_a_disk_that_cannot_exchange_is_known_by_its_answer(tmp_path, monkeypatch):
    def refuses(one, other):
        exchange.ctypes.set_errno(exchange.errno.EINVAL)
        return -1

    monkeypatch.setattr(exchange, "_system_call", lambda: refuses)
    new, place = filled(tmp_path / "new", report="new"), filled(tmp_path / "out", report="old")
    exchange.put_in_place(new, place)
    assert (contents(place), contents(new)) == ({"report": "new"}, {"report": "old"})


def test_a_cut_between_two_renames_is_mended_by_the_next_run(tmp_path):
    out = filled(tmp_path / "out", report="old")
    out.rename(exchange.set_aside(out))
    filled(tmp_path / ".out.abcd1234.partial", report="half")
    with occupied(out):
        assert contents(out) == {"report": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_leftovers_of_other_places_are_left_alone(tmp_path):
    others = (".out.b.abcd1234.partial", ".output.abcd1234.partial", ".out.mine.partial", ".out.abcd1234.partial.txt")
    for name in others:
        filled(tmp_path / name, report="theirs")
    with occupied(tmp_path / "out"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == set(others)


def test_folders_above_are_made_and_taken_away_again(tmp_path):
    with pytest.raises(RuntimeError), occupied(tmp_path / "a" / "b" / "out"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with occupied(tmp_path / "a" / "b" / "out"), whole_folder(tmp_path / "a" / "b" / "out") as folder:
        (folder / "report").write_text("new")
    assert contents(tmp_path) == {"a/b/out/report": "new"}


HOLDER = """
import sys, time
from pathlib import Path
from mirabal_toolkit.safekeeping.locks import only_run
with only_run(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_refused_until_the_first_is_dead(tmp_path):
    place = tmp_path / "out"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(place)], stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(UsageError, match="another run is writing to out"), only_run(place):
                pass
        finally:
            os.kill(holder.pid, signal.SIGKILL)
    assert lock_file(place).exists()  # what the dead left does not keep anybody out
    for _ in range(2):
        with only_run(place):
            assert lock_file(place).exists()
        assert not lock_file(place).exists()


def test_a_run_may_ask_again_for_what_it_holds(tmp_path):
    with only_run(tmp_path / "out"):
        with only_run(tmp_path / "out"):
            pass
        assert lock_file(tmp_path / "out").exists()


def test_many_runs_never_hold_a_lock_together(tmp_path):
    program = (
        "import sys, time, os\nfrom pathlib import Path\nfrom mirabal_toolkit.errors import UsageError\n"
        "from mirabal_toolkit.safekeeping.locks import only_run\nplace = Path(sys.argv[1])\nend = time.time() + 0.6\n"
        "while time.time() < end:\n"
        "    try:\n"
        "        with only_run(place / 'out'):\n"
        "            os.close(os.open(place / 'inside', os.O_CREAT | os.O_EXCL)); (place / 'inside').unlink()\n"
        "            done = True\n"
        "    except UsageError:\n        pass\nprint(done)\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [run.communicate()[0] for run in runs] == ["True\n"] * 3
    assert [run.returncode for run in runs] == [0, 0, 0]
