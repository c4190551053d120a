"""Turns an item of the financial table into the added columns."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from common.records import FINANCIAL_ATTRIBUTES

UNITS = "Units Sold"
NO_ITEM = "no financial data for this uuid"


class NoFinancialData(Exception):
    """There is no complete item for the uuid; the message is the reason of the reject."""


def financial_columns(item: Mapping[str, Any] | None) -> dict[str, str]:
    """DynamoDB's item (`{"unitsSold": {"N": "9925"}, …}`) → `{"Units Sold": "9925", …}`.

    Units are an integer; every other column has two decimals. Raises NoFinancialData.
    """
    if item is None:
        raise NoFinancialData(NO_ITEM)
    missing = [name for name in FINANCIAL_ATTRIBUTES.values() if "N" not in item.get(name, {})]
    if missing:
        raise NoFinancialData(f"the financial data for this uuid lack {', '.join(missing)}")
    numbers = {column: Decimal(item[name]["N"]) for column, name in FINANCIAL_ATTRIBUTES.items()}
    if numbers[UNITS] != numbers[UNITS].to_integral_value():
        raise NoFinancialData("the financial data for this uuid have a fraction of a unit")
    return {
        column: format(number, ".0f" if column == UNITS else ".2f")
        for column, number in numbers.items()
    }
