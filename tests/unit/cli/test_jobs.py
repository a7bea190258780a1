import os

import pytest
import typer
from typer.testing import CliRunner

from mirabal_toolkit.cli.jobs import JobsOption, processes

ASK = typer.Typer()


@ASK.command()
def ask(jobs: JobsOption = None):
    typer.echo(processes(jobs))


@pytest.mark.parametrize(("processors", "used"), [(1, 1), (2, 2), (64, 4)])
def test_without_a_number_each_processor_has_a_process_up_to_four(monkeypatch, processors, used):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(processors)), raising=False)
    assert processes(None) == used


def test_where_the_system_does_not_say_what_may_be_used_all_processors_count(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert processes(None) == 1


@pytest.mark.parametrize(("given", "setting", "used"), [(["--jobs", "7"], "2", "7"), ([], "2", "2")])
def test_a_number_on_the_command_line_comes_before_the_setting(given, setting, used):
    assert CliRunner().invoke(ASK, given, env={"MIRABAL_JOBS": setting}).output.strip() == used
