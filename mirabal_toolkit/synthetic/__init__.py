"""An instrument in, artificial waves out: for examples, tests and planning."""

from mirabal_toolkit.synthetic.design import Change, Course, Dropout
from mirabal_toolkit.synthetic.simulating import SimulatedStudy, long_run_truth, simulate

__all__ = ["Change", "Course", "Dropout", "SimulatedStudy", "long_run_truth", "simulate"]
