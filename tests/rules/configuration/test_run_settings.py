"""How a run goes is settled by the first who says it: whoever asks, the file's own configuration, the run's."""

from pathlib import Path
from typing import Any

import pytest

from blinplan.exit_status import FailOn
from blinplan.rules.configuration.configuration import DEFAULT, Configuration
from blinplan.rules.configuration.run_settings import run_settings, settings_of_file
from blinplan.rules.configuration.settings import FailOnSetting

SETTINGS: dict[str, tuple[Any, Any, Any]] = {
    "fail-on": (FailOn.ERROR, FailOn.NEVER, FailOn.WARNING),
    "simulate": (True, False, True),
    "patients": (1000, 20, 30),
    "seed": (1, 0, 2),
    "baseline": (None, Path("own/known.json"), Path("known.json")),
    "site": (None, Path("own/ward.toml"), Path("ward.toml")),
}
"""Of each setting what holds where nobody says it, and two other values; 0 and false are said as well."""


def configuration(folder: str, name: str, value: Any) -> Configuration:
    origin = (name, f"{folder}/blinplan.toml:1")
    return Configuration(**{"path": Path(folder, "blinplan.toml"), name.replace("-", "_"): value, "origins": (origin,)})


def value_of(settings: Any, name: str) -> tuple[Any, str]:
    return getattr(settings, name.replace("-", "_")), settings.origin(name)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_first_word_wins_and_who_said_it_is_known(name: str) -> None:
    default, first, second = SETTINGS[name]
    own, of_run = configuration("own", name, first), configuration("run", name, second)
    assert value_of(run_settings({}), name) == (default, "default")
    assert value_of(run_settings({}, DEFAULT, of_run), name) == (second, "run/blinplan.toml:1")
    assert value_of(run_settings({}, own, of_run), name) == (first, "own/blinplan.toml:1")
    for option in (name, f"--{name}"):
        asked = run_settings({option: second}, own)
        assert value_of(asked, name) == (second, option)
        assert value_of(run_settings({option: None}, own), name) == (first, "own/blinplan.toml:1")
        others = {other: value_of(asked, other) for other in SETTINGS if other != name}
        assert others == {other: (SETTINGS[other][0], "default") for other in others}


def test_paths_and_what_counts_are_taken_as_they_are_written() -> None:
    settings = run_settings({"baseline": "a/known.json", "site": "b/ward.toml", "fail-on": "warning"})
    assert (settings.baseline, settings.site) == (Path("a/known.json"), Path("b/ward.toml"))
    assert settings.counting == FailOnSetting(FailOn.WARNING, "fail-on")
    assert run_settings({}).counting == FailOnSetting(FailOn.ERROR, "default")


HERE = FailOnSetting(FailOn.NEVER, "own/blinplan.toml:9")


@pytest.mark.parametrize(
    ("asked", "here", "own", "of_run", "counts"),
    [
        (None, None, None, None, (FailOn.ERROR, "default")),
        (None, None, None, "warning", (FailOn.WARNING, "run/blinplan.toml:1")),  # another folder may ask for more
        (None, None, None, "never", (FailOn.ERROR, "default")),  # and never for less
        (None, None, None, "error", (FailOn.ERROR, "run/blinplan.toml:1")),
        (None, None, "never", "warning", (FailOn.NEVER, "own/blinplan.toml:1")),
        (None, HERE, "warning", "warning", (FailOn.NEVER, "own/blinplan.toml:9")),  # of some files of the folder
        (None, HERE, None, "never", (FailOn.NEVER, "own/blinplan.toml:9")),
        ("error", HERE, "never", "warning", (FailOn.ERROR, "fail-on")),
        ("never", None, None, None, (FailOn.NEVER, "fail-on")),
    ],
)
def test_what_counts_in_a_file_is_never_made_laxer_by_another_folder(
    asked: str | None, here: FailOnSetting | None, own: str | None, of_run: str | None, counts: tuple[FailOn, str]
) -> None:
    of_file = DEFAULT if own is None else configuration("own", "fail-on", FailOn(own))
    other = DEFAULT if of_run is None else configuration("run", "fail-on", FailOn(of_run))
    settings = settings_of_file({"fail-on": asked, "seed": 5}, of_file, here, other)
    assert settings.counting == FailOnSetting(*counts)
    assert (settings.seed, settings.origin("seed")) == (5, "seed")
