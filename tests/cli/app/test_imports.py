"""What does not simulate does not wait for the numerical engine."""

import importlib
import importlib.util
import pkgutil
from pathlib import Path
from types import ModuleType

import pytest

import blinplan
from tests.program import HEAVY, probe
from tests.regimen_text import cycle, regimen_text

WITHOUT_THE_ENGINE = [
    (["check", "x.toml", "--no-simulate"], 1),
    (["check", "x.toml", "--no-simulate", "-f", "json"], 1),
    (["check", "faulty.toml"], 1),
    (["plan", "rr-below-45-kg", "--bsa", "1"], 0),
    (["regimens"], 0),
    (["schema"], 0),
    (["--help"], 0),
    ([], 0),
    (["new", "ours", "--from", "rr-adult"], 0),
    (["simulate", "nowhere"], 2),
    (["report", "nowhere"], 2),
]


@pytest.mark.slow
def test_the_engine_is_not_imported(tmp_path: Path) -> None:
    """And is where something is simulated, last, which shows that it would be seen."""
    (tmp_path / "x.toml").write_text(regimen_text(cycle("1 mcg/m2/day for 28 days")), encoding="utf-8")
    (tmp_path / "faulty.toml").write_text("= 1", encoding="utf-8")
    simulated = ["simulate", "nhl-15", "--patients", "1", "-f", "json"]
    asked = [*(arguments for arguments, _ in WITHOUT_THE_ENGINE), ["model"], simulated]
    *found, (shown, of_model), (status, imported) = probe(HEAVY, [(arguments, {}) for arguments in asked], tmp_path)
    for (arguments, expected), answer in zip(WITHOUT_THE_ENGINE, found, strict=True):
        assert answer == [expected, []], arguments
    assert (shown, status) == (0, 0)
    assert {"numpy", "scipy"} <= set(imported)
    assert "scipy" not in of_model, "who shows the model draws nobody"


ONLY_WHERE_ASKED = {
    "blinplan.api.patient": ["--patient", "weight=70,age=30"],
    "blinplan.cli.app.patient_options": ["--patient", "weight=70,age=30"],
    "blinplan.course.adulthood": ["--patient", "weight=70,age=30"],
    "blinplan.course.eligibility": ["--patient", "weight=70,age=30"],
    "blinplan.course.patient": ["--patient", "weight=70,age=30"],
    "blinplan.regimen.age": ["--patient", "weight=70,age=30"],
    "blinplan.api.regimens.load": ["--site", "site.toml"],
    "blinplan.course.bags.sequence": ["--site", "site.toml"],
    "blinplan.course.bags.preparation": ["--site", "site.toml"],
    "blinplan.regimen.site.site": ["--site", "site.toml"],
    "blinplan.regimen.record.record": ["record.toml"],
    "blinplan.regimen.route.problem": ["subcutaneous.toml"],
    "blinplan.rules.acceptance.baseline": ["--write-baseline", "baseline.json"],
    "blinplan.rules.configuration.file": ["--config", "blinplan.toml"],
    "blinplan.rules.fix": ["--diff"],
    "blinplan.rules.located": ["-f", "sarif"],
}
"""Modules that a check of a regimen imports only where something is asked of it, and what asks for them."""
FILES = {
    "site.toml": 'site = 1\nname = "Ward"\nbag = [{ hours = 24, fill_ml = 276 }]\n',
    "record.toml": 'record = 1\nregimen = "rr-adult"\nstart = 2026-03-02T10:00:00Z\n',
    "blinplan.toml": "",
    "subcutaneous.toml": 'format = 1\nroute = "subcutaneous"\n',
}
ONLY_TO_SIMULATE = (
    "blinplan.executors.executor",
    "blinplan.proportion",
    "blinplan.rules.judge_many",
    "blinplan.rules.simulated.outcome",
    "blinplan.rules.simulated.virtual",
)


ONLY_WITH_DATES = (
    "blinplan.course.calendar",
    "blinplan.course.dated",
    "blinplan.course.happened.ledger",
    "blinplan.course.happened.replan",
    "blinplan.regimen.record.moments",
    "zoneinfo",
)
ONLY_WITH_A_SITE = (
    "blinplan.course.bags.contents",
    "blinplan.course.bags.sequence",
    "blinplan.course.bags.ward",
    "blinplan.course.bags_of_course",
    "blinplan.course.closed_days",
    "blinplan.course.infusions",
    "blinplan.regimen.site.site",
    "blinplan.reports.plan.bags.changes",
    "blinplan.reports.plan.bags.questions",
    "blinplan.reports.plan.ledger",
)
ONLY_WITH_A_RECORD = (
    "blinplan.course.happened.hung",
    "blinplan.course.happened.interruption",
    "blinplan.course.happened.resumption",
    "blinplan.regimen.record.record",
    "blinplan.reports.plan.bags.hung",
    "blinplan.reports.plan.figures",
    "blinplan.reports.plan.ledger",
)
ONLY_IN_A_VIEW = (
    "blinplan.course.start_days",
    "blinplan.reports.plan.bags.bag_list",
    "blinplan.reports.plan.bags.start_days",
    "blinplan.reports.plan.day_views",
)
CHECK = ("check", "rr-adult", "--no-simulate")


def imported(folder: Path, *arguments: str) -> set[str]:
    """Which of those modules a command imports."""
    of_plans = {*ONLY_WITH_DATES, *ONLY_WITH_A_SITE, *ONLY_WITH_A_RECORD, *ONLY_IN_A_VIEW}
    names = [*ONLY_WHERE_ASKED, *ONLY_TO_SIMULATE, *of_plans, "rich.console", "rich.progress"]
    ((_, found),) = probe(names, [(arguments, {})], folder)
    return set(found)


