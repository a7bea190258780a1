"""What tests of every kind share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def golden_values() -> Path:
    """Reference values computed by other programs."""
    return ROOT / "tests" / "golden" / "values"
