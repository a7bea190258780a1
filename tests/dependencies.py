"""Are the packages this stands on the ones that are named, do they fit together, and may they be passed on with it?

``python tests/dependencies.py`` (part of ``make check``) looks at what is installed here, without a network: every
package that the toolkit needs, directly or through others, must be pinned in ``constraints.txt``, be installed in that
version, satisfy whoever asks for it, and have a licence that goes with GPL-3.0-or-later. Known holes are not looked
up, since that needs a network: ``pip-audit --requirement constraints.txt`` does.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
ROOT, EXTRAS = "mirabal-toolkit", ("dev", "docs", "pdf")

#: Licences, as packages name them, that go with GPL-3.0-or-later.
COMPATIBLE = frozenset(
    """0bsd; apache 2.0; apache-2.0; apache software license; bsd license; bsd-2-clause; bsd-3-clause; cc0-1.0;
    gnu general public license (gpl); gpl-3.0; gpl-3.0-or-later; isc; isc license (iscl); mit; mit license; mit-cmu;
    mozilla public license 2.0 (mpl 2.0); mpl-2.0; ncsa; psf-2.0; public domain; python software foundation license;
    zlib""".replace("\n   ", "").split("; ")
)
#: Packages whose metadata name no licence, and the one that their files hold.
READ_IN_THEIR_FILES = {"pyrage": "MIT", "pyxform": "BSD-2-Clause"}


@dataclass(frozen=True)
class Package:
    """What an installed package says of itself."""

    name: str
    version: str
    licence: str
    needs: tuple[str, ...]


def installed(name: str) -> Package | None:
    """Return an installed package; None if it is not there."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    told = found.metadata
    classes = [line.rpartition(":: ")[2] for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    named = "; ".join(name for name in classes if name != "OSI Approved")
    licence = told.get("License-Expression") or named or (told.get("License") or "").strip().partition("\n")[0]
    return Package(canonicalize_name(name), found.version, licence, tuple(found.requires or ()))


def problems(look_up: Callable[[str], Package | None], pinned: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the packages that the toolkit needs."""
    waiting, seen = [(ROOT, extra) for extra in ("", *EXTRAS)], set()
    while waiting:
        name, extra = waiting.pop()
        package = look_up(name)
        if (name, extra) in seen or package is None:
            continue
        if name != ROOT and not any(name == known for known, _ in seen):
            yield from wrong_with(package, pinned)
        seen.add((name, extra))
        for need in map(Requirement, package.needs):
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                asked = canonicalize_name(need.name)
                yield from unmet(package.name, need, look_up(asked))
                waiting += [(asked, one) for one in ("", *need.extras)]


def wrong_with(package: Package, pinned: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with one package."""
    if package.name not in pinned:
        yield f"{package.name} is not in constraints.txt"
    elif pinned[package.name] != package.version:
        yield f"{package.name} {package.version} is installed, constraints.txt names {pinned[package.name]}"
    licence = package.licence or READ_IN_THEIR_FILES.get(package.name, "")
    if not goes_with_ours(licence):
        yield f"{package.name}: whether its licence goes with ours is not known: {licence or 'none is named'}"


def unmet(asking: str, need: Requirement, found: Package | None) -> Iterator[str]:
    """Yield that a package lacks, or is another version than is asked for."""
    if found is None:
        yield f"{asking} needs {need}, which is not installed"
    elif not need.specifier.contains(found.version, prereleases=True):
        yield f"{asking} needs {need}, installed is {found.version}"


def goes_with_ours(licence: str) -> bool:
    """Say whether all parts of a licence, of choices one, go with GPL-3.0-or-later.

    Examples
    --------
    >>> goes_with_ours("BSD-3-Clause AND Zlib"), goes_with_ours("Proprietary OR MIT"), goes_with_ours("GPL-2.0-only")
    (True, True, False)
    """
    choices = re.split(r" OR ", licence)
    return any(
        all(part.strip(" ()").casefold() in COMPATIBLE or part.strip().casefold() in COMPATIBLE for part in parts)
        for parts in (re.split(r" AND |; ", choice) for choice in choices)
    )


def pins(text: str) -> dict[str, str]:
    """Return the versions that constraints name."""
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines if line)}


if __name__ == "__main__":
    found = sorted(set(problems(installed, pins(CONSTRAINTS.read_text(encoding="utf-8")))))
    sys.exit("\n".join(found) or None)
