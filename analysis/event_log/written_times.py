"""Times as files write them: many forms, with or without a zone, as numbers, or in two columns."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.event_log.month_words import month_of_word

_Numbers = npt.NDArray[np.float64]

_CLOCK = (
    r"(?P<H>\d{1,2})(?:[:.h](?P<M>\d{2})(?:[:.](?P<S>\d{2})(?:[.,](?P<f>\d{1,9})\d*)?)?)?"
    r"(?: ?(?P<ap>[AaPp])\.?[Mm]\.?)?(?: ?(?:Uhr|uur|h))?"
)
_ZONE = r"(?: ?(?P<z>Z|z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)(?:\[[\w/+-]+\])?)?"
_TIME = rf"(?:(?:[T_-]|,? +){_CLOCK})?{_ZONE}$"
_FORMS = {
    "year first": rf"^(?P<y>\d{{4}})[-/. ](?P<m>\d{{1,2}})[-/. ](?P<d>\d{{1,2}}){_TIME}",
    "digits": r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"
    r"(?:[T _-]?(?P<H>\d{2}):?(?P<M>\d{2}):?(?P<S>\d{2})?(?:[.,](?P<f>\d{1,9}))?)?"
    rf"{_ZONE}$",
    "day and month": r"^(?:\pL{2,10}\.?,? )?(?P<a>\d{1,2})[-/. ](?P<b>\d{1,2})[-/. ]"
    rf"(?P<y>\d{{4}}|\d{{2}}){_TIME}",
    "day, month in words": r"^(?:\pL{2,10}\.?,? )?(?P<d>\d{1,2})\.?[-/ ]?(?:de )?(?P<w>\pL{3,10})"
    rf"\.?[-/ ,]*(?:de )?(?P<y>\d{{4}}|\d{{2}}){_TIME}",
    "month in words, day": r"^(?:\pL{2,10}\.?,? )?(?P<w>\pL{3,10})\.?[- ](?P<d>\d{1,2})"
    rf"(?:st|nd|rd|th)?,?[- ](?P<y>\d{{4}}){_TIME}",
}
_CLOCK_ALONE = rf"^{_CLOCK}{_ZONE}$"
_PARTS = ("y", "m", "d", "a", "b", "H", "M", "S")
_PIVOT = 69
"""Years of two digits below it are of this century, as POSIX has it."""
_NANOSECONDS = 1_000_000_000
EARLIEST_MOMENT, LATEST_MOMENT = (
    np.datetime64("1990-01-01", "ns"),
    np.datetime64("2100-01-01", "ns"),
)
"""Times outside stand for something else: never, or nothing."""
_EXCEL_DAY_0 = np.datetime64("1899-12-30", "ns")
_DAY = 86_400 * _NANOSECONDS
_EPOCHS = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}


@dataclass(frozen=True)
class WrittenTimes:
    """A column of times, before it is decided whether day or month comes first.

    Attributes
    ----------
    day, month : ndarray of float64, shape (n_rows,)
        As read if the day comes first where that is open; missing where there is no date.
    year : ndarray of float64, shape (n_rows,)
    clock : ndarray of float64, shape (n_rows,)
        Nanoseconds since midnight; missing where no time of day is written.
    offset : ndarray of float64, shape (n_rows,)
        Minutes ahead of UTC; missing where no zone is written.
    is_open : ndarray of bool, shape (n_rows,)
        Whether the first two numbers may be day and month, or month and day.
    is_empty, is_read : ndarray of bool, shape (n_rows,)
        Whether nothing is written; whether what is written is a date.
    form : str
        In words, the form of most rows.
    has_dots : bool
        Whether dots stand between day and month in all rows that leave the order open.
    """

    year: _Numbers
    month: _Numbers
    day: _Numbers
    clock: _Numbers
    offset: _Numbers
    is_open: npt.NDArray[np.bool_]
    is_empty: npt.NDArray[np.bool_]
    is_read: npt.NDArray[np.bool_]
    form: str
    has_dots: bool = False

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.year)

    @property
    def only_day_first(self) -> int:
        """How many rows make sense only if the day comes first."""
        return int(np.sum(self.is_open & (self.day > 12) & (self.month <= 12)))

    @property
    def only_month_first(self) -> int:
        """How many rows make sense only if the month comes first."""
        return int(np.sum(self.is_open & (self.month > 12) & (self.day <= 12)))

    def with_order(self, day_first: bool) -> WrittenTimes:
        """Return the column with day and month in that order."""
        if day_first:
            return self
        day = np.where(self.is_open, self.month, self.day)
        month = np.where(self.is_open, self.day, self.month)
        return replace(self, day=day, month=month)

    def with_clock(self, other: WrittenTimes) -> WrittenTimes:
        """Return the column with the times of day of another one."""
        offset = np.where(np.isnan(other.offset), self.offset, other.offset)
        empty = self.is_empty | other.is_empty
        read = self.is_read & ~np.isnan(other.clock)
        return replace(
            self, clock=other.clock, offset=offset, is_empty=empty, is_read=read,
            form=f"{self.form}, the time of day in a column of its own",
        )  # fmt: skip

    def on_the_wall(self) -> npt.NDArray[np.datetime64]:
        """Return what calendars and clocks showed, missing where that is no moment.

        Returns
        -------
        ndarray of datetime64[ns], shape (n_rows,)
        """
        known = self.is_read & (self.month >= 1) & (self.month <= 12) & (self.day >= 1)
        months = np.where(known, (self.year - 1970) * 12 + self.month - 1, 0).astype(np.int64)
        first = months.astype("datetime64[M]").astype("datetime64[D]")
        days = first + np.where(known, self.day - 1, 0).astype(np.int64)
        known &= days.astype("datetime64[M]").astype(np.int64) == months
        clock = np.nan_to_num(self.clock).astype(np.int64).astype("timedelta64[ns]")
        known &= (self.year > 1700) & (self.year < 2250)  # all that nanoseconds reach
        moments = np.where(known, days, np.datetime64(0, "D")).astype("datetime64[ns]") + clock
        return np.where(known, moments, np.datetime64("NaT", "ns"))


def written_times(column: pa.Array) -> WrittenTimes:
    """Read a column of times, of whatever kind.

    Parameters
    ----------
    column : pyarrow.Array
        Texts (empty where nothing is written), times, dates or numbers.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _spread(written_times(column.dictionary), column)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _of_moments(column)
    if pa.types.is_time(kind):
        column = column.cast(pa.string())
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _of_numbers(pc.fill_null(column.cast(pa.float64(), safe=False), np.nan).to_numpy())
    texts = column.cast(pa.string())
    numbers = _as_numbers(texts)
    return _of_texts(texts) if numbers is None else _of_numbers(numbers)


