"""What holds for all tests."""

from hypothesis import settings

# How long an example takes says nothing about whether it is right, and a busy machine is slow.
settings.register_profile("blinplan", deadline=None)
settings.load_profile("blinplan")
