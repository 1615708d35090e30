"""The regimen file format: which keys there are, what each may hold, and why."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from blinplan.quantities import (
    DOSE_PATTERN,
    FLAT_DOSE_PATTERN,
    FLAT_MASS_PATTERN,
    LONGEST,
    MASS_PATTERN,
    Basis,
    QuantityError,
    read_dose,
    read_mass,
)
from blinplan.regimen.regimen import WaivedValue
from blinplan.regimen.toml.place import PlaceError, normal_place
from blinplan.regimen.toml.table import (
    Kind,
    Table,
    array,
    day,
    day_number,
    file_schema,
    number,
    one_of,
    one_or_more,
    optional_key,
    plain_value,
    quantity,
    required_key,
    table,
    text,
    truth,
    version,
    whole,
)
from blinplan.regimen.vocabulary import LabelName

FORMAT = 1
NAME_PATTERN = r"^[a-z0-9]+([.-][a-z0-9]+)*$"


def _flat_dose(written: str) -> None:
    if read_dose(written).rate.basis is not Basis.FLAT:
        raise QuantityError('a cap is a flat dose rate, such as "9 mcg/day"')


def _flat_mass(written: str) -> None:
    if read_mass(written).basis is not Basis.FLAT:
        raise QuantityError('a cap is a flat mass, such as "20 mg"')


DOSE = quantity(read_dose, DOSE_PATTERN, LONGEST, "9 mcg/day")
FLAT_DOSE = quantity(_flat_dose, FLAT_DOSE_PATTERN, LONGEST, "9 mcg/day")
MASS = quantity(read_mass, MASS_PATTERN, LONGEST, "20 mg")
FLAT_MASS = quantity(_flat_mass, FLAT_MASS_PATTERN, LONGEST, "20 mg")
LONGEST_SENTENCE = 500
SENTENCE = text(longest=LONGEST_SENTENCE)
NAME = text(NAME_PATTERN, 60)
WEIGHT = number(0, 300)
AGE = number(0, 120)
ROUTES = (
    "continuous intravenous infusion",
    "continuous IV infusion",
    "continuous intravenous",
    "intravenous infusion",
    "intravenous",
    "IV",
)
"""The route of blinatumomab, as people write it most."""
LONGEST_ROUTE = 100


def _route(written: str) -> None:
    if written in ROUTES:
        return
    # Imported here, because few files say their route in other words.
    from blinplan.words.routes import is_one_route, misspelt_word

    if len(written) > LONGEST_ROUTE or not is_one_route(written):
        meant = misspelt_word(written) or ROUTES[0]
        raise QuantityError(
            f"`route` is {ROUTES[0]}, or short IV; the only route there is, since the model knows no absorption",
            f'if the drug is given by continuous intravenous infusion, write "{meant}"; plan any other route without'
            " blinplan",
        )


def _in_any_case(stem: str) -> str:
    return "".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else letter for letter in stem)


# Editors are told of the letters that every name of the route has; the program knows the names.
_STEMS = (
    *(
        "i[ ./]*v",
        "ve",
        "e[.]?v",
        "c[.]?i",
        "picc",
        "cvc",
        "cont",
        "kont",
        "inf",
        "perf",
        "drip",
        "dauer",
        "pump",
        "pomp",
    ),
    *(
        "doz",
        "intraw",
        "nitroz",
        "laskimo",
        "suonensis",
        "ciag",
        "surekli",
        "jatku",
        "folyam",
        "cent",
        "durchg",
        "fortl",
    ),
    *("uninterr", "const", "steady", "ununterbr", "damar"),
)
ROUTE = Kind(
    quantity(_route, "", LONGEST_ROUTE, ROUTES[0]).core,
    {
        "anyOf": [
            {"type": "string", "enum": list(ROUTES)},
            {
                "type": "string",
                "pattern": f"{'|'.join(map(_in_any_case, _STEMS))}|[\u00a1-\ufffd]",
                "maxLength": LONGEST_ROUTE,
            },
        ]
    },
)


class SourceTable(NamedTuple):
    """Where the regimen's numbers come from, and whether somebody has seen them there."""

    citation: str
    status: Literal["seen", "transcribed", "derived", "unverified"]
    note: str | None = None


SOURCE = Table(
    SourceTable,
    required_key("citation", SENTENCE, "the publication or label section that gives these doses"),
    required_key(
        "status",
        one_of("seen", "transcribed", "derived", "unverified"),
        "seen in the cited text, transcribed by somebody else, derived by arithmetic, or unverified",
    ),
    optional_key("note", SENTENCE, "what in the source needs explaining"),
)


