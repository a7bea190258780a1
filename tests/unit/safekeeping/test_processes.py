import multiprocessing
import os
import sys

import pytest

from mirabal_toolkit.safekeeping.processes import in_processes, together, with_others


def process_of(_piece):
    return os.getpid()


def is_a_copy(_piece):
    return "forkserver" in " ".join(sys.orig_argv)


def failing(_piece):
    raise ValueError("as asked")


def test_the_same_processes_do_all_the_work_inside():
    with together(2, ("json",)):
        first = set(in_processes(process_of, range(20), 2))
        later = set(with_others(process_of, range(20)))
    assert os.getpid() not in first | later
    assert len(first | later) <= 2
    assert multiprocessing.active_children() == []


def test_alone_all_work_is_done_here():
    with together(1, ("json",)):
        assert set(with_others(process_of, range(3))) == {os.getpid()}
    assert set(with_others(process_of, range(3))) == {os.getpid()}


def test_what_comes_back_is_in_order_and_an_error_ends_the_processes():
    def fail():
        with together(2, ("json",)):
            assert list(with_others(str, range(10))) == [str(number) for number in range(10)]
            list(with_others(failing, range(3)))

    with pytest.raises(ValueError, match="as asked"):
        fail()
    for process in multiprocessing.active_children():
        process.join(timeout=10)
    assert multiprocessing.active_children() == []


def test_processes_start_alone_where_none_can_load_for_them(monkeypatch):
    def refuse():
        raise OSError("AF_UNIX path too long")

    monkeypatch.setattr("multiprocessing.forkserver.ensure_running", refuse)
    with together(2, ("json",)):
        found = set(with_others(process_of, range(20)))
    assert os.getpid() not in found
    assert len(found) <= 2


def test_on_linux_processes_are_copies_of_one_that_has_loaded():
    with together(2, ("json",)):
        assert set(with_others(is_a_copy, range(4))) == {sys.platform == "linux"}
