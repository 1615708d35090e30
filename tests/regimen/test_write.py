"""The writer is held to other readers than the one it uses itself: tomllib, and the JSON Schema."""

import json
import tomllib
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.schema import (
    REGIMEN_FILE,
    CycleTable,
    DosingTable,
    EligibilityTable,
    MonitoringTable,
    PremedicationTable,
    RegimenTable,
    SourceTable,
    StepTable,
    WaiverTable,
    json_schema,
)
from blinplan.regimen.write import NotARegimenError, toml_value, write_regimen
from tests.collection.examples import ANY_SIGN

_VALID = jsonschema_rs.Draft202012Validator(json_schema())
_SENTENCE = st.text(ANY_SIGN, min_size=1, max_size=40).filter(
    lambda text: bool(text.strip("\x1c\x1d\x1e\x1f\x85").strip())
)
_NUMBER = st.sampled_from(["1", "0.5", "9", "28", "112", "1,000"])
_VALUE = _SENTENCE | st.integers(0, 366) | st.decimals("0.1", "100", places=1) | st.dates() | st.just((9, 2))
_WAIVED = st.just((None, None)) | st.tuples(st.sampled_from(['cycle "Cycle 1" step 2 dose', "dosing basis"]), _VALUE)


@st.composite
def _files(draw: st.DrawFn) -> RegimenTable:
    flat = draw(st.booleans())
    unit = "mcg/day" if flat else "mcg/m2/day"

    def step() -> StepTable:
        cap = None if flat else draw(st.none() | st.just("28 mcg/day"))
        hours = draw(st.booleans())
        count = draw(st.integers(1, 200))
        return StepTable(f"{draw(_NUMBER)} {unit}", cap, None if hours else count, count if hours else None)

    def cycle() -> CycleTable:
        steps = tuple(step() for _ in range(draw(st.integers(1, 3))))
        phase: Any = draw(st.sampled_from([None, "induction", "consolidation"]))
        days = sum((step.days or 0) + (step.hours or 0) // 24 + 1 for step in steps)
        repeat = draw(st.integers(1, max(1, min(20, 603 // days))))  # three such cycles are less than five years
        return CycleTable(draw(_SENTENCE), steps, draw(st.integers(0, min(366, 603 // repeat - days))), phase, repeat)

    low = draw(st.none() | st.decimals("0.1", "100", places=1))
    return RegimenTable(
        1,
        draw(st.from_regex(r"\A[a-z0-9]{1,5}([.-][a-z0-9]{1,5}){0,2}\Z", alphabet=ANY_SIGN)),
        draw(_SENTENCE),
        draw(st.sampled_from(["relapsed-refractory", "mrd-positive", "consolidation", "investigational"])),
        tuple(
            SourceTable(draw(_SENTENCE), draw(st.sampled_from(["seen", "unverified"])), draw(st.none() | _SENTENCE))
            for _ in range(draw(st.integers(1, 3)))
        ),
        DosingTable("flat" if flat else "bsa"),
        tuple(cycle() for _ in range(draw(st.integers(1, 3)))),
        eligibility=draw(st.sampled_from([None, EligibilityTable(low, None if low is None else low + 1)])),
        premedication=draw(
            st.just(())
            | st.tuples(
                st.builds(
                    PremedicationTable,
                    _SENTENCE,
                    st.just("20 mg"),
                    st.just(("restart",)),
                    st.none(),
                    st.integers(10, 99),
                    st.none() | st.integers(0, 10),
                    st.sampled_from([None, "adults"]),
                    st.none(),
                )
            )
        ),
        monitoring=draw(st.none() | st.just(MonitoringTable((9, 2)))),
        waiver=draw(
            st.just(())
            | st.tuples(
                st.builds(
                    lambda reason, expires, covered: WaiverTable("S304", reason, expires, *covered),
                    _SENTENCE,
                    st.none() | st.dates(),
                    _WAIVED,
                )
            )
        ),
    )


@pytest.mark.slow
@given(_files())
def test_what_is_written_says_the_same_to_other_readers(file: RegimenTable) -> None:
    text = write_regimen(file).document.text
    values = tomllib.loads(text, parse_float=Decimal)
    plain = json.loads(json.dumps(values, default=lambda one: float(one) if isinstance(one, Decimal) else str(one)))
    _VALID.validate(plain)
    assert values["title"] == file.title
    assert [source["citation"] for source in values["sources"]] == [source.citation for source in file.sources]
    assert [[step["dose"] for step in cycle["steps"]] for cycle in values["cycle"]] == [
        [step.dose for step in cycle.steps] for cycle in file.cycle
    ]
    assert [cycle.get("repeat", 1) for cycle in values["cycle"]] == [cycle.repeat for cycle in file.cycle]
    waivers = [(one.get("at"), one.get("value")) for one in values.get("waiver", ())]
    assert waivers == [(one.at, list(one.value) if isinstance(one.value, tuple) else one.value) for one in file.waiver]
    assert not {character for character in text if not character.isprintable()} - {"\n"}


def _orders(regimen: Regimen) -> list[object]:
    return [
        regimen.name,
        regimen.eligibility,
        regimen.premedication,
        regimen.hospital_days,
        regimen.sources,
        [(waiver.rule, waiver.reason) for waiver in regimen.waivers],
        [
            (
                cycle.name,
                cycle.phase,
                cycle.repeat,
                cycle.treatment_free,
                [(s.dose, s.cap, s.minutes) for s in cycle.steps],
            )
            for cycle in regimen.cycles
        ],
    ]


@pytest.mark.parametrize("name", library.paths())
def test_every_shipped_regimen_written_again_orders_the_same(name: str) -> None:
    reading = library.load(name)
    again = write_regimen(REGIMEN_FILE.read(reading.document.values))
    assert _orders(again.regimen) == _orders(reading.regimen)
    assert again.document.text.startswith("#:schema ./regimen.schema.json\n")


def test_values_that_contradict_each_other_are_not_written() -> None:
    file = REGIMEN_FILE.read(library.load("rr-adult").document.values)
    with pytest.raises(NotARegimenError, match="basis"):
        write_regimen(file._replace(dosing=DosingTable("bsa")))
    with pytest.raises(NotARegimenError, match="below_weight_kg"):
        write_regimen(file._replace(eligibility=EligibilityTable(Decimal(45), Decimal(45))))
    with pytest.raises(NotARegimenError, match="`name`"):
        write_regimen(file._replace(name="Not A Name"))


def test_a_text_cannot_break_out_of_its_quotes() -> None:
    hostile = 'x"\n[dosing]\nbasis = "bsa"\\'
    assert tomllib.loads(f"a = {toml_value(hostile)}") == {"a": hostile}
    assert "\n" not in toml_value(hostile)
    assert toml_value("\u202e\U000e0001\x7f") == '"\\u202e\\U000e0001\\u007f"'
