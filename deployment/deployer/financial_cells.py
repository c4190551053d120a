"""Says what is wrong with a cell of the financial file, in words of Excel, and what to write."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from common.financial_values import format_value
from common.records import FINANCIAL_ATTRIBUTES
from common.visible_text import visible

_COLUMNS = {attribute: column for column, attribute in FINANCIAL_ATTRIBUTES.items()}
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_EXPONENT = re.compile(rf"({_NUMBER.pattern})[eE][+-]?[0-9]+")
# 1,234,567.50, also with spaces or apostrophes; 12,34,567.50; 1.234.567 without decimals.
# 1.234,50 has a decimal comma as well.
_GROUPED = re.compile(
    r"(-?[0-9]{1,3})((?:,[0-9]{2,3})*,[0-9]{3}|(?:[ '\u2019][0-9]{3})+|(?:\.[0-9]{3}){2,})"
    r"(\.[0-9]*)?"
)
_DECIMAL_COMMA = re.compile(r"(-?(?:[0-9]+|[0-9]{1,3}(?:[. '\u2019][0-9]{3})+)),([0-9]+)")
_CODE = re.compile(r"^[A-Z]{3} ?|(?<=[0-9 ])[A-Z]{3}$")
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
_MOST_DIGITS = 38
_SHOWN_LENGTH = 40
_PLAIN_FORMAT = " (in Excel, Format Cells: Number, without 1000 separator)"


def cell_problem(column: str, text: str) -> str | None:
    """Return what is wrong, beginning with the name of the column, or None."""
    if not text.strip():
        return f"{column} is empty: fill it in, or remove the row"
    problem = _uuid_problem(text) if column == "uuid" else _number_problem(column, text)
    return f"{column} {problem}" if problem else None


def _uuid_problem(text: str) -> str | None:
    if re.fullmatch(r"[0-9]{9}", text):
        return None
    if re.fullmatch(r"[0-9]{1,8}", text):
        return (
            f"is {_quoted(text)}, not nine digits: Excel drops zeros at the beginning of a number, "
            f"so format the column as Text, and write {text:0>9}"
        )
    cleaned, surplus = _without_spaces(text)
    if re.fullmatch(r"[0-9]{9}", cleaned):
        return f"is {_quoted(text)}, with {surplus}: write {cleaned}"
    return f"is {_quoted(text)}, not nine digits"


def _number_problem(column: str, text: str) -> str | None:
    if _EXPONENT.fullmatch(text):
        return (
            f"is {_quoted(text)}, as Excel shows a number that is too long for its cell: format "
            f"the column as Number, and write all digits ({_MOST_DIGITS} at most)"
        )
    if not _NUMBER.fullmatch(text):
        return _spelling_problem(text)
    number = Decimal(text)
    if (digits := len(re.sub(r"\D", "", text).strip("0"))) > _MOST_DIGITS:
        return f"has {digits} digits: DynamoDB keeps {_MOST_DIGITS}"
    try:
        format_value(_COLUMNS[column], number)
    except ValueError as error:
        return str(error)
    return None


def _spelling_problem(text: str) -> str:
    """Take away, one after the other, what spreadsheets put around and into a number."""
    cleaned, spaces = _without_spaces(text)
    cleaned, currency = _without_currency(cleaned)
    cleaned, parentheses = _without_parentheses(cleaned)
    cleaned, separators = _with_plain_digits(cleaned)
    if not _NUMBER.fullmatch(cleaned):
        return f"is {_quoted(text)}, not a number: write digits and a point, as in 12.50"
    *others, last = filter(None, (spaces, currency, parentheses, separators))
    surplus = f"{', '.join(others)} and {last}" if others else last
    advice = _PLAIN_FORMAT if currency or parentheses or separators else ""
    return f"is {_quoted(text)}, with {surplus}: write {cleaned}{advice}"


def _without_spaces(text: str) -> tuple[str, str]:
    """Return the text without spaces around it, and without what cannot be seen."""
    if any(visible(character) != character for character in text):
        # A no-break space may also separate thousands.
        spaced = "".join(" " if character.isspace() else character for character in text)
        cleaned = "".join(c for c in spaced if visible(c) == c).strip()
        return cleaned, "characters that cannot be seen"
    return text.strip(), "spaces" if text != text.strip() else ""


def _without_currency(text: str) -> tuple[str, str]:
    cleaned = "".join(c for c in text if unicodedata.category(c) != "Sc").strip()
    cleaned = _CODE.sub("", cleaned).strip()
    return cleaned, "a currency sign" if cleaned != text else ""


def _without_parentheses(text: str) -> tuple[str, str]:
    if text.startswith("(") and text.endswith(")"):
        return f"-{text[1:-1].strip()}", "parentheses"
    return text, ""


def _with_plain_digits(text: str) -> tuple[str, str]:
    if match := _GROUPED.fullmatch(text):
        whole = re.sub(r"[^0-9-]", "", match[1] + match[2])
        return whole + (match[3] or ""), "thousands separators"
    if match := _DECIMAL_COMMA.fullmatch(text):
        return f"{re.sub(r'[^0-9-]', '', match[1])}.{match[2]}", "a decimal comma"
    return text, ""


def _quoted(text: str) -> str:
    shown = visible(text)
    return f'"{shown}"' if len(shown) <= _SHOWN_LENGTH else f'"{shown[:_SHOWN_LENGTH]}…"'
