"""A log as Parquet."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.event_log.log_refusals import a_few, log_refusal
from analysis.event_log.log_source import (
    MOST_LOG_BYTES,
    MOST_LOG_COLUMNS,
    MOST_LOG_EVENTS,
    LogSource,
    too_many_columns,
    too_many_events,
)
from analysis.event_log.log_table import Decided
from analysis.event_log.raw_table import RawTable, check_names, is_text_type


def read_parquet_log(source: LogSource) -> RawTable:
    """Read a Parquet file's columns, but those that hold lists, records or bytes.

    Raises
    ------
    StudyError
        If it is damaged, empty or too large.
    """
    path = source.path
    try:
        schema = pq.read_schema(source.stream())
        # Texts stay as the file has them, each once: unfolded, they may take any room.
        texts = [each.name for each in schema if is_text_type(each.type)]
        file = pq.ParquetFile(
            source.stream(), read_dictionary=texts, page_checksum_verification=True
        )
        about = file.metadata
        if about.num_rows > MOST_LOG_EVENTS:
            raise too_many_events(path)
        if about.num_columns > MOST_LOG_COLUMNS:
            raise too_many_columns(path, about.num_columns)
        groups = [about.row_group(place) for place in range(about.num_row_groups)]
        if sum(group.total_byte_size for group in groups) > MOST_LOG_BYTES:
            message = f"unpacked, the log is larger than {MOST_LOG_BYTES >> 30} GiB"
            raise log_refusal(path, message, "export fewer columns, or a shorter time")
        check_names(path, schema.names)
        flat = [each.name for each in schema if _is_a_cell(each.type)]
        table = file.read(columns=flat, use_threads=False).replace_schema_metadata(None)
    except (OSError, pa.ArrowException) as error:
        message = f"this is not a Parquet file, or it is damaged ({error})"
        raise log_refusal(path, message, "export or copy it again") from error
    if table.num_rows == 0:
        raise log_refusal(path, "the log holds no row", "export the log again")
    left = [name for name in schema.names if name not in flat]
    remarks = (
        [Decided("left out", a_few(left), "they hold no texts, numbers or times")] if left else []
    )
    return RawTable(path, table.select(flat), remarks=tuple(remarks))


def _is_a_cell(kind: pa.DataType) -> bool:
    """Tell whether a type of Arrow's is one that a cell of a table could have."""
    if pa.types.is_dictionary(kind):
        return _is_a_cell(kind.value_type)
    of = pa.types
    checks = (of.is_integer, of.is_floating, of.is_boolean, of.is_decimal, of.is_null)
    moments = (of.is_timestamp, of.is_date, of.is_time)
    return is_text_type(kind) or any(check(kind) for check in (*checks, *moments))
