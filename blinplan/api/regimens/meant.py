"""Which regimen a name stands for."""

from blinplan.regimen.find import which_is_meant

__all__ = ["which_is_meant"]
