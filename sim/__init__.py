"""The model: customers, enterprise functions and the roles between them.

What a user needs of the program stands here by name and is loaded when it is first asked
for, so that importing this costs nothing.

>>> import sim
>>> study = sim.load_study("scenarios/board.yaml")
>>> comparison = sim.compare(study, replicates=2)  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as in typing, which need not be loaded for it
if TYPE_CHECKING:
    from analysis.comparing import Comparison, compare
    from analysis.figures.figure import Figure, Picture, Shown
    from analysis.figures.gallery import FIGURES
    from analysis.load import Result, load_result
    from sim.agents.customer import CustomerAgent
    from sim.model import EnterpriseModel
    from sim.reading.bundled import bundled, bundled_names
    from sim.reading.loader import load_study, study_from
    from sim.runner import RunResult, RunSpec, run
    from sim.running.batch import run_study
    from sim.study.errors import MachineRefusal, ResultFolderError, StudyError
    from sim.study.levers import OrgModel
    from sim.study.study import Study

_HOMES = {
    "analysis.comparing": ("Comparison", "compare"),
    "analysis.figures.figure": ("Figure", "Picture", "Shown"),
    "analysis.figures.gallery": ("FIGURES",),
    "analysis.load": ("Result", "load_result"),
    "sim.agents.customer": ("CustomerAgent",),
    "sim.model": ("EnterpriseModel",),
    "sim.reading.bundled": ("bundled", "bundled_names"),
    "sim.reading.loader": ("load_study", "study_from"),
    "sim.runner": ("RunResult", "RunSpec", "run"),
    "sim.running.batch": ("run_study",),
    "sim.study.errors": ("MachineRefusal", "ResultFolderError", "StudyError"),
    "sim.study.levers": ("OrgModel",),
    "sim.study.study": ("Study",),
}
"""Which module each name comes from; the face alone may look upward, and only when asked."""

__all__ = [
    "FIGURES",
    "Comparison",
    "CustomerAgent",
    "EnterpriseModel",
    "Figure",
    "MachineRefusal",
    "OrgModel",
    "Picture",
    "Result",
    "ResultFolderError",
    "RunResult",
    "RunSpec",
    "Shown",
    "Study",
    "StudyError",
    "bundled",
    "bundled_names",
    "compare",
    "load_result",
    "load_study",
    "run",
    "run_study",
    "study_from",
]


def __getattr__(name: str) -> object:
    for module, names in _HOMES.items():
        if name in names:
            found: object = getattr(import_module(module), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module 'sim' has no attribute '{name}'; it offers {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
