"""Whether a spoiled file in or beside a result folder makes anything but a refusal in words.

A small made-up result, with what other commands leave in it and beside it, has one of its files
spoiled: manifest, run, measures, ``latest.txt``, lock, list of figures, answers, worlds, a log, a
story. Then all that reads such a file reads it. Whatever comes of it must be a refusal, in less
than two seconds of the processor, or three times what the whole file takes beside it on a slow
machine. No run is made.

``python -m benchmarks.fuzz_results --inputs 20000``; a file that breaks something is left in
``--found``.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.commands.diff import _side
from analysis.commands.experiment import result_study
from analysis.commands.report import made_of
from analysis.commands.trace import first_world
from analysis.comparison.pairing import compare_measures
from analysis.evidence.ensembles import ENDING, ENSEMBLES, Ensemble, ensemble_text, ensembles_of
from analysis.evidence.ensembles import firm_key as key_of_firm
from analysis.evidence.sampling import worlds_from_ranges
from analysis.evidence.would_change import OF_STUDY, what_would_change
from analysis.load import load_result, result_folder
from analysis.real_log.log_fit import read_log
from sim.keeping import manifest
from sim.keeping.files import parquet_bytes, read_table, write_json
from sim.keeping.lock import FolderLock
from sim.keeping.manifest import MANIFEST, comparison_manifest, read_manifest
from sim.keeping.own_files import FIGURES_LIST, RUNS, own_files
from sim.keeping.seals import is_sealed
from sim.reading.loader import load_study
from sim.study.errors import MachineRefusal, ResultFolderError, StudyError

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import synthetic_measures
from told_answers import LEVERS_TOLD, SIZES_TOLD, STORY_TOLD, WORLDS_TOLD

INPUTS = 1_000_000
MOST_SECONDS = 2.0
MOST_TIMES_WHOLE = 3.0
STUDY = "scenarios/board.yaml"
RUN_NAME = "0123456789abcdef.parquet"
LOG = "log.csv"
_MOST_CHANGES = 3
# What a value may become. Of numbers those at which types and formats end.
_VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 1e308, -1e-300, 10**400, "", "x", "\ud800",
    "\x1b[31m", "\u202e", "a" * 5000, [], {}, [[]], [None], {"a": 1}, "NaN", "..", "/etc", "=1+1",
]  # fmt: skip
_WORDS = ["", "nan", "-inf", "1e400", "x", '"', "\x00", ",", "\n", "#", "\ufeff", "9" * 400, "\r"]


class Desk:
    """A folder of results, whole: what is spoiled is made whole again.

    Parameters
    ----------
    parent : Path
        An empty folder.
    """

    def __init__(self, parent: Path) -> None:
        self.parent = parent
        self.study = load_study(STUDY, ["enterprise.enterprise=fuzzed"])
        begun = manifest.begin(self.study, study_file=STUDY)
        self.folder = parent / f"{self.study.study}-{begun['hash']}"
        (self.folder / RUNS).mkdir(parents=True)
        names = [plan.organisation for plan in self.study.organisations]
        measures = synthetic_measures.measures(names, n_replicates=3)
        measures = measures.astype({"replicate": "int32", "world": "int32"})
        self._write(begun, measures)
        self.files = self._files()
        self._whole = {file: file.read_bytes() for file in self.files}

    def _write(self, begun: dict[str, Any], measures: pd.DataFrame) -> None:
        folder, study = self.folder, self.study
        worlds = worlds_from_ranges(study, 3, 1)
        first = {"number": 1, "parameters": dict(worlds[0].parameters), "off": [], "size": 1.0}
        write_json(folder / MANIFEST, manifest.finish(begun, [], replicates=3, first_world=first))
        (folder / "measures.parquet").write_bytes(parquet_bytes(measures))
        sealed = parquet_bytes(measures.head(50), sealed_for=RUN_NAME)
        (folder / RUNS / RUN_NAME).write_bytes(sealed)
        compare_measures(measures, study.baseline).to_csv(folder / "comparison.csv", index=False)
        (folder / FIGURES_LIST).write_text("standing.png\nstanding.svg\n", encoding="utf-8")
        (folder / ".lock").write_text('{"process": 1, "host": "a", "since": "b"}')
        write_json(folder / "trace.json", STORY_TOLD)
        told = {"worlds": WORLDS_TOLD, "levers": LEVERS_TOLD, "sizes": SIZES_TOLD}
        for kind, answer in told.items():
            beside = self.parent / f"{study.study}-{kind}-00000000"
            beside.mkdir()
            write_json(beside / f"{kind}.json", answer | {OF_STUDY: begun["hash"]})
            write_json(beside / MANIFEST, begun | {"asked": kind})
        (self.parent / "latest.txt").write_text(f"{folder.name}\n", encoding="utf-8")
        (self.parent / ENSEMBLES).mkdir()
        ensemble = Ensemble(study.baseline, {"firm": key_of_firm(study)}, tuple(worlds))
        file = self.parent / ENSEMBLES / f"fuzzed{ENDING}"
        file.write_text(ensemble_text(ensemble), encoding="utf-8")
        statistics = "statistic,scope_id,value\ncompletion_share,,0.4\nrepeat_share,a,0.1\n"
        (self.parent / LOG).write_text(f"# A log.\n{statistics}", encoding="utf-8")

    def _files(self) -> list[Path]:
        return sorted(file for file in self.parent.rglob("*") if file.is_file())

    def mend(self, file: Path) -> None:
        """Make a spoiled file whole."""
        file.write_bytes(self._whole[file])

    def whole(self, file: Path) -> bytes:
        """Return what a file held."""
        return self._whole[file]


# --- what a file may become ---------------------------------------------------------------


def spoiled(content: bytes, name: str, luck: random.Random) -> bytes:
    """Return what a file holds with a few changes, of the kind that its name stands for."""
    for _ in range(luck.randint(1, _MOST_CHANGES)):
        change = luck.choice(_changes(name))
        content = change(content, luck)
    return content


def _changes(name: str) -> list[Callable[[bytes, random.Random], bytes]]:
    plain = [_flip, _cut, _twice]
    if name.endswith(".json") or name == ".lock":
        return [*[_value] * 9, *plain]
    if name.endswith(".parquet"):
        return [_flip, _flip, _cut]
    return [*[_word] * 5, *plain]


def _value(content: bytes, luck: random.Random) -> bytes:
    """Put another value into one place of an object, or leave the place out."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return content
    at, key = luck.choice(list(_places(told)) or [(None, None)])
    if at is None:
        return content
    if luck.random() < 0.25:
        del at[key]
    else:
        at[key] = copy.deepcopy(luck.choice(_VALUES))
    with contextlib.suppress(ValueError):  # digits beyond what is written
        return json.dumps(told).encode()
    return content


