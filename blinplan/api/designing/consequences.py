"""What a change of a regimen does to the same patients, and which findings came and went."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.designing.around import Bags
from blinplan.api.designing.compare import pair
from blinplan.api.designing.compared import ComparisonResult
from blinplan.api.patient import Patient
from blinplan.api.regimens.order import OrderedRegimen, order
from blinplan.api.vocabulary import SetsOfName
from blinplan.design.difference.files import FileDifference
from blinplan.executors.executor import Executor
from blinplan.refusal import Refusal
from blinplan.regimen.reading import Content, Reading, RegimenFile
from blinplan.rules.configuration.configurations import Configurations

if TYPE_CHECKING:
    from blinplan.reports.design.consequences import FileConsequences
    from blinplan.rules.rule import Finding

_BEFORE, _AFTER = "before", "after"


def file_consequences(
    file: FileDifference,
    place: str | None,
    configurations: Configurations,
    *,
    patients: int,
    seed: int,
    cycles: int | None,
    endpoints: Sequence[str],
    by_day: Sequence[float],
    parameter_sets: int,
    sets: SetsOfName,
    executor: Executor | None,
    progress: Callable[[int], None] | None,
) -> "FileConsequences":
    """What the change of one file does.

    Parameters
    ----------
    place
        The file of now, whose settings decide about both sides; None where there is none.
    """
    from blinplan.reports.design.consequences import FileConsequences

    came, went = _findings(file, place, configurations)
    if file.difference is None or file.difference.is_none:
        return FileConsequences(None, None, came, went)
    try:
        orders = _orders(file)
        found = pair(
            orders,
            patients=patients,
            seed=seed,
            cycles=cycles,
            endpoints=endpoints,
            by_day=by_day,
            parameter_sets=parameter_sets,
            sets=sets,
            executor=executor,
            progress=progress,
        )
    except Refusal as refusal:
        return FileConsequences(None, refusal.message, came, went)
    nothing = Bags(((None, None),) * len(orders), ())
    view = ComparisonResult(found, tuple(orders.values()), Patient(), nothing).view()
    return FileConsequences(view, None, came, went)


def _orders(file: FileDifference) -> dict[str, OrderedRegimen]:
    """Both sides, by their names where these differ."""
    readings = [one for one in file.readings if isinstance(one, RegimenFile)]
    names = [one.regimen.name for one in readings]
    shown = (_BEFORE, _AFTER) if names[0] == names[1] else tuple(names)
    return {name: order(one).check() for name, one in zip(shown, readings, strict=True)}


def _findings(
    file: FileDifference, place: str | None, configurations: Configurations
) -> "tuple[tuple[Finding, ...], tuple[Finding, ...]]":
    """What the rules find now and did not before, and the other way round."""
    before, after = (list(_findings_of(one, place, configurations)) for one in file.readings)
    return tuple(_without(after, before)), tuple(_without(before, after))


def _without(findings: "Sequence[Finding]", others: "Sequence[Finding]") -> "Iterator[Finding]":
    known = Counter((one.code, one.severity, one.message) for one in others)
    for one in findings:
        key = one.code, one.severity, one.message
        if known[key]:
            known[key] -= 1
        else:
            yield one


def _findings_of(reading: Reading | None, place: str | None, configurations: Configurations) -> "tuple[Finding, ...]":
    """What the rules find in one side, by the settings of the file of now."""
    from blinplan.api.checking.check import read_files, rule_choice

    if reading is None:
        return ()
    if place is None:
        from blinplan.api.checking.check import check

        return check(reading.regimen).findings if isinstance(reading, RegimenFile) else ()
    files = read_files([place], rule_choice(None, (), (), ()), configurations)
    one = files.files[0]._replace(content=Content.of(reading))
    settled = files.settle({})
    today = date.today()  # noqa: DTZ011 - the user's own day, not a moment in time
    return files._replace(files=(one,)).judge(today, settled).findings


def place_of(folder: str, file: str | None) -> str | None:
    """The file of now in a folder of now; None where there is none."""
    if file is None:
        return None
    path = Path(folder) / file
    return str(path) if path.is_file() else None
