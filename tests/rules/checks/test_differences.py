"""Everything in which a regimen is not the one that it departs from is told once, at its place, as bad as it is far."""

import re
from dataclasses import replace

import pytest

from blinplan.regimen import library
from blinplan.regimen.reading import RegimenFile, read
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.checks.departures import (
    BESIDE_BASE,
    base_named,
    beside_base,
    compare_with_base,
    differences,
    is_beside_nothing,
    is_laid_beside_base,
    told_by_other_rules,
    unless_beside_base,
)
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.judging.cases import case_of
from blinplan.rules.rule import Case, NotEvaluated


def text_of(name: str, base: str | None, *edits: tuple[str, str]) -> str:
    """A shipped regimen that is called investigational, departs from another one, and has some things otherwise."""
    text = re.sub(r"^departs_from .*\n", "", library.load(name).document.text, flags=re.MULTILINE)
    departs = "" if base is None else f'departs_from = "{base}"\n'
    text = re.sub(r'^indication = ".*"\n', f'indication = "investigational"\n{departs}', text, flags=re.MULTILINE)
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text.replace(f'name = "{name}"', 'name = "probe"', 1)


def case(text: str) -> Case:
    reading = read(text.encode(), "probe.toml")
    assert isinstance(reading, RegimenFile)
    return case_of(reading, DEFAULTS, None, None)


def told(text: str) -> list[tuple[str, str, str, str]]:
    """Where each difference stands, its severity, what is said and what to do."""
    found = differences(case(text))
    return [("/".join(map(str, one.path)), one.severity.value, one.message, one.advice) for one in found]


NINE, FIRST, LATER = '"9 mcg/day"', 'steps = [\n  { dose = "9 mcg/day", days = 7 },\n', "name = "
SECOND = 'name = "Induction 2"\nphase = "induction"\nsteps = [{ dose = "28 mcg/day", days = 28 }]\n'
THIRD = 'repeat = 3\nsteps = [{ dose = "28 mcg/day", days = 28 }]\n'
AFTER_FIRST = "days = 21 },\n]\ntreatment_free_days = 14"


MORE = '[[cycle]]\nname = "More"\nsteps = [{ dose = "28 mcg/day", days = 28 }]\n'


def dose(amount: str) -> str:
    return f"cycle 1 gives {amount} mcg/day; rr-adult gives 9 mcg/day there"


def free(days: int) -> str:
    return f'{days} d without infusion after "Induction 1"; rr-adult has 14 d there'


def of_interval(days: int, reason: str = "") -> tuple[str, str]:
    return AFTER_FIRST, AFTER_FIRST.replace("= 14", f"= {days}{reason}")


