"""N: a dose is written in a way that people misread."""

from collections.abc import Iterator

from blinplan.quantities import Notation, Slip, decimal_text, read_dose
from blinplan.regimen.toml.positions import Edit, KeyPath, Span
from blinplan.rules.checks import labelled
from blinplan.rules.families.notation.toml_version import later_toml
from blinplan.rules.rule import Case, Finding, Rule, Severity

TITLE = "Notation"

_ISMP = ("ISMP list of error-prone abbreviations, symbols and dose designations (unverified)",)


def _steps(dose: str) -> str:
    return f'[[cycle]]\nname = "Cycle 1"\nsteps = [{{ dose = "{dose}", days = 28 }}]\ntreatment_free_days = 14'


def _check(rule: Rule, case: Case) -> Iterator[Finding]:
    for path, text, slip in case.once(_slips):
        if _CODES[slip.notation] == rule.code:
            yield case.finding(
                rule,
                path,
                f'"{text}" has {_WORDS[slip.notation]}',
                f'write "{text[: slip.start]}{slip.replacement}{text[slip.end :]}"',
                span=_span(case, path, text, slip),
                fix=_fix(case, path, text, slip),
            )


def _slips(case: Case) -> list[tuple[KeyPath, str, Slip]]:
    """All slips in how doses are written, each with the place and the text of its dose."""
    return [(path, text, slip) for path, text in _written_doses(case) for slip in read_dose(text).slips]


def _written_doses(case: Case) -> Iterator[tuple[KeyPath, str]]:
    for step in case.regimen.steps:
        table = case.values(step.path)
        for key in ("dose", "max"):
            if key in table:
                yield (*step.path, key), table[key]


def _span(case: Case, path: KeyPath, text: str, slip: Slip) -> Span:
    """The slip's own characters where the text stands in the file as it is, the whole value where it is escaped."""
    whole = case.document.value_span(path)
    if case.document.text[whole.start + 1 : whole.end - 1] != text:
        return whole
    return Span(whole.start + 1 + slip.start, max(whole.start + 1 + slip.end, whole.start + 2 + slip.start))


def _fix(case: Case, path: KeyPath, text: str, slip: Slip) -> Edit | None:
    """Write the slip's characters as they should be; not in a text with escapes, where they stand elsewhere."""
    whole = case.document.value_span(path)
    if case.document.text[whole.start + 1 : whole.end - 1] != text:
        return None
    return Edit(Span(whole.start + 1 + slip.start, whole.start + 1 + slip.end), slip.replacement)


_WORDS = {
    Notation.MICROGRAM_SYMBOL: "a microgram symbol or ug instead of mcg",
    Notation.TRAILING_ZERO: "a trailing zero",
    Notation.NAKED_DECIMAL: "no zero before the decimal point",
    Notation.ABBREVIATED_DAY: "d for day",
    Notation.MISSING_SPACE: "no space between number and unit",
}


def _rule(code: str, name: str, sentence: str, severity: Severity, why: str, bad: str) -> Rule:
    good = _steps("28 mcg/day")
    return Rule(code, name, sentence, severity, why, (), _steps(bad), good, _check, fixable=True, sources=_ISMP)


_CODES = {
    Notation.MICROGRAM_SYMBOL: "N101",
    Notation.TRAILING_ZERO: "N102",
    Notation.NAKED_DECIMAL: "N103",
    Notation.ABBREVIATED_DAY: "N105",
    Notation.MISSING_SPACE: "N107",
}


def _unit_slip(rule: Rule, case: Case) -> Iterator[Finding]:
    for step in case.regimen.steps:
        if labelled.is_unit_slip(case.limits, step.dose):
            limit = labelled.maximum(case.limits, step.dose.basis)
            yield case.finding(
                rule,
                (*step.path, "dose"),
                f"the dose is {step.dose}, {decimal_text(step.dose.amount / limit.value, 0).lstrip('≈ ')} times the"
                f" labelled maximum of {limit}",
                "check the unit: 1 mg is 1,000 mcg",
                limits=("unit_slip", limit.name),
            )


RULES = (
    _rule(
        "N101",
        "microgram-symbol",
        "A dose is written with the microgram symbol or ug instead of mcg.",
        Severity.WARNING,
        "µg is misread as mg, a thousandfold overdose.",
        "28 µg/day",
    ),
    _rule(
        "N102",
        "trailing-zero",
        "A dose ends in a zero after the decimal point.",
        Severity.WARNING,
        "28.0 is misread as 280 when the point is not seen.",
        "28.0 mcg/day",
    ),
    _rule(
        "N103",
        "naked-decimal",
        "A dose begins with a decimal point.",
        Severity.WARNING,
        ".5 is misread as 5 when the point is not seen.",
        ".5 mcg/day",
    ),
    Rule(
        "N104",
        "not-a-dose-rate",
        "A dose has no unit, or is not a rate per day.",
        Severity.ERROR,
        "A bare number is how thousandfold errors happen.",
        limits=(),
        bad=_steps("28"),
        good=_steps("28 mcg/day"),
        waivable=False,
        sources=_ISMP,
    ),
    _rule(
        "N105",
        "abbreviated-day",
        "A dose is written with d for day.",
        Severity.NOTE,
        "d is misread as dose.",
        "28 mcg/d",
    ),
    Rule(
        "N106",
        "unit-slip",
        "A dose is a hundred times the labelled maximum or more: a milligram written for a microgram.",
        Severity.ERROR,
        "Doses of other drugs are in milligrams, and the slip is a factor of 1,000.",
        limits=("unit_slip", "labelled_maximum_flat", "labelled_maximum_by_area"),
        bad=_steps("9000 mcg/day"),
        good=_steps("28 mcg/day"),
        check=_unit_slip,
        waivable=False,
        gross_only=True,
    ),
    _rule(
        "N107",
        "missing-space",
        "A dose has no space between number and unit.",
        Severity.NOTE,
        "The m of mcg is misread as a zero or two.",
        "28mcg/day",
    ),
    Rule(
        "N108",
        "later-toml",
        "The file is written in TOML 1.1, which other readers of TOML refuse.",
        Severity.WARNING,
        "Whoever reads the regimen by another program sees nothing of it, or what it was before.",
        limits=(),
        bad=_steps("28 mcg/day").replace("days = 28 }", "days = 28, }"),
        good=_steps("28 mcg/day"),
        check=later_toml,
        sources=("TOML 1.0.0 and 1.1.0 (convention)",),
    ),
)
