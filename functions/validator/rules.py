"""YOUR RULES. A record that breaks one is rejected with its reason; the file goes on.

A rule is a reason, and a function that gets the fields of a record (all strings) and says whether
the record keeps the rule. Every record is checked against every rule, so each stands alone. Spaces
around a value and invisible characters need no rule: a rejected record has a reason for each.
"""

import re

from validator import dates
from validator.rule_types import Fields, Rule, not_empty, one_of

REGIONS = (
    "Asia",
    "Australia and Oceania",
    "Central America and the Caribbean",
    "Europe",
    "Middle East and North Africa",
    "North America",
    "Sub-Saharan Africa",
)
ITEM_TYPES = (
    "Baby Food",
    "Beverages",
    "Cereal",
    "Clothes",
    "Cosmetics",
    "Fruits",
    "Household",
    "Meat",
    "Office Supplies",
    "Personal Care",
    "Snacks",
    "Vegetables",
)


def uuid_is_nine_digits(fields: Fields) -> bool:
    """Accept ASCII digits only; `str.isdigit` accepts those of other scripts too."""
    return re.fullmatch(r"[0-9]{9}", fields["uuid"]) is not None


def order_date_is_a_date(fields: Fields) -> bool:
    return dates.parse(fields["Order Date"]) is not None


def ship_date_is_a_date(fields: Fields) -> bool:
    return dates.parse(fields["Ship Date"]) is not None


def shipped_after_ordered(fields: Fields) -> bool:
    """Compare only if both are dates; two other rules check that they are."""
    ordered, shipped = dates.parse(fields["Order Date"]), dates.parse(fields["Ship Date"])
    return ordered is None or shipped is None or shipped >= ordered


RULES = (
    Rule("uuid is not nine digits", uuid_is_nine_digits),
    not_empty("Country"),
    one_of("Item Type", ITEM_TYPES),
    one_of("Sales Channel", ("Online", "Offline")),
    one_of("Order Priority", ("H", "M", "L", "C")),
    Rule("Order Date is not a date as M/D/YYYY or M/D/YY", order_date_is_a_date),
    one_of("Region", REGIONS),
    Rule("Ship Date is not a date as M/D/YYYY or M/D/YY", ship_date_is_a_date),
    Rule("Ship Date is before Order Date", shipped_after_ordered),
)
