"""Works out what has to come out, from the input alone and without any of the product's code."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path


def _words(text: str) -> list[str]:
    return " ".join(text.split()).split(", ")


INPUT_COLUMNS = _words(
    "uuid, Country, Item Type, Sales Channel, Order Priority, Order Date, Region, Ship Date"
)
ADDED_COLUMNS = _words("Units Sold, Unit Price, Unit Cost, Total Revenue, Total Cost, Total Profit")
_FINANCIAL_COLUMNS = _words("unitsSold, unitPrice, unitCost, totalRevenue, totalCost, totalProfit")
_ITEM_TYPES = _words(
    """Baby Food, Beverages, Cereal, Clothes, Cosmetics, Fruits, Household, Meat, Office Supplies,
    Personal Care, Snacks, Vegetables"""
)
_REGIONS = _words(
    """Asia, Australia and Oceania, Central America and the Caribbean, Europe,
    Middle East and North Africa, North America, Sub-Saharan Africa"""
)


@dataclass
class Expected:
    """The merged file's rows in order, and the numbers of the rows that must be rejected."""

    rows: list[list[str]] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.rows) + len(self.rejected)


def calculate(input_file: Path, financial_file: Path) -> Expected:
    """Both files are UTF-8 CSV with a header; row numbers count records from 1."""
    with financial_file.open(newline="", encoding="utf-8") as stream:
        financial = {row["uuid"]: row for row in csv.DictReader(stream)}
    expected = Expected()
    with input_file.open(newline="", encoding="utf-8-sig") as stream:
        records = [record for record in csv.reader(stream) if record]
    for number, record in enumerate(records[1:], start=1):
        data = financial.get(record[0])
        if data is None or not _is_valid(record):
            expected.rejected.append(number)
        else:
            expected.rows.append(record + _added(data))
    return expected


def _added(data: dict[str, str]) -> list[str]:
    units, *amounts = (Decimal(data[name]) for name in _FINANCIAL_COLUMNS)
    return [str(int(units)), *map(_two_decimals_or_more, amounts)]


def _two_decimals_or_more(amount: Decimal) -> str:
    amount = amount or Decimal(0)  # without the sign that a zero may have
    return f"{amount:.2f}" if amount == round(amount, 2) else f"{amount.normalize():f}"


def _is_valid(record: list[str]) -> bool:
    if len(record) != len(INPUT_COLUMNS):
        return False
    uuid, country, item, channel, priority, ordered, region, shipped = record
    if not (re.fullmatch(r"[0-9]{9}", uuid) and country.strip() and region in _REGIONS):
        return False
    if item not in _ITEM_TYPES or channel not in ("Online", "Offline"):
        return False
    first, last = _date(ordered), _date(shipped)
    return priority in "HMLC" and len(priority) == 1 and bool(first and last and first <= last)


def _date(text: str) -> date | None:
    """M/D/YYYY, or M/D/YY from 1930 to 2029."""
    match = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}|[0-9]{2})", text)
    try:
        return date(_year(match[3]), int(match[1]), int(match[2])) if match else None
    except ValueError:
        return None


def _year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (2000 if digits < "30" else 1900)
