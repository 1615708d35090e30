"""N: notation that people misread, found where it stands."""

import pytest

from blinplan.quantities import Notation
from blinplan.rules.families.notation import rules as notation
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Severity
from tests.regimen_text import codes, cycle, judgement_of, judgement_of_lines, marks, regimen_text, waiver
from tests.rules.families.examples import Example, example, tried


def written(dose: str) -> Judgement:
    return judgement_of_lines(
        f'[[cycle]]\nname = "C"\nsteps = [{{ dose = {dose}, days = 28 }}]\ntreatment_free_days = 14'
    )


@pytest.mark.parametrize(
    ("dose", "code", "at", "better"),
    [
        ('"28 µg/day"', "N101", "µg", "28 mcg/day"),
        ('"28 μg/day"', "N101", "μg", "28 mcg/day"),
        ('"28 ug/day"', "N101", "ug", "28 mcg/day"),
        ('"28.0 mcg/day"', "N102", ".0", "28 mcg/day"),
        ('"28.50 mcg/day"', "N102", "0", "28.5 mcg/day"),
        ('"10.500 mcg/day"', "N102", "00", "10.5 mcg/day"),
        ('".5 mcg/day"', "N103", ".", "0.5 mcg/day"),
        ('"28 mcg/d"', "N105", "d", "28 mcg/day"),
        ('"28mcg/day"', "N107", "m", "28 mcg/day"),
    ],
)
def test_a_slip_is_marked_where_it_stands_with_what_to_write_instead(
    dose: str, code: str, at: str, better: str
) -> None:
    judgement = written(dose)
    assert [found for found in codes(judgement) if found[0] == "N"] == [code]
    assert marks(judgement, code) == [at]
    (finding,) = [finding for finding in judgement.findings if finding.code == code]
    assert finding.help == f'write "{better}"'


@pytest.mark.parametrize(
    "dose", ["28 mcg/day", "10 mcg/day", "0.5 mcg/day", "100 mcg/day", "28.05 mcg/day", "1,000 mcg/day"]
)
def test_plain_doses_have_no_slip(dose: str) -> None:
    assert [code for code in codes(written(f'"{dose}"')) if code[0] == "N"] == []


@pytest.mark.parametrize("better", ["N101", "N102", "N103", "N105", "N107"])
def test_what_is_advised_has_not_the_same_fault(better: str) -> None:
    dose = {"N101": "28 µg/day", "N102": "28.0 mcg/day", "N103": ".5 mcg/day", "N105": "28 mcg/d", "N107": "28mcg/day"}
    (finding,) = [finding for finding in written(f'"{dose[better]}"').findings if finding.code == better]
    again = written(finding.help.removeprefix("write "))
    assert better not in codes(again)


def test_several_slips_in_one_dose_are_several_findings() -> None:
    judgement = written('"28.0µg/d"')
    assert codes(judgement) == ["N101", "N102", "N105", "N107"]


def test_a_cap_is_read_as_closely_as_a_dose() -> None:
    lines = cycle("15 mcg/m2/day for 28 days").replace('"28 mcg/day"', '"28.0 µg/day"', 1)
    judgement = judgement_of_lines(lines)
    assert codes(judgement) == ["N101", "N102"]
    assert marks(judgement, "N101") == ["µg"]
    assert {finding.path[-1] for finding in judgement.findings} == {"max"}


@pytest.mark.parametrize("dose", ['"28 \\u00b5g/day"', "'''28 µg/day'''", '"""28 µg/day"""'])
def test_where_the_text_is_not_written_as_it_reads_the_whole_value_is_marked(dose: str) -> None:
    assert marks(written(dose), "N101") == [dose]


def test_a_literal_string_is_marked_at_the_slip() -> None:
    assert marks(written("'28 µg/day'"), "N101") == ["µg"]


@pytest.mark.parametrize("step", [0, 1])
def test_each_step_is_looked_at(step: int) -> None:
    doses = ["9 mcg/day for 7 days", "28 mcg/day for 21 days"]
    doses[step] = doses[step].replace("day for", "d for")
    (finding,) = judgement_of_lines(cycle(*doses)).findings
    assert finding.code == "N105"
    assert finding.path == ("cycle", 0, "steps", step, "dose")


NO_RATES = (
    *("28", "28.0", '""', '"28"', '" 28 mcg/day"', '"28  mcg/day"', '"28 MCG/day"', '"1e3 mcg/day"', '"inf mcg/day"'),
    *('"28 mg/day"', '"28 mcg"', '"28 mcg/hour"', '"28 mcg/kg/day"', '"28 mcg/m3/day"', '"-9 mcg/day"', '"0 mcg/day"'),
)


@pytest.mark.parametrize("dose", NO_RATES)
def test_what_is_no_dose_rate_is_an_error_and_nothing_is_guessed(dose: str) -> None:
    judgement = written(dose)
    assert codes(judgement) == ["N104"]
    assert marks(judgement, "N104") == [dose]
    assert judgement.findings[0].severity is Severity.ERROR
    assert judgement.regimen is None


def test_a_day_written_short_is_only_a_note() -> None:
    severities = {rule.code: rule.severity for rule in notation.RULES}
    assert severities["N105"] is severities["N107"] is Severity.NOTE
    assert severities["N101"] is severities["N102"] is severities["N103"] is Severity.WARNING


