"""How a site prepares bags by a label: what the site says, and the label's word where it says nothing.

A site may be stricter than its label, never laxer.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from blinplan.label.label import Label, LabelledBag
from blinplan.label.read import label_of
from blinplan.limits import Limits
from blinplan.quantities import MINUTES_PER_DAY, decimal_text, duration_text
from blinplan.regimen.regimen import Regimen

if TYPE_CHECKING:
    from blinplan.regimen.site.site import Site, SiteBag


def prepared_by(site: "Site", label: Label) -> "Site":
    """The same site with what the label says of its bags, vials and patients, where the site says nothing.

    What neither says stays unknown: another label's word is not taken.
    """
    # Imported here, because a plan for no site asks for days in hospital only, and does not wait for it.
    from blinplan.regimen.site.site import Vial

    least, said = _preservative_from(label), label.vial
    vial = site.vial or (None if said is None else Vial(said.micrograms, said.per_millilitre))
    by_label = {
        *({"vial"} if site.vial is None and vial is not None else ()),
        *({"preservative_from"} if site.preservative_from is None and least is not None else ()),
    }
    return replace(
        site,
        bags=tuple(bag_by_label(size, label.bag(size.minutes)) for size in site.bags),
        vial=vial,
        preservative_from=least if site.preservative_from is None else site.preservative_from,
        by_label=site.by_label | by_label,
    )


def bag_by_label(size: "SiteBag", labelled: LabelledBag | None) -> "SiteBag":
    """The same bag with what the label says of it, where nothing is said."""
    if labelled is None:
        return size
    rate, preservative, in_use = size.millilitres_per_hour, size.preservative, size.in_use
    saline = labelled.diluent if size.fill is None and size.stabiliser is not None else None
    by_label = {
        *({"rate"} if rate is None else ()),
        *({"preservative"} if preservative is None else ()),
        *({"in_use"} if in_use is None and labelled.in_use is not None else ()),
        *({"cold"} if size.cold is None and labelled.cold is not None else ()),
        *({"diluent"} if size.diluent is None and saline is not None else ()),
    }
    return replace(
        size,
        in_use=labelled.in_use if in_use is None else in_use,
        millilitres_per_hour=labelled.millilitres_per_hour if rate is None else rate,
        preservative=labelled.preservative if preservative is None else preservative,
        by_label=size.by_label | by_label,
        cold=labelled.cold if size.cold is None else size.cold,
        diluent=saline.value if size.diluent is None and saline is not None else size.diluent,
    )


def _preservative_from(label: Label) -> Fraction | None:
    limit = label.numbers.get("preservative_from_weight")
    return None if limit is None else limit.value


def in_project(site: "Site", limits: Limits) -> "Site":
    """The same site with the weight from which bags with preservative are given, where a project has a stricter one."""
    limit = limits.get("preservative_from_weight")
    if limit is None or limit.change is None:
        return site
    return replace(site, preservative_from=max(site.preservative_from or limit.value, limit.value))


def with_hospital_days(regimen: Regimen, limits: Limits) -> Regimen:
    """The same regimen with the days in hospital that a project wants, where the regimen has fewer."""
    schedule = label_of(regimen).schedule(regimen.indication, regimen.basis)
    wanted = (limits[limit.name] for limit in (schedule.hospital_days if schedule is not None else ()))
    changed = (0 if limit.change is None else int(limit.value) for limit in wanted)
    days = zip_longest(regimen.hospital_days, changed, fillvalue=0)
    return replace(regimen, hospital_days=tuple(max(own, asked) for own, asked in days))


HEEDED = frozenset({"preservative_from_weight"})
"""Limits of which a plan goes by a project's own value, besides the days in hospital."""


def at_site(regimen: Regimen, site: "Site | None") -> Regimen:
    """The same regimen with the days in hospital that a site wants, where it has fewer."""
    if site is None:
        return regimen
    days = zip_longest(regimen.hospital_days, site.hospital_days, fillvalue=0)
    return replace(regimen, hospital_days=tuple(max(own, wanted) for own, wanted in days))


class SiteFault(NamedTuple):
    """Something of a site profile that cannot be followed: what was found and why it cannot be, and what to do."""

    message: str
    advice: str


def faults_of_site(site: "Site", label: Label) -> tuple[SiteFault, ...]:
    """In what a site is laxer than a label, contradicts it, or fills bags with less than is infused."""
    from blinplan.course.bags.sequence import underfilled_bags

    least, own = _preservative_from(label), site.preservative_from
    faults: list[SiteFault] = []
    if least is not None and own is not None and own < least:
        found = f"bags with preservative are given from {decimal_text(own)} kg"
        faults.append(_laxer(found, f"not below {decimal_text(least)} kg"))
    for size in site.bags:
        labelled = label.bag(size.minutes)
        faults += () if labelled is None else _faults_of_bag(size, labelled)
    return (*faults, *(fault_of_filling(size) for size in underfilled_bags(prepared_by(site, label))))


