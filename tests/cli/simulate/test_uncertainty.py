"""``--uncertainty plausible``: two spreads by one option, wherever populations run, and what it does not go with."""

import csv
import io

import pytest

from tests.program import Run

FEW = ("--patients", "12", "--uncertainty", "plausible", "--sets", "2")


def test_a_table_names_both_spreads(inside: Run) -> None:
    ran = inside("simulate", "nhl-15", *FEW)
    assert ran.status == 0
    assert "Median over models" in " ".join(ran.out.split())
    assert "2 plausible ones" in " ".join(ran.out.split())


def test_data_has_the_same_patients_under_each_model(inside: Run) -> None:
    ran = inside("simulate", "nhl-15", *FEW, "-f", "csv")
    rows = list(csv.DictReader(io.StringIO("".join(line for line in ran.out.splitlines(True) if line[0] != "#"))))
    assert [row["model"] for row in rows] == ["0"] * 12 + ["1"] * 12 + ["2"] * 12
    for number in (1, 2):
        own = rows[12 * number : 12 * (number + 1)]
        assert [row["weight_kg"] for row in own] == [row["weight_kg"] for row in rows[:12]]
        assert [row["il6_peak_pg_per_ml"] for row in own] != [row["il6_peak_pg_per_ml"] for row in rows[:12]]
    alone = inside("simulate", "nhl-15", "--patients", "12", "-f", "csv")
    first = list(csv.DictReader(io.StringIO("".join(line for line in alone.out.splitlines(True) if line[0] != "#"))))
    assert [{**row, "model": "0"} for row in first] == rows[:12]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("simulate", "nhl-15", "--uncertainty", "likely"), ("likely", "plausible")),
        (("simulate", "nhl-15", "--uncertainty", "1001"), ("1001", "1,000")),
        (("simulate", "nhl-15", "--sets", "3"), ("--sets", "--uncertainty plausible")),
        (("simulate", "nhl-15", "--uncertainty", "5", "--sets", "3"), ("--sets",)),
        (("simulate", "nhl-15", "--typical", "--uncertainty", "plausible"), ("--typical", "leave one")),
        (("simulate", "nhl-15", "--uncertainty", "plausible", "--sets", "999"), ("999", "ask for fewer")),
        (
            ("simulate", "nhl-15", *FEW, "--every", "6h", "-f", "csv"),
            ("one set of parameters", "curves of each patient"),
        ),
        (("simulate", "nhl-15", *FEW, "-f", "nonmem"), ("one set of parameters", "parameters of its own")),
        (("simulate", "nhl-15", *FEW, "-o", "part.npz"), ("one set of parameters", "blinplan merge")),
        (("check", "nhl-15", "--uncertainty", "5"), ("5", "plausible")),
        (("check", "nhl-15", "--uncertainty", "plausible", "--no-simulate"), ("virtual patients", "--no-simulate")),
        (("check", "nhl-15", "--uncertainty", "plausible", "--sets", "999"), ("999", "ask for fewer")),
        (("report", "nhl-15", "--uncertainty", "3", "-o", "r.html"), ("plausible",)),
        (("plan", "nhl-15", "--bsa", "1.8", "--uncertainty", "plausible"), ("--view delivered",)),
    ],
    ids=" ".join,
)
def test_what_it_does_not_go_with_is_refused(inside: Run, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    ran = inside(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert all(word in " ".join(ran.err.split()) for word in words)


def test_a_check_says_what_the_models_say_and_the_status_stays(inside: Run) -> None:
    options = ("--patients", "40", "--no-cache", "--isolated")
    plain = inside("check", "mrd-adult", *options)
    ran = inside("check", "mrd-adult", *options, "--uncertainty", "plausible", "--sets", "2")
    assert ran.status == plain.status
    assert "of 2 plausible models" in ran.out
    found = inside("check", "mrd-adult", *options, "--uncertainty", "plausible", "--sets", "2", "-f", "json")
    assert {one["models"] for one in found.json["files"][0]["over_models"]} == {2}
