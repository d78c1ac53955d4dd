"""What all tests share: helpers stand beside this file and are imported by name."""

from __future__ import annotations

from hypothesis import settings

# The same examples every time, so that a red test is the same red test for everybody.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")
