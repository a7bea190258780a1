"""What tests of every kind share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent

# The same cases on every run, so that a red test means the change is wrong; `make slow` looks for new ones.
settings.register_profile("repeat", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))

# Tests run beside one another already; commands they start need no processes of their own.
os.environ.setdefault("MIRABAL_JOBS", "1")


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def golden_values() -> Path:
    """Reference values computed by other programs."""
    return ROOT / "tests" / "golden" / "values"
