"""What the commands that run the model share: study, folder, runs, failures."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import mesa  # noqa: F401 - first, for at its import it reads the source of all that stands above

from analysis.commands.arguments import INCOMPLETE
from analysis.commands.options import DEFAULT_STUDY
from analysis.commands.progress import Reporter, said_if_long
from analysis.commands.terminal import note
from analysis.comparing import extension_figures
from analysis.evidence.world_numbers import MOST_DRAWN
from sim.keeping import manifest
from sim.keeping.manifest import MANIFEST, comparison_manifest
from sim.keeping.plain_files import plain_object
from sim.keeping.pool import POOL_FOLDER, RunPool, content_key, run_for_pool
from sim.keeping.store import ResultFolder, open_folder, run_and_pack
from sim.reading.bundled import at_hand
from sim.reading.extension_checks import check_extensions
from sim.reading.loader import load_study, study_from
from sim.reading.source_tree import key_path
from sim.runner import RunSpec
from sim.running.batch import DONE, FAILED, RunStatus, run_many
from sim.running.cluster import ClusterWorkers
from sim.running.memory import check_memory, fitting_jobs, memory_need
from sim.running.version import is_of_this_version, program_version
from sim.running.workers import LocalWorkers, Workers, default_jobs
from sim.study.errors import Problem, ResultFolderError, StudyError
from sim.study.extension import Adopted, adopt, adopted_by
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
        file,
        overrides=options.set,
        orgs=getattr(options, "orgs", None),
        seed=options.seed,
        extensions=options.extension,
    )
    problems = doubled_figures(study)
    if problems:
        raise StudyError(problems)
    if getattr(options, "cluster", None) is None:
        events = getattr(options, "events", False)
        check_memory_for(study, _processes(study, options), file, events=events)
    return study


def doubled_figures(study: Study) -> list[Problem]:
    """Return a problem for each figure of an extension that is called like another one."""
    own = extension_figures(study)
    if not own:
        return []
    # Imported only where an extension draws: what draws takes long to load.
    from analysis.figures.gallery import FIGURES  # noqa: PLC0415

    names = [figure.name for figure in (*FIGURES, *own)]
    return [
        Problem(
            f"--extension {each.extension.name}",
            None,
            None,
            "",
            f"there is a figure `{figure.name}` already",
            "call that of the extension otherwise",
        )
        for each in adopted_by(study.extensions)
        for figure in each.extension.figures
        if names.count(figure.name) > 1
    ]


def result_study(folder: Path, extensions: Sequence[str] = ()) -> Study:
    """Return the study that a result folder was written from, as it was resolved.

    The folder may come from elsewhere: its study goes through all the checks of a study file.

    Parameters
    ----------
    folder : Path
        The result folder.
    extensions : sequence of str
        Extensions that the command line names; the study's own are loaded from nowhere else.

    Raises
    ------
    StudyError
        If the study was run with an extension that is not named, or with another one.
    ResultFolderError
        If the folder was written by another program version, whose customers would fare
        differently, or its manifest cannot be read, is of another study than it says, or holds
        one that no command would run.
    """
    written = comparison_manifest(folder)
    if not is_of_this_version(written):
        here = program_version()
        raise ResultFolderError(
            f"{folder}: another program version wrote this ({written.get('program_version')}, "
            f"engine {written.get('engine')}; this is {here}). Run the comparison again."
        )
    study, file = study_as_written(folder, written), folder / MANIFEST
    adopted = _adopted_for(study, extensions, file)
    try:
        # A log is compared with the runs, not needed to run them.
        study_from(
            study.model_copy(update={"compared_with": None}),
            extensions=[each.extension for each in adopted],
        )
        check_memory_for(study, 1, str(file), events=False)  # the log is of few customers
    except StudyError as reason:
        raise ResultFolderError(
            f"{file}: the study in it cannot be run. {reason.problems[0]}"
        ) from reason
    return study


def study_as_written(folder: Path, written: Mapping[str, Any]) -> Study:
    """Return the study in a manifest of this version, having seen that it is still that one.

    Parameters
    ----------
    folder : Path
        The result folder.
    written : mapping
        Its manifest.

    Raises
    ------
    ResultFolderError
        If there is no study in it, or one of another hash than the manifest or the folder say.
    """
    file = folder / MANIFEST
    try:
        study = Study.model_validate(written["study_as_resolved"])
        found = manifest.study_hash(study, worlds=str(written.get("worlds_of", "")))
    except (KeyError, TypeError, ValueError, RecursionError) as reason:
        raise ResultFolderError(
            f"{file}: the study in it cannot be read. Run the comparison again."
        ) from reason
    ending = re.search(r"-([0-9a-f]{8})$", folder.resolve().name)
    if {found} != {written.get("hash"), ending[1] if ending else found}:
        raise ResultFolderError(
            f"{file} was changed after the results were written: the study in it has the hash "
            f"{found}, the results have another. Run the comparison again to write a new one."
        )
    return study


def check_memory_for(study: Study, processes: int, file: str, *, events: bool) -> None:
    """Refuse a study for which this machine has too little memory.

    Raises
    ------
    StudyError
        With what takes the memory.
    """
    need = memory_need(study, events=events)
    problems = [
        Problem(file, None, None, key_path(complaint.path), complaint.message, complaint.remedy)
        for complaint in check_memory(study, need, processes)
    ]
    if problems:
        raise StudyError(problems)


def _adopted_for(study: Study, extensions: Sequence[str], file: Path) -> list[Adopted]:
    """Load the extensions that the command line names; those of a result must be among them."""
    adopted = [adopt(each) for each in extensions]
    problems = [
        Problem(str(file), None, None, key_path(at), message, remedy)
        for at, message, remedy in check_extensions(study, adopted)
    ]
    if problems:
        raise StudyError(problems)
    return adopted


def _processes(study: Study, options: argparse.Namespace) -> int:
    """Return how many processes the options insist on, and can keep busy."""
    jobs = getattr(options, "jobs", None) or 1
    replicates = getattr(options, "replicates", None) or max(
        study.design.replicates, study.design.worlds
    )
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
    asked : str
        What is asked of the study, where that is something else than a comparison.
    firms : int
        Firms for which each org model is run in a replicate.
    worlds : str
        What tells the worlds that it is run in from others; empty for the study as given.
    """

    def __init__(
        self,
        study: Study,
        options: argparse.Namespace,
        asked: str = "",
        firms: int = 1,
        worlds: str = "",
    ) -> None:
        self.study = study
        self._is_comparison = not asked
        self._begun = manifest.begin(
            study,
            study_file=study_file(options.study),
            overrides=options.set,
            command=sys.argv[1:],
            asked=asked,
            worlds=worlds,
        )
        self.folder: ResultFolder = open_folder(
            Path(options.out), study, self._begun, fresh=options.fresh, firms=firms
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

    @cached_property
    def pool(self) -> RunPool:
        """The runs that commands share, beside the result folders."""
        return RunPool(self.folder.path.parent / POOL_FOLDER)

    def complete_pool(
        self, specs: Sequence[RunSpec], reporter: Reporter, workers: Workers | None = None
    ) -> list[RunStatus]:
        """Run what the pool does not hold yet, equal runs once; return every fate, in order."""
        keys = [content_key(spec) for spec in specs]
        missing = {
            key: spec for key, spec in zip(keys, specs, strict=True) if not self.pool.holds(spec)
        }
        reporter.expect(len(specs), done=len(specs) - len(missing))
        ended = run_many(
            list(missing.values()),
            workers.size if workers is not None else 1,
            self.pool.save,
            execute=run_for_pool,
            on_end=lambda status: reporter.advance(),
            announce=reporter.message,
            workers=workers,
        )
        fates = dict(zip(missing, ended, strict=True))
        return [
            replace(fates[key], spec=spec) if key in fates else RunStatus(spec, DONE)
            for key, spec in zip(keys, specs, strict=True)
        ]

    def finished_worlds(self, answer: str, key: str) -> int:
        """Return of how many worlds an answer in the folder is, 0 if of none.

        The folder may come from elsewhere: it is believed only as far as there are runs for it.

        Parameters
        ----------
        answer : str
            The file that holds the answer.
        key : str
            Under which the answer has the number.
        """
        try:
            number = plain_object(self.folder.path / answer).get(key)
        except (OSError, ValueError):
            return 0
        believed = min(MOST_DRAWN, self.pool.n_runs)
        return number if type(number) is int and 0 < number <= believed else 0

    def replicates_shown(self, asked: int) -> int:
        """Return how many replicates to show: what is asked for, or more if more are finished."""
        return max(asked, self.folder.finished_replicates)

    def close(self, statuses: Sequence[RunStatus], *, replicates: int, **facts: Any) -> int:
        """Write the fates and the manifest, return the exit code.

        What ``latest`` means is a comparison.
        """
        failed = [status for status in statuses if status.status == FAILED]
        finished = self.replicates_shown(0 if failed else replicates)
        ablations = self.folder.finished_ablations | facts.pop("ablated", {})
        facts |= {"replicates": replicates, "finished_replicates": finished}
        facts["finished_ablations"] = ablations
        self.folder.write(MANIFEST, manifest.finish(self._begun, statuses, **facts))
        if self._is_comparison:
            self.folder.point_latest()
        if not failed:
            return 0
        first, spec = failed[0], failed[0].spec
        place = f"world {spec.world}" if spec.world else f"replicate {spec.replicate}"
        note(
            f"{len(failed)} of {len(statuses)} runs failed, the first one "
            f"({spec.organisation.organisation}, {place}) of: {first.reason.rstrip('.')}. All "
            f"reasons are in {self.folder.path / MANIFEST}; the rest is there, and the same "
            "command tries the failed ones again."
        )
        return INCOMPLETE
