"""Which regimen a name stands for."""

from blinplan.regimen.find import which_is_meant, which_is_meant_beside

__all__ = ["which_is_meant", "which_is_meant_beside"]
