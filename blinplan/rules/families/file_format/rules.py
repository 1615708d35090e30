"""F: the file cannot be read as a regimen. Reading it decides these rules."""

from blinplan.rules.rule import Rule, Severity

TITLE = "The file"

_FORMAT = ("The file format of regimens, `blinplan schema` (convention)",)
_CYCLE = '[[cycle]]\nname = "Cycle 1"\n'
_FREE = "\ntreatment_free_days = 14"
_STEP = 'steps = [{ dose = "28 mcg/day", days = 28 }]'
_GOOD = f"{_CYCLE}{_STEP}{_FREE}"


def _rule(
    code: str, name: str, sentence: str, why: str, bad: str, *, fixable: bool = False, deferrable: bool = True
) -> Rule:
    """A rule that reading the file decides; one about a file that is a regimen cannot be deferred."""
    return Rule(
        code,
        name,
        sentence,
        Severity.ERROR,
        why,
        limits=(),
        bad=bad,
        good=_GOOD,
        waivable=False,
        fixable=fixable,
        sources=_FORMAT,
        deferrable=deferrable,
    )


RULES = (
    _rule(
        "F001",
        "not-toml",
        "The file is not TOML.",
        "What cannot be parsed cannot be checked, and nobody knows what it orders.",
        f'{_CYCLE}steps = [{{ dose = "28 mcg/day" days = 28 }}]{_FREE}',
    ),
    _rule(
        "F002",
        "unknown-key",
        "A key that the format does not have.",
        "What it was meant to say would be lost without a word.",
        f'{_CYCLE}steps = [{{ dosse = "28 mcg/day", days = 28 }}]{_FREE}',
        fixable=True,
    ),
    _rule(
        "F003",
        "missing-key",
        "A key that the format needs is missing.",
        "Nothing a patient gets is left to a default.",
        f"{_CYCLE}{_STEP}",
    ),
    _rule(
        "F004",
        "wrong-value",
        "A value is of the wrong kind or out of its range.",
        "A value that is read as something else is a different order.",
        f'{_CYCLE}steps = [{{ dose = "28 mcg/day", days = "28" }}]{_FREE}',
    ),
    _rule(
        "F005",
        "unknown-format",
        "The file is written in a version of the format that this program does not know.",
        "A later version may mean something else by the same keys.",
        "format = 2",
    ),
    _rule(
        "F006",
        "unreadable-file",
        "The file is not UTF-8 text, or too large.",
        "A regimen is a short text; this is something else.",
        "\0",
    ),
    _rule(
        "F007",
        "contradiction",
        "Two keys contradict each other.",
        "A contradiction is never resolved by guessing which of the two was meant.",
        f'{_CYCLE}steps = [{{ dose = "28 mcg/day", days = 28, hours = 672 }}]{_FREE}',
        deferrable=False,
    ),
    _rule(
        "F008",
        "other-route",
        "The drug is given by another route than continuous intravenous infusion.",
        "The model knows no absorption, and a dose that is injected is no rate of infusion, whatever its unit.",
        f'{_CYCLE}steps = [{{ dose = "250 mcg SC", days = 28 }}]{_FREE}',
        deferrable=False,
    ),
)
