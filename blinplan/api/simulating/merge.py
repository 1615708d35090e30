"""Join stretches of a seed's patients to what one run of all of them gives, to the byte."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from blinplan.api.kinds import with_kinds
from blinplan.api.plausible import require_sets
from blinplan.api.regimens.order import OrderedRegimen
from blinplan.api.simulating.curves import CurvesResult
from blinplan.api.simulating.data_file import STRETCH
from blinplan.api.simulating.joined_tables import JoinedTable
from blinplan.api.simulating.simulated import SimulationResult
from blinplan.files.inputs import reason_of
from blinplan.quantities import digits_text
from blinplan.refusal import Refusal

if TYPE_CHECKING:
    from blinplan.course.events import Period
    from blinplan.physiology.engine.integrate import EngineName
    from blinplan.physiology.model.population import Population
    from blinplan.reports.simulation.parts import TablePart
    from blinplan.simulation.crowd.kept import KeptOutcome
    from blinplan.simulation.measured.errors import Errors
    from blinplan.simulation.trajectories import Portion, RequestedCurves
    from blinplan.simulation.trials.simulation import PlannedSimulation, Simulation

PUBLIC = ("merge", "merge_curves", "merge_tables")

_OWN = ("patients", "first", "drawn")
"""What of a manifest says which patients they are, and may differ between stretches."""
_WORDS = {
    "blinplan": "blinplan {0}",
    "python": "Python {0}",
    "model": "model {0}",
    "model_version": "version {0} of the model",
    "regimen": "regimen {0}",
    "input": "a regimen whose text has the fingerprint {0}",
    "population": "population {0}",
    "seed": "seed {0}",
    "typical_bsa_m2": "a typical patient of {0} m²",
    "attenuation": "attenuation {0}",
    "premedication": "premedication {0}",
    "engine": "the {0} engine",
    "follow_up_days": "a follow-up of {0} d",
    "every_minutes": "curves every {0} min",
    "endpoints": "endpoints {0}",
    "own_endpoints": "endpoints of one's own: {0}",
    "by_day": "shares by day {0}",
    "plausible_models": "{0} plausible models beside the shipped one",
}


class _StretchFile(NamedTuple):
    """A file, what it says, and which patients of the seed it has: from ``first`` to before ``end``, counted from 1."""

    path: Path
    document: dict[str, Any]
    first: int
    end: int

    @property
    def manifest(self) -> dict[str, Any]:
        """What it was made with."""
        return dict(self.document["manifest"])

    @property
    def has_curves(self) -> bool:
        """Whether it has curves, and not endpoints."""
        return "every_minutes" in self.manifest

    @property
    def models(self) -> int:
        """How many plausible models it has beside the shipped one."""
        return int(self.manifest.get("plausible_models", 0))

    @property
    def patients(self) -> int:
        """How many patients it has."""
        return self.end - self.first


@with_kinds
def merge(*stretches: str | Path) -> SimulationResult:
    """Join stretches that `simulate` wrote with ``first`` to what one run of all their patients gives, to the byte.

    Parameters
    ----------
    stretches
        Files that end in .npz, in any order.

    Raises
    ------
    Refusal
        When one is no stretch, when patients are missing between two or are in both, and when they were not made from
        the same regimen, seed and options by the same blinplan.
    """
    found = joined_run(*stretches)
    if isinstance(found, CurvesResult):
        raise Refusal(f"{stretches[0]} is of curves", "merge_curves joins them")
    if isinstance(found, JoinedTable):
        raise Refusal(f"{stretches[0]} is a table", "merge_tables joins them")
    return found


@with_kinds
def merge_curves(*stretches: str | Path) -> CurvesResult:
    """Join stretches that `curves` wrote with ``first`` to the curves of one run of all their patients, to the byte.

    They are read from the files each time they are asked for.

    Raises
    ------
    Refusal
        As of `merge`.
    """
    found = joined_run(*stretches)
    if isinstance(found, SimulationResult):
        raise Refusal(f"{stretches[0]} is of endpoints", "merge joins them")
    if isinstance(found, JoinedTable):
        raise Refusal(f"{stretches[0]} is a table", "merge_tables joins them")
    return found


@with_kinds
def merge_tables(*tables: str | Path) -> JoinedTable:
    """Join tables in CSV or Parquet of stretches to the table that one run of all their patients writes, to the byte.

    Beside CSV, what it was made with is in NAME.csv.json, which ``write(path, part=True)`` and the command line with
    ``--first`` write; Parquet has it in itself. They are read from the files each time they are asked for.

    Raises
    ------
    Refusal
        As of `merge`.
    """
    if not tables:
        raise Refusal("no table is named", "name the files that were written: part-1.parquet part-2.parquet")
    return joined_tables([Path(table) for table in tables])


def joined_run(*stretches: str | Path) -> SimulationResult | CurvesResult | JoinedTable:
    """Join stretches of endpoints or of curves, whichever they are, or tables of such.

    Raises
    ------
    Refusal
        As of `merge`.
    """
    if not stretches:
        raise Refusal("no stretch is named", "name the files that were written: part-1.npz part-2.npz")
    paths = [Path(path) for path in stretches]
    if any(path.suffix != STRETCH for path in paths):
        return joined_tables(paths)
    found = sorted(map(_read, paths), key=lambda one: one.first)
    _refuse_what_is_not_one_run(found)
    order = _order_of(found[0])
    require_sets(found[0].models)
    if found[0].has_curves:
        return _joined_curves(found, order)
    return SimulationResult(_joined_simulation(found, order), order, _errors(found[0]))


def joined_tables(paths: Sequence[Path]) -> JoinedTable:
    """Join tables in CSV or Parquet of stretches.

    Raises
    ------
    Refusal
        As of `merge`.
    """
    from blinplan.reports.simulation.parts import ENDINGS

    kinds = {path.suffix for path in paths}
    if not kinds <= set(ENDINGS):
        advice = "join .npz with .npz, and .csv and .parquet with each other"
        raise Refusal(f"{', '.join(map(str, paths))} are not of one kind", advice)
    parts = sorted(map(_read_table, paths), key=lambda one: one.stretch.first)
    _refuse_what_is_not_one_run([one.stretch for one in parts])
    head = parts[0].part
    for one in parts:
        if (one.part.table, one.part.columns) != (head.table, head.columns):
            raise Refusal(f"{one.part.path} has other columns than {head.path}", "join stretches of one run only")
    return JoinedTable([one.part for one in parts])


class _TableFile(NamedTuple):
    """A table, and which patients it says that it has."""

    part: "TablePart"
    stretch: _StretchFile


def _read_table(path: Path) -> _TableFile:
    from blinplan.reports.simulation.parts import read_part
    from blinplan.reports.simulation.stretch import StretchFileError

    try:
        part = read_part(path)
        patients, first = part.manifest["patients"], part.manifest.get("first", 1)
    except OSError as error:
        raise Refusal(f"{path}: {reason_of(error)}", "check the path") from error
    except StretchFileError as error:
        raise Refusal(f"{path} {error}", "blinplan simulate --first N -o FILE writes one") from error
    if part.manifest.get("seed") is None or "people_table" in part.manifest:
        raise Refusal(f"{path} is of patients who are not drawn from a seed", "only who is drawn can be joined")
    return _TableFile(part, _StretchFile(path, {"manifest": dict(part.manifest)}, first, first + patients))


def _refuse_what_is_not_one_run(found: Sequence[_StretchFile]) -> None:
    for one, other in pairwise(found):
        _refuse_difference(found[0], other)
        _refuse_gap(one, other)
    _refuse_other_program(found[0])


def _errors(stretch: _StretchFile) -> "Errors | None":
    from blinplan.simulation.measured.errors import Errors

    seed = stretch.manifest.get("measured_seed")
    return None if seed is None else Errors(seed)


def _read(path: Path) -> _StretchFile:
    from blinplan.reports.simulation.stretch import StretchFileError, read_document

    try:
        document = read_document(path)
        first, patients = document["first_patient"], document["manifest"]["patients"]
    except OSError as error:
        raise Refusal(f"{path}: {reason_of(error)}", "check the path") from error
    except StretchFileError as error:
        raise Refusal(f"{path} {error}", "blinplan simulate --first N -o FILE.npz writes one") from error
    return _StretchFile(path, document, first, first + patients)


def _refuse_difference(one: _StretchFile, other: _StretchFile) -> None:
    if one.has_curves != other.has_curves:
        here, there = ("curves" if each.has_curves else "endpoints" for each in (one, other))
        raise Refusal(f"{one.path} is of {here}, and {other.path} of {there}", "join stretches of one kind only")
    for name in dict.fromkeys([*one.manifest, *other.manifest]):
        mine, theirs = one.manifest.get(name), other.manifest.get(name)
        if name not in _OWN and mine != theirs:
            words = _WORDS.get(name, f"{name.replace('_', ' ')} {{0}}")
            here, there = (words.format(_value_text(value)) for value in (mine, theirs))
            raise Refusal(f"{one.path} is of {here}, and {other.path} of {there}", "join stretches of one run only")
    for name, what in (("course", "course"), ("typical", "typical patient"), ("regimen", "regimen text")):
        mine, theirs = one.document.get(name), other.document.get(name)
        if mine != theirs:
            raise Refusal(
                f"{one.path} is of another {what} than {other.path}: {_short(mine)}, and {_short(theirs)}",
                "join stretches of one run only",
            )


def _short(value: Any) -> str:
    """What two stretches differ in, in a line: a text by its fingerprint."""
    from hashlib import sha256

    if isinstance(value, dict) and "text" in value:
        return f"{value.get('file')} with the fingerprint {sha256(str(value['text']).encode()).hexdigest()[:16]}"
    return ", ".join(f"{name} {of}" for name, of in value.items()) if isinstance(value, dict) else str(value)


def _value_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(digits_text(one) if isinstance(one, float) else str(one) for one in value) or "not named"
    return "none" if value is None else "on" if value is True else "off" if value is False else str(value)


def _refuse_gap(one: _StretchFile, other: _StretchFile) -> None:
    ranges = f"{one.path} has patients {_range(one.first, one.end)}, and {other.path} {_range(other.first, other.end)}"
    if other.first > one.end:
        missing = _range(one.end, other.first)
        raise Refusal(f"{ranges}: missing between them {missing}", "name the stretch that has them")
    if other.first < one.end:
        both = _range(other.first, min(one.end, other.end))
        raise Refusal(f"{ranges}: in both {both}", "leave one of the two out, or make one of them anew")


def _range(first: int, end: int) -> str:
    return f"{first:,}" if end == first + 1 else f"{first:,} to {end - 1:,}"


def _refuse_other_program(stretch: _StretchFile) -> None:
    from blinplan.reports.shared.manifest import manifest

    for name, mine in manifest().items():
        theirs = stretch.manifest.get(name)
        if mine != theirs:
            words = _WORDS[name]
            raise Refusal(
                f"{stretch.path} is of {words.format(_value_text(theirs))}, and this is {words.format(mine)}",
                "join stretches with the program that wrote them",
            )


def _order_of(stretch: _StretchFile) -> OrderedRegimen:
    """The regimen that was asked for and the one that was simulated, as their texts in the file say them."""
    from blinplan.course.eligibility import Choice

    asked, chosen = (_regimen_file(stretch, name) for name in ("asked", "regimen"))
    switched = asked.document.text != chosen.document.text
    return OrderedRegimen(asked.document.name, asked, Choice(chosen.regimen, "", switched), is_checked=True)


def _regimen_file(stretch: _StretchFile, name: str) -> Any:
    from blinplan.regimen.reading import RegimenFile, read

    found = read(stretch.document[name]["text"].encode(), stretch.document[name]["file"])
    if not isinstance(found, RegimenFile):
        raise Refusal(f"{stretch.path} is damaged: the regimen in it cannot be read", "make it anew")
    return found


def _joined_simulation(stretches: Sequence[_StretchFile], order: OrderedRegimen) -> "Simulation":
    from blinplan.simulation.trials.cohort_trial import CohortOutcome
    from blinplan.simulation.uncertainty import over_models, set_outcome

    first, last = stretches[0], stretches[-1]
    planned = _run_of(first, order, last.end - first.first)
    _refuse_other_course(first, planned.trial.periods)
    read = partial(_kept_of, tuple(stretches), planned)
    found = planned.simulation(CohortOutcome(planned.trial, read(0)))
    if not first.models:
        return found
    found = replace(found, models=planned.models, model_reader=read)
    others = [set_outcome(kept.quantities, kept.events) for kept in found.under_models()]
    return replace(found, uncertainty=over_models(set_outcome(found.quantities, found.events), others))


def _kept_of(stretches: tuple[_StretchFile, ...], planned: "PlannedSimulation", model: int) -> "KeptOutcome":
    """What came of the patients of all stretches under a model."""
    from blinplan.reports.simulation.stretch import StretchFileError, read_portions
    from blinplan.simulation.crowd.kept import KeptOutcome

    kept, engine = KeptOutcome(), stretches[0].manifest["engine"]
    heads = planned.typical.quantities, planned.typical.events
    for stretch in stretches:
        try:
            for portion in read_portions(stretch.path, heads, engine, stretch.patients, model):
                kept.add(portion)
        except StretchFileError as error:
            raise Refusal(f"{stretch.path} {error}", "make it anew") from error
    return kept


def _refuse_other_course(stretch: _StretchFile, periods: "Sequence[Period]") -> None:
    from blinplan.reports.simulation.stretch import course_fingerprint

    if course_fingerprint(periods) != stretch.document["course"]:
        raise Refusal(f"{stretch.path} is of another course than its regimen gives", "make it anew")


def _joined_curves(stretches: Sequence[_StretchFile], order: OrderedRegimen) -> CurvesResult:
    from blinplan.reports.simulation.curve_stretch import StoredCurves, StoredStretch
    from blinplan.simulation.trajectories import stored_portions

    first, last = stretches[0], stretches[-1]
    asked = _curves_of(first, order, last.end - first.first)
    _refuse_other_course(first, asked.periods)
    files = [StoredStretch(stretch.path, stretch.patients) for stretch in stretches]

    def reader(model: int) -> "Iterator[Portion]":
        under = list(asked.each)[model]
        with StoredCurves(files, asked.minutes.shape[0], model) as states_of:
            yield from stored_portions(under, states_of)

    return CurvesResult(asked, order, errors=_errors(first), reader=reader)


def _curves_of(stretch: _StretchFile, order: OrderedRegimen, patients: int) -> "RequestedCurves":
    """The curves of all patients of which a stretch is the first part."""
    from blinplan.api.simulating.simulate import options_of
    from blinplan.simulation.trajectories import curves

    told = stretch.manifest
    with _engine_of(stretch) as engine:
        asked = curves(
            order.regimen,
            every=told["every_minutes"],
            preset=told["population"],
            patients=patients,
            seed=told["seed"],
            before=stretch.first - 1,
            follow_up_days=told["follow_up_days"],
            options=options_of(told["attenuation"], premedication=told["premedication"]),
            models=stretch.models,
        )
        trial, *models = (replace(under.trial, engine=engine) for under in asked.each)
        return replace(asked, typical=_typical(stretch), trial=trial, models=tuple(models))


def _typical(stretch: _StretchFile) -> "Population":
    import numpy as np

    from blinplan.physiology.model.draw import from_covariates

    body: dict[str, Any] = {name: np.array([value]) for name, value in stretch.document["typical"].items()}
    return from_covariates(stretch.manifest["population"], **body)


@contextmanager
def _engine_of(stretch: _StretchFile) -> "Iterator[EngineName | None]":
    """Name the engine that made a stretch, and refuse where it is needed and is not here.

    None where it is the one that would be used anyway: then the few patients who are still to be simulated do not wait
    for a compiler.
    """
    from blinplan.physiology.engine.choose import engine_called

    name = stretch.manifest["engine"]
    try:
        made_by = engine_called(name).name
        yield None if made_by == engine_called(None).name else made_by
    except ImportError as error:
        raise Refusal(
            f"{stretch.path} is of the {name} engine, which is not installed", "pip install 'blinplan[fast]'"
        ) from error


def _run_of(stretch: _StretchFile, order: OrderedRegimen, patients: int) -> "PlannedSimulation":
    """The run of all patients of which a stretch is the first part."""
    from blinplan.api.simulating.asked import asked_endpoints
    from blinplan.api.simulating.simulate import options_of
    from blinplan.simulation.models.source import SetsOf
    from blinplan.simulation.trials.planned import planned_simulation

    told = stretch.manifest
    with _engine_of(stretch) as engine:
        return planned_simulation(
            order.regimen,
            preset=told["population"],
            patients=patients,
            seed=told["seed"],
            before=stretch.first - 1,
            follow_up_days=told["follow_up_days"],
            options=options_of(told["attenuation"], premedication=told["premedication"]),
            asked=asked_endpoints((*told["endpoints"], *told["own_endpoints"]), told["by_day"]),
            typical=_typical(stretch),
            engine=engine,
            parameter_sets=stretch.models,
            sets=SetsOf.PLAUSIBLE,
        )
