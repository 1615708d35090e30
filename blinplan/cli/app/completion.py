"""What a shell offers for an argument or an option: regimens, rules, claims, time zones.

Each function takes what was typed so far and gives what it can become, with a word on each where there is one. Typer
keeps what begins as it was typed. Nothing here may take long: a person waits with a finger on the key.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

Offers = list[tuple[str, str]]
"""What can be written, and what it is."""

# Names that no shell has to quote; of others it knows itself how to write them.
_PLAIN = re.compile(r"[\w.+,@-]+")


def one_regimen(incomplete: str) -> Offers:
    """Shipped regimens, and files."""
    from blinplan.api import library

    shipped = [(regimen.name, regimen.title) for regimen in library.regimens()]
    return _with_files(shipped, incomplete)


def regimens(incomplete: str) -> Offers:
    """Shipped regimens and their families, files and folders."""
    from blinplan.api import library

    shipped = library.regimens()
    families = {regimen.family: "" for regimen in shipped if regimen.family}
    for family in families:
        members = sum(regimen.family == family for regimen in shipped)
        families[family] = f"Family of {members} regimens"
    return _with_files([*((regimen.name, regimen.title) for regimen in shipped), *families.items()], incomplete)


def _with_files(named: Iterable[tuple[str, str]], incomplete: str) -> Offers:
    offers = [(name, meaning) for name, meaning in named if name.startswith(incomplete)]
    offers += ((path, "") for path in _files(incomplete))
    # A shell goes on after a word that can become one thing only; after a folder there is more to write.
    if len(offers) == 1 and offers[0][0].endswith("/"):
        offers += ((path, "") for path in _files(offers[0][0]))
    return offers


def _files(incomplete: str, ending: str = ".toml") -> Iterator[str]:
    """TOML files that begin as it was typed, and folders on the way to such."""
    before, slash, start = incomplete.rpartition("/")
    try:
        found = sorted(Path(before + slash or ".").expanduser().iterdir())
    except (OSError, RuntimeError):  # no such folder, not ours to read, or nobody's home
        return
    for path in found:
        if not path.name.startswith(start or "") or (path.name.startswith(".") and not start):
            continue
        if _PLAIN.fullmatch(path.name) and (path.is_dir() or path.suffix == ending):
            yield f"{before}{slash}{path.name}{'/' if path.is_dir() else ''}"


def stretches(incomplete: str) -> Offers:
    """Offer the files that hold stretches of patients."""
    return [(path, "") for path in _files(incomplete, ".npz")]


def one_rule(incomplete: str) -> Offers:
    """Codes of rules; names where something of one was typed."""
    from blinplan.api import library

    small = incomplete[:1].islower()
    codes = [(rule.code.lower() if small else rule.code, rule.sentence) for rule in library.rules()]
    names = [(rule.name, rule.sentence) for rule in library.rules()] if small else []
    return [(written, finds) for written, finds in [*codes, *names] if written.startswith(incomplete)]


def rules(incomplete: str) -> Offers:
    """Codes and names of rules, the last of several with commas between them."""
    before, comma, last = incomplete.rpartition(",")
    everything = [("ALL", "Every rule")] if "ALL".startswith(last) else []
    given = before.split(",")
    return [
        (f"{before}{comma}{written}", finds)
        for written, finds in [*one_rule(last), *everything]
        if written not in given
    ]


def severities(incomplete: str) -> Offers:
    """A rule, and the severity that its findings count as."""
    from blinplan.api.library import severities as all_severities

    written, equals, _ = incomplete.partition("=")
    known = [(written, "")] if equals else one_rule(written)
    return [(f"{known[0][0]}={level}", known[0][1]) for level in all_severities()] if len(known) == 1 else known


def claims(incomplete: str) -> Offers:
    """The claims of the article and the published numbers."""
    from importlib import resources

    import tomli

    # Not by way of what measures them, which needs the numerical engine.
    text = resources.files("blinplan.evidence").joinpath("claims.toml").read_text(encoding="utf-8")
    found = tomli.loads(text)
    known = [*found["claims"], *found["not_evaluated"]]
    return [(each["id"], each["sentence"]) for each in known if each["id"].startswith(incomplete)]


def value_names(incomplete: str) -> Offers:
    """The names of values that decide something."""
    from blinplan.api.values import values

    offers = ((value.name, value.says) for value in values(label="all"))
    return [(name, says) for name, says in dict(offers).items() if name.startswith(incomplete)]


def value_statuses(incomplete: str) -> Offers:
    """How far a value can have been checked."""
    from blinplan.api.values import statuses

    return [(status, "") for status in statuses() if status.startswith(incomplete)]


def labels(incomplete: str) -> Offers:
    """The labels, and all of them."""
    from blinplan.api.values import label_titles

    offers = {**label_titles(), "all": "Every label"}
    return [(name, title) for name, title in offers.items() if name.startswith(incomplete)]


def other_files(incomplete: str) -> Offers:
    """The words after ``new`` by which it makes another file than a regimen."""
    from blinplan.api.vocabulary import OF_SCAFFOLDS

    return [(word, title) for word, title in OF_SCAFFOLDS.items() if word.startswith(incomplete)]


def time_zones(incomplete: str) -> Offers:
    """Time zones by their names."""
    from zoneinfo import available_timezones

    return [(zone, "") for zone in sorted(available_timezones()) if zone.startswith(incomplete)]
