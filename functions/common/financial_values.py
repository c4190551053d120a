"""The numbers of the financial table, as the output has them."""

from decimal import Decimal

UNITS = "Units Sold"
# Room for a sign, the 38 digits that DynamoDB keeps, a point and two decimals. A number of
# DynamoDB may be longer, since its exponent goes from -130 to 125:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
MAX_LENGTH = 42


def format_value(column: str, number: Decimal) -> str:
    """Return the number with all its digits and without an exponent.

    Units are a whole number; every other column has at least two decimals. Raises ValueError for
    a number that cannot be delivered; the message goes on after the name of the column.
    """
    if column == UNITS and number != number.to_integral_value():
        raise ValueError(f"is {number} instead of a whole number")
    whole, _, decimals = format(number, "f").partition(".")
    decimals = decimals.rstrip("0")
    if not number:
        whole, decimals = "0", ""  # a zero may have a sign, and zeros after the point
    text = whole if column == UNITS else f"{whole}.{decimals:0<2}"
    if len(text) > MAX_LENGTH:
        raise ValueError(f"takes more than {MAX_LENGTH} characters ({number})")
    return text
