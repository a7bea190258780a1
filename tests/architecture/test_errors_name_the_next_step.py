"""Every error a user can cause is raised with what mends it; a test of the command line is in tests/functional."""

import ast

USERS = {"InputError", "UsageError", "FindingsError", "DisclosureError"}

#: Not from what a user does, but from parts of the toolkit that contradict one another; or wrapped by who calls.
INSIDE = {
    "cleaning/cells.py",
    "cleaning/step.py",
    "core/crosswalk.py",
    "core/data.py",
    "core/expressions.py",
    "instruments/harmonising.py",
    "instruments/xlsform_conditions.py",
}


def without_a_next_step(source):
    """Return the lines on which such an error is made without `fix`, or problems that have one each."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in USERS
        and not {"fix", "problems", None} & {keyword.arg for keyword in node.keywords}
    ]


def test_errors_that_users_cause_say_what_mends_them(root):
    package = root / "mirabal_toolkit"
    found = {
        f"{name}, line {line}"
        for path in package.rglob("*.py")
        if (name := path.relative_to(package).as_posix()) not in INSIDE and not name.startswith("mixed/")
        for line in without_a_next_step(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_an_error_without_a_next_step_is_noticed():
    assert without_a_next_step('raise InputError("no such file", where="x")') == [1]
    assert without_a_next_step('raise InputError("no such file", fix="look")') == []
