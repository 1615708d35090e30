"""The regimens that come with the program: they read, are named as their files, and say where they come from."""

import re
from dataclasses import dataclass
from fractions import Fraction

import pytest

from blinplan.label.read import DEFAULT
from blinplan.physiology import load_parameters
from blinplan.physiology.model.parameters import AdultCovariates
from blinplan.regimen import library
from blinplan.regimen.reading import RegimenFile, read
from blinplan.regimen.regimen import Cycle, Eligibility, Step
from blinplan.regimen.vocabulary import DueKind, Indication, Phase, Status

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
    assert name not in LABELLED or not reading.regimen.waivers


def test_what_nobody_has_seen_is_marked() -> None:
    unverified = {regimen.name for regimen in library.shipped_regimens() if regimen.unverified}
    by_trials = {each.name for each in TRIALS if "unverified" in each.sources}
    assert unverified == {"consolidation-adult", "consolidation-below-45-kg", *by_trials}


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
    below = Fraction(18) if "first-relapse" in name else None  # the one that is labelled for children only
    assert adult.eligibility == Eligibility(switch, None, child.name, None, below_age=below)
    assert child.eligibility == Eligibility(None, switch, adult.name, None, below_age=below)
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


@dataclass(frozen=True)
class Published:
    """A schedule as its publication has it: a line a cycle, with the days of each dose and those without.

    ``optional`` is what not everybody gets, ``reason`` that the file says why the days without infusion are what they
    are. ``sources`` are the statuses, in the order of the file.
    """

    name: str
    patients: str
    unit: str
    cycles: tuple[str, ...]
    sources: str
    waived: str = ""


