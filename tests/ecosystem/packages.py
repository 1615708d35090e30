"""Hold a wheel and a source distribution to what this repository tracks: all of it that is wanted, and nothing else.

Usage: python tests/ecosystem/packages.py TOP DIST, with the Python that has what renders the page of PyPI.
"""

import email
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from readme_renderer import markdown  # type: ignore[import-not-found,unused-ignore]

UNPACKED = ("blinplan/", "man/", "regimens/", "tests/", ".ci/", ".github/")
BESIDE = {
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    ".pre-commit-config.yaml",
    ".pre-commit-hooks.yaml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "pyproject.toml",
}


def main(top: Path, dist: Path) -> int:
    """Print what is wrong; return how many things are."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=top, capture_output=True, check=True)  # noqa: S607
    tracked = set(listed.stdout.decode().rstrip("\0").split("\0"))
    [wheel], [source] = dist.glob("*.whl"), dist.glob("*.tar.gz")
    faults = [*_source_faults(source, tracked), *_wheel_faults(wheel, tracked), *_page_faults(wheel)]
    right = "wheel and source distribution hold what they should, and their page needs no file of the repository"
    sys.stdout.write("\n".join(faults or [right]) + "\n")
    return len(faults)


def _differences(what: str, found: set[str], wanted: set[str]) -> list[str]:
    missing = [f"{what} lacks {name}" for name in sorted(wanted - found)]
    return [*missing, *(f"{what} should not have {name}" for name in sorted(found - wanted))]


def _source_faults(path: Path, tracked: set[str]) -> list[str]:
    with tarfile.open(path) as archive:
        found = {name.split("/", 1)[1] for name in archive.getnames()}
    wanted = {name for name in tracked if name.startswith(UNPACKED) or name in BESIDE}
    return _differences(path.name, found, wanted | {"PKG-INFO"})


def _wheel_faults(path: Path, tracked: set[str]) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        found = set(archive.namelist())
    stem = "-".join(path.name.split("-")[:2])
    wanted = {name for name in tracked if name.startswith("blinplan/")}
    wanted |= {f"blinplan/{name}" for name in tracked if name.startswith("regimens/")}
    pages = [name for name in tracked if re.fullmatch(r"man/man[1-8]/[^/]+\.[1-8]", name)]
    wanted |= {f"{stem}.data/data/share/{name}" for name in pages}
    about = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    return _differences(path.name, found, wanted | {f"{stem}.dist-info/{name}" for name in about})


def _page_faults(path: Path) -> list[str]:
    """Find what the page on PyPI, which is README.md, would not show: files of the repository."""
    with zipfile.ZipFile(path) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        page = markdown.render(str(email.message_from_bytes(archive.read(name)).get_payload()))
    if page is None:
        return ["README.md cannot be rendered"]
    links = re.findall(r'(?:src|srcset|href)="([^"]*)"', page)
    missing = [link for link in links if not re.match(r"https?://|#|mailto:", link)]
    return [f"the page on PyPI has {link}, which is not there" for link in missing]


if __name__ == "__main__":
    sys.exit(bool(main(Path(sys.argv[1]), Path(sys.argv[2]))))
