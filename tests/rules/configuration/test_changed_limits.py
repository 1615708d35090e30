"""A project may make every limit stricter that has a stricter side, and laxer only where the catalogue lets it."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from blinplan.label.read import label_names
from blinplan.limits import Limit
from blinplan.quantities import decimal_text
from blinplan.rules.configuration.configuration import ConfigurationError
from blinplan.rules.configuration.file import load
from blinplan.rules.limits import limits_by
from tests.program import Run
from tests.regimen_text import cycle, regimen_text

FORMS = ("blinplan.toml", "pyproject.toml", "other.toml")
PLACES = ("limits", 'per-file."a/**".limits')
LABELLED = [(label, name) for label in label_names() for name in limits_by(label)]


def moved(limit: Limit, *, higher: bool) -> Fraction | None:
    """A value beside that of a limit which can be written in its unit; None where there is none."""
    for divisor in (2, 4, 8, 5, 1):
        step = Fraction(1) if limit.value == 0 else limit.value / divisor
        value = limit.value + step if higher else limit.value - step
        minutes = {"days": 1440, "hours": 60}.get(limit.unit, 1)
        whole = limit.unit not in {"days", "hours"} or (value * minutes).denominator == 1
        if value > 0 and whole and not (limit.unit == "%" and value > 100) and _written(value) == value:
            return value
    return None


def _written(value: Fraction) -> Fraction:
    return Fraction(f"{float(value):.6f}")


def entry(name: str, value: Fraction) -> str:
    return f'{name} = {{ value = {float(value):.6f}, reason = "Ward 7" }}\n'


def write(folder: Path, form: str, label: str, place: str, entries: str) -> Path:
    before = "tool.blinplan" if form == "pyproject.toml" else ""
    top = f"[{before}]\n" if before else ""
    path = folder / form
    path.write_text(f'{top}label = "{label}"\n[{before}{"." if before else ""}{place}]\n{entries}', encoding="utf-8")
    return path


def stricter(label: str) -> Iterator[tuple[str, Fraction]]:
    for name, limit in limits_by(label).items():
        value = None if limit.stricter is None else moved(limit, higher=limit.stricter == "higher")
        if value is not None:
            yield name, value


@pytest.mark.parametrize("label", label_names())
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", PLACES)
def test_all_limits_at_once_can_be_made_stricter(tmp_path: Path, form: str, label: str, place: str) -> None:
    changes = dict(stricter(label))
    assert len(changes) > 15
    assert any(limits_by(label)[name].fixed for name in changes)
    found = load(write(tmp_path, form, label, place, "".join(entry(*change) for change in changes.items())))
    assert found is not None
    limits = found.settings_for(tmp_path / "a" / "x.toml").limits
    assert {name: limits[name].value for name in changes} == changes


@pytest.mark.parametrize("label", label_names())
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", PLACES)
def test_no_fixed_limit_can_be_made_laxer(tmp_path: Path, form: str, label: str, place: str) -> None:
    fixed = {name: limit for name, limit in limits_by(label).items() if limit.fixed}
    refused = {
        name: value
        for name, limit in fixed.items()
        for higher in (True, False)
        if (value := moved(limit, higher=higher)) is not None and not limit.allows(value)
    }
    assert len(refused) > 15
    with pytest.raises(ConfigurationError) as error:
        load(write(tmp_path, form, label, place, "".join(entry(*change) for change in refused.items())))
    said = [fault.message for fault in error.value.faults]
    assert len(said) == len(refused)
    for name, message in zip(refused, said, strict=True):
        assert f"the limit `{name}` cannot be" in message
        assert str(fixed[name].fixed) in message


@pytest.mark.parametrize("label", label_names())
def test_a_limit_that_is_not_fixed_can_be_moved_either_way(tmp_path: Path, label: str) -> None:
    free = {name: limit for name, limit in limits_by(label).items() if limit.fixed is None}
    for higher in (True, False):
        changes = {name: value for name, one in free.items() if (value := moved(one, higher=higher)) is not None}
        found = load(write(tmp_path, "blinplan.toml", label, "limits", "".join(entry(*one) for one in changes.items())))
        assert found is not None
        assert {name: found.settings.limits[name].value for name in changes} == changes


@pytest.mark.parametrize("label", label_names())
def test_the_command_line_takes_stricter_limits_from_any_file(inside: Run, tmp_path: Path, label: str) -> None:
    (tmp_path / "x.toml").write_text(regimen_text(cycle()), encoding="utf-8")
    (tmp_path / "ci").mkdir()
    changes = dict(stricter(label))
    write(tmp_path / "ci", "strict.toml", label, "limits", "".join(entry(*change) for change in changes.items()))
    ran = inside("check", "x.toml", "--no-simulate", "--config", "ci/strict.toml", "-f", "json")
    assert ran.status in {0, 1}, ran.err
    (file,) = ran.json["files"]
    shown = {change["name"]: change["value"] for change in file["changed_limits"]}
    assert {name: decimal_text(Fraction(value).limit_denominator(10**6)) for name, value in shown.items()} == {
        name: decimal_text(value) for name, value in changes.items()
    }


def test_a_shortest_interval_that_was_run_can_only_be_raised(tmp_path: Path) -> None:
    longer = entry("shortest_interval_run", Fraction(10))
    assert load(write(tmp_path, "blinplan.toml", "us-2025", "limits", longer)) is not None
    with pytest.raises(ConfigurationError, match="cannot be laxer than 7 days"):
        load(write(tmp_path, "blinplan.toml", "us-2025", "limits", entry("shortest_interval_run", Fraction(5))))


@pytest.mark.parametrize(
    ("name", "said"), [("step_length", "changed to 1 day by"), ("escalation_after", "to 1 hour by")]
)
def test_one_of_a_unit_is_said_in_the_singular(name: str, said: str) -> None:
    limit = limits_by("us-2025")[name].with_value(Fraction(1), "blinplan.toml:2", "Ward 7")
    assert said in limit.citation
    assert str(limit).startswith(f"1 {limit.unit.removesuffix('s')} (changed from ")


@pytest.mark.parametrize(
    ("name", "laxer", "advice"),
    [
        ("shortest_interval_run", 5, "give a stricter value, above 7 "),
        ("unit_slip", 101, "give a stricter value, below"),
    ],
)
def test_whoever_makes_a_limit_laxer_is_told_which_way_is_stricter(
    tmp_path: Path, name: str, laxer: int, advice: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(write(tmp_path, "blinplan.toml", "us-2025", "limits", entry(name, Fraction(laxer))))
    assert [fault.help[: len(advice)] for fault in raised.value.faults] == [advice]
