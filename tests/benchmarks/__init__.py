"""Speed and accuracy beside other simulators: ``python -m tests.benchmarks``."""
