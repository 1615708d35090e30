"""A course as event records, and the pharmacokinetic model as a control stream that reads them: for NONMEM.

Times are in hours, amounts in mcg, volumes in L, concentrations in pg/mL. mrgsolve and rxode2 read the records too.
"""

from fractions import Fraction
from math import nan

from blinplan.course.events import Course
from blinplan.data_table import Column, ColumnKind, DataTable, table_of_rows
from blinplan.fingerprint import model_name
from blinplan.outside_text import visible
from blinplan.physiology.model.parameters import Preset
from blinplan.quantities import HOURS_PER_DAY, MINUTES_PER_DAY, MINUTES_PER_HOUR
from blinplan.version import __version__

_COLUMNS = (
    Column("ID", "", "number of the patient", ColumnKind.WHOLE),
    Column("TIME", "h", "time from the start of the course"),
    Column("AMT", "mcg", "amount of an infusion"),
    Column("RATE", "mcg/h", "rate of an infusion"),
    Column("EVID", "", "1 a dose, 0 an observation", ColumnKind.WHOLE),
    Column("CMT", "", "number of the compartment", ColumnKind.WHOLE),
    Column("MDV", "", "1 where nothing is observed", ColumnKind.WHOLE),
    Column("DV", "", "what is observed; empty for nothing, so that R reads numbers"),
    Column("BSA", "m²", "body surface area"),
    Column("CYCLE", "", "number of the cycle", ColumnKind.WHOLE),
    Column("STEP", "", "number of the dose step within its cycle", ColumnKind.WHOLE),
)
_ITEMS = tuple(column.name for column in _COLUMNS)
_OBSERVATION, _DOSE = 0, 1


class NoAreaError(ValueError):
    """A patient whose body surface area is not known: clearance depends on it."""


def event_records(course: Course) -> DataTable:
    """Make event records of a course: one of each infusion, and one of each day of the course.

    An infusion is a dose record (EVID 1) with its amount and rate; a treatment-free interval has none. A day is an
    observation record (EVID 0) whose value is empty: there a simulation gives the concentration.

    Raises
    ------
    NoAreaError
        When the patient's body surface area is not known.
    """
    rows: list[tuple[int, int, list[object]]] = []
    for event in course.events:
        period, area = event.period, _area_at(course, event.period.start)
        if period.dose is not None:
            rate = float(event.rate / HOURS_PER_DAY)
            given = [1, _hours(period.start), float(event.micrograms), rate, _DOSE, 1, 1, nan, area]
            rows.append((period.start, 0, [*given, period.cycle, period.step]))
        first = -(-period.start // MINUTES_PER_DAY) * MINUTES_PER_DAY
        last = period.stop + (event is course.events[-1])  # the end of the course is one of its days
        for minute in range(first, last, MINUTES_PER_DAY):
            simulated = [1, _hours(minute), 0, 0, _OBSERVATION, 1, 0, nan, area]
            rows.append((minute, 1, [*simulated, period.cycle, period.step]))
    in_order = (row for _, _, row in sorted(rows, key=lambda entry: entry[:2]))
    return table_of_rows("event records", _COLUMNS, (dict(zip(_ITEMS, row, strict=True)) for row in in_order))


def _area_at(course: Course, minute: int) -> float:
    area = course.patient_at(minute).area
    if area is None:
        raise NoAreaError("the records carry the body surface area, because clearance depends on it")
    return float(area.square_metres)


def _hours(minute: int) -> float:
    return float(Fraction(minute, MINUTES_PER_HOUR))


_STREAM = """\
;; Blinatumomab in plasma: one compartment, linear elimination, infusion at a constant rate.
;; Written by blinplan {version}, population {population}, model {model}.
;; The records are those of: blinplan plan REGIMEN --weight KG --height CM -f nonmem > {records}
;; or of many virtual patients: blinplan simulate REGIMEN --patients N -f nonmem -o {records}
;; They are for simulation; with --measured, something is observed in those of many. IPRED is the concentration in
;; pg/mL, and DV the natural logarithm of a measured one.
$PROBLEM Blinatumomab, {source}
$INPUT {items}
$DATA {records} IGNORE=@
$SUBROUTINES ADVAN1 TRANS2
$PK
TVCL = THETA(1)*(BSA/{reference_bsa})**THETA(2)
CL = TVCL*EXP(ETA(1))
V = THETA(3)
; from mcg and L to pg/mL
S1 = V/1000
$ERROR
IPRED = F
LOGPRED = 0
IF (IPRED.GT.0) LOGPRED = LOG(IPRED)
W = THETA(4)*EXP(ETA(2))
Y = LOGPRED + W*EPS(1)
$THETA {clearance} ; CL_REF: clearance at {reference_bsa} m2, L/h
$THETA {clearance_exponent} ; BSA_ON_CL: exponent of body surface area over {reference_bsa} m2
$THETA {volume} ; VC: central volume, L
$THETA {residual_error} ; RUV: residual error, SD of the logarithm
$OMEGA {clearance_omega2} ; IIV_CL: variance of the logarithm of clearance
$OMEGA {residual_omega2} ; IIV_RUV: variance of the logarithm of the residual error
$SIGMA 1 FIX
$SIMULATION (1) ONLYSIMULATION
$TABLE ID TIME EVID CYCLE STEP CL IPRED DV NOPRINT ONEHEADER FORMAT=s1PE16.9 FILE=curves.tab
"""


def control_stream(preset: Preset, records: str) -> str:
    """Write the population model of plasma concentrations as a control stream for a data set of `event_records`."""
    values = {key: _bounds(preset, key) for key in ("clearance", "clearance_exponent", "volume", "residual_error")}
    clearance, residual = preset.parameters["clearance"], preset.parameters["residual_error"]
    return _STREAM.format(
        version=__version__,
        model=model_name(),
        population=preset.key,
        records=visible(records),
        source=clearance.source,
        items=" ".join(_ITEMS),
        reference_bsa=preset.value("reference_bsa"),
        clearance_omega2=clearance.omega2,
        residual_omega2=residual.omega2,
        **values,
    )


def _bounds(preset: Preset, key: str) -> str:
    """Write a value between the bounds outside of which it would be refused."""
    parameter = preset.parameters[key]
    return f"({parameter.low:g}, {parameter.value!r}, {parameter.high:g})"
