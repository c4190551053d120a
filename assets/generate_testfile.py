"""Makes input files and the financial data that go with them; the same options give the same bytes.

    python assets/generate_testfile.py                          # the two files beside this one
    python assets/generate_testfile.py --rows 500 --out /tmp/small.csv

The uuids of every file come from one catalogue, so that the financial data need loading only once,
whatever files are made later. A share of the rows is bad; the flaws take turns.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
HEADER = (
    "uuid",
    "Country",
    "Item Type",
    "Sales Channel",
    "Order Priority",
    "Order Date",
    "Region",
    "Ship Date",
)
FINANCIAL_HEADER = (
    "uuid",
    "unitsSold",
    "unitPrice",
    "unitCost",
    "totalRevenue",
    "totalCost",
    "totalProfit",
)
CATALOGUE = 10_000  # uuids with financial data

# Commas, quotes, a newline and letters beyond ASCII are all fair in a quoted field.
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

Row = list[str]


@dataclass(frozen=True)
class SampleRow:
    """A row, and the name of its flaw in FLAWS, or None for a good row."""

    values: Row
    flaw: str | None


def rows(count: int, seed: int = 1, bad: float = 0.02) -> Iterator[SampleRow]:
    """Make `count` rows, about the share `bad` of them bad; the flaws take turns."""
    choose = random.Random(seed)  # noqa: S311 -- test data, no secret
    interval = round(1 / bad) if bad else 0
    flaws = list(FLAWS)
    for index in range(count):
        values = _row(choose, index)
        if interval and index % interval == interval - 1:
            flaw = flaws[index // interval % len(flaws)]
            yield SampleRow(FLAWS[flaw](values), flaw)
        else:
            yield SampleRow(values, None)


def financial_rows() -> Iterator[Row]:
    """Make the items of the whole catalogue. Amounts have two decimals."""
    choose = random.Random(0)  # noqa: S311 -- test data, no secret
    for index in range(CATALOGUE):
        units = choose.randint(1, 10_000)
        price, cost = choose.choice(list(ITEMS.values()))
        amounts = (price, cost, units * price, units * cost, units * (price - cost))
        yield [uuid(index), str(units), *(f"{amount / 100:.2f}" for amount in amounts)]


def uuid(index: int) -> str:
    """Make nine digits that differ for every index: 3^18 has no factor in common with 10^9."""
    return f"{(index * 3**18 + 123_456_789) % 10**9:09d}"


def _row(choose: random.Random, index: int) -> Row:
    region = choose.choice(list(COUNTRIES))
    ordered = date(2020, 1, 1) + timedelta(days=choose.randrange(2000))
    shipped = ordered + timedelta(days=choose.randrange(50))
    return [
        uuid(index % CATALOGUE),
        choose.choice(COUNTRIES[region]),
        choose.choice(list(ITEMS)),
        choose.choice(("Online", "Offline")),
        choose.choice("HMLC"),
        _date(ordered),
        region,
        _date(shipped),
    ]


def _date(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def _with(**changed: str) -> Callable[[Row], Row]:
    """Return a function that puts other values into named columns; `_` stands for a space."""
    places = {HEADER.index(name.replace("_", " ")): value for name, value in changed.items()}
    return lambda row: [places.get(place, value) for place, value in enumerate(row)]


# Each rule of functions/validator/rules.py is broken by one of these. The last three are a good row
# that the financial table lacks, and malformed rows, which no rule sees.
FLAWS: dict[str, Callable[[Row], Row]] = {
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
    "too few columns": lambda row: row[:7],
    "too many columns": lambda row: [*row, "surplus"],
}


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    sample = list(rows(options.rows, options.seed, options.bad))
    _write(options.out, HEADER, (row.values for row in sample))
    flaws = Counter(row.flaw for row in sample if row.flaw)
    print(f"{options.out}: {len(sample)} rows, {flaws.total()} of them to be rejected")
    for flaw, count in flaws.items():
        print(f"  {count:5} {flaw}")
    if options.financial:
        _write(options.financial, FINANCIAL_HEADER, financial_rows())
        print(f"{options.financial}: {CATALOGUE} items")
    return 0


def _write(path: Path, header: Sequence[str], lines: Iterator[Row]) -> None:
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
