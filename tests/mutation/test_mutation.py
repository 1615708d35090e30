"""Mutants are small faults of what decides, and those that are explained are there."""

import ast
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutation import mutants, results, running
from tests.mutation.mutants import Mutant, drawn, mutants_of
from tests.mutation.results import all_explained, is_new, kept_survivors, score, told
from tests.mutation.rooms import ROOMS
from tests.mutation.running import Fate, Seen
from tests.program import ROOT

TEXT = '''
"""What it is for."""

__all__ = ["most"]
LIMIT = 4
NAMES = frozenset({"a"})


def most(size: int, ill: bool = False) -> int:
    """The greatest dose."""
    if size < LIMIT and not ill:
        return max(size, 1)
    return [each * 2 for each in (1, size) if each][0]


def told(dose: int) -> str:
    return f"{dose + 1} mcg" if dose else "no dose"


def pairs(doses: list[int], days: list[int]) -> object:
    return zip(doses, days, strict=True)
'''


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "dose.py").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    return "dose.py"


def test_what_decides_is_changed_and_nothing_else(file: str) -> None:
    """Neither sentences nor annotations, defaults, and what a call makes at import."""
    assert [mutant.name for mutant in mutants_of(file)] == [
        "LIMIT =: 4 -> 5",
        "most: size < LIMIT and (not ill) -> size < LIMIT or not ill",
        "most: size < LIMIT and (not ill) -> not ill",
        "most: size < LIMIT and (not ill) -> size < LIMIT",
        "most: size < LIMIT -> size <= LIMIT",
        "most: not ill -> ill",
        "most: max(size, 1) -> min(size, 1)",
        "most: 1 -> 2",
        "most: each * 2 -> each // 2",
        "most: 2 -> 3",
        "most: for each in (1, size) if each -> for each in (1, size)",
        "most: 1 -> 2 (number 2)",
        "most: 0 -> 1",
        "told: f'{dose + 1} mcg' if dose else 'no dose' -> f'{dose + 1} mcg'",
        "told: f'{dose + 1} mcg' if dose else 'no dose' -> 'no dose'",
        "told: f'{dose + 1} mcg' if dose else 'no dose' -> f'{dose + 1} mcg' if not dose else 'no dose'",
        "told: dose + 1 -> dose - 1",
        "told: 1 -> 2",
    ]


def test_a_choice_over_several_lines_is_reached_at_its_condition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins with one of its answers, which tests that are given the other do not come by."""
    choice = (
        'def told(dose: int) -> str:\n    return (\n        "some mcg"\n        if dose\n        else "no mcg"\n    )\n'
    )
    (tmp_path / "choice.py").write_text(choice, encoding="utf-8")
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    assert {mutant.line for mutant in mutants_of("choice.py")} == {4}


def test_a_change_is_made_and_taken_back(file: str) -> None:
    before = ast.unparse(mutants.tree_of(file))
    for mutant in mutants_of(file):
        take_back = mutants.mutated_tree(mutant)
        assert ast.unparse(mutants.tree_of(file)) != before
        take_back()
        assert ast.unparse(mutants.tree_of(file)) == before


def test_what_a_module_makes_of_a_value_by_a_function_is_made_of_the_changed_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "LIMIT = 4\n\n\ndef told():\n    return f'at most {LIMIT}'\n\n\nTOLD = (told(),)\n"
    module = ModuleType("blinplan.limits")
    exec(text, vars(module))  # noqa: S102 - our own code
    monkeypatch.setitem(sys.modules, "blinplan.limits", module)
    running._set_values(ast.parse(text.replace("4", "5")), "blinplan/limits.py")
    assert (module.TOLD, module.told()) == (("at most 5",), "at most 5")


def test_a_function_that_takes_less_from_around_it_still_names_it() -> None:
    """Else its code could not take the place of the code of the function that is there."""
    tree = ast.parse("def outer(read):\n    def inner():\n        yield from ()\n    return inner\n")
    running._name_all(tree, {("outer.<locals>.inner", 2): ("read",)})
    codes = dict(running._codes(compile(ast.fix_missing_locations(tree), "dose.py", "exec")))
    assert codes["outer.<locals>.inner", 2, 0].co_freevars == ("read",)


def test_a_sample_is_by_chance_and_stays_when_others_come(file: str) -> None:
    whole = list(mutants_of(file))
    few = drawn(whole, 5, 1)
    assert drawn(whole, 18, 1)[:5] == few
    assert drawn([one for one in whole if one in few or one.line > 13], 5, 1) == few
    assert drawn(whole, 5, 2) != few
    assert sorted(drawn(whole, 99, 1), key=lambda one: one.place) == whole


def seen(fate: Fate, name: str = "a -> b") -> Seen:
    return Seen(Mutant("blinplan/quantities.py", "f", name, 1, 0), fate, 3)


def test_the_score_is_of_those_that_change_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "all_explained", lambda: {"blinplan/quantities.py": {"f: same": "it is the same"}})
    tried = [seen(Fate.KILLED), seen(Fate.KILLED), seen(Fate.UNREACHED), seen(Fate.SURVIVED, "same")]
    assert (score(tried).count, score(tried).total) == (2, 3)
    assert told("course", tried, 4) == "course: 2 of 3 killed, 66.7 %; 4 of 4 tried, 1 of them change nothing"
    assert "66.7 % (20.8 to 93.9 %); 4 of 9 tried" in told("course", tried, 9)
    assert [is_new("course", one) for one in tried] == [False, False, True, False]
    monkeypatch.setattr(results, "kept_survivors", lambda _: {"blinplan/quantities.py: f: a -> b"})
    assert not is_new("course", tried[2])


@pytest.mark.slow
def test_what_is_explained_and_listed_is_there() -> None:
    """A mutant that is gone is taken out, and each has a reason."""
    names = {file: {mutant.name for mutant in mutants_of(file)} for file in all_explained()}
    for file, explained in all_explained().items():
        assert explained.keys() <= names[file], file
        assert all(len(reason) > 10 for reason in explained.values()), file
    for room in ROOMS:
        for listed in kept_survivors(room):
            assert (ROOT / listed.partition(": ")[0]).is_file()
