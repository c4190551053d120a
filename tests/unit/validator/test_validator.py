"""The rules of the validator, and how it applies them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.samples import RECORD
from validator import app, dates
from validator.apply_rules import rejection_reasons
from validator.rule_types import Rule
from validator.rules import RULES

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def reasons_for(**changes: str) -> list[str]:
    changed = {name.replace("_", " "): value for name, value in changes.items()}
    return rejection_reasons({"row": 1, "fields": RECORD | changed}, RULES)


def test_a_record_of_the_public_sample_keeps_every_rule(context: LambdaContext) -> None:
    record = {"row": 1, "line": 2, "fields": RECORD}
    assert app.handler({"records": [record]}, context) == {"valid": [record], "rejected": []}


def test_records_keep_their_order_and_those_that_are_rejected_have_their_reasons(
    context: LambdaContext,
) -> None:
    good = [{"row": row, "line": row + 1, "fields": RECORD} for row in (1, 3)]
    bad = {"row": 2, "line": 3, "fields": RECORD | {"Country": ""}}
    short = {"row": 4, "line": 5, "fields": {}, "malformed": "short", "raw": "a,b"}
    result = app.handler({"records": [good[0], bad, good[1], short]}, context)
    assert result == {
        "valid": good,
        "rejected": [bad | {"reasons": ["Country is empty"]}, short | {"reasons": ["short"]}],
    }


@pytest.mark.parametrize("uuid", ["", "12345678", "1234567890", "12345678a", "12345678٣"])
def test_a_uuid_has_nine_ascii_digits(uuid: str) -> None:
    assert reasons_for(uuid=uuid) == ["uuid is not nine digits"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Country": ""}, "Country is empty"),
        ({"Sales_Channel": "offline"}, "Sales Channel is not one of Online, Offline"),
        ({"Order_Priority": "X"}, "Order Priority is not one of H, M, L, C"),
        ({"Order_Date": "2010-05-28"}, "Order Date is not a date as M/D/YYYY or M/D/YY"),
        ({"Ship_Date": ""}, "Ship Date is not a date as M/D/YYYY or M/D/YY"),
        ({"Ship_Date": "5/27/2010"}, "Ship Date is before Order Date"),
    ],
)
def test_a_broken_rule_gives_its_own_reason_and_no_other(
    changes: dict[str, str], reason: str
) -> None:
    assert reasons_for(**changes) == [reason]


def test_unknown_item_types_and_regions_are_rejected() -> None:
    (item,) = reasons_for(Item_Type="Weapons")
    (region,) = reasons_for(Region="Atlantis")
    assert item.startswith("Item Type is not one of Baby Food, ")
    assert region.startswith("Region is not one of Asia, ")


@pytest.mark.parametrize("day", ["2/29/2012", "02/09/2012", "12/31/2014", "5/28/2010"])
def test_dates_are_month_day_year_with_or_without_zeros(day: str) -> None:
    assert reasons_for(Order_Date=day, Ship_Date=day) == []


@pytest.mark.parametrize(
    "day",
    ["2/29/2011", "28/5/2010", "5/28/2010x", "\u0665/2/2010", "5/28/010", "5/28/0", "2/29/30"],
)
def test_a_day_that_does_not_exist_is_not_a_date(day: str) -> None:
    assert reasons_for(Order_Date=day) == ["Order Date is not a date as M/D/YYYY or M/D/YY"]


def test_a_year_of_two_digits_is_from_1930_to_2029_as_in_excel() -> None:
    """https://support.microsoft.com/en-us/office/change-the-date-system-format-or-two-digit-year-interpretation-aaa2159b-4ae8-4651-8bce-d4707bc9fb9f"""
    years = {text: dates.parse(f"10/8/{text}") for text in ("00", "14", "29", "30", "99")}
    assert {text: day and day.year for text, day in years.items()} == {
        "00": 2000, "14": 2014, "29": 2029, "30": 1930, "99": 1999,
    }  # fmt: skip
    assert dates.parse("10/8/0014") == date(14, 10, 8)


def test_the_dates_of_the_guidance_s_sample_keep_every_rule() -> None:
    assert reasons_for(Order_Date="10/8/14", Ship_Date="10/23/14") == []


def test_dates_of_both_kinds_are_compared_by_their_full_years() -> None:
    assert reasons_for(Order_Date="12/31/99", Ship_Date="1/1/00") == []
    assert reasons_for(Order_Date="12/31/1999", Ship_Date="1/1/00") == []
    late = ["Ship Date is before Order Date"]
    assert reasons_for(Order_Date="1/1/29", Ship_Date="12/31/30") == late
    assert reasons_for(Order_Date="1/1/2030", Ship_Date="12/31/30") == late


@pytest.mark.parametrize(
    ("uuid", "hint"),
    [
        (" 123456789", "uuid begins with a space"),
        ("123456789  ", "uuid ends with a space"),
        (" 123456789 ", "uuid begins and ends with a space"),
        ("123456789\u200b", "uuid contains <U+200B> (zero width space)"),
        ("123456789\xa0", "uuid contains <U+00A0> (no-break space)"),
        ("123456789\t", "uuid contains <U+0009>"),
        ("\ufeff123\n456\n789", "uuid contains <U+FEFF> (zero width no-break space), <U+000A>"),
    ],
)
def test_a_reason_names_what_cannot_be_seen(uuid: str, hint: str) -> None:
    assert reasons_for(uuid=uuid) == ["uuid is not nine digits", hint]


def test_hidden_characters_of_any_field_are_named_but_not_hundreds_of_them() -> None:
    spaces = "".join(map(chr, range(0x2000, 0x200B)))
    first, second, third = reasons_for(Sales_Channel="Fax", Country=" France", Region=spaces)[-3:]
    assert first.startswith("Region is not one of")
    assert second == "Country begins with a space"
    assert third.startswith("Region contains <U+2000> (en quad), <U+2001>")
    assert third.endswith(", <U+2004> (three-per-em space) and others")


def test_hidden_characters_alone_reject_nothing() -> None:
    assert reasons_for(Country=" C\xf4te d\u2019Ivoire\xa0") == []


def test_a_record_is_rejected_with_every_reason_in_the_order_of_the_rules() -> None:
    assert reasons_for(uuid="", Country="", Order_Priority="") == [
        "uuid is not nine digits",
        "Country is empty",
        "Order Priority is not one of H, M, L, C",
    ]


def test_a_malformed_record_is_rejected_with_that_one_reason() -> None:
    record: dict[str, Any] = {"row": 13, "fields": {}, "malformed": "2 fields", "raw": "a,b"}
    assert rejection_reasons(record, RULES) == ["2 fields"]


def test_defect_11_an_error_in_a_rule_is_an_error_and_no_reject() -> None:
    def faulty_rule(_: object) -> bool:
        raise KeyError("no such column")

    with pytest.raises(KeyError):
        rejection_reasons({"row": 1, "fields": RECORD}, [Rule("a reason", faulty_rule)])
