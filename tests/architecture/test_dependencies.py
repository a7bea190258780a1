"""What is said of the packages that are installed: a stranger, an old one, one that lacks, one not to be passed on."""

import sys
from dataclasses import replace

import pytest


@pytest.fixture(scope="module")
def dependencies(root):
    sys.path.insert(0, str(root / "tests"))
    try:
        import dependencies
    finally:
        sys.path.pop(0)
    return dependencies


@pytest.fixture
def shelf(dependencies):
    """A toolkit that needs one package, which needs another only for an extra."""
    package = dependencies.Package
    return {
        "mirabal-toolkit": package("mirabal-toolkit", "0.1", "GPL-3.0-or-later", ("Reader[fast]>=2",)),
        "reader": package("reader", "2.1", "MIT", ('speed>=1; extra == "fast"', 'other; extra == "slow"')),
        "speed": package("speed", "1.0", "BSD-3-Clause AND Zlib", ()),
    }


PINS = "# versions\nReader==2.1\nspeed==1.0\n"


def found(dependencies, shelf, text=PINS):
    return list(dependencies.problems(shelf.get, dependencies.pins(text)))


def test_nothing_is_said_where_all_is_well(dependencies, shelf):
    assert found(dependencies, shelf) == []


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("speed", {"version": "1.1"}, "speed 1.1 is installed, constraints.txt names 1.0"),
        ("speed", {"licence": "GPL-2.0-only"}, "speed: whether its licence goes with ours is not known: GPL-2.0-only"),
        ("speed", {"licence": "Proprietary AND MIT"}, "speed: whether its licence goes with ours is not known"),
        ("speed", {"licence": ""}, "speed: whether its licence goes with ours is not known: none is named"),
        ("reader", {"needs": ("speed>=2",)}, "reader needs speed>=2, installed is 1.0"),
        ("reader", {"needs": ("absent",)}, "reader needs absent, which is not installed"),
    ],
)
def test_what_is_wrong_is_said(dependencies, shelf, name, change, said):
    shelf[name] = replace(shelf[name], **change)
    assert any(said in line for line in found(dependencies, shelf)), found(dependencies, shelf)


def test_what_is_not_pinned_is_said(dependencies, shelf):
    assert found(dependencies, shelf, "reader==2.1") == ["speed is not in constraints.txt"]


def test_a_package_that_says_nothing_of_its_licence_was_read(dependencies, shelf):
    shelf["pyrage"] = dependencies.Package("pyrage", "1", "", ())
    shelf["reader"] = replace(shelf["reader"], needs=("pyrage",))
    assert found(dependencies, shelf, PINS + "pyrage==1") == []
