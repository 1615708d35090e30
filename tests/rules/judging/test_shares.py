"""Shares of files that others read and judge: each file is judged once and where its share is, and all say the same.

Threads stand for the copies of the process, so that what they hand over can be looked at; a copy that asks and is told
nothing fails, and nobody waits for it.
"""

import pickle
import pickletools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

import pytest

from blinplan.executors import executor
from blinplan.executors.copies import Ask
from blinplan.regimen.reading import Content, FaultyFile, RegimenFile
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.families.across_files.neighbours import AmongOthers, Faulty, Neighbour, Neighbours, found_in
from blinplan.rules.judging import side_by_side
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.judging.side_by_side import Run, RunFile
from blinplan.rules.task import JudgementOrFault, ProgramFault, Task
from tests.regimen_text import TODAY, cycle, regimen_text


class NobodyToldError(Exception):
    """What a copy asked was not answered."""


class InThread:
    """What a copy of the process is to the one that it was copied from."""

    def __init__(self, function: Callable[[Any, Ask], bytes], argument: Any) -> None:
        self._asked, self._answers, self._found = (SimpleQueue[bytes | None]() for _ in range(3))
        self.heard: list[bytes | None] = []
        """What it asked with, and what it found."""
        self.told: list[bytes] = []
        self._thread = threading.Thread(target=self._call, args=(function, argument))
        self._thread.start()

    def _call(self, function: Callable[[Any, Ask], bytes], argument: Any) -> None:
        found = None
        try:
            found = function(argument, self._ask)
        except Exception:  # a copy that fails ends, and says nothing
            self._asked.put(None)
        self._found.put(found)

    def _ask(self, what: bytes) -> bytes:
        self._asked.put(what)
        answer = self._answers.get()
        if answer is None:
            raise NobodyToldError
        return answer

    def question(self) -> bytes | None:
        self.heard.append(self._asked.get())
        return self.heard[-1]

    def tell(self, what: bytes) -> None:
        self.told.append(what)
        self._answers.put(what)

    def result(self) -> bytes | None:
        self.end()
        self.heard.append(self._found.get())
        return self.heard[-1]

    def end(self) -> None:
        self._answers.put(None)
        self._thread.join()


class Judged(NamedTuple):
    """What a run said, which files were judged by whom, and the copies that it had."""

    answers: tuple[JudgementOrFault, ...]
    by: dict[str, list[str]]
    read: list[str]
    """The files that were looked at, once for each time."""
    copies: list[InThread]


@pytest.fixture
def judged_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Judged]:
    def judged_in(number: int, files: Sequence[AmongOthers], failing: Sequence[str] = ()) -> Judged:
        monkeypatch.setattr(executor, "_can_be_copied", lambda: True)
        monkeypatch.setattr(executor, "workers", lambda: number)
        monkeypatch.setattr(side_by_side, "_WORTH_A_PROCESS", 1)
        running: list[InThread] = []
        by: dict[str, list[str]] = {}
        read: list[str] = []

        def look_at(file: AmongOthers) -> Any:
            read.append(file.reading.document.name)
            return found_in(file)

        @contextmanager
        def threads(function: Any, shares: Sequence[Any]) -> Iterator[list[InThread]]:
            running.extend(InThread(function, share) for share in shares)
            yield running
            for copy in running:
                copy.end()

        class Watched(NamedTuple):
            task: Task

            def judge_or_fail(self, simulation: None) -> JudgementOrFault:
                name = self.task.reading.document.name
                here = threading.current_thread() is threading.main_thread()
                by.setdefault(name, []).append("this process" if here else "a copy")
                if name in failing:
                    return ProgramFault(self.task.reading, ZeroDivisionError())
                return self.task.judge_or_fail(simulation)

            @property
            def limits(self) -> Any:
                return self.task.limits

        def file_of(among: AmongOthers) -> RunFile:
            def task(others: Neighbours) -> Any:
                return Watched(Task(among.reading, DEFAULTS, TODAY, neighbours=others))

            return RunFile(among, task if among.judged else None)

        monkeypatch.setattr(side_by_side, "copies", threads)
        monkeypatch.setattr(side_by_side, "found_in", look_at)
        answers = Run([file_of(file) for file in files], frozenset({Path("crowded")})).judge()
        return Judged(answers, by, read, running)

    return judged_in


