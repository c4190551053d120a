"""The columns, and what a record is on its way through the state machines."""

import json
from collections.abc import Sequence
from typing import NotRequired, TypedDict

from common.csv_text import format_row

INPUT_COLUMNS = (
    "uuid",
    "Country",
    "Item Type",
    "Sales Channel",
    "Order Priority",
    "Order Date",
    "Region",
    "Ship Date",
)
# Added column → attribute of the financial table that it comes from.
FINANCIAL_ATTRIBUTES = {
    "Units Sold": "unitsSold",
    "Unit Price": "unitPrice",
    "Unit Cost": "unitCost",
    "Total Revenue": "totalRevenue",
    "Total Cost": "totalCost",
    "Total Profit": "totalProfit",
}
OUTPUT_COLUMNS = (*INPUT_COLUMNS, *FINANCIAL_ATTRIBUTES)


class Record(TypedDict):
    """One data record. `row` counts from 1; `malformed` and `raw` say why `fields` is empty."""

    row: int
    fields: dict[str, str]
    malformed: NotRequired[str]
    raw: NotRequired[str]


class Chunk(TypedDict):
    """A line of the manifest: the key of a chunk, and which rows it holds."""

    index: int
    key: str
    first_row: int
    rows: int


def make_record(row: int, values: Sequence[str]) -> Record:
    """Return the record of a row whose values stand in the order of INPUT_COLUMNS.

    A row is malformed only by its number of values.
    """
    if len(values) == len(INPUT_COLUMNS):
        return {"row": row, "fields": dict(zip(INPUT_COLUMNS, values, strict=True))}
    noun = "field" if len(values) == 1 else "fields"
    return {
        "row": row,
        "fields": {},
        "malformed": f"{len(values)} {noun} where {len(INPUT_COLUMNS)} are expected",
        "raw": format_row(values).removesuffix("\r\n"),
    }


def json_bytes(record: Record) -> int:
    """Return the number of bytes that the record takes in a Lambda response.

    AWS's runtime client for Python 3.12 and later writes UTF-8 with ensure_ascii=False and the
    default separators, whose spaces make it longer than the form that Step Functions may keep:
    https://github.com/aws/aws-lambda-python-runtime-interface-client, lambda_runtime_marshaller.py
    """
    return len(json.dumps(record, ensure_ascii=False).encode())
