"""A browser that nobody sees, started once for many pages: what it shows of each, and what it prints.

It is driven over a pipe by the DevTools protocol: JSON with a null byte after each message. It ends when the pipe does,
so that it outlives no process of pytest.
"""

import base64
import json
import math
import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count, groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pypdfium2 import PdfDocument, PdfPage, raw  # type: ignore[import-untyped]

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
]
PIPED = ["sh", "-c", 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1', "sh"]
"""It is told at descriptor 3, and answers at 4."""
LOADED = "new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', done))"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed page: its width and height in points, its text, and how large its letters are, each with a sample."""

    width: float
    height: float
    text: str
    sizes: dict[float, str]

    @property
    def words(self) -> str:
        """The text with single spaces, whatever its lines are."""
        return " ".join(self.text.split())


class Browser:
    """A browser that runs."""

    def __init__(self, running: "subprocess.Popen[bytes]") -> None:
        assert running.stdin
        assert running.stdout
        self._commands, self._answers = running.stdin, running.stdout
        self._numbers = count(1)
        self._read = b""

    def shown(self, page: Path) -> str:
        """The document as it is when it has loaded and its scripts have run."""
        self._open(page)
        found = self._call("Runtime.evaluate", self._tab, expression="document.documentElement.outerHTML")
        return str(found["result"]["value"])

    def printed(self, page: str, paper: str, folder: Path) -> list[Sheet]:
        """The sheets of paper of a size, A4 or letter, on which a page is printed, by way of a folder."""
        sized = page.replace("</style>", f"@page {{ size: {paper}; }}</style>", 1)
        assert sized != page
        (folder / "page.html").write_text(sized, encoding="utf-8")
        self._open(folder / "page.html")
        found = self._call("Page.printToPDF", self._tab, printBackground=True, preferCSSPageSize=True)
        with PdfDocument(base64.b64decode(found["data"])) as document:
            return list(map(_sheet, document))

    @cached_property
    def _tab(self) -> str:
        """The tab of all pages, by the name under which it is told what to do: each tab is a process."""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        return str(self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])

    def _open(self, page: Path) -> None:
        """Load a page in the place of the one before it."""
        went = self._call("Page.navigate", self._tab, url=page.as_uri())
        assert "errorText" not in went, went
        self._call("Runtime.evaluate", self._tab, expression=LOADED, awaitPromise=True)

    def _call(self, method: str, tab: str | None = None, **parameters: Any) -> dict[str, Any]:
        """What the browser answers to a command, past what it tells of itself."""
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": parameters} | ({"sessionId": tab} if tab else {})
        self._commands.write(json.dumps(command).encode() + b"\0")
        while (answer := self._message()).get("id") != number:
            pass
        assert "error" not in answer, (method, answer["error"])
        return dict(answer["result"])

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            assert select.select([self._answers], [], [], NEVER)[0], "the browser does not answer"
            some = os.read(self._answers.fileno(), 1 << 20)
            assert some, "the browser has ended"
            self._read += some
        message, _, self._read = self._read.partition(b"\0")
        return dict(json.loads(message))


@contextmanager
def running_browser(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in a folder, until its pipe is closed."""
    chromium = installed("chromium")
    with (
        TemporaryDirectory(dir=folder) as home,
        subprocess.Popen(  # noqa: S603 - a browser on our own pages
            [*PIPED, chromium, *QUIET, "--remote-debugging-pipe", f"--user-data-dir={home}/profile"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, "HOME": home},
        ) as started,
    ):
        yield Browser(started)


def _sheet(page: PdfPage) -> Sheet:
    """Read a page once: its letters are as large as printed, whatever a browser did to fit them in."""
    letters = page.get_textpage()
    found, matrix = list[tuple[str, float]](), raw.FS_MATRIX()
    for place in range(letters.count_chars()):
        raw.FPDFText_GetMatrix(letters, place, matrix)
        height = math.hypot(matrix.c, matrix.d) * raw.FPDFText_GetFontSize(letters, place)
        found.append((chr(raw.FPDFText_GetUnicode(letters, place)), round(height, 2)))
    printed = groupby(((letter, height) for letter, height in found if not letter.isspace()), key=itemgetter(1))
    sizes: dict[float, str] = {}
    for height, same in printed:
        sizes.setdefault(height, "".join(letter for letter, _ in same))
    text = letters.get_text_range().replace("\ufffe", "-")  # so a hyphen at the end of a line is told
    return Sheet(page.get_width(), page.get_height(), text, sizes)
