"""How a run goes, and who said so: whoever asks, else the file's own configuration, else the current folder's."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from blinplan.exit_status import FailOn
from blinplan.rules.configuration.configuration import Configuration
from blinplan.rules.configuration.settings import FailOnSetting


class Setting(NamedTuple):
    """A value that a run goes by, and who set it."""

    value: object
    origin: str


RunOptions = Mapping[str, Any]
"""What whoever asks says about a run, by the names of the settings, or of options; what is not said is None."""


class RunSettings(NamedTuple):
    """How a run goes, or how it goes for one file."""

    fail_on: FailOn
    simulate: bool
    patients: int
    seed: int
    baseline: Path | None
    site: Path | None
    origins: tuple[tuple[str, Setting], ...]

    @property
    def counting(self) -> FailOnSetting:
        """The least severity that counts, and who set it."""
        return FailOnSetting(self.fail_on, self.origin("fail-on"))

    def origin(self, name: str) -> str:
        """Who set a setting."""
        return dict(self.origins)[name].origin


_DEFAULTS: dict[str, Any] = {
    "fail-on": FailOn.ERROR,
    "simulate": True,
    "patients": 1000,
    "seed": 1,
    "baseline": None,
    "site": None,
}


def run_settings(options: RunOptions, *configurations: Configuration) -> RunSettings:
    """Settle how a run goes: the first word wins, that of whoever asks before those of configurations."""
    origins = tuple((name, _setting(name, options, configurations)) for name in _DEFAULTS)
    value: dict[str, Any] = {name: setting.value for name, setting in origins}
    baseline, site = value["baseline"], value["site"]
    return RunSettings(
        FailOn(value["fail-on"]),
        value["simulate"],
        value["patients"],
        value["seed"],
        None if baseline is None else Path(baseline),
        None if site is None else Path(site),
        origins,
    )


def settings_of_file(
    options: RunOptions, own: Configuration, fail_on: FailOnSetting | None, run: Configuration
) -> RunSettings:
    """Settle how a run goes for one file: by its own configuration, and where that is silent by that of the run.

    ``fail_on`` is what the configuration says counts in this file. Where it says nothing, another configuration can
    make a warning count here, and never let an error pass.
    """
    settings = run_settings(options, own, run)
    if settings.origin("fail-on") in options:
        return settings
    if fail_on is None and own.fail_on is None and settings.fail_on is FailOn.NEVER:
        fail_on = FailOnSetting(FailOn.ERROR, "default")
    return settings if fail_on is None else _with_fail_on(settings, fail_on)


def _with_fail_on(settings: RunSettings, fail_on: FailOnSetting) -> RunSettings:
    origins = dict(settings.origins) | {"fail-on": Setting(fail_on.level, fail_on.origin)}
    return settings._replace(fail_on=fail_on.level, origins=tuple(origins.items()))


def _setting(name: str, options: RunOptions, configurations: tuple[Configuration, ...]) -> Setting:
    for option in (name, f"--{name}"):
        if (asked := options.get(option)) is not None:
            return Setting(asked, option)
    field = name.replace("-", "_")
    for configuration in configurations:
        if (written := getattr(configuration, field)) is not None:
            return Setting(written, dict(configuration.origins)[name])
    return Setting(_DEFAULTS[name], "default")
