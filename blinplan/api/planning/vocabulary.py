"""The words that plans take, apart from those of others, which do not wait for them."""

from blinplan.reports.plan.paper.sheets import LabelSheet

__all__ = ["LabelSheet"]
PUBLIC = ("LabelSheet",)
