"""Every mistake of a study at once.

A schema stops at a section that does not fit, and checks between sections need
sections that do. So each mistake, once noted, is mended in the tree (a misspelt key
gets the name it resembles, a wrong value gives way to a permitted one) and the study
is validated again. Whatever follows only from the mending is not reported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from sim.reading.calendar_checks import check_calendar, check_same_needs, check_whole_weeks
from sim.reading.cross_checks import (
    Complaint,
    check_ablations,
    check_baseline,
    check_enterprise,
    check_headline,
    check_market,
    check_parameters,
    check_weak_spots,
)
from sim.reading.design_checks import check_design
from sim.reading.explain import missing_key, unknown_key, unknown_name, wrong_name, wrong_value
from sim.reading.look_alikes import check_look_alikes
from sim.reading.org_model_checks import check_org_model
from sim.reading.pattern_checks import check_patterns
from sim.reading.shape import Shape, study_shape
from sim.reading.source_tree import KeyPath, Source, key_path, planted
from sim.reading.transition_checks import bundles, check_transitions
from sim.state.sizes import check_size
from sim.study.ablations import ABLATIONS
from sim.study.enterprise import Enterprise
from sim.study.errors import Problem
from sim.study.spelling import close_spelling
from sim.study.study import Study
from sim.study.working_time import DAYS_PER_WEEK

# Each round can uncover one more level of nesting; studies are less than ten deep.
_MOST_ROUNDS = 20
# Who wrote that many mistakes has not written a study; more are not worth the time.
_MOST_MISTAKES = 1000


class Validation:
    """Validates a study's tree, mending it as it goes.

    Parameters
    ----------
    source : Source
        The study with its included files spliced in. A tree with mistakes is altered.

    Attributes
    ----------
    study : Study or None
        The study; one with problems is mended. None if it could not be mended.
    problems : list of Problem
        Mistakes, in no particular order.
    """

    def __init__(self, source: Source):
        self.source = source
        self.study: Study | None = None
        self.problems: list[Problem] = []
        self.doubtful: set[KeyPath] = set()
        self.lost: set[KeyPath] = set()
        self.unread: dict[KeyPath, str] = {}
        self._replaced: set[KeyPath] = set()  # in this round
        self._mend_unsound()
        self._note_empty_sections()
        for _ in range(_MOST_ROUNDS):
            if not self._round():
                break
        if self.study is not None:
            for complaint in self._complaints(self.study):
                if not self._follows_from_mending(complaint.path):
                    self._note(*complaint)

    def _note(self, path: KeyPath, message: str, remedy: str) -> None:
        self.problems.append(problem_at(self.source, path, message, remedy))

    def _shape(self, path: KeyPath) -> Shape | None:
        return study_shape().at(path)

    def _replace(self, path: KeyPath, value: Any) -> None:
        """Put a permitted value in the place of a wrong or missing one."""
        self.source.put(path, planted(value, self.source.locate(path)))
        (self.lost if isinstance(value, dict | list) else self.doubtful).add(path)
        self._replaced.add(path)

    def _mend_unsound(self) -> None:
        """Replace values that reading has complained of already."""
        unsound = [(path, node) for path, node in self.source.root.walk() if not node.sound]
        for path, node in unsound:
            shape = self._shape(path)
            if shape is None:
                continue
            value = shape.example()
            if len(path) == 2 and path[0] == "organisations":
                # A file that cannot be read most likely holds what it is called after.
                file = node.mark.file if node.is_file else str(node.value)
                value["organisation"] = self.unread[path] = _legend_name(PurePath(file).stem)
            self._replace(path, value)

    def _round(self) -> bool:
        """Validate once and mend; return whether another round is needed."""
        try:
            # As JSON, a list may become a tuple, yet no text becomes a number.
            self.study = Study.model_validate_json(json.dumps(self.source.data), strict=True)
            return False
        except ValidationError as refusal:
            errors = refusal.errors(include_url=False)[:_MOST_MISTAKES]
        known = len(self.doubtful) + len(self.lost)
        self._replaced.clear()
        unknown = [tuple(e["loc"]) for e in errors if e["type"] == "extra_forbidden"]
        renamed = {new for path in unknown if (new := self._mend_unknown_key(path))}
        for error in errors:
            path, kind = tuple(error["loc"]), error["type"]
            if kind == "extra_forbidden" or path in renamed:
                continue
            if kind == "literal_error" and path[-1] == "[key]":
                self._drop_stranger(path[:-1], error["ctx"]["expected"])
            elif kind == "string_too_long" and path[-1] == "[key]":
                self._drop_long(path[:-1], error["ctx"]["max_length"])
            elif path and path[-1] == "[key]":
                self._mend_name(path[:-1], error["ctx"]["pattern"])
            else:
                self._mend_value(self._without_kind(path), kind)
        if len(self.problems) >= _MOST_MISTAKES:
            return False
        return bool(unknown) or len(self.doubtful) + len(self.lost) > known

    def _mend_unknown_key(self, path: KeyPath) -> KeyPath | None:
        """Note an unknown key; return the path of the key it is taken for, if there is one."""
        key, parent = str(path[-1]), path[:-1]
        shape, node = self._shape(parent), self.source.find(parent)
        if shape is None or node is None:
            return None
        self._note(path, *unknown_key(key, shape))
        meant = close_spelling(key, shape.keys)
        if meant is None or meant in node.entries:
            self.source.remove(path)
            return None
        self.source.rename(path, meant)
        return (*parent, meant)

    def _drop_stranger(self, path: KeyPath, expected: str) -> None:
        """Note a key that is none of those there are, and leave it out."""
        name, allowed = str(path[-1]), re.findall(r"'([^']+)'", expected)
        self._note(path, *unknown_name(name, allowed))
        self.source.remove(path)
        self.lost.add(path)

    def _drop_long(self, path: KeyPath, most: int) -> None:
        """Note a key that is longer than any name there is, and leave it out."""
        long = len(str(path[-1]))
        remedy = f"write a name of at most {most} characters"
        self._note(path, f"this key has {long:,} characters", remedy)
        self.source.remove(path)
        self.lost.add(path)

    def _mend_name(self, path: KeyPath, pattern: str) -> None:
        name = str(path[-1])
        self._note(path, *wrong_name(name, pattern))
        mended, parent = _mended_name(name), self.source.find(path[:-1])
        if parent is None or mended in parent.entries:
            self.source.remove(path)
            self.lost.add(path)
        else:
            self.source.rename(path, mended)
            self.doubtful.add((*path[:-1], mended))

    def _without_kind(self, path: KeyPath) -> KeyPath:
        """Return where a value stands of which a path says more than the source has.

        Of a value that may be of several kinds the path goes on with one of them, of a word that
        stands for a list with its place there.
        """
        while path and self.source.find(path) is None:
            above = self.source.find(path[:-1])
            inside = above is not None and isinstance(above.value, dict | list)
            if self._shape(path) is not None and (above is None or inside):
                break
            path = path[:-1]
        return path

    def _mend_value(self, path: KeyPath, kind: str) -> None:
        node, shape = self.source.find(path), self._shape(path)
        if shape is None or path in self._replaced:
            return
        if node is None:
            above = self.source.find(path[:-1])
            if above is None or not isinstance(above.value, dict):
                return  # What stood above has just been mended; the next round says what is left.
            self._note(path, *missing_key(str(path[-1]), shape))
            self._replace(path, shape.example())
            return
        value = node.plain()
        # Entries that are wrong are not counted by the schema; the next round counts them.
        if kind == "too_short" and value:
            return
        self._note(path, *wrong_value(value, kind, shape))
        if kind == "string_pattern_mismatch" and shape.rule.get("pattern", "").startswith("^[a-z]"):
            self._replace(path, _mended_name(str(value)))
        else:
            self._replace(path, shape.example())

    def _complaints(self, study: Study) -> Iterator[Complaint]:
        """Yield what two places of the mended study do not agree on, with full paths."""
        enterprise, market = study.enterprise, study.market
        for complaint in (*check_enterprise(enterprise), *check_calendar(enterprise)):
            yield complaint._replace(path=("enterprise", *complaint.path))
        if enterprise.calendar is not None:
            yield from check_whole_weeks(study.design)
        for complaint in check_market(market, enterprise.journeys):
            yield complaint._replace(path=("market", *complaint.path))
        yield from check_baseline(study.baseline, study.organisations)
        yield from check_look_alikes(study.organisations)
        for index, plan in enumerate(study.organisations):
            place = ("organisations", index)
            if plan.enterprise is not None:
                yield from self._complaints_of_design((*place, "enterprise"), plan.enterprise)
            firm = study.for_plan(plan).enterprise
            for at, model in bundles(plan):
                for complaint in check_org_model(model, firm, market):
                    yield complaint._replace(path=(*place, *at, *complaint.path))
        weeks = study.design.horizon_days // DAYS_PER_WEEK
        yield from check_transitions(study.organisations, weeks)
        yield from check_headline(study.headline)
        yield from check_patterns(study)
        yield from check_weak_spots(study.weak_spots, enterprise)
        yield from check_ablations(study.ablations, ABLATIONS)
        yield from check_parameters(study.parameters)
        for complaint in check_parameters(enterprise.parameters):
            yield complaint._replace(path=("enterprise", *complaint.path))
        yield from check_size(study)

    def _complaints_of_design(self, at: KeyPath, design: Enterprise) -> Iterator[Complaint]:
        """Yield what is wrong in an org model's own design, or not as in the study's enterprise."""
        for complaint in (*check_enterprise(design), *check_calendar(design)):
            yield complaint._replace(path=(*at, *complaint.path))
        own = self.study.enterprise if self.study else design
        for complaint in (*check_design(design, own), *check_same_needs(design, own)):
            if not self._follows_from_mending(("enterprise", *complaint.path)):
                yield complaint._replace(path=(*at, *complaint.path))

    def _follows_from_mending(self, path: KeyPath) -> bool:
        """Tell whether a complaint may only exist because something was mended."""
        mended = self.doubtful | self.lost
        if any(path[: len(spot)] == spot for spot in mended):
            return True
        # A sum over a mended number says nothing.
        summed = [s for s in mended if s[-1] == "share" or s[-2:-1] == ("next",)]
        if path[-1] in {"next", "segments"} and any(s[: len(path)] == path for s in summed):
            return True
        if any(path[: max(len(spot) - 1, 1)] == (spot[:-1] or spot) for spot in self.lost):
            return True
        if path[0] == "baseline":
            return self._baseline_may_be_unread()
        if self._depends_on_unread_firm(path):
            return True
        # Who can be reached depends on every branch of the journey.
        in_firm = len(self._firm_of(path))
        is_touchpoint = len(path) == in_firm + 4 and path[in_firm + 2] == "touchpoints"
        journey, step = path[: in_firm + 2], in_firm + 4
        return is_touchpoint and any(
            s[: in_firm + 2] == journey and (len(s) <= step or s[step] == "next") for s in mended
        )

    def _firm_of(self, path: KeyPath) -> KeyPath:
        """Return where the enterprise stands that a complaint is about, the study's or a design."""
        own = (*path[:2], "enterprise")
        node = self.source.find(own) if path[0] == "organisations" else None
        return own if node is not None and node.value is not None else ("enterprise",)

    def _depends_on_unread_firm(self, path: KeyPath) -> bool:
        """Tell whether a complaint compares with a part of the firm that could not be read."""
        firm = self._firm_of(path)
        inside = len(firm)
        mended = (spot for spot in self.doubtful | self.lost if spot[:inside] == firm)
        spots = {spot[inside : inside + 3] for spot in mended}
        no_journeys = bool(spots & {(), ("journeys",)})
        no_functions = bool(spots & {(), ("functions",)})
        if path == ("market", "prospects"):
            # Any journey whose effect is not known may be the one by which people join.
            unsure = any(
                spot[:1] == ("journeys",) and spot[2:] in {(), ("effect",)} for spot in spots
            )
            return no_journeys or unsure
        if "needs_per_year" in path:
            return no_journeys
        named_functions = path[-1] == "host" or {"serve_first", "weak_spots"} & set(path)
        named_steps = "ownership" in path or "serve_first" in path
        return (no_functions and bool(named_functions or named_steps)) or (
            no_journeys and named_steps
        )

    def _note_empty_sections(self) -> None:
        """Note sections that are named and then left empty: nothing would come of them."""
        for path, node in list(self.source.root.walk()):
            if node.value is not None or not node.sound or node.mark.line is None or not path:
                continue
            above = self._shape(path[:-1])
            rule = above.rule.get("properties", {}).get(path[-1], {}) if above is not None else {}
            kinds = [kind.get("type") for kind in rule.get("anyOf", ())]
            if "null" in kinds and "$ref" in str(rule):
                self._note(path, *wrong_value(None, "", self._shape(path)))
                self.doubtful.add(path)

    def _baseline_may_be_unread(self) -> bool:
        names_mended = any(
            s[0] == "organisations" and (s[2:] == ("organisation",) or not s[2:])
            for s in (self.doubtful | self.lost) - self.unread.keys()
        )
        baseline = self.study.baseline if self.study is not None else ""
        return names_mended or close_spelling(baseline, self.unread.values()) is not None


def _mended_name(name: str) -> str:
    """Return the permitted name most like one that is not."""
    cleaned = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")[:40]
    return cleaned if cleaned[:1].isalpha() else f"x{cleaned}"[:40]


def _legend_name(stem: str) -> str:
    """Return a file's name as far as an org model may be called so."""
    return re.sub(r"^[ _.-]+|[^A-Za-z0-9 _.-]", "", stem)[:40] or "x"


def problem_at(source: Source, path: KeyPath, message: str, remedy: str) -> Problem:
    """Return a problem with the place that a path has in its file."""
    mark = source.locate(path)
    shown = key_path(source.path_in_file(path))
    where = (mark.file, mark.line, mark.column)
    return Problem(*where, shown, message, remedy, mark.position, mark.cell)
