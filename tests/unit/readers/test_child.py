"""The child process: whatever happens to it, the caller gets rows or one plain error."""

import textwrap
import time

import pytest

from mirabal_toolkit.errors import InputError, MirabalError
from mirabal_toolkit.readers import worker
from mirabal_toolkit.readers.child import ChildRequest, EncodingError, UnknownEncodingError, run_child
from mirabal_toolkit.readers.limits import ReadLimits

ARGUMENTS = {"user_missing": True, "disable_datetime_conversion": True}


@pytest.fixture
def request_for(export):
    def build(columns, **arguments):
        return ChildRequest(export(columns), "read_sav", {**ARGUMENTS, **arguments})

    return build


@pytest.fixture
def imposter(tmp_path, monkeypatch):
    """Put another program in the place of the worker."""

    def install(code):
        program = tmp_path / "imposter.py"
        program.write_text(textwrap.dedent(code), encoding="utf-8")
        monkeypatch.setattr(worker, "__file__", str(program))

    return install


def test_rows_and_metadata_arrive(request_for):
    answer = run_child(request_for({"id": ["a", None], "x": [1.5, None]}))
    assert answer.table.to_pydict() == {"0": ["a", ""], "1": [1.5, None]}
    assert answer.meta["column_names"] == ["id", "x"]
    assert answer.meta["readstat_variable_types"] == {"id": "string", "x": "double"}


def test_rows_beyond_the_first_part_arrive_in_order_and_are_told(request_for):
    rows, told = worker.FIRST_ROWS * 2 + 1, []
    answer = run_child(request_for({"x": [float(number) for number in range(rows)]}), progress=told.append)
    assert answer.table["0"].to_pylist() == list(range(rows))
    assert told[0] == f"Reading: {worker.FIRST_ROWS:,} rows"
    assert told[-1] == f"Reading: {rows:,} rows"


def test_a_screen_that_is_gone_is_not_blamed_on_the_file(request_for):
    def gone(_text):
        raise BrokenPipeError("nobody reads what is printed")

    with pytest.raises(BrokenPipeError):
        run_child(request_for({"x": [1.0, 2.0]}), progress=gone)


def test_no_column_keeps_the_memory_of_the_others(request_for):
    table = run_child(request_for({"id": ["a", "b"], "x": [1.5, 2.5], "y": [0.5, None]})).table
    kept = [buffer for column in table.columns for buffer in column.chunk(0).buffers() if buffer is not None]
    assert len(kept) >= len(table.columns)
    assert all(buffer.parent is None for buffer in kept)


def test_a_number_of_rows_that_fills_the_first_part_exactly(request_for):
    answer = run_child(request_for({"x": [0.0] * worker.FIRST_ROWS}))
    assert answer.table.num_rows == worker.FIRST_ROWS


@pytest.mark.parametrize(
    "code",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "raise SystemExit(0)",
        "print('no json at all')",
        "print('{\"column_names\": [\"x\"]}'); print('no rows')",
        "import sys; sys.stdout.write('x' * 100)",
        "import os; os.abort()",
    ],
    ids=["segfault", "silence", "nonsense", "half an answer", "no line", "abort"],
)
def test_any_death_is_one_plain_message(request_for, imposter, code):
    request = request_for({"x": [1.0]})
    imposter(code)
    with pytest.raises(InputError, match="damaged or cut short") as caught:
        run_child(request)
    assert caught.value.problem.where == "export.sav"


def test_an_endless_loop_is_stopped(request_for, imposter):
    request = request_for({"x": [1.0]})
    imposter("import time\nwhile True: time.sleep(1)")
    start = time.monotonic()
    with pytest.raises(InputError, match="took too long"):
        run_child(request, ReadLimits(seconds=0.25, seconds_per_megabyte=0))
    assert time.monotonic() - start < 10


def test_hunger_for_memory_is_stopped(request_for):
    with pytest.raises(InputError, match="more memory"):
        run_child(request_for({"x": [1.0] * 300_000}), ReadLimits(memory_bytes=30_000_000))


def test_a_broken_installation_is_not_blamed_on_the_file(request_for, imposter):
    request = request_for({"x": [1.0]})
    imposter(f"raise SystemExit({worker.EXIT_INSTALLATION})")
    with pytest.raises(MirabalError, match="cannot be loaded") as caught:
        run_child(request)
    assert not isinstance(caught.value, InputError)


def test_too_much_data_is_stopped_on_the_way(request_for):
    with pytest.raises(InputError, match="unpacks to more than"):
        run_child(request_for({"x": [1.0] * 20_000}), ReadLimits(unpacked_bytes=100_000))


def test_too_many_variables_are_refused(request_for):
    with pytest.raises(InputError, match="4 variables; at most 3"):
        run_child(request_for({name: [1.0] for name in "abcd"}), ReadLimits(columns=3))


def test_wrong_and_unknown_encodings_are_told_apart(request_for):
    with pytest.raises(UnknownEncodingError):
        run_child(request_for({"id": ["é"]}, encoding="no-such-encoding"))
    with pytest.raises(EncodingError):
        run_child(request_for({"id": ["é"]}, encoding="ASCII"))


def test_nothing_is_left_on_disk(request_for, tmp_path, monkeypatch):
    request = request_for({"id": ["secret"]})
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    run_child(request)
    assert list(scratch.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.sav", "scratch"]
