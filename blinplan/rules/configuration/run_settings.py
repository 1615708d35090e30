"""How a run goes, and who said so: whoever asks, else the configuration of the current folder, else the program."""

from pathlib import Path
from typing import NamedTuple

from blinplan.rules.configuration.configuration import Configuration
from blinplan.rules.configuration.settings import FailOn


class Setting(NamedTuple):
    """A value that a run goes by, and who set it."""

    value: object
    origin: str


class RunSettings(NamedTuple):
    """How a run goes: from the command line, else the configuration of the current folder, else the program."""

    fail_on: FailOn
    simulate: bool
    patients: int
    seed: int
    baseline: Path | None
    site: Path | None
    origins: tuple[tuple[str, Setting], ...]


def run_settings(
    configuration: Configuration,
    fail_on: FailOn | None,
    simulate: bool | None,
    patients: int | None,
    seed: int | None,
    baseline: str | None,
    site: str | None,
    *,
    dashes: str = "",
) -> RunSettings:
    """Settle how a run goes; ``dashes`` stand before the names of these arguments where the user wrote them."""
    written = dict(configuration.origins)
    origins = []

    def setting(name: str, option: object, configured: object, default: object) -> object:
        value, origin = (
            (option, f"{dashes}{name}")
            if option is not None
            else (configured, written[name])
            if configured is not None
            else (default, "default")
        )
        origins.append((name, Setting(value, origin)))
        return value

    return RunSettings(
        FailOn(str(setting("fail-on", fail_on, configuration.fail_on, FailOn.ERROR))),
        bool(setting("simulate", simulate, configuration.simulate, True)),
        int(str(setting("patients", patients, configuration.patients, 1000))),
        int(str(setting("seed", seed, configuration.seed, 1))),
        Path(str(path)) if (path := setting("baseline", baseline, configuration.baseline, None)) else None,
        Path(str(path)) if (path := setting("site", site, configuration.site, None)) else None,
        tuple(origins),
    )