@pytest.mark.slow
def test_a_check_imports_what_is_asked_of_it_and_no_more(tmp_path: Path) -> None:
    assert imported(tmp_path, *CHECK) == set()


@pytest.mark.slow
def test_a_plan_without_dates_waits_for_no_calendar(tmp_path: Path) -> None:
    found = imported(tmp_path, "plan", "rr-adult", "--weight", "70")
    assert not found & {*ONLY_TO_SIMULATE, *ONLY_WITH_DATES, "rich.progress"}


START = ("--start", "2026-11-02T10:00", "--time-zone", "Europe/Berlin")


@pytest.mark.slow
def test_a_plan_with_dates_waits_for_no_bags_and_no_record(tmp_path: Path) -> None:
    """Nor for Rich's console, which draws where something is coloured."""
    found = imported(tmp_path, "plan", "rr-adult", "--weight", "70", *START)
    assert found >= set(ONLY_WITH_DATES)
    assert not found & {*ONLY_WITH_A_SITE, *ONLY_WITH_A_RECORD, *ONLY_IN_A_VIEW, *ONLY_TO_SIMULATE, "rich.console"}


@pytest.mark.slow
def test_what_a_plan_is_given_is_imported(tmp_path: Path) -> None:
    """Else a module that has another name by now would never be found where it should not be."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    site = ("--site", "site.toml", *START)
    assert imported(tmp_path, "plan", "rr-adult", *site) >= set(ONLY_WITH_A_SITE)
    views = (imported(tmp_path, "plan", "rr-adult", *site, "--view", view) for view in ("bags", "starts", "days"))
    assert set().union(*views) >= set(ONLY_IN_A_VIEW)
    record = ("--record", "record.toml", "--time-zone", "Europe/Berlin")
    assert imported(tmp_path, "plan", "rr-adult", *record) >= set(ONLY_WITH_A_RECORD)


_OTHER_FILES = ("blinplan.rules.families.across_files.kinds", "blinplan.rules.families.across_files.neighbours")
_RICH = ("rich.console", "rich.table", "blinplan.drawing.console")
_NAMESAKES = "blinplan.rules.families.across_files.shipped_names"
_OF_DOCUMENTS = ("hashlib", "blinplan.fingerprint", "blinplan.reports.plan.paper.wanted")
_READING = ("pydantic_core", "blinplan.regimen.library", "blinplan.regimen.reading")
WITHOUT = [
    (["--version"], ["rich", "blinplan.drawing.draw", "blinplan.api"]),
    (["regimens"], [*_RICH, "blinplan.course.events", "blinplan.label.label", "blinplan.regimen.toml.scanner"]),
    (["rule", "D202"], ["rich.table", *_READING, *_OTHER_FILES]),
    (["rule", "nothing"], [*_RICH, *_READING, *_OTHER_FILES, "blinplan.api.regimens.load"]),
    ([*CHECK], [*_RICH, _NAMESAKES, "blinplan.regimen.toml.scanner", "blinplan.rules.judging.models"]),
    (["new", "ours", "--from", "rr-adult"], ["blinplan.api.library", "blinplan.words.routes", "rich.console"]),
    (["plan", "rr-adult"], [*_OTHER_FILES, *_OF_DOCUMENTS, "blinplan.data_table", "blinplan.executors.executor"]),
    (["plan", "rr-adult", *START], [*_OF_DOCUMENTS, _NAMESAKES, "blinplan.regimen.toml.scanner", "calendar"]),
]
"""Commands, and modules that take time to import and that they do without."""


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "modules"), WITHOUT, ids=" ".join)
def test_a_command_does_without_what_it_is_not_asked_for(
    arguments: list[str], modules: list[str], tmp_path: Path
) -> None:
    """What is drawn in colour is drawn by Rich, and a record of a course is read: so both would be seen."""
    ((_, found),) = probe(modules, [(arguments, {})], tmp_path)
    assert found == []
    assert all(importlib.util.find_spec(name) for name in modules)


@pytest.mark.slow
def test_what_is_asked_of_a_check_is_imported(tmp_path: Path) -> None:
    """Else a module that has another name by now would never be found where it should not be."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    asked = sorted({tuple(one) for one in ONLY_WHERE_ASKED.values()})
    runs = probe(list(ONLY_WHERE_ASKED), [((*CHECK, *arguments), {}) for arguments in asked], tmp_path)
    for arguments, (_, found) in zip(asked, runs, strict=True):
        assert set(found) >= {name for name, one in ONLY_WHERE_ASKED.items() if tuple(one) == arguments}
    assert all(importlib.util.find_spec(name) for name in ONLY_TO_SIMULATE)


def test_no_room_takes_the_place_of_a_function_of_its_name() -> None:
    """A module that is imported becomes an attribute of its package, and would hide a function of the same name."""
    packages = [module.name for module in pkgutil.walk_packages(blinplan.__path__, "blinplan.") if module.ispkg]
    for name in packages:
        package = importlib.import_module(name)
        modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
        assert not modules & set(getattr(package, "__all__", ())), name
    assert {name for name in blinplan.__all__ if f"blinplan.{name}" in packages} >= {"rules"}
    assert [name for name in blinplan.__all__ if isinstance(getattr(blinplan, name), ModuleType)] == []