REASON = '\ninterval_reason = "A block of chemotherapy"'


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([], []),
        # A dose: an error above one and a half times, or below two thirds.
        ([(NINE, '"10 mcg/day"')], [("cycle/0/steps/0/dose", "warning", dose("10"), "give 9 mcg/day")]),
        ([(NINE, '"13.5 mcg/day"')], [("cycle/0/steps/0/dose", "warning", dose("13.5"), "give 9 mcg/day")]),
        ([(NINE, '"13.6 mcg/day"')], [("cycle/0/steps/0/dose", "error", dose("13.6"), "give 9 mcg/day")]),
        ([(NINE, '"6 mcg/day"')], [("cycle/0/steps/0/dose", "warning", dose("6"), "give 9 mcg/day")]),
        ([(NINE, '"5.9 mcg/day"')], [("cycle/0/steps/0/dose", "error", dose("5.9"), "give 9 mcg/day")]),
        (
            [(THIRD, THIRD.replace('"28', '"27'))],
            [
                (
                    "cycle/2/steps/0/dose",
                    "warning",
                    "cycles 3 to 5 give 27 mcg/day; rr-adult gives 28 mcg/day there",
                    "give 28 mcg/day",
                )
            ],
        ),
        # A length: an error above one and a half times, or below half.
        *(
            (
                [("days = 7", f"days = {own}"), ("days = 21", f"days = {28 - own}")],
                [
                    (
                        "cycle/0/steps/0/days",
                        severity,
                        f"9 mcg/day is held for {own} d before the next step; rr-adult holds it for 7 d",
                        "hold it for 7 d",
                    )
                ],
            )
            for own, severity in ((6, "warning"), (4, "warning"), (3, "error"), (10, "warning"), (11, "error"))
        ),
        (
            [("days = 7", "hours = 144"), ("days = 21", "days = 22")],
            [
                (
                    "cycle/0/steps/0/hours",
                    "warning",
                    "9 mcg/day is held for 6 d before the next step; rr-adult holds it for 7 d",
                    "hold it for 7 d",
                )
            ],
        ),
        *(
            (
                [(SECOND, SECOND.replace("days = 28", f"days = {own}"))],
                [
                    (
                        "cycle/1/steps",
                        severity,
                        f'"Induction 2" infuses {own} d; rr-adult infuses 28 d',
                        "make the steps add up to 28 d",
                    )
                ],
            )
            for own, severity in ((27, "warning"), (14, "warning"), (13, "error"), (42, "warning"), (43, "error"))
        ),
        *(
            ([of_interval(own)], [("cycle/0/treatment_free_days", severity, free(own), "give 14 d")])
            for own, severity in ((13, "warning"), (7, "warning"), (6, "error"), (21, "warning"), (22, "error"))
        ),
        # One that is longer for a reason is no error as far as it was run, and one that is shorter is.
        *(
            ([of_interval(own, REASON)], [("cycle/0/treatment_free_days", severity, free(own), "give 14 d")])
            for own, severity in ((22, "warning"), (126, "warning"), (127, "error"), (13, "warning"), (6, "error"))
        ),
        # Of cycles that there are more of, one table; after them none begins, and before them the last interval holds.
        *(
            (
                [("repeat = 3", f"repeat = {3 + more}")],
                [
                    (
                        "cycle/2/repeat",
                        severity,
                        f"the regimen has {5 + more} cycles; rr-adult has 5",
                        "give at most 5",
                    )
                ],
            )
            for more, severity in ((1, "warning"), (2, "warning"), (3, "error"))
        ),
        ([("repeat = 3\n", ""), (SECOND, f"{SECOND}treatment_free_days = 14\n\n{MORE}")], []),
        (
            [('name = "Induction 1"\n', 'name = "Induction 1"\noptional = true\n')],
            [
                (
                    "cycle/0/optional",
                    "error",
                    '"Induction 1" is optional; without it the course starts with "Induction 2", at 28 mcg/day;'
                    " rr-adult starts at 9 mcg/day",
                    'remove `optional` from "Induction 1", or begin with the low step in "Induction 2" too',
                )
            ],
        ),
        # Several are told in the order of the file.
        (
            [of_interval(21), (NINE, '"10 mcg/day"'), (THIRD, THIRD.replace("days = 28", "days = 27"))],
            [
                ("cycle/0/steps/0/dose", "warning", dose("10"), "give 9 mcg/day"),
                ("cycle/0/treatment_free_days", "warning", free(21), "give 14 d"),
                (
                    "cycle/2/steps",
                    "warning",
                    '"Consolidation" infuses 27 d; rr-adult infuses 28 d',
                    "make the steps add up to 28 d",
                ),
            ],
        ),
    ],
)
def test_what_is_not_as_the_base_has_it_is_told_with_what_to_do(
    edits: list[tuple[str, str]], expected: list[tuple[str, str, str, str]]
) -> None:
    assert told(text_of("rr-adult", "rr-adult", *edits)) == expected


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            (', max = "9 mcg/day"', ""),
            (
                "cycle/0/steps/0/dose",
                "warning",
                "5 mcg/m²/day has no cap; rr-below-45-kg caps it at 9 mcg/day",
                'add `max = "9 mcg/day"`',
            ),
        ),
        *(
            (
                ('max = "9 mcg/day"', f'max = "{own} mcg/day"'),
                (
                    "cycle/0/steps/0/max",
                    severity,
                    f"the cap of 5 mcg/m²/day is {own} mcg/day; that of rr-below-45-kg is 9 mcg/day",
                    'write `max = "9 mcg/day"`',
                ),
            )
            for own, severity in (("10", "warning"), ("13.5", "warning"), ("13.6", "error"), ("5.9", "error"))
        ),
    ],
)
def test_a_cap_that_is_another_one_or_missing_is_told(
    edit: tuple[str, str], expected: tuple[str, str, str, str]
) -> None:
    assert told(text_of("rr-below-45-kg", "rr-below-45-kg", edit)) == [expected]