class EligibilityTable(NamedTuple):
    """Which patients the regimen is for, by body weight and age."""

    min_weight_kg: Decimal | None = None
    below_weight_kg: Decimal | None = None
    otherwise: str | None = None
    population: Literal["adult-rr", "adult-mrd", "child"] | None = None
    min_age_years: Decimal | None = None
    below_age_years: Decimal | None = None


ELIGIBILITY = Table(
    EligibilityTable,
    optional_key("min_weight_kg", WEIGHT, "lowest body weight in kg, itself included"),
    optional_key("below_weight_kg", WEIGHT, "body weight in kg that patients must be below"),
    optional_key("min_age_years", AGE, "lowest age in years, itself included; 0.5 is half a year"),
    optional_key("below_age_years", AGE, "age in years that patients must be below"),
    optional_key(
        "otherwise", NAME, "name of the regimen for patients outside these weights, which the plan then follows"
    ),
    optional_key(
        "population",
        one_of("adult-rr", "adult-mrd", "child"),
        "the virtual patients that stand for these patients: adult-rr, adult-mrd or child; if not given,"
        " child below a weight limit, adult-mrd for mrd-positive and consolidation, adult-rr for the rest",
    ),
)


class DosingTable(NamedTuple):
    """How doses are counted."""

    basis: Literal["flat", "bsa"]
    route: str | None = None


DOSING = Table(
    DosingTable,
    required_key("basis", one_of("flat", "bsa"), '"flat" for mcg/day, or "bsa" for mcg/m2/day (by body surface area)'),
    optional_key(
        "route",
        ROUTE,
        "continuous intravenous infusion, or short IV; the only route there is, since the model knows no absorption",
    ),
)


class DepartureTable(NamedTuple):
    """Why this is not what the regimen in `departs_from` has here, and who gave it so."""

    reason: str
    source: str


DEPARTURE = Table(
    DepartureTable,
    required_key("reason", SENTENCE, "why it is otherwise here, in words a reviewer can judge"),
    required_key("source", SENTENCE, "the citation of one of [[sources]], or a beginning that no other one has"),
)


MINUTES_BEFORE = 60
"""How long before the infusion premedication is given where nobody says it."""


class PremedicationTable(NamedTuple):
    """What is given before the infusion starts, steps up or restarts."""

    drug: str
    dose: str
    before: tuple[str, ...]
    max: str | None = None
    minutes_before: int = MINUTES_BEFORE
    latest_minutes_before: int | None = None
    patients: Literal["adults", "children"] | None = None
    departure: DepartureTable | None = None


PREMEDICATION = Table(
    PremedicationTable,
    optional_key(
        "patients", one_of("adults", "children"), "whom it is for, adults or children; everybody if not given"
    ),
    required_key("drug", SENTENCE, "the drug, by its name"),
    required_key("dose", MASS, 'text with a unit, such as "20 mg" or "5 mg/m2"'),
    optional_key("max", FLAT_MASS, 'the cap of a dose by body surface area, such as "20 mg"'),
    optional_key(
        "minutes_before",
        whole(0, 1440),
        f"whole minutes between premedication and infusion ({MINUTES_BEFORE} if not given)",
        MINUTES_BEFORE,
    ),
    optional_key(
        "latest_minutes_before",
        whole(0, 1440),
        "whole minutes before the infusion up to which premedication may still be given, where `minutes_before` begins"
        " a window",
    ),
    required_key(
        "before",
        array(one_of("first-start", "cycle-start", "escalation", "restart", "first-cycle-restart"), 1),
        "the occasions: first-start, cycle-start, escalation, restart, first-cycle-restart",
    ),
    optional_key(
        "departure",
        table(DEPARTURE),
        "why the drug, its dose, its cap, its time or its occasions are not those of the regimen in `departs_from`",
    ),
)


class MonitoringTable(NamedTuple):
    """Where the patient is while the risk is highest."""

    hospital_days: tuple[int, ...]


MONITORING = Table(
    MonitoringTable,
    required_key(
        "hospital_days",
        array(whole(0, 366), 1),
        "days in hospital from the start of cycle 1, cycle 2 and so on",
    ),
)


class StepTable(NamedTuple):
    """One dose rate, held for a time."""

    dose: str
    max: str | None = None
    days: int | None = None
    hours: int | None = None
    departure: DepartureTable | None = None


