import numpy as np
import pytest

from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.synthetic.design import (
    Change,
    Course,
    Dropout,
    course_by_wave,
    course_of,
    polarity_of,
    progress_of,
)


@pytest.mark.parametrize(
    ("name", "polarity"),
    [("C1", 1), ("C3", 1), ("F1", 1), ("G1", -1), ("K1", 1), ("M1", 1), ("B2", 0), ("G2", 0)],
)
def test_scales_and_answers_say_which_end_is_worse(small, name, polarity):
    assert polarity_of(small, small.item(name)) == polarity


@pytest.mark.parametrize(
    ("name", "polarity"), [("H2", 1), ("H3", -1), ("J5", 1), ("J1", -1), ("H1", 1), ("M4", 1), ("B1", 0)]
)
def test_reversed_items_and_single_outcomes_of_the_bundled_instrument(partner_safety, name, polarity):
    assert polarity_of(partner_safety, partner_safety.item(name)) == polarity


def test_harm_in_person_falls_most_control_less_and_freedom_grows(partner_safety):
    def fall(name):
        course = course_of(partner_safety, partner_safety.item(name))
        return course.first - course.last

    in_person = [
        fall(f"C{number}") / course_of(partner_safety, partner_safety.item(f"C{number}")).first
        for number in range(1, 9)
    ]
    from_afar = [
        fall(f"F{number}") / course_of(partner_safety, partner_safety.item(f"F{number}")).first
        for number in range(1, 9)
    ]
    assert min(in_person) > 0.6
    assert max(from_afar) < 0.5
    assert all(fall(f"G{number}") < 0 for number in range(1, 11))


def test_severe_harm_ends_almost_at_nothing(partner_safety):
    assert course_of(partner_safety, partner_safety.item("C7")).last < 0.05


def test_circumstances_stay_and_contact_loosens(small):
    assert course_of(small, small.item("P1")).first == course_of(small, small.item("P1")).last
    contact = course_of(small, small.item("B2"))
    assert contact.last > contact.first


def test_progress_is_front_loaded_and_whole_at_the_end():
    progress = progress_of(np.array([0.0, 3.0, 6.0, 9.0, 12.0]), 12.0)
    steps = np.diff(progress)
    assert (progress[0], progress[-1]) == (0.0, 1.0)
    assert (np.diff(steps) < 0).all()


def test_one_wave_has_no_progress():
    np.testing.assert_array_equal(progress_of(np.array([0.0]), 0.0), [0.0])


@pytest.mark.parametrize(
    ("strength", "expected"), [(0, [0.6, 0.6]), (1, [0.6, 0.2]), (0.5, [0.6, 0.4]), (-1, [0.6, 1.0])]
)
def test_strength_scales_the_change(strength, expected):
    np.testing.assert_allclose(course_by_wave(Course(0.6, 0.2), np.array([0.0, 1.0]), strength), expected, atol=1e-9)


def test_all_impossible_changes_are_named_at_once(small):
    with pytest.raises(UsageError) as caught:
        Change(courses={"Z9": Course(0.1, 0.2), "C1": Course(1.2, 0.1)}).check_against(small)
    assert "Z9" in str(caught.value)
    assert "C1" in str(caught.value)


@pytest.mark.parametrize("fields", [{"retention": 0}, {"retention": 1.5}, {"missed": -0.1}, {"refused": 2}])
def test_shares_outside_0_to_1_are_refused(fields):
    with pytest.raises(UsageError, match="drop-out"):
        Dropout(**fields)
