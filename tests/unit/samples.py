"""Records, files and events that the tests of several functions use."""

from typing import Any

from common.csv_text import format_row
from common.records import INPUT_COLUMNS

MRAP = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"

# A record that every rule accepts, and the columns that the enricher adds to it.
RECORD = {
    "uuid": "123456789",
    "Country": "Tuvalu",
    "Item Type": "Baby Food",
    "Sales Channel": "Offline",
    "Order Priority": "H",
    "Order Date": "5/28/2010",
    "Region": "Australia and Oceania",
    "Ship Date": "6/27/2010",
}
FINANCIAL_COLUMNS = {
    "Units Sold": "9925",
    "Unit Price": "255.28",
    "Unit Cost": "159.42",
    "Total Revenue": "2533654.00",
    "Total Cost": "1582243.50",
    "Total Profit": "951410.50",
}
HEADER = ",".join(INPUT_COLUMNS)

# The event of the emailer for a run that completed.
COMPLETED_EVENT: dict[str, Any] = {
    "action": "complete_run",
    "run_id": "r",
    "attempt": 1,
    "key": "input/sales.csv",
    "rows_in": 10,
    "bytes_in": 1234,
    "notes": ["The columns are separated by semicolons."],
    "bytes_out": 2345,
    "rows_out": 8,
    "rows_rejected": 2,
    "replicated": True,
    "wait": None,
    "output_key": "output/r/sales.csv",
    "output_version_id": "v1",
    "rejects_key": "output/r/sales.csv.rejects.csv",
    "rejects_version_id": "v2",
}


def csv_file(*rows: list[str], header: str = HEADER, newline: str = "\n") -> bytes:
    """Return an input file with these rows."""
    lines = [header, *(format_row(row).removesuffix("\r\n") for row in rows)]
    return (newline.join(lines) + newline).encode()
