"""What reading an event log of a million events takes.

``python -m benchmarks.large_log`` makes a log, writes it as CSV, Parquet, packed XES and, with
``--excel``, as a workbook, and reads each in a process of its own. Fails if one takes more than ten
minutes of a core or two GiB.
"""

from __future__ import annotations

import argparse
import gzip
import resource
import subprocess  # this interpreter alone  # nosec B404
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.event_log.log_choices import LogChoices
from analysis.event_log.log_table import EventLog
from analysis.event_log.read_log import read_log_file

MOST_CPU_SECONDS, MOST_MEBIBYTES = 600.0, 2048.0
EVENTS_A_CASE = 10


def long_log(n_events: int) -> pd.DataFrame:
    """Return a log of cases of ten events, a case begun every half an hour, texts besides."""
    luck = np.random.default_rng(1)
    case = np.arange(n_events) // EVENTS_A_CASE
    step = luck.integers(0, 30, n_events)
    later = (luck.integers(0, 20_000, n_events) + 1_800 * case).astype("timedelta64[s]")
    begun = np.datetime64("2024-01-01") + later
    return pd.DataFrame(
        {
            "Ticket No": [f"T-{number:06d}" for number in case],
            "Step": [f"Step {number} of the process" for number in step],
            "Department": [f"Department {number % 8}" for number in step],
            "Employee": [f"E{number:04d}" for number in luck.integers(0, 500, n_events)],
            "Begin": begun,
            "Finish": begun + luck.integers(30, 900, n_events).astype("timedelta64[s]"),
            "Note": [f"note {number}" for number in luck.integers(0, 10**9, n_events)],
        }
    )


def written(log: pd.DataFrame, folder: Path, excel: bool) -> list[Path]:
    """Write a log in each format; return the files."""
    files = [folder / name for name in ("log.csv", "log.parquet", "log.xes.gz")]
    log.to_csv(files[0], sep=";", index=False, date_format="%d.%m.%Y %H:%M:%S")
    log.to_parquet(files[1])
    texts = log.assign(Finish=log["Finish"].dt.strftime("%Y-%m-%dT%H:%M:%S+01:00"))
    with gzip.open(files[2], "wt", compresslevel=3) as file:
        file.write('<log xes.version="1.0">')
        for number, events in texts.groupby("Ticket No", sort=False):
            file.write(f'<trace><string key="concept:name" value="{number}"/>')
            for row in events.itertuples():
                file.write(
                    f'<event><string key="concept:name" value="{row.Step}"/>'
                    f'<string key="org:group" value="{row.Department}"/>'
                    f'<string key="org:resource" value="{row.Employee}"/>'
                    f'<date key="time:timestamp" value="{row.Finish}"/></event>\n'
                )
            file.write("</trace>")
        file.write("</log>")
    if excel:
        files.append(folder / "log.xlsx")
        log.to_excel(files[-1], index=False, engine="xlsxwriter")
    return files


def read_here(path: Path) -> None:
    """Read a log in this process, and print what that took."""
    begun = time.perf_counter()
    log = read_log_file(path, LogChoices())
    if not isinstance(log, EventLog):
        sys.exit("The log was taken for a table of contacts.")
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    print(
        f"{path.name:<12} {len(log.events):>9,} events {time.perf_counter() - begun:7.1f} s "
        f"{cpu:7.1f} s of a core {memory:7.0f} MiB",
        flush=True,
    )
    if cpu > MOST_CPU_SECONDS or memory > MOST_MEBIBYTES:
        sys.exit("That is too much.")


def main() -> int:
    """Measure and print; return 1 if a format takes too much."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--excel", action="store_true", help="a workbook as well; takes minutes")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read is not None:
        read_here(options.read)
        return 0
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in written(long_log(options.events), Path(folder), options.excel):
            command = [sys.executable, "-m", "benchmarks.large_log", "--read", str(path)]
            failed += subprocess.run(command, check=False).returncode != 0  # noqa: S603  # nosec
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
