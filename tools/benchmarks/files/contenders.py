"""Runs one contender on a file, in a process of its own, and prints what it took as JSON.

    python -m tools.benchmarks.files.contenders NAME FILE ROWS

Each reads the file and writes the same rows to nowhere. Nothing outside the standard library is
imported before the contender is known, since pandas and pyarrow are in another environment.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Work = Callable[[], int]  # returns the bytes that went through


def main() -> int:
    name, file, rows = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    work = CONTENDERS[name](file, rows)
    cpu, begin = _cpu_seconds(), time.perf_counter()
    size = work()
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # KiB on Linux
    cost = {"cpu": _cpu_seconds() - cpu, "seconds": seconds, "peak": peak, "bytes": size}
    print(json.dumps(cost))
    return 0


def _cpu_seconds() -> float:
    """Return the CPU seconds of this process, and of its children that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _splitter(file: Path, rows: int) -> Work:
    _use_functions()
    from splitter.split import Splitter
    from tools.benchmarks.files.stub_s3 import CHUNK_BYTES, CHUNK_ROWS, SplitS3

    stub: Any = SplitS3(file)

    def work() -> int:
        splitter = Splitter(stub, "bucket", CHUNK_ROWS, CHUNK_BYTES, rows)
        result = splitter.split("a", "input/a.csv", "v")
        if (result["rows_in"], result["chunks"]) != (rows, rows // CHUNK_ROWS):
            raise ValueError(f"not all rows are in full chunks: {result}")
        return result["bytes_in"]

    return work


def _merger(file: Path, rows: int) -> Work:
    _use_functions()
    from merger.merge import Merger, SplitInput
    from tools.benchmarks.files.stub_s3 import CHUNK_ROWS, REJECTED, MergeS3, Rejects

    chunks = rows // CHUNK_ROWS
    s3: Any = MergeS3(file, chunks)
    table: Any = Rejects()
    source = SplitInput("a", "input/a.csv", "work/a/manifest.jsonl", rows)

    def work() -> int:
        result = Merger(s3, table, "bucket", "errors").merge(source, None, lambda: False)
        if "bytes_out" not in result or result["rows_rejected"] != chunks * len(REJECTED):
            raise ValueError(f"not all rows are merged: {result}")
        return result["bytes_out"]

    return work


def _use_functions() -> None:
    sys.path.insert(0, str(Path(__file__).parents[3] / "functions"))


def _csv(file: Path, _rows: int) -> Work:
    def work() -> int:
        with (
            file.open(newline="", encoding="utf-8") as source,
            Path(os.devnull).open("w", newline="", encoding="utf-8") as target,
        ):
            csv.writer(target).writerows(csv.reader(source))
        return file.stat().st_size

    return work


def _pandas(file: Path, _rows: int) -> Work:
    import pandas as pd

    def work() -> int:
        for frame in pd.read_csv(file, dtype=str, keep_default_na=False, chunksize=100_000):
            frame.to_csv(os.devnull, index=False)
        return file.stat().st_size

    return work


def _pyarrow(file: Path, _rows: int) -> Work:
    from pyarrow import csv as arrow_csv
    from pyarrow import string

    def work() -> int:
        with file.open(encoding="utf-8") as stream:
            names = stream.readline().rstrip().split(",")
        options = arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, string()))
        parse = arrow_csv.ParseOptions(newlines_in_values=True)
        reader = arrow_csv.open_csv(file, parse_options=parse, convert_options=options)
        with arrow_csv.CSVWriter(os.devnull, reader.schema) as writer:
            for batch in reader:
                writer.write(batch)
        return file.stat().st_size

    return work


def _cat(file: Path, _rows: int) -> Work:
    def work() -> int:
        with Path(os.devnull).open("wb") as target:
            subprocess.run(["cat", str(file)], stdout=target, check=True)  # noqa: S603, S607
        return file.stat().st_size

    return work


CONTENDERS: dict[str, Callable[[Path, int], Work]] = {
    "splitter": _splitter,
    "merger": _merger,
    "csv": _csv,
    "pandas": _pandas,
    "pyarrow": _pyarrow,
    "cat": _cat,
}

if __name__ == "__main__":
    sys.exit(main())
