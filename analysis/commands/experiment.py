"""What the commands that run the model share: study, folder, runs, failures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.commands.arguments import INCOMPLETE
from analysis.commands.options import DEFAULT_STUDY
from analysis.commands.progress import Reporter, said_if_long
from analysis.commands.terminal import note
from analysis.load import read_manifest
from sim.keeping import manifest
from sim.keeping.store import MANIFEST, ResultFolder, open_folder, run_and_pack
from sim.reading.bundled import at_hand
from sim.reading.loader import load_study
from sim.reading.source_tree import key_path
from sim.runner import RunSpec
from sim.running.batch import DONE, FAILED, RunStatus, run_many
from sim.running.cluster import ClusterWorkers
from sim.running.memory import check_memory, fitting_jobs, memory_need
from sim.running.version import program_version
from sim.running.workers import LocalWorkers, Workers, default_jobs
from sim.study.errors import Problem, ResultFolderError, StudyError
from sim.study.study import Study

READING = (
    "Reading the study and staffing each of its org models ... With thousands of touchpoints this "
    "takes up to half a minute, and more with every org model."
)


def study_file(given: str | None) -> str:
    """Return the study's file; without one, the bundled study, from wherever one stands."""
    return at_hand(DEFAULT_STUDY if given is None else given)


def read_study(options: argparse.Namespace) -> Study:
    """Load the study that the options name, with their changes.

    Raises
    ------
    StudyError
        If anything in it, or in the options, is wrong, or this machine has too little memory for
        the processes asked for.
    """
    with said_if_long(READING, quiet=options.quiet):
        return _read(options)


def _read(options: argparse.Namespace) -> Study:
    """Load the study that the options name, and see that this machine can hold it."""
    file = study_file(options.study)
    study = load_study(
        file, overrides=options.set, orgs=getattr(options, "orgs", None), seed=options.seed
    )
    problems: list[Problem] = []
    if getattr(options, "cluster", None) is None:
        need = memory_need(study, events=getattr(options, "events", False))
        processes = _processes(study, options)
        problems += [
            Problem(file, None, None, key_path(complaint.path), complaint.message, complaint.remedy)
            for complaint in check_memory(study, need, processes)
        ]
    if problems:
        raise StudyError(problems)
    return study


def result_study(folder: Path) -> Study:
    """Return the study that a result folder was written from, as it was resolved.

    Raises
    ------
    ResultFolderError
        If the folder was written by another program version, whose customers would fare
        differently, or its manifest cannot be read.
    """
    written = read_manifest(folder)
    here = program_version()
    if (written.get("program_version"), written.get("engine")) != (here.release, here.engine):
        raise ResultFolderError(
            f"{folder}: another program version wrote this ({written.get('program_version')}, "
            f"engine {written.get('engine')}; this is {here}). Run the comparison again."
        )
    try:
        return Study.model_validate(written["study_as_resolved"])
    except (KeyError, ValueError) as reason:
        raise ResultFolderError(
            f"{folder / MANIFEST}: the study in it cannot be read. Run the comparison again."
        ) from reason


def _processes(study: Study, options: argparse.Namespace) -> int:
    """Return how many processes the options insist on, and can keep busy."""
    jobs = getattr(options, "jobs", None) or 1
    replicates = getattr(options, "replicates", None) or study.design.replicates
    if replicates == "auto":
        return int(jobs)
    return min(int(jobs), len(study.organisations) * int(replicates))


def workers_for(
    options: argparse.Namespace, reporter: Reporter, most: int, study: Study
) -> LocalWorkers | ClusterWorkers:
    """Return where the options want the runs: a cluster, or at most `most` processes here.

    Without a number asked for, there are as many processes as there are cores and memory.
    """
    need = memory_need(study)
    if options.cluster is not None:
        return ClusterWorkers(options.cluster, reporter.message, need=need)
    if options.jobs:
        return LocalWorkers(min(options.jobs, most))
    wanted = min(default_jobs(), most)
    jobs = fitting_jobs(need, most)
    if jobs < wanted:
        reporter.message(f"{jobs} of {wanted} processes, for memory has no room for more: {need}")
    return LocalWorkers(jobs)


class Experiment:
    """The runs of one command and the folder they land in.

    Parameters
    ----------
    study : Study
        The resolved study.
    options : argparse.Namespace
        The command's options.
    """

    def __init__(self, study: Study, options: argparse.Namespace) -> None:
        self.study = study
        self._begun = manifest.begin(
            study,
            study_file=study_file(options.study),
            overrides=options.set,
            command=sys.argv[1:],
        )
        self.folder: ResultFolder = open_folder(
            Path(options.out), study, self._begun, fresh=options.fresh
        )

    def __enter__(self) -> Experiment:
        """Return the experiment; nobody else writes into its folder until the end."""
        return self

    def __exit__(self, *reason: object) -> None:
        """Let others write into the folder."""
        self.folder.__exit__(*reason)

    @property
    def hash(self) -> str:
        """The hash that the folder's name ends with."""
        return str(self._begun["hash"])

    def complete(
        self,
        specs: Sequence[RunSpec],
        reporter: Reporter,
        workers: Workers | None = None,
    ) -> list[RunStatus]:
        """Run what the folder does not hold yet; return the fate of every run, in order."""
        missing = [spec for spec in specs if not self.folder.holds(spec)]
        reporter.expect(len(specs), done=len(specs) - len(missing))
        fates = iter(
            run_many(
                missing,
                workers.size if workers is not None else 1,
                self.folder.save,
                execute=run_and_pack,
                on_end=lambda status: reporter.advance(),
                announce=reporter.message,
                workers=workers,
            )
        )
        absent = {id(spec) for spec in missing}
        return [next(fates) if id(spec) in absent else RunStatus(spec, DONE) for spec in specs]

    def close(self, statuses: Sequence[RunStatus], **facts: Any) -> int:
        """Write the fates and the manifest, point ``latest`` here, return the exit code."""
        self.folder.write(MANIFEST, manifest.finish(self._begun, statuses, **facts))
        self.folder.point_latest()
        failed = [status for status in statuses if status.status == FAILED]
        if not failed:
            return 0
        first = failed[0]
        note(
            f"{len(failed)} of {len(statuses)} runs failed, the first one "
            f"({first.spec.organisation.organisation}, replicate {first.spec.replicate}) of: "
            f"{first.reason}. All reasons are in {self.folder.path / MANIFEST}; the rest is "
            "there, and the same command tries the failed ones again."
        )
        return INCOMPLETE
