"""A log as XES (IEEE 1849), of any version, with or without extensions, packed or not.

Read as a stream of elements, never as a tree. Entities and document types are refused.
"""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax import ContentHandler, SAXException  # only what takes the elements  # nosec B406

import numpy as np
import pyarrow as pa
from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from analysis.event_log.log_refusals import log_refusal, quoted
from analysis.event_log.log_source import (
    LONGEST_FIELD,
    MOST_LOG_COLUMNS,
    MOST_LOG_EVENTS,
    LogSource,
    field_too_long,
    too_many_columns,
    too_many_events,
)
from analysis.event_log.log_table import Decided
from analysis.event_log.raw_table import RawTable

OF_A_CASE = "case:"
"""Stands before the name of an attribute that belongs to a case and not to an event."""
CASE_NAME = f"{OF_A_CASE}concept:name"
_ATTRIBUTES = frozenset({"string", "date", "int", "float", "boolean", "id"})
_DEEPEST = 64
_CHUNK = 1 << 16
_LONGEST_TAG = 8 << 20
"""Bytes in which at least one element begins."""
_NOTHING = -1


class _Coded:
    """One attribute of all events: each different value once, and a number an event."""

    def __init__(self, length: int) -> None:
        self.values: dict[str, int] = {}
        self.codes = array("i", [_NOTHING]) * length

    def put(self, place: int, value: str) -> None:
        """Note the value of an event; places go up."""
        code = self.values.setdefault(value, len(self.values))
        missing = place - len(self.codes)
        if missing > 0:
            self.codes.extend([_NOTHING] * missing)
        if missing >= 0:
            self.codes.append(code)
        else:
            self.codes[place] = code  # said twice of one event: the last word stands

    def column(self, length: int) -> pa.Array:
        """Return the attribute of `length` events, missing where an event has none."""
        self.codes.extend([_NOTHING] * (length - len(self.codes)))
        codes = np.frombuffer(self.codes, dtype=np.int32)
        indices = pa.array(codes, mask=codes == _NOTHING)
        return pa.DictionaryArray.from_arrays(indices, pa.array(list(self.values), pa.string()))


class _Traces(ContentHandler):
    """Takes traces and events as a parser meets them."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.events: dict[str, _Coded] = {}
        self.cases: dict[str, _Coded] = {}
        self.n_events = self.n_traces = self.n_loose = self.n_empty = 0
        self.case_of = array("i")
        self.version = ""
        self.n_elements = 0
        self._depth = 0
        self._trace = self._event = 0
        self._events_before = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - SAX calls it so
        """Take the start of an element: a log, a trace, an event or an attribute of one."""
        self._depth += 1
        self.n_elements += 1
        kind = name.rpartition(":")[2]
        if self._event:
            if self._depth == self._event + 1 and kind in _ATTRIBUTES:
                self._put(self.events, self.n_events, attrs)
        elif self._trace:
            if kind == "event":
                self._event = self._depth
            elif self._depth == self._trace + 1 and kind in _ATTRIBUTES:
                self._put(self.cases, self.n_traces, attrs)
        elif self._depth == 1:
            if kind != "log":
                message = f"this is XML, but no event log: it begins with {quoted(name)}"
                raise log_refusal(self.path, message, "export the log as XES, CSV or Excel")
            self.version = attrs.get("xes.version", "")
        elif kind == "trace":
            self._trace, self._events_before = self._depth, self.n_events
        elif kind == "event" and self._depth == 2:
            self.n_loose += 1
        if self._depth > _DEEPEST:
            message = f"elements stand inside one another more than {_DEEPEST} deep"
            raise log_refusal(self.path, message, "export the log without such attributes")

    def endElement(self, name: str) -> None:  # noqa: N802
        """Take the end of an element."""
        if self._event == self._depth:
            self._event = 0
            self.case_of.append(self.n_traces)
            self.n_events += 1
            if self.n_events > MOST_LOG_EVENTS:
                raise too_many_events(self.path)
        elif self._trace == self._depth:
            self._trace = 0
            self.n_traces += 1
            self.n_empty += self.n_events == self._events_before
        self._depth -= 1

    def _put(self, columns: dict[str, _Coded], place: int, attributes: Any) -> None:
        key, value = attributes.get("key", ""), attributes.get("value", "")
        if len(value) > LONGEST_FIELD or len(key) > LONGEST_FIELD:
            raise field_too_long(self.path, "an attribute", quoted(key))
        column = columns.get(key)
        if column is None:
            column = columns[key] = _Coded(place)
            n_columns = len(self.events) + len(self.cases)
            if n_columns > MOST_LOG_COLUMNS:
                raise too_many_columns(self.path, n_columns)
        column.put(place, value)


def read_xes_log(source: LogSource) -> RawTable:
    """Read the events of an XES file; what belongs to a case stands in each of its rows.

    Raises
    ------
    StudyError
        If it is no XES, is damaged, declares entities, or holds too much.
    """
    path, traces = source.path, _Traces(source.path)
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(traces)
    stream = source.stream()
    try:
        _feed(parser, traces, stream)
    except DefusedXmlException as error:
        message = "the file declares entities or a document type, as no event log does"
        raise log_refusal(path, message, "export the log again from its own system") from error
    except (SAXException, ValueError) as error:
        message = f"the XML is damaged or cut short ({error})"
        raise log_refusal(path, message, "export or copy it again") from error
    if traces.n_events == 0:
        raise log_refusal(path, "the log holds no event", "export the log again")
    return RawTable(path, _table_of(traces), remarks=_remarks_of(traces))


def _feed(parser: DefusedExpatParser, traces: _Traces, stream: BinaryIO) -> None:
    """Parse a stream; what stands in one piece must find room."""
    seen = silent = 0
    while chunk := stream.read(_CHUNK):
        parser.feed(chunk)
        silent = silent + len(chunk) if traces.n_elements == seen else 0
        seen = traces.n_elements
        if silent > _LONGEST_TAG:
            message = f"a field or remark is longer than {_LONGEST_TAG >> 20} MiB"
            raise log_refusal(traces.path, message, "export the log without its long texts")
    parser.close()


def _table_of(traces: _Traces) -> pa.Table:
    case_of = np.frombuffer(traces.case_of, dtype=np.int32)
    columns = {key: coded.column(traces.n_events) for key, coded in traces.events.items()}
    for key, coded in traces.cases.items():
        name = f"{OF_A_CASE}{key}"
        columns[name] = coded.column(traces.n_traces).take(pa.array(case_of))
    if CASE_NAME not in columns:
        columns[CASE_NAME] = pa.array(case_of + 1).cast(pa.string())
    return pa.table(columns)


def _remarks_of(traces: _Traces) -> tuple[Decided, ...]:
    said = [Decided("version", traces.version or "not said", "as the file's first line says")]
    if "concept:name" not in traces.cases:
        said.append(Decided("cases", "numbered in the file's order", "they have no names"))
    if traces.n_empty:
        said.append(Decided("left out", f"{traces.n_empty:,} cases", "they have no event"))
    if traces.n_loose:
        said.append(Decided("left out", f"{traces.n_loose:,} events", "they belong to no case"))
    return tuple(said)
