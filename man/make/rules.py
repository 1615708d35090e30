"""blinplan-rules(7), from the catalogue of rules and their limits."""

from collections.abc import Iterator

from blinplan.limits import what_can_be_changed
from blinplan.outside_text import visible_lines
from blinplan.reports.library.rules import occasions
from blinplan.rules.catalogue import CATALOGUE, FAMILIES
from blinplan.rules.limits import shipped_limits
from blinplan.rules.rule import Rule
from man.make import roff

_ABOUT = (
    "A rule passes, finds something, is waived, or is not evaluated, and then the reason is said. Not evaluated is"
    " never shown as passed. Each rule cites its source; a limit that nobody has seen in its source is marked with how"
    " far it was checked: transcribed, derived, unverified, or a convention of this program.",
    "Findings are errors, warnings or notes. `--severity D205=note` changes what those of a rule count as, and"
    " `--fail-on warning` what makes the exit status 1.",
    "Rules are named by a code (D202), the beginning of one (D2), a name (depletion-not-documented), or ALL. `--select`"
    " asks only the rules named, `--extend-select` more of them, `--ignore` fewer; blinplan-configuration(5) holds the"
    " same for a project. `blinplan rule D202` shows one rule on the screen.",
    "A finding is accepted in the regimen itself, by a waiver with a reason; see `waiver` in blinplan-regimen(5). Rules"
    " that say a thing cannot be read or cannot be given cannot be waived, left out or lowered.",
    "`blinplan check --fix` puts right what some rules find; that is said below. It also corrects a word that is"
    " misspelt, where there is no doubt which of those allowed was meant (F004). It never changes a dose.",
    "Under each rule stand an example in which it finds its fault, and one that comes near and is in order. They are"
    " lines of a regimen, or whole course records.",
)
_LONGEST = 68
_ALSO = ("blinplan.1", "blinplan-check.1", "blinplan-rule.1", "blinplan-rules.1", "blinplan-regimen.5")


def pages() -> dict[str, str]:
    """The page of section 7."""
    families = [
        roff.section(f"{title} ({letter})", *(_rule(rule) for rule in CATALOGUE.values() if rule.code[0] == letter))
        for letter, title in FAMILIES.items()
    ]
    return {
        "blinplan-rules.7": roff.page(
            "blinplan-rules",
            7,
            "The rules by which blinplan check judges a regimen.",
            roff.section("description", *map(roff.paragraph, _ABOUT)),
            *families,
            roff.see_also((*_ALSO, "blinplan-configuration.5", "blinplan-record.5", "blinplan-site.5")),
        )
    }


def _rule(rule: Rule) -> list[str]:
    return roff.subsection(f"{rule.code} {rule.name} ({rule.severity.value})", *_parts(rule))


def _parts(rule: Rule) -> Iterator[list[str]]:
    yield roff.paragraph(f"[bold]{rule.sentence}[/bold] {rule.why}")
    for name in rule.limits:
        limit = shipped_limits()[name]
        fixed = f" {what_can_be_changed(limit.fixed, limit.stricter)}" if limit.fixed else ""
        yield roff.item(
            f"{roff.bold(name)} = {roff.escaped(str(limit))}",
            roff.paragraph(limit.says),
            [".br", *roff.filled(roff.marked(f"Source: {limit.citation}.{fixed}"))],
        )
    for source in rule.sources:
        yield roff.paragraph(f"Source: {source}.")
    if rule.site:
        yield from _example("With this site profile:", rule.site)
    if rule.start:
        yield roff.paragraph(f"From this start: `{rule.start}`.")
    if rule.beside:
        yield from _example("With this file beside it, `beside.toml`:", rule.beside)
    yield from _example("Found:", rule.bad)
    yield from _example("Not found:", rule.good)
    yield roff.paragraph(" ".join((*occasions(rule), *(["`--fix` puts it right."] if rule.fixable else []))))


def _example(title: str, lines: str) -> Iterator[list[str]]:
    yield roff.paragraph(title)
    yield roff.example("\n".join(map(_broken, visible_lines(lines).split("\n"))))


def _broken(line: str) -> str:
    """Break a long array between the tables in it, where TOML lets a line be broken."""
    start = line.find("[{") + 1
    return line if len(line) <= _LONGEST else line.replace("}, {", f"}},\n{' ' * start}{{")