def _spread(known: WrittenTimes, column: pa.DictionaryArray) -> WrittenTimes:
    """Return what is known of each different text, row by row."""
    rows = column.indices.to_numpy(zero_copy_only=False)
    parts = {name: getattr(known, name)[rows] for name in _COLUMNS}
    return replace(known, **parts)


_COLUMNS = ("year", "month", "day", "clock", "offset", "is_open", "is_empty", "is_read")


def _of_texts(texts: pa.Array) -> WrittenTimes:
    n_rows = len(texts)
    parts = {name: np.full(n_rows, np.nan) for name in (*_PARTS, "clock", "offset")}
    empty = pc.equal(texts, "").to_numpy(zero_copy_only=False)
    left = ~empty
    counts: dict[str, int] = {}
    for form, pattern in {**_FORMS, "time of day": _CLOCK_ALONE}.items():
        places = np.flatnonzero(left)
        if not len(places):
            break
        found = pc.extract_regex(texts.take(pa.array(places)), pattern)
        matched = pc.is_valid(found).to_numpy(zero_copy_only=False)
        if not matched.any():
            continue
        places, found = places[matched], found.filter(pa.array(matched))
        counts[form] = len(places)
        left[places] = False
        _fill(parts, places, found)
    year = parts["y"]
    year = np.where(year < 100, year + np.where(year < _PIVOT, 2000, 1900), year)
    is_open = ~np.isnan(parts["a"])
    dots = pc.match_substring_regex(texts, r"^[^\d]*\d{1,2}\.").to_numpy(zero_copy_only=False)
    return WrittenTimes(
        year=year,
        month=np.where(is_open, parts["b"], parts["m"]),
        day=np.where(is_open, parts["a"], parts["d"]),
        clock=parts["clock"],
        offset=parts["offset"],
        is_open=is_open,
        is_empty=empty,
        is_read=~np.isnan(year),
        form=max(counts, key=lambda form: counts[form]) if counts else "no date",
        has_dots=bool(is_open.any() and dots[is_open].all()),
    )


def _fill(parts: dict[str, _Numbers], places: npt.NDArray[np.intp], found: pa.StructArray) -> None:
    """Put what one form found of some rows into the parts of all."""
    names = {found.type.field(place).name for place in range(found.type.num_fields)}

    def numbers(name: str) -> _Numbers:
        if name not in names:
            return np.full(len(places), np.nan)
        texts = found.field(name)
        return (
            pc.if_else(pc.equal(texts, ""), None, texts)
            .cast(pa.float64())
            .to_numpy(zero_copy_only=False)
        )

    for name in _PARTS:
        if name in names:
            parts[name][places] = numbers(name)
    if "w" in names:
        words = pc.dictionary_encode(found.field("w"))
        months = np.array([month_of_word(word) for word in words.dictionary.to_pylist()])
        parts["m"][places] = months[words.indices.to_numpy()]
    hour = numbers("H")
    if "ap" in names:
        half = pc.utf8_lower(found.field("ap")).to_numpy(zero_copy_only=False)
        hour = np.where(half == "", hour, hour % 12 + 12 * (half == "p"))
    seconds = hour * 3600 + np.nan_to_num(numbers("M")) * 60 + np.nan_to_num(numbers("S"))
    wrong = (hour > 24) | (numbers("M") > 59) | (numbers("S") > 60)
    parts["y"][places[wrong]] = np.nan
    parts["clock"][places] = np.where(wrong, np.nan, seconds) * _NANOSECONDS
    if "f" in names:
        digits = pc.utf8_rpad(found.field("f"), 9, "0").cast(pa.float64()).to_numpy()
        parts["clock"][places] += digits
    parts["offset"][places] = _offsets(found.field("z"))


