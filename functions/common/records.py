"""The columns, and what a record is on its way through the state machines."""

from typing import NotRequired, TypedDict, cast

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
    """One data record. `row` counts from 1, `line` is the line of the file that it begins on.

    `malformed` and `raw`, the text of the row, say why `fields` is empty.
    """

    row: int
    line: int
    fields: dict[str, str]
    malformed: NotRequired[str]
    raw: NotRequired[str]


class RejectedRecord(Record):
    """A record with the reasons why it is not delivered."""

    reasons: list[str]


def reject(record: Record, reasons: list[str]) -> RejectedRecord:
    """Return the record with the reasons."""
    return cast("RejectedRecord", {**record, "reasons": reasons})


class EnrichedRecord(TypedDict):
    """A row of the output: its cells are in the order of OUTPUT_COLUMNS.

    It has no names of columns, so that more rows fit into the state of a chunk.
    """

    row: int
    cells: list[str]


class Chunk(TypedDict):
    """A line of the manifest: where the bytes of a chunk are, and which rows it holds.

    They are `size` bytes of the object `key`, from byte `offset` on.
    """

    index: int
    key: str
    offset: int
    size: int
    first_row: int
    first_line: int
    rows: int
