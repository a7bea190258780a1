"""Write `docs/images/report.png`, the first page of the report of `mirabal demo`, as a browser shows it.

    python docs/make_screenshot.py

takes a minute or two and needs Chromium or Chrome. Run it when the first page of a report looks otherwise.
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
WIDTH, HEIGHT = 1180, 1500
COLOURS = 64


def main() -> None:
    """Make the report, and take a picture of its first page."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"A browser is needed: one of {', '.join(BROWSERS)}.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if exit_code_of(["demo", "--out", str(folder / "demo"), "--formats", "html", "--quiet"]) != 0:
            sys.exit("The demo did not end well.")
        take(browser, folder / "demo" / "report.html", folder / "page.png")
        Image.open(folder / "page.png").convert("RGB").quantize(COLOURS).save(PICTURE, optimize=True)


def take(browser: str, page: Path, picture: Path) -> None:
    """Have a headless browser draw the first page, without a profile and without the network."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking"]
    profile = f"--user-data-dir={picture.parent / 'profile'}"
    shot = [f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={picture}", page.as_uri()]
    subprocess.run([browser, *options, profile, *shot], check=True, capture_output=True)  # noqa: S603


if __name__ == "__main__":
    main()