def named(file: str, name: str, lines: str, *, judged: bool = True, status: str = "seen") -> AmongOthers:
    """A file with a regimen of a name, for patients of some weight."""
    text = regimen_text(cycle(free=20, repeat=2), called=name, top=f"[eligibility]\n{lines}\n")
    data = text.replace('status = "seen"', f'status = "{status}"').encode()
    return AmongOthers(Content(data, file), DEFAULTS.label, None, judged)


SLIP = named("named.toml", "named", "min_weight_kg = 50").content.data.replace(b"repeat = 2", b"repeat = 2 = 2")

FILES = [
    named("first.toml", "named", 'below_weight_kg = 45\notherwise = "second"'),
    named("second.toml", "second", 'min_weight_kg = 50\notherwise = "nowhere"'),
    named("third.toml", "named", "min_weight_kg = 50", status="unverified"),
    AmongOthers(Content(b"= 1", "faulty.toml"), DEFAULTS.label, None),
    AmongOthers(Content(SLIP, "named.toml"), DEFAULTS.label, None),
    named("fourth.toml", "named", 'below_weight_kg = 50\notherwise = "faulty"'),
    AmongOthers(Content(b'site = 1\nname = "W"\nbag = [{ hours = 48 }]\n', "ward.toml"), DEFAULTS.label, None),
    named("beside.toml", "second", "min_weight_kg = 50", judged=False),
    named("fifth.toml", "fifth", "min_weight_kg = 50", status="unverified"),
]
"""Names given twice, in a file with a slip in its syntax too, gaps, files that nobody can read, and one beside."""


def said(answers: Sequence[JudgementOrFault]) -> list[object]:
    """Everything that is said of each file."""
    return [
        (one.reading, one.verdicts, one.label, dict(one.limits)) if isinstance(one, Judgement) else one.reading
        for one in answers
    ]


@pytest.mark.parametrize("number", range(2, 10))
def test_whoever_judges_a_file_says_the_same_of_it_and_judges_it_once(
    judged_in: Callable[..., Judged], number: int
) -> None:
    alone, found = judged_in(1, FILES), judged_in(number, FILES)
    told = {finding.code for one in alone.answers if isinstance(one, Judgement) for finding in one.findings}
    assert {"X001", "X003", "S304", "F001"} <= told
    assert said(found.answers) == said(alone.answers)
    assert [one.reading.document.name for one in found.answers] == [
        file.reading.document.name for file in FILES if file.judged
    ]
    assert (len(alone.copies), len(found.copies)) == (0, number - 1)
    assert sorted(found.read) == sorted(file.reading.document.name for file in FILES)
    for at, file in enumerate(FILES):
        elsewhere = at % number and isinstance(file.reading, RegimenFile)
        by = {True: ["a copy"], False: ["this process"]}[bool(elsewhere)] if file.judged else None
        assert found.by.get(file.reading.document.name) == by


def test_what_a_file_rests_on_comes_back_only_where_nobody_has_seen_it(judged_in: Callable[..., Judged]) -> None:
    found = judged_in(2, [*FILES[:2], FILES[1], FILES[8]])
    seen, unseen = (found.answers[at].reading for at in (1, 3))
    assert isinstance(seen, RegimenFile)
    assert isinstance(unseen, RegimenFile)
    assert seen.sources == ()
    assert unseen.sources == FILES[8].reading.regimen.sources != ()  # type: ignore[union-attr]
    assert (seen.unverified, unseen.unverified) == (False, True)


def test_judgements_by_the_same_limits_share_them(judged_in: Callable[..., Judged]) -> None:
    found = judged_in(3, FILES[:3] + FILES[:3])
    assert len({id(one.limits) for one in found.answers if isinstance(one, Judgement)}) == 1


