"""A git repository of a test's own."""

import subprocess
from collections.abc import Callable
from pathlib import Path

Git = Callable[..., str]
"""Runs git with arguments in a repository, and returns what it prints."""


def run_git(folder: Path, *arguments: str) -> str:
    """Run git in a folder as somebody with a name; submodules may be folders."""
    named = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"]
    ended = subprocess.run([*named, *arguments], cwd=folder, capture_output=True, check=True)  # noqa: S603
    return ended.stdout.decode().strip()


def begin_repository(folder: Path) -> None:
    """Make a folder a repository whose main branch has all that is in it."""
    run_git(folder, "init", "--quiet", "--template=", "--initial-branch", "main")
    run_git(folder, "add", "--all")
    run_git(folder, "commit", "--quiet", "--message", "First")
