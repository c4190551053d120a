"""The numbers of the financial table, as the output has them."""

from __future__ import annotations

import re
from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.financial_values import MAX_LENGTH, UNITS, format_value
from common.records import FINANCIAL_ATTRIBUTES

AMOUNTS = sorted(FINANCIAL_ATTRIBUTES.keys() - {UNITS})
EXACT = Context(prec=38)
DIGITS = "12345678901234567890123456789012345678"


@pytest.mark.parametrize("column", AMOUNTS)
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0", "0.00"),
        ("9", "9.00"),
        ("10", "10.00"),
        ("2.5", "2.50"),
        ("2.500", "2.50"),
        ("0.005", "0.005"),
        ("-0.5", "-0.50"),
        ("-0.004", "-0.004"),
        ("-0", "0.00"),
        ("-0.000", "0.00"),
        ("0E+3", "0.00"),
        ("1E+3", "1000.00"),
        ("1E-7", "0.0000001"),
        (DIGITS, f"{DIGITS}.00"),
        (f"-{DIGITS}", f"-{DIGITS}.00"),
        (f"-0.{DIGITS}", f"-0.{DIGITS}"),
    ],
)
def test_an_amount_has_at_least_two_decimals_and_loses_no_digit(
    column: str, number: str, expected: str
) -> None:
    assert format_value(column, Decimal(number)) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [("0", "0"), ("-0", "0"), ("1E+3", "1000"), ("12.00", "12"), (DIGITS, DIGITS)],
)
def test_units_are_a_whole_number_without_decimals(number: str, expected: str) -> None:
    assert format_value(UNITS, Decimal(number)) == expected


def test_a_fraction_of_a_unit_is_not_rounded() -> None:
    for number in ("1.5", "0.0001", f"{DIGITS[:-1]}.5"):
        with pytest.raises(ValueError, match=f"^is {number} instead of a whole number$"):
            format_value(UNITS, Decimal(number))


@pytest.mark.parametrize("number", ["1E+125", "-9E+39", "1E-130", f"0.000{DIGITS}"])
def test_a_number_for_which_a_chunk_reserves_no_room_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match=r"^takes more than 42 characters \(-?[0-9E.+-]+\)$"):
        format_value("Unit Price", Decimal(number))


# 38 digits and an exponent, from 1E-130 to below 1E+126; many are as long as amounts usually are
STORED_NUMBERS = st.builds(
    lambda digits, exponent: Decimal(f"{digits}E{exponent}"),
    st.integers(min_value=-(10**38) + 1, max_value=10**38 - 1),
    st.one_of(st.integers(-130, 88), st.integers(-40, 4)),
)


@given(STORED_NUMBERS)
def test_an_amount_is_the_stored_number_in_plain_digits_unless_these_are_too_many(
    number: Decimal,
) -> None:
    try:
        text = format_value("Unit Price", number)
    except ValueError:
        trimmed = format(number.normalize(EXACT), "f")
        assert len(trimmed) + len(".00") > MAX_LENGTH
    else:
        assert Decimal(text) == number
        assert re.fullmatch(r"-?(0|[1-9][0-9]*)\.[0-9]{2}([0-9]*[1-9])?", text)
        assert not re.fullmatch(r"-[0.]+", text)
        assert len(text) <= MAX_LENGTH


@given(STORED_NUMBERS)
def test_units_are_the_stored_number_if_it_is_whole(number: Decimal) -> None:
    try:
        text = format_value(UNITS, number)
    except ValueError:
        is_whole = number == number.to_integral_value()
        assert not is_whole or abs(number) >= 10 ** (MAX_LENGTH - 1)
    else:
        assert Decimal(text) == number
        assert re.fullmatch(r"0|-?[1-9][0-9]*", text)
        assert len(text) <= MAX_LENGTH
