"""The enricher behind API Gateway."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from common.records import FINANCIAL_ATTRIBUTES, OUTPUT_COLUMNS
from enricher import app
from enricher.financial_data import NoFinancialData, financial_columns
from tests.unit.helpers import FINANCIAL_TABLE, raising, set_environment
from tests.unit.samples import FINANCIAL_COLUMNS, RECORD

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

ITEM: Any = {"uuid": {"S": RECORD["uuid"]}} | {
    attribute: {"N": FINANCIAL_COLUMNS[column]}
    for column, attribute in FINANCIAL_ATTRIBUTES.items()
}
Call = Callable[[Any], tuple[int, Any]]


@pytest.fixture
def call(dynamodb: DynamoDBClient, context: LambdaContext, monkeypatch: pytest.MonkeyPatch) -> Call:
    """The handler, with one item in the table; returns the status and the parsed body."""
    set_environment(monkeypatch, FINANCIAL_TABLE=FINANCIAL_TABLE)
    dynamodb.put_item(TableName=FINANCIAL_TABLE, Item=ITEM)

    def post(body: Any) -> tuple[int, Any]:
        response = app.handler({"body": body, "isBase64Encoded": False}, context)
        assert response["headers"] == {"Content-Type": "application/json"}
        return response["statusCode"], json.loads(response["body"])

    return post


def test_a_known_uuid_gets_all_columns_in_output_order(call: Call) -> None:
    status, body = call(json.dumps(RECORD))
    assert status == 200
    assert body == RECORD | FINANCIAL_COLUMNS
    assert list(body) == list(OUTPUT_COLUMNS)


def test_text_beyond_ascii_stays_as_it_is(call: Call) -> None:
    assert call(json.dumps(RECORD | {"Country": "Côte d'Ivoire"}))[1]["Country"] == "Côte d'Ivoire"


def test_defect_12_an_unknown_uuid_is_answered_with_a_reason(call: Call) -> None:
    status, body = call(json.dumps(RECORD | {"uuid": "000000000"}))
    assert (status, body) == (404, {"reasons": ["no financial data for this uuid"]})


@pytest.mark.parametrize("body", [None, "", "{", "[]", '"text"'])
def test_a_body_that_is_not_an_object_is_a_bad_request(call: Call, body: Any) -> None:
    assert call(body)[0] == 400


@pytest.mark.parametrize("change", [{"Region": None}, {"Region": 5}])
def test_a_field_that_is_not_text_is_named(call: Call, change: dict[str, Any]) -> None:
    assert call(json.dumps(RECORD | change)) == (400, {"reasons": ["the body lacks: Region"]})


def test_an_empty_uuid_is_a_bad_request(call: Call) -> None:
    assert call(json.dumps(RECORD | {"uuid": ""})) == (400, {"reasons": ["uuid is empty"]})


@pytest.mark.usefixtures("call")
def test_a_body_that_api_gateway_encoded_is_decoded(context: LambdaContext) -> None:
    encoded = base64.b64encode(json.dumps(RECORD).encode()).decode()
    response = app.handler({"body": encoded, "isBase64Encoded": True}, context)
    assert response["statusCode"] == 200


@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "InternalServerError"])
def test_defect_11_an_error_of_dynamodb_is_answered_by_502_and_rejects_nothing(
    call: Call, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """Not by 500, which is what API Gateway answers for a function that is throttled."""
    monkeypatch.setattr(app.DYNAMODB, "get_item", raising(code))
    assert call(json.dumps(RECORD))[0] == 502


NULL: Any = {"NULL": True}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"unitPrice": None}, "Unit Price is missing"),
        ({"unitPrice": NULL}, "Unit Price is missing"),
        ({"totalProfit": {"S": "15"}}, "Total Profit is text instead of a number"),
        ({"totalCost": {"BOOL": True}}, "Total Cost is not a number"),
        ({"unitsSold": {"N": "1.5"}}, "Units Sold is 1.5 instead of a whole number"),
        ({"unitCost": {"N": "1E+99"}}, "Unit Cost takes more than 42 characters (1E+99)"),
    ],
)
def test_defect_12_a_reason_names_the_column_and_what_is_wrong_with_its_value(
    call: Call, dynamodb: DynamoDBClient, change: dict[str, Any], reason: str
) -> None:
    item = {name: value for name, value in (ITEM | change).items() if value}
    dynamodb.put_item(TableName=FINANCIAL_TABLE, Item=item)
    status, body = call(json.dumps(RECORD))
    assert (status, body) == (404, {"reasons": [f"{reason} in the financial data for this uuid"]})


def test_every_value_that_is_wrong_has_a_reason() -> None:
    with pytest.raises(NoFinancialData) as caught:
        financial_columns({"uuid": ITEM["uuid"], "unitsSold": {"S": "10"}})
    first, *others = caught.value.reasons
    assert first.startswith("Units Sold is text")
    assert [reason.partition(" is ")[0] for reason in others] == list(FINANCIAL_ATTRIBUTES)[1:]


def test_amounts_keep_every_digit_and_have_two_decimals_at_least() -> None:
    columns = financial_columns(ITEM | {"unitCost": {"N": "0.005"}, "unitPrice": {"N": "2.5"}})
    assert (columns["Unit Cost"], columns["Unit Price"]) == ("0.005", "2.50")
