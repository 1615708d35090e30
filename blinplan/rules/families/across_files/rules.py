"""X: do files fit together, in their names, in what they lead to, and in whom they admit."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

if TYPE_CHECKING:
    from blinplan.rules.families.across_files.gaps import Edge, PatientGap
    from blinplan.rules.families.across_files.neighbours import Neighbour, Neighbours
    from blinplan.rules.families.across_files.shipped_names import Namesake

TITLE = "Files together"

_ALONE = NotEvaluated("not applicable", "no other regimen is checked with it")
_CROWDED = NotEvaluated("not requested", "its folder was not asked, and holds too many files to look at unasked")
_UNSURE = NotEvaluated("blocked", "whom the regimen is for, or of which it is one, could not be read")
_OUTSIDE = NotEvaluated("not applicable", "the regimen is judged by itself, and not as a file of a run")
_CONVENTION = ("How regimens name each other in this program (convention)",)


def _neighbours(case: Case) -> "tuple[Neighbours, Neighbour] | None":
    """The regimens of the run, and the one that is judged; None where it is judged outside of a run."""
    if case.neighbours is None:
        return None
    this = case.neighbours.at(case.document)
    return None if this is None else (case.neighbours, this)


# --- names ------------------------------------------------------------------------------------------------------------


def _name_twice(rule: Rule, case: Case) -> Answer:
    if (found := _neighbours(case)) is None:
        return _OUTSIDE
    together, this = found
    if len(together.regimens) < 2:
        return _CROWDED if together.is_crowded_around(this) else _ALONE
    owner = _owner(together, this)
    if owner is None:
        return _CROWDED if together.is_crowded_around(this) else ()
    return (
        case.finding(
            rule,
            ("name",),
            f"{this.name} is also the name of the regimen in {owner.at(('name',))}",
            "give each its own name; if one is a copy that nobody needs, remove it",
            value=this.name,
        ),
    )


def _owner(together: "Neighbours", this: "Neighbour") -> "Neighbour | None":
    """The regimen whose name this one has too: the one whose file is named so, or else the first in the run.

    Where no other of that name is judged, it is told of the owner, and names one of them.
    """
    alike, owner = together.alike(this), together.owner_of_name(this)
    if owner is not this:
        return None if owner.is_file_of(this) else owner
    # One by one, because a name that a whole library has would be looked at by each of its files for each.
    others = (one for one in alike if not one.is_file_of(this))
    first = next(others, None)
    is_told_there = first is not None and (first.judged or any(one.judged for one in others))
    return None if is_told_there else first


def _file_name(rule: Rule, case: Case) -> Answer:
    if (found := _neighbours(case)) is None:
        return _OUTSIDE
    together, this = found
    if this.file_name is None:
        return NotEvaluated("not applicable", "the regimen has no file of its own")
    if this.file_name == this.name or _owner(together, this) is not None:  # of a name that is another's, X001 tells
        return ()
    named = os.path.basename(this.document.name)  # noqa: PTH119 - as below
    return (
        case.finding(
            rule,
            ("name",),
            f"the regimen is named {this.name}, and its file {named}",
            f"name the file {this.name}.toml, or write `name` as the file is named",
            value=f"{this.name} in {named}",
        ),
    )


def _shipped_name(rule: Rule, case: Case) -> Answer:
    from blinplan.regimen import library

    names = {case.regimen.name, _file_name_of(case)}
    for name in names & library.paths().keys():
        if library.is_text_of(name, case.document.text):
            continue  # it is that one
        from blinplan.rules.families.across_files.shipped_names import namesake  # few files have such a name

        found = namesake(case.regimen, name)
        if found is not None and found.differences:
            named = "" if name == case.regimen.name else "this file is named so: "
            return [_other_orders(rule, case, named, found)]
    return ()


def _other_orders(rule: Rule, case: Case, named: str, found: "Namesake") -> Finding:
    return case.finding(
        rule,
        ("name",),
        f"{named}{found.name} is also the name of a regimen that comes with blinplan, which orders otherwise:"
        f" {found.summary}",
        f"give it a name of its own; in a command {found.name} means the one that comes with blinplan, and in a record"
        " or `otherwise` beside this file it means this file",
        value=f"{found.name}: {'; '.join(found.differences)}",
    )


def _file_name_of(case: Case) -> str:
    return os.path.basename(case.document.name).removesuffix(".toml")  # noqa: PTH119 - which every file is asked


# --- the regimen for others -------------------------------------------------------------------------------------------

_NAME_ANOTHER = "name the regimen for the other patients, or remove `otherwise`"


def _otherwise(rule: Rule, case: Case) -> Answer:
    if (found := _neighbours(case)) is None:
        return _OUTSIDE
    together, this = found
    if not this.fits_for_certain:
        return _UNSURE
    name, other = this.purpose.eligibility.otherwise, together.others_of(this)
    if name is None or other is None:
        return NotEvaluated("not applicable", "the file names no regimen for other patients (`otherwise`)")
    if not isinstance(other, str) and other is not this:
        return tuple(_misleading(rule, case, together, this, other))
    if name == this.name:
        return (_misleads(rule, case, "`otherwise` names the regimen itself"),)
    return _UNANSWERED.get(str(other)) or (
        _misleads(rule, case, f"`otherwise` names {name}, {_NOWHERE.format(name=name)}", _nearest(name)),
    )


_UNANSWERED = {
    "faulty": NotEvaluated("blocked", "the regimen that `otherwise` names has errors that come first"),
    "not asked": NotEvaluated("not requested", "the regimen that `otherwise` names was not asked"),
}
_NOWHERE = "and there is no {name}.toml beside this file, no such regimen among those checked, and none shipped"


def _nearest(name: str) -> str:
    from blinplan.regimen import library

    near = library.nearest(name)
    return f"the nearest shipped name is {near}; correct the name or remove `otherwise`" if near else _NAME_ANOTHER


def _misleading(
    rule: Rule, case: Case, together: "Neighbours", this: "Neighbour", other: "Neighbour"
) -> Iterator[Finding]:
    """Find that `otherwise` leads round, or to nobody else, or where no plan looks."""
    from blinplan.rules.families.across_files.kinds import other_kind  # most files name none

    kinds = other_kind(this.purpose, other.purpose)
    if kinds is not None:
        yield _misleads(
            rule,
            case,
            f"`otherwise` names {other.name} ({other.at(('name',))}), which is {kinds[1]}; this regimen is {kinds[0]}",
            "name the regimen for the other patients with the same disease, or remove `otherwise`",
        )
        return
    circle = _circle(together, this)
    serves_nobody = _admits_no_others(this, other)
    mutual = len(circle) == 2
    if len(circle) > 2 or (mutual and serves_nobody and _admits_no_others(other, this)):
        if together.first_of(circle) is this:
            places = ", ".join(one.at(("eligibility", "otherwise")) for one in circle[1:])
            way = " -> ".join([*(one.name for one in circle), this.name])
            yield _misleads(rule, case, f"`otherwise` leads round in a circle: {way} ({places})")
    elif serves_nobody:
        whom, others = this.purpose.eligibility, other.purpose.eligibility
        yield _misleads(
            rule,
            case,
            f"`otherwise` names {other.name} ({other.at(('name',))}), which is for {others}: for nobody whom this"
            f" regimen, for {whom}, does not admit",
        )
    elif other.file_name is not None and other.folder != this.folder:
        yield _misleads(
            rule,
            case,
            f"`otherwise` names {other.name}, which is in {other.at(('name',))}, and a plan looks for it beside this"
            " file and among the shipped ones",
            "put both files into one folder",
            Severity.WARNING,
        )


def _circle(together: "Neighbours", this: "Neighbour") -> "list[Neighbour]":
    """The regimens that `otherwise` leads through from one until it is there again; none where it never is."""
    way, here = [this], together.others_of(this)
    while here is not None and not isinstance(here, str) and here not in way:
        way.append(here)
        here = together.others_of(here)
    return way if here is this else []


def _admits_no_others(one: "Neighbour", other: "Neighbour") -> bool:
    from blinplan.rules.families.across_files.gaps import admits_no_others  # most files name none

    return admits_no_others(one.purpose.eligibility, other.purpose.eligibility)


def _misleads(
    rule: Rule, case: Case, message: str, advice: str = _NAME_ANOTHER, severity: Severity | None = None
) -> Finding:
    return case.finding(rule, ("eligibility", "otherwise"), message, advice, severity=severity, value=message)


# --- whom they admit --------------------------------------------------------------------------------------------------


def _gap(rule: Rule, case: Case) -> Answer:
    if (found := _neighbours(case)) is None:
        return _OUTSIDE
    together, this = found
    if not this.fits_for_certain:
        return _UNSURE
    alone = len(together.regimens) < 2 and isinstance(together.others_of(this), str | None)
    crowded = together.is_crowded_around(this)
    if alone:
        return _CROWDED if crowded else _ALONE
    from blinplan.rules.families.across_files.gaps import gaps  # most runs are of one file

    told = [_gap_finding(rule, case, gap) for gap in gaps(together) if _told_at(gap, case).neighbour is this]
    return told or (_CROWDED if crowded else ())


def _told_at(gap: "PatientGap", case: Case) -> "Edge":
    """The limit at which a gap is told: one of a file of the run, and rather one that is not the label's."""
    limits = case.limits_unasked
    labelled = limits["flat_from_weight"].value if "flat_from_weight" in limits else None
    own = [edge for edge in gap.edges if edge.neighbour.file_name is not None] or list(gap.edges)
    own = [edge for edge in own if edge.neighbour.judged] or own
    return next((edge for edge in own if edge.value != labelled), own[0])