def test_every_notation_that_can_be_read_has_its_rule() -> None:
    names = {rule.name for rule in notation.RULES}
    assert len(names) == len(Notation) + 3
    for dose in ("28 ug/day", "28.0 mcg/day", ".5 mcg/day", "28 mcg/d", "28mcg/day"):
        assert any(
            finding.code[0] == "N" for finding in judgement_of(regimen_text(cycle(f"{dose} for 28 days"))).findings
        )


def _dose(dose: str) -> str:
    return f'[[cycle]]\nname = "C"\nsteps = [{{ dose = "{dose}", days = 28 }}]\ntreatment_free_days = 14'


def _cap(cap: str) -> str:
    return _dose("15 mcg/m2/day").replace(", days", f', max = "{cap}", days')


EXAMPLES = (
    example("N101", "finding", "ug, as it is typed", _dose("28 ug/day")),
    example("N101", "finding", "the symbol in a cap", _cap("28 µg/day")),
    example("N101", "pass", "mcg in dose and cap", _cap("28 mcg/day")),
    example("N101", "pass", "the symbol in a comment, which nobody doses by", _dose("28 mcg/day") + "  # 28 µg"),
    example("N102", "finding", "a whole number with a zero behind it", _dose("28.0 mcg/day")),
    example("N102", "finding", "a zero after a decimal", _dose("28.50 mcg/day")),
    example("N102", "pass", "a zero before a decimal", _dose("28.05 mcg/day")),
    example("N102", "pass", "a whole number that ends in a zero", _dose("20 mcg/day")),
    example("N103", "finding", "half a microgram without a zero", _dose(".5 mcg/day")),
    example("N103", "pass", "half a microgram", _dose("0.5 mcg/day")),
    example("N104", "finding", "a bare number", _dose("28")),
    example("N104", "finding", "micrograms, and no time", _dose("28 mcg")),
    example("N104", "finding", "a rate per hour, as pumps have it", _dose("1.17 mcg/hour")),
    example("N104", "finding", "a rate by body weight", _dose("0.4 mcg/kg/day")),
    example("N104", "pass", "a rate per day that is written carelessly", _dose("28.0µg/d")),
    example("N105", "finding", "d for day", _dose("28 mcg/d")),
    example("N105", "finding", "d for day by area", _cap("28 mcg/day").replace("m2/day", "m2/d")),
    example("N105", "pass", "day", _dose("28 mcg/day")),
    example("N106", "finding", "a hundred times the label", _dose("2800 mcg/day")),
    example("N106", "pass", "a hair below a hundred times the label", _dose("2799.999 mcg/day")),
    example("N106", "finding", "a hundred times the label by area", _cap("28 mcg/day").replace("15 mcg", "1500 mcg")),
    example("N106", "pass", "as many micrograms, flat", _dose("1500 mcg/day")),
    example("N106", "finding", "a waiver, which no slip of a unit has", _dose("28,000 mcg/day"), below=waiver("N106")),
    example("N107", "finding", "no space", _dose("28mcg/day")),
    example("N107", "pass", "a space", _dose("28 mcg/day")),
    example("N107", "waived", "no space, on purpose", _dose("28mcg/day"), below=waiver("N107")),
    example("N108", "finding", "a comma after the last key of a step", _dose("28 mcg/day").replace("28 }", "28, }")),
    example("N108", "pass", "a comma after the last step", _dose("28 mcg/day").replace("28 }", "28 },")),
)


@pytest.mark.parametrize("example", tried(EXAMPLES))
def test_what_is_found_and_what_comes_near_it(example: Example) -> None:
    assert example.judge() == example.answer


@pytest.mark.parametrize(
    ("change", "is_later"),
    [
        (("days = 28 }", "days = 28, }"), True),
        (("days = 28 }", "days = 28,}"), True),
        (("{ dose", "{\n  dose"), True),
        (("days = 28 }", "days = 28\n}"), True),
        (('"A regimen for a test"', '"A regimen\\x20for a test"'), True),
        (('"A regimen for a test"', '"A \\e[1mregimen"'), True),
        (('"A regimen for a test"', '"A \\\\e regimen, } and {"'), False),
        (('"A regimen for a test"', "'A \\x regimen'"), False),
        (("days = 28 }", "days = 28 } # {,"), False),
        (("steps = [", "steps = [ # {\n"), False),
        (("steps = [", "steps = [\n  "), False),
    ],
)
def test_a_file_that_only_later_readers_read_is_told(change: tuple[str, str], is_later: bool) -> None:
    text = regimen_text(cycle("28 mcg/day for 28 days")).replace(*change)
    assert change[1] in text
    found = [finding for finding in judgement_of(text).findings if finding.code == "N108"]
    assert bool(found) is is_later


@pytest.mark.parametrize("number", ["9" * 4301, "0x" + "f" * 5000, "[" * 900 + "]" * 900])
def test_beside_a_number_or_a_depth_that_nothing_holds_the_version_is_no_matter(number: str) -> None:
    text = regimen_text(cycle("28 mcg/day for 28 days")).replace("days = 28 }", f"days = {number}, }}")
    assert [finding.code for finding in judgement_of(text).findings if finding.code in {"F001", "F004"}] != []
