"""The rules of the validator, and how it applies them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.samples import RECORD
from validator import app
from validator.apply_rules import rejection_reasons
from validator.rule_types import Rule
from validator.rules import RULES

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def reasons_for(**changes: str) -> list[str]:
    changed = {name.replace("_", " "): value for name, value in changes.items()}
    return rejection_reasons({"row": 1, "fields": RECORD | changed}, RULES)


def test_a_record_of_the_public_sample_keeps_every_rule(context: LambdaContext) -> None:
    assert app.handler({"row": 1, "fields": RECORD}, context) == {"valid": True, "reasons": []}


@pytest.mark.parametrize("uuid", ["", "12345678", "1234567890", "12345678a", "12345678٣", " " * 9])
def test_a_uuid_has_nine_ascii_digits(uuid: str) -> None:
    assert reasons_for(uuid=uuid) == ["uuid is not nine digits"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Country": " "}, "Country is empty"),
        ({"Sales_Channel": "offline"}, "Sales Channel is not one of Online, Offline"),
        ({"Order_Priority": "X"}, "Order Priority is not one of H, M, L, C"),
        ({"Order_Date": "2010-05-28"}, "Order Date is not a date as M/D/YYYY"),
        ({"Ship_Date": ""}, "Ship Date is not a date as M/D/YYYY"),
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
    "day", ["2/29/2011", "28/5/2010", "5/28/10", "5/28/2010 ", "\u0665/2/2010"]
)
def test_a_day_that_does_not_exist_is_not_a_date(day: str) -> None:
    assert reasons_for(Order_Date=day) == ["Order Date is not a date as M/D/YYYY"]


def test_a_record_is_rejected_with_every_reason_in_the_order_of_the_rules() -> None:
    assert reasons_for(uuid="", Country="", Order_Priority="") == [
        "uuid is not nine digits",
        "Country is empty",
        "Order Priority is not one of H, M, L, C",
    ]


def test_a_malformed_record_is_rejected_with_that_one_reason(context: LambdaContext) -> None:
    record: dict[str, Any] = {"row": 13, "fields": {}, "malformed": "2 fields", "raw": "a,b"}
    assert app.handler(record, context) == {"valid": False, "reasons": ["2 fields"]}


def test_defect_11_an_error_in_a_rule_is_an_error_and_no_reject() -> None:
    def faulty_rule(_: object) -> bool:
        raise KeyError("no such column")

    with pytest.raises(KeyError):
        rejection_reasons({"row": 1, "fields": RECORD}, [Rule("a reason", faulty_rule)])
