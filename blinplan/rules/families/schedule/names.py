"""What the rules ask of the names of cycles: people and waivers tell cycles apart by them."""

from collections.abc import Iterator

from blinplan.regimen.regimen import Cycle
from blinplan.rules.rule import Case, Finding, Rule


def names_given_twice(rule: Rule, case: Case) -> Iterator[Finding]:
    """Find cycles that are called like an earlier one."""
    first: dict[str, Cycle] = {}
    for cycle in case.regimen.cycles:
        earlier = first.setdefault(_as_read(cycle.name), cycle)
        if earlier is not cycle:
            path = (*cycle.path, "name")
            yield case.finding(
                rule,
                path,
                f'"{cycle.name}" is the name of the cycle on line {_line(case, earlier)} too',
                "give each cycle a name of its own, or write `repeat` where they are the same",
                value=cycle.name,
            )


def _as_read(name: str) -> str:
    """A name as people read it: case and width of spaces tell nobody two cycles apart."""
    return " ".join(name.casefold().split())


def _line(case: Case, cycle: Cycle) -> int:
    span = case.document.value_span((*cycle.path, "name"))
    return case.document.position(span.start).line