@pytest.mark.parametrize("failing", ["second.toml", "first.toml", "fourth.toml"])
def test_a_fault_of_the_program_is_told_by_this_process_and_hides_no_other_file(
    judged_in: Callable[..., Judged], failing: str
) -> None:
    alone, found = judged_in(1, FILES, [failing]), judged_in(2, FILES, [failing])
    assert said(found.answers) == said(alone.answers)
    assert [one.reading.document.name for one in found.answers if isinstance(one, ProgramFault)] == [failing]
    elsewhere = {"second.toml", "fourth.toml"}
    assert {name for name, by in found.by.items() if "a copy" in by} == elsewhere
    assert {name for name, by in found.by.items() if by == ["a copy", "this process"]} == elsewhere & {failing}


@pytest.mark.parametrize("at", [0, 1])
def test_what_a_copy_cannot_hand_over_before_or_after_it_was_told_is_judged_here(
    judged_in: Callable[..., Judged], monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    alone = judged_in(1, FILES)
    method = ("_found_in", "_judgements_of")[at]
    whole = getattr(Run, method)

    def fails_elsewhere(*given: Any) -> Any:
        if threading.current_thread() is threading.main_thread():
            return whole(*given)
        raise ZeroDivisionError

    monkeypatch.setattr(Run, method, fails_elsewhere)
    found = judged_in(3, FILES)
    assert said(found.answers) == said(alone.answers)
    assert set(map(tuple, found.by.values())) == {("this process",)}
    assert [copy.heard[-1] for copy in found.copies] == [None, None]
    assert [copy.heard[0] is None for copy in found.copies] == [not at, not at]


def test_a_copy_is_told_of_the_others_files_and_of_a_document_only_where_that_says_otherwise(
    judged_in: Callable[..., Judged],
) -> None:
    (copy,) = judged_in(2, FILES).copies
    (told,) = copy.told
    assert copy.heard[0] is not None
    asked, answered = pickle.loads(copy.heard[0]), pickle.loads(told)  # noqa: S301 - our own bytes
    assert (sorted(asked), sorted(answered)) == ([1, 3, 5, 7], [0, 2, 4, 6, 8])
    for number, one in (asked | answered).items():
        reading = FILES[number].reading
        match one:
            case Neighbour():
                assert one.name in {"named", "second", "fifth"}
                assert one.judged is FILES[number].judged
                assert one.document.name == ("named.toml" if isinstance(reading, FaultyFile) else "")
            case Faulty():
                assert one.name == "faulty"
            case None:
                assert reading.document.name == "ward.toml"


def test_verdicts_are_handed_over_without_rules_and_findings_as_their_fields(judged_in: Callable[..., Judged]) -> None:
    found = judged_in(2, FILES[:2])
    (copy,) = found.copies
    _, handed = copy.heard
    assert handed is not None
    judgement = found.answers[1]
    assert isinstance(judgement, Judgement)
    assert {finding.code for finding in judgement.findings} >= {"S304", "X003"}
    filled = [opcode.name for opcode, _, _ in pickletools.genops(handed)].count("BUILD")
    assert filled == len(judgement.reading.regimen.waivers) == 1  # type: ignore[union-attr]
    assert not [rule.name for rule in CATALOGUE.values() if rule.name.encode() in handed]
    assert all(verdict.rule is CATALOGUE[verdict.rule.code] for verdict in judgement.verdicts)


@pytest.mark.parametrize(("number", "begun"), [(299, 0), (300, 1)])
def test_a_copy_is_worth_it_from_150_files_for_each(monkeypatch: pytest.MonkeyPatch, number: int, begun: int) -> None:
    shares: list[Sequence[int]] = []

    @contextmanager
    def none_begun(_: object, others: Sequence[Sequence[int]]) -> Iterator[list[InThread]]:
        shares.extend(others)
        raise NobodyToldError
        yield []

    monkeypatch.setattr(executor, "_can_be_copied", lambda: True)
    monkeypatch.setattr(executor, "workers", lambda: 2)
    monkeypatch.setattr(side_by_side, "copies", none_begun)
    with pytest.raises(NobodyToldError):
        Run([RunFile(FILES[6])] * number).judge()
    assert [len(share) for share in shares] == [150] * begun
