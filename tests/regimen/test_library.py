"""The regimens that come with the program: they read, are named as their files, and say where they come from."""

from fractions import Fraction

import pytest

from blinplan.label.read import DEFAULT
from blinplan.regimen import library
from blinplan.regimen.reading import RegimenFile, read
from blinplan.regimen.regimen import Eligibility, Indication, Phase, Status

NAMES = list(library.paths())
LABELLED = [name for name, path in library.paths().items() if path.parent.name == "labelled"]
NHL = ["nhl-0.5", "nhl-1.5", "nhl-3", "nhl-5", "nhl-5-15-60", "nhl-10", "nhl-15", "nhl-30", "nhl-60", "nhl-90"]


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_file_is_a_regimen_with_sources(name: str) -> None:
    reading = read(library.paths()[name].read_bytes(), name)
    assert isinstance(reading, RegimenFile)
    assert reading.regimen.name == name == library.paths()[name].stem
    assert reading.regimen.sources
    assert all(source.citation and isinstance(source.status, Status) for source in reading.regimen.sources)
    # Some studies dosed adults by body surface area, and some give no limit of weight: nothing else is waived.
    assert {waiver.rule for waiver in reading.regimen.waivers} <= ({"D206"} if name not in LABELLED else set())


def test_what_nobody_has_seen_is_marked() -> None:
    unverified = {regimen.name for regimen in library.shipped_regimens() if regimen.unverified}
    assert unverified == {
        "consolidation-adult",
        "consolidation-below-45-kg",
        "dlbcl-3-step",
        "mt103-206-15",
        "mt103-206-5-15",
        "mt103-206-5-15-30",
    }


def test_every_file_below_the_folder_is_shipped_once() -> None:
    files = list(library.folder().rglob("*.toml"))
    assert sorted(files) == sorted(library.paths().values())
    assert [regimen.name for regimen in library.shipped_regimens()] == NAMES


def test_the_promised_regimens_are_there() -> None:
    assert set(NAMES) >= {
        "rr-adult",
        "rr-below-45-kg",
        "mrd-adult",
        "mrd-below-45-kg",
        "rr-2014",
        "tower",
        "dlbcl-3-step",
    }
    assert set(NAMES) >= {
        "consolidation-adult",
        "consolidation-below-45-kg",
        "mt103-202",
        "mt103-203",
        "mt103-205",
        "mt103-211",
    }


def test_labelled_ones_come_first_and_doses_in_the_order_of_numbers() -> None:
    assert NAMES[: len(LABELLED)] == LABELLED
    assert [name for name in NAMES if name.startswith("nhl")] == NHL
    assert NAMES.index("mt103-206-5-15") < NAMES.index("mt103-206-5-15-30") < NAMES.index("mt103-206-15")


@pytest.mark.parametrize("name", LABELLED)
def test_the_other_regimen_exists_and_leads_back(name: str) -> None:
    regimen = library.regimen(name)
    limits, switch = regimen.eligibility, Fraction(45)
    if name == "rr-2014":
        assert limits == Eligibility(switch, None, None, None)
        return
    assert limits.otherwise is not None
    other = library.regimen(limits.otherwise)
    adult, child = (other, regimen) if "below" in name else (regimen, other)
    assert adult.eligibility == Eligibility(switch, None, child.name, None)
    assert child.eligibility == Eligibility(None, switch, adult.name, None)
    assert other.indication is regimen.indication
    assert [cycle.treatment_free for cycle in other.cycles] == [cycle.treatment_free for cycle in regimen.cycles]


@pytest.mark.parametrize(
    ("prefix", "indication", "days"),
    [
        ("rr", Indication.RELAPSED_REFRACTORY, (9, 2)),
        ("mrd", Indication.MRD_POSITIVE, (3, 2)),
        ("consolidation", Indication.CONSOLIDATION, (3, 2)),
    ],
)
def test_labelled_ones_have_the_hospital_days_of_the_label(
    prefix: str, indication: Indication, days: tuple[int, int]
) -> None:
    own = (regimen for regimen in library.shipped_regimens() if regimen.label == DEFAULT)
    labelled = (regimen for regimen in own if regimen.name in LABELLED)
    found = [regimen for regimen in labelled if regimen.indication is indication]
    assert all(regimen.name.startswith(prefix) for regimen in found)
    assert {regimen.hospital_days for regimen in found} == {days}


