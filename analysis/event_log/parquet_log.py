"""A log as Parquet."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.event_log.log_refusals import log_refusal, some_of
from analysis.event_log.log_source import (
    MOST_EVENTS,
    MOST_LOG_BYTES,
    MOST_LOG_COLUMNS,
    LogSource,
    too_many_columns,
    too_many_events,
)
from analysis.event_log.log_table import Decided
from analysis.event_log.raw_table import RawTable, check_names


def read_parquet_log(source: LogSource) -> RawTable:
    """Read a Parquet file's columns, but those that hold lists or records.

    Raises
    ------
    StudyError
        If it is damaged, empty or too large.
    """
    path = source.path
    try:
        schema = pq.read_schema(source.stream())
        # Texts stay as the file has them, each once: unfolded, they may take any room.
        texts = [each.name for each in schema if pa.types.is_string(each.type)]
        file = pq.ParquetFile(
            source.stream(), read_dictionary=texts, page_checksum_verification=True
        )
        about = file.metadata
        if about.num_rows > MOST_EVENTS:
            raise too_many_events(path)
        if about.num_columns > MOST_LOG_COLUMNS:
            raise too_many_columns(path, about.num_columns)
        groups = [about.row_group(place) for place in range(about.num_row_groups)]
        if sum(group.total_byte_size for group in groups) > MOST_LOG_BYTES:
            message = f"unpacked, the log is larger than {MOST_LOG_BYTES >> 30} GiB"
            raise log_refusal(path, message, "export fewer columns, or a shorter time")
        check_names(path, schema.names)
        flat = [each.name for each in schema if not pa.types.is_nested(each.type)]
        table = file.read(columns=flat, use_threads=False).replace_schema_metadata(None)
    except (OSError, pa.ArrowException) as error:
        message = f"this is not a Parquet file, or it is damaged ({error})"
        raise log_refusal(path, message, "export or copy it again") from error
    if table.num_rows == 0:
        raise log_refusal(path, "the log holds no row", "export the log again")
    left = [name for name in schema.names if name not in flat]
    remarks = [Decided("left out", some_of(left), "lists or records, no cells")] if left else []
    return RawTable(path, table.select(flat), remarks=tuple(remarks))
