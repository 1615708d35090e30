"""Reading what contradicts itself, what is no regimen at all, and what chance makes of the shipped files."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blinplan.regimen import library
from blinplan.regimen.reading import read
from blinplan.regimen.toml.document import LIMIT_BYTES, parse
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.toml.problems import describe
from blinplan.regimen.vocabulary import LabelName
from blinplan.rules.judge import judge
from tests.read_text import problems_of, regimen_in
from tests.regimen.layouts import FULL, LAYOUTS, changed, with_headers, with_inline_tables
from tests.regimen.readings import at, only, placed, problems, sound
from tests.regimen_text import TODAY, cycle, regimen_text

STEP = ("cycle", 0, "steps", 0)
SHIPPED = [path.read_bytes() for path in library.paths().values()]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("path", "value", "code", "shown"),
    [
        (("eligibility", "below_weight_kg"), "10.5", "F007", "below_weight_kg"),
        (("eligibility", "below_weight_kg"), "10.4", "F007", "below_weight_kg"),
        (("eligibility", "min_weight_kg"), "45.0", "F007", "below_weight_kg"),
        ((*STEP, "hours"), "168", "F007", "hours"),
        ((*STEP, "dose"), '"5 mcg/day"', "D210", '"5 mcg/day"'),
        ((*STEP, "max"), '"9 mcg/m2/day"', "N104", '"9 mcg/m2/day"'),
        (("premedication", "dose"), '"5 mg"', "F007", "max"),
        (("premedication", "max"), '"20 mg/m2"', "F004", '"20 mg/m2"'),
        (("premedication", "latest_minutes_before"), "31", "F007", "latest_minutes_before"),
        (("eligibility", "below_age_years"), "0.5", "F007", "below_age_years"),
        (("eligibility", "min_age_years"), "18.5", "F007", "below_age_years"),
        (("due", 0, "dose_by_age", 0, "min_age_years"), "18", "F007", "below_age_years"),
        (("due", 0, "dose"), '"8 mg"', "F007", "dose_by_age"),
        (("due", 0, "cycles"), "[1, 3]", "F007", "cycles"),
        (("due", 0, "days"), "[8, 0]", "F004", "0"),
        (("departs_from",), '"full"', "F007", "departs_from"),
        (("cycle", 0, "departure", "source"), '"none at all"', "F004", '"none at all"'),
        (("cycle", 0, "steps", 1, "departure", "source"), '"None"', "F004", '"None"'),
        (("premedication", "departure", "source"), '"all"', "F004", '"all"'),
    ],
)
def test_a_contradiction_is_one_problem(layout: str, path: KeyPath, value: str, code: str, shown: str) -> None:
    text = LAYOUTS[layout](changed(path, value))
    assert only(text).code == code
    assert at(text, only(text)) == shown


@pytest.mark.parametrize(
    ("citations", "source", "found"),
    [
        (["Smith 2020, table 1"], "Smith 2020, table 1", True),
        (["Smith 2020, table 1"], "Smith 2020", True),
        (["Smith 2020", "Smith 2020, table 1"], "Smith 2020", True),  # the whole of one citation is that one
        (["Smith 2020, table 1", "Smith 2020, table 2"], "Smith 2020", False),
        (["Smith 2020, table 1"], "smith 2020", False),
        (["Smith 2020, table 1"], "table 1", False),
        (["Smith 2020"], "Smith 2020, table 1", False),
    ],
)
def test_a_departure_is_given_by_one_source_that_the_file_cites(citations: list[str], source: str, found: bool) -> None:
    sources = ", ".join(f'{{ citation = "{one}", status = "seen" }}' for one in citations)
    stated = f'{{ reason = "agreed", source = "{source}" }}'
    tree = changed(("cycle", 0, "departure"), stated, changed(("sources",), f"[{sources}]"))
    for place in (("cycle", 0, "steps", 1), ("premedication",)):
        tree = changed((*place, "departure"), tree=tree)
    text = with_inline_tables(tree)
    assert [at(text, problem) for problem in problems(text)] == ([] if found else [f'"{source}"'])


def test_a_labelled_regimen_departs_from_nothing_and_is_of_leukaemia() -> None:
    text = with_inline_tables(changed(("indication",), '"mrd-positive"'))
    assert [(problem.code, at(text, problem)) for problem in problems(text)] == [
        ("F007", "disease"),
        ("F007", "departs_from"),
    ]


def test_departures_of_a_regimen_that_departs_from_nothing_are_told_once() -> None:
    text = with_inline_tables(changed(("departs_from",)))
    assert (only(text).code, only(text).path) == ("F007", ("premedication", "departure"))
    assert "departs_from" in only(text).help


def test_a_wrong_basis_is_one_problem_about_the_basis() -> None:
    text = flat('[{ dose = "5 mcg/m2/day", days = 7 }, { dose = "15 mcg/m2/day", days = 21 }]')
    problem = only(text)
    assert problem.code == "D210"
    assert problem.path == ("dosing", "basis")


def flat(steps: str) -> str:
    tree = changed(("dosing", "basis"), '"flat"')
    return with_inline_tables(changed(("cycle", 0, "steps"), steps, tree))


@pytest.mark.parametrize(
    ("steps", "codes", "shown"),
    [
        ('[{ dose = "9 mcg/day", max = "9 mcg/day", days = 7 }]', ["F007"], "max"),
        # A dose on the wrong basis is told once, though its cap would be wrong on the right one.
        ('[{ dose = "9 mcg/m2/day", max = "9 mcg/day", days = 7 }]', ["D210"], '"9 mcg/m2/day"'),
        ('[{ dose = "9 mcg/day", max = "9 mcg/m2/day", days = 7 }]', ["N104"], '"9 mcg/m2/day"'),
        ('[{ dose = "9 mcg/day" }]', ["F003"], '{ dose = "9 mcg/day" }'),
        ('[{ dose = "9 mcg/day", dayz = 7 }]', ["F002"], "dayz"),
        ('[{ dose = "9 mcg/day", hour = 7 }]', ["F002"], "hour"),
        ('[{ dose = "9 mcg/day", length = 7 }]', ["F002"], "length"),
        ('[{ dose = "9 mcg/day", days = 7, hours = 168, dayz = 7 }]', ["F007", "F002"], "hours"),
        ('[{ dose = "9", days = 7, hours = 168 }]', ["N104", "F007"], '"9"'),
        ('[{ dose = "9 mcg/day", days = 367 }]', ["F004"], "367"),
        ('[{ dose = "9 mcg/day", hours = 8785 }]', ["F004"], "8785"),
        ('[{ dose = "9 mcg/day", days = 366 }, { dose = "9 mcg/day", hours = 8784 }]', [], ""),
    ],
)
def test_a_step_is_judged_as_a_whole(steps: str, codes: list[str], shown: str) -> None:
    text = flat(steps)
    assert [problem.code for problem in problems(text)] == codes
    assert not codes or at(text, problems(text)[0]) == shown


def premedicated(*tables: str) -> str:
    written = ", ".join(f'{{ drug = "dexamethasone", dose = "20 mg", {table} }}' for table in tables)
    return with_inline_tables(changed(("premedication",), f"[{written}]"))


@pytest.mark.parametrize(
    ("tables", "codes"),
    [
        # The European label: the child's drug twice before one start, at two times that do not meet.
        (('patients = "children", minutes_before = 720, latest_minutes_before = 360, before = ["first-start"]',
          'patients = "children", minutes_before = 30, latest_minutes_before = 0, before = ["first-start"]'), []),
        (('patients = "adults", before = ["cycle-start"]', 'patients = "children", before = ["cycle-start"]'), []),
        (('before = ["cycle-start"]', 'before = ["escalation"]'), []),
        (('before = ["cycle-start"]', 'patients = "adults", before = ["restart", "cycle-start"]'), ["F007"]),
        (('patients = "adults", before = ["restart"]', 'before = ["restart"]'), ["F007"]),
        (('before = ["restart"]', 'before = ["restart"]'), ["F007"]),
        (('minutes_before = 60, latest_minutes_before = 30, before = ["restart"]',
          'minutes_before = 30, before = ["restart"]'), ["F007"]),
        (('minutes_before = 60, latest_minutes_before = 31, before = ["restart"]',
          'minutes_before = 30, before = ["restart"]'), []),
        (('before = ["restart"]', 'before = []'), ["F004"]),
    ],
)  # fmt: skip
def test_one_patient_is_not_premedicated_in_two_ways_at_once(tables: tuple[str, ...], codes: list[str]) -> None:
    text = premedicated(*tables)
    assert [problem.code for problem in problems(text)] == codes
    if codes == ["F007"]:
        assert only(text).path == ("premedication", 1, "before")
        assert at(text, only(text)) == "before"


def test_another_drug_for_everybody_is_no_contradiction() -> None:
    text = premedicated('before = ["cycle-start"]', 'patients = "adults", before = ["cycle-start"]')
    assert not problems(text.replace('drug = "dexamethasone"', 'drug = "paracetamol"', 1))
    assert problems(text.replace('drug = "dexamethasone"', 'drug = "Dexamethasone "', 1))


@pytest.mark.parametrize(
    ("label", "fixed", "advice"),
    [
        ("us-2024", None, 'write "us-2025" or "hk-2026"'),  # another year is another text, and not this one misspelt
        ("eu-2026", None, 'write "us-2025" or "hk-2026"'),
        ("us2025", "us-2025", 'write "us-2025"'),
        ("hk-2062", None, 'write "us-2025" or "hk-2026"'),
    ],
)
def test_a_label_that_is_not_there_is_refused_with_those_that_are(label: str, fixed: str | None, advice: str) -> None:
    text = with_inline_tables(changed(("label",), f'"{label}"'))
    problem = only(text)
    assert (problem.code, problem.path, at(text, problem)) == ("F004", ("label",), f'"{label}"')
    assert all(name in problem.why for name in LabelName)
    assert advice in problem.help
    assert (problem.fix.text if problem.fix else None) == (None if fixed is None else f'"{fixed}"')


@pytest.mark.parametrize(
    ("ages", "codes"),
    [
        ("below_age_years = 2 | min_age_years = 2", []),
        ("below_age_years = 2 | min_age_years = 2, below_age_years = 3 | min_age_years = 3", []),
        ("below_age_years = 2 | min_age_years = 3", ["F007"]),  # what those of 2 years get is not said
        ("min_age_years = 3 | below_age_years = 2.9", ["F007"]),
        ("min_age_years = 3 | below_age_years = 1 | min_age_years = 1, below_age_years = 3", []),
        ("min_age_years = 1, below_age_years = 2", []),  # whoever is younger or older may get none on purpose
        ("below_age_years = 2 | min_age_years = 1.9", ["F007"]),
        ("below_age_years = 2 | below_age_years = 1", ["F007"]),
        (" | min_age_years = 3", ["F007"]),
        ("min_age_years = 3 | ", ["F007"]),
    ],
)
def test_an_age_has_one_dose(ages: str, codes: list[str]) -> None:
    tables = ", ".join("{ " + ", ".join([*([one] if one else []), 'dose = "8 mg"']) + " }" for one in ages.split(" | "))
    text = with_inline_tables(changed(("due", 0, "dose_by_age"), f"[{tables}]"))
    assert [problem.code for problem in problems(text)] == codes
    assert not codes or only(text).path[:3] == ("due", 0, "dose_by_age")


def due_text(keys: str, steps: str = '[{ dose = "28 mcg/day", days = 28 }]', free: int = 14) -> str:
    """A regimen of three cycles, with one thing due."""
    cycle = {"name": '"C"', "repeat": "3", "steps": steps, "treatment_free_days": str(free)}
    tree = changed(("cycle",), [cycle], changed(("dosing", "basis"), '"flat"'))
    thing = f'[{{ what = "methotrexate", {keys} }}]'
    return with_inline_tables(changed(("due",), thing, tree))


@pytest.mark.parametrize(
    ("keys", "shown", "message"),
    [
        # A pre-phase is over before the first infusion.
        ('kind = "pre-phase", days = [-4], for_days = 4', None, ""),
        ('kind = "pre-phase", days = [-4], for_days = 5', "for_days", "goes on to day 1"),
        ('kind = "pre-phase", days = [-9, -4], for_days = 5', "for_days", "goes on to day 1"),
        ('kind = "pre-phase", days = [-1]', None, ""),
        ('kind = "pre-phase", days = [-1, 1]', "1", "is due on day 1"),
        ('kind = "pre-phase", days = [-92], for_days = 31', None, ""),  # long before the course, as some protocols say
        # No day is named twice, in whatever order, and no stretch of days runs into the next.
        ('kind = "other", days = [1, 1, 8]', "1", "is due twice on day 1"),
        ('kind = "other", days = [8, 1, 8]', "8", "is due twice on day 8"),
        ('kind = "other", days = [1, 8], for_days = 7', None, ""),
        ('kind = "other", days = [1, 8], for_days = 8', "8", "is due twice on day 8"),
        ('kind = "other", days = [-3, 1], for_days = 3', None, ""),
        ('kind = "other", days = [-3, 1], for_days = 4', "1", "is due twice on day 1"),
        # Days are those of the cycle from whose start they are counted: 28 with and 14 without infusion.
        ('kind = "other", days = [42]', None, ""),
        ('kind = "other", days = [1, 43]', "43", "is due on day 43 of cycle 1, which has 42 days"),
        ('kind = "other", days = [43], cycles = [3]', "43", "is due on day 43 of cycle 3"),
        ('kind = "other", days = [1], for_days = 42', None, ""),
        ('kind = "other", days = [2], for_days = 42', "2", "is due from day 2 to 43 of cycle 1, which"),
        ('kind = "other", days = [-42]', None, ""),
        ('kind = "other", days = [-43]', "-43", "is due on day -43 before cycle 2, and the cycle before"),
        ('kind = "other", days = [-43], cycles = [1]', None, ""),
        ('kind = "pre-phase", days = [-43]', None, ""),  # it is for cycle 1
    ],
)
def test_the_days_of_a_thing_due_do_not_contradict_each_other(keys: str, shown: str | None, message: str) -> None:
    text = due_text(keys)
    if shown is None:
        assert not problems(text)
        return
    problem = only(text)
    assert (problem.code, at(text, problem)) == ("F007", shown)
    assert message in problem.message


def test_a_day_after_the_last_cycle_is_one_where_the_regimen_says_no_end() -> None:
    assert not problems(due_text('kind = "other", days = [29], cycles = [3]', free=0))
    assert only(due_text('kind = "other", days = [29]', free=0)).code == "F007"


def test_a_cycle_of_hours_ends_on_the_day_that_has_begun() -> None:
    hours = '[{ dose = "28 mcg/day", hours = 49 }]'
    assert not problems(due_text('kind = "other", days = [3], cycles = [1]', hours, free=0))
    assert only(due_text('kind = "other", days = [4], cycles = [1]', hours, free=0)).code == "F007"


@pytest.mark.parametrize(("kind", "cycles"), [("pre-phase", (1,)), ("intrathecal", ()), ("other", ())])
def test_a_pre_phase_is_for_the_first_cycle_where_none_is_named(kind: str, cycles: tuple[int, ...]) -> None:
    assert regimen_in(due_text(f'kind = "{kind}", days = [-4]')).due[0].cycles == cycles
    assert regimen_in(due_text(f'kind = "{kind}", days = [-4], cycles = [2, 3]')).due[0].cycles == (2, 3)


# --- brackets ------------------------------------------------------------------------------------------------------

SEVERAL = ["sources", "cycle", "due", "waiver"]
ONE = ["eligibility", "dosing", "monitoring"]


@pytest.mark.parametrize("key", SEVERAL)
def test_one_bracket_where_there_can_be_several_is_told_with_two(key: str) -> None:
    one = FULL | {key: FULL[key][0]}
    problem = only(with_headers(one))
    assert (problem.code, problem.path) == ("F004", (key,))
    assert problem.help == f"write [[{key}]], with two brackets, above each; there can be several"
    assert only(with_inline_tables(one)).help == f"put it into brackets, `{key} = [{{ ... }}]`; there can be several"


@pytest.mark.parametrize("key", ONE)
def test_two_brackets_where_there_is_one_are_told_with_one(key: str) -> None:
    problem = only(with_headers(FULL | {key: [FULL[key]]}))
    assert (problem.code, problem.path) == ("F004", (key,))
    assert problem.help == f"write [{key}], with one bracket on each side; there is only one"


@pytest.mark.parametrize("key", [*SEVERAL, "premedication"])
@pytest.mark.parametrize("headers", [("[{}]", "[[{}]]"), ("[[{}]]", "[{}]"), ("[{}]", "[{}]")])
def test_tables_of_a_kind_are_told_to_have_two_brackets_each(key: str, headers: tuple[str, str]) -> None:
    text = with_headers({k: v for k, v in FULL.items() if k != key}) + "".join(
        f"\n{header.format(key)}\nnote = 1\n" for header in headers
    )
    problem = only(text)
    assert problem.code == "F001"
    assert problem.help.startswith(f"write [[{key}]], with two brackets, above each of them")


@pytest.mark.parametrize("value", ["5", "1e308", "true", "2026-11-02", '"day"', "{}", "[]", "[1]", "[[1]]"])
@pytest.mark.parametrize("key", FULL)
def test_of_what_stands_before_a_slip_every_value_may_be_of_a_wrong_kind(key: str, value: str) -> None:
    """The slip is told, and what is read before it is taken for nothing that it is not."""
    others = {name: written for name, written in FULL.items() if name != key}
    found = problems(f"{key} = {value}\n{with_headers(others)}\n[[x]\n")
    assert [problem.path for problem in found if problem.code == "F001"] == [()]
    assert value in {'"day"', "{}", "[]"} or any(problem.path[:1] == (key,) for problem in found)


def test_a_table_that_there_is_once_is_told_to_be_written_once() -> None:
    assert only(with_headers(FULL) + '\n[dosing]\nbasis = "flat"\n').help.startswith("keep one [dosing]")
    unknown, twice = problems(with_headers(FULL) + "\n[colour]\n[colour]\n")
    assert unknown.code == "F002"
    assert twice.help.startswith("correct the syntax")


def test_cycles_are_counted_where_all_of_them_can_be_read() -> None:
    late = changed(("due", 0, "cycles"), "[9]")
    assert only(with_headers(late)).message == "`cycles` names cycle 9, and the regimen has 2 cycles"
    assert not problems(with_headers(changed(("cycle", 0, "repeat"), "9", late)))
    faulty = changed(("cycle", 0, "repeat"), "99", late)
    assert [problem.code for problem in problems(with_headers(faulty))] == ["F004"]


def test_otherwise_needs_a_weight_limit() -> None:
    text = with_headers(changed(("eligibility",), {"otherwise": '"rr-adult"'}))
    assert (only(text).code, at(text, only(text))) == ("F007", "otherwise")
    with_limit = changed(("eligibility",), {"otherwise": '"rr-adult"', "below_weight_kg": "45"})
    assert not problems(with_headers(with_limit))


@pytest.mark.parametrize("weight", ["300", "300.0", "0.001", "45", "45.5", "1e2"])
def test_weights_may_be_whole_or_decimal(weight: str) -> None:
    assert not problems(with_headers(changed(("eligibility",), {"min_weight_kg": weight})))


@pytest.mark.parametrize("weight", ["0", "0.0", "-45", "300.0000000000000000000001", "301", '"45"', "'45 kg'"])
def test_weights_are_those_of_people(weight: str) -> None:
    text = with_headers(changed(("eligibility",), {"min_weight_kg": weight}))
    assert (only(text).code, at(text, only(text))) == ("F004", weight)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ('[{ dose = "9", days = 7 }]', "unit"),
        ("[{ dose = 9, days = 7 }]", "unit"),
        ('[{ dose = "9 mg/day", days = 7 }]', "1 mg = 1,000 mcg"),
    ],
)
def test_a_dose_without_its_unit_is_told_why_that_matters(steps: str, words: str) -> None:
    assert only(flat(steps)).code == "N104"
    assert words in only(flat(steps)).why


@pytest.mark.parametrize(("status", "better"), [('"sen"', '"seen"'), ('"Unverified"', '"unverified"'), ('"x"', None)])
def test_the_nearest_choice_is_proposed(status: str, better: str | None) -> None:
    text = with_headers(changed(("sources", 0, "status"), status))
    assert ("write" in only(text).help) == (better is not None)
    assert (better or "") in only(text).help


# --- what is no regimen --------------------------------------------------------------------------------------------

REQUIRED = ["format", "name", "title", "indication", "sources", "dosing", "cycle"]


@pytest.mark.parametrize("data", [b"", b"\n", b"# only a comment", b"  \r\n\t# x\r\n"])
def test_an_empty_file_is_one_fault(data: bytes) -> None:
    (found,) = problems(data)
    assert (found.code, found.message) == ("F003", "the file is empty")
    assert found.why == f"a regimen has {', '.join(REQUIRED)}"


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        (b"\xef\xbb\xbfformat = 1", "F001", 1, 1),
        ("format = 1".encode("utf-16"), "F006", 1, 1),
        ("format = 1".encode("utf-16-be"), "F006", 1, 1),
        ("format = 1".encode("utf-32"), "F006", 1, 1),
        (b"format = 1\nname = 'a\xff'", "F006", 2, 10),
        ("# é\n".encode("latin-1"), "F006", 1, 3),
        (b"format = 1\0", "F006", 1, 11),
        (b"\x7fELF\x02\x01\0\0", "F006", 1, 7),
        (b"\x89PNG\r\n\x1a\n", "F006", 1, 1),
        (b"PK\x03\x04\x14", "F001", 1, 3),
        (bytes(range(1, 256)), "F006", 2, 118),
        (b"#" * (10 * 1024 * 1024), "F006", 1, 1),
        (b"format = 1\n" * LIMIT_BYTES, "F006", 1, 1),
        (b"# \xe2\x82\xac\n" * 10_000 + b"a = '\xff'", "F006", 10_001, 6),
        (b"name = 'x'\n" * 5_000 + b"\0", "F006", 5_001, 1),
        (b"a = " + b"[" * 5_000, "F001", 1, None),
        (b"a." * 5_000 + b"a = 1", "F001", 1, None),
        (b"[" + b"a." * 33 + b"a]", "F001", 1, None),
        (b"a = " + b"{ a = " * 40 + b"1" + b" }" * 40, "F001", 1, None),
        (b"cycle = " + b"[" * 40 + b"]" * 40, "F001", 1, None),
        (b"format = 1e999999999", "F001", 1, 10),
        (b"format = " + b"9" * 5_000, "F001", 1, 10),
        (b"format = 1\nformat = 1", "F001", 2, None),
        (b"format == 1", "F001", 1, 9),
        (b"\r", "F001", 1, 1),
        (b"{}", "F001", 1, 1),
        (b'{"format": 1}', "F001", 1, 1),
        (b"format: 1\nname: x\n", "F001", 1, 7),
    ],
)
def test_what_is_not_toml_text_is_one_problem(data: bytes, code: str, line: int, column: int | None) -> None:
    reading = sound(read(data, "x.toml"))
    (problem,) = problems_of(reading)
    place = reading.document.position(problem.span.start)
    assert (problem.code, place.line) == (code, line)
    assert column in (None, place.column)


def test_keys_of_any_kind_are_unknown_keys() -> None:
    names = [
        '""',
        '"\\u0000"',
        '"\\u001b[31m"',
        '"[bold]"',
        "'a.b'",
        '"💊"',
        "1",
        "-",
        '"' + "x" * 5000 + '"',
        "__class__",
        "model_fields",
    ]
    text = with_headers(FULL).replace("[dosing]", "".join(f"[{name}]\n" for name in names) + "[dosing]")
    found = problems(text)
    assert [(problem.code, at(text, problem)) for problem in found] == [("F002", name) for name in names]


def test_a_file_of_nothing_but_mistakes_is_read_to_its_end() -> None:
    text = with_headers(FULL) + "".join(f"[[waiver]]\nx{index} = 1\n" for index in range(500))
    found = problems(text)
    assert [problem.code for problem in found].count("F002") == 500
    assert found[-1].path == ("waiver", 500, "x499")


@pytest.mark.parametrize(
    ("value", "words"),
    [(True, "true"), (7, "7"), ("x" * 99, "xxx..."), ([1, 2], "2"), ({}, "table"), (None, "else")],
)
def test_values_are_described_in_words(value: object, words: str) -> None:
    assert words in describe(value)
    assert len(describe(value)) < 80


# --- chance --------------------------------------------------------------------------------------------------------

LITERALS = re.compile(rb'"[^"\n]*"|\b[0-9.-]+\b|\w+(?= =)|\[\[?\w+\]\]?')
TOKENS = sorted({token for data in SHIPPED for token in LITERALS.findall(data)})


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SHIPPED),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 2), st.binary(max_size=3)), max_size=6),
)
@example(b"format = 1", [(5, 0, b"\xc3")])
def test_changed_bytes_never_break_the_reader(data: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    for position, removed, put in edits:
        where = position % (len(data) + 1)
        data = data[:where] + put + data[where + removed :]
    sound(read(data, "x.toml"))


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(SHIPPED),
    st.lists(
        st.tuples(st.integers(0, 10**6), st.sampled_from(TOKENS) | st.just(b"{ a = [1] }")), min_size=1, max_size=4
    ),
)
def test_exchanged_words_never_break_the_reader(data: bytes, swaps: list[tuple[int, bytes]]) -> None:
    for position, token in swaps:
        found = list(LITERALS.finditer(data))
        start, end = found[position % len(found)].span()
        data = data[:start] + token + data[end:]
    reading = sound(read(data, "x.toml"))
    faults = [(problem.code, problem.path) for problem in problems_of(reading)]
    assert len(faults) == len(set(faults)), "one fault, one problem"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SHIPPED), st.randoms(use_true_random=False))
def test_shuffled_lines_never_break_the_reader(data: bytes, random: object) -> None:
    lines = data.splitlines(keepends=True)
    random.shuffle(lines)  # type: ignore[attr-defined]
    sound(read(b"".join(lines[: len(lines) * 2 // 3]), "x.toml"))


@pytest.mark.parametrize("data", SHIPPED[:3])
def test_a_file_cut_off_anywhere_never_breaks_the_reader(data: bytes) -> None:
    for end in range(0, len(data), 7):
        sound(read(data[:end], "x.toml"))


def test_positions_count_characters_before_wide_ones() -> None:
    text = 'format = 1\ntitle = "💊é漢" # 💊\nsources = [{ note = "💊", citation = 1 }]\n'
    assert ("F004", 3, 37) in placed(text)


@pytest.mark.parametrize("name", ["a--b", "A", "a b", "-a", "ä"])
def test_a_name_that_is_none_is_refused_with_what_one_is(name: str) -> None:
    problem = only(with_inline_tables(changed(("name",), f'"{name}"')))
    assert (problem.code, problem.path) == ("F004", ("name",))
    assert "small letters and digits, with single hyphens or dots" in problem.help


@pytest.mark.parametrize(
    ("lengths", "is_too_long"),
    [
        (((28, 14, 20), (28, 14, 20)), False),
        (((366, 0, 7),), False),  # seven years to the day
        (((366, 0, 6), (365, 1, 1)), False),
        (((366, 0, 6), (366, 0, 1), (1, 0, 1)), True),
        (((366, 0, 7), (1, 0, 1)), True),
        (((366, 1, 7),), True),
        (((365, 1, 20),), True),
    ],
)
def test_a_course_takes_as_long_as_is_computed(lengths: tuple[tuple[int, int, int], ...], is_too_long: bool) -> None:
    """A plan with the shortest bags and a simulation answer in seconds; nobody gives the drug for half as long."""
    cycles = (
        cycle(f"28 mcg/day for {days} days", free=free, repeat=repeat).replace('"Cycle"', f'"Cycle {number}"')
        for number, (days, free, repeat) in enumerate(lengths, 1)
    )
    found = problems(regimen_text("\n".join(cycles)))
    assert [problem.code for problem in found] == (["F007"] if is_too_long else [])
    if is_too_long:
        assert found[0].path == ("cycle", len(lengths) - 1)
        assert "years" in found[0].message


@pytest.mark.parametrize("count", [20, 21, 50])
def test_who_writes_too_many_cycles_is_told_how_many_there_can_be(count: int) -> None:
    found = problems(regimen_text(cycle() * count))
    told = [(problem.message, problem.why.endswith("; there can be 20 at most")) for problem in found]
    assert told == ([(f"`cycle` is an array of {count}", True)] if count > 20 else [])


@pytest.mark.parametrize(
    ("line", "most", "beyond"),
    [
        ('title = "{}"', 500, ("title",)),
        ('name = "{}"', 60, ("name",)),
        ('departs_from = "{}"', 60, ("departs_from",)),
        ('family = "{}"', 60, ("family",)),
    ],
)
def test_a_text_that_is_too_long_is_told_how_long_it_may_be(line: str, most: int, beyond: tuple[str, ...]) -> None:
    key, text = line.split(" = ", maxsplit=1)[0], regimen_text(cycle())
    kept = "\n".join(other for other in text.splitlines() if not other.startswith(f"{key} ="))
    for length in (most, most + 1, most + 777):
        found = [one for one in problems(f"{line.format('a' * length)}\n{kept}") if one.path == beyond]
        assert len(found) == (length > most)
        for problem in found:
            assert problem.why.endswith(f"; it has {length:,} characters, and may have {most}")
            assert problem.help == "shorten it"


def pairs_of_lines(text: str) -> list[tuple[KeyPath, int, int]]:
    """The keys that begin a line, each with where it begins and where its value ends."""
    found = parse(text, "x.toml").places.items()
    return [
        (path, place.key.start, place.value.end)
        for path, place in found
        if place.key and place.value and (place.key.start == 0 or text[place.key.start - 1] == "\n")
    ]


WITH_A_SLIP = library.paths()["rr-adult"].read_text(encoding="utf-8").replace("28 mcg/day", "9000 mcg/day")
TEXTS = {"every key": with_headers(FULL), "a slip elsewhere": WITH_A_SLIP}
PAIRS = [(name, path, start, end) for name, text in TEXTS.items() for path, start, end in pairs_of_lines(text)]


@pytest.mark.parametrize(("name", "path", "start", "end"), PAIRS)
def test_a_key_that_stands_twice_is_named_with_both_lines_and_silences_nothing_else(
    name: str, path: KeyPath, start: int, end: int
) -> None:
    text, newline = TEXTS[name], "\r\n" if len(path) % 2 else "\n"
    first, behind = text.count("\n", 0, start) + 1, text.index("\n", end)
    repeated = f"{text[:behind]}\n{text[start:end]}{text[behind:]}".replace("\n", newline)
    reading = read(repeated.encode(), "x.toml")
    twice = next(problem for problem in problems_of(reading) if problem.code == "F001")
    assert twice.message == f"`{path[-1]}` stands here again, and in line {first} already"
    assert repeated.count("\n", 0, twice.span.start) + 1 == text.count("\n", 0, behind) + 2
    assert repeated[twice.span.start : twice.span.end] == text[start:end].replace("\n", newline)
    assert twice.help.startswith("keep one of the two; ")
    if name == "a slip elsewhere" and path != ("format",):
        assert slips_in(repeated) == [slip for slip in slips_in(WITH_A_SLIP) if slip[: len(path)] != path]


def slips_in(text: str) -> list[KeyPath]:
    findings = judge(read(text.encode(), "x.toml"), TODAY, None).findings
    return [finding.path for finding in findings if finding.code == "N106"]
