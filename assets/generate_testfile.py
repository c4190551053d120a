"""Generates input files and their financial data. The same options give the same bytes.

    python assets/generate_testfile.py                          # the two files beside this one
    python assets/generate_testfile.py --rows 500 --out /tmp/small.csv

The uuids of every file come from one catalogue, so that the financial data must be loaded only once
for all files. Some rows are bad; the kinds of badness take turns.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
CATALOGUE = 10_000  # uuids with financial data

# Commas, quotes, a newline and letters beyond ASCII are all allowed in a quoted field.
COUNTRIES = {
    "Asia": ("Japan", "Viet Nam", "Korea, Republic of", "Türkiye"),
    "Australia and Oceania": ("Australia", "Papua New Guinea", 'Kiribati ("Gilberts")'),
    "Central America and the Caribbean": ("Belize", "Saint Kitts and Nevis", "Curaçao"),
    "Europe": ("Norway", "Österreich", "Moldova, Republic of", "Česko"),
    "Middle East and North Africa": ("Egypt", "المغرب", "Iran, Islamic Republic of"),
    "North America": ("Canada", "Greenland", "México"),
    "Sub-Saharan Africa": ("Côte d'Ivoire", "São Tomé and Príncipe", "Congo,\nKinshasa"),
}
# Item type, price and cost in cents.
ITEMS = {
    "Baby Food": (25528, 15942),
    "Beverages": (4745, 3179),
    "Cereal": (20570, 11711),
    "Clothes": (10928, 3584),
    "Cosmetics": (43720, 26333),
    "Fruits": (933, 692),
    "Household": (66827, 50254),
    "Meat": (42189, 36469),
    "Office Supplies": (65121, 52496),
    "Personal Care": (8173, 5667),
    "Snacks": (15258, 9744),
    "Vegetables": (15406, 9093),
}

Fields = dict[str, str]  # column → value


@dataclass(frozen=True)
class GeneratedRow:
    """One row, and what is wrong with it: a name from SPOILERS, or None."""

    values: list[str]
    defect: str | None


def rows(count: int, seed: int = 1, bad: float = 0.02) -> Iterator[GeneratedRow]:
    """Yield `count` rows, of which about the share `bad` is bad."""
    generator = random.Random(seed)  # noqa: S311 -- test data, no secret
    interval = round(1 / bad) if bad else 0
    defects = list(SPOILERS)
    for index in range(count):
        fields = _fields(generator, index)
        if interval and index % interval == interval - 1:
            defect = defects[index // interval % len(defects)]
            yield GeneratedRow(SPOILERS[defect](fields), defect)
        else:
            yield GeneratedRow(list(fields.values()), None)


def financial_rows() -> Iterator[Fields]:
    """Yield the items of the whole catalogue. Amounts have two decimals."""
    generator = random.Random(0)  # noqa: S311 -- test data, no secret
    for index in range(CATALOGUE):
        units = generator.randint(1, 10_000)
        price, cost = generator.choice(list(ITEMS.values()))
        yield {
            "uuid": uuid(index),
            "unitsSold": str(units),
            "unitPrice": _amount(price),
            "unitCost": _amount(cost),
            "totalRevenue": _amount(units * price),
            "totalCost": _amount(units * cost),
            "totalProfit": _amount(units * (price - cost)),
        }


def uuid(index: int) -> str:
    """Return nine digits, others for every index: 3^18 and 10^9 have no common factor."""
    return f"{(index * 3**18 + 123_456_789) % 10**9:09d}"


def _fields(generator: random.Random, index: int) -> Fields:
    """Return a good row. A new column of the input gets its value here."""
    region = generator.choice(list(COUNTRIES))
    ordered = date(2020, 1, 1) + timedelta(days=generator.randrange(2000))
    shipped = ordered + timedelta(days=generator.randrange(50))
    return {
        "uuid": uuid(index % CATALOGUE),
        "Country": generator.choice(COUNTRIES[region]),
        "Item Type": generator.choice(list(ITEMS)),
        "Sales Channel": generator.choice(("Online", "Offline")),
        "Order Priority": generator.choice("HMLC"),
        "Order Date": _date(ordered),
        "Region": region,
        "Ship Date": _date(shipped),
    }


def _date(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def _amount(cents: int) -> str:
    return f"{cents / 100:.2f}"


def _with(**changes: str) -> Callable[[Fields], list[str]]:
    """Return a spoiler that sets the named columns; `_` stands for a space."""
    columns = {name.replace("_", " "): value for name, value in changes.items()}
    return lambda fields: list((fields | columns).values())


# Each rule of functions/validator/rules.py is broken by one of these. The last three are rows with
# an unknown uuid and rows that are malformed.
SPOILERS: dict[str, Callable[[Fields], list[str]]] = {
    "uuid too short": _with(uuid="12345678"),
    "uuid with a letter": _with(uuid="12345678x"),
    "no country": _with(Country=""),
    "unknown item type": _with(Item_Type="Spacecraft"),
    "unknown sales channel": _with(Sales_Channel="Fax"),
    "unknown priority": _with(Order_Priority="X"),
    "order date that does not exist": _with(Order_Date="2/30/2021", Ship_Date="3/5/2021"),
    "order date in another format": _with(Order_Date="2021-02-03"),
    "unknown region": _with(Region="Atlantis"),
    "ship date that does not exist": _with(Ship_Date="13/1/2021"),
    "shipped before ordered": _with(Order_Date="6/15/2021", Ship_Date="6/14/2021"),
    "several things at once": _with(uuid="", Order_Priority="", Region=""),
    "no financial data": _with(uuid=uuid(CATALOGUE)),
    "too few columns": lambda fields: list(fields.values())[:-1],
    "too many columns": lambda fields: [*fields.values(), "surplus"],
}
HEADER = list(_fields(random.Random(0), 0))  # noqa: S311 -- test data, no secret


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    generated = list(rows(options.rows, options.seed, options.bad))
    _write(options.out, HEADER, (row.values for row in generated))
    defects = Counter(row.defect for row in generated if row.defect)
    print(f"{options.out}: {len(generated)} rows, {defects.total()} of them to be rejected")
    for defect, count in defects.items():
        print(f"  {count:5} {defect}")
    if options.financial:
        items = list(financial_rows())
        _write(options.financial, list(items[0]), (list(item.values()) for item in items))
        print(f"{options.financial}: {CATALOGUE} items")
    return 0


def _write(path: Path, header: list[str], lines: Iterable[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(lines)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another file")
    parser.add_argument("--bad", type=float, default=0.02, help="share of bad rows, 0 to 0.5")
    parser.add_argument("--out", type=Path, help="input file; default: testfile.csv beside this")
    parser.add_argument("--financial", type=Path, help="also write the financial data there")
    options = parser.parse_args(arguments)
    if options.out is None:
        options.out = HERE / "testfile.csv"
        options.financial = options.financial or HERE / "financial-data.csv"
    if options.rows < 0 or not 0 <= options.bad <= 0.5:
        parser.error("--rows is 0 or more, --bad is between 0 and 0.5")
    return options


if __name__ == "__main__":
    sys.exit(main())
