"""Mesa's own view of one live run, for the modeller: step, play, look.

It needs the extra ``mesa-viz``, so nothing of it is imported before it is asked for. Solara serves
it in a process of its own, told of the study by a small script.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess  # Solara's own server is started  # nosec B404
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim import EnterpriseModel, load_study
from sim.study.errors import Problem, StudyError

_NEEDED = ("solara", "ipyvuetify", "altair", "matplotlib")
_PLOTTED = ("open_cases", "dropped", "drop_off_rate", "standing")
_QUIET = {
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",  # nothing leaves the machine
    "SOLARA_ASSETS_PROXY": "true",  # from the extra's own package, not from a network
    "SOLARA_MODE": "production",
}
_SCRIPT = """\
from analysis.explore.mesa_view import live_view

Page = live_view(*{words})
"""


def check_viewer() -> None:
    """Refuse to go on where Mesa's view is not installed.

    Raises
    ------
    StudyError
        With the command that installs it.
    """
    if all(importlib.util.find_spec(name) is not None for name in _NEEDED):
        return
    message = "Mesa's own view is not installed"
    remedy = (
        "install it in the program's folder, best in an environment of its own: "
        f'{sys.executable} -m pip install -e ".[mesa-viz]". Without --mesa nothing is needed'
    )
    raise StudyError([Problem("--mesa", None, None, "", message, remedy)])


def viewer_command(port: int, script: Path) -> list[str]:
    """Return the command line that serves the view on this machine alone."""
    own = [sys.executable, "-m", "solara", "run", str(script), "--host", "127.0.0.1"]
    return [*own, "--port", str(port), "--no-open", "--production"]


def serve_view(file: str, overrides: Sequence[str], port: int, folder: Path) -> int:
    """Serve the view until somebody ends it; return the exit code.

    Parameters
    ----------
    file : str
        The study.
    overrides : sequence of str
        What the command line laid over it.
    port : int
        On 127.0.0.1.
    folder : Path
        Where the script may lie meanwhile.
    """
    script = folder / "view.py"
    words = json.dumps([str(Path(file).resolve()), list(overrides)])
    script.write_text(_SCRIPT.format(words=words), encoding="utf-8")
    roots = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    command = viewer_command(port, script)
    environment = {**os.environ, **_QUIET, "PYTHONPATH": roots}
    with subprocess.Popen(command, env=environment) as served:  # noqa: S603  # nosec B603
        try:
            return served.wait()
        except KeyboardInterrupt:
            served.terminate()
            return 0


def live_view(file: str, overrides: Sequence[str]) -> Any:
    """Return a Solara component: one live run of a study's baseline, with step, play and reset.

    Parameters
    ----------
    file : str
        The study.
    overrides : sequence of str
        What is laid over it.
    """
    # Imported only where the extra is there.
    import solara  # noqa: PLC0415
    from mesa.visualization import Slider, SolaraViz, make_plot_component  # noqa: PLC0415

    study = load_study(file, overrides=overrides)
    plan = next(each for each in study.organisations if each.organisation == study.baseline)
    params = {
        "study": study,
        "levers": plan,
        "replicate": Slider("Draw of demand and luck", value=0, min=0, max=50, step=1),
    }
    label = f"{study.study}: {plan.label or plan.organisation}"

    @solara.component
    def page() -> None:
        model = solara.use_memo(lambda: EnterpriseModel(study, plan), [])
        plots = [make_plot_component(name) for name in _PLOTTED]
        SolaraViz(model, components=plots, model_params=params, name=label, play_interval=200)

    return page
