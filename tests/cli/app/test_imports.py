"""What does not simulate does not wait for the numerical engine."""

import importlib
import importlib.util
import inspect
import pkgutil
from types import ModuleType

import pytest

import blinplan
from blinplan.cli.app.quick import COMMANDS
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
    (["diff", "rr-adult", "rr-2014"], 1),
    (["simulate", "nowhere"], 2),
    (["report", "nowhere"], 2),
]


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
    "blinplan.rules.configuration.file": ["--config", "settings.toml"],
    "blinplan.rules.fix": ["--diff"],
    "blinplan.rules.located": ["-f", "sarif"],
}
"""Modules that a check of a regimen imports only where something is asked of it, and what asks for them."""
FILES = {
    "site.toml": 'site = 1\nname = "Ward"\nbag = [{ hours = 24, fill_ml = 276 }]\n',
    "record.toml": 'record = 1\nregimen = "rr-adult"\nstart = 2026-03-02T10:00:00Z\n',
    "settings.toml": "",
    "subcutaneous.toml": 'format = 1\nroute = "subcutaneous"\n',
    "x.toml": regimen_text(cycle("1 mcg/m2/day for 28 days")),
    "faulty.toml": "= 1",
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


START = ("--start", "2026-11-02T10:00", "--time-zone", "Europe/Berlin")
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
_WEIGHED = ("plan", "rr-adult", "--weight", "70")
_SITE = ("plan", "rr-adult", "--site", "site.toml", *START)
_VIEWS = [(*_SITE, "--view", view) for view in ("bags", "starts", "days")]
_RECORD = ("plan", "rr-adult", "--record", "record.toml", "--time-zone", "Europe/Berlin")
_SIMULATED = ("simulate", "nhl-15", "--patients", "1", "-f", "json")
_CURVES = ("simulate", "nhl-15", "--typical", "--curves")
IN_TURN: dict[str, list[tuple[str, ...]]] = {
    "rules and plans": [("rule", "nothing"), ("rule", "D202"), ("plan", "rr-adult"), _WEIGHED],
    "dates": [
        ("plan", "rr-adult", *START),
        (*_WEIGHED, *START),
        _RECORD,
        _SITE,
        *_VIEWS,
        ("new", "ours", "--from", "rr-adult"),
    ],
    "checks": [CHECK, *sorted({(*CHECK, *one) for one in ONLY_WHERE_ASKED.values()})],
    "the engine": [
        *(("--version",), ("regimens",)),
        *(tuple(arguments) for arguments, _ in WITHOUT_THE_ENGINE),
        *(("model",), _SIMULATED, _CURVES),
    ],
}
"""Commands that are run in one process each, one after the other: each is held to what those before it import, too."""
Imported = dict[str, list[tuple[tuple[str, ...], int, set[str]]]]
"""Of each process its commands, with their status and those of all modules of this page that are imported by then."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    of_plans = {*ONLY_WITH_DATES, *ONLY_WITH_A_SITE, *ONLY_WITH_A_RECORD, *ONLY_IN_A_VIEW}
    others = {"rich.progress", *HEAVY, *(name for _, modules in WITHOUT for name in modules)}
    names = [*ONLY_WHERE_ASKED, *ONLY_TO_SIMULATE, *of_plans, *others]

    def told(asked: list[tuple[str, ...]]) -> list[tuple[tuple[str, ...], int, set[str]]]:
        folder = tmp_path_factory.mktemp("imports")
        for name, text in FILES.items():
            (folder / name).write_text(text, encoding="utf-8")
        found = probe(names, [(arguments, {}) for arguments in asked], folder)
        return [(arguments, status, set(seen)) for arguments, (status, seen) in zip(asked, found, strict=True)]

    return {process: told(asked) for process, asked in IN_TURN.items()}


def imported(ran: Imported, *arguments: str) -> set[str]:
    """Which of the modules are imported once a command has run, where it is run first."""
    return next(seen for runs in ran.values() for asked, _, seen in runs if asked == arguments)


@pytest.mark.slow
def test_the_engine_is_not_imported(ran: Imported) -> None:
    """And is where something is simulated, last, which shows that it would be seen."""
    _, _, *found, (_, shown, of_model), (_, status, seen), (_, curves, _) = ran["the engine"]
    for (arguments, expected), (_, ended, names) in zip(WITHOUT_THE_ENGINE, found, strict=True):
        assert (ended, names.intersection(HEAVY)) == (expected, set()), arguments
    assert (shown, status, curves) == (0, 0, 0)
    assert {"numpy", "scipy"} <= seen
    assert "scipy" not in of_model, "who shows the model draws nobody"


@pytest.mark.slow
def test_without_a_figure_matplotlib_is_not_imported(ran: Imported) -> None:
    assert "matplotlib" not in imported(ran, *_CURVES)


@pytest.mark.slow
def test_a_check_imports_what_is_asked_of_it_and_no_more(ran: Imported) -> None:
    of_plans = {*ONLY_WITH_DATES, *ONLY_WITH_A_SITE, *ONLY_WITH_A_RECORD, *ONLY_IN_A_VIEW}
    others = {*ONLY_WHERE_ASKED, *ONLY_TO_SIMULATE, "rich.console", "rich.progress"}
    assert not imported(ran, *CHECK) & (of_plans | others)


@pytest.mark.slow
def test_a_plan_without_dates_waits_for_no_calendar(ran: Imported) -> None:
    assert not imported(ran, *_WEIGHED) & {*ONLY_TO_SIMULATE, *ONLY_WITH_DATES, "rich.progress"}


@pytest.mark.slow
def test_a_plan_with_dates_waits_for_no_bags_and_no_record(ran: Imported) -> None:
    """Nor for Rich's console, which draws where something is coloured."""
    found = imported(ran, *_WEIGHED, *START)
    assert found >= set(ONLY_WITH_DATES)
    assert not found & {*ONLY_WITH_A_SITE, *ONLY_WITH_A_RECORD, *ONLY_IN_A_VIEW, *ONLY_TO_SIMULATE, "rich.console"}


@pytest.mark.slow
def test_what_a_plan_is_given_is_imported(ran: Imported) -> None:
    """Else a module that has another name by now would never be found where it should not be."""
    assert imported(ran, *_RECORD) >= set(ONLY_WITH_A_RECORD)
    assert imported(ran, *_SITE) >= set(ONLY_WITH_A_SITE)
    assert imported(ran, *_VIEWS[-1]) >= set(ONLY_IN_A_VIEW)


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "modules"), WITHOUT, ids=" ".join)
def test_a_command_does_without_what_it_is_not_asked_for(
    arguments: list[str], modules: list[str], ran: Imported
) -> None:
    """What is drawn in colour is drawn by Rich, and a record of a course is read: so both would be seen."""
    assert imported(ran, *arguments).isdisjoint(modules)
    assert all(importlib.util.find_spec(name) for name in modules)


@pytest.mark.slow
def test_what_is_asked_of_a_check_is_imported(ran: Imported) -> None:
    """Else a module that has another name by now would never be found where it should not be."""
    for name, asked in ONLY_WHERE_ASKED.items():
        assert name in imported(ran, *CHECK, *asked), name
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


@pytest.mark.parametrize("module", sorted(set(COMMANDS.values())))
def test_a_command_imports_what_does_it_when_it_is_called(module: str) -> None:
    """Help and completion do not wait for it."""
    found = vars(importlib.import_module(f"blinplan.cli.{module}"))
    functions = [getattr(blinplan, name) for name in blinplan.__all__ if inspect.isfunction(getattr(blinplan, name))]
    assert [name for name, value in found.items() if any(value is function for function in functions)] == []
