"""Small files of the input schema, whose rows all have financial data in the seeded table."""

from __future__ import annotations

import csv
import io
from itertools import islice

from tools.harness.expected import INPUT_COLUMNS
from tools.harness.shell import FINANCIAL_DATA

HEADER = ",".join(INPUT_COLUMNS)


def known_uuids(count: int) -> list[str]:
    """The first ``count`` uuids that have financial data."""
    with FINANCIAL_DATA.open(newline="") as stream:
        return [row["uuid"] for row in islice(csv.DictReader(stream), count)]


def row(uuid: str, country: str = "Tuvalu") -> list[str]:
    """A valid row."""
    order = ["Baby Food", "Offline", "H", "5/28/2010"]
    return [uuid, country, *order, "Australia and Oceania", "6/27/2010"]


def text(rows: list[list[str]], end: str = "\n") -> str:
    """A CSV with the header, quoted as RFC 4180 wants."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator=end)
    writer.writerow(INPUT_COLUMNS)
    writer.writerows(rows)
    return stream.getvalue()


def records(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