def _places(told: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place in an object, with what holds it."""
    found = [told]
    while found:
        at = found.pop()
        keys = at if isinstance(at, dict) else range(len(at)) if isinstance(at, list) else ()
        for key in keys:
            yield at, key
            found.append(at[key])


def _word(content: bytes, luck: random.Random) -> bytes:
    at = luck.randint(0, len(content))
    to = min(len(content), at + luck.choice([0, 0, 1, 5, 50]))
    return content[:at] + luck.choice(_WORDS).encode() + content[to:]


def _flip(content: bytes, luck: random.Random) -> bytes:
    if not content:
        return content
    at = luck.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << luck.randrange(8))]) + content[at + 1 :]


def _cut(content: bytes, luck: random.Random) -> bytes:
    return content[: luck.randint(0, len(content))]


def _twice(content: bytes, luck: random.Random) -> bytes:
    return content + content[: luck.randint(0, len(content))]


# --- what reads it --------------------------------------------------------------------------


def read_all(desk: Desk, file: Path) -> None:
    """Let everything that reads a file read it; a refusal is right.

    Raises
    ------
    Exception
        Whatever it should not have raised.
    """
    for reader in readers(desk, file):
        with contextlib.suppress(MachineRefusal, ResultFolderError, StudyError):
            reader()


def readers(desk: Desk, file: Path) -> list[Callable[[], object]]:
    """Return all that reads a file."""
    folder, parent = desk.folder, desk.parent
    by_name: dict[str, list[Callable[[], object]]] = {
        LOG: [lambda: _log(file)],
        "latest.txt": [lambda: result_folder("latest", parent)],
        f"fuzzed{ENDING}": [lambda: ensembles_of(desk.study, parent)],
        RUN_NAME: [
            lambda: is_sealed(file, RUN_NAME),
            lambda: read_table(file, sealed_for=RUN_NAME),
        ],
        ".lock": [lambda: _locked(folder)],
        FIGURES_LIST: [lambda: own_files(folder)],
    }
    if file.name in by_name:
        return by_name[file.name]
    pack = [lambda: made_of(folder), lambda: what_would_change(desk.study, parent)]
    result = [lambda: load_result(folder), lambda: _side(str(folder), parent)]
    if file == folder / MANIFEST:
        result += [
            lambda: result_study(folder),
            lambda: first_world(comparison_manifest(folder)),
            lambda: manifest.finished_replicates(read_manifest(folder)),
            lambda: manifest.finished_ablations(read_manifest(folder)),
        ]
    return [*(result if file.parent == folder else ()), *pack]


def _log(file: Path) -> None:
    with contextlib.suppress(ValueError):  # which the command turns into a refusal
        read_log(file)


def _locked(folder: Path) -> None:
    """Ask for a lock that somebody holds, and who that is."""
    held = FolderLock(folder)
    try:
        with contextlib.suppress(MachineRefusal):
            FolderLock(folder).release()
    finally:
        held.release()


def main() -> int:
    """Spoil so many files, one at a time; return 1 if anything but a refusal came of one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=INPUTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--found", type=Path, default=Path("results/fuzz"))
    options = parser.parse_args()
    luck = random.Random(options.seed)  # noqa: S311  # nosec B311 - luck, not a secret
    broken: Counter[str] = Counter()
    began, number = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as name, contextlib.suppress(KeyboardInterrupt):
        desk = Desk(Path(name) / "results")
        for number in range(1, options.inputs + 1):
            said = tried(desk, luck)
            if said is None:
                continue
            what, file = said
            broken[what] += 1
            if broken[what] == 1:
                kept = _keep(file, options.found / f"{number}-{file.name}")
                print(f"{what}: {kept}", flush=True)
            desk.mend(file)
    seconds = time.monotonic() - began
    print(f"{number:,} files in {seconds:,.0f} s ({number / seconds:,.1f} a second)")
    print(f"{sum(broken.values())} of them broke something.")
    return int(bool(broken) or number < options.inputs)


def tried(desk: Desk, luck: random.Random) -> tuple[str, Path] | None:
    """Spoil one file and read it; return what came of it if it is no refusal, and the file."""
    file = luck.choice(desk.files)
    file.write_bytes(spoiled(desk.whole(file), file.name, luck))
    try:
        used = _seconds(desk, file)
    except Exception as error:  # whatever it is, it is what we are looking for
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        at = "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        return f"{type(error).__name__} at {at} ({str(error)[:80]})", file
    if used > MOST_SECONDS and _slower_than_whole(desk, file):
        return f"slow: {file.name}", file
    desk.mend(file)
    return None


def _seconds(desk: Desk, file: Path) -> float:
    """Return what reading a file takes, in seconds of the processor."""
    began = time.process_time()
    read_all(desk, file)
    return time.process_time() - began


def _slower_than_whole(desk: Desk, file: Path) -> bool:
    """Whether a spoiled file is slow beside the whole one, both read again, on this machine now."""
    spoiled_content = file.read_bytes()
    desk.mend(file)
    whole = _seconds(desk, file)
    file.write_bytes(spoiled_content)
    return _seconds(desk, file) > max(MOST_SECONDS, MOST_TIMES_WHOLE * whole)


def _keep(file: Path, to: Path) -> Path:
    to.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(file, to))


if __name__ == "__main__":
    sys.exit(main())
