"""A file that came out as it has to, for a test to spoil."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from tools.drill.evidence import LINK, Attempt, Evidence, Output
from tools.drill.load import Upload
from tools.harness.expected import ADDED_COLUMNS, INPUT_COLUMNS, Expected

EAST, WEST = "us-east-1", "us-west-2"
REGIONS = (EAST, WEST)
START = 1_000_000.0
ROWS = [[f"{number}", *"abcdefghijklm"] for number in (1, 2)]
EXPECTED = Expected(rows=ROWS, rejected=[3])


def output(rows: list[list[str]] = ROWS) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([INPUT_COLUMNS + ADDED_COLUMNS, *rows])
    return stream.getvalue().encode()


def rejects(*numbers: int) -> bytes:
    return b"row,reasons\n" + b"".join(b"%d,why\n" % number for number in numbers)


def row(**changes: Any) -> dict[str, Any]:
    """A run, as its items show it, of a file that was handed over to the second Region."""
    attempts = [
        {"attempt": 1, "region": EAST, "status": "SUPERSEDED"},
        {"attempt": 2, "region": WEST, "status": "COMPLETED"},
    ]
    return {
        "run_id": "run",
        "key": "input/load-00001.csv",
        "version_id": "v1",
        "status": "COMPLETED",
        "region": WEST,
        "attempt": 2,
        "attempts": attempts,
        "rows_in": 3,
        "rows_out": 2,
        "rows_rejected": 1,
        "requeued_at": "1970-01-12T13:47:10.000Z",
        "completed_at": "1970-01-12T13:47:30.000Z",
        "completed_region": WEST,
        "mail_message_id": "m1",
        **changes,
    }


def mail(**changes: Any) -> dict[str, Any]:
    return {"subject": "Processed: load-00001.csv", "message_id": "m1", **changes}


def sound(number: int = 1) -> Evidence:
    key = f"input/load-{number:05d}.csv"
    return Evidence(
        Upload(key, Path("small.csv")),
        versions={"v1": START + 10},
        rows={region: [row(key=key)] for region in REGIONS},
        attempts=[
            Attempt(EAST, START + 12, START + 25),
            Attempt(WEST, START + 31, START + 50),
        ],
        mails=[mail(subject=f"Processed: load-{number:05d}.csv")],
        outputs=dict.fromkeys((LINK, *REGIONS), Output(output(), rejects(3))),
    )
