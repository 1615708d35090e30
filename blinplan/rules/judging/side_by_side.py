"""Read and judge many files without simulation, in several processes where that saves time.

Each process reads its share of the files, tells the others what rules about several files ask of them, and judges it.
"""

import dataclasses
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from blinplan.executors.copies import Ask, Copy, copies
from blinplan.executors.executor import shares
from blinplan.regimen.reading import Content, RegimenFile
from blinplan.regimen.regimen import Source
from blinplan.regimen.toml.document import Document
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.families.across_files.neighbours import (
    AmongOthers,
    Found,
    Neighbour,
    Neighbours,
    found_in,
    neighbours_among,
)
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Rule
from blinplan.rules.task import JudgementOrFault, Task
from blinplan.rules.verdict import Verdict

_WORTH_A_PROCESS = 150
"""Files from which one more process saves more time than copying this one takes."""


class RunFile(NamedTuple):
    """A file of a run or beside it, which may not be read yet, and how it is judged where it is."""

    file: AmongOthers
    task: Callable[[Neighbours], Task] | None = None

    @property
    def content(self) -> Content:
        """What is in it."""
        return self.file.content


class _Judged(NamedTuple):
    """What a copy of this process hands over of a judgement: what this one does not have.

    ``like`` is the number of the first file of its share that was judged by the same limits.
    """

    verdicts: tuple[Verdict, ...]
    like: int
    label: str | None
    sources: tuple[Source, ...]


class Run(NamedTuple):
    """The files of a run and those beside it, and the folders in which too many lie beside to be looked at."""

    files: Sequence[RunFile]
    crowded: frozenset[Path] = frozenset()

    def judge(self) -> tuple[JudgementOrFault, ...]:
        """Judge the files, none of which is simulated; the judgements come in the order of the files."""
        first, *others = shares(range(len(self.files)), _WORTH_A_PROCESS)
        with copies(self._judge_elsewhere, others) as running:
            found = self._found_in(first)
            for share, copy in zip(others, running, strict=True):
                found |= self._found_by(copy, share)
            for share, copy in zip(others, running, strict=True):
                copy.tell(_without_documents({number: found[number] for number in found.keys() - set(share)}))
            together = self._neighbours(found)
            answers = self._judgements_of(first, together)
            for share, copy in zip(others, running, strict=True):
                answers |= self._judged_by(copy, share, together)
        return tuple(answer for _, answer in sorted(answers.items()))

    def _judge_elsewhere(self, share: Sequence[int], ask: Ask) -> bytes:
        """What a copy of this process does with its share."""
        found = self._found_in(share)
        found |= self._read(ask(_without_documents(found)))
        together = self._neighbours(found)
        # Other files and faults of the program are looked at where they are told.
        regimens = [number for number in share if isinstance(self.files[number].content.reading, RegimenFile)]
        judged = {n: one for n, one in self._judgements_of(regimens, together).items() if isinstance(one, Judgement)}
        first_of: dict[int, int] = {}
        return _bytes_of(
            {n: _judgement_to_hand_over(one, first_of.setdefault(id(one.limits), n)) for n, one in judged.items()}
        )

    # --- what others ask for of files ---------------------------------------------------------------------------------

    def _found_in(self, share: Iterable[int]) -> dict[int, Found]:
        return {number: found_in(self.files[number].file) for number in share}

    def _found_by(self, copy: Copy, share: Iterable[int]) -> dict[int, Found]:
        question = copy.question()
        return self._found_in(share) if question is None else self._read(question)

    def _read(self, written: bytes) -> dict[int, Found]:
        """What was found in other processes, with the documents, which all of them have."""
        found: dict[int, Found] = pickle.loads(written)  # noqa: S301 - of this program, by itself
        return {
            number: replace(one, document=self.files[number].content.unread)
            if isinstance(one, Neighbour) and one.document is _ELSEWHERE
            else one
            for number, one in found.items()
        }

    def _neighbours(self, found: Mapping[int, Found]) -> Neighbours:
        return neighbours_among([found[number] for number in range(len(self.files))], self.crowded)

    # --- judgements ---------------------------------------------------------------------------------------------------

    def _judgements_of(self, share: Iterable[int], together: Neighbours) -> dict[int, JudgementOrFault]:
        return {number: task.judge_or_fail(None) for number, task in self._tasks(share, together)}

    def _tasks(self, share: Iterable[int], together: Neighbours) -> Iterator[tuple[int, Task]]:
        for number in share:
            task = self.files[number].task
            if task is not None:
                yield number, task(together)

    def _judged_by(self, copy: Copy, share: Sequence[int], together: Neighbours) -> dict[int, JudgementOrFault]:
        result = copy.result()
        if result is None:
            return self._judgements_of(share, together)
        judged: dict[int, _Judged] = pickle.loads(result)  # noqa: S301 - of this program, by itself
        answers = self._judgements_of([number for number in share if number not in judged], together)
        limits = {number: task.limits for number, task in self._tasks({one.like for one in judged.values()}, together)}
        for number, one in judged.items():
            reading = RegimenFile(self.files[number].content.unread, sources=one.sources)
            answers[number] = Judgement(reading, one.verdicts, None, limits[one.like], one.label)
        return answers


def _judgement_to_hand_over(judgement: Judgement, like: int) -> _Judged:
    reading = judgement.reading
    sources = reading.sources if isinstance(reading, RegimenFile) and reading.unverified else ()
    return _Judged(judgement.verdicts, like, judgement.label, sources)


def _without_documents(found: Mapping[int, Found]) -> bytes:
    """What was found, but for documents that say the same in every process: those of files without errors."""
    return _bytes_of(
        {
            number: replace(one, document=_ELSEWHERE) if isinstance(one, Neighbour) and not one.unsure else one
            for number, one in found.items()
        }
    )


_ELSEWHERE = Document("", "", {}, {})
"""Stands for the document of a file, which the other process has."""


def _bytes_of(found: Mapping[int, Found | _Judged]) -> bytes:
    """What is found, for another process to read."""
    file = BytesIO()
    _Pickler(file, pickle.HIGHEST_PROTOCOL).dump(found)
    return file.getvalue()


class _Pickler(pickle.Pickler):
    """Writes rules by their codes, since both processes have them, and says of a document that it is elsewhere.

    Of a neighbour, of which there are many, it writes the fields, which takes a third as long as what dataclasses do.
    """

    def reducer_override(self, value: object) -> Any:
        if value is _ELSEWHERE:
            return _elsewhere, ()
        if isinstance(value, Rule):
            return _rule_of, (value.code,)
        return (Neighbour, _fields_of_neighbour(value)) if type(value) is Neighbour else NotImplemented


_fields_of_neighbour = attrgetter(*(field.name for field in dataclasses.fields(Neighbour)))


def _rule_of(code: str) -> Rule:
    return CATALOGUE[code]


def _elsewhere() -> Document:
    return _ELSEWHERE
