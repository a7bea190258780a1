"""What the package never does: run text as a program, unpickle, open a shell or a network, share temporary names."""

import ast
import re

import pytest

#: Names that are called, by their last part or in full.
CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.startfile", "pickle.load", "pickle.loads",
    "marshal.loads", "shelve.open", "tempfile.mktemp", "pd.read_pickle", "pd.eval", "yaml.load", "np.load",
    "joblib.load",
}  # fmt: skip
#: Methods of any object by which text would be run.
METHODS = {"eval", "query", "to_pickle", "read_pickle"}
MODULES = {
    "pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "socket", "ssl", "ftplib", "smtplib", "telnetlib",
    "requests", "httpx", "aiohttp", "urllib3", "urllib.request", "http.client", "http.server", "xmlrpc", "yaml",
}  # fmt: skip


def _sources(root):
    return {
        path.relative_to(root / "mirabal_toolkit").as_posix(): path for path in (root / "mirabal_toolkit").rglob("*.py")
    }


def _dotted(node):
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ""


def dangers(text):
    """Return what in a source must not be there."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = _dotted(node.func)
            if name in CALLS or (isinstance(node.func, ast.Attribute) and node.func.attr in METHODS):
                found.append(name or node.func.attr)
            if any(
                word.arg == "shell" or (word.arg == "allow_pickle" and not _is_false(word)) for word in node.keywords
            ):
                found.append(f"{name} with shell or pickle")
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names if name.name in MODULES]
        if isinstance(node, ast.ImportFrom) and node.module in MODULES:
            found.append(node.module)
    return found


def _is_false(word):
    return isinstance(word.value, ast.Constant) and word.value.value is False


def test_the_package_runs_no_text_and_opens_no_network(root):
    found = {name: dangers(path.read_text(encoding="utf-8")) for name, path in _sources(root).items()}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "text",
    ["eval(x)", "frame.query(x)", "import pickle", "from urllib.request import urlopen",
     "subprocess.run(x, shell=True)", "np.load(x, allow_pickle=True)", "tempfile.mktemp()", "pd.read_pickle(x)",
     "exec(text)"],
)  # fmt: skip
def test_the_search_finds_what_is_dangerous(text):
    assert dangers(text)


def test_every_exception_from_the_security_rules_says_why(root):
    """Ruff’s rules S are those of bandit; each line that is exempt says in words why it is safe."""
    bare = [
        f"{name}:{number}"
        for name, path in _sources(root).items()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"# noqa: S\d+", line) and not re.search(r"# noqa: S\d+[ ,A-Z\d]*\s*(?:\(|[-–—]).{5,}", line)
    ]
    assert bare == []


def test_bandits_rules_are_on(root):
    import tomllib

    rules = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in rules["select"]
    assert not [rule for rule in rules["ignore"] if re.fullmatch(r"S\d*", rule)]
    told = {
        where
        for where, ignored in rules["per-file-ignores"].items()
        if any(re.fullmatch(r"S\d*", one) for one in ignored)
    }
    assert all(where.startswith(("tests", "benchmarks", "docs", "notebooks", "examples")) for where in told), told