def _gap_finding(rule: Rule, case: Case, gap: "PatientGap") -> Finding:
    here = _told_at(gap, case)
    others = {edge.neighbour: edge for edge in gap.edges if edge.neighbour is not here.neighbour}
    beside = " and ".join(
        f"{edge.neighbour.name} for {edge.neighbour.purpose.eligibility} ({edge.neighbour.at(edge.path)})"
        for edge in list(others.values())[:2]
    )
    told = f"{here.neighbour.name} is for {here.neighbour.purpose.eligibility}"
    return case.finding(
        rule,
        here.path,
        f"no regimen is for patients of {gap.who}: {', '.join(filter(None, (told, beside)))}",
        "let the limits meet, or add a regimen for these patients",
        value=f"{here.value} without {gap.who}",
    )


# --- the rules --------------------------------------------------------------------------------------------------------

_CYCLE = """[[cycle]]
name = "Cycle 1"
steps = [{ dose = "28 mcg/day", days = 28 }]
treatment_free_days = 14"""


_MRD = 'indication = "mrd-positive"\n\n'


_NAMED_OTHERWISE = '[[waiver]]\nrule = "X004"\nreason = "The file is an example"\n\n'
"""A waiver of what is said of a file that is not named as its regimen."""


def _for(limits: str) -> str:
    return f"[eligibility]\n{limits}\n\n{_CYCLE}"


