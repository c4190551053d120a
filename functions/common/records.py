"""What a record is on its way through the state machines."""

import json
from collections.abc import Sequence
from typing import NotRequired, TypedDict

from common.csv_text import line

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
    """A line of the manifest: where a chunk lies, and which rows it holds."""

    index: int
    key: str
    first_row: int
    rows: int


def make_record(row: int, values: Sequence[str]) -> Record:
    """The record of a row whose values stand in the order of INPUT_COLUMNS.

    The number of values is all that tells a malformed row from a good one.
    """
    if len(values) == len(INPUT_COLUMNS):
        return {"row": row, "fields": dict(zip(INPUT_COLUMNS, values, strict=True))}
    noun = "field" if len(values) == 1 else "fields"
    return {
        "row": row,
        "fields": {},
        "malformed": f"{len(values)} {noun} where {len(INPUT_COLUMNS)} are expected",
        "raw": line(values).removesuffix("\r\n"),
    }


def json_bytes(record: Record) -> int:
    """Bytes of the record in a Lambda response.

    AWS's runtime client for Python 3.12 and later writes UTF-8 with ensure_ascii=False and the
    default separators (awslambdaric/lambda_runtime_marshaller.py), whose spaces make it longer
    than the compact form that Step Functions may keep.
    """
    return len(json.dumps(record, ensure_ascii=False).encode())