STEP = Table(
    StepTable,
    required_key(
        "dose",
        DOSE,
        'text with a unit, "9 mcg/day" or "5 mcg/m2/day", because a bare number is how thousandfold errors happen',
    ),
    optional_key("max", FLAT_DOSE, 'the cap of a BSA dose, as text in mcg/day: "9 mcg/day"'),
    optional_key("days", whole(1, 366), "a whole number of days, 1 to 366"),
    optional_key("hours", whole(1, 8784), "a whole number of hours, 1 to 8784"),
    optional_key(
        "departure",
        table(DEPARTURE),
        "why dose, cap or length are not those of this step in the regimen that `departs_from` names",
    ),
    json={"oneOf": [{"required": ["days"]}, {"required": ["hours"]}]},
)


class CycleTable(NamedTuple):
    """Steps of infusion without a gap, then a treatment-free interval; the whole repeated."""

    name: str
    steps: tuple[StepTable, ...]
    treatment_free_days: int
    phase: Literal["induction", "consolidation", "continued-therapy"] | None = None
    repeat: int = 1
    interval_reason: str | None = None
    block: str | None = None
    optional: bool = False
    departure: DepartureTable | None = None


CYCLE = Table(
    CycleTable,
    required_key("name", SENTENCE, "the name people use for the cycle"),
    optional_key(
        "phase",
        one_of("induction", "consolidation", "continued-therapy"),
        "induction, consolidation or continued-therapy; decides which label limits apply",
    ),
    optional_key("repeat", whole(1, 20), "how many times the cycle is given in all, 1 to 20 (1 if not given)", 1),
    optional_key("block", SENTENCE, "the treatment block that the cycle belongs to, where the protocol has several"),
    optional_key("optional", truth(), "true for a cycle that not everybody is given (false if not given)"),
    required_key("steps", array(table(STEP), 1), "the dose steps, in order, at least one"),
    required_key("treatment_free_days", whole(0, 366), "whole days without infusion after each such cycle, 0 to 366"),
    optional_key(
        "interval_reason",
        SENTENCE,
        "why these days are what they are, such as chemotherapy; so no rule asks for others",
    ),
    optional_key(
        "departure",
        table(DEPARTURE),
        "why the cycle itself, its days of infusion or those without are not those of the regimen that `departs_from`"
        " names",
    ),
)


class DoseByAgeTable(NamedTuple):
    """The dose of patients of some age."""

    dose: str
    min_age_years: Decimal | None = None
    below_age_years: Decimal | None = None


DOSE_BY_AGE = Table(
    DoseByAgeTable,
    optional_key("min_age_years", AGE, "lowest age in years, itself included"),
    optional_key("below_age_years", AGE, "age in years that patients must be below"),
    required_key("dose", SENTENCE, 'the dose in words, such as "8 mg"'),
)


class DueTable(NamedTuple):
    """Something due that is not blinatumomab, on days counted from the starts of cycles."""

    kind: Literal["pre-phase", "intrathecal", "other"]
    what: str
    days: tuple[int, ...]
    for_days: int = 1
    cycles: tuple[int, ...] = ()
    dose: str | None = None
    dose_by_age: tuple[DoseByAgeTable, ...] = ()


_RHYTHMS = ("every", "every_days", "every_day", "every_weeks", "every_week", "weekly", "each", "each_days", "interval")

DUE = Table(
    DueTable,
    required_key(
        "kind",
        one_of("pre-phase", "intrathecal", "other"),
        "pre-phase (before the first infusion), intrathecal (prophylaxis), or other (a drug given with it)",
    ),
    required_key("what", SENTENCE, "what is due, such as the drug by its name"),
    optional_key("dose", SENTENCE, 'the dose of everybody in words, such as "10 mg/m2 a day, at most 24 mg"'),
    optional_key("dose_by_age", array(table(DOSE_BY_AGE), 1), "the doses by age, where they differ"),
    required_key(
        "days",
        array(day_number(), 1),
        "the days on which it is due, 1 that of the start of the cycle and -1 the one before",
    ),
    optional_key("for_days", whole(1, 366), "on how many days in a row, from each of `days` (1 if not given)", 1),
    optional_key(
        "cycles",
        array(whole(1, 400), 1),
        "numbers of the cycles to which that applies; if not given, cycle 1 for a pre-phase and else all",
    ),
    json={"not": {"required": ["dose", "dose_by_age"]}},
    advice=dict.fromkeys(_RHYTHMS, "list each of the days in `days`, such as [1, 8, 15]; no key repeats them"),
)


def _place(written: str) -> None:
    try:
        normal_place(written)
    except PlaceError as error:
        advice = "`blinplan check FILE --add-waiver CODE --reason TEXT` writes waivers with their places"
        raise QuantityError(str(error), advice) from error


class WaiverTable(NamedTuple):
    """A finding accepted on purpose, in the open."""

    rule: str
    reason: str
    expires: date | None = None
    at: str | None = None
    value: WaivedValue | None = None
    severity: str | None = None


