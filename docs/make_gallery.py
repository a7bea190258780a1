"""Write `docs/gallery.md` and its pictures: every kind of figure and every table, from artificial data.

    python docs/make_gallery.py

takes a few minutes: it analyses the bundled export, two groups, a survey in several countries, and two accounts of
the same couples. Run it when a figure or a table has changed; a test says when one has come that is not in it.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from PIL import Image

import mirabal_toolkit as mt
from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.core.reliability import Reliability
from mirabal_toolkit.core.results import Results
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.gallery import FAMILIES
from mirabal_toolkit.reporting.figures.spec import Sheet, draw
from mirabal_toolkit.reporting.tables.answers import answers
from mirabal_toolkit.reporting.tables.render_html import render_html, render_html_notes
from mirabal_toolkit.reporting.tables.shelf import BUILDERS, ONCE
from mirabal_toolkit.reporting.tables.spec import Table

DOCS = Path(__file__).parent
PICTURES = DOCS / "images" / "gallery"
WIDTH = 1080
#: Rows of a table that are shown; the rest is told of.
MOST_ROWS = 12

HEAD = """# Gallery

Every kind of figure and every table a report can have, made from artificial people under the disclosure profile
`funder`: small numbers are hidden, others rounded to 5. Nobody here is real. Each figure is written as SVG, as PNG with
300 dots an inch, with its numbers as CSV and a description in words; each table as HTML, Word, Excel and CSV.

In Python: `released.figure("course")`, `released.table("before-after")`; see [How to use Python](how-to/use-python.md).

*This page is written by `python docs/make_gallery.py`.*
"""

FROM_ELSEWHERE = {
    "missingness": ("mirabal check", "Which answers lack, question by question and wave by wave, and why"),
    "power-curves": ("mirabal power", "How often studies of several sizes would find the change"),
}


def main() -> None:
    """Write the page and the pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        editions = list(_editions(folder))
        parts = [HEAD, "## Figures\n", *_figures(editions, folder), "## Tables\n", *_tables(editions)]
    (DOCS / "gallery.md").write_text("\n".join(parts), encoding="utf-8")


def _run(*command: str) -> None:
    """Run a command; that a check has findings is no failure."""
    code = exit_code_of(list(command))
    if code not in (0, 3):
        raise SystemExit(f"mirabal {' '.join(command)} ended with {code}")


def _editions(folder: Path) -> Iterator[Edition]:
    """Yield results that together have every figure and table."""
    yield Edition(mt.release(_example(), "funder"))
    _simulate(folder, ("partner-safety", 3, 90), ("comparison-site", 3, 80), ("client-account", 3, 70))
    _simulate(folder, ("help-seeking", 1, 200))
    women, site = folder / "partner-safety.sav", folder / "comparison-site.sav"
    plan = ["--plan", str(_short(folder, "comparison-site"))]
    yield _analysed(folder / "two-groups", str(women), "--comparison", str(site), *plan)
    yield _analysed(folder / "countries", str(folder / "help-seeking.sav"))
    plan = ["--plan", str(_short(folder, "steps-to-safety"))]
    yield _analysed(folder / "two-accounts", str(women), "--beside", str(folder / "client-account.sav"), *plan)


def _example() -> Results:
    """Return the bundled export analysed as its plan says, but for fewer imputations, and a reliability made up."""
    panel = mt.score(mt.clean(mt.read(mt.example_export()))).to_panel()
    scales = tuple(
        replace(scale, reliability=Reliability(0.88, "invented for this page")) if scale.id == "physical" else scale
        for scale in panel.instrument.scales
    )
    plan = mt.load_plan("steps-to-safety")
    asked = None if plan.missing_data is None else replace(plan.missing_data, imputations=20)
    plan = replace(plan, missing_data=asked, subgroups=("P1",))
    return mt.analyse(replace(panel, instrument=replace(panel.instrument, scales=scales)), plan)


def _simulate(folder: Path, *studies: tuple[str, int, int]) -> None:
    for instrument, waves, people in studies:
        sizes = ("--people", str(people), "--waves", str(waves), "--seed", "3")
        _run("simulate", instrument, *sizes, "--out", str(folder / f"{instrument}.sav"))


KEPT = ("injured", "physical_any", "space_score", "feels_safe", "respect_score", "coercion_score")


