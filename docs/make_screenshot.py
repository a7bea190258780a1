"""Write `docs/images/report.png`, the first page of the report of `mirabal demo`, as a browser shows it.

    python docs/make_screenshot.py              analyses the bundled export first, which takes a minute
    python docs/make_screenshot.py REPORT.html  takes a report that is there

needs Chromium or Chrome. Run it when the first page of a report looks otherwise.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from mirabal_toolkit.cli.main import exit_code_of

PICTURE = Path(__file__).parent / "images" / "report.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
#: Of the window, wide enough for the contents to stand beside the text; and of the picture.
WINDOW, SIZE = (1360, 1440), (1180, 1249)
COLOURS = 64


def main() -> None:
    """Make the report, and take a picture of its first page."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"A browser is needed: one of {', '.join(BROWSERS)}.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        page = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else made(folder / "demo")
        take(browser, page, folder / "page.png")
        picture = Image.open(folder / "page.png").convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
        picture.quantize(COLOURS).save(PICTURE, optimize=True)


def made(folder: Path) -> Path:
    """Analyse the bundled export, and return the report."""
    if exit_code_of(["demo", "--out", str(folder), "--formats", "html", "--quiet"]) != 0:
        sys.exit("The demo did not end well.")
    return folder / "report.html"


def take(browser: str, page: Path, picture: Path) -> None:
    """Have a headless browser draw the first page, without a profile and without the network."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking"]
    profile = f"--user-data-dir={picture.parent / 'profile'}"
    shot = [f"--window-size={WINDOW[0]},{WINDOW[1]}", f"--screenshot={picture}", page.as_uri()]
    subprocess.run([browser, *options, profile, *shot], check=True, capture_output=True)  # noqa: S603


if __name__ == "__main__":
    main()
