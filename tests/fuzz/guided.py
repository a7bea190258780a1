"""Fuzz conditions, mappings or questionnaires led by what the code does with them, where Atheris is installed.

``pip install atheris``, then ``python tests/fuzz/guided.py expression -max_total_time=600``; what comes behind the
name of the target goes to libFuzzer. Findings become tests of the reader, as those of ``test_readers_of_anything.py``
do, whose targets these are. Optional: it needs Clang’s sanitizers, which not every system has.
"""

import sys
import tempfile
from pathlib import Path

WATCHED = ["mirabal_toolkit.core", "mirabal_toolkit.readers", "mirabal_toolkit.safe_yaml"]


def main() -> None:
    """Run one target until it fails or its time is up."""
    # Here, not above: the rest of the tests are collected where Atheris is not installed.
    import atheris

    sys.path.insert(0, str(Path(__file__).parent))
    with atheris.instrument_imports(include=WATCHED):
        from test_readers_of_anything import targets

        from mirabal_toolkit.errors import MirabalError

    name, *options = sys.argv[1:]
    target, place = targets()[name], Path(tempfile.mkdtemp())

    def one(data: bytes) -> None:
        try:
            target.read(data, place)
        except MirabalError:
            return

    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