def test_a_cycle_beyond_those_of_the_base_is_laid_beside_its_last_interval() -> None:
    text = text_of("rr-adult", "rr-adult") + f"\n{MORE}treatment_free_days = 14\n"
    assert [one[0] for one in told(text)] == ["cycle/3/name"]
    late = text.replace(f"= 14\n\n{MORE}", f"= 15\n\n{MORE}")
    assert [one[0] for one in told(late)] == ["cycle/2/treatment_free_days", "cycle/3/name"]


ALIKE = 'steps = [{ dose = "28 mcg/day", days = 27 }]\ntreatment_free_days = 21\n'


def test_of_a_cycle_that_is_repeated_infusion_and_interval_are_told_once() -> None:
    text = text_of("rr-adult", "rr-adult")
    head = text[: text.index("[[cycle]]")]
    found = told(f'{head}[[cycle]]\nname = "All"\nrepeat = 5\n{ALIKE}')
    assert [one[0].rpartition("/")[2] for one in found] == ["steps", "dose", "treatment_free_days"]


def test_each_interval_is_laid_beside_that_of_its_own_cycle() -> None:
    continued = text_of("rr-adult-continued", "rr-adult-continued")
    assert told(continued) == []
    longer = continued.replace("repeat = 4", "repeat = 5")
    assert [one[0] for one in told(longer)] == ["cycle/3/repeat"]
    assert [one[0] for one in told(longer.replace("= 56", "= 55"))] == ["cycle/3/repeat", "cycle/3/treatment_free_days"]


def test_a_base_of_one_cycle_has_no_interval() -> None:
    text = text_of("mrd-adult", "hk-first-relapse", ("repeat = 3", "repeat = 1"))
    assert [one[0] for one in told(text)] == ["cycle/1/repeat"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("ABCD", [(3, False), (4, True), (6, True)]),
        ("BACD", [(3, True), (4, False), (6, True)]),
        ("BDAC", [(3, True), (4, True), (5, False)]),
    ],
)
def test_of_tables_beyond_the_base_each_that_states_why_is_told_and_of_the_others_the_first(
    names: str, expected: list[tuple[int, bool]]
) -> None:
    stated = 'departure = { reason = "Protocol 12", source = "Blincyto (blinatumomab)" }\n'
    tables = "".join(
        f"\n{MORE.replace('More', name)}treatment_free_days = 14\n{stated if name in 'BD' else ''}" for name in names
    )
    found = differences(case(text_of("rr-adult", "rr-adult") + tables))
    assert [(one.path, one.departure is not None) for one in found] == [
        (("cycle", number, "name"), states) for number, states in expected
    ]
    assert {one.message for one in found} == {"the regimen has 9 cycles; rr-adult has 5"}


def test_what_is_known_of_a_case_is_not_worked_out_again() -> None:
    own = case(text_of("rr-adult", "rr-adult"))
    assert beside_base(replace(own, beside_base=None)) == own.beside_base
    known = NotEvaluated("not applicable", "known")
    assert beside_base(replace(own, beside_base=known)) is known


def test_a_base_that_counts_alike_is_taken_as_it_is_whatever_the_label_gives() -> None:
    three = text_of("dlbcl-3-step", "dlbcl-3-step")
    assert not isinstance(beside_base(case(three)), NotEvaluated)
    assert told(three) == []


def test_only_the_doses_without_an_equivalent_are_named() -> None:
    found = beside_base(case(text_of("rr-adult", "mt103-206-5-15-30")))
    assert isinstance(found, NotEvaluated)
    assert found.reason.endswith("and us-2025 has no equivalent of 30 mcg/m²/day")


def test_what_holds_in_general_is_asked_of_those_beside_nothing_only() -> None:
    asked = unless_beside_base(lambda *_: ())
    rule = CATALOGUE["L012"]
    assert asked(rule, case(text_of("rr-adult", None))) == ()
    assert asked(rule, case(text_of("rr-adult", "rr-adult"))) is BESIDE_BASE


def test_a_departure_that_is_stated_stands_with_its_difference() -> None:
    stated = ', departure = { reason = "Protocol 12", source = "Blincyto (blinatumomab)" }'
    for departure in ("", stated):
        text = text_of("rr-adult", "rr-adult", ('"9 mcg/day", days = 7', f'"10 mcg/day", days = 7{departure}'))
        (one,) = differences(case(text))
        assert (one.departure is not None) is bool(departure)
        assert one.place == ("cycle", 0, "steps", 0)