_ADULT_CYCLES = "28 for 28, free 14"
_LYMPHOMA = ("9 for 7, 28 for 7, 112 for 42", "optional: 9 for 7, 28 for 7, 112 for 14")
TRIALS = [
    # Adults, leukaemia
    Published(
        "e1910",
        "30 years and over, below 71 years",
        "mcg/day",
        ("28 for 28, free 14", "28 for 28, free 84 (reason)", "28 for 28, free 28 (reason)", "28 for 28, free 14"),
        "seen, seen, unverified",
        "D206",
    ),
    Published(
        "d-alba",
        "18 years and over",
        "mcg/day",
        ("2 x 28 for 28, free 14", "optional: 3 x 28 for 28, free 14"),
        "seen, unverified",
        "D206, S307",
    ),
    Published(
        "lal2317",
        "18 years and over, below 66 years",
        "mcg/day",
        ("28 for 28, free 84 (reason)", "28 for 28, free 14"),
        "seen, unverified",
        "D206",
    ),
    Published(
        "s1318",
        "65 years and over",
        "mcg/day",
        ("9 for 7, 28 for 21, free 14", "optional: 28 for 28, free 14", "3 x 28 for 28, free 14"),
        "seen, unverified",
    ),
    Published(
        "quest",
        "18 years and over, below 60 years",
        "mcg/day",
        ("28 for 28, free 14", "optional: 4 x 28 for 28, free 14"),
        "seen, unverified",
        "D206, S307",
    ),
    Published(
        "hyper-cvad",
        "14 years and over",
        "mcg/day",
        ("3 x 28 for 28, free 14", "28 for 28, free 84 (reason)", "3 x 28 for 28, free 84 (reason)"),
        "seen, transcribed, unverified",
        "D206, S307",
    ),
    Published(
        "mini-hyper-cvd",
        "18 years and over",
        "mcg/day",
        ("9 for 4, 28 for 24, free 14", "28 for 28, free 126 (reason)", "2 x 28 for 28, free 14"),
        "seen, unverified",
    ),
    Published(
        "golden-gate-run-in",
        "40 years and over",
        "mcg/day",
        ("9 for 4, 28 for 24, free 7 (reason)",),
        "seen, unverified",
    ),
    Published("ponatinib", "18 years and over", "mcg/day", ("5 x 28 for 28, free 14",), "seen, unverified"),
    Published(
        "tower",
        "18 years and over",
        "mcg/day",
        ("9 for 7, 28 for 21, free 14", "4 x 28 for 28, free 14"),
        "seen",
        "D206",
    ),
    Published(
        "mt103-211",
        "18 years and over",
        "mcg/day",
        ("9 for 7, 28 for 21, free 14", "4 x 28 for 28, free 14"),
        "seen, unverified",
        "D206",
    ),
    Published(
        "mt103-202",
        "18 years and over",
        "mcg/m2/day",
        ("15 for 28, free 14", "3 x 15 for 28, free 14"),
        "seen, unverified",
        "D206",
    ),
    Published(
        "mt103-203",
        "18 years and over",
        "mcg/m2/day",
        (
            "15 for 28, free 14",
            "3 x 15 for 28, free 14",
        ),
        "seen",
        "D206",
    ),
    Published(
        "mt103-206-15",
        "18 years and over",
        "mcg/m2/day",
        ("15 for 28, free 14", "4 x 15 for 28, free 14"),
        "seen, unverified",
        "D206, D207",
    ),
    Published(
        "mt103-206-5-15",
        "18 years and over",
        "mcg/m2/day",
        ("5 for 7, 15 for 21, free 14", "4 x 15 for 28, free 14"),
        "seen, derived, unverified",
        "D206",
    ),
    Published(
        "mt103-206-5-15-30",
        "18 years and over",
        "mcg/m2/day",
        ("5 for 7, 15 for 7, 30 for 14, free 14", "4 x 30 for 28, free 14"),
        "seen, derived, unverified",
        "D206, D203",
    ),
    Published(
        "short-course",
        "any weight",
        "mcg/day",
        ("9 for 3, 28 for 10, free 0",),
        "seen, unverified",
        "D206, S301, S306",
    ),
    # Children, leukaemia
    Published(
        "mt103-205",
        "below 18 years",
        "mcg/m2/day",
        ("5 for 7, 15 for 21, free 14", "4 x 15 for 28, free 14"),
        "seen",
        "D206",
    ),
    Published(
        "aall1331-high-risk",
        "1 year and over, below 31 years",
        "mcg/m2/day",
        ("2 x 15 for 28, free 7 (reason)",),
        "seen, unverified",
        "D206",
    ),
    Published(
        "aall1331-low-risk",
        "1 year and over, below 31 years",
        "mcg/m2/day",
        ("2 x 15 for 28, free 35 (reason)", "15 for 28, free 7"),
        "seen, unverified",
        "D206",
    ),
    Published(
        "aall1731-standard-risk",
        "1 year and over, below 10 years",
        "mcg/m2/day",
        ("15 for 28, free 28 (reason)", "15 for 28, free 0 (reason)"),
        "seen, unverified",
        "D206",
    ),
    Published(
        "aall1731-down",
        "1 year and over, below 31 years",
        "mcg/m2/day",
        ("2 x 15 for 28, free 28 (reason)", "15 for 28, free 0 (reason)"),
        "seen, transcribed, unverified",
        "D206",
    ),
    Published(
        "infant-kmt2a", "below 1 year", "mcg/m2/day", ("15 for 28, free 0 (reason)",), "seen, unverified", "D206"
    ),
    Published(
        "interfant-21",
        "below 1 year",
        "mcg/m2/day",
        ("15 for 28, free 28 (reason)", "optional: 15 for 28, free 0 (reason)"),
        "seen, unverified",
        "D206",
    ),
    Published(
        "study-20120215",
        "0.08 years and over, below 18 years",
        "mcg/m2/day",
        ("15 at most 28 for 28, free 0 (reason)",),
        "seen, seen, unverified",
        "D206",
    ),
    # Lymphoma
    Published(
        "dlbcl-3-step",
        "18 years and over",
        "mcg/day",
        (f"{_LYMPHOMA[0]}, free 28 (reason)", f"{_LYMPHOMA[1]}, free 28"),
        "seen, unverified",
    ),
    Published(
        "nct02910063",
        "18 years and over",
        "mcg/day",
        (f"{_LYMPHOMA[0]}, free 14", f"{_LYMPHOMA[1]}, free 14"),
        "seen, unverified",
    ),
    Published(
        "nct03023878",
        "18 years and over",
        "mcg/day",
        (f"{_LYMPHOMA[0]}, free 28 (reason)", f"{_LYMPHOMA[1]}, free 0"),
        "seen, unverified",
    ),
    Published(
        "nci-9924",
        "18 years and over",
        "mcg/day",
        (f"{_LYMPHOMA[0]}, free 0",),
        "seen, unverified",
    ),
    Published("nhl-5-15-60", "18 years and over", "mcg/m2/day", ("5 for 7, 15 for 7, 60 for 14, free 14",), "seen"),
    *(
        Published(f"nhl-{dose}", "18 years and over", "mcg/m2/day", (f"{dose} for 28, free 14",), "seen")
        for dose in ("0.5", "1.5", "3", "5", "10", "15", "30", "60", "90")
    ),
    # Autoimmune disease
    Published(
        "myasthenia-5-days",
        "18 years and over",
        "mcg/day",
        ("2 x 9 for 5, free 7 (reason)",),
        "seen, unverified",
        "B402, D202",
    ),
    Published(
        "lupus-5-days",
        "5 years and over",
        "mcg/m2/day",
        ("2 x 5 at most 9 for 5, free 7 (reason)",),
        "seen, transcribed, unverified",
        "B402, D202",
    ),
]


