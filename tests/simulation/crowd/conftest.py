"""What computes patients of several parameter sets."""

import pytest

from blinplan.physiology.engine import choose
from blinplan.physiology.engine.integrate import EngineName


@pytest.fixture
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> EngineName:
    """An engine by its name, or "side by side": machine code for patients of several sets, which is there and used."""
    side_by_side = request.param == "side by side"
    monkeypatch.setattr(choose._without_code_of_sets, "is_worth_it", lambda _: side_by_side)
    name: EngineName = "compiled" if side_by_side else request.param
    return name
