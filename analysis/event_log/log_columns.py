"""Which column of a log is what: by what they are called and by what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from analysis.event_log.column_looks import NUMBER, TEXT, ColumnSample
from analysis.event_log.column_words import TRANSITIONS, Part, likeness_to, plain_letters
from analysis.event_log.log_choices import LogChoices
from analysis.event_log.log_refusals import a_few, log_refusal, quoted
from analysis.event_log.log_table import Decided
from analysis.event_log.raw_table import RawTable
from analysis.event_log.time_columns import find_times
from sim.study.errors import StudyError
from sim.study.spelling import close_spelling

_VERY_WORD = 2.0
"""Likeness from which a column is called exactly so."""
_LEAST_REPEATED = 1.5
"""Rows a case, from which a column may be recognised as that of cases by its content."""
_FAR_MORE = 3
_MOST_STEPS = 200
_MOST_ACTIVITIES, _MOST_GROUPS, _MOST_OUTCOMES = 5_000, 1_000, 60
_OPTIONS = {
    **{role: f"--{role}-column" for role in Part},
    Part.KIND: "--group-column",
    Part.LIFECYCLE: "",
    Part.INSTANCE: "",
}


@dataclass
class LogColumns:
    """The columns of a log by what they are, and why.

    Attributes
    ----------
    found : dict of Part to tuple of str
        Names of columns by what they are; two for a date and a time of day.
    decided : list of Decided
    """

    found: dict[Part, tuple[str, ...]] = field(default_factory=dict)
    decided: list[Decided] = field(default_factory=list)

    def name(self, role: Part) -> str | None:
        """Return the column of a role, None if there is none."""
        return self.found[role][0] if role in self.found else None

    @property
    def is_of_contacts(self) -> bool:
        """Whether each row is a contact, and not an event."""
        return Part.WAIT in self.found


def find_columns(raw: RawTable, choices: LogChoices) -> LogColumns:
    """Find the columns of a log.

    Raises
    ------
    StudyError
        If a column that was named is not there, or none is like what is needed.
    """
    return _Finder(raw, choices).find()


class _Finder:
    """Finds columns one after the other; one that is taken is not taken again."""

    def __init__(self, raw: RawTable, choices: LogChoices) -> None:
        self._raw = raw
        self._choices = choices
        self._sample = ColumnSample(raw)
        self._columns = LogColumns()

    def find(self) -> LogColumns:
        named = self._named()
        self._columns.found.update(named)
        for role, names in named.items():
            what = _ROLE_WORDS.get(role, role)
            said = Decided(what, " and ".join(names), "told to", _OPTIONS[role])
            self._columns.decided.append(said)
        if self._are_contacts():
            self._take(Part.WAIT, self._is_number, needed=True)
            self._take(Part.ABANDONED, self._is_abandonment, needed=True)
            self._take(Part.SERVICE, self._is_number)
        self._take(Part.LIFECYCLE, self._is_lifecycle)
        self._take(Part.CASE, self._is_case, needed=not self._columns.is_of_contacts)
        self._take_times()
        if not self._columns.is_of_contacts:
            self._take(Part.ACTIVITY, self._is_activity, needed=True)
            self._take(Part.OUTCOME, self._is_outcome)
            self._take(Part.INSTANCE, self._is_case)
        if Part.GROUP not in self._columns.found:
            self._take(
                Part.KIND if self._columns.is_of_contacts else Part.GROUP,
                self._is_group,
            )
        self._take(Part.RESOURCE, self._is_resource)
        return self._columns

    def _named(self) -> dict[Part, tuple[str, ...]]:
        """Return the columns that were named by option."""
        said = self._choices
        wanted = {
            Part.CASE: said.case, Part.ACTIVITY: said.activity, Part.GROUP: said.group,
            Part.RESOURCE: said.resource, Part.OUTCOME: said.outcome, Part.WAIT: said.wait,
            Part.ABANDONED: said.abandoned, Part.SERVICE: said.service,
        }  # fmt: skip
        given: dict[Part, tuple[str, ...]] = {
            role: (name,) for role, name in wanted.items() if name is not None
        }
        given |= {Part.TIME: said.times} if said.times else {}
        given |= {Part.START: said.starts} if said.starts else {}
        return {
            role: tuple(self._there(role, name) for name in names) for role, names in given.items()
        }

    def _there(self, role: Part, name: str) -> str:
        """Return the name of a column as the file has it."""
        names = self._raw.names
        if name in names:
            return name
        alike = [each for each in names if plain_letters(each) == plain_letters(name)]
        if len(alike) == 1:
            return alike[0]
        near = close_spelling(name, names)
        remedy = f"did you mean {quoted(near)}? " if near else ""
        message = f"there is no column {quoted(name)}"
        remedy += f"The log has {a_few(names, 30)}"
        raise log_refusal(self._raw.path, message, remedy, f"{_OPTIONS[role]}")

    def _free(self) -> list[str]:
        taken = {name for names in self._columns.found.values() for name in names}
        return [name for name in self._raw.names if name not in taken]

    def _take(self, role: Part, fits: Callable[[str], bool], *, needed: bool = False) -> None:
        """Take the column most like a role, if its content fits."""
        if role in self._columns.found:
            return
        ranked = sorted(self._free(), key=lambda name: -likeness_to(role, name))
        if (
            role == Part.CASE and needed
        ):  # a number of each row names no case, if another column does
            ranked.sort(key=self._is_of_one_row)
        for name in ranked:
            if likeness_to(role, name) > 0 and fits(name):
                self._put(role, (name,))
                return
        if needed:
            self._take_by_content(role)

    def _take_by_content(self, role: Part) -> None:
        """Take the only column whose content is that of cases, or of activities.

        Raises
        ------
        StudyError
            If there is none, or more than one.
        """
        by_content = {Part.CASE: self._like_cases, Part.ACTIVITY: self._like_activities}
        found = by_content[role]() if role in by_content else []
        if len(found) != 1:
            raise self._not_found(role)
        self._put(role, (found[0],), "by its content")

    def _like_cases(self) -> list[str]:
        """Return the column that has far more different values than others, each several times."""
        number = {
            name: self._sample.n_different(name) for name in self._free() if self._is_case(name)
        }
        several = {
            name: n for name, n in number.items() if n * _LEAST_REPEATED <= len(self._raw) and n > 2
        }
        ranked = sorted(several, key=lambda name: -several[name])
        if len(ranked) > 1 and several[ranked[0]] < _FAR_MORE * several[ranked[1]]:
            return []
        return ranked[:1]

    def _like_activities(self) -> list[str]:
        """Return columns of a few texts that change within a case."""
        case = self._raw.texts(self._columns.found[Part.CASE][0]).indices.to_numpy()
        return [
            name
            for name in self._free()
            if self._sample.look(name).kind == TEXT
            and not any(
                likeness_to(role, name) for role in (Part.GROUP, Part.RESOURCE, Part.OUTCOME)
            )
            and 2 <= self._sample.n_different(name) <= _MOST_STEPS
            and _changes_within(case, self._raw.texts(name).indices.to_numpy())
        ]

    def _put(self, role: Part, names: tuple[str, ...], why: str = "by its name") -> None:
        self._columns.found[role] = names
        look = self._sample.look(names[0])
        rows = f"{len(self._sample.rows):,} rows looked at"
        why = f"{why}; {look.n_different:,} different values in {rows}"
        if look.filled < 1:
            why += f", {1 - look.filled:.0%} of them empty"
        said = Decided(
            _ROLE_WORDS.get(role, role), " and ".join(names), why, _OPTIONS.get(role, "")
        )
        self._columns.decided.append(said)

    def _not_found(self, role: Part) -> StudyError:
        what = _NEEDED[role]
        message = f"no column looks like {what}; there are {a_few(self._raw.names, 30)}"
        return log_refusal(self._raw.path, message, f"say which it is: {_OPTIONS[role]} NAME")

    # What content each kind of column has.

    def _is_number(self, name: str) -> bool:
        return self._sample.look(name).kind == NUMBER

    def _is_case(self, name: str) -> bool:
        look = self._sample.look(name)
        return look.kind in (TEXT, NUMBER) and look.n_different > 1

    def _is_of_one_row(self, name: str) -> bool:
        return self._is_case(name) and self._sample.n_different(name) > 0.95 * len(self._raw)

    def _is_activity(self, name: str) -> bool:
        look = self._sample.look(name)
        return look.kind in (TEXT, NUMBER) and 1 <= look.n_different <= _MOST_ACTIVITIES

    def _is_group(self, name: str) -> bool:
        look = self._sample.look(name)
        return look.kind in (TEXT, NUMBER) and 1 <= look.n_different <= _MOST_GROUPS

    def _is_resource(self, name: str) -> bool:
        look = self._sample.look(name)
        return look.kind in (TEXT, NUMBER) and look.n_different >= 1

    def _is_outcome(self, name: str) -> bool:
        look = self._sample.look(name)
        return look.kind == TEXT and 1 <= look.n_different <= _MOST_OUTCOMES

    def _is_lifecycle(self, name: str) -> bool:
        words = self._sample.look(name).words
        return bool(words) and words <= set(TRANSITIONS) and words != {""}

    def _is_abandonment(self, name: str) -> bool:
        look = self._sample.look(name)
        return look.kind in (TEXT, NUMBER) and 2 <= look.n_different <= 12

    def _are_contacts(self) -> bool:
        """Tell whether each row is a contact: it says how long it waited, and no case recurs."""
        said = self._choices
        if said.wait is not None or said.abandoned is not None:
            return True
        if said.activity is not None or said.starts:
            return False
        waits = [
            name
            for name in self._free()
            if likeness_to(Part.WAIT, name) >= _VERY_WORD and self._is_number(name)
        ]
        lost = [name for name in self._free() if likeness_to(Part.ABANDONED, name) >= _VERY_WORD]
        return bool(waits and lost) and not self._has_activities()

    def _has_activities(self) -> bool:
        return any(
            likeness_to(Part.ACTIVITY, name) >= _VERY_WORD and self._is_activity(name)
            for name in self._free()
        )

    def _take_times(self) -> None:
        """Take the columns of times; those that nobody named are found."""
        named = {role: self._columns.found.get(role, ()) for role in (Part.TIME, Part.START)}
        found = find_times(
            self._sample, self._free(), named, starts=not self._columns.is_of_contacts
        )
        if Part.TIME not in found:
            raise self._not_found(Part.TIME)
        for role, names in found.items():
            if not named[role]:
                self._put(role, names)


_ROLE_WORDS = {
    Part.GROUP: "function",
    Part.RESOURCE: "person",
    Part.LIFECYCLE: "step in a work item's life",
    Part.INSTANCE: "work item",
}
_NEEDED = {
    Part.CASE: "the case", Part.ACTIVITY: "the activity", Part.TIME: "the time",
    Part.WAIT: "how long each contact waited, in seconds",
    Part.ABANDONED: "whether a contact was abandoned",
}  # fmt: skip


def _changes_within(case: np.ndarray, codes: np.ndarray) -> bool:
    """Tell whether a column has more than one value in a tenth of the cases."""
    pairs = np.unique(np.stack([case, codes]), axis=1)
    n_cases = len(np.unique(case))
    return bool(pairs.shape[1] > 1.1 * n_cases)