WAIVER = Table(
    WaiverTable,
    required_key("rule", text(r"^[A-Z][0-9]{3}$", 4), "the code of the rule, such as S304"),
    optional_key(
        "at",
        quantity(_place, "[a-z]", LONGEST_SENTENCE, 'cycle "Cycle 1" step 2 dose'),
        "the place of the finding, with cycles by their names and steps by their numbers, as"
        """ 'cycle "Cycle 1" step 2 dose'""",
    ),
    optional_key(
        "value",
        plain_value(4 * LONGEST_SENTENCE),
        'what stands at that place, such as "30 mcg/day"; a waiver holds for nothing else',
    ),
    required_key("reason", SENTENCE, "why the finding is accepted, in words a reviewer can judge"),
    optional_key("expires", day(), "the last day the waiver holds, as a date: 2027-06-30"),
    optional_key(
        "severity",
        one_of("error", "warning", "note"),
        "how bad the finding was that is accepted: nothing worse is covered; if not given, what is no worse than the"
        " rule",
    ),
    json={"dependentRequired": {"at": ["value"], "value": ["at"]}},
)


class RegimenTable(NamedTuple):
    """A blinatumomab regimen."""

    format: int
    name: str
    title: str
    indication: Literal["relapsed-refractory", "mrd-positive", "consolidation", "investigational"]
    sources: tuple[SourceTable, ...]
    dosing: DosingTable
    cycle: tuple[CycleTable, ...]
    disease: Literal["leukaemia", "lymphoma", "autoimmune"] = "leukaemia"
    departs_from: str | None = None
    family: str | None = None
    eligibility: EligibilityTable | None = None
    label: str | None = None
    premedication: tuple[PremedicationTable, ...] = ()
    monitoring: MonitoringTable | None = None
    due: tuple[DueTable, ...] = ()
    waiver: tuple[WaiverTable, ...] = ()


REGIMEN_FILE = Table(
    RegimenTable,
    required_key("format", version(FORMAT), "the version of this format; 1 is the only one there is"),
    required_key("name", NAME, "a short name in small letters, digits, hyphens and dots, such as rr-adult"),
    required_key("title", SENTENCE, "one line that says what the regimen is"),
    required_key(
        "indication",
        one_of("relapsed-refractory", "mrd-positive", "consolidation", "investigational"),
        "relapsed-refractory, mrd-positive, consolidation or investigational",
    ),
    optional_key(
        "disease",
        one_of("leukaemia", "lymphoma", "autoimmune"),
        "what an investigational regimen is tried in: leukaemia, lymphoma or autoimmune; leukaemia if not given",
    ),
    optional_key(
        "departs_from",
        NAME,
        "the name of the regimen that comes with blinplan and that an investigational one is laid beside, such as"
        " rr-adult; where it is otherwise, the step, the cycle or the premedication says so with `departure`",
    ),
    optional_key("family", NAME, "the name that a family of dose levels shares"),
    optional_key(
        "label",
        one_of(*LabelName),
        f"the label that the regimen follows, {' or '.join(LabelName)}; the project's, or the first, if not given",
    ),
    required_key("sources", array(table(SOURCE), 1), "where the doses come from, each with citation and status"),
    optional_key("eligibility", table(ELIGIBILITY), "which patients the regimen is for"),
    required_key("dosing", table(DOSING), "how doses are counted"),
    optional_key("premedication", one_or_more(PREMEDICATION), "what is given before the infusion"),
    optional_key("monitoring", table(MONITORING), "the days in hospital"),
    required_key("cycle", array(table(CYCLE), 1, 20), "the cycles, in order, at least one [[cycle]]"),
    optional_key("due", array(table(DUE)), "what is due besides"),
    optional_key("waiver", array(table(WAIVER)), "findings accepted on purpose"),
    json={
        "allOf": [
            {
                "if": {"required": ["departs_from"]},
                "then": {"properties": {"indication": {"const": "investigational"}}},
                "else": {
                    "properties": {
                        "premedication": {
                            "properties": {"departure": False},
                            "items": {"properties": {"departure": False}},
                        },
                        "cycle": {
                            "items": {
                                "properties": {
                                    "departure": False,
                                    "steps": {"items": {"properties": {"departure": False}}},
                                }
                            }
                        },
                    }
                },
            },
            {
                "if": {"properties": {"indication": {"const": "investigational"}}},
                "else": {"properties": {"disease": {"const": "leukaemia"}}},
            },
        ]
    },
)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the regimen file, for editors and other programs."""
    return file_schema(REGIMEN_FILE, "blinplan regimen file, format 1")
