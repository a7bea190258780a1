"""Several files change together or not at all, wherever the run is cut off."""

import json
import os
import time

import pytest

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.safekeeping import unfinished
from mirabal_toolkit.safekeeping.files import all_at_once, tidy, whole_file
from mirabal_toolkit.safekeeping.private import clear_dead, private_folder

OLD = {"study": "old", "mapping": "old", "gone": "old"}
NEW = {"study": "new", "mapping": "new", "links": "new"}


class Killed(BaseException):
    """As if the process ended here: nothing catches it but the test."""


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def folder(tmp_path):
    for name, text in OLD.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def change(folder, **writers):
    with all_at_once(folder) as together:
        for name, text in NEW.items():
            with whole_file(folder / name) as place:
                writers.get(name, lambda place, text=text: place.write_text(text))(place)
        together.remove(folder / "gone")


def test_several_files_change_together(folder):
    with all_at_once(folder) as together:
        with whole_file(folder / "study") as place:
            place.write_text("new")
        together.remove(folder / "gone")
        assert contents(folder) == OLD
    assert contents(folder) == {"study": "new", "mapping": "old"}
    assert [path.name for path in folder.iterdir() if path.is_dir()] == []


def test_a_change_within_a_change_ends_with_it(folder):
    """Found by killing `mirabal write`: its table and codebook had changed, its mapping had not."""
    with all_at_once(folder):
        with all_at_once(folder), whole_file(folder / "study") as place:
            place.write_text("new")
        assert contents(folder) == OLD
    assert contents(folder) == {**OLD, "study": "new"}


@pytest.mark.parametrize("steps", range(5))
def test_a_run_killed_while_files_change_is_finished_by_the_next(folder, monkeypatch, steps):
    done = []

    def do(step, home):
        if len(done) == steps:
            raise Killed
        done.append(step)
        plain(step, home)

    plain = unfinished._do
    monkeypatch.setattr(unfinished, "_do", do)
    if steps < 4:
        with pytest.raises(Killed):
            change(folder)
        monkeypatch.undo()
        if steps:
            assert {name: text for name, text in contents(folder).items() if name[0] != "."} not in (OLD, NEW)
        clear_dead(folder)  # what is needed to finish is not cleared away
        tidy(folder)
    else:
        change(folder)
    assert contents(folder) == NEW
    assert [path.name for path in folder.iterdir() if path.is_dir()] == []


def test_a_run_killed_before_leaves_everything_as_it_was(folder, monkeypatch):
    def killed(_):
        raise Killed

    monkeypatch.setattr("mirabal_toolkit.safekeeping.files.write_note", killed)
    with pytest.raises(Killed):
        change(folder)
    tidy(folder)
    assert contents(folder) == OLD


def test_an_interrupt_in_the_middle_is_heard_after_the_end(folder, monkeypatch):
    def do(step, home):
        if not seen:
            seen.append(step)
            raise KeyboardInterrupt
        plain(step, home)

    seen, plain = [], unfinished._do
    monkeypatch.setattr(unfinished, "_do", do)
    with pytest.raises(KeyboardInterrupt):
        change(folder)
    assert contents(folder) == NEW


def test_when_writing_fails_nothing_changes(folder):
    with pytest.raises(InputError, match="it is a folder"):
        change(folder, mapping=lambda place: place.parent.write_text("a folder"))
    assert contents(folder) == OLD
    assert {path.name for path in folder.iterdir()} == set(OLD)


def interrupted(folder, monkeypatch):
    """Leave a note that nobody has begun to follow."""

    def do(step, home):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(unfinished, "_do", do)
        with pytest.raises(Killed):
            change(folder)
    return next(folder.glob(".mirabal-changes-*.json"))


def test_a_file_that_was_changed_since_is_not_replaced(folder, monkeypatch):
    interrupted(folder, monkeypatch)
    (folder / "study").write_text("changed by hand")
    with pytest.raises(InputError, match="cannot be finished"):
        tidy(folder)
    assert (folder / "study").read_text() == "changed by hand"


PLANTED = [
    {"path": "../victim", "new": "", "was": None},
    {"path": "../victim", "new": "../planted", "was": [1, 1, 1]},
    {"path": "../victim", "new": ".mirabal-aaaaaaaa/x", "was": [1, 1, 1]},
    {"path": "../made", "new": "../.mirabal-aaaaaaaa/x", "was": None},
    {"path": "../victim"},
    "text",
]


@pytest.mark.parametrize("step", PLANTED)
def test_a_planted_note_is_not_followed(tmp_path, step):
    victim, folder = tmp_path / "victim", tmp_path / "sent"
    victim.write_text("mine")
    folder.mkdir()
    for place in (tmp_path, folder):
        (place / ".mirabal-aaaaaaaa").mkdir()
        (place / ".mirabal-aaaaaaaa" / "x").write_text("theirs")
    (tmp_path / "planted").write_text("theirs")
    note = folder / ".mirabal-changes-01234567.json"
    note.write_text(json.dumps([step]))
    note.chmod(0o600)
    with pytest.raises(InputError, match="cannot be finished"):
        tidy(folder)
    assert victim.read_text() == "mine"
    assert not (tmp_path / "made").exists()


def test_a_planted_note_does_not_remove_what_it_cannot_know(tmp_path):
    (tmp_path / "victim").write_text("mine")
    note = tmp_path / ".mirabal-changes-01234567.json"
    note.write_text(json.dumps([{"path": "victim", "new": "", "was": [1, 4, 1]}]))
    note.chmod(0o600)
    tidy(tmp_path)
    assert contents(tmp_path) == {"victim": "mine"}


def test_a_note_of_somebody_else_is_not_followed(folder, monkeypatch):
    interrupted(folder, monkeypatch).chmod(0o666)
    with pytest.raises(InputError, match="not yours alone"):
        tidy(folder)
    assert {name: contents(folder)[name] for name in OLD} == OLD


def test_only_private_folders_of_the_dead_are_cleared_away(tmp_path):
    dead, fresh = tmp_path / ".mirabal-deaddead", tmp_path / ".mirabal-freshnew"
    theirs = tmp_path / ".mirabal-not-ours"
    for folder in (dead, fresh, theirs):
        folder.mkdir()
        (folder / "answers").write_text("hers")
    (dead / ".in-use").touch()
    with private_folder(tmp_path) as living:
        clear_dead(tmp_path)
        assert living.is_dir()
    assert {path.name for path in tmp_path.iterdir()} == {fresh.name, theirs.name}
    os.utime(fresh, (time.time() - 3600,) * 2)
    clear_dead(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {theirs.name}


def test_new_files_are_the_owners_alone(tmp_path):
    with whole_file(tmp_path / "study") as place:
        place.write_text("hers")
        assert place.parent.stat().st_mode & 0o077 == 0
    assert (tmp_path / "study").stat().st_mode & 0o777 == 0o600
