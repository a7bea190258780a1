"""Intervals cover and tests reject as often as they say (benchmarks/calibration.py; shown in docs/calibration.md)."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def load():
    spec = importlib.util.spec_from_file_location("mirabal_calibration", ROOT / "benchmarks" / "calibration.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


CALIBRATION = load()
MODELS = ("lmm", "mmrm", "glmm", "clmm", "gee")
CELLS = [(model, n_people) for model in MODELS for n_people in CALIBRATION.SIZES]


@pytest.mark.slow
@pytest.mark.parametrize(("model", "n_people"), CELLS)
def test_coverage_and_type_one(model, n_people):
    found = CALIBRATION.calibrate(model, n_people)
    assert CALIBRATION.COVERAGE[0] <= found.coverage <= CALIBRATION.COVERAGE[1]
    assert CALIBRATION.TYPE_ONE[0] <= found.type_one <= CALIBRATION.TYPE_ONE[1]
    assert found.lost == pytest.approx(0.4, abs=0.05)


def test_the_page_shows_every_cell_within_bounds():
    rows = re.findall(
        r"\| `(\w+)` \| (\d+) \| (\d+) \| ([\d.]+)% \| ([\d.]+)% ", CALIBRATION.PAGE.read_text(encoding="utf-8")
    )
    assert [(model, int(n)) for model, n, *_ in rows] == CELLS
    for _, _, replications, coverage, type_one in rows:
        assert int(replications) >= 2000
        assert 93.5 <= float(coverage) <= 96.5
        assert 4.0 <= float(type_one) <= 6.5
