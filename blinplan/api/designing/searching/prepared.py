"""A search of which all is known but what it finds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.api.designing.going_on import kept_beside, noted_on_an_end
from blinplan.api.designing.searching.found import SearchResult
from blinplan.api.plausible import told_of_sets
from blinplan.api.regimens.order import OrderedRegimen
from blinplan.api.simulating.simulate import told_as_refusals
from blinplan.executors.executor import Executor, executor_or_threads
from blinplan.refusal import Refusal
from blinplan.regimen.regimen import Regimen

if TYPE_CHECKING:
    from blinplan.design.search.candidate import Start
    from blinplan.design.search.patients import SearchSetting
    from blinplan.design.search.search import Method, Searched
    from blinplan.design.search.space import Space
    from blinplan.design.search.wanted import Wish
    from blinplan.rules.rule import Finding


@dataclass(frozen=True, slots=True)
class PreparedSearch:
    """A search of which all is known but what it finds.

    Attributes
    ----------
    space, start, method, setting
        What is searched, from what, how, and on whom for what.
    order
        The regimen that was asked for.
    output
        The folder for what is found; None where nothing is written.
    """

    space: "Space"
    start: "Start"
    method: "Method"
    setting: "SearchSetting"
    order: OrderedRegimen
    _source: str | Path | None
    _sets: int
    _show: int
    output: Path | None

    @property
    def wish(self) -> "Wish":
        """What is wanted."""
        return self.setting.wish

    @property
    def text(self) -> str:
        """How many schedules there are, and how they are searched, in words."""
        from blinplan.reports.design.search.words import space_text

        return space_text(self.space, self.start.base, self.method)

    @property
    def journal(self) -> Path | None:
        """Where what was tried is kept until all is found; None where nothing is written."""
        from blinplan.design.search.kept import samples_beside

        return None if self.output is None else samples_beside(self.output)

    @property
    def number_kept(self) -> int:
        """How many times patients went through a schedule, as it is kept beside the folder."""
        from blinplan.design.search.kept import number_kept

        return 0 if self.journal is None else number_kept(self.journal)

    @property
    def kept_text(self) -> str:
        """What is kept, in words."""
        return "what was tried"

    def run(self, executor: Executor | None = None, progress: Callable[[int, int], None] | None = None) -> SearchResult:
        """Search, and write the folder where there is one; who ends it while schedules are shown gets those that are.

        Ends are Ctrl-C, and workers that are gone: then the result `is_stopped`.
        """
        from blinplan.design.search.kept import KeptSamples
        from blinplan.design.search.search import NothingHoldsError

        own = self.setting.who.table is not None
        with executor_or_threads(executor) as running, told_as_refusals(own=own), told_of_sets():
            try:
                with kept_beside(self.journal, self._inputs, KeptSamples, "schedules of a search") as kept:
                    setting = replace(self.setting, executor=running, kept=kept)
                    result = SearchResult(self._run(setting, progress), (self.order.fingerprint,))
            except NothingHoldsError as error:
                from blinplan.reports.design.search.words import nothing_holds

                self._forget()
                raise Refusal(
                    *nothing_holds(error, self.space, self.wish, self.setting.who.tried, self.start.base)
                ) from error
        if self.output is not None:
            result.write(self.output)
        if not result.is_stopped:
            self._forget()
        return result

    def _forget(self) -> None:
        if self.journal is not None:
            self.journal.unlink(missing_ok=True)

    @property
    def _inputs(self) -> dict[str, Any]:
        """All that a search follows from, by what it is called where it differs."""
        from blinplan.reports.design.search.data import search_inputs

        return search_inputs(self.start, self.setting, self.order.fingerprint)

    def _run(self, setting: "SearchSetting", progress: Callable[[int, int], None] | None) -> "Searched":
        from blinplan.design.search.confirm import Confirmation
        from blinplan.design.search.judging import Judge
        from blinplan.design.search.pool import Pool, Tally
        from blinplan.design.search.search import Search
        from blinplan.reports.design.search.words import so_far_text

        tally, base = Tally(progress), self.start.base
        judge = Judge(_are_allowed, self._check, lambda schedule: self.start.candidate(self.space, schedule))
        pool = Pool(self.space, self.start, setting, setting.tried_people(base), judge, tally)
        search = Search(pool, Confirmation(setting, base, self._sets, tally), self.method, self._show)
        with noted_on_an_end(lambda: so_far_text(pool)):
            return search.run()

    def _check(self, regimen: Regimen) -> "Sequence[Finding]":
        """What `check` finds in a regimen, the one that is searched from where it is."""
        from blinplan.api.checking.check import check

        source = self._source if regimen is self.start.base else None
        return check(regimen if source is None else source).findings


def _are_allowed(regimens: Sequence[Regimen]) -> list[bool]:
    """Whether `check` allows each regimen, as far as it needs no patients for it."""
    from blinplan.api.checking.check import check
    from blinplan.design.search.judging import is_refused

    # Each stands alone: rules across files would lay them side by side.
    found = check(*regimens, simulate=False, ignore=("X",)).judgements if regimens else ()
    refused = {one.regimen.name for one in found if one.regimen is not None and is_refused(one.findings)}
    return [regimen.name not in refused for regimen in regimens]