@pytest.mark.parametrize("published", TRIALS, ids=lambda published: published.name)
def test_trials_dose_as_published(published: Published) -> None:
    regimen = library.regimen(published.name)
    found = Published(
        regimen.name,
        str(regimen.eligibility),
        " and ".join({step.dose.unit for step in regimen.steps}),
        tuple(map(_written, regimen.cycles)),
        ", ".join(source.status for source in regimen.sources),
        ", ".join(dict.fromkeys(waiver.rule for waiver in regimen.waivers)),
    )
    assert found == published


def _written(cycle: Cycle) -> str:
    steps = (f"{_dose(step)} for {step.minutes // 1440}" for step in cycle.steps)
    free = f"free {cycle.treatment_free // 1440}" + (" (reason)" if cycle.interval_reason else "")
    return (
        ("optional: " if cycle.optional else "")
        + (f"{cycle.repeat} x " if cycle.repeat > 1 else "")
        + ", ".join([*steps, free])
    )


def _dose(step: Step) -> str:
    amounts = [str(dose).split()[0] for dose in (step.dose, step.cap) if dose is not None]
    return " at most ".join(amounts)


def test_every_shipped_trial_is_in_the_table() -> None:
    assert sorted(each.name for each in TRIALS) == sorted(set(NAMES) - set(LABELLED))


@pytest.mark.parametrize("published", TRIALS, ids=lambda published: published.name)
def test_what_is_from_no_publication_is_told(published: Published) -> None:
    """Days that somebody assumed are called assumed or not seen, and a number of the label is called the label's."""
    regimen = library.regimen(published.name)
    notes = " ".join(source.note or "" for source in regimen.sources)
    unverified = " ".join(source.note or "" for source in regimen.sources if source.status is Status.UNVERIFIED)
    assert "unverified" not in published.sources or "not seen" in unverified or "assumed" in unverified
    if regimen.premedication or (regimen.hospital_days and published.name != "mini-hyper-cvd"):
        assert "from the label" in notes
        assert "not from the trial" in notes
    for cycle in regimen.cycles:
        if cycle.interval_reason and "assumed" in cycle.interval_reason:
            assert "not seen" in cycle.interval_reason
            assert "assumed" in unverified


LYMPHOMA = ("lymphoma", "rr-adult", ("1.3 Viardot", "1 Viardot", "2.1 Viardot", "2.3 Viardot"))
DEPARTURES = {
    "golden-gate-run-in": ("leukaemia", "rr-adult", ("1.1 NCT04994717",)),
    "mini-hyper-cvd": ("leukaemia", "rr-adult", ("1.1 NCT01371630", "2 NCT01371630")),
    "ponatinib": ("leukaemia", "rr-adult", ("1.1 The same trial: first dose",)),
    "s1318": ("leukaemia", "rr-adult", ()),
    "dlbcl-3-step": LYMPHOMA,
    "nct02910063": (*LYMPHOMA[:2], tuple(place.replace("Viardot", "NCT02910063") for place in LYMPHOMA[2])),
    "nct03023878": (*LYMPHOMA[:2], tuple(place.replace("Viardot", "NCT03023878") for place in LYMPHOMA[2])),
    "nci-9924": ("lymphoma", "rr-adult", ("1.3 NCI 9924", "1 NCI 9924")),
    **dict.fromkeys(set(NHL) - {"nhl-5-15-60"}, ("lymphoma", "mrd-below-45-kg", ("1.1 Hijazi",))),
    "nhl-5-15-60": ("lymphoma", "rr-below-45-kg", ("1.1 Hijazi", "1.2 Hijazi", "1.3 Hijazi")),
    "lupus-5-days": ("autoimmune", "rr-below-45-kg", ("1.1 NCT06789107, as an automatic", "1 NCT06789107")),
    "myasthenia-5-days": ("autoimmune", "rr-adult", ("1.1 NCT06836973: dose", "1 NCT06836973, as registered")),
}
"""What an investigational trial is tried in and departs from, and where, as cycle and step, by which source."""


