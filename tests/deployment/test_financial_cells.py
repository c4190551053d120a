"""deployment/deployer/financial_cells.py: what is wrong with a cell, and what to write instead."""

from __future__ import annotations

import pytest

from deployment.deployer.financial_cells import cell_problem
from deployment.deployer.financial_file import COLUMNS

UNITS, AMOUNT = COLUMNS[1], COLUMNS[-1]
NINES = "9" * 38
FORMAT = " (in Excel, Format Cells: Number, without 1000 separator)"


@pytest.mark.parametrize(
    "text", ["0", "10", "2.5", "0.005", "-0.004", ".5", "5.", "+3.00", NINES, f"0.{NINES}", "-0"]
)
def test_a_plain_number_is_good(text: str) -> None:
    assert cell_problem(AMOUNT, text) is None


@pytest.mark.parametrize("text", ["10", "10.00", "-3", NINES])
def test_units_are_whole_numbers(text: str) -> None:
    assert cell_problem(UNITS, text) is None
    assert cell_problem(UNITS, "1.5") == f"{UNITS} is 1.5 instead of a whole number"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1,000", "thousands separators: write 1000"),
        ("-1,234,567.50", "thousands separators: write -1234567.50"),
        ("1'234.5", "thousands separators: write 1234.5"),
        ("12,34,567", "thousands separators: write 1234567"),
        ("1.234.567", "thousands separators: write 1234567"),
        ("1 234", "thousands separators: write 1234"),
        ("2,50", "a decimal comma: write 2.50"),
        ("1.234,50", "a decimal comma: write 1234.50"),
        ("$2.50", "a currency sign: write 2.50"),
        ("2,50 \u20ac", "a currency sign and a decimal comma: write 2.50"),
        ("USD 2.50", "a currency sign: write 2.50"),
        ("2.50 EUR", "a currency sign: write 2.50"),
        (" $1,234.50 ", "spaces, a currency sign and thousands separators: write 1234.50"),
        ("(15.00)", "parentheses: write -15.00"),
        ("($1,015.00)", "a currency sign, parentheses and thousands separators: write -1015.00"),
    ],
)
def test_what_a_spreadsheet_puts_into_a_number_is_named_with_the_number_to_write(
    text: str, problem: str
) -> None:
    assert cell_problem(AMOUNT, text) == f'{AMOUNT} is "{text}", with {problem}{FORMAT}'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (" 10", '" 10", with spaces: write 10'),
        ("10\t", '"10<U+0009>", with characters that cannot be seen: write 10'),
        ("\xa010", '"<U+00A0>10", with characters that cannot be seen: write 10'),
        ("1\u200b0", '"1<U+200B>0", with characters that cannot be seen: write 10'),
    ],
)
def test_spaces_and_invisible_characters_are_named(text: str, problem: str) -> None:
    assert cell_problem(AMOUNT, text) == f"{AMOUNT} is {problem}"


def test_thousands_may_be_separated_by_no_break_spaces() -> None:
    problem = cell_problem(AMOUNT, "1\u202f234,50\xa0\u20ac")
    assert problem
    assert problem.endswith(f"a currency sign and a decimal comma: write 1234.50{FORMAT}")


@pytest.mark.parametrize("text", ["", " ", "\t", "\xa0"])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_blank_cell_is_named(column: str, text: str) -> None:
    assert cell_problem(column, text) == f"{column} is empty: fill it in, or remove the row"


@pytest.mark.parametrize(
    "text", ["many", "#N/A", "1.2.3", "12-5", "NaN", "Infinity", "\u0663", "-"]
)
def test_what_is_not_a_number_is_quoted(text: str) -> None:
    problem = f'is "{text}", not a number: write digits and a point, as in 12.50'
    assert cell_problem(AMOUNT, text) == f"{AMOUNT} {problem}"


def test_a_long_cell_is_not_quoted_whole() -> None:
    problem = cell_problem(AMOUNT, "x" * 1000)
    assert problem
    assert len(problem) < 120


@pytest.mark.parametrize("text", ["4.21812E+06", "1e3", "-1E-7", "1E+126", "9E999999999999999999"])
def test_a_number_that_excel_has_cut_off_is_not_taken_for_exact(text: str) -> None:
    problem = cell_problem(AMOUNT, text)
    assert problem
    assert problem.startswith(f'{AMOUNT} is "{text}", as Excel shows a number that is too long')
    assert problem.endswith("write all digits (38 at most)")


@pytest.mark.parametrize("text", [f"{NINES}9", f"{NINES}.09", f"-0.0{NINES}1"])
def test_dynamodb_keeps_38_digits(text: str) -> None:
    problem = cell_problem(AMOUNT, text)
    assert problem
    assert problem.endswith(" digits: DynamoDB keeps 38")


@pytest.mark.parametrize("text", ["9" + "0" * 125, "0." + "0" * 129 + "1"])
def test_a_number_that_would_not_be_delivered_is_named(text: str) -> None:
    problem = cell_problem(AMOUNT, text)
    assert problem
    assert problem.startswith(f"{AMOUNT} takes more than 42 characters (")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("70000001", "drops zeros at the beginning of a number, so format the column as Text"),
        ("7", "and write 000000007"),
        ("700000001 ", 'uuid is "700000001 ", with spaces: write 700000001'),
        ("700000001\u200b", "with characters that cannot be seen: write 700000001"),
        ("7000000012", 'uuid is "7000000012", not nine digits'),
        ("70000000x", 'uuid is "70000000x", not nine digits'),
        ("7.00E+08", 'uuid is "7.00E+08", not nine digits'),
        ("70000000\u0661", "not nine digits"),
    ],
)
def test_a_uuid_has_nine_digits(text: str, problem: str) -> None:
    assert cell_problem("uuid", "700000001") is None
    assert problem in str(cell_problem("uuid", text))