def fault_of_filling(size: "SiteBag") -> SiteFault:
    """Say of a bag that it is filled with less than is infused."""
    return SiteFault(
        f"a bag for {duration_text(size.minutes)} is filled with less than the pump infuses at its rate",
        "correct `fill_ml`, which has the priming volume in it",
    )


def _laxer(found: str, label: str) -> SiteFault:
    return SiteFault(f"{found}; the label says {label}", "be as strict as the label, or stricter")


def _faults_of_bag(size: "SiteBag", labelled: LabelledBag) -> Iterator[SiteFault]:
    bag, rate, own = (
        f"a bag for {duration_text(size.minutes)}",
        labelled.millilitres_per_hour,
        size.millilitres_per_hour,
    )
    if own is not None and own != rate:
        yield _laxer(f"{bag} runs at {decimal_text(own)} mL/h", f"{decimal_text(rate)} mL/h")
    if size.preservative is False and labelled.preservative:
        yield _laxer(f"{bag} holds no preservative", "it does")
    if labelled.in_use is not None and size.in_use is not None and size.in_use > labelled.in_use:
        yield _laxer(f"{bag} may be used for {duration_text(size.in_use)}", duration_text(labelled.in_use))
    if labelled.cold is not None and size.cold is not None and size.cold > labelled.cold:
        yield _laxer(f"{bag} keeps for {duration_text(size.cold)} at 2 to 8 °C", duration_text(labelled.cold))


PRESERVATIVE = "benzyl alcohol"
"""What preserves the saline of bags with preservative (Health Canada, 2018: Blincyto and benzyl alcohol toxicity)."""


def is_too_light(site: "Site", weight: Fraction | None) -> bool:
    """Whether a patient of a weight in kg must not get some of a site's bags, because of their preservative."""
    least = site.preservative_from
    light = weight is not None and least is not None and weight < least
    return light and any(size.preservative is not False for size in site.bags)


def preserved_bags_text(site: "Site") -> str:
    """Name the bags of a site that a patient who is too light must not get, and what is in them."""
    preserved = ", ".join(duration_text(size.minutes) for size in site.bags if size.preservative)
    unknown = ", ".join(duration_text(size.minutes) for size in site.bags if size.preservative is None)
    parts = [
        *([f"{site.name}'s bags for {preserved} hold one ({PRESERVATIVE})"] if preserved else []),
        *([f"nobody says whether its bags for {unknown} do (`preservative`)"] if unknown else []),
    ]
    return ", and ".join(parts)


def too_light_text(site: "Site", weight: Fraction, limits: Limits) -> str:
    """Say of a patient who is too light for some of a site's bags which they are, and who says from which weight on."""
    least, limit = site.preservative_from, limits.get("preservative_from_weight")
    by_project = limit is not None and limit.change is not None and limit.value == least
    whose = "the project" if by_project else "the label" if "preservative_from" in site.by_label else site.name
    assert least is not None  # noqa: S101 - else nobody is too light
    return (
        f"the patient weighs {decimal_text(weight, 3)} kg, and {whose} gives bags with preservative from"
        f" {decimal_text(least)} kg;"
        f" {preserved_bags_text(site)}"
    )


def advice_on_allowed_bags(site: "Site", label: Label) -> str:
    """Offer the bags that a patient may get who is too light for the site's others."""
    own = [size.minutes for size in site.bags if size.preservative is False]
    free = [bag.minutes for bag in label.bags if not bag.preservative]
    allowed = f"allowed are {site.name}'s bags for {_or_text(own)}: " if own else ""
    between = _longest_between_changes(site)
    reaching = [size for size in free if size >= between and size not in own]
    if reaching:
        return f"{allowed}prepare bags without preservative for {_or_text(reaching)}"
    if not free:
        return f"{allowed}prepare bags without preservative that last {duration_text(between)}"
    more = f"change bags at least every {duration_text(max(free))}, the longest that the label has without preservative"
    missing = [size for size in free if size > max(own, default=0)]
    return (
        f"{allowed}prepare bags without preservative for {_or_text(missing)} too, and {more}"
        if missing
        else f"{allowed}{more}"
    )


def _longest_between_changes(site: "Site") -> int:
    """The minutes of a week from one day on which bags are changed to the next, at the most; no site closes on all."""
    open_days = [day for day in range(14) if day % 7 not in site.closed]
    return max(later - day for day, later in pairwise(open_days)) * MINUTES_PER_DAY


def _or_text(sizes: list[int]) -> str:
    return " or ".join(duration_text(size) for size in sorted(sizes))
