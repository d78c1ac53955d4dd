"""An answer to a command line that was understood, and what its end means to a shell."""

from __future__ import annotations

import argparse
import gc
import importlib
import traceback
from collections.abc import Callable
from types import ModuleType

from analysis.commands.arguments import BAD_INPUT, INCOMPLETE
from analysis.commands.streams import REFUSED
from analysis.commands.terminal import note
from sim.study.errors import ClusterLost, MachineRefusal, ResultFolderError, StudyError

OUR_BUG = 1


def answer(options: argparse.Namespace, listen: Callable[[], None] = lambda: None) -> int:
    """Let the command's module answer; return the exit code.

    Parameters
    ----------
    options : argparse.Namespace
        A command line as `parse` returns it.
    listen : callable
        Raises if somebody asked the process to end: what a library made of that is no bug.
    """
    try:
        # Loaded only now, so that what goes wrong while heavy libraries load is said as well.
        return int(_loaded(f"analysis.commands.{options.command}").execute(options))
    except (StudyError, ResultFolderError) as error:
        return _end(str(error), BAD_INPUT)
    except ClusterLost as error:
        return _end(str(error), INCOMPLETE)
    except MachineRefusal as error:
        return _end(str(error), REFUSED)
    except Exception:
        listen()
        note(traceback.format_exc().rstrip())
        return _end("This is a bug in the program, not in your study. Please report it.", OUR_BUG)


def _loaded(name: str) -> ModuleType:
    """Load a module and all that it stands on, which stays until the process ends.

    Looking for garbage meanwhile, again and again through whole libraries, took a quarter of it.
    """
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.enable()
        gc.freeze()


def _end(message: str, code: int) -> int:
    """Print a message to stderr and return the exit code."""
    note(message)
    return code
