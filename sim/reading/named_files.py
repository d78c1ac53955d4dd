"""The files that a study names: in its folder, in that folder's parent, or bundled."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path, PureWindowsPath

from sim.reading.bundled import bundled_folder, bundled_name, bundled_names, bundled_org_models
from sim.reading.explain import shown
from sim.reading.likeness import LIKE, laid_over, why_not
from sim.reading.references import is_file, model_names, named_ends, org_models
from sim.reading.source_tree import KeyPath, Mark, Node, Source, splice
from sim.reading.validation import problem_at
from sim.reading.yaml_source import MAX_BYTES, MAX_NODES, scan
from sim.study.spelling import close_spelling, nearest_or_all

MAX_BYTES_IN_ALL = 4 * MAX_BYTES
"""Of all files that a study names, one that is named twice counted twice."""
MAX_LOG_BYTES = MAX_BYTES
"""Of the statistics of a log, a table of some hundred rows."""


def named_file(folder: Path, name: str) -> Path:
    """Return the file that a study in a folder means by a name.

    A file of the study's own goes before a bundled one of the same name.
    """
    own = Path(os.path.normpath(folder / name))
    inside = None if os.path.isfile(own) else bundled_name(name)
    return own if inside is None else bundled_folder() / inside


class NamedFiles:
    """The files that one study may name.

    Parameters
    ----------
    folder : Path
        The study's folder.
    study : str
        Name of the study's own file, if it is one; it is never what was meant.
    """

    def __init__(self, folder: Path, study: str = ""):
        self._folder = folder
        self._study = study
        self._bytes_left = MAX_BYTES_IN_ALL
        self._values_left = MAX_NODES

    def include(self, source: Source, orgs: Sequence[str] = ()) -> list[str]:
        """Splice in the files a study names; return their names in order.

        Parameters
        ----------
        source : Source
            The study; altered.
        orgs : sequence of str
            Org models asked for; bundled ones that the study does not have come after its own.
        """
        places: list[KeyPath] = [("enterprise",), ("parameters",), ("mechanisms",)]
        organisations = source.find(("organisations",))
        if organisations is not None and isinstance(organisations.value, list):
            models: list[KeyPath] = [("organisations", i) for i in range(len(organisations.value))]
            # An org model's file may itself name a design of the enterprise.
            places += [*models, *((*model, "enterprise") for model in models)]
        files = []
        self._values_left -= source.n_values
        for place in places:
            node = source.find(place)
            if node is not None and node.sound and isinstance(node.value, str):
                files += self._include_one(source, place, node)
        files += self._fill_in(source)
        names = model_names(source)
        for place, node in list(named_ends(source)):
            bundled = f"organisations/{node.value}.yaml"
            if node.value not in names and bundled_name(bundled) is not None:
                node.value = bundled
            if is_file(node.value):
                files += self._include_one(source, place, node)
        if organisations is not None and isinstance(organisations.value, list):
            files += self._add_bundled(source, organisations.value, orgs)
        return files

    def _fill_in(self, source: Source) -> list[str]:
        """Give org models that are `like` another one what they do not say themselves."""
        names = model_names(source)
        files: list[str] = []
        for path, node in [each for each in org_models(source) if LIKE in each[1].entries]:
            name = node.entries[LIKE].value
            likeness = names.get(name) if isinstance(name, str) else None
            if likeness is None and name in bundled_org_models():
                other = self._read(f"organisations/{name}.yaml")
                likeness, files = other.root, [*files, other.file]
            wrong = "is no org model, bundled or of this study"
            if likeness is not None:
                wrong = why_not(likeness)
            if likeness is None or wrong:
                known = [*names, *bundled_org_models()]
                remedy = nearest_or_all(str(name), sorted({*known} - {str(name)}))
                complaint = f"{shown(name)} {wrong}", remedy
                source.problems.append(problem_at(source, (*path, LIKE), *complaint))
            else:
                source.put(path, laid_over(likeness, node))
        for path, node in org_models(source):
            if LIKE in node.entries:
                source.remove((*path, LIKE))
        return files

    def _add_bundled(self, source: Source, entries: list[Node], orgs: Sequence[str]) -> list[str]:
        """Put bundled org models that an option names behind those of the study."""
        names, there, files = model_names(source), bundled_org_models(), []
        for name in dict.fromkeys(orgs):
            if name not in names and name in there:
                mark = Mark(f"--orgs {name}", None, None)
                entries.append(Node(mark, f"organisations/{name}.yaml"))
                place: KeyPath = ("organisations", len(entries) - 1)
                files += self._include_one(source, place, entries[-1])
        return files

    def check_log(self, source: Source) -> None:
        """Note a log file, named to be compared with, that is not there; it is read later."""
        place: KeyPath = ("compared_with",)
        node = source.find(place)
        if node is not None and node.sound and isinstance(node.value, str):
            refusal = self._refusal(node.value, masks=("*.csv", "*/*.csv"))
            refusal = refusal or self._too_large(node.value, MAX_LOG_BYTES)
            if refusal is not None:
                source.problems.append(problem_at(source, place, *refusal))

    def _include_one(self, source: Source, place: KeyPath, node: Node) -> list[str]:
        if self._values_left <= 0:  # which was said of the file in which they ended
            node.sound = False
            return []
        refusal = self._refusal(node.value) or self._too_large(node.value, MAX_BYTES)
        if refusal is not None:
            node.sound = False
            source.problems.append(problem_at(source, place, *refusal))
            return []
        other = self._read(node.value)
        if other.root.sound and not isinstance(other.root.value, dict):
            other.root.sound = False
            message = f"{shown(other.data)} stands where a mapping belongs"
            other.problems.append(problem_at(other, (), message, "write `key: value` lines"))
        splice(source, place, other)
        return [other.file]

    def _read(self, name: str) -> Source:
        """Read a file, which takes of what may be read in all."""
        file = named_file(self._folder, name)
        self._bytes_left -= os.path.getsize(file)
        other = scan(file, self._values_left)
        self._values_left -= other.n_values
        return other

    def _too_large(self, name: str, most: int) -> tuple[str, str] | None:
        """Return why a file is too large to be read, as the machine knows it, and a remedy."""
        size = os.path.getsize(named_file(self._folder, name))
        if size > most:
            message = f"the file {shown(name)} is larger than {most >> 20} MiB"
            return message, "what a study names is text of a few hundred lines"
        if size > self._bytes_left:
            self._bytes_left, self._values_left = 0, 0
            message = f"with {shown(name)} the study's files are larger than 4 MiB in all"
            return message, "name fewer or smaller ones"
        return None

    def _refusal(
        self, name: str, masks: tuple[str, ...] = ("*.y*ml", "*/*.y*ml")
    ) -> tuple[str, str] | None:
        """Return why a file that a study names cannot be used, and what to do; else None.

        Files that `masks` find, in the study's folder or bundled, may have been meant.
        """
        if name.startswith(("/", "~")) or PureWindowsPath(name).drive or "\\" in name:
            return (
                f"{shown(name)} is not a relative path",
                "name the file relative to the study's folder, with `/` between folders",
            )
        # No file name holds a zero character, and the machine may not be asked about one.
        try:
            target = (self._folder / name.replace("\0", "?")).resolve()
        except (OSError, RuntimeError):
            return f"{shown(name)} is a link that leads round in a circle", "name a file"
        parent = self._folder.resolve().parent
        # Directly below the root of the disk, the parent would be the whole machine.
        allowed = self._folder.resolve() if parent == Path(parent.anchor) else parent
        if not target.is_relative_to(allowed):
            return (
                f"{shown(name)} leads out of the study's folder and its parent",
                "copy the file beside the study",
            )
        if os.path.isfile(target) or bundled_name(name) is not None:
            return None
        close = close_spelling(name, self._candidates(masks))
        return (
            f"there is no file {shown(name)}, neither from {self._folder.resolve()} nor "
            f"among the bundled ones ({bundled_folder()})",
            f"did you mean `{close}`?" if close else "check the name",
        )

    def _candidates(self, masks: tuple[str, ...]) -> list[str]:
        """Return the names of files that a study in this folder may name, its own left out."""
        folder = self._folder
        here = {p.relative_to(folder).as_posix() for mask in masks for p in folder.glob(mask)}
        inside = {name for name in bundled_names() if fnmatch(name, masks[-1])}
        return sorted((here | inside) - {self._study})