def test_a_trial_that_is_investigational_departs_from_a_labelled_regimen_and_says_where() -> None:
    trials = {name: library.regimen(name) for name in [*(each.name for each in TRIALS), *NHL]}
    investigational = {name for name, trial in trials.items() if trial.indication is Indication.INVESTIGATIONAL}
    assert investigational == set(DEPARTURES)
    for name, (disease, base, places) in DEPARTURES.items():
        trial = trials[name]
        assert (trial.disease, trial.departs_from) == (disease, base)
        assert base in LABELLED
        assert len(trial.departures) == len(places), name
        for departure, place in zip(trial.departures, places, strict=True):
            number, _, source = place.partition(" ")
            indexes = [int(part) + 1 for part in departure.path if isinstance(part, int)]
            assert ".".join(map(str, indexes)) == number, name
            assert departure.source.startswith(source), name


def test_waivers_of_trials_say_what_the_trial_did() -> None:
    reasons = [waiver.reason for each in TRIALS for waiver in library.regimen(each.name).waivers]
    words = ("trial", "study", "run-in", "source gives", "Low doses are meant", "virtual patients")
    assert all(any(word in reason for word in words) for reason in reasons)


def test_what_is_due_besides_is_told_where_it_was_seen() -> None:
    due = {name: library.regimen(name).due for name in NAMES if library.regimen(name).due}
    assert set(due) == {"d-alba", "mini-hyper-cvd", "nci-9924", "ponatinib"}
    steroid, alone, on = due["d-alba"]
    assert (steroid.kind, steroid.days, steroid.for_days) == (DueKind.PRE_PHASE, (-92,), 31)
    assert (alone.dose, alone.days, alone.for_days) == ("140 mg a day", (-85,), 85)
    assert steroid.days[0] + 7 == alone.days[0]  # 7 days before dasatinib
    assert steroid.days[0] + steroid.for_days - 1 == alone.days[0] + 23  # and to its day 24
    assert (on.kind, on.cycles, on.for_days) == (DueKind.OTHER, (), 42)


def test_names_and_families_resolve() -> None:
    assert all(library.names_of(name) == (name,) for name in NAMES)
    assert library.names_of("nhl") == tuple(NHL)
    assert library.names_of("aall1331") == ("aall1331-high-risk", "aall1331-low-risk")
    assert library.names_of("autoimmune") == ("lupus-5-days", "myasthenia-5-days")
    assert library.names_of("mt103-206") == ("mt103-206-5-15", "mt103-206-5-15-30", "mt103-206-15")
    assert (
        library.names_of("")
        == library.names_of("rr")
        == library.names_of("RR-ADULT")
        == library.names_of("rr-adult.toml")
        == ()
    )


def test_a_family_has_all_files_that_name_it_however_they_write_it() -> None:
    """They are found without reading the others."""
    regimens = library.shipped_regimens()
    for family in {regimen.family for regimen in regimens if regimen.family is not None}:
        assert library.names_of(family) == tuple(one.name for one in regimens if one.family == family)


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


@pytest.mark.parametrize("name", NAMES)
def test_a_note_that_says_unverified_has_a_source_of_that_status(name: str) -> None:
    regimen = library.regimen(name)
    unseen = re.compile(r"unverified|assum|not seen|never seen")
    hidden = [source for source in regimen.sources if source.note is not None and unseen.search(source.note)]
    assert not hidden or regimen.unverified, hidden


@pytest.mark.parametrize("preset", ["adult-rr", "adult-mrd"])
def test_the_least_virtual_adult_is_that_of_the_model(preset: str) -> None:
    """Who is younger or lighter than all of them is stood for by virtual children, of whom none is as heavy."""
    adults, children = (load_parameters().presets[name].covariates for name in (preset, "child"))
    assert isinstance(adults, AdultCovariates)
    assert children.weight_high == adults.weight_low
    weight, age = Fraction(adults.weight_low), Fraction(adults.age_low)
    small = Fraction(1, 1000)
    assert not Eligibility(minimum_weight=weight, below_weight=weight + 1).of_children
    assert Eligibility(minimum_weight=weight - small, below_weight=weight).of_children
    assert Eligibility(below_age=age).of_children
    assert not Eligibility(below_age=age + small).of_children
