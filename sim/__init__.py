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
    from analysis.figures.figure import Drawing, Figure, Picture, Shown
    from analysis.figures.gallery import FIGURES
    from analysis.load import Result, load_result
    from sim.agents.customer import CustomerAgent
    from sim.agents.desk import Desk
    from sim.engine.compiled import rule
    from sim.engine.philox import exponential, normal, uniform
    from sim.engine.which_draw import block_of_case, block_of_visit, facts_of_visit
    from sim.model import EnterpriseModel
    from sim.reading.bundled import bundled, bundled_names
    from sim.reading.loader import load_study, study_from
    from sim.runner import RunResult, RunSpec, run
    from sim.running.batch import run_study
    from sim.study.errors import Complaint, MachineRefusal, ResultFolderError, StudyError
    from sim.study.extension import Extension, Numbers
    from sim.study.levers import OrgModel, Section
    from sim.study.measure_table import MeasureSpec
    from sim.study.study import Study

_HOMES = {
    "analysis.comparing": (
        "Comparison",
        "compare",
    ),
    "analysis.figures.figure": (
        "Drawing",
        "Figure",
        "Picture",
        "Shown",
    ),
    "analysis.figures.gallery": ("FIGURES",),
    "analysis.load": (
        "Result",
        "load_result",
    ),
    "sim.agents.customer": ("CustomerAgent",),
    "sim.agents.desk": ("Desk",),
    "sim.engine.compiled": ("rule",),
    "sim.engine.philox": (
        "exponential",
        "normal",
        "uniform",
    ),
    "sim.engine.which_draw": (
        "block_of_case",
        "block_of_visit",
        "facts_of_visit",
    ),
    "sim.model": ("EnterpriseModel",),
    "sim.reading.bundled": (
        "bundled",
        "bundled_names",
    ),
    "sim.reading.loader": (
        "load_study",
        "study_from",
    ),
    "sim.runner": (
        "RunResult",
        "RunSpec",
        "run",
    ),
    "sim.running.batch": ("run_study",),
    "sim.study.errors": (
        "Complaint",
        "MachineRefusal",
        "ResultFolderError",
        "StudyError",
    ),
    "sim.study.extension": (
        "Extension",
        "Numbers",
    ),
    "sim.study.levers": (
        "OrgModel",
        "Section",
    ),
    "sim.study.measure_table": ("MeasureSpec",),
    "sim.study.study": ("Study",),
}
"""Which module each name comes from; the face alone may look upward, and only when asked."""

__all__ = [
    "FIGURES",
    "Comparison",
    "Complaint",
    "CustomerAgent",
    "Desk",
    "Drawing",
    "EnterpriseModel",
    "Extension",
    "Figure",
    "MachineRefusal",
    "MeasureSpec",
    "Numbers",
    "OrgModel",
    "Picture",
    "Result",
    "ResultFolderError",
    "RunResult",
    "RunSpec",
    "Section",
    "Shown",
    "Study",
    "StudyError",
    "block_of_case",
    "block_of_visit",
    "bundled",
    "bundled_names",
    "compare",
    "exponential",
    "facts_of_visit",
    "load_result",
    "load_study",
    "normal",
    "rule",
    "run",
    "run_study",
    "study_from",
    "uniform",
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
