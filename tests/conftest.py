"""What all tests share: helpers stand beside this file and are imported by name."""

from __future__ import annotations

import os
import signal

from hypothesis import Phase, settings

# The same examples every time, so that a red test is the same red test for everybody; none
# is shrunk, since a study has some hundred numbers and every try is a whole run.
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("repeatable")

# A shell that starts something in the background has it ignore Ctrl-C, `nohup` has it ignore the
# end of a terminal, and so would every program that a test starts and ends that way.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# Where tests run a process a core, workers of the commands they start would only be more processes,
# each of which takes seconds to begin. Tests of workers ask for them by `--jobs`.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")
