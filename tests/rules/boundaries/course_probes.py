"""What is asked at limits that decide in plans: what the label asks after an interruption, and how long things keep."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from blinplan.course.bags.preparation import faults_of_site, prepared_by
from blinplan.course.happened.interruption import Circumstances, Decision, Topic, decisions
from blinplan.label.read import DEFAULT, label_named
from blinplan.quantities import Basis, DoseRate
from blinplan.regimen import library
from blinplan.regimen.record.record import Cause, Interruption
from blinplan.regimen.site.site import Site, SiteBag
from tests.course.regimens import site
from tests.rules.boundaries.probes import Measured, Probe, Told, told

DAY, HOUR = 24 * 60, 60
_STOPPED = datetime(2026, 3, 5, 10, tzinfo=UTC)
FULL, BELOW_45_KG = DoseRate(Fraction(28), Basis.FLAT), "rr-below-45-kg"
CRS, NEURO, OTHER = Cause.CYTOKINE_RELEASE, Cause.NEUROLOGICAL, Cause.OTHER_EVENT


def _asked(
    cause: Cause, *, minutes: int = 2 * DAY, name: str = "rr-adult", dose: DoseRate = FULL, **more: Any
) -> dict[Topic, Decision]:
    """What the label asks after an interruption for a cause."""
    fields: dict[str, Any] = {
        **dict.fromkeys(("grade", "seizures", "resolved", "restart_dose", "premedicated", "new_cycle")),
        **more,
    }
    one = Interruption(
        stopped=_STOPPED,
        restarted=_STOPPED + timedelta(minutes=minutes),
        cause=cause,
        path=("interruption", 0),
        cycle=1,
        **fields,
    )
    return {decision.question: decision for decision in decisions(one, library.regimen(name), Circumstances(dose))}


def _ends(cause: Cause, grade: int = 3, resolved: int | None = None, dose: DoseRate = FULL) -> str:
    """Whether an event stops the drug for good."""
    at = None if resolved is None else _STOPPED + timedelta(minutes=resolved)
    found = _asked(cause, grade=grade, resolved=at, dose=dose)
    return "stops" if any(decision.stop for decision in found.values()) else "goes on"


def _whether(topic: Topic, cause: Cause, **more: Any) -> str:
    return "asked" if topic in _asked(cause, **more) else "not asked"


def _answer(topic: Topic, cause: Cause, **more: Any) -> str:
    return _asked(cause, grade=3, **more)[topic].answer


def _treatment(form: str, lower: str, here: str, higher: str, name: str = "rr-adult") -> Probe:
    """What is given for a severe release, in words around one number."""
    return Probe(lambda: _answer(Topic.TREATMENT, CRS, name=name), _each(form, lower, here, higher))


def _each(form: str, lower: str, here: str, higher: str) -> Told:
    return form.format(lower), form.format(here), form.format(higher)


def _restart(born: str, regimen: str, cycle: int, start: str) -> str:
    """A restart without premedication on 7 March 2026, of somebody born on a day."""
    return told(
        "I802",
        f'record = 1\nregimen = "{regimen}"\nstart = {start}T10:00:00Z\nborn = {born}\n\n[[interruption]]\n'
        f'stopped = 2026-03-05T10:00:00Z\ncause = "technical"\ncycle = {cycle}\npremedicated = false\n'
        "restarted = 2026-03-07T10:00:00Z\n",
    )


_MONTH = Fraction(1, 12)
_GRADE = Fraction(1)
_STOPS_FROM, _ASKED_FROM = ("stops", "stops", "goes on"), ("asked", "asked", "not asked")
_TOO_LONG = ("stops", "goes on", "goes on")
_FORM = "dexamethasone {} for up to {}, then taper over {}"


def _kept_cold() -> str:
    """Whether a ward may keep a bag for 192 hours in the cold."""
    bag = SiteBag(DAY, None, None, cold=192 * HOUR)
    own = Site("Ward 7", None, (bag,), 600, frozenset(), frozenset(), 0)
    return "too long" if tuple(faults_of_site(own, label_named(DEFAULT))) else "in order"


def _saline() -> str:
    """How much saline goes into a bag of whose stabiliser the ward says something, and of its filling nothing."""
    bags = (SiteBag(DAY, None, None, stabiliser=Fraction("5.5")),)
    return str(prepared_by(replace(site(24), bags=bags), label_named(DEFAULT)).bags[0].diluent)


def _vial_keeps(of: str) -> Callable[[], str]:
    """How long a reconstituted vial keeps, as a plan says it."""
    return lambda: label_named(DEFAULT).numbers[of].says


OF_COURSES: dict[str, Probe] = {
    "neurological_resolution": Probe(lambda: _ends(NEURO, resolved=7 * DAY), _TOO_LONG),
    "other_resolution": Probe(lambda: _ends(OTHER, resolved=14 * DAY), _TOO_LONG),
    "stop_grade_neurological": Probe(lambda: _ends(NEURO, grade=4, resolved=0), _STOPS_FROM),
    "neurological_low_dose": Probe(
        lambda: _ends(NEURO, resolved=0, dose=DoseRate(Fraction(9), Basis.FLAT)), ("goes on", "stops", "stops")
    ),
    "neurological_low_dose_by_area": Probe(
        lambda: _whether(
            Topic.CONTINUE, NEURO, grade=3, seizures=0, name=BELOW_45_KG, dose=DoseRate(Fraction(5), Basis.BSA)
        ),
        ("not asked", "asked", "asked"),
    ),
    "consider_stop_grade": Probe(lambda: _whether(Topic.CONTINUE, OTHER, grade=4), _ASKED_FROM),
    "supervision_again": Probe(lambda: _whether(Topic.SUPERVISION, Cause.TECHNICAL, minutes=4 * HOUR), _ASKED_FROM),
    "overdose_hold": Probe(lambda: str(_asked(Cause.OVERDOSE)[Topic.WAIT].wait), ("719", "720", "721")),
    "neurological_hold": Probe(lambda: str(_asked(NEURO, grade=3)[Topic.WAIT].wait), ("4319", "4320", "4321")),
    "escalation_after_restart": Probe(
        lambda: str(_asked(CRS, grade=3)[Topic.ESCALATION].after), ("10079", "10080", "10081")
    ),
    "restart_by_area": Probe(
        lambda: _answer(Topic.DOSE, CRS, name=BELOW_45_KG), _each("{} mcg/m²/day", "4.999995", "5", "5.000005")
    ),
    "cytokine_release_dexamethasone": _treatment(
        _FORM.format("{} mg every 8 hours", "3 days", "4"), "7.999992", "8", "8.000008"
    ),
    "cytokine_release_dexamethasone_by_area": _treatment(
        _FORM.format("{} mg/m², max 8 mg, every 8 hours", "3 days", "4"), "4.999995", "5", "5.000005", BELOW_45_KG
    ),
    "cytokine_release_dexamethasone_every": _treatment(
        _FORM.format("8 mg every {} hours", "3 days", "4"), "≈ 7.983333", "8", "≈ 8.016667"
    ),
    "cytokine_release_dexamethasone_longest": _treatment(
        _FORM.format("8 mg every 8 hours", "{} days", "4"), "≈ 2.999306", "3", "≈ 3.000694"
    ),
    "cytokine_release_dexamethasone_taper": _treatment(
        _FORM.format("8 mg every 8 hours", "3 days", "{}"), "≈ 3.999306", "4", "≈ 4.000694"
    ),
    "liver_transaminases": Probe(
        lambda: _answer(Topic.CONTINUE, Cause.LIVER, resolved=_STOPPED),
        _each(
            "not while transaminases are above {} times the upper limit of normal, or bilirubin above 3 times",
            *("4.999995", "5", "5.000005"),
        ),
    ),
    "liver_bilirubin": Probe(
        lambda: _answer(Topic.CONTINUE, Cause.LIVER, resolved=_STOPPED),
        _each(
            "not while transaminases are above 5 times the upper limit of normal, or bilirubin above {} times",
            *("2.999997", "3", "3.000003"),
        ),
    ),
    "premedication": Probe(
        lambda: told("C605", library.load("rr-adult").document.text), ("finding warning", "pass", "finding warning")
    ),
    "adult_from": Probe(
        lambda: _restart("2008-03-07", "consolidation-adult", 1, "2026-03-02"), ("pass", "pass", "unverified"), _MONTH
    ),
    "child_in_every_text": Probe(
        lambda: _restart("2014-03-07", "consolidation-adult", 1, "2026-03-02"),
        ("unverified", "unverified", "finding error"),
        _MONTH,
    ),
    "adult_in_every_text": Probe(
        lambda: _restart("2005-03-07", "rr-adult", 2, "2026-01-19"),
        ("finding error", "finding error", "unverified"),
        _MONTH,
    ),
    "refrigerated": Probe(_kept_cold, ("too long", "in order", "in order")),
    "diluent": Probe(_saline, ("26999973/100000", "270", "27000027/100000")),
    "vial_at_room_temperature": Probe(
        _vial_keeps("vial_at_room_temperature"),
        _each("A reconstituted vial keeps for {} hours at room temperature.", "≈ 3.983333", "4", "≈ 4.016667"),
    ),
    "vial_refrigerated": Probe(
        _vial_keeps("vial_refrigerated"),
        _each("A reconstituted vial keeps for {} hours at 2 to 8 °C.", "≈ 23.983333", "24", "≈ 24.016667"),
    ),
}
"""Those that decide in plans, by the limit."""


def _of_a_grade(cause: Cause) -> Callable[[Fraction], str]:
    """What becomes of an event of a grade, of which there are five."""

    def answer(grade: Fraction) -> str:
        found = _asked(cause, grade=min(int(grade), 5))
        ended = [decision.limits for decision in found.values() if decision.stop]
        return ", ".join(*ended) if ended else "held" if Topic.WAIT in found else "not held"

    return answer


BY_GRADE = {
    # Two grades that the label does not ask for as numbers: the program says them once for all rules.
    "death": Measured(_of_a_grade(OTHER), ("held", "death", "death"), _GRADE),
    "cytokine_release_hold": Measured(_of_a_grade(CRS), ("not held", "held", "stop_grade"), _GRADE),
}
