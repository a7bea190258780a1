"""Fuzz conditions, mappings or questionnaires led by what the code does with them, where Atheris is installed.

``pip install atheris``, then ``python tests/fuzz/guided.py expression -max_total_time=600``; what comes behind the
name of the target goes to libFuzzer. Findings become tests of the reader, as those of ``test_readers_of_anything.py``
do, whose targets these are. Optional: it needs Clang’s sanitizers, which not every system has.
"""

import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent))

with atheris.instrument_imports(
    include=["mirabal_toolkit.core", "mirabal_toolkit.readers", "mirabal_toolkit.safe_yaml"]
):
    from test_readers_of_anything import targets

    from mirabal_toolkit.errors import MirabalError


def main() -> None:
    """Run one target until it fails or its time is up."""
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