def _short(folder: Path, name: str) -> Path:
    """Write a bundled plan with fewer outcomes, since each costs time."""
    lines = (bundled_folder("analyses") / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if "{outcome:" not in line or any(f"outcome: {one}," in line for one in KEPT)]
    kept = [line for line in kept if not line.startswith(("panel_models", "time_varying"))]
    if not any(line.startswith("missing_data") for line in kept):
        kept.append("missing_data: {imputations: 10, iterations: 5, reference_based: true, weights: false}")
    file = folder / f"{name}.yaml"
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return file


def _analysed(out: Path, *arguments: str) -> Edition:
    _run("analyse", *arguments, "--out", str(out), "--formats", "html", "--jobs", "1", "--no-progress")
    return Edition(mt.open_results(out))


def _figures(editions: list[Edition], folder: Path) -> Iterator[str]:
    for name in FAMILIES:
        sheet = _first_sheet(editions, name)
        if sheet is None:
            raise SystemExit(f"no study of this script has the figure {name}")
        _save(name, draw(sheet).png)
        yield _figure(name, sheet.caption, f'`released.figure("{sheet.id}")`', sheet.title)
    yield from _from_elsewhere(folder)


def _first_sheet(editions: list[Edition], name: str) -> Sheet | None:
    for edition in editions:
        if len(edition.waves) > 1:
            for sheet in FAMILIES[name](edition):
                return sheet
    return None


def _from_elsewhere(folder: Path) -> Iterator[str]:
    _run("check", str(mt.example_export()), "--out", str(folder / "check"))
    sizes = ("--people", "60,100,150", "--simulations", "40", "--outcomes", "injured,space_score,feels_safe")
    _run("power", "steps-to-safety", *sizes, "--out", str(folder / "power"))
    for name, (command, caption) in FROM_ELSEWHERE.items():
        (picture,) = folder.rglob(f"figures/{name}.png")
        _save(name, picture.read_bytes())
        spoken = picture.with_suffix(".txt").read_text(encoding="utf-8")
        yield _figure(name, caption, f"`{command}`", spoken.partition(". ")[0])


def _save(name: str, png: bytes) -> None:
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    height = round(picture.height * WIDTH / picture.width)
    small = picture.resize((WIDTH, height), Image.Resampling.LANCZOS)
    # By how often colours are met, thin lines would lose theirs.
    few = small.quantize(128, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(PICTURES / f"{name}.png", optimize=True)


def _figure(name: str, caption: str, where: str, title: str) -> str:
    alt = f"{caption}: {title}".replace("[", "(").replace("]", ")")
    return f"### {name}\n\n{caption}. {where}\n\n![{alt}](images/gallery/{name}.png)\n"


def _tables(editions: list[Edition]) -> Iterator[str]:
    built: dict[str, Table] = {}
    for edition in editions:
        tables = [build(edition) for build in (BUILDERS if len(edition.waves) > 1 else ONCE)]
        tables += [answers(item, edition) for item in edition.lookup.outcomes("distribution")]
        for table in tables:
            if not table.is_empty:
                built.setdefault("answers" if table.id.startswith("answers-") else table.id, table)
    missing = sorted({build(editions[0]).id for build in BUILDERS} - built.keys())
    if missing:
        raise SystemExit(f"no study of this script has the table {missing[0]}")
    for name, table in _ordered(built, editions[0]).items():
        short, left = _shortened(table)
        more = f"\n*… and {left} rows more.*\n" if left else ""
        page = f"{render_html(short)}{render_html_notes(short.notes)}"
        yield f'### {name}\n\n{table.title}. `released.table("{table.id}")`\n\n{page}\n{more}'


def _ordered(built: Mapping[str, Table], edition: Edition) -> dict[str, Table]:
    names = [build(edition).id for build in BUILDERS]
    return {name: built[name] for name in [*names, *sorted(built.keys() - set(names))]}


def _shortened(table: Table) -> tuple[Table, int]:
    """Return the first rows of a table, and how many there are more."""
    groups, shown = [], 0
    for group in table.groups:
        if shown < MOST_ROWS:
            groups.append(replace(group, rows=group.rows[: MOST_ROWS - shown]))
            shown += len(groups[-1].rows)
    return replace(table, groups=tuple(groups)), len(list(table.rows)) - shown


if __name__ == "__main__":
    main()
