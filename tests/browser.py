"""A browser that nobody sees: what it shows of a page, and what it prints."""

import math
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PageObject, PdfReader

from tests.program import NEVER
from tests.public_files import installed

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-file-access-from-files",
    "--virtual-time-budget=5000",
]


def browse(folder: Path, *arguments: str) -> str:
    """Run the browser with a profile of its own in a folder."""
    chromium = installed("chromium")
    ended = subprocess.run(  # noqa: S603 - a browser on our own page
        [chromium, *QUIET, f"--user-data-dir={folder / 'profile'}", *arguments],
        capture_output=True,
        timeout=NEVER,
        check=True,
        env={**os.environ, "HOME": str(folder)},
    )
    return ended.stdout.decode()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed page: its width and height in points, its words, and how large its letters are, each with a sample."""

    width: float
    height: float
    words: str
    sizes: dict[float, str]


def printed(page: str, paper: str, folder: Path) -> list[Sheet]:
    """The pages of paper of a size, A4 or letter, on which a page is printed."""
    sized = page.replace("</style>", f"@page {{ size: {paper}; }}</style>", 1)
    assert sized != page
    (folder / "page.html").write_text(sized, encoding="utf-8")
    target = folder / "page.pdf"
    browse(folder, "--no-pdf-header-footer", f"--print-to-pdf={target}", (folder / "page.html").as_uri())
    return list(map(_sheet, PdfReader(target).pages))


def _sheet(page: PageObject) -> Sheet:
    """Read a page once: its letters are as large as printed, whatever a browser did to fit them in."""
    sizes: dict[float, str] = {}

    def measure(text: str, outer: list[float], inner: list[float], _: Any, size: float) -> None:
        if text.strip():
            (a, b), (c, d) = outer[:2], outer[2:4]
            height = math.hypot(inner[2] * a + inner[3] * c, inner[2] * b + inner[3] * d) * size
            sizes.setdefault(round(height, 2), text.strip())

    words = " ".join(page.extract_text(visitor_text=measure).split())
    return Sheet(float(page.mediabox.width), float(page.mediabox.height), words, sizes)