def test_labelled_cycles_name_their_phase() -> None:
    phases = {
        regimen.name: [cycle.phase for cycle in regimen.cycles for _ in range(cycle.repeat)]
        for regimen in library.shipped_regimens()
        if regimen.name in LABELLED
    }
    induction, consolidation = Phase.INDUCTION, Phase.CONSOLIDATION
    assert phases["rr-adult"] == [induction] * 2 + [consolidation] * 3 == phases["rr-below-45-kg"] == phases["rr-2014"]
    assert phases["rr-adult-continued"] == [*phases["rr-adult"], *[Phase.CONTINUED_THERAPY] * 4]
    assert phases["rr-below-45-kg-continued"] == phases["rr-adult-continued"]
    assert phases["mrd-adult"] == [induction] + [consolidation] * 3 == phases["mrd-below-45-kg"]
    assert phases["consolidation-adult"] == [consolidation] * 4 == phases["consolidation-below-45-kg"]


@pytest.mark.parametrize("name", [name for name in NHL if name != "nhl-5-15-60"])
def test_dose_levels_are_named_after_their_dose(name: str) -> None:
    regimen = library.regimen(name)
    assert [str(step.dose) for step in regimen.steps] == [f"{name.removeprefix('nhl-')} mcg/m²/day"]
    assert (regimen.steps[0].minutes, regimen.steps[0].cap) == (28 * 24 * 60, None)


TRIALS = {
    "nhl-5-15-60": [[(7, "5"), (7, "15"), (14, "60")]],
    "mt103-202": [[(28, "15")]] * 4,
    "mt103-203": [[(28, "15")]] * 4,
    "mt103-205": [[(7, "5"), (21, "15")], *[[(28, "15")]] * 4],
    "mt103-206-15": [[(28, "15")]] * 5,
    "mt103-206-5-15": [[(7, "5"), (21, "15")], *[[(28, "15")]] * 4],
    "mt103-206-5-15-30": [[(7, "5"), (7, "15"), (14, "30")], *[[(28, "30")]] * 4],
    "mt103-211": [[(7, "9"), (21, "28")], *[[(28, "28")]] * 4],
    "tower": [[(7, "9"), (21, "28")], *[[(28, "28")]] * 4],
    "dlbcl-3-step": [[(7, "9"), (7, "28"), (42, "112")]],
}


@pytest.mark.parametrize("name", TRIALS)
def test_trials_dose_as_published(name: str) -> None:
    regimen = library.regimen(name)
    flat = name in ("mt103-211", "tower", "dlbcl-3-step")
    cycles = [cycle for cycle in regimen.cycles for _ in range(cycle.repeat)]
    assert [[(step.minutes // 1440, str(step.dose).split()[0]) for step in cycle.steps] for cycle in cycles] == TRIALS[
        name
    ]
    assert {step.dose.unit for step in regimen.steps} == {"mcg/day" if flat else "mcg/m2/day"}
    assert {cycle.treatment_free // 1440 for cycle in cycles} == {28 if name == "dlbcl-3-step" else 14}


def test_names_and_families_resolve() -> None:
    assert all(library.names_of(name) == (name,) for name in NAMES)
    assert library.names_of("nhl") == tuple(NHL)
    assert library.names_of("mt103-206") == ("mt103-206-5-15", "mt103-206-5-15-30", "mt103-206-15")
    assert (
        library.names_of("")
        == library.names_of("rr")
        == library.names_of("RR-ADULT")
        == library.names_of("rr-adult.toml")
        == ()
    )


def test_a_family_is_no_regimens_name() -> None:
    assert not {regimen.family for regimen in library.shipped_regimens()} & set(NAMES)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("rr-adlt", "rr-adult"),
        ("RR-Adult", "rr-adult"),
        ("towr", "tower"),
        ("NHL", "nhl"),
        ("mt103206", "mt103-206"),
        ("zzz", None),
    ],
)
def test_the_nearest_name(written: str, meant: str | None) -> None:
    assert library.nearest(written) == meant


def test_there_is_no_regimen_of_another_name() -> None:
    with pytest.raises(KeyError):
        library.load("rr-adlt")
