import numpy as np
import pytest

from mirabal_toolkit.synthetic.streams import Streams, stable_number


def test_more_people_leave_the_first_ones_as_they_were():
    few, many = Streams(5, 10), Streams(5, 1000)
    np.testing.assert_array_equal(few.normal("C1", 2), many.normal("C1", 2)[:10])
    np.testing.assert_array_equal(few.uniform("C1", 2), many.uniform("C1", 2)[:10])


def test_more_waves_leave_the_first_ones_as_they_were():
    streams = Streams(5, 10)
    np.testing.assert_array_equal(streams.normal_by_wave("C1", (1, 2)), streams.normal_by_wave("C1", (1, 2, 3))[:, :2])


@pytest.mark.parametrize(
    "other", [Streams(2, 2000).normal("C1"), Streams(1, 2000).normal("C2"), Streams(1, 2000).normal("C1", 1)]
)
def test_seeds_purposes_and_waves_have_streams_of_their_own(other):
    correlation = np.corrcoef(Streams(1, 2000).normal("C1"), other)[0, 1]
    assert abs(correlation) < 4 / np.sqrt(2000)


def test_numbers_of_names_are_the_same_on_every_machine():
    assert stable_number("C1") == 2877693377  # the first eight digits of `printf C1 | sha256sum`