RULES = (
    Rule(
        "X001",
        "name-twice",
        "Two regimens of a library have one name.",
        Severity.ERROR,
        "A plan, a calendar, a record and `otherwise` know a regimen by its name alone; the wrong one may be followed.",
        limits=(),
        bad=f'name = "beside"\n{_CYCLE}',
        good=f'name = "probe"\n{_CYCLE}',
        check=_name_twice,
        beside=f'name = "beside"\n{_CYCLE}',
        sources=_CONVENTION,
    ),
    Rule(
        "X002",
        "otherwise-misleads",
        "What `otherwise` names is no regimen, is for another indication, by another label, of a study, or for nobody"
        " else, or leads round in a circle.",
        Severity.ERROR,
        "A patient outside the limits is sent there, and a plan follows `otherwise` once.",
        limits=(),
        bad=_MRD + _for('min_weight_kg = 45\notherwise = "mrd-below-45-gk"'),
        good=_MRD + _for('min_weight_kg = 45\notherwise = "mrd-below-45-kg"'),
        check=_otherwise,
        sources=_CONVENTION,
    ),
    Rule(
        "X003",
        "patients-between-regimens",
        "Patients between the limits of regimens that belong together are admitted by none.",
        Severity.WARNING,
        "Who falls between two limits has no regimen, and is given one of the two all the same.",
        limits=(),
        bad=_for('min_weight_kg = 50\notherwise = "beside"'),
        good=_for('min_weight_kg = 45\notherwise = "beside"'),
        check=_gap,
        beside='name = "beside"\n' + _for('below_weight_kg = 45\notherwise = "probe"').replace("28 mcg", "15 mcg/m2"),
        sources=_CONVENTION,
    ),
    Rule(
        "X004",
        "file-name",
        "A file is not named as its regimen.",
        Severity.WARNING,
        "A plan looks for the regimen of a name in the file of that name, beside `otherwise` or a record.",
        limits=(),
        bad=f'name = "beside"\n{_CYCLE}',
        good=f'name = "probe"\n{_CYCLE}',
        check=_file_name,
        sources=_CONVENTION,
    ),
    Rule(
        "X005",
        "shipped-name",
        "A regimen has the name of one that comes with blinplan, or its file has, and orders something else.",
        Severity.WARNING,
        "Who reads that name on a plan, in a record or in a mail takes it for the one that everybody has.",
        limits=(),
        bad=f'name = "mrd-adult"\n{_NAMED_OTHERWISE}{_CYCLE}',
        good=f'name = "probe"\n{_CYCLE}',
        check=_shipped_name,
        sources=_CONVENTION,
    ),
)
