"""Slips of the pen that types show before anything runs. Nothing imports this file: mypy reads it, in `.ci/run types`.

A slip that mypy no longer sees is an error too: then the comment that lets it pass is not needed.
"""

import blinplan


def right() -> None:
    """What mypy has nothing to say of."""
    found = blinplan.check("rr-adult", "nhl-5", simulate=False, fail_on="warning")
    codes: list[str] = [finding.code for finding in found.findings]
    steps = [blinplan.step("9 mcg/day", days=7)]
    mine = blinplan.regimen("mine", cycles=[blinplan.cycle(steps=steps, treatment_free_days=14)])
    again: str = blinplan.toml(mine)
    blinplan.check(mine)
    assert codes
    assert again


def slips() -> None:
    blinplan.simulate("rr-adult", patinets=5)  # type: ignore[call-arg]
    blinplan.check("rr-adult", selekt=["D202"])  # type: ignore[call-arg]
    blinplan.chekc("rr-adult")  # type: ignore[attr-defined]
    blinplan.step("9 mcg/day", dayz=7)  # type: ignore[call-arg]
    blinplan.check("rr-adult").findigns  # type: ignore[attr-defined]  # noqa: B018 - a name is all that is asked
