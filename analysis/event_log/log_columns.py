"""Which column of a log is what: by what they are called and by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from analysis.event_log.column_looks import (
    CLOCK,
    DATE,
    MOMENT,
    NUMBER,
    TEXT,
    ColumnLook,
    look_at,
)
from analysis.event_log.column_words import (
    ABANDONED,
    ACTIVITY,
    CASE,
    GROUP,
    INSTANCE,
    KIND,
    LIFECYCLE,
    OUTCOME,
    RESOURCE,
    SERVICE,
    START,
    TIME,
    TRANSITIONS,
    WAIT,
    likeness_to,
    plain_letters,
)
from analysis.event_log.log_choices import LogChoices
from analysis.event_log.log_clock import written_column
from analysis.event_log.log_refusals import log_refusal, quoted, some_of
from analysis.event_log.log_table import Decided
from analysis.event_log.raw_table import RawTable
from analysis.event_log.written_times import written_times
from sim.study.errors import StudyError
from sim.study.spelling import close_spelling

_SAMPLE = 20_000
_VERY_WORD = 2.0
"""Likeness from which a column is called exactly so."""
_LEAST_REPEATED = 1.5
"""Rows a case, from which a column may be recognised as that of cases by its content."""
_FAR_MORE = 3
_MOSTLY_IN_ORDER = 0.95
_MOST_STEPS = 200
_MOST_ACTIVITIES, _MOST_GROUPS, _MOST_OUTCOMES = 5_000, 1_000, 60
_PLANNED = re.compile(
    r"\b(?:planned|plan|deadline|due|expected|target|geplant|soll|fallig|gepland|verwacht|prevu)\b"
)
_OPTIONS = {
    TIME: "--time-column", START: "--start-column", CASE: "--case-column",
    ACTIVITY: "--activity-column", GROUP: "--group-column", RESOURCE: "--resource-column",
    OUTCOME: "--outcome-column", WAIT: "--wait-column", ABANDONED: "--abandoned-column",
    SERVICE: "--service-column", KIND: "--group-column",
}  # fmt: skip


@dataclass
class LogColumns:
    """The columns of a log by what they are, and why.

    Attributes
    ----------
    found : dict of str to tuple of str
        Names of columns by what they are; two for a date and a time of day.
    decided : list of Decided
    """

    found: dict[str, tuple[str, ...]] = field(default_factory=dict)
    decided: list[Decided] = field(default_factory=list)

    def name(self, role: str) -> str | None:
        """Return the column of a role, None if there is none."""
        return self.found[role][0] if role in self.found else None

    @property
    def is_of_contacts(self) -> bool:
        """Whether each row is a contact, and not an event."""
        return WAIT in self.found


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
        self._looks: dict[str, ColumnLook] = {}
        self._columns = LogColumns()
        step = max(1, len(raw) // _SAMPLE)
        self._rows = pa.array(np.arange(0, len(raw), step))

    def find(self) -> LogColumns:
        named = self._named()
        self._columns.found.update(named)
        for role, names in named.items():
            what = _ROLE_WORDS.get(role, role)
            said = Decided(what, " and ".join(names), "told to", _OPTIONS[role])
            self._columns.decided.append(said)
        if self._are_contacts():
            self._take(WAIT, self._is_number, needed=True)
            self._take(ABANDONED, self._is_abandonment, needed=True)
            self._take(SERVICE, self._is_number)
        self._take(LIFECYCLE, self._is_lifecycle)
        self._take(CASE, self._is_case, needed=not self._columns.is_of_contacts)
        self._take_times()
        if not self._columns.is_of_contacts:
            self._take(ACTIVITY, self._is_activity, needed=True)
            self._take(OUTCOME, self._is_outcome)
            self._take(INSTANCE, self._is_case)
        if GROUP not in self._columns.found:
            self._take(KIND if self._columns.is_of_contacts else GROUP, self._is_group)
        self._take(RESOURCE, self._is_resource)
        return self._columns

    def _named(self) -> dict[str, tuple[str, ...]]:
        """Return the columns that were named by option."""
        said = self._choices
        wanted = {
            CASE: said.case, ACTIVITY: said.activity, GROUP: said.group, RESOURCE: said.resource,
            OUTCOME: said.outcome, WAIT: said.wait, ABANDONED: said.abandoned,
            SERVICE: said.service,
        }  # fmt: skip
        given: dict[str, tuple[str, ...]] = {
            role: (name,) for role, name in wanted.items() if name is not None
        }
        given |= {TIME: said.times} if said.times else {}
        given |= {START: said.starts} if said.starts else {}
        return {
            role: tuple(self._there(role, name) for name in names) for role, names in given.items()
        }

    def _there(self, role: str, name: str) -> str:
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
        remedy += f"The log has {some_of(names, 30)}"
        raise log_refusal(self._raw.path, message, remedy, f"{_OPTIONS[role]}")

    def look(self, name: str) -> ColumnLook:
        """Return what a sample of a column shows."""
        if name not in self._looks:
            self._looks[name] = look_at(self._raw, name, self._rows)
        return self._looks[name]

    def _free(self) -> list[str]:
        taken = {name for names in self._columns.found.values() for name in names}
        return [name for name in self._raw.names if name not in taken]

    def _take(self, role: str, fits: Callable[[str], bool], *, needed: bool = False) -> None:
        """Take the column most like a role, if its content fits."""
        if role in self._columns.found:
            return
        ranked = sorted(self._free(), key=lambda name: -likeness_to(role, name))
        if role == CASE and needed:  # a number of each row names no case, if another column does
            ranked.sort(key=self._is_of_one_row)
        for name in ranked:
            if likeness_to(role, name) > 0 and fits(name):
                self._put(role, (name,))
                return
        if needed:
            self._take_by_content(role)

    def _take_by_content(self, role: str) -> None:
        """Take the only column whose content is that of cases, or of activities.

        Raises
        ------
        StudyError
            If there is none, or more than one.
        """
        by_content = {CASE: self._like_cases, ACTIVITY: self._like_activities}
        found = by_content[role]() if role in by_content else []
        if len(found) != 1:
            raise self._not_found(role)
        self._put(role, (found[0],), "by its content")

    def _like_cases(self) -> list[str]:
        """Return the column that has far more different values than others, each several times."""
        number = {name: self._n_different(name) for name in self._free() if self._is_case(name)}
        several = {
            name: n for name, n in number.items() if n * _LEAST_REPEATED <= len(self._raw) and n > 2
        }
        ranked = sorted(several, key=lambda name: -several[name])
        if len(ranked) > 1 and several[ranked[0]] < _FAR_MORE * several[ranked[1]]:
            return []
        return ranked[:1]

    def _like_activities(self) -> list[str]:
        """Return columns of a few texts that change within a case."""
        case = self._raw.texts(self._columns.found[CASE][0]).indices.to_numpy()
        return [
            name
            for name in self._free()
            if self.look(name).kind == TEXT
            and not any(likeness_to(role, name) for role in (GROUP, RESOURCE, OUTCOME))
            and 2 <= self._n_different(name) <= _MOST_STEPS
            and _changes_within(case, self._raw.texts(name).indices.to_numpy())
        ]

    def _n_different(self, name: str) -> int:
        """Return how many different values a column of texts or numbers has in all rows."""
        return len(self._raw.texts(name).dictionary)

    def _put(self, role: str, names: tuple[str, ...], why: str = "by its name") -> None:
        self._columns.found[role] = names
        look = self.look(names[0])
        rows = f"{len(self._rows):,} rows looked at"
        why = f"{why}; {look.n_different:,} different values in {rows}"
        if look.filled < 1:
            why += f", {1 - look.filled:.0%} of them empty"
        said = Decided(
            _ROLE_WORDS.get(role, role), " and ".join(names), why, _OPTIONS.get(role, "")
        )
        self._columns.decided.append(said)

    def _not_found(self, role: str) -> StudyError:
        what = _NEEDED[role]
        message = f"no column looks like {what}; there are {some_of(self._raw.names, 30)}"
        return log_refusal(self._raw.path, message, f"say which it is: {_OPTIONS[role]} NAME")

    # What content each kind of column has.

    def _is_number(self, name: str) -> bool:
        return self.look(name).kind == NUMBER

    def _is_case(self, name: str) -> bool:
        look = self.look(name)
        return look.kind in (TEXT, NUMBER) and look.n_different > 1

    def _is_of_one_row(self, name: str) -> bool:
        return self._is_case(name) and self._n_different(name) > 0.95 * len(self._raw)

    def _is_activity(self, name: str) -> bool:
        look = self.look(name)
        return look.kind in (TEXT, NUMBER) and 1 <= look.n_different <= _MOST_ACTIVITIES

    def _is_group(self, name: str) -> bool:
        look = self.look(name)
        return look.kind in (TEXT, NUMBER) and 1 <= look.n_different <= _MOST_GROUPS

    def _is_resource(self, name: str) -> bool:
        look = self.look(name)
        return look.kind in (TEXT, NUMBER) and look.n_different >= 1

    def _is_outcome(self, name: str) -> bool:
        look = self.look(name)
        return look.kind == TEXT and 1 <= look.n_different <= _MOST_OUTCOMES

    def _is_lifecycle(self, name: str) -> bool:
        words = self.look(name).words
        return bool(words) and words <= set(TRANSITIONS) and words != {""}

    def _is_abandonment(self, name: str) -> bool:
        look = self.look(name)
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
            if likeness_to(WAIT, name) >= _VERY_WORD and self._is_number(name)
        ]
        lost = [name for name in self._free() if likeness_to(ABANDONED, name) >= _VERY_WORD]
        return bool(waits and lost) and not self._has_activities()

    def _has_activities(self) -> bool:
        return any(
            likeness_to(ACTIVITY, name) >= _VERY_WORD and self._is_activity(name)
            for name in self._free()
        )

    # Times.

    def _take_times(self) -> None:
        found = self._columns.found
        dated = [
            name
            for name in self._free()
            if self._is_dated(name) and not _PLANNED.search(plain_letters(name))
        ]
        own = [name for name in dated if not name.startswith("case:")] or dated
        starts = self._ranked(START, TIME, own)
        times = self._ranked(TIME, START, own)
        if TIME not in found:
            if not times and not starts:
                *starts, last = self._by_order(own)
                times = [last]
            best = (times or starts)[0]
            self._put(TIME, self._with_clock(best, TIME if times else START))
        if START not in found and not self._columns.is_of_contacts:
            left = [name for name in starts if name not in found[TIME]]
            if left:
                self._put(START, self._with_clock(left[0], START))

    def _by_order(self, names: list[str]) -> list[str]:
        """Return one column of times, or two of which the first is never after the second.

        Raises
        ------
        StudyError
            If there is none, or nothing tells which of them is meant.
        """
        if len(names) == 1:
            return names
        if len(names) == 2:
            first, second = (self._sample_of_times(name) for name in names)
            for before, after, order in ((first, second, names), (second, first, names[::-1])):
                if np.mean(before <= after) >= _MOSTLY_IN_ORDER:
                    return list(order)
        raise self._not_found(TIME)

    def _sample_of_times(self, name: str) -> np.ndarray:
        return written_column(self._raw, name).on_the_wall()[self._rows.to_numpy()]

    def _ranked(self, role: str, other: str, names: list[str]) -> list[str]:
        """Return columns of times that are called like a role, and more so than like another."""
        alike = {
            name: likeness_to(role, name)
            for name in names
            if likeness_to(role, name) > likeness_to(other, name)
        }
        # A date without a time of day is worth less than a moment.
        return sorted(alike, key=lambda name: (self.look(name).kind == DATE, -alike[name]))

    def _is_dated(self, name: str) -> bool:
        look = self.look(name)
        called = max(likeness_to(role, name) for role in (TIME, START)) > 0
        if look.kind == NUMBER:
            return called and self._is_epoch(name)
        return look.kind in (MOMENT, DATE) and look.filled > 0.5

    def _is_epoch(self, name: str) -> bool:
        sample = self._raw.texts(name).take(self._rows)
        return bool(written_times(sample).is_read.any())

    def _with_clock(self, name: str, role: str) -> tuple[str, ...]:
        """Return a column of dates with that of the times of day that belongs to it."""
        if self.look(name).kind != DATE:
            return (name,)
        clocks = [each for each in self._free() if self.look(each).kind == CLOCK]
        if not clocks:
            return (name,)
        words = set(plain_letters(name).split())

        def kinship(clock: str) -> tuple[int, float]:
            return len(words & set(plain_letters(clock).split())), likeness_to(role, clock)

        return (name, max(clocks, key=kinship))


_ROLE_WORDS = {
    TIME: "time", GROUP: "function", RESOURCE: "person", LIFECYCLE: "step in a work item's life",
    INSTANCE: "work item", KIND: "kind of contact",
}  # fmt: skip
_NEEDED = {
    CASE: "the case", ACTIVITY: "the activity", TIME: "the time",
    WAIT: "how long each contact waited, in seconds",
    ABANDONED: "whether a contact was abandoned",
}  # fmt: skip


def _changes_within(case: np.ndarray, codes: np.ndarray) -> bool:
    """Tell whether a column has more than one value in a tenth of the cases."""
    pairs = np.unique(np.stack([case, codes]), axis=1)
    n_cases = len(np.unique(case))
    return bool(pairs.shape[1] > 1.1 * n_cases)
