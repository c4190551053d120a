"""Turns an item of the financial table into the added columns."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from common.financial_values import format_value
from common.records import FINANCIAL_ATTRIBUTES

NO_ITEM = "no financial data for this uuid"


class NoFinancialData(Exception):
    """There is no usable item for the uuid; `reasons` are those of the reject."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = list(reasons)


def financial_columns(item: Mapping[str, Any] | None) -> dict[str, str]:
    """DynamoDB's item (`{"unitsSold": {"N": "9925"}, …}`) → `{"Units Sold": "9925", …}`.

    Raises NoFinancialData with one reason for each value that is missing or wrong.
    """
    if item is None:
        raise NoFinancialData(NO_ITEM)
    columns, reasons = {}, []
    for column, attribute in FINANCIAL_ATTRIBUTES.items():
        try:
            columns[column] = format_value(column, _number(item.get(attribute)))
        except ValueError as error:
            reasons.append(f"{column} {error} in the financial data for this uuid")
    if reasons:
        raise NoFinancialData(*reasons)
    return columns


def _number(value: Mapping[str, Any] | None) -> Decimal:
    """An attribute value of DynamoDB → its number. Raises ValueError if it is none."""
    if value is None or "NULL" in value:
        raise ValueError("is missing")
    if "S" in value:
        raise ValueError("is text instead of a number")
    if "N" not in value:
        raise ValueError("is not a number")
    return Decimal(value["N"])