@pytest.mark.parametrize(
    ("edit", "known"),
    [
        ((NINE, '"168 mcg/day"'), [False]),
        ((NINE, '"168.84 mcg/day"'), [False]),
        ((NINE, '"169 mcg/day"'), [True]),  # above all that were studied
        (('"28 mcg/day", days = 21', '"169 mcg/day", days = 21'), [True]),
        ((NINE, '"9000 mcg/day"'), [True]),  # a slip of a unit
        (("days = 7", "days = 1"), [False, True]),  # an infusion of 22 days, in which a step is shorter than 48 hours
        (("days = 7", "days = 2"), [False, False]),
        (("days = 7", "hours = 47"), [False, True]),
        ((SECOND, SECOND.replace("days = 28", "days = 56")), [False]),
        ((SECOND, SECOND.replace("days = 28", "days = 57")), [True]),
        ((SECOND, SECOND.replace("days = 28", "days = 5")), [False]),
        ((SECOND, SECOND.replace("days = 28", "days = 4")), [True]),
        (of_interval(100), [False]),
    ],
)
def test_what_another_rule_tells_by_the_value_alone_is_known(edit: tuple[str, str], known: list[bool]) -> None:
    own = case(text_of("rr-adult", "rr-adult", edit))
    assert [told_by_other_rules(own, one) for one in differences(own)] == known


def test_a_base_that_counts_otherwise_is_laid_beside_by_the_label_s_equivalents() -> None:
    for name, base in (("rr-below-45-kg", "rr-adult"), ("rr-adult", "rr-below-45-kg")):
        assert told(text_of(name, base)) == []
    first = ('"5 mcg/m2/day"', '"6 mcg/m2/day"')
    ((_, severity, message, _),) = told(text_of("rr-below-45-kg", "rr-adult", first))
    assert (severity, message) == ("warning", "cycle 1 gives 6 mcg/m²/day; rr-adult gives 5 mcg/m²/day there")


def test_where_the_label_has_no_equivalent_it_is_undecided() -> None:
    own = case(text_of("rr-adult", "nhl-0.5"))
    found = beside_base(own)
    assert isinstance(found, NotEvaluated)
    assert found.kind == "undecided"
    assert found.reason == "nhl-0.5 counts its doses in another way, and us-2025 has no equivalent of 0.5 mcg/m²/day"
    assert differences(own) == []


@pytest.mark.parametrize(
    ("base", "kind", "reason"),
    [
        (None, "not applicable", "the file names nothing that it departs from, as L010 says"),
        ("nowhere", "blocked", "nowhere is no regimen that comes with blinplan, as L010 says"),
    ],
)
def test_a_regimen_that_departs_from_nothing_is_laid_beside_nothing(base: str | None, kind: str, reason: str) -> None:
    own = case(text_of("rr-adult", base))
    found = beside_base(own)
    assert isinstance(found, NotEvaluated)
    assert (found.kind, found.reason) == (kind, reason)
    assert is_beside_nothing(own)
    assert not is_laid_beside_base(own)
    assert base is None or base_named(base) is None


def test_a_labelled_regimen_departs_from_nothing_but_its_label() -> None:
    labelled = library.regimen("rr-adult")
    assert isinstance(compare_with_base(labelled), NotEvaluated)
    own = case(library.load("rr-adult").document.text)
    assert not is_beside_nothing(own)
    assert not is_laid_beside_base(own)
    beside = case(text_of("rr-adult", "rr-adult"))
    assert is_laid_beside_base(beside)
    assert not is_beside_nothing(beside)
    assert base_named("rr-adult") == labelled


def test_only_leukaemia_is_held_to_all_there_is() -> None:
    text = text_of("rr-adult", None, ('"investigational"\n', '"investigational"\ndisease = "lymphoma"\n'))
    assert not is_beside_nothing(case(text))


@pytest.mark.parametrize(("dose", "severity"), [("9", None), ("13.5", "warning"), ("13.6", "error"), ("28", "error")])
def test_a_start_without_the_low_step_is_as_bad_as_its_dose_is_far_from_that_step(
    dose: str, severity: str | None
) -> None:
    steps = f'{{ dose = "{dose} mcg/day", days = 7 }}, {{ dose = "28 mcg/day", days = 21 }}'
    second = SECOND.replace('{ dose = "28 mcg/day", days = 28 }', steps)
    optional = ('name = "Induction 1"\n', 'name = "Induction 1"\noptional = true\n')
    found = told(text_of("rr-adult", "rr-adult", optional, (SECOND, second)))
    assert [bad for path, bad, *_ in found if path == "cycle/0/optional"] == ([] if severity is None else [severity])
