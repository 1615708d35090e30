"""The files of the library: bases, mistakes in them, ways of writing; and what is said of each."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache
from itertools import count

from blinplan.regimen import library
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Finding, Severity
from tests.library.mistakes import Mistake
from tests.library.slips import MISTAKES
from tests.library.styles import KEY, STYLES, Path, Tree, Written
from tests.regimen_text import judgement_of

LABELLED = tuple(name for name, group in library.groups().items() if group == "labelled")
UNSEEN = "consolidation-below-45-kg"
"""Nobody has seen its doses in the label's text, so that only what is far beyond them is told."""
TRIALS = ("tower", "e1910", "aall1331-high-risk", "interfant-21", "dlbcl-3-step", "nhl-15", "s1318", "study-20120215")
"""Some of every kind of population and of dose, of which nothing is found."""
BASES = (*LABELLED, *TRIALS)


@cache
def tree_of(name: str) -> Tree:
    """The tree of a shipped regimen; whoever changes it takes a copy."""
    return tomllib.loads(library.paths()[name].read_text(encoding="utf-8"), parse_float=Decimal)


def judged(written: Written) -> Judgement:
    """Judge a file as it is by default, without simulation."""
    return judgement_of(written.text)


@cache
def codes_of_base(base: str, style: str) -> tuple[str, ...]:
    """The codes that the right file has: none for a labelled regimen."""
    shown = STYLES[style]
    tree = shown.of(tree_of(base))
    _give_own_name(tree, base)
    return tuple(finding.code for finding in judged(shown.written(tree)).findings)


def _give_own_name(tree: Tree, base: str) -> None:
    """Who orders something else than a shipped regimen gives it another name; that one who does not is told is X005."""
    if tree.get("name") == base:
        tree["name"] = f"own-{base}"


def speaks_of_no_label(mistake: Mistake) -> bool:
    """Whether the mistake is one in any regimen."""
    return all(code[0] in "FNW" or code in {"D206", "D210"} for code in mistake.codes)


@lru_cache(maxsize=16)
def made(kind: str, base: str, style: str) -> tuple[Written, Path] | None:
    """The file with a mistake, and its place; None where the regimen has no place for it."""
    mistake, shown = MISTAKES[kind], STYLES[style]
    if base in TRIALS and not speaks_of_no_label(mistake):
        return None
    tree = shown.of(tree_of(base))
    path = mistake.change(tree)
    _give_own_name(tree, base)
    return None if path is None else (shown.written(tree), path)


def what_is_wrong(kind: str, base: str, style: str, written: Written, path: Path) -> str:
    """In which way what is said of a file is not what a pharmacist expects; empty where it is."""
    mistake, expected = MISTAKES[kind], Counter(codes_of_base(base, style))
    found = []
    for finding in judged(written).findings:
        if expected[finding.code]:
            expected[finding.code] -= 1
        else:
            found.append(finding)
    return "; ".join(_faults(mistake, base, found, written, path))


def _faults(mistake: Mistake, base: str, found: list[Finding], written: Written, path: Path) -> Iterator[str]:
    said = " ".join(f"{one.code} {one.severity} at {'.'.join(map(str, one.path))}" for one in found) or "nothing"
    wanted = [one for one in found if one.code in mistake.codes]
    if not wanted and base == UNSEEN and not speaks_of_no_label(mistake) and "ten" not in mistake.kind:
        return
    if not wanted:
        yield f"said: {said}; expected one of {' '.join(sorted(mistake.codes))}"
    elif not mistake.anywhere and not any(stands_at(one, written, path) for one in wanted):
        yield f"said: {said}; not at {'.'.join(map(str, path))}"
    if len(wanted) > 1 and not mistake.anywhere:
        yield f"said more than once: {said}"
    unused = {"W902"} if "waiver" in tree_of(base) else set()  # a waiver of what a graver finding takes the place of
    if (unsaid := mistake.also - {one.code for one in found}) and base != UNSEEN:
        yield f"said: {said}; not said: {' '.join(sorted(unsaid))}"
    if others := {one.code for one in found} - mistake.codes - mistake.beside - mistake.also - unused:
        yield f"said besides: {' '.join(sorted(others))}"
    fails = any(one.severity is Severity.ERROR for one in found)
    if mistake.error is not None and fails is not mistake.error:
        yield f"{'fails' if fails else 'passes'} the gate: {said}"


def stands_at(finding: Finding, written: Written, path: Path) -> bool:
    """Whether a finding points at a value, at a part of it, or at its key."""
    near = (path, (*path, KEY), (*path[:-1], 0, KEY))  # the last is the header of an array of tables
    spans = [written.spans[one] for one in near if one in written.spans]
    return any(start < finding.span.end and finding.span.start < end for start, end in spans)


def everything() -> Iterator[tuple[str, str, str]]:
    """Every kind in every regimen in every way of writing, as far as there is a place for it."""
    for kind in MISTAKES:
        for base in BASES:
            for style in STYLES:
                yield kind, base, style


@cache
def sample(kind: str, least: int = 1) -> tuple[tuple[str, str], ...]:
    """A few regimens and ways of writing for a kind: other ones for each, so that all are met."""
    places = list(MISTAKES).index(kind)
    styles, found = list(STYLES), list[tuple[str, str]]()
    for step in count():
        base, style = BASES[(5 * places + 8 * step) % len(BASES)], styles[(3 * places + step) % len(styles)]
        if made(kind, base, style):
            found.append((base, style))
        if len(found) == least or step > 200:
            break
    return tuple(found)
