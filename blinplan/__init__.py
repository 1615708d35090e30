"""Plan, simulate and check blinatumomab regimens."""

__version__ = "0.1.0"