def _offsets(zones: pa.Array) -> _Numbers:
    """Return minutes ahead of UTC, missing where nothing is written."""
    coded = pc.dictionary_encode(zones)
    minutes = np.array([_offset(text) for text in coded.dictionary.to_pylist()], dtype=float)
    return minutes[coded.indices.to_numpy()]


def _offset(zone: str) -> float:
    digits = zone.upper().replace("UTC", "").replace("GMT", "").replace(":", "")
    if zone == "":
        return np.nan
    if digits in ("Z", ""):
        return 0.0
    hours, minutes = (digits[1:], "0") if len(digits) <= 3 else (digits[1:-2], digits[-2:])
    ahead = int(hours) * 60 + int(minutes)
    return float(-ahead if digits[0] == "-" else ahead)


def _of_moments(column: pa.Array) -> WrittenTimes:
    """Take times that the file itself has as such."""
    zone = getattr(column.type, "tz", None)
    empty = pc.is_null(column).to_numpy(zero_copy_only=False)
    # Half of what a file may say lies outside what nanoseconds reach: seconds and days do not.
    seconds = column.cast(pa.timestamp("us", tz=zone), safe=False).cast(pa.int64(), safe=False)
    micro = pc.fill_null(seconds, 0).to_numpy(zero_copy_only=False)
    days, clock = np.divmod(micro, 86_400 * 10**6)
    return _of_days(days, clock.astype(float) * 1000, empty, zone, "a time of the file's own kind")


def _of_days(
    days: npt.NDArray[np.int64],
    clock: _Numbers,
    empty: npt.NDArray[np.bool_],
    zone: str | None,
    form: str,
) -> WrittenTimes:
    """Take days since 1970 and nanoseconds since midnight."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    number = months.astype(np.int64)
    n_rows = len(days)
    midnight = not np.any(clock[~empty])
    return WrittenTimes(
        year=np.where(empty, np.nan, 1970 + number // 12),
        month=np.where(empty, np.nan, number % 12 + 1),
        day=np.where(empty, np.nan, (dates - months).astype(np.int64) + 1),
        clock=np.full(n_rows, np.nan) if midnight else np.where(empty, np.nan, clock),
        offset=np.full(n_rows, np.nan if zone is None else 0.0),
        is_open=np.zeros(n_rows, dtype=bool),
        is_empty=empty,
        is_read=~empty,
        form=form,
    )


def _as_numbers(texts: pa.Array) -> _Numbers | None:
    """Return texts as numbers if all are, and are no dates written in digits alone."""
    some = texts.filter(pc.not_equal(texts, ""))
    if not len(some) or not pc.all(pc.match_substring_regex(some, r"^\d+(?:[.,]\d+)?$")).as_py():
        return None
    if pc.all(pc.match_substring_regex(some, r"^(?:19|20)\d{6}(?:\d{4}(?:\d{2})?)?$")).as_py():
        return None
    points = pc.replace_substring(texts, ",", ".")
    values = pc.if_else(pc.equal(points, ""), None, points).cast(pa.float64())
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=float)


def _of_numbers(numbers: _Numbers) -> WrittenTimes:
    """Take numbers for times: since 1970, or a spreadsheet's days, whichever lies in our age."""
    empty = np.isnan(numbers)
    some = numbers[~empty]
    low, high = EARLIEST_MOMENT.astype(np.int64), LATEST_MOMENT.astype(np.int64)
    for unit, a_second in _EPOCHS.items():
        scale = _NANOSECONDS // a_second
        if len(some) and some.min() * scale >= low and some.max() * scale < high:
            moments = np.where(empty, 0, numbers).astype(np.int64) * scale
            moments += np.where(empty, 0, (numbers % 1) * scale).astype(np.int64)
            days, clock = np.divmod(moments, _DAY)
            form = f"{unit} since 1970, in UTC"
            return _of_days(days, clock.astype(float), empty, "UTC", form)
    day_0 = _EXCEL_DAY_0.astype("datetime64[D]").astype(np.int64)
    dated = (some + day_0) * float(_DAY)
    if len(some) and dated.min() >= low and dated.max() < high:
        whole = np.floor(np.where(empty, 0, numbers))
        clock = np.round((np.where(empty, 0, numbers) - whole) * 86_400_000) * 1_000_000
        return _of_days(whole.astype(np.int64) + day_0, clock, empty, None, "a spreadsheet's days")
    nothing = np.full(len(numbers), np.nan)
    false = np.zeros(len(numbers), dtype=bool)
    return WrittenTimes(
        nothing, nothing, nothing, nothing, nothing, false, empty, false, "numbers, no times"
    )
