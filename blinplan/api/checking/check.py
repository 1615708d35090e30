"""Judge regimens by the rules: read every file, find its settings, put right what is asked for, judge, and say so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.checking.check_result import CheckResult
from blinplan.api.day import day_given
from blinplan.api.ranges import FEW_PATIENTS
from blinplan.api.regimens.meant import name_in
from blinplan.api.vocabulary import word_or_none
from blinplan.exit_status import FailOn
from blinplan.refusal import ArgumentRefusal, several
from blinplan.regimen.regimen import Regimen
from blinplan.reports.check.formats import CheckFormat
from blinplan.rules.configuration.choice import RuleChoice, rule_choice, split
from blinplan.rules.configuration.configurations import Configurations

if TYPE_CHECKING:
    from blinplan.api.patient import Figures, Patient
    from blinplan.executors.executor import Executor

from blinplan.api.checking.files import FilesToCheck
from blinplan.api.checking.fixes import Fixes
from blinplan.api.checking.reading import read_files
from blinplan.api.checking.settled import Progress, Settled
from blinplan.api.kinds import with_kinds
from blinplan.api.simulating.numbers import require_numbers

__all__ = [
    "CheckFormat",
    "CheckResult",
    "Configurations",
    "FailOn",
    "FilesToCheck",
    "Fixes",
    "RuleChoice",
    "Settled",
    "check",
    "read_files",
    "refuse_contradictions",
    "refuse_name_of_no_input",
    "refuse_numbers_of_nobody",
    "refuse_words_of_no_waiver",
    "refuse_wrong_preview",
    "rule_choice",
    "split",
]
PUBLIC = ("check",)


@with_kinds
def check(
    *paths: str | Path | Regimen,
    select: Sequence[str] | None = None,
    extend_select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    severity: Sequence[str] = (),
    patient: "Patient | Figures | None" = None,
    site: str | Path | None = None,
    start: datetime | str | None = None,
    time_zone: str | None = None,
    today: date | str | None = None,
    fail_on: FailOn | str | None = None,
    baseline: str | Path | None = None,
    write_baseline: str | Path | None = None,
    simulate: bool | None = None,
    patients: int | None = None,
    seed: int | None = None,
    cache: bool = True,
    models: int = 0,
    fix: bool = False,
    diff: bool = False,
    add_waiver: str | None = None,
    reason: str | None = None,
    expires: date | str | None = None,
    config: str | Path | None = None,
    isolated: bool = False,
    allow_empty: bool = False,
    exclude: Sequence[str] = (),
    respect_gitignore: bool | None = None,
    force_exclude: bool | None = None,
    since: str | None = None,
    stdin_filename: str | None = None,
    executor: "Executor | None" = None,
    progress: Progress | None = None,
) -> "CheckResult":
    """Judge regimens by every rule, or by those that are asked.

    >>> from blinplan import check
    >>> found = check("nhl-5", simulate=False, isolated=True)
    >>> [finding.code for finding in found.findings]
    ['D202']
    >>> found
    <CheckResult: 1 regimen, 1 warning, status 0>

    Parameters
    ----------
    paths
        Files, folders, names of shipped regimens or families of them, and regimens built in Python; the current folder
        when none is given.
    select, extend_select, ignore, severity
        Which rules are asked, as codes, beginnings of codes, names or ALL, and how they weigh, as "D205=note".
    patient
        Somebody to check the regimens for too.
    site
        The profile of a site whose bags are checked too.
    start, time_zone
        When the first infusion begins, and where: closed days, holidays and days on which bags cannot be had are looked
        at too. A course record has its own.
    today
        The date that decides whether a waiver has expired; the present day when not given.
    fail_on
        The least severity that makes `status` 1: "error", "warning" or "never".
    baseline, write_baseline
        A file whose findings do not count; a file in which all present findings are listed.
    simulate, patients, seed, cache
        Whether the rules that need virtual patients are asked, how many there are at first, what they are drawn from,
        and whether what was simulated before is taken from the cache.
    models
        Under how many plausible parameter sets the rules that need virtual patients are asked besides: each says then
        in how many of them it finds something. It changes no verdict and no status.
    fix
        Put spelling, notation, the names of keys and waivers right, never a dose; the files are judged as they then
        stand.
    diff
        Change nothing: `differences` of the result is what ``fix`` would change, or ``add_waiver`` where it is given,
        and the files are judged as they stand.
    add_waiver, reason, expires
        A rule whose findings of now are to be accepted, why, and until when: a waiver for each is written into the
        files.
    config, isolated
        The configuration for all files, or none; the one nearest to each file otherwise. What is given here goes first.
    allow_empty
        Whether a folder without a regimen is no error.
    exclude, respect_gitignore, force_exclude
        Patterns of paths to leave out of folders, as in a .gitignore; whether what .gitignore files name is left out as
        well; and whether files that are named are, too.
    since
        A revision of the git repository: only what was not found where what is checked out forked from it counts.
    stdin_filename
        The name under which standard input, which the path ``-`` is, is judged: it goes before the file of that name.
    executor
        What simulates regimens side by side; processes, where there are several, when not given.
    progress
        Told how many regimens are simulated, of how many.

    Raises
    ------
    Refusal
        When what is asked for contradicts itself, or a configuration, baseline or site profile cannot be read.
    """
    refuse_contradictions(since, write_baseline)
    refuse_wrong_preview(fix=fix, diff=diff)
    refuse_name_of_no_input(stdin_filename, paths)
    refuse_words_of_no_waiver(add_waiver, reason, expires)
    whom = None
    if patient is not None:
        from blinplan.api.patient import patient_of

        whom = patient_of(patient)
    require_numbers(patients, FEW_PATIENTS, seed=0 if seed is None else seed, models=models)
    choice = rule_choice(
        None if select is None else several("select", select),
        several("extend_select", extend_select),
        several("ignore", ignore),
        several("severity", severity),
    )
    files = read_files(
        [path if isinstance(path, Regimen) else name_in(path) for path in paths],
        choice,
        Configurations(
            None if config is None else str(config),
            isolated=isolated,
            exclude=several("exclude", exclude),
            respect_gitignore=respect_gitignore,
            force_exclude=force_exclude,
        ),
        stdin_filename=stdin_filename or "<stdin>",
        allow_empty=allow_empty,
    ).beginning(start, time_zone)
    settled = files.settle(
        {
            "fail-on": word_or_none(FailOn, "fail_on", fail_on),
            "simulate": simulate,
            "patients": patients,
            "seed": seed,
            "baseline": baseline,
            "site": site,
        }
    )._replace(models=models)
    refuse_numbers_of_nobody(settled, patients=patients, seed=seed, models=models or None)
    if write_baseline is not None:
        files.refuse_losing(Path(write_baseline), settled, baseline=True)
    day = day_given("today", today) or date.today()  # noqa: DTZ011 - the user's own day, not a moment in time
    made: list[tuple[FilesToCheck, Fixes]] = []
    if add_waiver is not None:
        from blinplan.api.checking.waive import wanted_waiver

        wanted = wanted_waiver(add_waiver, reason, day_given("expires", expires), day)
        made.append((files, files.waivers(wanted, day, settled, whom, cache=cache)))
        files = files if diff else files.put_right(made[-1][1])
    if fix or (diff and add_waiver is None):
        made.append((files, files.fixes(day, settled, whom, cache=cache)))
        files = files if diff else files.put_right(made[-1][1])

    def judge(some: FilesToCheck) -> CheckResult:
        return some.judge(day, settled, whom, cache=cache, progress=progress, executor=executor)

    found = judge(files) if since is None else files.judge_since(since, settled, judge)
    found = found if write_baseline is not None else settled.without_baselines(found)
    # From here on files are written: all that could be refused has been.
    for _, fixes in made if not diff else ():
        files.write(fixes)
    found = found if write_baseline is None else found.write_baseline(Path(write_baseline))[0]
    return replace(found, differences="".join(before.differences(fixes) for before, fixes in made))


def refuse_wrong_preview(*, fix: bool, diff: bool) -> None:
    """Refuse to write and to show what would be written at once."""
    if fix and diff:
        raise ArgumentRefusal("{fix} and {diff} contradict each other", "{diff} shows what {fix} would change")


def refuse_name_of_no_input(stdin_filename: str | None, paths: Sequence[object]) -> None:
    """Refuse a name for standard input where that is not judged."""
    if stdin_filename is not None and "-" not in paths:
        raise ArgumentRefusal("{stdin_filename} stands without -", "name - to check standard input under that name")


def refuse_words_of_no_waiver(add_waiver: str | None, reason: object, expires: object) -> None:
    """Refuse a reason and a last day where no waiver is to be written."""
    for given, named in ((reason, "{reason}"), (expires, "{expires}")):
        if add_waiver is None and given is not None:
            raise ArgumentRefusal(f"{named} stands without {{add_waiver}}", "name the rule to waive with {add_waiver}")


def refuse_numbers_of_nobody(settled: Settled, **given: object) -> None:
    """Refuse what is said of virtual patients by the names of arguments, where no rule that needs them is asked."""
    for argument, value in given.items():
        if value is not None and not settled.simulate:
            raise ArgumentRefusal(
                f"{{{argument}}} is for rules that need virtual patients, and none is simulated",
                f"leave {{{argument}}} out, or let {{simulate}} be true",
            )


def refuse_contradictions(since: str | None, write_baseline: object) -> None:
    """Refuse to list all findings of a run that leaves some out."""
    if since is not None and write_baseline is not None:
        raise ArgumentRefusal(
            "{since} and {write_baseline} contradict each other", "a baseline lists all findings; leave {since} out"
        )
